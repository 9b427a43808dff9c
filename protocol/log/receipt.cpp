#include "protocol/log/receipt.hpp"

#include "protocol/base/limits.hpp"

#include <algorithm>

namespace ward::log {
namespace {

constexpr std::string_view prefix{"wsync-receipt-v1\0", 17};
constexpr std::int64_t time_end = std::int64_t{1} << 48U;

bool is_sorted(const std::vector<DeviceHead>& heads) {
  const auto not_before = [](const DeviceHead& a, const DeviceHead& b) { return a.incarnation >= b.incarnation; };
  return std::adjacent_find(heads.begin(), heads.end(), not_before) == heads.end();
}

/// What holds of every receipt, whichever form it came in.
bool is_sound(const Receipt& receipt) {
  const bool role = receipt.role == Role::relay || receipt.role == Role::registry;
  const bool heads = receipt.heads.size() <= receipt_heads_max && is_sorted(receipt.heads);
  const bool counts = std::all_of(receipt.heads.begin(), receipt.heads.end(), [](const auto& h) { return h.count <= limits::seq_max; });
  return role && heads && counts && receipt.archived <= receipt.size && receipt.time.ms >= 0 && receipt.time.ms < time_end;
}

Result<Receipt> checked(const Reader& from, Receipt receipt) {
  WARD_CHECK(from.finish("receipt"));
  if (!is_sound(receipt)) return fail(Fault::malformed, "decode receipt");
  return receipt;
}

std::vector<DeviceHead> read_heads(Reader& from, Seq (*count_of)(Reader&)) {
  std::vector<DeviceHead> out;
  const auto size = from.count(receipt_heads_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    DeviceHead head;
    head.incarnation = from.fixed_value<Incarnation>();
    head.count = count_of(from);
    head.statement = from.fixed_value<Hash>();
    out.push_back(head);
  }
  return out;
}

}  // namespace

Bytes encode_receipt(const Receipt& receipt) {
  WARD_ASSERT(is_sound(receipt));
  Writer out;
  out.raw(receipt.org);
  out.u8(static_cast<std::uint8_t>(receipt.role));
  out.raw(receipt.centre);
  out.u64(receipt.size);
  out.raw(receipt.root);
  out.u64(static_cast<std::uint64_t>(receipt.time.ms));
  out.u64(receipt.archived);
  out.raw(receipt.device);
  out.varint(receipt.heads.size());
  for (const auto& head : receipt.heads) {
    out.raw(head.incarnation);
    out.u64(head.count);
    out.raw(head.statement);
  }
  return std::move(out).take();
}

Result<Receipt> decode_receipt(BytesView bytes) {
  Reader from(bytes);
  Receipt out;
  out.org = from.fixed_value<OrgId>();
  out.role = static_cast<Role>(from.u8());
  out.centre = from.fixed_value<Incarnation>();
  out.size = from.u64();
  out.root = from.fixed_value<Hash>();
  out.time.ms = static_cast<std::int64_t>(from.u64());
  out.archived = from.u64();
  out.device = from.fixed_value<DeviceId>();
  out.heads = read_heads(from, [](Reader& r) { return r.u64(); });
  return checked(from, std::move(out));
}

Bytes encode_short(const Receipt& receipt) {
  WARD_ASSERT(is_sound(receipt));
  Writer out;
  out.u8(static_cast<std::uint8_t>(receipt.role));
  out.raw(receipt.centre);
  out.varint(receipt.size);
  out.raw(receipt.root);
  out.u48(static_cast<std::uint64_t>(receipt.time.ms));
  out.varint(receipt.archived);
  out.varint(receipt.heads.size());
  for (const auto& head : receipt.heads) {
    out.raw(head.incarnation);
    out.varint(head.count);
    out.raw(head.statement);
  }
  return std::move(out).take();
}

Result<Receipt> decode_short(BytesView bytes, const OrgId& org, const DeviceId& device) {
  Reader from(bytes);
  Receipt out;
  out.org = org;
  out.device = device;
  out.role = static_cast<Role>(from.u8());
  out.centre = from.fixed_value<Incarnation>();
  out.size = from.varint();
  out.root = from.fixed_value<Hash>();
  out.time.ms = static_cast<std::int64_t>(from.u48());
  out.archived = from.varint();
  out.heads = read_heads(from, [](Reader& r) { return r.varint(); });
  return checked(from, std::move(out));
}

Signature sign(const Receipt& receipt, const crypto::SignSeed& receipt_key) {
  return crypto::sign(receipt_key, prefix, encode_receipt(receipt));
}

Result<void> verify(const Receipt& receipt, const Signature& signature, const SignKey& receipt_key) {
  if (!is_sound(receipt)) return fail(Fault::malformed, "verify receipt");
  return crypto::verify(receipt_key, prefix, encode_receipt(receipt), signature);
}

}  // namespace ward::log
