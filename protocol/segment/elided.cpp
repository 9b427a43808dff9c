#include "protocol/segment/elided.hpp"

#include "protocol/record/change.hpp"

#include <map>

namespace ward::segment {
namespace {

bool is_unnamed(const OpenRow& row) {
  return row.header.type == record::Type::change && row.header.did.is_zero() && row.header.key_id.is_zero();
}

std::optional<Position> first_head(const OpenRow& row) {
  const auto change = record::decode_change(row.plain, row.header.position);
  if (change.has_error() || change->seen.empty()) return std::nullopt;
  return change->seen.front();
}

}  // namespace

bool name_dossiers(Rows& rows, const FindHolding& find) {
  std::map<Position, Holding> here;
  for (auto& row : rows.rows) {
    if (auto* open = std::get_if<OpenRow>(&row); open != nullptr && is_unnamed(*open)) {
      const auto head = first_head(*open);
      if (!head) return false;
      const auto before = here.find(*head);
      const auto holding = before != here.end() ? std::optional(before->second) : find(*head);
      if (!holding) return false;
      open->header.did = holding->did;
      open->header.key_id = holding->key_id;
    }
    const auto& header = header_of(row);
    if (header.type == record::Type::change) here.emplace(header.position, Holding{record::dossier_of(header), header.key_id});
  }
  std::vector<record::Header> headers;
  headers.reserve(rows.rows.size());
  for (const auto& row : rows.rows) headers.push_back(header_of(row));
  std::vector<Row> sorted;
  for (const auto index : leaf_order(headers)) sorted.push_back(std::move(rows.rows[index]));
  rows.rows = std::move(sorted);
  rows.elided.dossiers = false;
  return true;
}

}  // namespace ward::segment
