#include "protocol/deadline/moment.hpp"
#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
namespace json = boost::json;

namespace {

/// As if it were then.
void set_clock(Desk& desk, const char* stored) { desk.now = Now{{}, deadline::wall_of(*deadline::moment_of(stored))}; }

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
