#include "tests/centre/office.hpp"

#include "runtime/causes.hpp"
#include "runtime/page.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
namespace json = boost::json;

TEST_CASE("centre api: a repeated Idempotency-Key makes no second ticket") {
  City city;
  Office office(city);
  const std::string wanted = R"({"unit":"W-VYDA","address":"127.0.0.1:7400","label":"a"})";
  const auto first = office.ask("POST", {"v1", "tickets"}, wanted, "key-1");
  CHECK(first.status == 200);
  CHECK(office.ask("POST", {"v1", "tickets"}, wanted, "key-1").body == first.body);
  CHECK(office.ask("POST", {"v1", "tickets"}, wanted, "key-2").body != first.body);
  CHECK(office.ask("POST", {"v1", "tickets"}, R"({"unit":"W-VYDA","address":"127.0.0.1:7401"})", "key-1").status == 422);
  CHECK(office.ask("POST", {"v1", "tickets"}, wanted, std::string(256, 'k')).status == 422);
}

TEST_CASE("centre api: a calendar is checked, entered once, and shown as it is in force") {
  City city;
  Office office(city);
  office.now = Now{{}, WallTime{1'796'000'000'000}};  // the 30th of November 2026
  const auto put = [&](const std::string& csv, std::string key = {}) {
    return office.ask("PUT", {"v1", "calendar"}, json::serialize(json::object{{"csv", csv}}), std::move(key));
  };
  const std::string table =
      "date,kind,name_vi\n2027-01-01,holiday,Tết Dương lịch\n2027-04-30,holiday,\n2027-05-01,holiday,\n2027-09-02,holiday,Quốc khánh\n";
  CHECK(office.get({"v1", "calendar"}).at("decided_through") == "2026-12-31");
  CHECK(office.get({"v1", "status"}).at("calendar").as_object().contains("enough"));
  for (const auto& wrong : {std::string(), std::string("x"), table + "2027-02-30,holiday,\n", table + "2027-01-01,holiday,\n"})
    CHECK(put(wrong).status == 422);
  CHECK(office.ask("PUT", {"v1", "calendar"}, R"({"csv":7})").status == 422);
  const auto before = city.centre->store().policy.count();
  const auto first = put(table, "key-1");
  REQUIRE(first.status == 200);
  CHECK(put(table, "key-1").body == first.body);
  CHECK(put(table).body == first.body);  // it is in force already
  CHECK(city.centre->store().policy.count() == before + 1);
  const auto shown = json::parse(first.body).as_object();
  CHECK(shown.at("decided_through") == "2027-12-31");
  for (const auto& year : shown.at("years").as_array())
    if (year.at("year") == 2027) {
      CHECK(year.at("entry") == before);
      CHECK(year.at("days").as_array().size() == 4);
      CHECK(year.at("days").at(0).at("name") == "Tết Dương lịch");
    }
}

TEST_CASE("centre api: addresses and backups are answered once, too") {
  City city;
  Office office(city);
  const auto put = [&](const char* address, const char* key) {
    return office.ask("PUT", {"v1", "addresses"}, R"({"addresses":[")" + std::string(address) + R"("]})", key);
  };
  const auto first = put("a.example:7400", "key-1");
  CHECK(first.status == 200);
  CHECK(put("b.example:7400", "key-2").status == 200);
  CHECK(put("a.example:7400", "key-1").body == first.body);
  CHECK(office.get({"v1", "addresses"}).at("addresses") == json::array{"b.example:7400"});
  CHECK(put("b.example:7400", "key-3").status == 200);  // nothing to do, and answered all the same
  CHECK(put("c.example:7400", "key-3").status == 422);

  const auto facts = city.centre->backup_facts();
  const auto note = [&](std::int64_t at_ms, const char* key) {
    const json::object body{{"centre", hex(facts.centre.view())},
                            {"size", facts.size},
                            {"root", hex(facts.root.view())},
                            {"at_ms", at_ms},
                            {"elsewhere", false}};
    return office.ask("POST", {"v1", "backups"}, json::serialize(body), key);
  };
  CHECK(office.ask("GET", {"metrics"}).body.find("\nwardsync_backup_timestamp_seconds 0\n") != std::string::npos);
  const auto noted = note(1'764'000'000'000, "key-4");
  CHECK(noted.status == 200);
  CHECK(note(1'764'000'000'000, "key-4").body == noted.body);
  CHECK(note(1'764'000'000'001, "key-4").status == 422);
  CHECK(office.ask("GET", {"metrics"}).body.find("\nwardsync_backup_timestamp_seconds 1764000000\n") != std::string::npos);
  CHECK(office.get({"v1", "health"}).at("backup").at("size").to_number<std::uint64_t>() == facts.size);
}

TEST_CASE("centre api: a repeated revocation gets the answer of the first, which shows the device as it is then") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  Office office(city);
  const std::string device(office.get({"v1", "devices"}).at("devices").at(0).at("device").as_string());
  const auto revoke = [&](const char* key) {
    return office.ask("POST", {"v1", "devices", device, "revocation"}, R"({"reason":"x"})", key);
  };
  const auto first = revoke("key-1");
  CHECK(first.status == 200);
  CHECK(json::parse(first.body).at("standing") == "revoked");
  CHECK(revoke("key-1").body == first.body);
  CHECK(revoke("key-2").status == 422);
}

TEST_CASE("centre api: a row that is not well says why and what to do, and it comes first") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  Office office(city);
  const auto rows = office.get({"v1", "health"}).at("devices").as_array();
  REQUIRE_FALSE(rows.empty());
  for (const auto& row : rows) {
    const auto& object = row.as_object();
    CHECK(object.contains("cause") == (object.at("alert") != "none" || object.at("standing") == "waiting"));
    CHECK(object.contains("action") == object.contains("cause"));
  }
}

TEST_CASE("centre api: every alert has its cause in the catalogue, in both languages, with something to do") {
  for (const auto alert : centre::all_alerts)
    if (alert != centre::Alert::none) CHECK(std::string(runtime::cause_of(centre::name_of(alert)).code) == centre::name_of(alert));
  for (const auto& cause : runtime::causes())
    for (const auto* text : {cause.vi, cause.en, cause.action_vi, cause.action_en}) CHECK_FALSE(std::string_view(text).empty());
}

TEST_CASE("centre api: metrics count devices, and name none") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  Office office(city);
  const auto body = office.ask("GET", {"metrics"}).body;
  CHECK(body.find("\nwardsync_devices{standing=\"approved\"} 1\n") != std::string::npos);
  CHECK(body.find("W-VYDA") == std::string::npos);
}

TEST_CASE("centre api: the document describes every route of the program, and no other") {
  City city;
  Office office(city);
  runtime::Doorkeeper doorkeeper;
  constexpr runtime::PageFile files[] = {{"index.html", "", "text/html"}};
  runtime::add_event_route(office.router, office.hub.events);
  runtime::add_session_routes(office.router, doorkeeper, "wardsync-centre");
  runtime::add_page_files(office.router, files);
  std::set<std::string> described;
  const auto document = office.get({"v1", "openapi.json"});
  for (const auto& [path, methods] : document.at("paths").as_object())
    for (const auto& [method, operation] : methods.as_object()) {
      std::string name(method);
      std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      described.insert(name + " " + std::string(path));
    }
  const auto routes = office.router.routes();
  CHECK(described == std::set<std::string>(routes.begin(), routes.end()));
}
