#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using runtime::ExitCode;

namespace {

/// What one desk saved reaches the other, and back.
void exchange(City& city, Desk& one, Desk& other) {
  for (auto* desk : {&one, &other, &one}) desk->meet(city);
}

}  // namespace

TEST_CASE("api: a new dossier is shown with its fields, its version and where it stands") {
  City city;
  Desk desk(city, 1);
  const auto made = desk.ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An"));
  CHECK(made.status == 201);
  const auto shown = desk.get("/v1/dossiers/H57-1");
  CHECK(shown.at("code") == "H57-1");
  CHECK(shown.at("id") == Desk::object(made).at("id"));
  CHECK(shown.at("version") == Desk::object(made).at("version"));
  CHECK(shown.at("state") == "on_this_pc");
  CHECK(shown.at("fields").at("GioiTinhChuHoSo") == "1");
}

TEST_CASE("api: a code that exists makes no second dossier") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  const auto refused = desk.ask("POST", "/v1/dossiers", national("H57-1", "B"));
  CHECK(refused.status == 409);
  CHECK(Desk::trouble(refused).name == "exists");
}

TEST_CASE("api: an ambiguous code answers with the ids, and a person must choose") {
  City city;
  Desk here(city, 1), there(city, 2);
  for (auto* desk : {&here, &there}) REQUIRE(desk->ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An")).status == 201);
  exchange(city, here, there);
  const auto refused = here.ask("GET", "/v1/dossiers/H57-1");
  CHECK(refused.status == 409);
  const auto trouble = Desk::trouble(refused);
  CHECK(trouble.exit == ExitCode::person_must_decide);
  const auto& ids = trouble.more.at("ids").as_array();
  REQUIRE(ids.size() == 2);
  for (const auto& id : ids) CHECK(here.ask("GET", "/v1/dossiers/" + std::string(id.as_string())).status == 200);
}

TEST_CASE("api: a repeated Idempotency-Key gets the first answer, and nothing is written twice") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  const std::string note = R"({"append":{"notes":"đã gọi"}})";
  const auto first = desk.ask("POST", "/v1/dossiers/H57-1/changes", note, "key-1");
  CHECK(first.status == 201);
  const auto repeated = desk.ask("POST", "/v1/dossiers/H57-1/changes", note, "key-1");
  CHECK(repeated.status == 201);
  CHECK(repeated.body == first.body);
  CHECK(desk.get("/v1/dossiers/H57-1").at("notes").as_array().size() == 1);
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"append":{"notes":"khác"}})", "key-1").status >= 400);
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", note, std::string(256, 'k')).status == 422);
}

TEST_CASE("api: a refused write may be repeated under its key") {
  City city;
  Desk desk(city, 1);
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"B"}})", "key-1").status == 404);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"B"}})", "key-1").status == 201);
}

TEST_CASE("api: an unchanged dossier is not sent again") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  const auto first = desk.ask("GET", "/v1/dossiers/H57-1");
  REQUIRE_FALSE(first.etag.empty());
  CHECK(desk.ask("GET", "/v1/dossiers/H57-1", {}, {}, {}, first.etag).status == 304);
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"B"}})").status == 201);
  CHECK(desk.ask("GET", "/v1/dossiers/H57-1", {}, {}, {}, first.etag).status == 200);
}

TEST_CASE("api: an edit over a version that is not the newest is a concurrent edit, and both stay") {
  City city;
  Desk desk(city, 1);
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")));
  const std::string seen(made.at("version").as_string());
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"B"},"seen":")" + seen + "\"}").status == 201);
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"C"},"seen":")" + seen + "\"}").status == 201);
  CHECK(desk.get("/v1/inbox").at("conflicts").as_array().size() == 1);
  CHECK(desk.get("/v1/status").at("conflicts") == 1);
  CHECK(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"D"},"seen":"nonsense"})").status == 422);
}

