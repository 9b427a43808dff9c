#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ward;
using namespace ward::test;
using policy::Role;
using std::chrono::minutes;

namespace {

namespace json = boost::json;

/// W-VYDA, whose people log in: lan leads, an is a clerk, tam looks after PCs, kiem reads. hoa has an account and no activation.
struct WithPins {
  City city;
  Desk desk{city, 1};
  Instant start{std::chrono::hours(1000)};

  WithPins() {
    REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An")).status == 201);
    set(minutes(0));
    add("lan", Role::leader);
    add("an", Role::clerk);
    add("tam", Role::technician);
    add("kiem", Role::auditor);
    must(city.centre->add_account({"W-VYDA", "hoa", "", Role::clerk, true, {}, ""}, city.now.wall));
    desk.meet(city);
  }

  /// So long after the start, by the clock that nobody can set; and by the other one.
  void set(std::chrono::milliseconds after, std::chrono::milliseconds wall = {}) {
    desk.now = Now{start + after, {city.now.wall.ms + wall.count()}};
  }
  static Array<16> secret_of(const std::string& name, std::uint8_t which) {
    Array<16> out{};
    out.fill(which);
    out[0] = static_cast<std::uint8_t>(name.front());
    return out;
  }
  void add(const std::string& name, Role role) {
    must(city.centre->add_account({"W-VYDA", name, name + " họ tên", role, true, {}, ""}, city.now.wall, {}, activation(name, 1)));
  }
  storage::NewActivation activation(const std::string& name, std::uint8_t which) const {
    return {secret_of(name, which), {city.now.wall.ms + std::chrono::milliseconds(std::chrono::hours(24)).count()}};
  }
  void change(const std::string& name, bool enabled, std::optional<storage::NewActivation> activation = {}) {
    auto account = *city.centre->store().policy.account("W-VYDA", name);
    account.enabled = enabled;
    must(city.centre->change_account(account, city.now.wall, {}, activation));
    desk.meet(city);
  }

  runtime::Response ask_log_in(const json::object& body) { return desk.ask("POST", "/v1/log-in", json::serialize(body)); }
  runtime::Response with_pin(const std::string& name, const std::string& pin) { return ask_log_in({{"user", name}, {"pin", pin}}); }
  runtime::Response with_code(const std::string& name, const std::string& pin, std::uint8_t which = 1) {
    return ask_log_in({{"user", name}, {"activation", ticket::encode_typed(secret_of(name, which))}, {"new_pin", pin}});
  }
  /// The command line is this person's from now on.
  void take(const runtime::Response& answer) { desk.log_in = Desk::object(answer).at("session").as_string().c_str(); }
  void become(const std::string& name) {
    desk.log_in.clear();
    take(with_code(name, "mật khẩu " + name));
  }
  std::string name_of(const runtime::Response& answer) {
    CAPTURE(answer.body);
    CHECK(answer.status >= 400);
    CHECK(answer.content_type == "application/problem+json");
    return Desk::trouble(answer).name;
  }
};

const std::string an_edit = R"({"set":{"SoDienThoai":"0905"}})";

}  // namespace

