#include "tests/centre/office.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
namespace json = boost::json;

namespace {

/// What the API says of accounts.
struct Accounts {
  City city;
  Office office{city};

  runtime::Response post(std::vector<std::string> path, const std::string& body, std::string key = {}) {
    path.insert(path.begin(), {"v1", "users"});
    return office.ask("POST", std::move(path), body, std::move(key));
  }
  json::array users() { return office.get({"v1", "users"}).at("users").as_array(); }
  std::size_t entries() { return city.centre->store().policy.count(); }
};

constexpr const char* lan = R"({"name":"lan","unit":"W-VYDA","role":"leader","display":"Trần Thị Lan"})";

}  // namespace

TEST_CASE("users: added, ended and reset; each is one entry of the policy log, and a repeat is answered like the first") {
  Accounts here;
  const auto before = here.entries();
  const auto added = here.post({}, lan, "key-1");
  REQUIRE(added.status == 200);
  CHECK(here.post({}, lan, "key-1").body == added.body);
  CHECK(here.post({}, lan, "key-2").status == 422);  // it is there
  CHECK(here.entries() == before + 1);
  REQUIRE(here.users().size() == 1);
  CHECK(here.users().at(0) == json::parse(added.body));
  const auto ended = here.post({"lan", "disabling"}, R"({"reason":"nghỉ hưu"})", "key-3");
  REQUIRE(ended.status == 200);
  CHECK(json::parse(ended.body).at("enabled") == false);
  CHECK(json::parse(ended.body).at("writes") == false);
  CHECK(json::parse(ended.body).at("reason") == "nghỉ hưu");
  CHECK(json::parse(ended.body).at("role") == "leader");
  CHECK(here.post({"lan", "disabling"}, R"({"reason":"nghỉ hưu"})", "key-3").body == ended.body);
  CHECK(here.post({"lan", "disabling"}, R"({"reason":"nghỉ hưu"})").status == 422);  // it was ended
  const auto reset = here.post({"lan", "reset"}, R"({"role":"clerk","key":")" + std::string(64, 'a') + R"("})");
  REQUIRE(reset.status == 200);
  CHECK(json::parse(reset.body).at("enabled") == true);
  CHECK(json::parse(reset.body).at("role") == "clerk");
  CHECK(json::parse(reset.body).at("display") == "Trần Thị Lan");
  CHECK(json::parse(reset.body).at("key") == json::string(std::string(64, 'a')));
  CHECK(json::parse(here.post({"lan", "reset"}, R"({"display":"Lan"})").body).at("key") == json::string(std::string(64, 'a')));
  CHECK(json::parse(here.post({"lan", "reset"}, R"({"key":""})").body).at("key").is_null());
  CHECK(here.entries() == before + 5);
}

TEST_CASE("users: one name in two units is asked about, unless its unit is said") {
  Accounts here;
  REQUIRE(here.post({}, lan).status == 200);
  REQUIRE(here.post({}, R"({"name":"lan","unit":"W-THUANHOA","role":"clerk"})").status == 200);
  const auto which = here.post({"lan", "disabling"}, R"({"reason":"x"})");
  CHECK(which.status == 409);
  const auto trouble = runtime::trouble_of_json(which.body, which.status);
  CHECK(trouble.name == "ambiguous");
  CHECK(trouble.exit == runtime::ExitCode::person_must_decide);
  CHECK(trouble.more.at("units") == json::array{"W-THUANHOA", "W-VYDA"});
  CHECK(here.post({"lan", "disabling"}, R"({"reason":"x","unit":"W-THUANHOA"})").status == 200);
  CHECK(here.city.centre->store().policy.account("W-VYDA", "lan")->enabled);
  const auto one = here.office.ask("GET", {"v1", "users"}, {}, {}, {{"unit", "W-VYDA"}});
  CHECK(json::parse(one.body).at("users").as_array().size() == 1);
}

TEST_CASE("users: bad input is refused in words, and leaves no entry") {
  Accounts here;
  REQUIRE(here.post({}, lan).status == 200);
  const auto before = here.entries();
  for (const auto* body :
       {"", "[]", "{", R"({"name":"an","unit":"W-VYDA"})", R"({"name":"an","unit":"W-VYDA","role":"king"})",
        R"({"name":"an","role":"clerk"})", R"({"unit":"W-VYDA","role":"clerk"})", R"({"name":"a\nb","unit":"W-VYDA","role":"clerk"})",
        R"({"name":7,"unit":"W-VYDA","role":"clerk"})", R"({"name":"an","unit":"W-NONE","role":"clerk"})",
        R"({"name":"an","unit":"W-VYDA","role":"administrator"})", R"({"name":"an","unit":"W-VYDA","role":"clerk","key":"ab"})",
        R"({"name":"an","unit":"W-VYDA","role":"clerk","key":"zz"})"}) {
    CAPTURE(body);
    const auto answer = here.post({}, body);
    CHECK((answer.status == 422 || answer.status == 404 || answer.status == 400));
    CHECK(answer.content_type == "application/problem+json");
  }
  CHECK(here.post({"nobody", "disabling"}, R"({"reason":"x"})").status == 404);
  CHECK(here.post({"nobody", "reset"}, "{}").status == 404);
  CHECK(here.post({"lan", "disabling"}, "{}").status == 422);  // why?
  CHECK(here.post({"lan", "reset"}, R"({"role":"king"})").status == 422);
  CHECK(here.post({"lan", "reset"}, R"({"role":"administrator"})").status == 422);
  CHECK(here.office.ask("GET", {"v1", "users"}, {}, {}, {{"unit", "W-NONE"}}).status == 404);
  CHECK(here.entries() == before);
}
