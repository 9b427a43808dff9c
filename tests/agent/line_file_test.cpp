#include "agent/line_file.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using agent::LineFile;

namespace {

std::string write(const TempDir& dir, const std::string& text) {
  const auto path = dir.file("lines");
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

}  // namespace

TEST_CASE("lines: batches follow each other with the file's line numbers") {
  const TempDir dir;
  auto file = must(LineFile::open(write(dir, "1\n2\n\n4\n5")));
  const auto first = must(file.next(3, 1000));
  CHECK(first.text == "1\n2\n\n");
  CHECK(first.first_line == 1);
  const auto second = must(file.next(3, 1000));
  CHECK(second.text == "4\n5\n");
  CHECK(second.first_line == 4);
  CHECK(second.lines == 2);
  CHECK(must(file.next(3, 1000)).lines == 0);
}

TEST_CASE("lines: a batch ends when it is large enough") {
  const TempDir dir;
  auto file = must(LineFile::open(write(dir, "aaaa\nbbbb\ncccc\n")));
  CHECK(must(file.next(100, 6)).lines == 2);
}

TEST_CASE("lines: a byte order mark is passed over, an empty file has none") {
  const TempDir dir;
  auto marked = must(LineFile::open(write(dir, "\xef\xbb\xbf{}\n\xef\xbb\xbfx\n")));
  CHECK(must(marked.next(9, 1000)).text == "{}\n\xef\xbb\xbfx\n");
  auto empty = must(LineFile::open(write(dir, "")));
  CHECK(must(empty.next(9, 1000)).lines == 0);
}

TEST_CASE("lines: one can go on from a line, but not past the end") {
  const TempDir dir;
  auto file = must(LineFile::open(write(dir, "1\n2\n3\n")));
  must(file.skip_to(3));
  const auto rest = must(file.next(9, 1000));
  CHECK(rest.first_line == 3);
  CHECK(rest.text == "3\n");
  auto other = must(LineFile::open(write(dir, "1\n2\n3\n")));
  CHECK(other.skip_to(9).error().fault == Fault::invalid);
}

TEST_CASE("lines: a line without an end is refused, not read into memory") {
  const TempDir dir;
  auto file = must(LineFile::open(write(dir, "{}\n" + std::string(2'000'000, 'x'))));
  CHECK(must(file.next(9, 10'000'000)).lines == 1);  // what stands before it is not lost
  const auto refused = file.next(9, 10'000'000);
  CHECK(refused.error().fault == Fault::too_large);
  CHECK(refused.error().detail.find("line 2") != std::string::npos);
}

TEST_CASE("lines: a missing file is named") {
  const auto missing = LineFile::open("/no/such/file.jsonl");
  CHECK(missing.error().fault == Fault::not_found);
  CHECK(missing.error().detail.find("file.jsonl") != std::string::npos);
}

TEST_CASE("lines: the head of a batch ends before a line") {
  const agent::Batch batch{10, "a\nb\nc\n", 3};
  CHECK(head_of(batch, 2).text == "a\nb\n");
  CHECK(head_of(batch, 2).first_line == 10);
  CHECK(head_of(batch, 0).text.empty());
}
