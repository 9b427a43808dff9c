#include "tests/agent/desk.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

TEST_CASE("import: each line becomes a dossier, with its code and owner") {
  City city;
  Desk desk(city, 1);
  const auto done =
      Desk::object(desk.ask("POST", "/v1/imports", national("H57-1", "Nguyễn An") + "\n\n" + national("H57-2", "Trần Bình") + "\r\n"));
  CHECK(done.at("created") == 2);
  CHECK(done.at("skipped") == 0);
  CHECK(desk.get("/v1/dossiers/H57-2").at("fields").at("ChuHoSo") == "Trần Bình");
  CHECK(desk.get("/v1/dossiers").at("dossiers").as_array().size() == 2);
}

TEST_CASE("import: the Eth of old files is mended and counted, however the file spells it") {
  City city;
  Desk desk(city, 1);
  const auto done = Desk::object(
      desk.ask("POST", "/v1/imports",
               national("H57-1", "Ðặng An") + "\n" + national("H57-2", "\\u00d0ặng Bình") + "\n" + national("H57-3", "Đặng Chi")));
  CHECK(done.at("created") == 3);
  CHECK(done.at("mended") == 2);
  for (const auto* code : {"H57-1", "H57-2", "H57-3"})
    CHECK(desk.get(std::string("/v1/dossiers/") + code).at("fields").at("ChuHoSo").as_string().starts_with("Đặng"));
}

TEST_CASE("import: a code that exists is skipped and counted, in the file or here") {
  City city;
  Desk desk(city, 1);
  CHECK(Desk::object(desk.ask("POST", "/v1/imports", national("H57-1", "A") + "\n" + national("H57-1", "B"))).at("skipped") == 1);
  const auto again = Desk::object(desk.ask("POST", "/v1/imports", national("H57-1", "C") + "\n" + national("H57-2", "D")));
  CHECK(again.at("created") == 1);
  CHECK(again.at("skipped") == 1);
  CHECK(desk.get("/v1/dossiers/H57-1").at("fields").at("ChuHoSo") == "A");
}

TEST_CASE("import: a broken line is named as the file counts it, and nothing of its request is saved") {
  City city;
  Desk desk(city, 1);
  for (const auto* broken : {"{\"MaHoSo\":", "[]", "7", "{\"MaHoSo\":\"x\"} {}", "\"text\""}) {
    CAPTURE(broken);
    const auto body = national("H57-1", "A") + "\n" + broken + "\n" + national("H57-3", "C");
    const auto refused = desk.ask("POST", "/v1/imports", body, {}, {{"first_line", "7311"}});
    CHECK(refused.status == 422);
    const auto trouble = Desk::trouble(refused);
    CHECK(trouble.more.at("line") == 7312);
    CHECK(trouble.what.starts_with("Line 7312:"));
    CHECK_FALSE(trouble.safe.empty());
    CHECK_FALSE(trouble.remedy.empty());
  }
  CHECK(desk.get("/v1/status").at("dossiers") == 0);
}

TEST_CASE("import: a value that a field does not take names the line and the field, and never repeats the value") {
  City city;
  Desk desk(city, 1);
  const auto body = national("H57-1", "A") + "\n" + R"({"MaHoSo":"H57-2","GioiTinhChuHoSo":"Nguyễn Bí Mật"})";
  const auto trouble = Desk::trouble(desk.ask("POST", "/v1/imports", body));
  CHECK(trouble.more.at("line") == 2);
  CHECK(trouble.what.find("GioiTinhChuHoSo") != std::string::npos);
  CHECK(trouble.what.find("Bí Mật") == std::string::npos);
}

TEST_CASE("import: a value that is too long for a record is refused by its line") {
  City city;
  Desk desk(city, 1);
  const auto body = national("H57-1", "A") + "\n" + national("H57-2", "B") + "\n" + national("H57-3", std::string(9'000, 'x'));
  const auto refused = desk.ask("POST", "/v1/imports", body);
  CHECK(refused.status >= 400);
  CHECK(Desk::trouble(refused).more.at("line") == 3);
  CHECK(desk.get("/v1/status").at("dossiers") == 0);
}

TEST_CASE("import: control characters and bytes that are not UTF-8 are refused") {
  City city;
  Desk desk(city, 1);
  CHECK(desk.ask("POST", "/v1/imports", R"({"MaHoSo":"H57-1","ChuHoSo":"a\u0007b"})").status == 422);
  CHECK(desk.ask("POST", "/v1/imports", "{\"MaHoSo\":\"H57-1\",\"ChuHoSo\":\"a\xff\"}").status == 422);
  CHECK(desk.get("/v1/status").at("dossiers") == 0);
}

TEST_CASE("import: names that are not composed are stored composed") {
  City city;
  Desk desk(city, 1);
  CHECK(Desk::object(desk.ask("POST", "/v1/imports", R"({"MaHoSo":"H57-1","ChuHoSo":"Tra\u0302\u0300n"})")).at("created") == 1);
  CHECK(desk.get("/v1/dossiers/H57-1").at("fields").at("ChuHoSo") == "Trần");
}

TEST_CASE("import: too many lines in one request are refused") {
  City city;
  Desk desk(city, 1);
  std::string body;
  for (int i = 0; i <= 1000; ++i) body += "{}\n";
  CHECK(desk.ask("POST", "/v1/imports", body).status == 413);
  CHECK(desk.ask("POST", "/v1/imports", "{}", {}, {{"first_line", "0"}}).status == 422);
}

TEST_CASE("apply: each line changes its dossier; two lines about one dossier follow each other") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/imports", national("H57-1", "A") + "\n" + national("H57-2", "B")).status == 200);
  const std::string body = R"({"dossier":"H57-1","set":{"SoDienThoai":"0914000001"}})"
                           "\n"
                           R"({"dossier":"H57-1","set":{"SoDienThoai":"0914000002"},"append":{"notes":"gọi lại"}})";
  CHECK(Desk::object(desk.ask("POST", "/v1/edits", body)).at("applied") == 2);
  const auto shown = desk.get("/v1/dossiers/H57-1");
  CHECK(shown.at("fields").at("SoDienThoai") == "0914000002");
  CHECK(shown.at("conflicts").as_array().empty());
}

TEST_CASE("apply: an unknown dossier is named by its line, and nothing of the request is saved") {
  City city;
  Desk desk(city, 1);
  REQUIRE(desk.ask("POST", "/v1/imports", national("H57-1", "A")).status == 200);
  const std::string body = R"({"dossier":"H57-1","set":{"ChuHoSo":"B"}})"
                           "\n"
                           R"({"dossier":"H57-9","set":{"ChuHoSo":"C"}})";
  const auto refused = desk.ask("POST", "/v1/edits", body, {}, {{"first_line", "10"}});
  CHECK(refused.status == 404);
  CHECK(Desk::trouble(refused).more.at("line") == 11);
  CHECK(desk.get("/v1/dossiers/H57-1").at("fields").at("ChuHoSo") == "A");
}
