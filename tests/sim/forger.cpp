#include "tests/sim/forger.hpp"

namespace ward::sim {
namespace {

std::vector<segment::OpenRow*> open_rows_of(segment::Rows& rows) {
  std::vector<segment::OpenRow*> out;
  for (auto& row : rows.rows)
    if (auto* open = std::get_if<segment::OpenRow>(&row)) out.push_back(open);
  return out;
}

void flip(std::span<std::uint8_t> bytes, Dice& dice) { bytes[dice.below(bytes.size())] ^= static_cast<std::uint8_t>(1U << dice.below(8)); }

}  // namespace

std::optional<segment::Statement> forge_one(std::vector<segment::Rows>& all, Dice& dice) {
  std::vector<segment::Rows*> open;
  for (auto& rows : all)
    if (!open_rows_of(rows).empty()) open.push_back(&rows);
  if (open.empty()) return std::nullopt;
  auto& rows = *open[dice.below(open.size())];
  const auto statement = rows.statement.statement;
  const auto choices = open_rows_of(rows);
  auto& row = *choices[dice.below(choices.size())];
  switch (dice.below(3)) {
    case 0: flip(row.plain, dice); break;
    case 1: row.header.hlc.value ^= 1U; break;
    default: flip(rows.statement.signature.bytes, dice);
  }
  return statement;
}

}  // namespace ward::sim
