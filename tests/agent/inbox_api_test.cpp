#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using runtime::ExitCode;

namespace {

namespace json = boost::json;

struct WithDesk {
  City city;
  Desk desk{city, 1};

  void dossier(const std::string& code) { REQUIRE(desk.ask("POST", "/v1/dossiers", national(code, "A")).status == 201); }
  /// Two who did not know of each other write into one field.
  void quarrel(const std::string& code, const std::string& field, const std::string& one, const std::string& other) {
    const std::string seen(desk.get("/v1/dossiers/" + code).at("version").as_string());
    for (const auto& value : {one, other})
      REQUIRE(
          desk.ask("POST", "/v1/dossiers/" + code + "/changes", R"({"set":{")" + field + R"(":")" + value + R"("},"seen":")" + seen + "\"}")
              .status == 201);
  }
  json::array conflicts() { return desk.get("/v1/inbox").at("conflicts").as_array(); }
  std::string first() { return std::string(conflicts().at(0).at("id").as_string()); }
  runtime::Response decide(const std::string& id, const std::string& body) {
    return desk.ask("POST", "/v1/inbox/" + id + "/resolutions", body);
  }
  json::object preview(const std::string& id, const std::string& body) {
    return Desk::object(desk.ask("POST", "/v1/inbox/" + id + "/preview", body));
  }
};

}  // namespace

TEST_CASE("inbox: an item says in both languages what it is, for whom, what it blocks, and what each side had seen") {
  WithDesk here;
  here.dossier("H57-1");
  here.quarrel("H57-1", "ChuHoSo", "Bảo Ân", "Bảo Anh");
  const auto item = here.desk.get("/v1/inbox/" + here.first());
  CHECK(item.at("kind") == "choose_value");
  CHECK(item.at("question") == true);
  CHECK(item.at("actions") == json::array{"keep", "set"});
  CHECK_FALSE(item.at("words").at("vi").as_string().empty());
  CHECK_FALSE(item.at("todo").at("en").as_string().empty());
  CHECK(item.at("decider").at("role") == "custodian_clerk");
  CHECK(item.at("mine") == true);
  CHECK(item.at("blocks") == json::array{"9"});
  CHECK(item.at("level") == "decider");
  CHECK_FALSE(item.at("goes_up_at").as_string().empty());
  CHECK(item.at("before").at("value") == "A");
  CHECK(item.at("alike").as_array().size() == 1);
  for (const auto& value : item.at("values").as_array()) {
    CHECK(value.at("seen").at(0).at("value") == "A");
    CHECK(value.at("same_act").as_array().empty());
  }
}

TEST_CASE("inbox: what else was done in the same act stands beside the value") {
  WithDesk here;
  here.dossier("H57-1");
  const std::string seen(here.desk.get("/v1/dossiers/H57-1").at("version").as_string());
  for (const auto* name : {"B", "C"})
    REQUIRE(here.desk
                .ask("POST", "/v1/dossiers/H57-1/changes",
                     R"({"set":{"ChuHoSo":")" + std::string(name) + R"(","Email":"x@y.vn"},"seen":")" + seen + "\"}")
                .status == 201);
  const auto item = here.desk.get("/v1/inbox/" + here.first());
  CHECK(item.at("values").at(0).at("same_act").at(0).at("field") == "Email");
}

TEST_CASE("inbox: a preview says what would change, and writes nothing") {
  WithDesk here;
  here.dossier("H57-1");
  here.quarrel("H57-1", "ChuHoSo", "B", "C");
  const auto id = here.first();
  const auto version = here.desk.get("/v1/dossiers/H57-1").at("version");
  for (const auto& [choice, value] : {std::pair{R"({"keep":"A"})", "B"}, {R"({"keep":"B"})", "C"}, {R"({"set":{"ChuHoSo":"D"}})", "D"}}) {
    CAPTURE(choice);
    const auto shown = here.preview(id, choice);
    CHECK(shown.at("applies") == true);
    REQUIRE(shown.at("changes").as_array().size() == 1);
    CHECK(shown.at("changes").at(0).at("field") == "ChuHoSo");
    CHECK(shown.at("changes").at(0).at("before").is_null());
    CHECK(shown.at("changes").at(0).at("after") == value);
    CHECK(shown.at("left").as_array().empty());
    CHECK(shown.at("dossier").at("fields").at("ChuHoSo") == value);
  }
  CHECK(here.desk.get("/v1/dossiers/H57-1").at("version") == version);
  CHECK(here.conflicts().size() == 1);
  CHECK(here.desk.ask("POST", "/v1/inbox/" + id + "/preview", R"({"keep":"C"})").status == 422);
  CHECK(here.desk.ask("POST", "/v1/inbox/00/preview", R"({"keep":"A"})").status == 422);
}