TEST_CASE("inbox: two desks write a name in two ways; a decision stands at both, and the other value stays in the history") {
  City city;
  Desk one(city, 1), other(city, 2);
  REQUIRE(one.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  exchange(city, one, other);
  REQUIRE(one.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"Bảo Ân"}})").status == 201);
  REQUIRE(other.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":"Bảo Anh"}})").status == 201);
  exchange(city, one, other);
  const auto inbox = one.get("/v1/inbox").at("conflicts").as_array();
  REQUIRE(inbox.size() == 1);
  const auto conflict = inbox[0].as_object();
  CHECK(conflict.at("dossier") == "H57-1");
  const std::string id(conflict.at("id").as_string());
  const auto there = other.get("/v1/inbox/" + id).at("values").as_array();
  for (std::size_t i = 0; i < there.size(); ++i) CHECK(there[i].at("op") == conflict.at("values").at(i).at("op"));
  const auto letter = conflict.at("values").at(0).at("value") == "Bảo Ân" ? "A" : "B";
  REQUIRE(
      other.ask("POST", "/v1/inbox/" + id + "/resolutions", R"({"keep":")" + std::string(letter) + R"(","why":"giấy khai sinh"})").status ==
      201);
  exchange(city, one, other);
  for (auto* desk : {&one, &other}) {
    CHECK(desk->get("/v1/dossiers/H57-1").at("fields").at("ChuHoSo") == "Bảo Ân");
    CHECK(desk->get("/v1/inbox").at("conflicts").as_array().empty());
    CHECK(desk->ask("GET", "/v1/dossiers/H57-1/history").body.find("Bảo Anh") != std::string::npos);
    const auto why = Desk::object(desk->ask("GET", "/v1/dossiers/H57-1/why", {}, {}, {{"field", "ChuHoSo"}}));
    CHECK(why.at("because") == "newest");
    CHECK(why.at("policy") == "ask");
    CHECK(why.at("history").as_array().size() == 4);
    for (const auto* wrong : {"", "/", "ChuHoSo/", "TaiLieuNop/~xyz", "a/b/c/d/e/f/g/h/i/j"})
      CHECK(desk->ask("GET", "/v1/dossiers/H57-1/why", {}, {}, {{"field", wrong}}).status == 422);
    CHECK(desk->ask("GET", "/v1/dossiers/none/why", {}, {}, {{"field", "ChuHoSo"}}).status == 404);
    CHECK(desk->ask("GET", "/v1/inbox/" + id).status == 404);
  }
}

TEST_CASE("inbox: a decision is a letter that is there, or a value for that field with a reason") {
  City city;
  Desk desk(city, 1);
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")));
  const std::string seen(made.at("version").as_string());
  for (const auto* name : {"B", "C"})
    REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":")" + std::string(name) + R"("},"seen":")" + seen + "\"}")
                .status == 201);
  const std::string id(desk.get("/v1/inbox").at("conflicts").at(0).at("id").as_string());
  const auto decide = [&](const char* body) { return desk.ask("POST", "/v1/inbox/" + id + "/resolutions", body).status; };
  for (const auto* wrong :
       {"{}", R"({"keep":"C"})", R"({"keep":"a"})", R"({"keep":""})", R"({"keep":"AB"})", R"({"keep":1})", R"({"set":{"ChuHoSo":"D"}})",
        R"({"set":{"Email":"d@e.vn"},"why":"x"})", R"({"set":{"ChuHoSo":"D","Email":"x"},"why":"x"})",
        R"({"keep":"A","set":{"ChuHoSo":"D"},"why":"x"})", "[]", "{"}) {
    CAPTURE(wrong);
    CHECK(decide(wrong) == 422);
  }
  CHECK(desk.get("/v1/inbox").at("conflicts").as_array().size() == 1);
  CHECK(decide(R"({"set":{"ChuHoSo":"D"},"why":"căn cước"})") == 201);
  CHECK(desk.get("/v1/dossiers/H57-1").at("fields").at("ChuHoSo") == "D");
  CHECK(decide(R"({"keep":"A"})") == 404);
}

