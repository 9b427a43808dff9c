#include "runtime/dossier_json.hpp"

#include "protocol/record/record.hpp"
#include "protocol/schema/schema.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

/// JSON as people write it, and as they are shown it.
namespace ward::runtime {
namespace {

namespace json = boost::json;
using record::Op;
using record::OpKind;
using record::Step;
using test::made;

json::object object_of(std::string_view text) { return json::parse(json::string_view(text.data(), text.size())).as_object(); }
std::vector<Op> ops_of(std::string_view text) { return ops_of_dossier(object_of(text)).value(); }
Result<Edit> edit(std::string_view text) { return edit_of(object_of(text)); }

/// The state after one change by a device, as it would be sealed and opened again.
merge::Fact fact_of(std::vector<Op> ops, Seq seq = 0, std::vector<Position> seen = {}) {
  merge::Fact out;
  out.position = {made<DeviceId>(1), made<Incarnation>(2), seq};
  out.rid.bytes.fill(static_cast<std::uint8_t>(seq));
  out.hlc = Hlc::at({1'622'507'552'000 + static_cast<std::int64_t>(seq)});
  out.unit = "W-VYDA";
  const record::Change change{"lan", std::move(seen), std::move(ops), {}, {}};
  out.change = record::decode_change(record::encode_change(change, out.position), out.position).value();
  return out;
}
merge::DossierState state_of(const std::vector<merge::Fact>& facts) {
  return merge::merge(record::did_created_by(facts.front().position), facts);
}

/// What an import changes on purpose: units are dropped, words become codes.
json::object as_imported(json::object dossier) {
  dossier.erase("DonViTiepNhan");
  dossier.erase("DonViDangGiu");
  dossier["GioiTinhChuHoSo"] = dossier.at("GioiTinhChuHoSo").as_string() == "Nam" ? "1" : "2";
  return dossier;
}

/// Members by name: json::serialize then gives equal objects one text.
json::value with_sorted_members(const json::value& value) {
  if (!value.is_object()) return value;
  std::vector<std::string> names;
  for (const auto& member : value.get_object()) names.emplace_back(member.key());
  std::sort(names.begin(), names.end());
  json::object out;
  for (const auto& name : names) out[name] = value.get_object().at(name);
  return out;
}

/// The elements of a set have no order.
json::object with_sorted_sets(json::object dossier) {
  for (auto& member : dossier) {
    const auto* field = schema::find("", member.key());
    if (field == nullptr || field->type != schema::Type::list || field->policy == schema::Policy::log) continue;
    auto& list = member.value().as_array();
    std::sort(list.begin(), list.end(), [](const json::value& a, const json::value& b) {
      return json::serialize(with_sorted_members(a)) < json::serialize(with_sorted_members(b));
    });
  }
  return dossier;
}

std::string why(const Result<Edit>& result) { return result.has_value() ? "accepted" : result.error().detail; }

}  // namespace

TEST_CASE("dossiers: all that a national file says comes out again, field for field") {
  std::ifstream file("tests/data/dossiers-200.jsonl");
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const auto given = object_of(line);
    const auto ops = ops_of_dossier(given);
    INFO("line " << lines + 1);
    REQUIRE(ops.has_value());
    const auto again = national_json_of(state_of({fact_of(*ops)}));
    REQUIRE(json::serialize(with_sorted_sets(again)).size() > 1000);
    for (const auto& member : with_sorted_sets(as_imported(given))) {
      INFO(member.key());
      REQUIRE(again.contains(member.key()));
      CHECK(with_sorted_sets(again).at(member.key()) == member.value());
    }
    for (const auto& member : again) {
      INFO(member.key());
      CHECK(as_imported(given).contains(member.key()));
    }
  }
  CHECK(lines == 200);
}

TEST_CASE("dossiers: an export that is imported again gives the same dossier") {
  std::ifstream file("tests/data/dossiers-200.jsonl");
  std::string line;
  REQUIRE(std::getline(file, line));
  const auto once = national_json_of(state_of({fact_of(ops_of(line))}));
  const auto twice = national_json_of(state_of({fact_of(ops_of_dossier(once).value())}));
  CHECK(once == twice);
}

