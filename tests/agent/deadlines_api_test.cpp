#include "protocol/deadline/moment.hpp"
#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
namespace json = boost::json;

namespace {

/// As if it were then: both clocks of the PC have gone on since the city's present.
void set_clock(Desk& desk, const char* stored) {
  const Now city_now = City::beginning;
  const auto wall = deadline::wall_of(*deadline::moment_of(stored));
  desk.now = Now{city_now.monotonic + std::chrono::milliseconds(wall.ms - city_now.wall.ms), wall};
}

std::string dossier(const std::string& code, const std::string& status, const std::string& due) {
  return R"({"MaHoSo":")" + code + R"(","MaTTHC":"1.003583","ChuHoSo":"Nguyễn An","NgayTiepNhan":"20200803090000","TrangThaiHoSo":")" +
         status + R"(","NgayHenTra":")" + due + "\"}\n";
}

std::vector<std::string> codes(Desk& desk, std::map<std::string, std::string, std::less<>> query) {
  std::vector<std::string> out;
  const auto page = Desk::object(desk.ask("GET", "/v1/dossiers", {}, {}, std::move(query)));
  for (const auto& line : page.at("dossiers").as_array()) out.emplace_back(line.at("code").as_string());
  return out;
}
using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("deadlines: lists and counts follow the clock, and weekends and holidays are no working days") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/imports",
                   dossier("H57-1", "4", "20200828090000") + dossier("H57-2", "4", "20200901090000") +
                       dossier("H57-3", "5", "20200828090000") + dossier("H57-4", "6", "20200904090000") +
                       dossier("H57-5", "9", "20200828090000"))
              .status == 200);
  // The 2nd of September is a holiday, so two working days after Thursday the 27th are Monday the 31st.
  set_clock(desk, "20200827080000");
  CHECK(codes(desk, {{"due", "soon"}}) == Codes{"H57-1"});
  CHECK(codes(desk, {{"due", "later"}}) == Codes{"H57-2", "H57-4"});
  CHECK(codes(desk, {{"due", "waiting"}, {"status", "5"}}) == Codes{"H57-3"});
  CHECK(codes(desk, {{"status", "6"}}) == Codes{"H57-4"});
  set_clock(desk, "20200828080000");
  CHECK(codes(desk, {{"due", "today"}}) == Codes{"H57-1"});
  CHECK(codes(desk, {{"due", "soon"}}) == Codes{"H57-2"});
  set_clock(desk, "20200901100000");
  CHECK(codes(desk, {{"due", "overdue"}}) == Codes{"H57-1", "H57-2"});
  CHECK(codes(desk, {{"due", "soon"}}) == Codes{"H57-4"});
  const auto counts = desk.get("/v1/deadlines");
  CHECK(counts.at("overdue") == 2);
  CHECK(counts.at("today") == 0);
  CHECK(counts.at("soon") == 1);
  CHECK(counts.at("waiting") == 1);
  CHECK(counts.at("supplement") == 1);
  CHECK(counts.at("payment") == 1);
}

TEST_CASE("deadlines: a dossier says how many working days are left, how it is judged, and what is not certain") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/imports",
                   dossier("H57-1", "4", "20200904090000") + dossier("H57-2", "4", "20200905090000") +
                       dossier("H57-3", "4", "20270105090000") + dossier("H57-4", "1", ""))
              .status == 200);
  const auto deadline_of = [&](const char* code) { return desk.get("/v1/dossiers/" + std::string(code)).at("deadline").as_object(); };
  set_clock(desk, "20200901080000");
  auto shown = deadline_of("H57-1");
  CHECK(shown.at("class") == "soon");
  CHECK(shown.at("days_left") == 2);  // the 3rd and the 4th: the 2nd is a holiday
  CHECK(shown.at("judgement") == "open_good");
  CHECK(shown.at("day_off") == false);
  CHECK(shown.at("certain") == true);
  CHECK(deadline_of("H57-2").at("day_off") == true);  // a Saturday
  CHECK(deadline_of("H57-4").at("class") == "none");
  CHECK(deadline_of("H57-4").at("days_left").is_null());
  set_clock(desk, "20200907080000");
  shown = deadline_of("H57-1");
  CHECK(shown.at("class") == "overdue");
  CHECK(shown.at("days_left") == -1);
  CHECK(shown.at("judgement") == "open_late");
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"TrangThaiHoSo":"9","NgayKetThucXuLy":"20200903100000"}})").status ==
          201);
  shown = deadline_of("H57-1");
  CHECK(shown.at("class") == "ended");
  CHECK(shown.at("judgement") == "early");
  set_clock(desk, "20261230080000");
  CHECK(deadline_of("H57-3").at("certain") == false);  // the days off of 2027 were guesses when this program was made
}