TEST_CASE("inbox: a decision needs its reason, and a question is not dismissed") {
  WithDesk here;
  here.dossier("H57-1");
  here.quarrel("H57-1", "ChuHoSo", "B", "C");
  const auto id = here.first();
  CHECK(here.decide(id, R"({"keep":"A"})").status == 422);
  CHECK(here.decide(id, R"({"dismiss":true,"why":"x"})").status == 422);
  CHECK(here.decide(id, R"({"approve":true,"why":"x"})").status == 422);
  CHECK(here.decide(id, R"({"keep":"A","dismiss":true,"why":"x"})").status == 422);
  const auto decided = here.decide(id, R"({"keep":"A","why":"căn cước"})");
  REQUIRE(decided.status == 201);
  const std::string resolution(Desk::object(decided).at("resolution").as_string());
  CHECK(here.conflicts().empty());
  CHECK(here.desk.ask("DELETE", "/v1/inbox/-/resolutions/" + resolution).status == 201);
  CHECK(here.conflicts().size() == 1);
  CHECK(here.desk.ask("DELETE", "/v1/inbox/-/resolutions/xyz").status == 422);
}

TEST_CASE("inbox: identical cases are decided together, and only as many as were seen") {
  WithDesk here;
  for (const auto* code : {"H57-1", "H57-2", "H57-3"}) {
    here.dossier(code);
    here.quarrel(code, "QuyetDinh", "1", "2");
  }
  here.dossier("H57-4");
  here.quarrel("H57-4", "QuyetDinh", "1", "1");  // agreed
  here.dossier("H57-5");
  here.quarrel("H57-5", "ChuHoSo", "B", "C");  // another field
  std::string id;
  for (const auto& conflict : here.conflicts())
    if (conflict.at("dossier") == "H57-1") id = conflict.at("id").as_string();
  const auto item = here.desk.get("/v1/inbox/" + id);
  REQUIRE(item.at("alike").as_array().size() == 3);
  const auto letter = item.at("values").at(0).at("value") == "1" ? "A" : "B";
  const auto together = [&](int many) {
    return here.decide(id, R"({"keep":")" + std::string(letter) + R"(","why":"công văn 12","same":)" + std::to_string(many) + "}");
  };
  const auto refused = together(4);
  CHECK(refused.status == 409);
  CHECK(Desk::trouble(refused).exit == ExitCode::person_must_decide);
  CHECK(here.conflicts().size() == 4);
  const auto done = together(3);
  REQUIRE(done.status == 201);
  CHECK(Desk::object(done).at("resolutions").as_array().size() == 3);
  CHECK(here.conflicts().size() == 1);
  for (const auto* code : {"H57-1", "H57-2", "H57-3"})
    CHECK(here.desk.get("/v1/dossiers/" + std::string(code)).at("fields").at("QuyetDinh") == "1");
}

TEST_CASE("inbox: a status that cannot follow is kept, shown, and dismissed with a reason; taking that back shows it again") {
  WithDesk here;
  here.dossier("H57-1");
  REQUIRE(here.desk.ask("POST", "/v1/edits", R"({"dossier":"H57-1","set":{"TrangThaiHoSo":"10"}})").status == 200);
  auto dossier = here.desk.get("/v1/dossiers/H57-1");
  CHECK(dossier.at("fields").at("TrangThaiHoSo") == "2");
  CHECK(dossier.at("not_applied").at(0).at("refusal") == "illegal_transition");
  REQUIRE(here.conflicts().size() == 1);
  const auto item = here.conflicts().at(0).as_object();
  CHECK(item.at("kind") == "illegal_transition");
  CHECK(item.at("actions") == json::array{"dismiss"});
  CHECK(here.desk.get("/v1/inbox").at("not_applied").as_array().empty());  // the notice is about it
  CHECK(here.desk.get("/v1/status").at("conflicts") == 1);
  const std::string id(item.at("id").as_string());
  CHECK(here.decide(id, R"({"keep":"A","why":"x"})").status == 422);
  const auto shown = here.preview(id, R"({"dismiss":true})");
  CHECK(shown.at("applies") == true);
  CHECK(shown.at("changes").as_array().empty());
  const auto decided = here.decide(id, R"({"dismiss":true,"why":"gõ nhầm"})");
  REQUIRE(decided.status == 201);
  CHECK(here.conflicts().empty());
  CHECK(here.desk.get("/v1/dossiers/H57-1").at("not_applied").as_array().empty());
  const auto decisions = here.desk.get("/v1/decisions").at("decisions").as_array();
  REQUIRE(decisions.size() == 1);
  CHECK(decisions.at(0).at("decided").at("kind") == "dismiss");
  CHECK(decisions.at(0).at("decided").at("why") == "gõ nhầm");
  REQUIRE(here.desk.ask("DELETE", "/v1/inbox/-/resolutions/" + std::string(decisions.at(0).at("resolution").as_string())).status == 201);
  CHECK(here.conflicts().size() == 1);
}

