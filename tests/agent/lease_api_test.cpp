#include "agent/connection.hpp"
#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

namespace ward::test {

TEST_CASE("lease: a PC whose lease is over shows and writes no dossier, and says what is safe") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An")).status == 201);
  must(city.centre->set_limits({"", 0, 7}, city.now.wall));
  desk.meet(city);
  desk.now = city.now;
  const char* shown[] = {"/v1/dossiers", "/v1/dossiers/H57-1", "/v1/dossiers/H57-1/history", "/v1/dossiers/H57-1/evidence",
                         "/v1/inbox",    "/v1/outbox"};
  for (const auto* path : shown) CHECK(desk.ask("GET", path).status == 200);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-2", "Chưa gửi")).status == 201);

  city.pass(std::chrono::hours(8 * 24));
  desk.now = city.now;
  for (const auto* path : shown) {
    const auto answer = desk.ask("GET", path);
    CHECK(answer.status == 403);
    CHECK(Desk::trouble(answer).name == "lease");
    CHECK_FALSE(Desk::trouble(answer).safe.empty());
    CHECK(answer.body.find("Nguyễn An") == std::string::npos);
  }
  CHECK(desk.ask("POST", "/v1/dossiers", national("H57-3", "B")).status == 403);
  // What waits can still be carried away, sealed.
  CHECK(desk.get("/v1/outbox/sealed").at("records").as_int64() > 0);

  desk.meet(city);
  desk.now = city.now;
  for (const auto* path : shown) CHECK(desk.ask("GET", path).status == 200);
  CHECK(desk.get("/v1/dossiers/H57-2").at("fields").at("ChuHoSo") == "Chưa gửi");
}

TEST_CASE("lease: with a quarter of it left a PC greets anew, once an hour, and at once when it is over and somebody asks") {
  using namespace std::chrono_literals;
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  sync(city, pc);
  const auto greets = [&](std::chrono::milliseconds open, bool asked) {
    return agent::must_greet_anew(*pc, city.now, city.now.monotonic - open, asked);
  };
  city.pass(100 * 24h);
  CHECK_FALSE(greets(100 * 24h, true));  // where there is no lease, none ends
  must(city.centre->set_limits({"", 0, 4}, city.now.wall));
  sync(city, pc);
  city.pass(3 * 24h - 1min);
  CHECK_FALSE(greets(2h, true));
  city.pass(2min);
  CHECK(greets(1h, false));
  CHECK_FALSE(greets(1h - 1s, false));
  CHECK_FALSE(greets(1min, true));
  city.pass(24h);
  CHECK(greets(1min, true));
  CHECK_FALSE(greets(1min, false));
  sync(city, pc);
  CHECK_FALSE(greets(2h, true));
}

}  // namespace ward::test
