#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using runtime::ExitCode;

namespace {

namespace json = boost::json;

/// A desk that has one dossier, H57-1.
struct WithDossier {
  City city;
  Desk desk{city, 1};

  WithDossier() { REQUIRE(desk.ask("POST", "/v1/dossiers", national("H57-1", "Nguyễn An")).status == 201); }

  runtime::Response post(const std::string& what, std::string body = {}, std::string key = {}) {
    return desk.ask("POST", "/v1/dossiers/H57-1/" + what, std::move(body), std::move(key));
  }
  std::string offer() {
    return std::string(Desk::object(post("hand-overs", R"({"to":"W-THUANHOA","note":"2 bản chính"})")).at("hand_over").as_string());
  }
  json::object custody() { return desk.get("/v1/dossiers/H57-1").at("custody").as_object(); }
  json::array hand_overs(const std::string& direction) {
    return Desk::object(desk.ask("GET", "/v1/hand-overs", {}, {}, {{"direction", direction}})).at("hand_overs").as_array();
  }
};

}  // namespace

TEST_CASE("hand-over: what is offered stays here and has both names until somebody answers") {
  WithDossier here;
  CHECK(here.custody().at("unit") == "W-VYDA");
  CHECK(here.custody().at("pending").as_array().empty());
  CHECK_FALSE(here.custody().at("since").as_string().empty());
  const auto id = here.offer();
  CHECK(here.custody().at("unit") == "W-VYDA");
  const auto pending = here.custody().at("pending").at(0).as_object();
  CHECK(pending.at("id") == json::string(id));
  CHECK(pending.at("from") == "W-VYDA");
  CHECK(pending.at("to") == "W-THUANHOA");
  CHECK(pending.at("by") == "lan");
  CHECK(pending.at("note") == "2 bản chính");
  REQUIRE(here.hand_overs("out").size() == 1);
  CHECK(here.hand_overs("out").at(0).at("owner") == "Nguyễn An");
  CHECK(here.hand_overs("out").at(0).at("late") == false);
  CHECK(here.hand_overs("in").empty());
  CHECK(here.hand_overs("all").size() == 1);
  CHECK(here.desk.ask("GET", "/v1/hand-overs", {}, {}, {{"direction", "up"}}).status == 422);
  CHECK(here.desk.ask("GET", "/v1/hand-overs", {}, {}, {{"late", "yes"}}).status == 422);
}

TEST_CASE("hand-over: recalled, it is over") {
  WithDossier here;
  const auto id = here.offer();
  CHECK(here.post("hand-overs/" + id + "/recall", R"({"reason":"nhầm đơn vị"})").status == 201);
  CHECK(here.custody().at("pending").as_array().empty());
  CHECK(here.hand_overs("all").empty());
  const auto again = here.post("hand-overs/" + id + "/recall");
  CHECK(again.status == 404);
}

TEST_CASE("hand-over: a unit that was not asked cannot answer, and the giver does not accept for the other") {
  WithDossier here;
  const auto id = here.offer();
  for (const auto* answer : {"accept", "decline"}) {
    CAPTURE(answer);
    const auto refused = here.post("hand-overs/" + id + "/" + answer, R"({"reason":"thử"})");
    CHECK(refused.status == 409);
    CHECK(Desk::trouble(refused).name == "not_offered");
    CHECK(Desk::trouble(refused).exit == ExitCode::refused);
  }
  CHECK(here.custody().at("unit") == "W-VYDA");
  CHECK(here.custody().at("pending").as_array().size() == 1);
}

TEST_CASE("hand-over: bad input") {
  WithDossier here;
  for (const auto* wrong :
       {"", "{}", R"({"to":""})", R"({"to":"W-NOWHERE"})", R"({"to":"W-VYDA"})", R"({"to":7})", R"({"to":"W-THUANHOA","note":7})",
        R"({"to":"W-THUANHOA","expires":"someday"})", R"({"to":"W-THUANHOA","seen":"nonsense"})", "[]", "{"}) {
    CAPTURE(wrong);
    CHECK(here.post("hand-overs", wrong).status == 422);
  }
  CHECK(here.custody().at("pending").as_array().empty());
  CHECK(here.desk.ask("POST", "/v1/dossiers/none/hand-overs", R"({"to":"W-THUANHOA"})").status == 404);
  CHECK(here.post("hand-overs/xyz/accept").status == 404);
  CHECK(here.post("hand-overs/-/accept").status == 404);
  const auto id = here.offer();
  CHECK(here.post("hand-overs/" + id + "/decline").status == 422);
  CHECK(here.post("hand-overs", R"({"to":"W-THUANHOA","expires":"31/12/2026 09:30"})").status == 201);
  CHECK(here.post("hand-overs/-/recall").status == 409);  // two wait: which?
}