TEST_CASE("log in: until somebody of the unit was given an activation, nobody needs to, and nobody can") {
  City city;
  Desk desk(city, 1);
  must(city.centre->add_account({"W-VYDA", "lan", "", Role::clerk, true, {}, ""}, city.now.wall));
  desk.meet(city);
  CHECK(desk.get("/v1/log-in").at("needed") == false);
  CHECK(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  CHECK(Desk::trouble(desk.ask("POST", "/v1/log-in", R"({"user":"lan","pin":"thử 123 thử"})")).name == "no_accounts");
}

TEST_CASE("log in: dossiers are for who is logged in, by a role; what the PC says of itself is for everybody who may knock") {
  WithPins here;
  auto& desk = here.desk;
  CHECK(desk.get("/v1/log-in").at("needed") == true);
  for (const auto& [method, path] : {std::pair{"GET", "/v1/dossiers"},
                                     {"GET", "/v1/dossiers/H57-1"},
                                     {"GET", "/v1/dossiers/H57-1/history"},
                                     {"GET", "/v1/inbox"},
                                     {"GET", "/v1/outbox"},
                                     {"GET", "/v1/hand-overs"},
                                     {"GET", "/v1/users"},
                                     {"GET", "/v1/decisions"},
                                     {"GET", "/v1/duplicates"},
                                     {"POST", "/v1/dossiers"},
                                     {"POST", "/v1/dossiers/H57-1/changes"},
                                     {"POST", "/v1/imports"},
                                     {"POST", "/v1/edits"},
                                     {"POST", "/v1/filling"}}) {
    CAPTURE(method, path);
    const auto answer = desk.ask(method, path, "{}");
    CHECK(answer.status == 401);
    CHECK(here.name_of(answer) == "log_in_first");
    CHECK(Desk::trouble(answer).exit == runtime::ExitCode::refused);
    CHECK_FALSE(Desk::trouble(answer).remedy.empty());
  }
  for (const auto* path : {"/v1/status", "/v1/health", "/metrics", "/v1/codes", "/v1/units", "/v1/statuses", "/v1/calendar"})
    CHECK(desk.ask("GET", path).status == 200);
  CHECK(desk.ask("POST", "/v1/verification").status == 200);
  CHECK(desk.ask("POST", "/v1/sync", R"({"action":"now"})").status == 200);

  here.become("an");
  CHECK(desk.get("/v1/log-in").at("user") == "an");
  CHECK(desk.get("/v1/log-in").at("display") == "an họ tên");
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit).status == 201);
  CHECK(desk.get("/v1/dossiers/H57-1/history").at("history").as_array().back().at("by") == "an");
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit, {}, {{"by", "an"}}).status == 201);
  CHECK(here.name_of(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit, {}, {{"by", "lan"}})) == "another_name");
  CHECK(here.name_of(desk.ask("GET", "/v1/inbox", {}, {}, {{"by", "lan"}})) == "another_name");
  CHECK(here.name_of(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"by":"lan","set":{"SoDienThoai":"1"}})")) == "another_name");
  const auto lines = desk.ask("POST", "/v1/edits", R"({"dossier":"H57-1","by":"lan","set":{"GhiChu":"x"}})");
  CHECK(lines.status == 403);
  CHECK(here.name_of(lines) == "another_name");

  here.become("kiem");
  CHECK(desk.ask("GET", "/v1/dossiers/H57-1").status == 200);
  CHECK(here.name_of(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit)) == "not_for_your_role");
  here.become("tam");
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers/H57-1")) == "not_for_your_role");
  CHECK(here.name_of(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit)) == "not_for_your_role");
  CHECK(desk.ask("GET", "/v1/status").status == 200);

  CHECK(Desk::object(desk.ask("DELETE", "/v1/log-in")).at("ended") == true);
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers")) == "log_in_first");
  desk.log_in = std::string(64, 'a');
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers")) == "log_in_first");
}

TEST_CASE("log in: a PIN is chosen with a code once, by its owner, before it expires; a newer code ends it") {
  WithPins here;
  CHECK(here.name_of(here.with_code("an", "mật khẩu an", 2)) == "wrong_activation");
  CHECK(here.name_of(here.ask_log_in(
            {{"user", "lan"}, {"activation", ticket::encode_typed(WithPins::secret_of("an", 1))}, {"new_pin", "mật khẩu an"}})) ==
        "wrong_activation");
  CHECK(here.with_code("an", "mật khẩu an").status == 200);
  CHECK(here.name_of(here.with_code("an", "mật khẩu hai")) == "wrong_activation");  // it was used here
  CHECK(here.with_pin("an", "mật khẩu an").status == 200);
  here.set(minutes(0), std::chrono::hours(25));
  CHECK(here.name_of(here.with_code("lan", "mật khẩu lan")) == "wrong_activation");
  here.set(minutes(0));
  here.take(here.with_pin("an", "mật khẩu an"));
  here.change("an", true, here.activation("an", 2));
  CHECK(here.name_of(here.desk.ask("GET", "/v1/dossiers")) == "log_in_first");  // the log-in ended with the PIN
  CHECK(here.name_of(here.with_pin("an", "mật khẩu an")) == "wrong_pin");
  CHECK(here.with_code("an", "mật khẩu ba", 2).status == 200);
  CHECK(here.with_pin("an", "mật khẩu ba").status == 200);
}

