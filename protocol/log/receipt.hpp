#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/base/time.hpp"
#include "protocol/crypto/keys.hpp"

#include <vector>

/// Receipts: signed roots of the centre's log, with what it durably holds of one device (records.md §4, WIRE.md §7).
namespace ward::log {

/// Everything of `incarnation` below `count` is durable at the centre; `statement` is the hash of the segment that ends there.
struct DeviceHead {
  Incarnation incarnation;
  Seq count = 0;
  Hash statement;
  friend bool operator==(const DeviceHead&, const DeviceHead&) = default;
};

/// Heads in one receipt: no exchange concerns more segments than a run holds. All heads of a device travel in a message of their own.
inline constexpr std::size_t receipt_heads_max = limits::run_segments_max;

enum class Role : std::uint8_t { relay = 1, registry = 2 };

struct Receipt {
  OrgId org;
  Role role = Role::registry;
  Incarnation centre;
  std::uint64_t size = 0;
  Hash root;
  WallTime time;
  std::uint64_t archived = 0;  ///< the prefix that a verified off-machine copy holds; never above `size`
  DeviceId device;
  std::vector<DeviceHead> heads;  ///< sorted by incarnation; those that this exchange is about
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// The signed bytes after the prefix "wsync-receipt-v1\0". Heads sorted, each incarnation once, at most `receipt_heads_max`; time within 48
/// bits.
[[nodiscard]] Bytes encode_receipt(const Receipt& receipt);
[[nodiscard]] Result<Receipt> decode_receipt(BytesView bytes);
/// Without what both ends of a link know already (org, device).
[[nodiscard]] Bytes encode_short(const Receipt& receipt);
[[nodiscard]] Result<Receipt> decode_short(BytesView bytes, const OrgId& org, const DeviceId& device);

[[nodiscard]] Signature sign(const Receipt& receipt, const crypto::SignSeed& receipt_key);
[[nodiscard]] Result<void> verify(const Receipt& receipt, const Signature& signature, const SignKey& receipt_key);

}  // namespace ward::log
