#include "protocol/record/names.hpp"
#include "protocol/schema/csv.hpp"
#include "protocol/schema/schema.hpp"
#include "protocol/schema/tables.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace ward;
using namespace ward::schema;
using record::Path;
using record::Step;

TEST_CASE("schema: holds all national fields, our extensions, and the rounds' papers and fees in the shape of the dossier's") {
  CHECK(fields().size() == 108 + 12 + 5 + 7 + 4 + 2 + 4);
  const auto* name = find("", "ChuHoSo");
  REQUIRE(name != nullptr);
  CHECK(name->vi == "Chủ hồ sơ");
  CHECK(name->en == "Dossier owner (full name)");
  CHECK(name->personal);
  CHECK(name->required);
  CHECK(name->policy == Policy::ask);
  const auto* notes = find("", "notes");
  REQUIRE(notes != nullptr);
  CHECK(notes->policy == Policy::log);
  CHECK(notes->vi == "Ghi chú xử lý");
  CHECK(notes->personal);
  const auto* nested = find("DanhSachGiayToBoSung", "TenTepDinhKem");
  REQUIRE(nested != nullptr);
  CHECK(nested->policy == Policy::latest);
  CHECK(find("", "TenTepDinhKem") == nullptr);
  CHECK(find("TaiLieuNop", "ChuHoSo") == nullptr);
  CHECK(find("", "") == nullptr);
}

TEST_CASE("schema: every policy and type occurs, and has the name of the table") {
  std::set<std::string> policies, types;
  for (const auto& field : fields()) {
    policies.insert(name_of(field.policy));
    types.insert(name_of(field.type));
    CHECK((field.parent.empty() || find("", field.parent) != nullptr || find("DanhSachHoSoBoSung", field.parent) != nullptr));
    CHECK((!field.key || !field.parent.empty()));
  }
  CHECK(policies == std::set<std::string>{"latest", "ask", "owner", "workflow", "set", "ledger", "log"});
  CHECK(types == std::set<std::string>{"string", "enum", "date", "datetime", "money", "int", "bool", "list"});
}

TEST_CASE("schema: every name that travels as a number is a field") {
  for (std::uint64_t number = 0; !record::name_of_number(number).empty(); ++number) {
    const auto name = record::name_of_number(number);
    CHECK(std::any_of(fields().begin(), fields().end(), [&](const Field& f) { return f.name == name; }));
  }
}

TEST_CASE("schema: key fields come in schema order") {
  const auto names = [](std::string_view collection) {
    std::vector<std::string> out;
    for (const auto* field : key_fields(collection)) out.push_back(field->name);
    return out;
  };
  CHECK(names("BienLai") == std::vector<std::string>{"KyHieu", "SoBienLai"});
  CHECK(names("DinhDanhCHS") == std::vector<std::string>{"LoaiDinhDanh", "SoDinhDanh"});
  CHECK(names("DanhSachGiayToBoSung") == std::vector<std::string>{"TepDinhKemId"});
  CHECK(names("QuaTrinhXuLy").empty());
  CHECK(names("no such collection").empty());
}

TEST_CASE("schema: a path leads to its field, elements skipped") {
  const Path nested{Step::field("DanhSachHoSoBoSung"), Step::element("1"), Step::field("DanhSachGiayToBoSung"), Step::element("x"),
                    Step::field("TenTepDinhKem")};
  CHECK(field_at(nested) == find("DanhSachGiayToBoSung", "TenTepDinhKem"));
  CHECK(field_at({Step::field("BienLai")}) == find("", "BienLai"));
  CHECK(field_at({Step::field("BienLai"), Step::element("x")}) == find("", "BienLai"));
  CHECK(policy_at({Step::field("SoDienThoai")}) == Policy::latest);
  CHECK(policy_at({Step::field("FromTheFuture")}) == Policy::ask);
}

TEST_CASE("schema: a path that nobody could have meant leads nowhere") {
  CHECK(field_at({}) == nullptr);
  CHECK(field_at({Step::element("x")}) == nullptr);
  CHECK(field_at({Step::field("TaiLieuNop"), Step::field("TenTepDinhKem")}) == nullptr);
  CHECK(field_at({Step::field("TaiLieuNop"), Step::element("x"), Step::element("y")}) == nullptr);
  CHECK(field_at({Step::field("ChuHoSo"), Step::element("x"), Step::field("TenTepDinhKem")}) == nullptr);
  CHECK(field_at({Step::field("Unknown"), Step::element("x"), Step::field("TenTepDinhKem")}) == nullptr);
}

TEST_CASE("schema: statuses, transitions and procedures are those of the tables") {
  REQUIRE(statuses().size() == 10);
  CHECK(statuses()[8].code == 9);
  CHECK(statuses()[8].vi == "Đã xử lý xong");
  CHECK_FALSE(statuses()[8].terminal);
  CHECK(statuses()[9].terminal);
  REQUIRE(transitions().size() == 29);
  const auto has = [](int from, int to, int priority) {
    return std::any_of(transitions().begin(), transitions().end(),
                       [&](const Transition& t) { return t.from == from && t.to == to && t.priority == priority; });
  };
  CHECK(has(0, 1, 0));
  CHECK(has(9, 10, 6));
  CHECK(has(4, 8, 4));
  CHECK(procedures().size() == 79);
  CHECK(procedures()[0].code == "1.001193");
  CHECK(procedures()[0].name == "Đăng ký khai sinh");
  CHECK(procedures()[0].handler == "ward");
}

TEST_CASE("schema: a code list is closed only where the list is certain") {
  CHECK_FALSE(codes_of(*find("", "KenhThucHien")).open);
  CHECK(codes_of(*find("", "LoaiGiayToChuHoSo")).open);
  CHECK(codes_of(*find("", "QuyetDinh")).open);
  CHECK(codes_of(*find("QuaTrinhXuLy", "TrangThai")).codes.size() == 10);
  CHECK(codes_of(*find("DanhSachGiayToBoSung", "DuocKySo")).codes.size() == 2);
}

TEST_CASE("csv: quotes hold commas, line feeds and doubled quotes") {
  const auto rows = read_csv("a,b\n1,\"x, \"\"y\"\"\nz\"\n,\n", "a,b");
  REQUIRE(rows.has_value());
  CHECK(*rows == std::vector<Row>{{"1", "x, \"y\"\nz"}, {"", ""}});
  CHECK(read_csv("a,b\n", "a,b")->empty());
}

TEST_CASE("csv: refuses what it cannot be sure of") {
  for (const auto* broken : {"", "a,b", "b,a\n1,2\n", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n1,2", "a,b\n1,\"2\n", "a,b\n1,\"2\"3\n",
                             "a,b\n1,2\"\n", "a,b\r\n1,2\r\n", "a,b\n1,2\r\n"})
    CHECK_FALSE(read_csv(broken, "a,b").has_value());
}
