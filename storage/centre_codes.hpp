#pragma once

#include "protocol/policy/serials.hpp"

#include <optional>
#include <string>
#include <vector>

/// Which codes the centre lets each PC give: blocks of serials, by entries of the policy log (WIRE.md §5.1).
namespace ward::storage {

/// What a PC gets by itself: at its approval, and again in good time.
struct CodePlan {
  static constexpr std::uint32_t serials_max = 100'000;
  std::uint32_t serials = 500;  ///< on each day
  int days = 365;               ///< of a block; a new one follows before half of it is left
};

/// A block as a person asks for it; the serials are the least that are free.
struct WantedBlock {
  DeviceId device;
  code::Day from, to;
  std::uint32_t serials = 0;
};

/// How numbering stands at one PC, as far as the centre knows: what was given offline since its last contact is not here.
struct DeviceCodes {
  DeviceId device;
  UnitCode unit;
  std::string label;
  bool revoked = false;
  std::string identification;             ///< empty: the unit has none
  std::vector<policy::CodeBlock> blocks;  ///< not over yet
  std::optional<code::Day> until;         ///< the last day that they cover without a gap, from today on
  std::uint64_t given_today = 0, left_today = 0;
  std::uint64_t provisional = 0;  ///< dossiers with nothing but a provisional code of this PC
};

}  // namespace ward::storage
