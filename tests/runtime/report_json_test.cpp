#include "runtime/report_json.hpp"

#include <catch2/catch.hpp>

using namespace ward;

TEST_CASE("report table: no cell is a formula to a spreadsheet, and separators stay inside their cells") {
  const auto row = [](const char* name) { return boost::json::object{{"unit", name}, {"accepted", -1}, {"permille", nullptr}}; };
  const boost::json::value report =
      boost::json::object{{"units", boost::json::array{row("=HYPERLINK(\"http://x\")"), row("+1"), row("-1"), row("@x"), row("\tx"),
                                                       row("\rx"), row("a,b"), row("a\"b"), row("a\r\nb")}},
                          {"total", row("")}};
  CHECK(runtime::report_csv(report) ==
        "unit,accepted,permille\r\n\"'=HYPERLINK(\"\"http://"
        "x\"\")\",-1,\r\n'+1,-1,\r\n'-1,-1,\r\n'@x,-1,\r\n'\tx,-1,\r\n\"'\rx\",-1,\r\n\"a,b\",-1,"
        "\r\n\"a\"\"b\",-1,\r\n\"a\r\nb\",-1,\r\n,-1,\r\n");
}