TEST_CASE("hand-over: a repeat of its key offers once") {
  WithDossier here;
  const auto first = here.post("hand-overs", R"({"to":"W-THUANHOA"})", "key-1");
  CHECK(first.status == 201);
  CHECK(here.post("hand-overs", R"({"to":"W-THUANHOA"})", "key-1").body == first.body);
  CHECK(here.custody().at("pending").as_array().size() == 1);
}

TEST_CASE("slip: one row while nobody took it over, judged against the appointment") {
  WithDossier here;
  REQUIRE(here.post("changes", R"({"set":{"NgayHenTra":"20991231170000"}})").status == 201);
  const auto slip = here.desk.get("/v1/dossiers/H57-1/slip");
  CHECK(slip.at("code") == "H57-1");
  CHECK(slip.at("owner") == "Nguyễn An");
  REQUIRE(slip.at("stays").as_array().size() == 1);
  const auto stay = slip.at("stays").at(0).as_object();
  CHECK(stay.at("unit") == "W-VYDA");
  CHECK(stay.at("taken_by") == "lan");
  CHECK(stay.at("until") == "");
  CHECK(stay.at("judged_by") == "total");
  CHECK(stay.at("judgement") == "open_good");
  CHECK(here.desk.ask("GET", "/v1/dossiers/none/slip").status == 404);
}

TEST_CASE("slip: a time that was noted for the step judges it, not the appointment of the whole") {
  WithDossier here;
  REQUIRE(here.post("changes", R"({"set":{"NgayHenTra":"20991231170000"}})").status == 201);
  REQUIRE(here.post("changes", R"({"append":{"QuaTrinhXuLy":{"NguoiXuLy":"Lan","ThoiDiemXuLy":"20200812080000","TrangThai":"4",
                                   "NgayKetThucTheoQuyDinh":"20200813080000"}}})")
              .status == 201);
  const auto stay = here.desk.get("/v1/dossiers/H57-1/slip").at("stays").at(0).as_object();
  CHECK(stay.at("judged_by") == "step");
  CHECK(stay.at("due") == "20200813080000");
  CHECK(stay.at("judgement") == "open_late");
}

TEST_CASE("status: what may come next, with what goes with it") {
  WithDossier here;
  const auto next = here.desk.get("/v1/dossiers/H57-1/status");
  CHECK(next.at("status") == "2");
  std::vector<std::string> codes;
  for (const auto& step : next.at("next").as_array()) codes.emplace_back(step.at("status").as_string());
  CHECK(codes == std::vector<std::string>{"4", "5", "6", "7", "8", "9"});
  const auto finishing = next.at("next").at(5).as_object();
  CHECK(finishing.at("companions").at(0).at("field") == "NgayKetThucXuLy");
  CHECK_FALSE(finishing.at("companions").at(0).at("proposed").as_string().empty());
  CHECK(next.at("next").at(4).at("needs_reason") == true);
}

TEST_CASE("status: entered with its dates and texts, in one act") {
  WithDossier here;
  CHECK(here.post("status", R"({"status":"4","set":{}})").status == 201);
  const auto done = here.post("status", R"({"status":"9","set":{"NgayKetThucXuLy":"14/08/2020 16:00","QuyetDinh":"1"}})");
  CHECK(done.status == 201);
  CHECK(Desk::object(done).at("status") == "9");
  const auto fields = here.desk.get("/v1/dossiers/H57-1").at("fields").as_object();
  CHECK(fields.at("TrangThaiHoSo") == "9");
  CHECK(fields.at("NgayKetThucXuLy") == "20200814160000");
  const auto history = here.desk.get("/v1/dossiers/H57-1/history").at("history").as_array();
  CHECK(history.back().at("kind") == "status");
  CHECK(here.post("status", R"({"status":"10"})").status == 201);  // its date is the present
  CHECK(here.desk.get("/v1/dossiers/H57-1").at("fields").as_object().contains("NgayTra"));
}

