#pragma once

#include "storage/quarantine.hpp"

/// What somebody saved and what counts for nothing all the same, and that no question of its dossier tells of: so whoever sits here is
/// told.
namespace ward::storage {

struct SetAside {
  enum class Why : std::uint8_t {
    fork,          ///< its number was given twice, and nobody has said yet which record stands
    settled_fork,  ///< another record with its number stands
    refused,       ///< the centre does not take it
    revoked,       ///< this PC was revoked before it was sent
  };
  Why why = Why::fork;
  std::string detail;  ///< why an administrator let the other stand; the fault for which it was refused
  WallTime since;
  ShownChange change;
};
[[nodiscard]] const char* name_of(SetAside::Why why) noexcept;

inline constexpr std::chrono::hours told_of_settled{30 * 24};
inline constexpr std::size_t set_aside_max = 1'000;  ///< told at once

/// `shut_out`: of this PC, once it knows that it was revoked. What is settled is told for `told_of_settled`. In a transaction.
[[nodiscard]] std::vector<SetAside> set_aside(Store& store, const std::optional<DeviceId>& shut_out, WallTime now);

/// A PC of this unit that was revoked lately: what it had not sent is not here. `let_in`: what an administrator admitted of it since.
struct CutOff {
  struct LetIn {
    WallTime at;
    std::uint32_t records = 0;
    bool in_full = false;
    std::string reason;
  };
  DeviceId device;
  std::string label;
  WallTime at;
  std::string reason;
  std::vector<LetIn> let_in;
};
/// The newest first. Needs no transaction.
[[nodiscard]] std::vector<CutOff> cut_off(Store& store, const UnitCode& unit, WallTime now);

}  // namespace ward::storage
