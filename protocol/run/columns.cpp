#include "protocol/run/columns.hpp"

#include "protocol/base/limits.hpp"

#include <algorithm>

namespace ward::run {
namespace {

constexpr std::size_t columns_max = 512;
constexpr std::size_t width_max = 8;
constexpr std::size_t width_varints = 9;

std::size_t width_of(const std::vector<std::uint64_t>& values) {
  std::uint64_t all = 0;
  for (const auto value : values) all |= value;
  std::size_t width = 0;
  for (; all != 0; all >>= 8U) ++width;
  return width;
}

/// Byte planes, lowest first: the bytes of one weight have one distribution. Varints where a few large values would make the planes mostly zeros,
/// so that a column is never more than twice what its values need.
void put_numbers(Writer& to, const std::vector<std::uint64_t>& values) {
  const auto width = width_of(values);
  Writer varints;
  for (const auto value : values) varints.varint(value);
  const bool planes = width * values.size() <= 2 * varints.size();
  to.u8(static_cast<std::uint8_t>(planes ? width : width_varints));
  if (width == 0) return;
  if (!planes) return to.bytes(varints.peek());
  to.varint(values.size());
  for (std::size_t plane = 0; plane < width; ++plane)
    for (const auto value : values) to.u8(static_cast<std::uint8_t>(value >> (8 * plane)));
}

bool one_length(const std::vector<std::string>& values) {
  return std::all_of(values.begin(), values.end(), [&](const std::string& value) { return value.size() == values.front().size(); });
}

struct Indexed {
  std::vector<std::string_view> values;
  std::vector<std::uint64_t> index;
};
Indexed index_of(const std::vector<std::string>& texts) {
  Indexed out;
  std::unordered_map<std::string_view, std::uint64_t> known;
  for (const auto& text : texts) {
    const auto [at, fresh] = known.emplace(text, out.values.size());
    if (fresh) out.values.push_back(text);
    out.index.push_back(at->second);
  }
  return out;
}

void put_texts(Writer& to, const std::vector<std::string>& texts) {
  const auto indexed = index_of(texts);
  if (indexed.values.size() * 2 <= texts.size()) {
    to.u8(2);
    to.varint(indexed.values.size());
    for (const auto value : indexed.values) to.text(value);
    return put_numbers(to, indexed.index);
  }
  Writer all;
  const bool fixed = one_length(texts);
  for (const auto& text : texts) fixed ? all.raw(view(text)) : all.text(text);
  to.u8(fixed ? 1 : 0);
  if (fixed) to.varint(texts.front().size());
  to.bytes(all.peek());
}

template <class Values>
void put_directory(Writer& to, const std::map<Column, Values>& columns, void (*put)(Writer&, const Values&)) {
  to.varint(columns.size());
  for (const auto& [column, values] : columns) {
    to.varint(static_cast<std::uint64_t>(column));
    put(to, values);
  }
}

}  // namespace

Bytes ColumnWriter::finish() const {
  auto numbers = numbers_;
  std::erase_if(numbers, [](const auto& column) { return width_of(column.second) == 0; });
  Writer out;
  put_directory(out, numbers, put_numbers);
  put_directory(out, texts_, put_texts);
  out.bytes(opaque_.peek());
  return std::move(out).take();
}

ColumnReader::Numbers ColumnReader::read_numbers(Reader& from) {
  Numbers out;
  out.width = from.u8();
  if (out.width == width_varints) {
    out.varints = Reader(from.bytes(limits::run_bytes_max));
    return out;
  }
  if (out.width > width_max) from.reject();
  if (out.width == 0 || !from.ok()) return out;
  out.size = from.count(limits::run_bytes_max / out.width);
  out.planes = from.raw(out.size * out.width);
  return out;
}

ColumnReader::Texts ColumnReader::read_texts(Reader& from) {
  Texts out;
  switch (from.u8()) {
    case 0: out.bytes = Reader(from.bytes(limits::run_bytes_max)); return out;
    case 1:
      out.mode = Texts::Mode::one_length;
      out.length = from.count(limits::run_bytes_max);
      out.bytes = Reader(from.bytes(limits::run_bytes_max));
      return out;
    case 2: break;
    default: from.reject(); return out;
  }
  out.mode = Texts::Mode::indexed;
  const auto size = from.count(limits::run_bytes_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) out.values.push_back(text_of(from.bytes(limits::run_bytes_max)));
  out.index = read_numbers(from);
  return out;
}

ColumnReader::ColumnReader(Reader& from) {
  const auto numbers = from.count(columns_max);
  for (std::size_t i = 0; i < numbers && from.ok(); ++i) {
    const auto column = static_cast<Column>(from.count(columns_max));
    if (!numbers_.emplace(column, read_numbers(from)).second) from.reject();
  }
  const auto texts = from.count(columns_max);
  for (std::size_t i = 0; i < texts && from.ok(); ++i) {
    const auto column = static_cast<Column>(from.count(columns_max));
    if (!texts_.emplace(column, read_texts(from)).second) from.reject();
  }
  opaque_ = Reader(from.bytes(limits::run_bytes_max));
  if (!from.ok()) opaque_.reject();
}

std::uint64_t ColumnReader::take(Numbers& numbers) {
  if (numbers.width == 0) return 0;
  if (numbers.width == width_varints) {
    const auto value = numbers.varints.varint();
    if (!numbers.varints.ok()) reject();
    return value;
  }
  if (!ok() || numbers.at == numbers.size) {
    reject();
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t plane = 0; plane < numbers.width; ++plane)
    value |= std::uint64_t{numbers.planes[plane * numbers.size + numbers.at]} << (8 * plane);
  ++numbers.at;
  return value;
}

std::uint64_t ColumnReader::number(Column column) {
  const auto found = numbers_.find(column);
  return found == numbers_.end() ? 0 : take(found->second);
}

std::size_t ColumnReader::count(Column column, std::size_t max) {
  const auto value = number(column);
  if (value > max) {
    reject(Fault::too_large);
    return 0;
  }
  return static_cast<std::size_t>(value);
}

std::string_view ColumnReader::text(Column column, std::size_t size_max) {
  const auto found = texts_.find(column);
  if (found == texts_.end() || !ok()) {
    reject();
    return {};
  }
  auto& texts = found->second;
  std::string_view out;
  if (texts.mode == Texts::Mode::indexed) {
    const auto at = take(texts.index);
    if (at >= texts.values.size()) reject();
    if (ok()) out = texts.values[at];
  } else {
    out = text_of(texts.mode == Texts::Mode::one_length ? texts.bytes.raw(texts.length) : texts.bytes.bytes(limits::run_bytes_max));
    if (!texts.bytes.ok()) reject();
  }
  if (out.size() <= size_max) return out;
  reject(Fault::too_large);
  return {};
}

Result<void> ColumnReader::finish() const {
  WARD_CHECK(opaque_.finish("run segment"));
  const auto read = [](const Numbers& numbers) { return numbers.at == numbers.size && numbers.varints.remaining() == 0; };
  for (const auto& [column, numbers] : numbers_)
    if (!read(numbers)) return fail(Fault::malformed, "decode run segment: numbers trail");
  for (const auto& [column, texts] : texts_)
    if (texts.bytes.remaining() != 0 || !read(texts.index)) return fail(Fault::malformed, "decode run segment: texts trail");
  return {};
}

}  // namespace ward::run
