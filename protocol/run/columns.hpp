#pragma once

#include "protocol/base/codec.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

/// Values of one kind stand together, because an entropy coder finds little in rows of mixed bytes (ADR 0001). A segment is written as columns of
/// numbers, columns of text, and one part of bytes that nothing can shorten.
namespace ward::run {

/// Numbers on the wire (WIRE.md, "Runs"); never reused. A built-in field's values stand in column `first_field` + its number (record/names.hpp).
enum class Column : std::uint16_t {
  form = 0, type, epoch, writer, reader_min,  // rows
  seq, time, counter, dossier, key, length,
  shape, seen, origin, origin_seq, op_index, unit_epoch, position,  // bodies, grants, subsets
  user, reason, act, element, unit, shapes, verbatim, other_field,
  first_field = 32,
};

/// Collects one segment's columns.
class ColumnWriter {
 public:
  void number(Column column, std::uint64_t value) { numbers_[column].push_back(value); }
  void signed_number(Column column, std::int64_t value) {
    number(column, (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(Column column, std::string_view value) { texts_[column].emplace_back(value); }
  /// What does not compress: hashes, signatures, keys, sealed bytes.
  Writer& opaque() { return opaque_; }

  [[nodiscard]] Bytes finish() const;

 private:
  std::map<Column, std::vector<std::uint64_t>> numbers_;
  std::map<Column, std::vector<std::string>> texts_;
  Writer opaque_;
};

/// Reads what ColumnWriter wrote, from hostile bytes. The first failure sticks and every later value is zero or empty. A column that is absent
/// reads as zeros (of numbers only). Views point into the bytes given to the constructor.
class ColumnReader {
 public:
  /// Takes one segment's columns off `from`.
  explicit ColumnReader(Reader& from);

  std::uint64_t number(Column column);
  std::int64_t signed_number(Column column) {
    const auto v = number(column);
    return static_cast<std::int64_t>(v >> 1U) ^ -static_cast<std::int64_t>(v & 1U);
  }
  /// `too_large` past `max`.
  std::size_t count(Column column, std::size_t max);
  std::string_view text(Column column, std::size_t size_max);
  Reader& opaque() { return opaque_; }

  void reject(Fault fault = Fault::malformed) { opaque_.reject(fault); }
  [[nodiscard]] bool ok() const { return opaque_.ok(); }
  /// An error unless every value was read well and every column to its end.
  [[nodiscard]] Result<void> finish() const;

 private:
  struct Numbers {
    BytesView planes;
    std::size_t width = 0, size = 0, at = 0;
    Reader varints{BytesView{}};
  };
  struct Texts {
    enum class Mode : std::uint8_t { inline_lengths = 0, one_length = 1, indexed = 2 } mode = Mode::inline_lengths;
    Reader bytes{BytesView{}};
    std::size_t length = 0;                ///< one_length
    std::vector<std::string_view> values;  ///< indexed
    Numbers index;                         ///< indexed
  };
  static Numbers read_numbers(Reader& from);
  static Texts read_texts(Reader& from);
  std::uint64_t take(Numbers& numbers);

  std::unordered_map<Column, Numbers> numbers_;
  std::unordered_map<Column, Texts> texts_;
  Reader opaque_{BytesView{}};
};

}  // namespace ward::run
