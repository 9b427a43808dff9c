#pragma once

#include "protocol/base/bytes.hpp"

#include <cstdint>
#include <string>
#include <tuple>

/// How things are named (records.md §1).
namespace ward {

using OrgId = Fixed<struct OrgTag, 16>;
using DeviceId = Fixed<struct DeviceTag, 16>;          ///< B(16, "wsync-device", –, Ed25519 public key)
using Incarnation = Fixed<struct IncarnationTag, 16>;  ///< drawn at the first write after every start of the daemon
using Did = Fixed<struct DidTag, 16>;                  ///< a dossier
using Rid = Fixed<struct RidTag, 32>;                  ///< a record's identity
using KeyId = Fixed<struct KeyIdTag, 8>;               ///< names a dossier key
using Hash = Fixed<struct HashTag, 32>;
using SignKey = Fixed<struct SignKeyTag, 32>;  ///< Ed25519 public key
using DhKey = Fixed<struct DhKeyTag, 32>;      ///< X25519 public key
using Signature = Fixed<struct SignatureTag, 64>;

using Seq = std::uint64_t;    ///< a record's number in its incarnation, from 0
using Epoch = std::uint32_t;  ///< a policy entry's number

/// A unit's code as in the unit tree, e.g. `W-VYDA`: 1 to 64 bytes of [A-Z0-9-].
using UnitCode = std::string;

/// How a record is named on the wire and inside bodies.
struct Position {
  DeviceId device;
  Incarnation incarnation;
  Seq seq = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// One operation of one change.
struct OpId {
  Position change;
  std::uint16_t index = 0;
  friend auto operator<=>(const OpId&, const OpId&) = default;
};

struct PositionHash {
  std::size_t operator()(const Position& p) const noexcept {
    return FixedHash{}(p.incarnation) ^ (FixedHash{}(p.device) * 31U) ^ (p.seq * 0x9e3779b97f4a7c15U);
  }
};

}  // namespace ward
