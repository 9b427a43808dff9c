#include "runtime/command_line.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace ward::runtime;

TEST_CASE("command line: what somebody entered moves no cursor, forges no line and turns no text around") {
  const auto entered = boost::json::parse(
      R"({"name": "An\u001b[2J\u0007\u007f\u009b31m\r", "lines": "A\nH57  id:00  applied\tB", "turned": "\u202eNAI\u2066x",
                                             "plain": "Nguyễn Thị Ánh – 100 €", "empty": ""})");
  const std::string instead = "\xEF\xBF\xBD";
  CHECK(shown(entered, "name") == "An" + instead + "[2J" + instead + instead + instead + "31m" + instead);
  CHECK(shown(entered, "lines") == "A H57  id:00  applied B");
  CHECK(shown(entered, "turned") == instead + "NAI" + instead + "x");
  CHECK(shown(entered, "plain") == "Nguyễn Thị Ánh – 100 €");
  CHECK(shown(entered, "empty") == "-");
  CHECK(harmless("what happened\nwhat to do\t\xc2") == "what happened\nwhat to do\t\xc2");
  const std::string table = align({{shown(entered, "lines"), "1"}, {"x", "2"}});
  CHECK(std::count(table.begin(), table.end(), '\n') == 2);
}
