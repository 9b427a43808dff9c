#include "protocol/run/columns.hpp"

#include "protocol/run/stream.hpp"

#include <algorithm>

namespace ward::run {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::size_t columns_max = 512;
constexpr std::size_t width_max = 8;
constexpr std::size_t width_varints = 9;

std::size_t width_of(const Integers& values, std::int64_t base) {
  std::uint64_t all = 0;
  for (const auto value : values) all |= static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(base);
  std::size_t width = 0;
  for (; all != 0; all >>= 8U) ++width;
  return width;
}

/// Byte planes above the least value, lowest first: the bytes of one weight have one distribution. Varints where a few large values would
/// make the planes mostly zeros, so that a column is never more than twice what its values need.
void put_numbers(Writer& to, const Integers& values) {
  const auto base = *std::min_element(values.begin(), values.end());
  const auto width = width_of(values, base);
  Writer varints;
  for (const auto value : values) varints.zigzag(value);
  const bool planes = width * values.size() <= 2 * varints.size();
  to.u8(static_cast<std::uint8_t>(planes ? width : width_varints));
  if (!planes) return to.bytes(varints.peek());
  to.zigzag(base);
  if (width == 0) return;
  to.varint(values.size());
  for (std::size_t plane = 0; plane < width; ++plane)
    for (const auto value : values)
      to.u8(static_cast<std::uint8_t>((static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(base)) >> (8 * plane)));
}

bool one_length(const std::vector<std::string>& values) {
  return std::all_of(values.begin(), values.end(), [&](const std::string& value) { return value.size() == values.front().size(); });
}

struct Indexed {
  std::vector<std::string_view> values;
  Integers index;
};
Indexed index_of(const std::vector<std::string>& texts) {
  Indexed out;
  std::unordered_map<std::string_view, std::int64_t> known;
  for (const auto& text : texts) {
    const auto [at, fresh] = known.emplace(text, static_cast<std::int64_t>(out.values.size()));
    if (fresh) out.values.push_back(text);
    out.index.push_back(at->second);
  }
  return out;
}

void put_mode(Writer& to, TextMode mode) { to.u8(static_cast<std::uint8_t>(mode)); }

void put_texts(Writer& to, const ColumnWriter::Texts& texts) {
  const auto& values = texts.values;
  const auto indexed = index_of(values);
  if (texts.only_times && !(indexed.values.size() == 1 && values.front().empty())) {
    put_mode(to, TextMode::times);
    return put_numbers(to, texts.times);
  }
  if (indexed.values.size() * 2 <= values.size()) {
    put_mode(to, TextMode::indexed);
    to.varint(indexed.values.size());
    for (const auto value : indexed.values) to.text(value);
    return put_numbers(to, indexed.index);
  }
  Writer all;
  const bool fixed = one_length(values);
  for (const auto& value : values) fixed ? all.raw(view(value)) : all.text(value);
  put_mode(to, fixed ? TextMode::one_length : TextMode::inline_lengths);
  if (fixed) to.varint(values.front().size());
  to.bytes(all.peek());
}

template <class Values>
Bytes directory(const std::map<Column, Values>& columns, void (*put)(Writer&, const Values&)) {
  Writer out;
  out.varint(columns.size());
  for (const auto& [column, values] : columns) {
    out.varint(static_cast<std::uint64_t>(column));
    put(out, values);
  }
  return std::move(out).take();
}

}  // namespace

void ColumnWriter::text(Column column, std::string_view value) {
  auto& texts = texts_[column];
  texts.values.emplace_back(value);
  const auto time = parse_time(value);
  texts.times.push_back(time ? static_cast<std::int64_t>(times_.code_of(*time)) : 0);
  texts.only_times = texts.only_times && (time || value.empty());
  if (time) times_.note(*time);
}

std::array<Bytes, 3> ColumnWriter::finish() const {
  auto numbers = numbers_;
  std::erase_if(numbers, [](const auto& column) { return width_of(column.second, 0) == 0; });
  Writer rest;
  rest.bytes(opaque_.peek());
  return {directory(numbers, put_numbers), directory(texts_, put_texts), std::move(rest).take()};
}

ColumnReader::Numbers ColumnReader::read_numbers(Reader& from) {
  Numbers out;
  out.width = from.u8();
  if (out.width == width_varints) {
    out.varints = Reader(from.bytes(unpacked_bytes_max));
    return out;
  }
  if (out.width > width_max) from.reject();
  out.base = from.zigzag();
  if (out.width == 0 || !from.ok()) return out;
  out.size = from.count(unpacked_bytes_max / out.width);
  out.planes = from.raw(out.size * out.width);
  return out;
}

ColumnReader::Texts ColumnReader::read_texts(Reader& from) {
  Texts out;
  const auto mode = from.u8();
  if (mode > static_cast<std::uint8_t>(TextMode::times)) from.reject();
  out.mode = static_cast<TextMode>(mode);
  if (out.mode == TextMode::one_length) out.length = from.count(unpacked_bytes_max);
  if (out.mode == TextMode::one_length || out.mode == TextMode::inline_lengths) out.bytes = Reader(from.bytes(unpacked_bytes_max));
  if (out.mode == TextMode::indexed) {
    const auto size = from.count(unpacked_bytes_max);
    for (std::size_t i = 0; i < size && from.ok(); ++i) out.values.push_back(text_of(from.bytes(unpacked_bytes_max)));
  }
  if (out.mode == TextMode::indexed || out.mode == TextMode::times) out.index = read_numbers(from);
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
  opaque_ = Reader(from.bytes(unpacked_bytes_max));
  if (!from.ok()) opaque_.reject();
}

std::int64_t ColumnReader::take(Numbers& numbers) {
  if (numbers.width == 0) return numbers.base;
  if (numbers.width == width_varints) {
    const auto value = numbers.varints.zigzag();
    if (!numbers.varints.ok()) reject();
    return value;
  }
  if (!ok() || numbers.at == numbers.size) {
    reject();
    return 0;
  }
  auto value = static_cast<std::uint64_t>(numbers.base);
  for (std::size_t plane = 0; plane < numbers.width; ++plane)
    value += std::uint64_t{numbers.planes[plane * numbers.size + numbers.at]} << (8 * plane);
  ++numbers.at;
  return static_cast<std::int64_t>(value);
}

std::string ColumnReader::take(Texts& texts) {
  if (texts.mode == TextMode::indexed) {
    const auto at = static_cast<std::uint64_t>(take(texts.index));
    if (at < texts.values.size()) return std::string(texts.values[at]);
    reject();
    return {};
  }
  if (texts.mode == TextMode::times) {
    const auto code = static_cast<std::uint64_t>(take(texts.index));
    if (code == 0) return {};
    const auto time = times_.time_of(code);
    if (time) return format_time(*time);
    reject();
    return {};
  }
  const auto out = texts.mode == TextMode::one_length ? texts.bytes.raw(texts.length) : texts.bytes.bytes(unpacked_bytes_max);
  if (!texts.bytes.ok()) reject();
  return std::string(text_of(out));
}

std::int64_t ColumnReader::signed_number(Column column) {
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

std::string ColumnReader::text(Column column, std::size_t size_max) {
  const auto found = texts_.find(column);
  if (found == texts_.end() || !ok()) {
    reject();
    return {};
  }
  auto out = take(found->second);
  if (out.size() > size_max) {
    reject(Fault::too_large);
    return {};
  }
  if (const auto time = parse_time(out)) times_.note(*time);
  return out;
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
