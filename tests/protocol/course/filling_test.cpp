#include "protocol/course/filling.hpp"

#include "protocol/course/course.hpp"
#include "protocol/deadline/calendar.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace ward;
using namespace ward::course;
using record::Map;
using record::Op;
using record::OpKind;
using record::Step;

namespace {

constexpr const char* three_days = "1.000689";  // working days, at the ward
constexpr const char* same_day = "1.001193";    // civil status: by the evening
constexpr const char* land = "2.000880";        // ten working days; its clock waits for the payment

deadline::Moment at(const char* stored) { return *deadline::moment_of(stored); }
Op set(const char* field, record::Value value) { return {OpKind::set, {Step::field(field)}, std::move(value), std::nullopt}; }
record::Path in_round(const char* id, const char* field) {
  return {Step::field("DanhSachHoSoBoSung"), Step::element(record::element_id({record::Value(id)})), Step::field(field)};
}

merge::DossierState dossier(Map fields, std::vector<Map> rounds = {}) {
  merge::DossierState out;
  out.fields = record::canonical(std::move(fields));
  merge::Collection list{"DanhSachHoSoBoSung", {}};
  for (auto& round : rounds) {
    merge::Element element;
    element.fields = record::canonical(std::move(round));
    list.elements.push_back(std::move(element));
  }
  if (!list.elements.empty()) out.collections.push_back(std::move(list));
  return out;
}
merge::DossierState accepted(const char* status, const char* procedure, const char* due, std::vector<Map> rounds = {}) {
  return dossier({{"TrangThaiHoSo", status}, {"MaTTHC", procedure}, {"NgayTiepNhan", "20200803090000"}, {"NgayHenTra", due}},
                 std::move(rounds));
}

Filling filled(const merge::DossierState& before, const std::vector<Op>& ops, const char* now, std::optional<deadline::Moment> since = {},
               const char* reason = "") {
  return filling_of(before, {ops, "lan", reason, at(now), since}, {deadline::built_in_calendar()});
}
using Dates = std::map<std::string, std::string>;
Dates dates(const Filling& filling) { return {filling.dates.begin(), filling.dates.end()}; }
std::string text(const Filling& filling, const char* name) {
  const auto* value = filling.round ? record::find(filling.round->fields, name) : nullptr;
  return value == nullptr || value->text() == nullptr ? std::string() : *value->text();
}

}  // namespace

TEST_CASE("filling: who is accepted gets the day and the appointment of his procedure, weekends and holidays left out") {
  // Monday the 31st of August: the 2nd of September is a holiday.
  CHECK(dates(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2")}, "20200831093015")) ==
        Dates{{"NgayTiepNhan", "20200831093015"}, {"NgayHenTra", "20200904093015"}});
  CHECK(dates(filled(dossier({{"TrangThaiHoSo", "1"}, {"MaTTHC", same_day}}), {set("TrangThaiHoSo", "2")}, "20200831093015")) ==
        Dates{{"NgayTiepNhan", "20200831093015"}, {"NgayHenTra", "20200831170000"}});
  CHECK(dates(filled({}, {set("MaTTHC", same_day), set("TrangThaiHoSo", "2")}, "20200831150000")) ==
        Dates{{"NgayTiepNhan", "20200831150000"}, {"NgayHenTra", "20200901110000"}});
}

TEST_CASE("filling: what a person gives stands, also when he gives that there is none") {
  CHECK(dates(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2"), set("NgayTiepNhan", "20200803080000")},
                     "20200831093015")) == Dates{{"NgayHenTra", "20200806080000"}});
  CHECK(dates(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2"), set("NgayHenTra", "")}, "20200831093015")) ==
        Dates{{"NgayTiepNhan", "20200831093015"}});
  CHECK(
      dates(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2"), set("NgayTiepNhan", ""), set("NgayHenTra", "20200901000000")},
                   "20200831093015"))
          .empty());
}