TEST_CASE("deadlines: what is asked for wrongly is refused") {
  City city;
  Desk desk(city, 1);
  for (const auto* wrong : {"x", "ended", "none", "OVERDUE", "overdue,today", "overdue'--"}) {
    const auto answer = desk.ask("GET", "/v1/dossiers", {}, {}, {{"due", wrong}});
    CHECK(answer.status == 422);
    CHECK(Desk::trouble(answer).what.find("overdue, today, soon, later, waiting") != std::string::npos);
  }
  for (const auto* wrong : {"x", "1", "1.x", "1.2.3"})
    CHECK(desk.ask("GET", "/v1/dossiers", {}, {}, {{"due", "overdue"}, {"cursor", wrong}}).status == 422);
  CHECK(codes(desk, {{"due", ""}}).empty());
}

namespace {

json::object saved(Desk& desk, const std::string& path, const std::string& body,
                   std::map<std::string, std::string, std::less<>> query = {}) {
  return Desk::object(desk.ask("POST", path, body, {}, std::move(query)));
}

}  // namespace

TEST_CASE("filling: a dossier that is accepted gets the appointment of its procedure, and the answer says so") {
  City city;
  Desk desk(city, 1);
  set_clock(desk, "20200831093015");
  const auto answer = saved(desk, "/v1/dossiers", R"({"MaHoSo":"H57-1","MaTTHC":"1.003583","ChuHoSo":"A","TrangThaiHoSo":"2"})");
  const json::object expected{{"NgayTiepNhan", "20200831093015"}, {"NgayHenTra", "20200908093015"}};  // the 2nd of September is a holiday
  CHECK(answer.at("filled").at("set") == json::value(expected));
  CHECK(answer.at("filled").at("certain") == true);
  const auto fields = desk.get("/v1/dossiers/H57-1").at("fields").as_object();
  CHECK(fields.at("NgayTiepNhan") == "20200831093015");
  CHECK(fields.at("NgayHenTra") == "20200908093015");
}

TEST_CASE("filling: what is given stands, what is imported stays as it is, and `fill=false` fills nothing") {
  City city;
  Desk desk(city, 1);
  set_clock(desk, "20200831093015");
  (void)saved(desk, "/v1/dossiers",
              R"({"MaHoSo":"H57-1","MaTTHC":"1.003583","TrangThaiHoSo":"2","NgayTiepNhan":"20200803080000","NgayHenTra":""})");
  auto fields = desk.get("/v1/dossiers/H57-1").at("fields").as_object();
  CHECK(fields.at("NgayTiepNhan") == "20200803080000");
  CHECK(fields.at("NgayHenTra") == "");
  (void)saved(desk, "/v1/dossiers", R"({"MaHoSo":"H57-2","MaTTHC":"1.003583","TrangThaiHoSo":"2"})", {{"fill", "false"}});
  CHECK_FALSE(desk.get("/v1/dossiers/H57-2").at("fields").as_object().contains("NgayHenTra"));
  REQUIRE(desk.ask("POST", "/v1/imports", R"({"MaHoSo":"H57-3","MaTTHC":"1.003583","TrangThaiHoSo":"2"})").status == 200);
  CHECK_FALSE(desk.get("/v1/dossiers/H57-3").at("fields").as_object().contains("NgayHenTra"));
  CHECK(desk.ask("POST", "/v1/dossiers", R"({"MaHoSo":"H57-4","TrangThaiHoSo":"2"})", {}, {{"fill", "perhaps"}}).status == 422);
}