TEST_CASE("dossiers: scalars are set, elements of sets added, payments and steps appended, nested lists nested") {
  const auto ops = ops_of(R"({"ChuHoSo":"Lê Lan","TongLePhi":"15.000 đồng","TaiLieuNop":[{"TepDinhKemId":"p1","TenTepDinhKem":"a.pdf"}],
    "BienLai":[{"KyHieu":"AA","SoBienLai":"0000007","SoTien":5000}],
    "DanhSachHoSoBoSung":[{"HoSoBoSungId":"1","DanhSachGiayToBoSung":[{"TepDinhKemId":"p2"}]}],"notes":["gọi lại"]})");
  REQUIRE(ops.size() == 7);
  CHECK((ops[0].kind == OpKind::set && *ops[0].value.text() == "Lê Lan"));
  CHECK(*ops[1].value.number() == 15'000);
  CHECK((ops[2].kind == OpKind::add && path_text(ops[2].path) == "TaiLieuNop"));
  CHECK((ops[3].kind == OpKind::append && path_text(ops[3].path) == "BienLai"));
  CHECK(ops[4].kind == OpKind::append);
  CHECK((ops[5].kind == OpKind::add && path_text(ops[5].path) == "DanhSachHoSoBoSung/1/DanhSachGiayToBoSung"));
  CHECK((ops[6].kind == OpKind::append && *ops[6].value.text() == "gọi lại"));
  const auto state = state_of({fact_of(ops)});
  CHECK(national_json_of(state).at("notes") == json::array{"gọi lại"});
  CHECK(national_json_of(state).at("DanhSachHoSoBoSung").at(0).at("DanhSachGiayToBoSung").at(0).at("TepDinhKemId") == "p2");
}

TEST_CASE("dossiers: members that no schema knows are kept as they are, whatever they hold") {
  const auto given = object_of(R"({"ChuHoSo":"Lê Lan","TruongMoi":{"b":[1,true,"x",{"c":-7}],"a":""},"DanhSachMoi":["x"]})");
  const auto again = national_json_of(state_of({fact_of(ops_of_dossier(given).value())}));
  CHECK(again.at("TruongMoi") == given.at("TruongMoi"));
  CHECK(again.at("DanhSachMoi") == given.at("DanhSachMoi"));
}

TEST_CASE("dossiers: text in another form of Unicode is stored in the one form") {
  const auto ops = ops_of("{\"ChuHoSo\":\"Le\xcc\x82 Lan\"}");
  CHECK(*ops.front().value.text() == "L\xc3\xaa Lan");
}

TEST_CASE("dossiers: what cannot be stored is refused by the name of its field, and never repeated") {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {R"({"TongLePhi":"15,000 bí mật"})", "TongLePhi"},
      {R"({"TrangThaiHoSo":"bí mật"})", "TrangThaiHoSo"},
      {R"({"NgayHenTra":"bí mật"})", "NgayHenTra"},
      {R"({"SoDienThoai":912345678})", "SoDienThoai"},
      {R"({"ChuHoSo":["bí mật"]})", "ChuHoSo"},
      {R"({"TruongMoi":1.5})", "TruongMoi"},
      {R"({"TruongMoi":[[[[[["bí mật"]]]]]]})", "TruongMoi"},
      {R"({"TaiLieuNop":{"TepDinhKemId":"bí mật"}})", "TaiLieuNop"},
      {R"({"TaiLieuNop":["bí mật"]})", "TaiLieuNop"},
      {R"({"TaiLieuNop":[{"TenTepDinhKem":"bí mật"}]})", "TaiLieuNop/TepDinhKemId"},
      {R"({"TaiLieuNop":[{"TepDinhKemId":"p","KichThuoc":"bí mật"}]})", "TaiLieuNop/KichThuoc"},
      {R"({"DanhSachHoSoBoSung":[{"HoSoBoSungId":"1","DanhSachGiayToBoSung":"bí mật"}]})", "DanhSachGiayToBoSung"},
      {R"({"":"x"})", "name"},
      {R"({"DonViTiepNhan":"W-VYDA"})", "without any field"},
      {R"({"TruongMoi":"\u0007"})", "TruongMoi"},
  };
  for (const auto& [line, named] : wrong) {
    INFO(line);
    const auto ops = ops_of_dossier(object_of(line));
    REQUIRE(ops.has_error());
    CHECK(ops.error().fault == Fault::invalid);
    CHECK(ops.error().detail.find(named) != std::string::npos);
    CHECK(ops.error().detail.find("bí mật") == std::string::npos);
  }
}