TEST_CASE("inbox: lists can be narrowed to what the caller may decide, to a level, to a kind") {
  WithDesk here;
  here.dossier("H57-1");
  here.quarrel("H57-1", "ChuHoSo", "B", "C");
  const auto count = [&](const char* name, const char* value) {
    return Desk::object(here.desk.ask("GET", "/v1/inbox", {}, {}, {{name, value}})).at("conflicts").as_array().size();
  };
  CHECK(count("for", "mine") == 1);
  CHECK(count("level", "decider") == 1);
  CHECK(count("level", "centre") == 0);
  CHECK(count("kind", "choose_value") == 1);
  CHECK(count("kind", "overpaid") == 0);
  for (const auto& [name, value] : {std::pair{"for", "yours"}, {"level", "top"}, {"limit", "0"}, {"cursor", "x"}})
    CHECK(here.desk.ask("GET", "/v1/inbox", {}, {}, {{name, value}}).status == 422);
}

TEST_CASE("inbox: what nobody decides goes up, to the leader after a working day and to the centre after two") {
  WithDesk here;
  here.dossier("H57-1");
  here.quarrel("H57-1", "ChuHoSo", "B", "C");
  CHECK(here.conflicts().at(0).at("level") == "decider");
  const std::string first(here.conflicts().at(0).at("goes_up_at").as_string());
  CHECK_FALSE(first.empty());
  here.desk.later(std::chrono::hours(24 * 60));
  CHECK(here.conflicts().at(0).at("level") == "centre");
  CHECK(here.conflicts().at(0).at("goes_up_at") == "");
  CHECK(here.conflicts().at(0).at("mine") == true);  // it gives and takes no right
}

TEST_CASE("inbox: one matter lodged twice is suggested until somebody says what the two are") {
  WithDesk here;
  const auto lodge = [&](const std::string& code, const std::string& identity) {
    REQUIRE(here.desk
                .ask("POST", "/v1/dossiers",
                     R"({"MaHoSo":")" + code + R"(","MaTTHC":"1.003583","ChuHoSo":"A","SoGiayToChuHoSo":")" + identity + "\"}")
                .status == 201);
  };
  lodge("H57-1", "046182001234");
  lodge("H57-2", "046182001234");
  lodge("H57-3", "046182009999");
  const auto pairs = [&] { return here.desk.get("/v1/duplicates").at("duplicates").as_array(); };
  REQUIRE(pairs().size() == 1);
  CHECK(pairs().at(0).at("one").at("code") == "H57-1");
  const auto link = [&](const char* body) { return here.desk.ask("POST", "/v1/dossiers/H57-1/links", body).status; };
  for (const auto* wrong :
       {"{}", R"({"other":"H57-2"})", R"({"other":"H57-1","why":"x"})", R"({"other":"H57-2","why":"x","same":"yes"})"}) {
    CAPTURE(wrong);
    CHECK(link(wrong) == 422);
  }
  CHECK(link(R"({"other":"none","why":"x"})") == 404);
  CHECK(pairs().size() == 1);
  CHECK(link(R"({"other":"H57-2","why":"nộp hai lần"})") == 201);
  CHECK(pairs().empty());
  for (const auto* code : {"H57-1", "H57-2"})
    CHECK(here.desk.get("/v1/dossiers/" + std::string(code)).at("collections").at("HoSoLienQuan").at(0).at("QuanHe") == "1");
}