TEST_CASE("status: an illegal one is explained in words, and nothing is saved") {
  WithDossier here;
  const auto version = here.desk.get("/v1/dossiers/H57-1").at("version");
  const auto refused = here.post("status", R"({"status":"10"})");
  CHECK(refused.status == 409);
  const auto trouble = Desk::trouble(refused);
  CHECK(trouble.name == "illegal_status");
  CHECK(trouble.what.find("Được tiếp nhận (2) cannot become Đã trả kết quả (10)") != std::string::npos);
  CHECK(trouble.what.find("Đang xử lý (4)") != std::string::npos);
  CHECK(trouble.more.at("next").as_array().size() == 6);
  CHECK(here.desk.get("/v1/dossiers/H57-1").at("version") == version);
  for (const auto* wrong : {"", "{}", R"({"status":"11"})", R"({"status":"x"})", R"({"status":4})", R"({"status":"8"})",
                            R"({"status":"5"})", R"({"status":"4","set":{"TrangThaiHoSo":"9"}})", R"({"status":"4","set":{"MaHoSo":"X"}})",
                            R"({"status":"9","set":{"NgayKetThucXuLy":"someday"}})"}) {
    CAPTURE(wrong);
    CHECK(here.post("status", wrong).status == 422);
  }
}

TEST_CASE("status: what a question blocks ends with exit 7 and names the question") {
  WithDossier here;
  const std::string seen(here.desk.get("/v1/dossiers/H57-1").at("version").as_string());
  for (const auto* name : {"B", "C"})
    REQUIRE(here.post("changes", R"({"set":{"ChuHoSo":")" + std::string(name) + R"("},"seen":")" + seen + "\"}").status == 201);
  const auto conflict = here.desk.get("/v1/dossiers/H57-1").at("conflicts").at(0).as_object();
  CHECK(conflict.at("blocks").at(0) == "9");
  const auto refused = here.post("status", R"({"status":"9"})");
  CHECK(refused.status == 409);
  const auto trouble = Desk::trouble(refused);
  CHECK(trouble.name == "blocked");
  CHECK(trouble.exit == ExitCode::person_must_decide);
  CHECK(trouble.more.at("conflicts").at(0) == conflict.at("id"));
  CHECK(here.post("status", R"({"status":"4"})").status == 201);
}

TEST_CASE("status: asking for papers opens a round, their arrival closes it") {
  WithDossier here;
  REQUIRE(here.post("status", R"({"status":"5","why":"Thiếu giấy chứng sinh"})").status == 201);
  const auto round = here.desk.get("/v1/dossiers/H57-1").at("collections").at("DanhSachHoSoBoSung").at(0).as_object();
  CHECK(round.at("NoiDungBoSung") == "Thiếu giấy chứng sinh");
  CHECK(round.at("TrangThaiBoSung") == false);
  REQUIRE(here.post("status", R"({"status":"4"})").status == 201);
  const auto closed = here.desk.get("/v1/dossiers/H57-1").at("collections").at("DanhSachHoSoBoSung").at(0).as_object();
  CHECK(closed.at("TrangThaiBoSung") == true);
  CHECK_FALSE(closed.at("NgayTiepNhanBoSung").as_string().empty());
}

TEST_CASE("hand-over: late after a working day without an answer, to the giver too") {
  WithDossier here;
  here.offer();
  const auto late = [&] {
    return Desk::object(here.desk.ask("GET", "/v1/hand-overs", {}, {}, {{"late", "true"}})).at("hand_overs").as_array().size();
  };
  CHECK(late() == 0);
  CHECK(here.desk.get("/v1/status").at("hand_overs").at("late") == 0);
  here.desk.later(std::chrono::hours(24 * 40));
  CHECK(late() == 1);
  CHECK(here.hand_overs("out").at(0).at("late") == true);
}

TEST_CASE("list: where a dossier is, as seen from here") {
  WithDossier here;
  REQUIRE(here.desk.ask("POST", "/v1/dossiers", national("H57-2", "B")).status == 201);
  here.offer();
  const auto count = [&](const char* where) {
    return Desk::object(here.desk.ask("GET", "/v1/dossiers", {}, {}, {{"custody", where}})).at("dossiers").as_array().size();
  };
  CHECK(count("mine") == 2);
  CHECK(count("offered_by_me") == 1);
  CHECK(count("offered_to_me") == 0);
  CHECK(count("elsewhere") == 0);
  CHECK(here.desk.ask("GET", "/v1/dossiers", {}, {}, {{"custody", "lost"}}).status == 422);
}