TEST_CASE("filling: a supplement opens a round, and going on closes it and moves the appointment, the same at the other desk") {
  City city;
  Desk one(city, 1), other(city, 2);
  set_clock(one, "20260420093015");
  (void)saved(one, "/v1/dossiers", R"({"MaHoSo":"H57-1","MaTTHC":"1.003583","ChuHoSo":"A","TrangThaiHoSo":"2"})");
  set_clock(one, "20260423100000");
  auto answer = saved(one, "/v1/dossiers/H57-1/changes", R"({"set":{"TrangThaiHoSo":"5"},"why":"thiếu bản chính"})");
  const auto round = answer.at("filled").at("append").at("DanhSachHoSoBoSung").as_object();
  CHECK(round.at("HoSoBoSungId") == "1");
  CHECK(round.at("NguoiYeuCauBoSung") == "lan");
  CHECK(round.at("NoiDungBoSung") == "thiếu bản chính");
  CHECK(round.at("NgayHenTraTruoc") == "20260428093015");
  for (auto* desk : {&one, &other, &one}) desk->meet(city);
  // Both desks are asked what they would fill in when the citizen comes back on the 4th of May.
  const std::string back = R"({"dossier":"H57-1","set":{"TrangThaiHoSo":"4"}})";
  for (auto* desk : {&one, &other}) set_clock(*desk, "20260504090000");
  const auto here = saved(one, "/v1/filling", back), there = saved(other, "/v1/filling", back);
  CHECK(here == there);
  CHECK(here.at("set").at("NgayHenTra") == "20260506093015");  // two working days were left
  CHECK(here.at("set").at("DanhSachHoSoBoSung/1/NgayHenTraMoi") == "20260506093015");
  CHECK(here.at("set").at("DanhSachHoSoBoSung/1/TrangThaiBoSung") == true);
  (void)saved(other, "/v1/dossiers/H57-1/changes", R"({"set":{"TrangThaiHoSo":"4"}})");
  for (auto* desk : {&other, &one}) desk->meet(city);
  const auto shown = one.get("/v1/dossiers/H57-1");
  CHECK(shown.at("fields").at("NgayHenTra") == "20260506093015");
  const auto& held = shown.at("collections").at("DanhSachHoSoBoSung").as_array().at(0).as_object();
  CHECK(held.at("NgayTiepNhanBoSung") == "20260504090000");
  CHECK(held.at("NgayHenTraTruoc") == "20260428093015");
  CHECK(shown.at("conflicts").as_array().empty());
}

TEST_CASE("filling: a payment that the clock waits for is dated by when its status was written") {
  City city;
  Desk desk(city, 1);
  REQUIRE(
      desk.ask(
              "POST", "/v1/imports",
              R"({"MaHoSo":"H57-1","MaTTHC":"2.000880","TrangThaiHoSo":"4","NgayTiepNhan":"20260105090000","NgayHenTra":"20991231090000"})")
          .status == 200);
  (void)saved(desk, "/v1/dossiers/H57-1/changes", R"({"set":{"TrangThaiHoSo":"6"}})");
  const auto answer = saved(desk, "/v1/filling", R"({"dossier":"H57-1","set":{"TrangThaiHoSo":"4"}})");
  CHECK(answer.at("append").as_object().empty());
  CHECK(answer.at("clock_believed") == true);
}

TEST_CASE("filling: a clock that is not believed dates nothing, and says so") {
  City city;
  Desk desk(city, 1);
  set_clock(desk, "19700102000000");
  const auto answer = saved(desk, "/v1/filling", R"({"set":{"TrangThaiHoSo":"2","MaTTHC":"1.003583"}})");
  CHECK(answer.at("set").as_object().empty());
  CHECK(answer.at("clock_believed") == false);
}

TEST_CASE("filling: what is asked wrongly is refused, and nothing is saved by asking") {
  City city;
  Desk desk(city, 1);
  for (const auto* wrong : {"", "{}", "[]", R"({"set":7})", R"({"set":{}})", R"({"set":{"TrangThaiHoSo":"x"}})", R"({"party":1})"})
    CHECK(desk.ask("POST", "/v1/filling", wrong).status == 422);
  CHECK(desk.ask("POST", "/v1/filling", R"({"dossier":"H57-9","set":{"TrangThaiHoSo":"2"}})").status == 404);
  set_clock(desk, "20200831093015");
  (void)saved(desk, "/v1/filling", R"({"set":{"TrangThaiHoSo":"2","MaTTHC":"1.003583"}})");
  CHECK(desk.get("/v1/dossiers").at("dossiers").as_array().empty());
}

TEST_CASE("calendar: a decision of the centre reaches a ward, moves no appointment that was given, and those on a day off say so") {
  City city;
  Desk desk(city, 1);
  set_clock(desk, "20261230080000");
  auto answer = saved(desk, "/v1/dossiers", R"({"MaHoSo":"H57-1","MaTTHC":"1.003583","TrangThaiHoSo":"2"})");
  CHECK(answer.at("filled").at("certain") == false);
  const auto due = std::string(answer.at("filled").at("set").at("NgayHenTra").as_string());
  CHECK(due == "20270107080000");
  CHECK(desk.get("/v1/calendar").at("decided_through") == "2026-12-31");
  CHECK(desk.get("/v1/status").at("calendar").as_object().contains("enough"));
  desk.meet(city);
  // What is decided for 2027 has the 7th of January off.
  policy::Calendar decided{
      {{std::chrono::year{2027} / 1 / 1, false, true, "Tết Dương lịch"}, {std::chrono::year{2027} / 1 / 7, false, true, "Ngày mới"}}};
  must(city.centre->set_calendar(decided, city.now.wall));
  desk.meet(city);
  const auto calendar = desk.get("/v1/calendar");
  CHECK(calendar.at("decided_through") == "2027-12-31");
  const auto shown = desk.get("/v1/dossiers/H57-1");
  CHECK(shown.at("fields").at("NgayHenTra").as_string() == due);
  CHECK(shown.at("deadline").at("day_off") == true);
  CHECK(shown.at("deadline").at("certain") == true);
  answer = saved(desk, "/v1/dossiers", R"({"MaHoSo":"H57-2","MaTTHC":"1.003583","TrangThaiHoSo":"2"})");
  CHECK(answer.at("filled").at("set").at("NgayHenTra") == "20270108080000");
  CHECK(answer.at("filled").at("certain") == true);
}

