#include "tests/fuzz/laws.hpp"
#include "tests/protocol/segment/segment_fixture.hpp"

#include <functional>

namespace ward::fuzz {
namespace {

const test::Desk& desk() {
  static const auto out = test::a_busy_desk();
  return out;
}

/// The leaves that a byte names, one for each bit.
std::vector<std::uint8_t> positions_of(std::uint8_t bits) {
  std::vector<std::uint8_t> out;
  for (std::uint8_t i = 0; i < desk().records.size(); ++i)
    if ((bits >> i & 1U) != 0) out.push_back(i);
  return out;
}

/// All bytes of sealed rows and their proof that a stranger could change, one after the other.
std::vector<std::uint8_t*> bytes_of(segment::Rows& rows) {
  std::vector<std::uint8_t*> out;
  const auto add = [&](auto& bytes) {
    for (auto& byte : bytes) out.push_back(&byte);
  };
  for (auto& row : rows.rows) {
    auto& record = std::get<segment::SealedRow>(row).record;
    add(record.header.position.device.bytes);
    add(record.header.position.incarnation.bytes);
    add(record.header.did.bytes);
    add(record.header.key_id.bytes);
    add(record.body);
  }
  for (auto& hash : rows.subset->missing) add(hash.bytes);
  for (auto& position : rows.subset->positions) out.push_back(&position);
  add(rows.statement.statement.previous.bytes);
  add(rows.statement.signature.bytes);
  return out;
}

/// `input`: which leaves; then changes, each where (u16) and what is added. Only rows and a proof that are what was signed verify.
bool subset(BytesView input) {
  const auto [bits, changes] = choose(input, 128);
  const auto positions = positions_of(static_cast<std::uint8_t>(bits));
  if (positions.empty()) return false;
  const auto honest = desk().subset(desk().sealed_rows(), positions);
  auto rows = honest;
  const auto bytes = bytes_of(rows);
  Reader from(changes);
  while (from.remaining() >= 3) {
    auto* byte = bytes[from.u16() % bytes.size()];
    *byte = static_cast<std::uint8_t>(*byte + from.u8());
  }
  const bool same = rows == honest;
  segment::KeyRing keys;
  const auto verified = segment::verify_rows(rows, desk().org, desk().sign_public, keys);
  WARD_ASSERT(verified.has_value() == same);
  return same;
}

/// Any hashes at any places: there is a root only where the walk asks for exactly these, and it is never that of a segment whose leaves
/// they are not.
bool walk(BytesView input) {
  Reader from(input);
  const std::size_t count = std::size_t{from.u8()} + 1;
  segment::Subset proof;
  std::vector<Rid> rids;
  for (auto left = from.u8() % 16; left > 0; --left) {
    proof.positions.push_back(from.u8());
    rids.push_back(from.fixed_value<Rid>());
  }
  while (from.remaining() >= Hash::size) proof.missing.push_back(from.fixed_value<Hash>());
  if (!from.ok() || rids.empty()) return false;
  const auto root = segment::root_of_subset(rids, proof, count);
  if (root.has_error()) return false;
  WARD_ASSERT(std::adjacent_find(proof.positions.begin(), proof.positions.end(), std::greater_equal{}) == proof.positions.end());
  WARD_ASSERT(proof.positions.back() < count && *root != segment::root_of(desk().rids()));
  proof.missing.emplace_back();
  WARD_ASSERT(segment::root_of_subset(rids, proof, count).has_error());
  return true;
}

/// A sealed record opens only as it was sealed.
bool record_of(BytesView input) {
  const auto [which, changes] = choose(input, 7);
  const auto& honest = desk().records[which % desk().records.size()].record;
  auto one = honest;
  for (std::size_t i = 0; i < changes.size() && i < one.body.size(); ++i) one.body[i] = static_cast<std::uint8_t>(one.body[i] ^ changes[i]);
  bool opens = record::open(one, record::open_key(desk().org), desk().org).has_value();
  for (const auto& dossier : desk().dossiers) opens = opens || record::open(one, dossier.key, desk().org).has_value();
  WARD_ASSERT(opens == (one == honest) && (record::rid_of(one) == record::rid_of(honest)) == opens);
  return opens;
}

}  // namespace

bool proof(BytesView input) {
  const auto [which, bytes] = choose(input, 3);
  switch (which) {
    case 0: return subset(bytes);
    case 1: return walk(bytes);
    default: return record_of(bytes);
  }
}

}  // namespace ward::fuzz