TEST_CASE("log in: a PIN is changed by who knows it; a weak one is refused in words, and nobody's") {
  WithPins here;
  for (const auto* weak : {"12345", "111111", "123456", "987654", "1234567890", "abcdef", "121212", "kiểm"}) {
    CAPTURE(weak);
    const auto answer = here.with_code("an", weak);
    CHECK(answer.status == 422);
    CHECK(here.name_of(answer) == "weak_pin");
    CHECK(answer.body.find(weak) == std::string::npos);
  }
  CHECK(here.name_of(here.with_code("an", std::string(65, 'x') + "yz")) == "weak_pin");
  CHECK(desk::weakness_of("135791", "an").empty());
  CHECK(desk::weakness_of("Đà Nẵng", "an").empty());
  CHECK_FALSE(desk::weakness_of("thị lan", "thị lan").empty());
  REQUIRE(here.with_code("an", "mật khẩu an").status == 200);
  CHECK(here.name_of(here.ask_log_in({{"user", "an"}, {"pin", "sai bét cả"}, {"new_pin", "mật khẩu hai"}})) == "wrong_pin");
  CHECK(here.ask_log_in({{"user", "an"}, {"pin", "mật khẩu an"}, {"new_pin", "mật khẩu hai"}}).status == 200);
  CHECK(here.name_of(here.with_pin("an", "mật khẩu an")) == "wrong_pin");
  CHECK(here.with_pin("an", "mật khẩu hai").status == 200);
  for (const auto* bad : {"", "{", "[]", R"({"user":"an"})", R"({"user":"an","pin":"x","activation":"y","new_pin":"z"})",
                          R"({"user":"an","activation":"0000"})", R"({"pin":"abcdef1"})", R"({"user":7,"pin":"abcdef1"})",
                          R"({"user":"an","pin":7})", R"({"user":"a\nn","pin":"abcdef1"})", R"({"user":"an","pin":"ab\u0000cdef1"})",
                          R"({"user":"an","activation":"không phải mã","new_pin":"mật khẩu ba"})"})
    CHECK(here.desk.ask("POST", "/v1/log-in", bad).status == 422);
}

TEST_CASE("log in: nobody learns a name: unknown, without a PIN, disabled and wrong are answered alike, and wait alike") {
  WithPins here;
  REQUIRE(here.with_code("an", "mật khẩu an").status == 200);
  REQUIRE(here.with_code("lan", "mật khẩu lan").status == 200);
  here.change("lan", false);
  for (std::int64_t tries = 0; tries < desk::tries_free + 1; ++tries) {
    std::vector<std::string> bodies;
    std::vector<unsigned> statuses;
    for (const auto* name : {"an", "ai đó", "hoa", "tam", "lan"}) {
      const auto answer = here.with_pin(name, std::string_view(name) == "lan" ? "mật khẩu lan" : "sai bét cả");
      bodies.push_back(answer.body);
      statuses.push_back(answer.status);
    }
    CAPTURE(tries, bodies);
    CHECK(std::equal(bodies.begin() + 1, bodies.end(), bodies.begin()));
    CHECK(statuses == std::vector<unsigned>(bodies.size(), tries < desk::tries_free ? 403 : 429));
  }
}

