#include "runtime/openapi.hpp"
#include "runtime/page.hpp"
#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

/// What the ward page asks of the API beyond single dossiers.
using namespace ward;
using namespace ward::test;
namespace json = boost::json;

namespace {

/// The names of the events that a listener heard since `after`.
std::vector<std::string> heard(runtime::EventReader& reader) {
  std::vector<std::string> out;
  const auto text = reader.take();
  constexpr std::string_view mark = "\nevent: ";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const auto from = at + mark.size();
    out.push_back(text.substr(from, text.find('\n', from) - from));
  }
  return out;
}

std::vector<std::string> codes_of(const json::object& page) {
  std::vector<std::string> out;
  for (const auto& line : page.at("dossiers").as_array()) out.emplace_back(line.at("code").as_string());
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("outbox: lists what no receipt covers, the longest waiting first, and what this PC's loss would cost") {
  City city;
  Desk desk(city, 1);
  CHECK(desk.get("/v1/status").at("exposure").at("dossiers") == 0);
  CHECK(desk.get("/v1/status").at("exposure").at("oldest_at") == "");
  for (const auto* code : {"H57-1", "H57-2", "H57-3"}) REQUIRE(desk.ask("POST", "/v1/dossiers", national(code, "Nguyễn An")).status == 201);
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"Email":"a@b.vn"}})").status == 201);
  CHECK(codes_of(desk.get("/v1/outbox")) == Names{"H57-1", "H57-2", "H57-3"});
  const auto first = desk.get("/v1/outbox").at("dossiers").at(0).as_object();
  CHECK(first.at("owner") == "Nguyễn An");
  CHECK(first.at("records") == 3);
  CHECK(first.at("stuck") == false);
  CHECK(first.at("cause").at("code") == "link_down");
  CHECK(desk.get("/v1/status").at("exposure").at("dossiers") == 3);
  const auto page = Desk::object(desk.ask("GET", "/v1/outbox", {}, {}, {{"limit", "2"}}));
  CHECK(codes_of(page) == Names{"H57-1", "H57-2"});
  const std::string next(page.at("next").as_string());
  CHECK(codes_of(Desk::object(desk.ask("GET", "/v1/outbox", {}, {}, {{"limit", "2"}, {"cursor", next}}))) == Names{"H57-3"});
  for (const auto* wrong : {"x", "1", "1.", ".1", "1.x", "1.2.3"})
    CHECK(desk.ask("GET", "/v1/outbox", {}, {}, {{"cursor", wrong}}).status == 422);
  desk.meet(city);
  CHECK(codes_of(desk.get("/v1/outbox")).empty());
  CHECK(desk.get("/v1/status").at("exposure").at("dossiers") == 0);
  CHECK(desk.ask("GET", "/metrics").body.find("\nwardsync_exposed_dossiers 0\n") != std::string::npos);
}

TEST_CASE("outbox: ten minutes without progress is stuck, and says why; a refusal is stuck at once") {
  const WallTime saved{1'770'000'000'000};
  const auto after = [&](std::int64_t minutes) { return WallTime{saved.ms + minutes * 60'000}; };
  storage::WaitingDossier waiting;
  waiting.since = saved;
  agent::LinkStanding link;
  link.state = agent::LinkState::open;
  CHECK(agent::outbox_json(waiting, link, false, after(9)).at("stuck") == false);
  CHECK_FALSE(agent::outbox_json(waiting, link, false, after(9)).contains("cause"));
  CHECK(agent::outbox_json(waiting, link, false, after(10)).at("stuck") == true);
  CHECK(agent::outbox_json(waiting, link, false, after(10)).at("cause").at("code") == "no_receipt");
  link.progress_at = after(5);
  CHECK(agent::outbox_json(waiting, link, false, after(14)).at("stuck") == false);
  link.last_error = "io: the line broke";
  for (const auto& [state, cause] :
       {std::pair{agent::LinkState::waiting, "link_down"}, std::pair{agent::LinkState::paused, "paused"},
        std::pair{agent::LinkState::revoked, "revoked"}, std::pair{agent::LinkState::waiting_for_approval, "waiting_for_approval"}}) {
    link.state = state;
    const auto row = agent::outbox_json(waiting, link, false, after(20));
    CHECK(row.at("cause").at("code") == cause);
    CHECK_FALSE(row.at("action").at("vi").as_string().empty());
    CHECK(row.at("last_reason") == json::value(link.last_error));
  }
  CHECK(agent::outbox_json(waiting, link, true, after(1)).at("cause").at("code") == "quota");
  waiting.refused = "not_member";
  const auto row = agent::outbox_json(waiting, link, false, after(5));
  CHECK(row.at("stuck") == true);
  CHECK(row.at("cause").at("code") == "refused");
  CHECK(row.at("last_reason") == "not_member");
}

TEST_CASE("list: a dossier made by mistake is kept, marked with its reason, left out, and can be taken back") {
  City city;
  Desk desk(city, 1);
  for (const auto* code : {"H57-1", "H57-2"}) REQUIRE(desk.ask("POST", "/v1/dossiers", national(code, "Nguyễn An")).status == 201);
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"LyDoHuy":"nhập trùng"}})").status == 201);
  CHECK(codes_of(desk.get("/v1/dossiers")) == Names{"H57-2"});
  const auto all = Desk::object(desk.ask("GET", "/v1/dossiers", {}, {}, {{"void", "true"}}));
  CHECK(codes_of(all) == Names{"H57-2", "H57-1"});
  CHECK(all.at("dossiers").at(1).at("void") == "nhập trùng");
  CHECK(desk.get("/v1/dossiers/H57-1").at("fields").at("LyDoHuy") == "nhập trùng");
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"LyDoHuy":""}})").status == 201);
  CHECK(codes_of(desk.get("/v1/dossiers")) == Names{"H57-2", "H57-1"});
  CHECK(desk.ask("GET", "/v1/dossiers/H57-1/history").body.find("nhập trùng") != std::string::npos);
  CHECK(desk.ask("GET", "/v1/dossiers", {}, {}, {{"void", "maybe"}}).status == 422);
}

