#include "cli/config.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <random>

using namespace ward::cli;
using ward::test::Temporary;

namespace {

constexpr Setting settings[] = {
    {"data", Setting::Kind::directory, "where", "/var/lib/wardsync"},
    {"listen", Setting::Kind::address, "where wards call", "0.0.0.0:7400"},
    {"http", Setting::Kind::loopback, "the API", "127.0.0.1:7411"},
    {"log", Setting::Kind::file, "the log", "/var/log/wardsync.log"},
};

/// As this system has them.
const std::string whole_path = std::filesystem::current_path().generic_string() + "/ward";

Config parsed(std::string_view text) { return parse_config(text, settings); }

/// The one problem of a file.
ConfigProblem problem_of(std::string_view text) {
  const auto config = parsed(text);
  REQUIRE(config.problems.size() == 1);
  CHECK(config.values.empty());
  CHECK_FALSE(config.problems[0].remedy.empty());
  return config.problems[0];
}

void write(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("configuration: keys are texts, comments and empty lines are nothing") {
  const auto config = parsed("# where\ndata = \"" + whole_path + "\"\n\nhttp = '127.0.0.1:0'  # any port\nlog = \"\"\n");
  REQUIRE(config.problems.empty());
  CHECK(config.values == std::map<std::string, std::string, std::less<>>{{"data", whole_path}, {"http", "127.0.0.1:0"}, {"log", ""}});
  CHECK(parsed("").problems.empty());
  CHECK(parsed("# nothing but this").values.empty());
}

TEST_CASE("configuration: a byte order mark and CRLF are forgiven") {
  const auto config = parsed(
      "\xEF\xBB\xBF"
      "data = \"" +
      whole_path + "\"\r\nhttp = \"[::1]:7411\"\r\n");
  REQUIRE(config.problems.empty());
  CHECK(config.values.at("data") == whole_path);
  CHECK(config.values.at("http") == "[::1]:7411");
}

TEST_CASE("configuration: an unknown key is named with its line and the key that was meant") {
  auto problem = problem_of("data = \"" + whole_path + "\"\nhtpp = \"127.0.0.1:1\"\n");
  CHECK(problem.line == 2);
  CHECK(problem.key == "htpp");
  CHECK(problem.remedy.find("`http`") != std::string::npos);
  problem = problem_of("\n\n[server]\nport = 1\n");
  CHECK(problem.line == 3);
  CHECK(problem.key == "server");
  CHECK(problem.remedy.find("data, listen, http, log") != std::string::npos);
  CHECK(problem_of("server.data = \"/srv\"").key == "server");
  CHECK(problem_of("Data = \"/srv\"").remedy.find("`data`") != std::string::npos);
  CHECK(problem_of("\"\" = \"/srv\"").key.empty());
}

TEST_CASE("configuration: a count is a whole number in its bounds, in quotes or without") {
  constexpr Setting counted[] = {{"codes", Setting::Kind::count, "how many", "500", 1000}};
  for (const auto* text : {"codes = 1", "codes = \"1000\"", "codes = 0x10"}) CHECK(parse_config(text, counted).problems.empty());
  CHECK(parse_config("codes = 500", counted).values.at("codes") == "500");
  for (const auto* text : {"codes = 0", "codes = 1001", "codes = -1", "codes = \"\"", "codes = \"many\"", "codes = \"5 \"",
                           "codes = \"1e2\"", "codes = 9223372036854775807", "codes = \"99999999999999999999\""}) {
    const auto config = parse_config(text, counted);
    REQUIRE(config.problems.size() == 1);
    CHECK(config.problems[0].what == "`codes` must be a whole number, 1 to 1000");
  }
  for (const auto* text : {"codes = 1.5", "codes = true", "codes = [1]"}) CHECK(parse_config(text, counted).problems.size() == 1);
}

TEST_CASE("configuration: every problem of a file is told, in the order of its lines") {
  const auto config = parsed("listen = 7400\nzzz = 1\ndata = \"srv\"\nhttp = \"0.0.0.0:1\"\n");
  REQUIRE(config.problems.size() == 4);
  CHECK(config.problems[0].what == "`listen` is a number, and must be a text in quotes");
  CHECK(config.problems[0].remedy == "For example: listen = \"0.0.0.0:7400\"");
  CHECK(config.problems[1].key == "zzz");
  CHECK(config.problems[2].line == 3);
  CHECK(config.problems[3].what.find("this machine alone") != std::string::npos);
  CHECK(config.values.empty());
}

TEST_CASE("configuration: values of the wrong type, form or range are refused") {
  for (const auto* text : {"data = 1", "data = 1.5", "data = true", "data = []", "data = {}", "data = 2026-01-01", "data = [\"/srv\"]",
                           "data = \"\"", "data = \"srv\"", "data = \"/a\\u0000b\"", "data = \"/a\\nb\"", "listen = \"0.0.0.0\"",
                           "listen = \"0.0.0.0:65536\"", "listen = \"0.0.0.0:-1\"", "listen = \"centre.example:7400\"", "listen = \"\"",
                           "http = \"10.0.0.1:7411\"", "http = \"127.0.0.1:\"", "log = \"wardsync.log\""}) {
    INFO(text);
    CHECK(problem_of(text).line == 1);
  }
}

TEST_CASE("configuration: what is no TOML is refused with its line") {
  for (const auto* text : {"data = \"/srv\"\ndata = \"/srv\"\n", "\n= 1", "data = \"/srv\"\nhttp = \"x", "\ndata /srv", "\n[data",
                           "\n\xff\xfe", "\ndata = \"\xc3\x28\""}) {
    INFO(text);
    CHECK(problem_of(text).line == 2);
  }
  CHECK(problem_of(std::string_view("data\0 = \"/srv\"", 15)).line == 1);
  CHECK(problem_of(std::string(10'000, '[')).line == 1);
}

TEST_CASE("configuration: a file is absent only when nobody named it") {
  const Temporary here;
  CHECK(read_config(here.file("none.toml"), false, settings).problems.empty());
  CHECK(read_config(here.file("none.toml"), true, settings).problems.size() == 1);
  CHECK(read_config(here.path(), false, settings).problems.size() == 1);
  write(here.file("large.toml"), "#" + std::string(config_bytes_max, 'x'));
  CHECK(read_config(here.file("large.toml"), false, settings).problems.at(0).what == "it has more than 64 KiB");
  write(here.file("good.toml"), "data = \"" + whole_path + "\"");
  CHECK(read_config(here.file("good.toml"), true, settings).values.at("data") == whole_path);
}

TEST_CASE("configuration: a problem is one sentence with its file and line") {
  CHECK(sentence("/etc/a.toml", {3, "x", "`x` is no key of this file", "r"}) == "/etc/a.toml, line 3: `x` is no key of this file.");
  CHECK(sentence("/etc/a.toml", {0, "", "there is no such file", "r"}) == "/etc/a.toml: there is no such file.");
}

TEST_CASE("configuration: letters beyond ASCII outside of quotes are refused with their line") {
  for (const auto* text :
       {"\xc4\x91 = 1\n", "data\xc4\x91 = '/srv'\n", "data = '/srv' \xe3\x80\x81\n", "data = \xef\xbb\xbe\n", "[\xc3\xa9]\n"}) {
    CAPTURE(text);
    const auto config = parsed(text);
    REQUIRE(config.problems.size() == 1);
    CHECK(config.problems.front().line == 1);
  }
  CHECK(parsed("# \xc4\x91\ndata = '/\xc4\x91'\n").values.at("data") == "/\xc4\x91");
}

TEST_CASE("configuration: whatever bytes a file has, they are understood or refused") {
  const std::string good =
      "# data\ndata = \"/srv\"\nhttp = '127.0.0.1:1'\n[a.b]\nc = [1, 2.5e3, true]\nd = 2026-01-01T00:00:00Z\ne.'f' = \"\"\"x\"\"\"\n";
  const std::string letters = "[]{}=.,'\"#\\\n\r \tau0_-+:\xc3\xbf";
  std::minstd_rand random(7);
  for (int i = 0; i < 20'000; ++i) {
    auto text = good;
    for (int changes = 0; changes < 3; ++changes) {
      const auto at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, random() % 4 + 1);
      else
        text.insert(at, 1, letters[random() % letters.size()]);
    }
    const auto config = parsed(text);
    CHECK(config.problems.empty() != config.values.empty());
  }
}