TEST_CASE("status: has what outsiders script against") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  const auto status = desk.get("/v1/status");
  for (const auto* name :
       {"device", "unit", "incarnation", "link", "queue", "receipted", "conflicts", "quarantined", "clock", "disk", "version"}) {
    CAPTURE(name);
    CHECK(status.contains(name));
  }
  for (const auto* name : {"state", "since", "rtt_ms", "last_error"}) CHECK(status.at("link").as_object().contains(name));
  for (const auto* name : {"records", "bytes", "oldest_at"}) CHECK(status.at("queue").as_object().contains(name));
  for (const auto* name : {"through", "at"}) CHECK(status.at("receipted").as_object().contains(name));
  for (const auto* name : {"offset_ms", "trusted"}) CHECK(status.at("clock").as_object().contains(name));
  CHECK(status.at("disk").at("free_bytes").to_number<std::uint64_t>() > 0);
  CHECK(status.at("queue").at("records") == 3);  // incarnation, change, grant
  CHECK(status.at("approval") == "approved");
}

TEST_CASE("metrics: carry base units and no person, no label") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An")).status == 201);
  const auto metrics = desk.ask("GET", "/metrics");
  CHECK(metrics.content_type.starts_with("text/plain"));
  for (const auto* line : {"\nwardsync_queue_records 3\n", "\nwardsync_oldest_unsent_seconds ", "\nwardsync_receipted_records_total 0\n"})
    CHECK(metrics.body.find(line) != std::string::npos);
  for (const auto* never : {"Nguyễn", "H57-1", "{"}) CHECK(metrics.body.find(never) == std::string::npos);
}

TEST_CASE("sync: pausing is remembered by the data, resuming tries at once") {
  City city;
  Desk desk(city, 1);
  CHECK(Desk::object(desk.ask("POST", "/v1/sync", R"({"action":"pause"})")).at("link").at("state") == "paused");
  CHECK(desk.ward.paused());
  {
    const agent::Ward restarted(std::move(desk.ward.store), desk.ward.data, desk.io.get_executor());
    CHECK(restarted.paused());
  }
  Desk second(city, 2);
  CHECK(second.ask("POST", "/v1/sync", R"({"action":"resume"})").status == 200);
  CHECK_FALSE(second.ward.paused());
  CHECK(second.ward.wants_sync_now);
  for (const auto* wrong : {R"({"action":"stop"})", R"({"action":7})", "x"}) CHECK(second.ask("POST", "/v1/sync", wrong).status == 422);
}

TEST_CASE("receipt: there is none before the first, and then it names what the centre holds") {
  City city;
  Desk desk(city, 1), other(city, 2);
  CHECK(desk.ask("GET", "/v1/receipt").status == 404);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  exchange(city, desk, other);
  const auto receipt = desk.get("/v1/receipt");
  CHECK(receipt.at("device") == desk.get("/v1/status").at("device"));
  CHECK(receipt.at("heads").at(0).at("count") == 3);
  CHECK(std::string(receipt.at("signature").as_string()).size() == 128);
  CHECK(desk.get("/v1/status").at("queue").at("records") == 0);
}

TEST_CASE("list: pages follow each other without a gap or a repeat") {
  City city;
  Desk desk(city, 1);
  std::string body;
  for (int i = 0; i < 25; ++i) body += national("H57-" + std::to_string(i), "Nguyễn An") + "\n";
  REQUIRE(desk.ask("POST", "/v1/imports", body).status == 200);
  std::set<std::string> seen;
  std::string cursor;
  do {
    const auto page = Desk::object(desk.ask("GET", "/v1/dossiers", {}, {}, {{"limit", "10"}, {"cursor", cursor}}));
    for (const auto& line : page.at("dossiers").as_array()) CHECK(seen.insert(std::string(line.at("code").as_string())).second);
    cursor = std::string(page.at("next").as_string());
  } while (!cursor.empty());
  CHECK(seen.size() == 25);
  for (const auto* wrong : {"0", "501", "-1", "x", ""}) CHECK(desk.ask("GET", "/v1/dossiers", {}, {}, {{"limit", wrong}}).status == 422);
}

TEST_CASE("verify: a sound PC is sound") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 201);
  const auto found = Desk::object(desk.ask("POST", "/v1/verification"));
  CHECK(found.at("records") == 3);
  CHECK(found.at("damage").as_array().empty());
}