TEST_CASE("edits: set, add, append and remove, with who, why and what was seen") {
  const auto version = version_text({{made<DeviceId>(1), made<Incarnation>(2), 0}});
  const auto change =
      edit(
          R"({"dossier":"H57-1","set":{"SoDienThoai":"0911","TaiLieuNop/p1/TenTepDinhKem":"b.pdf"},"add":{"TaiLieuNop":{"TepDinhKemId":"p9"},"MaHoSo":"H57-2"},
    "append":{"BienLai":[{"KyHieu":"AA","SoBienLai":"1","SoTien":5},{"KyHieu":"AA","SoBienLai":"2","SoTien":6}],"notes":"gọi lại"},"remove":{"TaiLieuNop":["p1","p2"]},
    "by":"vyda.lan","why":"sửa số","at":"2021-06-01T07:32:32+07:00","seen":")" +
          version + "\"}")
          .value();
  CHECK((change.dossier == "H57-1" && change.user == "vyda.lan" && change.reason == "sửa số"));
  REQUIRE(change.seen.size() == 1);
  CHECK(change.seen.front() == Position{made<DeviceId>(1), made<Incarnation>(2), 0});
  std::vector<std::string> said;
  for (const auto& op : change.ops) said.push_back(std::to_string(static_cast<int>(op.kind)) + " " + path_text(op.path));
  CHECK(said == std::vector<std::string>{"1 SoDienThoai", "1 TaiLieuNop/p1/TenTepDinhKem", "2 TaiLieuNop", "1 MaHoSo", "4 BienLai",
                                         "4 BienLai", "4 notes", "3 TaiLieuNop/p1", "3 TaiLieuNop/p2"});
}

TEST_CASE("edits: an element of several key fields, or of none, is named by digits, and read back") {
  const auto state =
      state_of({fact_of(ops_of(R"({"BienLai":[{"KyHieu":"AA","SoBienLai":"7","SoTien":5}],"QuaTrinhXuLy":[{"NguoiXuLy":"Lan"}]})"))});
  const auto shown = json_of(state);
  const auto payment = std::string(shown.at("payments").at(0).at("id").as_string());
  CHECK(payment.starts_with('~'));
  const auto change = edit(R"({"set":{"BienLai/)" + payment + R"(":{"KyHieu":"AA","SoBienLai":"7","SoTien":9}}})").value();
  CHECK(path_text(change.ops.front().path) == "BienLai/" + payment);
  const auto after = state_of({fact_of(ops_of(R"({"BienLai":[{"KyHieu":"AA","SoBienLai":"7","SoTien":5}]})")),
                               fact_of(change.ops, 1, {fact_of({change.ops}).position})});
  CHECK(json_of(after).at("payments").at(0).at("SoTien") == 9);
}

