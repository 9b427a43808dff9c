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

}  // namespace ward::test
