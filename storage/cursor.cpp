#include "storage/cursor.hpp"

#include <charconv>

namespace ward::storage {
namespace {

Error foreign_cursor() { return fail(Fault::invalid, "the cursor is not one that was given out"); }

}  // namespace

std::string cursor_text(const Place& place) { return std::to_string(place.sorted_by) + "." + std::to_string(place.dossier); }

Result<Place> place_of(std::string_view cursor, const Place& first) {
  if (cursor.empty()) return first;
  Place out;
  const auto* end = cursor.data() + cursor.size();
  const auto left = std::from_chars(cursor.data(), end, out.sorted_by);
  if (left.ec != std::errc{} || left.ptr == end || *left.ptr != '.') return foreign_cursor();
  const auto right = std::from_chars(left.ptr + 1, end, out.dossier);
  if (right.ec != std::errc{} || right.ptr != end) return foreign_cursor();
  return out;
}

Result<std::int64_t> row_of(std::string_view cursor, std::int64_t first) {
  if (cursor.empty()) return first;
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), out);
  if (error != std::errc{} || end != cursor.data() + cursor.size()) return foreign_cursor();
  return out;
}

}  // namespace ward::storage