TEST_CASE("edits: what has no meaning is refused with what to write instead, and never repeated") {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {R"({})", "at least one"},
      {R"({"set":{}})", "at least one"},
      {R"({"sets":{"GhiChu":"bí mật"}})", "has the members"},
      {R"({"set":["bí mật"]})", "set"},
      {R"({"set":{"TaiLieuNop":"bí mật"}})", "add"},
      {R"({"set":{"TaiLieuNop/p1":{"TenTepDinhKem":"bí mật"}}})", "name its field"},
      {R"({"set":{"BienLai/~00":"bí mật"}})", "whole"},
      {R"({"set":{"BienLai/7/SoTien":1}})", "~"},
      {R"({"set":{"BienLai/~x/SoTien":1}})", "hexadecimal"},
      {R"({"set":{"a/b/c/d/e/f/g":1}})", "~"},
      {R"({"set":{"/GhiChu":1}})", "path"},
      {R"({"add":{"GhiChu":"bí mật"}})", "set"},
      {R"({"add":{"BienLai":{"KyHieu":"bí mật"}}})", "append"},
      {R"({"append":{"TaiLieuNop":{"TepDinhKemId":"bí mật"}}})", "add"},
      {R"({"remove":{"TaiLieuNop":7}})", "text"},
      {R"({"remove":{"TaiLieuNop/p1":"x"}})", "list"},
      {R"({"set":{"GhiChu":"x"},"seen":"bí mật"})", "version"},
      {R"({"set":{"GhiChu":"x"},"by":7})", "by"},
  };
  for (const auto& [line, named] : wrong) {
    INFO(line);
    const auto result = edit(line);
    REQUIRE(result.has_error());
    CHECK(result.error().fault == Fault::invalid);
    INFO(why(result));
    CHECK(result.error().detail.find(named) != std::string::npos);
    CHECK(result.error().detail.find("bí mật") == std::string::npos);
  }
}

TEST_CASE("shown: a dossier has its lists, even when empty, its conflicts with their values, and its version") {
  const auto first = fact_of(ops_of(R"({"MaHoSo":"H57-1","ChuHoSo":"Lan","TaiLieuNop":[{"TepDinhKemId":"p1"}]})"));
  auto here = fact_of(edit(R"({"set":{"ChuHoSo":"Lân"}})").value().ops, 1, {first.position});
  auto there = fact_of(edit(R"({"set":{"ChuHoSo":"Lản"}})").value().ops, 2, {first.position});
  const auto shown = json_of(state_of({first, here, there}));
  CHECK(shown.at("code") == "H57-1");
  CHECK(shown.at("id").as_string().starts_with("id:"));
  for (const char* list : {"payments", "notes", "attachments", "proposals", "not_applied"}) CHECK(shown.at(list).as_array().empty());
  CHECK(shown.at("parts").at(0).at("id") == "p1");
  CHECK(shown.at("custody").at("unit") == "W-VYDA");
  const auto& conflict = shown.at("conflicts").at(0).as_object();
  CHECK(conflict.at("field") == "ChuHoSo");
  REQUIRE(conflict.at("values").as_array().size() == 2);
  CHECK(conflict.at("values").at(0).at("value") == "Lân");
  CHECK(conflict.at("values").at(0).at("by") == "lan");
  CHECK(conflict.at("values").at(0).at("at") == "2021-06-01T07:32:32+07:00");
  const auto version = parse_version(std::string(shown.at("version").as_string()));
  CHECK(version.value() == std::vector<Position>{here.position, there.position});
}

TEST_CASE("shown: a state without anything still has every member") {
  const auto shown = json_of(merge::DossierState{});
  CHECK(shown.at("code") == "");
  CHECK(shown.at("version") == "");
  CHECK(shown.at("waiting") == 0);
}

TEST_CASE("versions: only what this program gives out is read, in its one form") {
  const Position a{made<DeviceId>(1), made<Incarnation>(2), 3}, b{made<DeviceId>(1), made<Incarnation>(2), 300};
  const auto text = version_text({a, b});
  CHECK(parse_version(text).value() == std::vector<Position>{a, b});
  for (const auto& wrong :
       {std::string(), text.substr(1), text.substr(0, 64), text + "00", version_text({b, a}), version_text({a, a}), std::string("zz")})
    CHECK(parse_version(wrong).error().fault == Fault::invalid);
}

TEST_CASE("times: Vietnam's, to the second; nothing for a clock that was never set") {
  CHECK(time_text({1'622'507'552'999}) == "2021-06-01T07:32:32+07:00");
  CHECK(time_text({0}).empty());
  CHECK(time_text({-5}).empty());
  CHECK(time_text({std::int64_t{1} << 60U}).empty());
}

}  // namespace ward::runtime
