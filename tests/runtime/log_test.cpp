#include "runtime/data_dir.hpp"
#include "runtime/log.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace ward;
using namespace ward::runtime;
using ward::test::Temporary;

namespace {

std::string text_of_file(const std::string& path) { return read_file(path, 64 * 1024).value(); }

}  // namespace

TEST_CASE("log: into a file, five of them at most, none larger than was said") {
  const Temporary here;
  REQUIRE(log_into(here.file("sub/ward.log"), 4096).has_value());
  for (std::uint64_t i = 0; i < 600; ++i) log_info(Happened::saved, {Field::count(i)});
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(here.file("sub"))) {
    ++files;
    CHECK(entry.file_size() <= 4096);
  }
  CHECK(files == 5);
  CHECK(text_of_file(here.file("sub/ward.log")).find("info saved count=\"599\"\n") != std::string::npos);
  CHECK(text_of_file(here.file("sub/ward.1.log")).find("saved count=") != std::string::npos);
}

TEST_CASE("log: a line stays a line, whatever an error says") {
  const Temporary here;
  REQUIRE(log_into(here.file("ward.log")).has_value());
  log_warning(Happened::link_ended, {Field::error(fail(Fault::io, "one\ntwo\"\x1b[31m\r"))});
  const auto text = text_of_file(here.file("ward.log"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(text.find("warning link_ended error=\"io: one?two??[31m?\"\n") != std::string::npos);
}

TEST_CASE("log: a place that cannot be written is said at once") {
  const Temporary here;
  CHECK(log_into(here.path()).has_error());
  CHECK(log_into("/proc/none/ward.log").error().fault == Fault::io);
}

TEST_CASE("log: what this program writes is told from what anybody else put into the file") {
  const Temporary here;
  REQUIRE(log_into(here.file("ward.log")).has_value());
  for (int what = 0; what <= static_cast<int>(happened_last); ++what) log_info(static_cast<Happened>(what));
  log_warning(Happened::link_ended,
              {Field::error(fail(Fault::io, "a \"quoted\" word")), Field::count(7), Field::port(1), Field::status(404),
               Field::milliseconds(-1), Field::unit("W-VYDA"), Field::device({}), Field::fault(Fault::gap)});
  std::istringstream written(text_of_file(here.file("ward.log")));
  std::size_t lines = 0;
  for (std::string line; std::getline(written, line); ++lines) {
    INFO(line);
    CHECK(is_log_line(line));
    CHECK_FALSE(is_log_line(line + " Nguyen Thi Lan"));
    CHECK_FALSE(is_log_line(" " + line));
    CHECK_FALSE(is_log_line(line + " name=\"Nguyen Thi Lan\""));
  }
  CHECK(lines == static_cast<std::size_t>(happened_last) + 2);
  for (const auto* foreign : {"", "x", "Nguyen Thi Lan", "2026-11-24T10:00:00.000+07:00 info Nguyen", "2026-11-24T10:00:00.000+07:00 info ",
                              "2026-11-24T10:00:00.000+07:00 debug saved", "2026-11-24 10:00:00 info saved"})
    CHECK_FALSE(is_log_line(foreign));
}
