#include "protocol/run/columns.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

/// Columns and the times in them.
namespace ward::run {
namespace {

Bytes joined(const ColumnWriter& writer) {
  Bytes out;
  for (const auto& part : writer.finish()) append(out, part);
  return out;
}

std::vector<std::string> texts_again(const std::vector<std::string>& texts, std::uint64_t ms) {
  ColumnWriter writer;
  for (const auto& text : texts) {
    writer.begin_row(ms);
    writer.text(Column::user, text);
  }
  const auto bytes = joined(writer);
  Reader from(bytes);
  ColumnReader reader(from);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    reader.begin_row(ms);
    out.push_back(reader.text(Column::user, 1000));
  }
  CHECK(reader.finish().has_value());
  CHECK(from.finish("columns").has_value());
  return out;
}

}  // namespace

TEST_CASE("columns: any numbers read back") {
  CHECK(rc::check([](const std::vector<std::int64_t>& values, bool large) {
    ColumnWriter writer;
    for (const auto value : values) writer.signed_number(Column::time, large ? value : value % 300);
    const auto bytes = joined(writer);
    Reader from(bytes);
    ColumnReader reader(from);
    for (const auto value : values) RC_ASSERT(reader.signed_number(Column::time) == (large ? value : value % 300));
    RC_ASSERT(reader.finish().has_value());
  }));
}

TEST_CASE("columns: a few large numbers among small ones do not make the column long") {
  ColumnWriter writer;
  for (int i = 0; i < 1000; ++i) writer.number(Column::seq, i == 500 ? std::uint64_t{1} << 60U : 1);
  CHECK(joined(writer).size() < 1'100);
}

TEST_CASE("columns: numbers that are all zero take no room, and the same number takes it once") {
  ColumnWriter writer;
  for (int i = 0; i < 1000; ++i) writer.number(Column::key, 0);
  CHECK(joined(writer).size() == 3);
  for (int i = 0; i < 1000; ++i) writer.number(Column::length, 4);
  CHECK(joined(writer).size() == 6);
}

TEST_CASE("columns: texts read back in every mode") {
  const std::vector<std::vector<std::string>> columns{
      {"a", "bb", "", "cccc"},
      {"0901", "0902", "0903"},
      {"", "", ""},
      {"x", "y", "x", "x", "y", "x"},
      {"20210601073232", "", "20210601073232", "20210611170000"},
      {"20210601073232", "20210601073232x"},
      {std::string(1, '\0'), "\n", "\xff\xfe"},
      {"99991231235959", "10000101000000", "00010101000000", "20210229000000", "20210601240000"},
  };
  for (const auto& texts : columns) CHECK(texts_again(texts, 1'622'507'552'123) == texts);
}

TEST_CASE("columns: any texts read back") {
  CHECK(rc::check([](const std::vector<std::string>& texts, std::uint64_t ms) { RC_ASSERT(texts_again(texts, ms >> 16U) == texts); }));
}

TEST_CASE("columns: times of one change cost little") {
  ColumnWriter writer;
  for (int i = 0; i < 100; ++i) {
    writer.begin_row(1'622'507'552'123);
    writer.text(Column::user, "20210601073232");
    writer.text(Column::reason, "20210611170000");
  }
  CHECK(joined(writer).size() < 30);
}

TEST_CASE("columns: one value too many, a missing column, a leftover or a repeated column is refused") {
  ColumnWriter writer;
  writer.number(Column::seq, 7);
  writer.number(Column::seq, 8);
  writer.text(Column::user, "lan");
  const auto bytes = joined(writer);
  const auto fresh = [&] {
    Reader from(bytes);
    return ColumnReader(from);
  };
  auto reader = fresh();
  CHECK(reader.finish().has_error());
  CHECK(reader.number(Column::seq) == 7);
  CHECK(reader.number(Column::seq) == 8);
  CHECK(reader.text(Column::user, 3) == "lan");
  CHECK(reader.finish().has_value());
  CHECK(reader.text(Column::user, 3).empty());
  CHECK_FALSE(reader.ok());

  auto longer = fresh();
  CHECK(longer.text(Column::user, 2).empty());
  CHECK(longer.finish().error().fault == Fault::too_large);
  auto missing = fresh();
  CHECK(missing.text(Column::reason, 100).empty());
  CHECK_FALSE(missing.ok());

  // Two columns of one name: number, text, opaque directories by hand.
  const Bytes repeated{2, 5, 0, 14, 5, 0, 14, 0, 0};
  Reader from(repeated);
  CHECK_FALSE(ColumnReader(from).ok());
}

TEST_CASE("columns: a code of a time that no writer gives is refused") {
  for (const std::uint64_t code : {std::uint64_t{2}, std::uint64_t{15}, std::uint64_t{1} << 60U}) {
    TimeMemory memory;
    memory.begin(1'622'507'552'123);
    CHECK_FALSE(memory.time_of(code));
  }
}

}  // namespace ward::run