TEST_CASE("list: says of each dossier where it is, since when, and why a person is needed") {
  City city;
  Desk desk(city, 1);
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")));
  auto line = desk.get("/v1/dossiers").at("dossiers").at(0).as_object();
  CHECK(line.at("state") == "on_this_pc");
  CHECK_FALSE(line.at("state_since").as_string().empty());
  CHECK(line.at("state_reason") == "");
  desk.meet(city);
  line = desk.get("/v1/dossiers").at("dossiers").at(0).as_object();
  CHECK((line.at("state") == "at_centre" || line.at("state") == "applied"));
  CHECK_FALSE(line.at("state_since").as_string().empty());
  const std::string seen(made.at("version").as_string());
  for (const auto* name : {"B", "C"})
    REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":")" + std::string(name) + R"("},"seen":")" + seen + "\"}")
                .status == 201);
  desk.meet(city);
  line = desk.get("/v1/dossiers").at("dossiers").at(0).as_object();
  CHECK(line.at("state") == "needs_you");
  CHECK(line.at("state_reason") == "conflict");
}

TEST_CASE("similar: finds the same citizen and procedure of today, by name without marks or by number") {
  City city;
  Desk desk(city, 1);
  const auto add = [&](const char* code, const char* owner, const char* number, const char* procedure) {
    const json::object dossier{{"MaHoSo", code}, {"ChuHoSo", owner}, {"SoGiayToChuHoSo", number}, {"MaTTHC", procedure}};
    REQUIRE(desk.ask("POST", "/v1/dossiers", json::serialize(dossier)).status == 201);
  };
  add("H57-1", "Nguyễn Thị Lan", "046190001234", "1.001193");
  add("H57-2", "Nguyễn Thị Lan Anh", "046190005678", "1.001193");
  add("H57-3", "Nguyễn Thị Lan", "046190001234", "1.000894");
  const auto ask = [&](std::map<std::string, std::string, std::less<>> query) {
    return codes_of(Desk::object(desk.ask("GET", "/v1/dossiers/similar", {}, {}, std::move(query))));
  };
  CHECK(ask({{"owner", "NGUYEN THI LAN"}, {"procedure", "1.001193"}}) == Names{"H57-1"});
  CHECK(ask({{"owner", "nguyen thi lan"}}) == Names{"H57-3", "H57-1"});
  CHECK(ask({{"identity", "046190005678"}}) == Names{"H57-2"});
  CHECK(ask({{"owner", "Trần Văn"}, {"identity", "046190001234"}, {"procedure", "1.000894"}}) == Names{"H57-3"});
  CHECK(ask({{"owner", "Lan"}}).empty());
  CHECK(desk.ask("GET", "/v1/dossiers/similar").status == 422);
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"LyDoHuy":"nhập trùng"}})").status == 201);
  CHECK(ask({{"owner", "Nguyễn Thị Lan"}, {"procedure", "1.001193"}}).empty());
}

