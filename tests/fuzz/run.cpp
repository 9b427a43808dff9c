#include "protocol/run/run.hpp"

#include "protocol/segment/elided.hpp"
#include "tests/fuzz/laws.hpp"
#include "tests/fuzz/raw_frame.hpp"

namespace ward::fuzz {
namespace {

using segment::Rows;

const OrgId org{{1}};

/// Whoever receives rows checks them under keys of his own. Nobody signed these.
void check(Rows rows) {
  segment::KeyRing keys;
  WARD_ASSERT(segment::verify_rows(rows, org, SignKey{}, keys).has_error());
  WARD_ASSERT(keys.dossier_keys.empty());
}

bool small(BytesView bytes) {
  const auto decoded = run::decode_small(bytes, DeviceId{});
  if (!one_form(bytes, decoded, run::encode_small)) return false;
  check(*decoded);
  return true;
}

/// As a store does whose every dossier is the same one. False where a row names no head.
bool complete(std::vector<Rows>& segments) {
  const segment::Holding holding{Did{{5}}, KeyId{{6}}};
  for (auto& rows : segments)
    if (rows.elided.dossiers && !segment::name_dossiers(rows, [&](const Position&) { return std::optional(holding); })) return false;
  return true;
}

/// The encoder may find a shorter form than the one that came, never one that says something else.
bool whole(BytesView bytes) {
  auto decoded = run::decode_run(bytes);
  if (decoded.has_error()) return false;
  for (const auto& rows : *decoded) check(rows);
  if (!complete(*decoded)) return true;
  const auto again = run::decode_run(run::encode_run(*decoded));
  WARD_ASSERT(again.has_value() && *again == *decoded);
  return true;
}

}  // namespace

bool run(BytesView input) {
  const auto [which, bytes] = choose(input, 3);
  switch (which) {
    case 0: return small(bytes);
    case 1: return whole(bytes);
    default: return whole(raw_frame(bytes));
  }
}

}  // namespace ward::fuzz
