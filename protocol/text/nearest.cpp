#include "protocol/text/nearest.hpp"

#include <algorithm>
#include <utility>

namespace ward::text {
namespace {

constexpr std::size_t edits_max = 2;  ///< letters that a mistyped word may be off

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto here = std::min({row[j] + 1, row[j + 1] + 1, diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1)});
      diagonal = std::exchange(row[j + 1], here);
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view mistyped, const std::vector<std::string>& words) {
  std::string best;
  auto fewest = edits_max + 1;
  for (const auto& word : words) {
    const auto [shorter, longer] = std::minmax({mistyped.size(), word.size()});  // by value
    if (longer - shorter > edits_max) continue;
    const auto edits = edits_between(mistyped, word);
    if (edits < fewest && edits * 3 <= shorter) {
      fewest = edits;
      best = word;
    }
  }
  return best;
}

}  // namespace ward::text