TEST_CASE("tables: fields, statuses, procedures, units and causes are there, and are not sent twice") {
  City city;
  Desk desk(city, 1);
  for (const auto* path : {"/v1/schema", "/v1/statuses", "/v1/procedures", "/v1/units", "/v1/causes"}) {
    CAPTURE(path);
    const auto first = desk.ask("GET", path);
    CHECK(first.status == 200);
    CHECK(desk.ask("GET", path, {}, {}, {}, first.etag).status == 304);
  }
  const auto schema = desk.get("/v1/schema");
  const auto& fields = schema.at("fields").as_array();
  const auto sex = std::find_if(fields.begin(), fields.end(), [](const auto& field) { return field.at("name") == "GioiTinhChuHoSo"; });
  REQUIRE(sex != fields.end());
  CHECK(sex->at("codes").at(0) == json::object{{"code", "1"}, {"words", json::array{"nam", "male"}}});
  CHECK(desk.get("/v1/statuses").at("statuses").as_array().size() == 10);
  CHECK(desk.get("/v1/procedures").at("procedures").at(0).at("code") == "1.001193");
}

TEST_CASE("events: a save, a conflict and the link are told; a refused write is not") {
  City city;
  Desk desk(city, 1);
  runtime::EventReader reader(desk.ward.events, "", [] {});
  CHECK(heard(reader) == Names{"ready"});
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")));
  CHECK(heard(reader) == Names{"saved"});
  CHECK(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")).status == 409);
  CHECK(heard(reader).empty());
  const std::string seen(made.at("version").as_string());
  for (const auto* name : {"B", "C"})
    REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":")" + std::string(name) + R"("},"seen":")" + seen + "\"}")
                .status == 201);
  CHECK(heard(reader) == Names{"saved", "saved"});
  desk.ward.merge_saved();
  CHECK(heard(reader) == Names{"conflict"});
  REQUIRE(desk.ask("POST", "/v1/sync", R"({"action":"pause"})").status == 200);
  CHECK(heard(reader) == Names{"link"});
}

TEST_CASE("inbox: a decision can be taken back, and then the conflict stands again with both values") {
  City city;
  Desk desk(city, 1);
  const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national("H57-1", "A")));
  const std::string seen(made.at("version").as_string());
  for (const auto* name : {"B", "C"})
    REQUIRE(desk.ask("POST", "/v1/dossiers/H57-1/changes", R"({"set":{"ChuHoSo":")" + std::string(name) + R"("},"seen":")" + seen + "\"}")
                .status == 201);
  const auto before = desk.get("/v1/inbox").at("conflicts").at(0).at("values");
  const std::string id(desk.get("/v1/inbox").at("conflicts").at(0).at("id").as_string());
  const auto decided = Desk::object(desk.ask("POST", "/v1/inbox/" + id + "/resolutions", R"({"keep":"A","why":"căn cước"})"));
  CHECK(desk.get("/v1/inbox").at("conflicts").as_array().empty());
  const std::string resolution(decided.at("resolution").as_string());
  const auto take_back = [&](const std::string& what) {
    return desk.ask("DELETE", "/v1/inbox/" + id + "/resolutions/" + what, {}, "key-1");
  };
  for (const auto& wrong : {resolution + "1", resolution.substr(0, 32), resolution.substr(0, 40), std::string("x"), std::string(".")}) {
    CAPTURE(wrong);
    CHECK(take_back(wrong).status >= 400);
  }
  const auto undone = take_back(resolution);
  CHECK(undone.status == 201);
  CHECK(desk.get("/v1/inbox").at("conflicts").at(0).at("values") == before);
  CHECK(take_back(resolution).body == undone.body);
}

