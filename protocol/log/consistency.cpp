#include "protocol/log/consistency.hpp"

namespace ward::log {
namespace {

constexpr std::string_view joins_prefix{"wsync-joins-v1\0", 15};

Bytes signed_bytes(const Receipt& now, const std::vector<HeadName>& asked, const std::vector<Join>& joins) {
  Writer out;
  out.bytes(encode_receipt(now));
  put_heads_asked(out, asked);
  put_joins(out, joins);
  return std::move(out).take();
}

}  // namespace

void put_heads_asked(Writer& to, const std::vector<HeadName>& asked) {
  to.varint(asked.size());
  for (const auto& head : asked) {
    to.raw(head.centre);
    to.varint(head.size);
  }
}

std::vector<HeadName> read_heads_asked(Reader& from) {
  std::vector<HeadName> out;
  const auto size = from.count(asked_heads_max);
  if (size == 0) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    HeadName head;
    head.centre = from.fixed_value<Incarnation>();
    head.size = from.varint();
    if (head.size == 0) from.reject();
    out.push_back(head);
  }
  return out;
}

void put_joins(Writer& to, const std::vector<Join>& joins) {
  to.varint(joins.size());
  for (const auto& join : joins) {
    to.u8(join.held ? 1 : 0);
    if (!join.held) continue;
    to.varint(join.path.size());
    for (const auto& hash : join.path) to.raw(hash);
  }
}

std::vector<Join> read_joins(Reader& from) {
  std::vector<Join> out;
  const auto size = from.count(asked_heads_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const auto held = from.u8();
    if (held > 1) from.reject();
    auto& join = out.emplace_back();
    join.held = held == 1;
    const auto hashes = join.held ? from.count(path_hashes_max) : 0;
    for (std::size_t at = 0; at < hashes && from.ok(); ++at) join.path.push_back(from.fixed_value<Hash>());
  }
  return out;
}

Signature sign_joins(const Receipt& now, const std::vector<HeadName>& asked, const std::vector<Join>& joins,
                     const crypto::SignSeed& receipt_key) {
  return crypto::sign(receipt_key, joins_prefix, signed_bytes(now, asked, joins));
}

Result<void> verify_joins(const Receipt& now, const std::vector<HeadName>& asked, const std::vector<Join>& joins,
                          const Signature& signature, const SignKey& receipt_key) {
  return crypto::verify(receipt_key, joins_prefix, signed_bytes(now, asked, joins), signature);
}

}  // namespace ward::log
