#include "protocol/text/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace ward::text {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const noexcept { std::free(bytes); }
};

/// Empty optional on bytes that are not UTF-8.
std::unique_ptr<utf8proc_uint8_t, Free> map(std::string_view text, int options, std::size_t& size) {
  utf8proc_uint8_t* out = nullptr;
  const auto result = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &out,
                                   static_cast<utf8proc_option_t>(options));
  size = result < 0 ? 0 : static_cast<std::size_t>(result);
  return std::unique_ptr<utf8proc_uint8_t, Free>(result < 0 ? nullptr : out);
}

/// Calls `each` for every code point; false on bytes that are not UTF-8.
template <class Each>
bool for_each_point(std::string_view text, Each&& each) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto rest = static_cast<utf8proc_ssize_t>(text.size());
  while (rest > 0) {
    utf8proc_int32_t point = 0;
    const auto size = utf8proc_iterate(bytes, rest, &point);
    if (size <= 0) return false;
    each(point);
    bytes += size;
    rest -= size;
  }
  return true;
}

/// C0, DEL and C1: all that Unicode calls control characters.
bool is_forbidden(utf8proc_int32_t point) { return point < 0x20 ? point != '\t' && point != '\n' : point >= 0x7F && point <= 0x9F; }

void put(std::string& to, utf8proc_int32_t point) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(point, bytes);
  to.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

constexpr utf8proc_int32_t small_d_stroke = 0x111;

/// Empty on bytes that are not UTF-8.
std::string without_marks_and_case(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    std::string out(text);
    for (auto& letter : out)
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return out;
  }
  std::size_t size = 0;
  const auto mapped = map(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD, size);
  return mapped == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(mapped.get()), size);
}

/// Starters that nothing composes or decomposes in NFC: Latin up to the combining marks, and the Vietnamese letters above. What holds
/// nothing else is normal, which spares nearly every text that people write here the tables.
bool is_surely_normal(utf8proc_int32_t point) { return point < 0x300 || (point >= 0x1EA0 && point <= 0x1EF9); }

}  // namespace

bool is_plain(std::string_view text) {
  bool forbidden = false;
  return for_each_point(text, [&](utf8proc_int32_t point) { forbidden = forbidden || is_forbidden(point); }) && !forbidden;
}

bool is_nfc(std::string_view text) {
  const auto normal = to_nfc(text);
  return normal.has_value() && *normal == text;
}

Result<std::string> to_nfc(std::string_view text) {
  bool forbidden = false;
  bool normal_already = true;
  const auto look = [&](utf8proc_int32_t point) {
    forbidden = forbidden || is_forbidden(point);
    normal_already = normal_already && is_surely_normal(point);
  };
  if (!for_each_point(text, look)) return fail(Fault::invalid, "text is not UTF-8");
  if (forbidden) return fail(Fault::invalid, "text holds a control character");
  if (normal_already) return std::string(text);
  std::size_t size = 0;
  const auto normal = map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE, size);
  if (normal == nullptr) return fail(Fault::invalid, "text cannot be normalised");
  return std::string(reinterpret_cast<const char*>(normal.get()), size);
}

Result<std::string> to_line(std::string_view what, std::string_view text, std::size_t bytes_max) {
  auto out = to_nfc(text);
  if (out.has_value() && !out->empty() && out->size() <= bytes_max && out->find_first_of("\t\n") == std::string::npos) return out;
  return fail(Fault::invalid, std::string(what) + " must be text on one line, in UTF-8, of 1 to " + std::to_string(bytes_max) + " bytes");
}

bool mend_eth(std::string& text) {
  bool found = false;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const std::string_view pair(text.data() + at, 2);
    if (pair != "\xc3\x90" && pair != "\xc3\xb0") continue;
    text.replace(at, 2, pair == "\xc3\x90" ? "\xc4\x90" : "\xc4\x91");
    found = true;
  }
  return found;
}

std::string fold(std::string_view text) {
  std::string out;
  bool space = false;
  for_each_point(without_marks_and_case(text), [&](utf8proc_int32_t point) {
    if (point == ' ' || point == '\t' || point == '\n' || utf8proc_category(point) == UTF8PROC_CATEGORY_ZS) {
      space = !out.empty();
      return;
    }
    if (space) out += ' ';
    space = false;
    put(out, point == small_d_stroke ? 'd' : point);
  });
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  bool inside = false;
  for_each_point(fold(text), [&](utf8proc_int32_t point) {
    const auto category = utf8proc_category(point);
    const bool letter = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
                        (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
    if (letter && !inside) out.emplace_back();
    if (letter) put(out.back(), point);
    inside = letter;
  });
  return out;
}

}  // namespace ward::text