TEST_CASE("log in: after five wrong PINs each is followed by a wait that doubles, and that only running time ends") {
  WithPins here;
  REQUIRE(here.with_code("an", "mật khẩu an").status == 200);
  for (std::int64_t tries = 0; tries < desk::tries_free; ++tries) CHECK(here.name_of(here.with_pin("an", "sai bét cả")) == "wrong_pin");
  auto answer = here.with_pin("an", "mật khẩu an");
  CHECK(answer.status == 429);
  CHECK(here.name_of(answer) == "wait");
  CHECK(Desk::trouble(answer).more.at("seconds") == 60);
  here.set(minutes(1) - std::chrono::milliseconds(1), std::chrono::hours(24 * 365));  // the clock on the wall is nobody's friend
  CHECK(here.name_of(here.with_pin("an", "mật khẩu an")) == "wait");
  CHECK(here.with_pin("lan", "x").status == 403);  // the others do not wait
  auto at = std::chrono::milliseconds(0);
  for (std::int64_t tries = desk::tries_free; tries < desk::tries_max; ++tries) {
    const auto wait = std::min<std::chrono::milliseconds>(minutes(std::int64_t{1} << std::min<std::int64_t>(tries - desk::tries_free, 10)),
                                                          desk::wait_max);
    here.set(at + wait - std::chrono::milliseconds(1));
    CHECK(here.name_of(here.with_pin("an", "sai bét cả")) == "wait");
    at += wait;
    here.set(at);
    CHECK(here.name_of(here.with_pin("an", "sai bét cả")) == "wrong_pin");
  }
  here.set(at + std::chrono::hours(1000));
  CHECK(here.name_of(here.with_pin("an", "mật khẩu an")) == "too_many_tries");
  CHECK(here.name_of(here.with_code("an", "mật khẩu hai")) == "wrong_activation");
  here.change("an", true, here.activation("an", 2));
  CHECK(here.with_code("an", "mật khẩu hai", 2).status == 200);
  CHECK(here.with_pin("an", "mật khẩu hai").status == 200);
}

TEST_CASE("log in: a right PIN forgets the wrong ones") {
  WithPins here;
  REQUIRE(here.with_code("an", "mật khẩu an").status == 200);
  for (int round = 0; round < 3; ++round) {
    for (std::int64_t tries = 1; tries < desk::tries_free; ++tries) CHECK(here.with_pin("an", "sai bét cả").status == 403);
    CHECK(here.with_pin("an", "mật khẩu an").status == 200);
  }
}

TEST_CASE("log in: a restart forgets no try, and begins the wait anew") {
  WithPins here;
  REQUIRE(here.with_code("an", "mật khẩu an").status == 200);
  for (std::int64_t tries = 0; tries < desk::tries_free; ++tries) CHECK(here.with_pin("an", "sai bét cả").status == 403);
  here.set(minutes(1));
  agent::Api again{here.desk.ward, [&] { return *here.desk.now; }};  // what a new process knows
  runtime::Router router;
  again.add_routes(router);
  std::swap(router, here.desk.router);
  CHECK(here.name_of(here.with_pin("an", "mật khẩu an")) == "wait");
  here.set(minutes(2));
  CHECK(here.with_pin("an", "mật khẩu an").status == 200);
  std::swap(router, here.desk.router);
}

