#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/run/times.hpp"

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

/// Values of one kind stand together, because an entropy coder finds little in rows of mixed bytes (ADR 0001). A segment is written as
/// columns of numbers, columns of text, and one part of bytes that nothing can shorten.
namespace ward::run {

/// Numbers on the wire (WIRE.md, "Runs"); never reused. A built-in field's values stand in column `first_field` + its number
/// (record/names.hpp).
enum class Column : std::uint16_t {
  form = 0,
  type,
  epoch,
  writer,
  reader_min,  // rows
  seq,
  time,
  counter,
  dossier,
  key,
  length,
  shape,
  seen,
  origin,
  origin_seq,
  op_index,
  unit_epoch,
  position,  // bodies, grants, subsets
  user,
  reason,
  act,
  element,
  unit,
  shapes,
  verbatim,
  other_field,
  first_field = 32,
};

/// How a column of text is written.
enum class TextMode : std::uint8_t {
  inline_lengths = 0,  ///< length and bytes, one after the other
  one_length = 1,      ///< the length once
  indexed = 2,         ///< each different text once, then numbers
  times = 3,           ///< codes of TimeMemory
};

/// Collects one segment's columns.
class ColumnWriter {
 public:
  /// A row begins; `ms`: its clock, which times in its text are told from.
  void begin_row(std::uint64_t ms) { times_.begin(ms); }
  void number(Column column, std::uint64_t value) { numbers_[column].push_back(static_cast<std::int64_t>(value)); }
  void signed_number(Column column, std::int64_t value) { numbers_[column].push_back(value); }
  void text(Column column, std::string_view value);
  /// What does not compress: hashes, signatures, keys, sealed bytes.
  Writer& opaque() { return opaque_; }

  /// Numbers, texts, and what does not compress: three parts whose bytes look different.
  [[nodiscard]] std::array<Bytes, 3> finish() const;

  struct Texts {
    std::vector<std::string> values;
    std::vector<std::int64_t> times;  ///< codes of TimeMemory
    bool only_times = true;           ///< or empty
  };

 private:
  std::map<Column, std::vector<std::int64_t>> numbers_;
  std::map<Column, Texts> texts_;
  TimeMemory times_;
  Writer opaque_;
};

/// Reads what ColumnWriter wrote, from hostile bytes. The first failure sticks and every later value is zero or empty. A column that is
/// absent reads as zeros (of numbers only). Points into the bytes given to the constructor.
class ColumnReader {
 public:
  /// Takes one segment's columns off `from`.
  explicit ColumnReader(Reader& from);

  void begin_row(std::uint64_t ms) { times_.begin(ms); }
  std::uint64_t number(Column column) { return static_cast<std::uint64_t>(signed_number(column)); }
  std::int64_t signed_number(Column column);
  /// `too_large` past `max`.
  std::size_t count(Column column, std::size_t max);
  std::string text(Column column, std::size_t size_max);
  Reader& opaque() { return opaque_; }

  void reject(Fault fault = Fault::malformed) { opaque_.reject(fault); }
  [[nodiscard]] bool ok() const { return opaque_.ok(); }
  /// An error unless every value was read well and every column to its end.
  [[nodiscard]] Result<void> finish() const;

 private:
  struct Numbers {
    BytesView planes;
    std::size_t width = 0, size = 0, at = 0;
    std::int64_t base = 0;
    Reader varints{BytesView{}};
  };
  struct Texts {
    TextMode mode = TextMode::inline_lengths;
    Reader bytes{BytesView{}};
    std::size_t length = 0;                ///< one_length
    std::vector<std::string_view> values;  ///< indexed
    Numbers index;                         ///< indexed, times
  };
  static Numbers read_numbers(Reader& from);
  static Texts read_texts(Reader& from);
  std::int64_t take(Numbers& numbers);
  std::string take(Texts& texts);

  std::unordered_map<Column, Numbers> numbers_;
  std::unordered_map<Column, Texts> texts_;
  TimeMemory times_;
  Reader opaque_{BytesView{}};
};

}  // namespace ward::run
