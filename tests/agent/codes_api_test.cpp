#include "protocol/code/code.hpp"
#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

namespace ward::test {
namespace {

constexpr const char* somebody = R"({"ChuHoSo":"Nguyễn An"})";

}  // namespace

TEST_CASE("api: a dossier without a code gets a provisional one where no official one can be given, and is found by either form of it") {
  City city;
  Desk desk(city, 1);
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", somebody));
  CHECK(made.at("provisional") == true);
  const std::string code(made.at("code").as_string()), id(made.at("id").as_string());
  REQUIRE(code::parse_provisional(code));
  for (const auto& name : {code, code::grouped(code), id})
    CHECK(desk.get("/v1/dossiers/" + name).at("fields").at("ChuHoSo") == "Nguyễn An");
  auto wrong = code;
  std::swap(wrong[6], wrong[7] == wrong[6] ? wrong[0] : wrong[7]);
  CHECK(desk.ask("GET", "/v1/dossiers/" + wrong).status == 404);
  const auto codes = desk.get("/v1/codes");
  CHECK(codes.at("official") == false);
  CHECK(codes.at("why") == "no_identification");
  CHECK(codes.at("provisional") == 1);
  CHECK(codes.at("left_today") == 0);
  CHECK(codes.at("until") == "");
  CHECK(codes.at("blocks").as_array().empty());
  CHECK(codes.at("cause").at("code") == "codes_no_identification");
  CHECK(desk.get("/v1/status").at("codes").at("provisional") == 1);
}

TEST_CASE("api: a repeat of the same request gives no second code") {
  City city;
  Desk desk(city, 1);
  const auto first = desk.ask("POST", "/v1/dossiers", somebody, "key");
  CHECK(desk.ask("POST", "/v1/dossiers", somebody, "key").body == first.body);
  CHECK(desk.get("/v1/codes").at("provisional") == 1);
}

TEST_CASE("api: a dossier that brings its code is not numbered") {
  City city;
  Desk desk(city, 1);
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")));
  CHECK(made.at("code") == "H57-1");
  CHECK(made.at("provisional") == false);
  CHECK(desk.get("/v1/dossiers/H57-1").at("codes").as_array().size() == 1);
}

}  // namespace ward::test