TEST_CASE("log in: it locks itself when idle, and the PIN alone opens it; a page's own reading is no use") {
  WithPins here;
  auto& desk = here.desk;
  here.become("an");
  here.set(minutes(14));
  CHECK(desk.ask("GET", "/v1/dossiers").status == 200);  // a command is a person's act
  here.set(minutes(28));
  CHECK(desk.ask("GET", "/v1/dossiers").status == 200);
  here.set(minutes(43));
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers")) == "locked");

  desk.log_in.clear();
  desk.session = "page-1";
  here.set(minutes(0));
  REQUIRE(here.with_pin("an", "mật khẩu an").status == 200);
  here.set(minutes(14));
  CHECK(desk.ask("GET", "/v1/dossiers").status == 200);
  here.set(minutes(15));
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers")) == "locked");
  CHECK(desk.get("/v1/log-in").at("user") == "an");
  CHECK(desk.get("/v1/log-in").at("locked") == true);
  CHECK(Desk::object(desk.ask("POST", "/v1/log-in/use")).at("locked") == true);  // no way around the PIN
  CHECK(here.name_of(here.ask_log_in({{"pin", "sai bét cả"}})) == "wrong_pin");
  CHECK(here.ask_log_in({{"pin", "mật khẩu an"}}).status == 200);
  CHECK(desk.ask("GET", "/v1/dossiers").status == 200);
  here.set(minutes(29));
  CHECK(Desk::object(desk.ask("POST", "/v1/log-in/use")).at("locks_in_seconds") == 15 * 60);
  here.set(minutes(43));
  CHECK(desk.ask("GET", "/v1/dossiers").status == 200);
  CHECK(Desk::object(desk.ask("POST", "/v1/log-in/lock")).at("locked") == true);
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers")) == "locked");
  here.set(minutes(43) + std::chrono::hours(13));
  CHECK(desk.get("/v1/log-in").at("user").is_null());
}

TEST_CASE("log in: people change over on one page; each writes in their own name, and a program's token is not a page's") {
  WithPins here;
  auto& desk = here.desk;
  desk.session = "page-1";
  const auto first = here.with_code("an", "mật khẩu an");
  CHECK_FALSE(Desk::object(first).contains("session"));
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit, "key-1").status == 201);
  CHECK(here.with_code("lan", "mật khẩu lan").status == 200);
  CHECK(desk.get("/v1/log-in").at("user") == "lan");
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", an_edit, "key-1").status == 422);  // what another asked is not answered to her
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"SoDienThoai":"0906"}})").status == 201);
  CHECK(desk.get("/v1/dossiers/H57-1/history").at("history").as_array().back().at("by") == "lan");
  desk.session = "page-2";
  CHECK(here.name_of(desk.ask("GET", "/v1/dossiers")) == "log_in_first");
  desk.session.clear();
  desk.log_in = "page-1";
  CHECK(desk.ask("GET", "/v1/dossiers").status == 401);
}

TEST_CASE("log in: who is disabled while logged in is logged out when this PC hears of it") {
  WithPins here;
  here.become("an");
  CHECK(here.desk.ask("GET", "/v1/dossiers").status == 200);
  here.change("an", false);
  CHECK(here.name_of(here.desk.ask("GET", "/v1/dossiers")) == "log_in_first");
  CHECK(here.name_of(here.with_pin("an", "mật khẩu an")) == "wrong_pin");
}

TEST_CASE("log in: a page closes the link for somebody only; a program of this machine does as ever") {
  WithPins here;
  auto& desk = here.desk;
  const std::string pause = R"({"action":"pause"})";
  here.become("an");
  desk.log_in.clear();
  desk.session = "page-1";
  CHECK(here.name_of(desk.ask("POST", "/v1/sync", pause)) == "log_in_first");
  CHECK(desk.get("/v1/status").at("link").at("state") != "paused");
  for (const auto* harmless : {R"({"action":"now"})", R"({"action":"resume"})"})
    CHECK(desk.ask("POST", "/v1/sync", harmless).status == 200);
  REQUIRE(here.with_pin("an", "mật khẩu an").status == 200);
  here.set(minutes(16));
  CHECK(here.name_of(desk.ask("POST", "/v1/sync", pause)) == "log_in_first");  // locked
  REQUIRE(here.ask_log_in({{"pin", "mật khẩu an"}}).status == 200);
  CHECK(desk.ask("POST", "/v1/sync", pause).status == 200);
  desk.session.clear();
  CHECK(desk.ask("POST", "/v1/sync", pause).status == 200);
}