TEST_CASE("reports: both readings of the online share, and how appointments were kept, of the days that are asked for") {
  City city;
  Desk desk(city, 1);
  set_clock(desk, "20200831093015");
  const auto one = [](const char* code, const char* received, const char* channel, const char* status, const char* ended,
                      const char* more) {
    return R"({"MaHoSo":")" + std::string(code) + R"(","MaTTHC":"1.003583","KenhThucHien":")" + channel + R"(","NgayTiepNhan":")" +
           received + R"(","NgayHenTra":"20200812090000","TrangThaiHoSo":")" + status + R"(","NgayKetThucXuLy":")" + ended + "\"" + more +
           "}\n";
  };
  REQUIRE(desk.ask("POST", "/v1/imports",
                   one("H57-1", "20200803090000", "1", "9", "20200810090000", "") +
                       one("H57-2", "20200803235959", "2", "9", "20200812080000", "") +
                       one("H57-3", "20200804000000", "2", "9", "20200813090000",
                           R"(,"DanhSachXinLoi":[{"XinLoiId":"1","NgayHenTraTruoc":"20200812090000"}])") +
                       one("H57-4", "20200804090000", "2", "4", "", "") + one("H57-5", "20200901090000", "2", "4", "", "") +
                       one("H57-6", "20200804090000", "2", "4", "", R"(,"LyDoHuy":"nhập trùng")") + one("H57-7", "", "2", "1", "", ""))
              .status == 200);
  const auto report = [&](const char* name, std::map<std::string, std::string, std::less<>> query) {
    return Desk::object(desk.ask("GET", "/v1/reports/" + std::string(name), {}, {}, std::move(query)));
  };
  const auto kept = report("deadlines", {{"from", "2020-08-03"}, {"to", "31/8/2020"}});
  REQUIRE(kept.at("units").as_array().size() == 1);
  CHECK(kept.at("units").at(0).at("unit") == "W-VYDA");
  for (const auto* row : {&kept.at("units").at(0), &kept.at("total")}) {
    CHECK(row->at("accepted") == 4);
    CHECK(row->at("early") == 1);
    CHECK(row->at("on_time") == 1);
    CHECK(row->at("late") == 1);
    CHECK(row->at("open_late") == 1);
    CHECK(row->at("apologised") == 1);
    CHECK(row->at("in_time_permille") == 667);
  }
  const auto share = report("online-share", {{"from", "2020-08-03"}, {"to", "2020-08-31"}}).at("total").as_object();
  CHECK(share.at("accepted") == 4);
  CHECK(share.at("online") == 3);
  CHECK(share.at("online_permille") == 750);
  CHECK(share.at("points_permille") == 1000);
  CHECK(share.at("services_used") == 1);
  CHECK(report("deadlines", {{"from", "2020-08-03"}, {"to", "2020-08-03"}}).at("total").at("accepted") == 2);
  CHECK(report("deadlines", {{"from", "2020-01-01"}, {"to", "2020-01-02"}}).at("total").at("in_time_permille").is_null());
  CHECK(report("deadlines", {}).at("from") == "2020-01-01");
  CHECK(report("deadlines", {}).at("to") == "2020-08-31");
  for (const auto& wrong : std::vector<std::map<std::string, std::string, std::less<>>>{
           {{"from", "x"}}, {{"from", "2020"}}, {{"to", "2020-02-30"}}, {{"from", "2020-08-04"}, {"to", "2020-08-03"}}, {{"form", "xls"}}})
    CHECK(desk.ask("GET", "/v1/reports/deadlines", {}, {}, wrong).status == 422);
  CHECK(desk.ask("GET", "/v1/reports/online-share", {}, {}, {{"unit", "W-NONE"}}).status == 404);
  const auto table = desk.ask("GET", "/v1/reports/deadlines", {}, {}, {{"form", "csv"}});
  CHECK(table.content_type == "text/csv; charset=utf-8");
  CHECK(table.body.find("unit,name_vi,name_en,accepted,early") == 3);  // behind the byte order mark
}
