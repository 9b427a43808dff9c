#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using policy::Role;
using runtime::ExitCode;

namespace {

namespace json = boost::json;

/// A desk of W-VYDA, whose people have accounts: lan leads, an is a clerk, tam looks after PCs.
struct WithAccounts {
  City city;
  Desk desk{city, 1};

  WithAccounts() {
    REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An")).status == 201);
    for (const auto& [name, role] : {std::pair{"lan", Role::leader}, {"an", Role::clerk}, {"tam", Role::technician}})
      must(city.centre->add_account({"W-VYDA", name, std::string(name) + " họ tên", role, true, {}, ""}, city.now.wall));
    desk.meet(city);
  }
  void disable(const char* name) {
    auto ended = *city.centre->store().policy.account("W-VYDA", name);
    ended.enabled = false;
    must(city.centre->change_account(ended, city.now.wall));
    desk.meet(city);
  }
  runtime::Response as(const std::string& name, const std::string& method, const std::string& path, std::string body) {
    return desk.ask(method, path, std::move(body), {}, {{"by", name}});
  }
  std::size_t saved() { return desk.get("/v1/dossiers/H57-1/history").at("history").as_array().size(); }
};

void check_refused(const runtime::Response& answer, const std::string& name) {
  CAPTURE(answer.body);
  CHECK(answer.status == 403);
  CHECK(answer.content_type == "application/problem+json");
  const auto trouble = Desk::trouble(answer);
  CHECK(trouble.name == name);
  CHECK(trouble.exit == ExitCode::refused);
  CHECK_FALSE(trouble.remedy.empty());
}

}  // namespace

TEST_CASE("accounts: the ward lists who may write in its name, by the policy log") {
  WithAccounts here;
  must(here.city.centre->add_account({"W-THUANHOA", "hoa", "", Role::clerk, true, {}, ""}, here.city.now.wall));
  here.desk.meet(here.city);
  const auto users = Desk::object(here.desk.ask("GET", "/v1/users", {}, {}, {{"unit", "W-VYDA"}})).at("users").as_array();
  REQUIRE(users.size() == 3);
  CHECK(users.at(0).at("name") == "an");
  CHECK(users.at(0).at("display") == "an họ tên");
  CHECK(users.at(0).at("role") == "clerk");
  CHECK(users.at(0).at("writes") == true);
  CHECK(users.at(0).at("key").is_null());
  CHECK(users.at(2).at("name") == "tam");
  CHECK(users.at(2).at("enabled") == true);
  CHECK(users.at(2).at("writes") == false);
  CHECK(here.desk.get("/v1/users").at("users").as_array().size() == 4);
  CHECK(here.desk.ask("GET", "/v1/users", {}, {}, {{"unit", "W-NONE"}}).status == 404);
}

TEST_CASE("accounts: nobody writes in a name that is none, ended, or only reads; nothing is saved then") {
  WithAccounts here;
  here.disable("an");
  const auto before = here.saved();
  const std::string edit = R"({"set":{"SoDienThoai":"0905"}})";
  for (const auto& [who, why] :
       {std::pair{"ai đó", "unknown_user"}, {"an", "disabled_user"}, {"tam", "reads_only"}, {"LAN", "unknown_user"}}) {
    CAPTURE(who);
    check_refused(here.as(who, "POST", "/v1/dossiers/H57-1/changes", edit), why);
    check_refused(here.as(who, "POST", "/v1/dossiers", national("H57-2", "B")), why);
    check_refused(here.as(who, "POST", "/v1/dossiers/H57-1/hand-overs", R"({"to":"W-THUANHOA"})"), why);
    check_refused(here.as(who, "POST", "/v1/dossiers/H57-1/status", R"({"status":"4"})"), why);
    check_refused(here.as(who, "POST", "/v1/imports", national("H57-2", "B")), why);
    const auto lines = here.as(who, "POST", "/v1/edits",
                               R"({"dossier":"H57-1","by":"lan","set":{"GhiChu":"x"}})"
                               "\n"
                               R"({"dossier":"H57-1","set":{"GhiChu":"y"}})");
    check_refused(lines, why);
    CHECK(Desk::trouble(lines).more.at("line").to_number<int>() == 2);
  }
  CHECK(here.saved() == before);
  CHECK(here.as("lan", "POST", "/v1/dossiers/H57-1/changes", edit).status == 201);
  CHECK(here.as("ai đó", "GET", "/v1/inbox", {}).status == 200);  // to look is no act
}

TEST_CASE("accounts: until the unit has one any name will do") {
  City city;
  Desk desk(city, 1);
  CHECK(desk.get("/v1/users").at("users").as_array().empty());
  CHECK(desk.ask("POST", "/v1/dossiers", national("H57-1", "A"), {}, {{"by", "Trần Thị Hoa"}}).status == 201);
  must(city.centre->add_account({"W-THUANHOA", "hoa", "", Role::clerk, true, {}, ""}, city.now.wall));  // of another unit
  desk.meet(city);
  CHECK(desk.ask("POST", "/v1/dossiers", national("H57-2", "A"), {}, {{"by", "Trần Thị Hoa"}}).status == 201);
}

TEST_CASE("accounts: the inbox says who may decide, and takes a decision from nobody else") {
  WithAccounts here;
  const auto quarrel = [&] {
    const std::string seen(here.desk.get("/v1/dossiers/H57-1").at("version").as_string());
    for (const auto* value : {"B", "C"})
      REQUIRE(here.as("an", "POST", "/v1/dossiers/H57-1/changes",
                      R"({"set":{"ChuHoSo":")" + std::string(value) + R"("},"seen":")" + seen + "\"}")
                  .status == 201);
  };
  quarrel();
  quarrel();  // two decisions: one level up
  const auto first = [&](const std::string& who) {
    return Desk::object(here.desk.ask("GET", "/v1/inbox", {}, {}, {{"by", who}})).at("conflicts").at(0).as_object();
  };
  CHECK(first("lan").at("decider").at("role") == "leader");
  CHECK(first("lan").at("mine") == true);
  CHECK(first("an").at("mine") == false);
  CHECK(first("ai đó").at("mine") == false);
  const auto path = "/v1/inbox/" + std::string(first("lan").at("id").as_string()) + "/resolutions";
  const std::string keep = R"({"keep":"A","why":"căn cước"})";
  const auto by_clerk = here.as("an", "POST", path, keep);
  CHECK(by_clerk.status == 409);
  CHECK(Desk::trouble(by_clerk).name == "not_the_decider");
  check_refused(here.as("ai đó", "POST", path, keep), "unknown_user");
  CHECK(here.as("lan", "POST", path, keep).status == 201);
}
