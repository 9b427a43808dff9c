#include "tests/centre/office.hpp"

#include "protocol/ticket/ticket.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
namespace json = boost::json;

namespace {

struct Centre {
  City city;
  Office office{city};

  runtime::Response post(std::vector<std::string> path, const std::string& body, std::string key = {}) {
    path.insert(path.begin(), "v1");
    return office.ask("POST", std::move(path), body, std::move(key));
  }
  static json::object object(const runtime::Response& answer) {
    if (answer.status >= 400) throw std::runtime_error(answer.body);
    return json::parse(answer.body).as_object();
  }
  static std::string name_of(const runtime::Response& answer) { return runtime::trouble_of_json(answer.body, answer.status).name; }
  std::string centre_unit() {
    for (const auto* unit : city.centre->store().policy.units())
      if (unit->kind == "centre") return unit->code;
    return {};
  }
  /// Its activation code.
  std::string add(const std::string& name, const std::string& role) {
    const json::object body{{"name", name}, {"unit", centre_unit()}, {"role", role}, {"activate", true}};
    return object(post({"users"}, json::serialize(body))).at("activation").as_string().c_str();
  }
  runtime::Response log_in(const std::string& name, const std::string& code, const std::string& pin) {
    office.log_in.clear();
    const auto answer = post({"log-in"}, json::serialize(json::object{{"user", name}, {"activation", code}, {"new_pin", pin}}));
    if (answer.status == 200) office.log_in = object(answer).at("session").as_string().c_str();
    return answer;
  }
  std::size_t entries() { return city.centre->store().policy.count(); }
};

constexpr const char* an = R"({"name":"an","unit":"W-VYDA","role":"clerk"})";

}  // namespace

TEST_CASE("activation: told once, in the answer to who asked for it, and kept nowhere but as a hash") {
  Centre here;
  const auto before = here.entries();
  const std::string body = R"({"name":"an","unit":"W-VYDA","role":"clerk","activate":true})";
  const auto first = Centre::object(here.post({"users"}, body, "key-1"));
  CHECK(here.entries() == before + 2);
  CHECK(first.at("activated") == true);
  const auto secret = ticket::decode_typed(first.at("activation").as_string());
  REQUIRE(secret.has_value());
  const auto& policy = here.city.centre->store().policy;
  CHECK(policy.activation("W-VYDA", "an")->entry.hash == policy::activation_hash(*secret, policy.org(), "W-VYDA", "an"));
  const auto again = Centre::object(here.post({"users"}, body, "key-1"));
  CHECK_FALSE(again.contains("activation"));
  CHECK(again.at("name") == "an");
  CHECK(here.entries() == before + 2);
  const auto reset = Centre::object(here.post({"users", "an", "reset"}, R"({"activate":true,"activation_days":1})"));
  CHECK(reset.at("activation") != first.at("activation"));
  CHECK(Centre::object(here.post({"users", "an", "reset"}, R"({"display":"An"})")).count("activation") == 0);
  for (const auto* bad : {R"({"activate":"yes"})", R"({"activate":true,"activation_days":0})", R"({"activate":true,"activation_days":91})"})
    CHECK(here.post({"users", "an", "reset"}, bad).status == 422);
}

TEST_CASE("log in at the centre: acts are for administrators from the first one who can log in, and none is locked out") {
  Centre here;
  REQUIRE_FALSE(here.centre_unit().empty());
  const auto clerk = here.add("thu", "clerk");
  CHECK(here.post({"users"}, an).status == 200);  // no administrator can log in yet
  CHECK(Centre::name_of(here.office.ask("GET", {"v1", "dossiers"})) == "log_in_first");
  const auto code = here.add("admin", "administrator");
  const auto before = here.entries();
  const auto acts = [&] {
    std::vector<std::string> out;
    for (const auto& [method, path] : {std::pair<const char*, std::vector<std::string>>{"POST", {"v1", "users"}},
                                       {"POST", {"v1", "users", "an", "disabling"}},
                                       {"POST", {"v1", "users", "an", "reset"}},
                                       {"POST", {"v1", "units"}},
                                       {"POST", {"v1", "units", "W-VYDA", "seed"}},
                                       {"POST", {"v1", "units", "W-VYDA", "succession"}},
                                       {"POST", {"v1", "tickets"}},
                                       {"POST", {"v1", "devices", "0123", "approval"}},
                                       {"POST", {"v1", "devices", "0123", "revocation"}},
                                       {"POST", {"v1", "codes", "blocks"}},
                                       {"PUT", {"v1", "addresses"}},
                                       {"PUT", {"v1", "calendar"}}})
      out.push_back(Centre::name_of(here.office.ask(method, path, "{}")));
    return out;
  };
  CHECK(acts() == std::vector<std::string>(12, "log_in_first"));
  REQUIRE(here.log_in("thu", clerk, "sông Hương 9").status == 200);
  CHECK(acts() == std::vector<std::string>(12, "not_for_your_role"));
  CHECK(here.office.ask("GET", {"v1", "dossiers"}).status == 200);
  CHECK(here.office.ask("GET", {"v1", "health"}).status == 200);
  CHECK(here.entries() == before);

  here.office.log_in.clear();
  here.office.owner = true;  // the way back in
  CHECK(Centre::name_of(here.post({"users"}, R"({"name":"x","unit":"W-VYDA","role":"clerk"})")) == "log_in_first");
  CHECK(here.post({"users", "an", "reset"}, "{}").status == 200);
  here.office.owner = false;

  REQUIRE(here.log_in("admin", code, "cầu Trường Tiền").status == 200);
  CHECK(here.post({"users"}, R"({"name":"x","unit":"W-VYDA","role":"clerk"})").status == 200);
  const auto last = here.post({"users", "admin", "disabling"}, R"({"reason":"x"})");
  CHECK(last.status == 422);
  CHECK(last.body.find("last administrator") != std::string::npos);
  CHECK(here.post({"users", "admin", "reset"}, R"({"role":"clerk"})").status == 422);
  here.office.owner = true;
  CHECK(here.post({"users", "admin", "reset"}, R"({"role":"clerk"})").status == 422);
  here.office.owner = false;
  CHECK(here.post({"users", "admin", "reset"}, R"({"display":"Quản trị"})").status == 200);
  (void)here.add("phụ", "administrator");
  CHECK(here.post({"users", "admin", "disabling"}, R"({"reason":"x"})").status == 200);
  CHECK(Centre::name_of(here.post({"users"}, R"({"name":"y","unit":"W-VYDA","role":"clerk"})")) ==
        "log_in_first");  // that ended this log-in
}