TEST_CASE("filling: nothing is invented for an unknown procedure, an unreadable day, or a change of no status") {
  CHECK(dates(filled({}, {set("MaTTHC", "9.999999"), set("TrangThaiHoSo", "2")}, "20200831093015")) ==
        Dates{{"NgayTiepNhan", "20200831093015"}});
  CHECK(
      dates(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2"), set("NgayTiepNhan", "hôm qua")}, "20200831093015")).empty());
  CHECK(filled({}, {set("MaTTHC", three_days)}, "20200831093015").is_empty());
  CHECK(filled(accepted("2", three_days, ""), {set("TrangThaiHoSo", "2")}, "20200831093015").is_empty());
  CHECK(filled({}, {set("TrangThaiHoSo", 2)}, "20200831093015").is_empty());
  CHECK(filled({}, {set("TrangThaiHoSo", "")}, "20200831093015").is_empty());
}

TEST_CASE("filling: an appointment that was given is never moved by a later acceptance, nor by another calendar") {
  CHECK(filled(accepted("4", three_days, "20200806090000"), {set("TrangThaiHoSo", "2")}, "20200831093015").is_empty());
  CHECK(dates(filled(dossier({{"TrangThaiHoSo", "1"}, {"MaTTHC", three_days}, {"NgayHenTra", "20200806090000"}}),
                     {set("TrangThaiHoSo", "2")}, "20200831093015")) == Dates{{"NgayTiepNhan", "20200831093015"}});
}

TEST_CASE("filling: an appointment in a year that is not decided says so") {
  CHECK(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2")}, "20200831093015").certain);
  CHECK_FALSE(filled({}, {set("MaTTHC", three_days), set("TrangThaiHoSo", "2")}, "20261230093015").certain);
}

TEST_CASE("filling: a supplement that is asked for opens a round with the appointment before it") {
  const auto filling =
      filled(accepted("4", three_days, "20200812090000"), {set("TrangThaiHoSo", "5")}, "20200806100000", {}, "thiếu bản chính");
  CHECK(filling.dates.empty());
  REQUIRE(filling.round.has_value());
  CHECK(filling.round->is_new);
  CHECK(text(filling, "HoSoBoSungId") == "1");
  CHECK(text(filling, "NguoiYeuCauBoSung") == "lan");
  CHECK(text(filling, "NoiDungBoSung") == "thiếu bản chính");
  CHECK(text(filling, "NgayBoSung") == "20200806100000");
  CHECK(text(filling, "NgayHenTraTruoc") == "20200812090000");
  CHECK(*record::find(filling.round->fields, "TrangThaiBoSung") == record::Value(false));
  const auto second =
      filled(accepted("4", three_days, "20200812090000", {{{"HoSoBoSungId", "2"}, {"NgayTiepNhanBoSung", "20200805100000"}}}),
             {set("TrangThaiHoSo", "5")}, "20200806100000");
  CHECK(text(second, "HoSoBoSungId") == "3");
}

TEST_CASE("filling: a round that a person opens keeps what he wrote and gets what he left out") {
  const std::vector<Op> ops{set("TrangThaiHoSo", "5"),
                            {OpKind::append,
                             {Step::field("DanhSachHoSoBoSung")},
                             record::Value(Map{{"HoSoBoSungId", "A"}, {"NgayBoSung", "20200806080000"}, {"NoiDungBoSung", "CCCD"}}),
                             std::nullopt}};
  const auto filling = filled(accepted("4", three_days, "20200812090000"), ops, "20200806100000");
  REQUIRE(filling.round.has_value());
  CHECK_FALSE(filling.round->is_new);
  CHECK(filling.round->id == "A");
  CHECK(text(filling, "NgayBoSung").empty());
  CHECK(text(filling, "NoiDungBoSung").empty());
  CHECK(text(filling, "NgayHenTraTruoc") == "20200812090000");
  for (const auto& op : ops_of(filling)) CHECK(op.kind == OpKind::set);
}

TEST_CASE("filling: going on after a supplement adds the working days that were left to the day of its reception, and closes the round") {
  // Asked on Thursday the 6th with four working days left until Wednesday the 12th; received on Monday the 31st; the 2nd is a holiday.
  const auto before = accepted("5", three_days, "20200812090000", {{{"HoSoBoSungId", "1"}, {"NgayBoSung", "20200806100000"}}});
  const auto filling = filled(before, {set("TrangThaiHoSo", "4")}, "20200831140000");
  CHECK(dates(filling) == Dates{{"NgayHenTra", "20200907090000"}});
  REQUIRE(filling.round.has_value());
  CHECK_FALSE(filling.round->is_new);
  CHECK(text(filling, "NgayTiepNhanBoSung") == "20200831140000");
  CHECK(text(filling, "NgayHenTraMoi") == "20200907090000");
  CHECK(*record::find(filling.round->fields, "TrangThaiBoSung") == record::Value(true));
  for (const auto& op : ops_of(filling)) CHECK((op.path.size() == 1 || op.path[1].text == record::element_id({record::Value("1")})));
}

TEST_CASE("filling: the day of reception and the appointment that a person gives are those that count") {
  const auto before = accepted("5", three_days, "20200812090000", {{{"HoSoBoSungId", "1"}, {"NgayBoSung", "20200806100000"}}});
  const Op received{OpKind::set, in_round("1", "NgayTiepNhanBoSung"), record::Value("20200810090000"), std::nullopt};
  auto filling = filled(before, {set("TrangThaiHoSo", "4"), received}, "20200831140000");
  CHECK(dates(filling) == Dates{{"NgayHenTra", "20200814090000"}});
  CHECK(text(filling, "NgayTiepNhanBoSung").empty());
  CHECK(text(filling, "NgayHenTraMoi") == "20200814090000");
  filling = filled(before, {set("TrangThaiHoSo", "4"), set("NgayHenTra", "20200820090000")}, "20200831140000");
  CHECK(filling.dates.empty());
  CHECK(text(filling, "NgayHenTraMoi") == "20200820090000");
}

TEST_CASE("filling: what was late before the pause stays late, and a supplement before the acceptance moves nothing") {
  const auto late = accepted("5", three_days, "20200805090000", {{{"HoSoBoSungId", "1"}, {"NgayBoSung", "20200806100000"}}});
  CHECK(filled(late, {set("TrangThaiHoSo", "4")}, "20200831140000").dates.empty());
  const auto early = dossier({{"TrangThaiHoSo", "5"}, {"MaTTHC", three_days}}, {{{"HoSoBoSungId", "1"}, {"NgayBoSung", "20200803100000"}}});
  const auto filling = filled(early, {set("TrangThaiHoSo", "2")}, "20200831093015");
  CHECK(dates(filling) == Dates{{"NgayTiepNhan", "20200831093015"}, {"NgayHenTra", "20200904093015"}});
  CHECK(text(filling, "NgayTiepNhanBoSung") == "20200831093015");
}

TEST_CASE("filling: a payment that the clock waits for moves the appointment by the time since the status was written") {
  const auto before = accepted("6", land, "20200814090000");
  CHECK(dates(filled(before, {set("TrangThaiHoSo", "4")}, "20200831140000", at("20200812100000"))) ==
        Dates{{"NgayHenTra", "20200903090000"}});
  CHECK(filled(before, {set("TrangThaiHoSo", "4")}, "20200831140000").is_empty());
  CHECK(
      filled(accepted("6", three_days, "20200814090000"), {set("TrangThaiHoSo", "4")}, "20200831140000", at("20200812100000")).is_empty());
}

TEST_CASE("filling: refused, ended and handed over carry their day once") {
  CHECK(dates(filled(dossier({{"TrangThaiHoSo", "1"}}), {set("TrangThaiHoSo", "3")}, "20200831140000")) ==
        Dates{{"NgayTuChoi", "20200831140000"}});
  for (const auto* status : {"8", "9"})
    CHECK(dates(filled(accepted("4", three_days, "20200812090000"), {set("TrangThaiHoSo", status)}, "20200831140000")) ==
          Dates{{"NgayKetThucXuLy", "20200831140000"}});
  auto ended = accepted("9", three_days, "20200812090000");
  ended.fields = record::canonical({{"TrangThaiHoSo", "9"}, {"NgayKetThucXuLy", "20200810090000"}});
  CHECK(dates(filled(ended, {set("TrangThaiHoSo", "10")}, "20200831140000")) == Dates{{"NgayTra", "20200831140000"}});
  CHECK(filled(ended, {set("TrangThaiHoSo", "9")}, "20200831140000").is_empty());
}

TEST_CASE("filling: the same acts on equal dossiers give the same operations at every site") {
  const auto before = accepted("5", three_days, "20200812090000", {{{"HoSoBoSungId", "1"}, {"NgayBoSung", "20200806100000"}}});
  const std::vector<Op> ops{set("TrangThaiHoSo", "4")};
  const deadline::Calendar other(deadline::built_in_calendar());
  const auto here = ops_of(filling_of(before, {ops, "lan", "", at("20200831140000")}, {deadline::built_in_calendar()}));
  const auto there = ops_of(filling_of(before, {ops, "lan", "", at("20200831140000")}, {other}));
  CHECK(here == there);
  CHECK(here.size() == 5);
}