TEST_CASE("decisions: each is listed with its sides for as long as it can be taken back, and one that was taken back says so") {
  City city;
  Desk desk(city, 1);
  const auto quarrel = [&](const std::string& code, const char* field) {
    const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national(code, "A")));
    const std::string seen(made.at("version").as_string());
    for (const auto* value : {"B", "C"})
      REQUIRE(desk.ask("POST", "/v1/dossiers/" + code + "/changes",
                       R"({"set":{")" + std::string(field) + R"(":")" + value + R"("},"seen":")" + seen + "\"}")
                  .status == 201);
    const auto conflicts = desk.get("/v1/inbox").at("conflicts").as_array();
    return conflicts.empty() ? std::string() : std::string(conflicts.at(0).at("id").as_string());
  };
  const auto decide = [&](const std::string& id) {
    const auto answer = desk.ask("POST", "/v1/inbox/" + id + "/resolutions", R"({"keep":"A","why":"giấy tờ"})", {}, {{"by", "Hoa"}});
    return std::string(Desk::object(answer).at("resolution").as_string());
  };
  CHECK(desk.get("/v1/decisions").at("decisions").as_array().empty());
  const auto first = decide(quarrel("H57-1", "ChuHoSo"));
  const auto second = decide(quarrel("H57-2", "ChuHoSo"));
  CHECK(quarrel("H57-3", "TrichYeuHoSo").empty());  // the newest counts there: whoever writes over both decides nothing
  REQUIRE(desk.ask("POST", "/v1/dossiers/H57-3/changes", R"({"set":{"TrichYeuHoSo":"D"}})").status == 201);
  CHECK(quarrel("H57-4", "ChuHoSo").size() == 32);  // open

  const auto listed = desk.get("/v1/decisions").at("decisions").as_array();
  REQUIRE(listed.size() == 2);
  CHECK(listed.at(0).at("resolution") == json::value(second));
  const auto& old = listed.at(1);
  CHECK(old.at("resolution") == json::value(first));
  CHECK(old.at("dossier") == "H57-1");
  CHECK(old.at("decided").at("by") == "Hoa");
  CHECK(old.at("decided").at("why") == "giấy tờ");
  CHECK(old.at("decided").at("value") == "B");
  CHECK(old.at("decided").at("standing") == "shown");
  CHECK(old.at("sides").as_array().size() == 2);

  const auto page = Desk::object(desk.ask("GET", "/v1/decisions", {}, {}, {{"limit", "1"}}));
  CHECK(page.at("decisions").as_array().size() == 1);
  const std::string next(page.at("next").as_string());
  const auto rest = Desk::object(desk.ask("GET", "/v1/decisions", {}, {}, {{"limit", "1"}, {"cursor", next}}));
  CHECK(rest.at("decisions").at(0).at("resolution") == json::value(first));
  for (const auto* wrong : {"x", "1", "1.", ".1"}) CHECK(desk.ask("GET", "/v1/decisions", {}, {}, {{"cursor", wrong}}).status == 422);

  REQUIRE(desk.ask("DELETE", "/v1/inbox/-/resolutions/" + first).status == 201);
  const auto after = desk.get("/v1/decisions").at("decisions").as_array();
  REQUIRE(after.size() == 2);  // taking back is no decision
  CHECK(after.at(0).at("resolution") == json::value(first));
  CHECK(after.at(0).at("decided").at("standing") == "replaced");
}

TEST_CASE("inbox: pages hold each conflict once") {
  City city;
  Desk desk(city, 1);
  for (const std::string code : {"H57-1", "H57-2", "H57-3"}) {
    const auto made = Desk::object(desk.ask("POST", "/v1/dossiers", national(code, "A")));
    const std::string seen(made.at("version").as_string());
    for (const auto* name : {"B", "C"})
      REQUIRE(desk.ask("POST", "/v1/dossiers/" + code + "/changes",
                       R"({"set":{"ChuHoSo":")" + std::string(name) + R"("},"seen":")" + seen + "\"}")
                  .status == 201);
  }
  Names found;
  std::string cursor;
  do {
    const auto page = Desk::object(desk.ask("GET", "/v1/inbox", {}, {}, {{"limit", "2"}, {"cursor", cursor}}));
    for (const auto& conflict : page.at("conflicts").as_array()) found.emplace_back(conflict.at("dossier").as_string());
    cursor = std::string(page.at("next").as_string());
  } while (!cursor.empty());
  CHECK(found == Names{"H57-1", "H57-2", "H57-3"});
  CHECK(desk.get("/v1/status").at("conflicts").to_number<std::size_t>() == found.size());
  CHECK(desk.ask("GET", "/v1/inbox", {}, {}, {{"cursor", "x"}}).status == 422);
}

TEST_CASE("writes: who shares an account says who acts, and the history has that name") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "A"), {}, {{"by", "Trần Thị Hoa"}}).status == 201);
  CHECK(desk.get("/v1/dossiers/H57-1/history").at("history").at(0).at("by") == "Trần Thị Hoa");
  for (const auto& wrong : {std::string(65, 'x'), std::string("a\nb"), std::string("a\tb"), std::string("\x01"), std::string()}) {
    CAPTURE(wrong);
    CHECK(desk.ask("POST", "/v1/dossiers", national("H57-2", "A"), {}, {{"by", wrong}}).status == 422);
  }
}

TEST_CASE("openapi: the document describes every route of the program, and no other") {
  City city;
  Desk desk(city, 1);
  runtime::Doorkeeper doorkeeper;
  constexpr runtime::PageFile files[] = {{"index.html", "", "text/html"}};
  runtime::add_event_route(desk.router, desk.ward.events);
  runtime::add_session_routes(desk.router, doorkeeper, "wardsync");
  runtime::add_page_files(desk.router, files);
  std::set<std::string> described;
  const auto document = desk.get("/v1/openapi.json");
  for (const auto& [path, methods] : document.at("paths").as_object())
    for (const auto& [method, operation] : methods.as_object()) {
      std::string name(method);
      std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      described.insert(name + " " + std::string(path));
    }
  const auto routes = desk.router.routes();
  CHECK(described == std::set<std::string>(routes.begin(), routes.end()));
  CHECK(described.size() == routes.size());
}
