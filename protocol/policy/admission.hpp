#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"

#include <string>
#include <variant>
#include <vector>

/// What a person lets in of a device's records (docs/adr/0015, WIRE.md §5.3).
namespace ward::policy {

/// What a revoked device wrote before it knew, and somebody brought: so many records, the last of which the statement ends with that has
/// the hash `head`. They count as proposals, or `in_full` as what a device writes that stands.
struct HandedIn {
  std::uint32_t count = 1;
  Hash head;
  bool in_full = false;
  friend bool operator==(const HandedIn&, const HandedIn&) = default;
};
/// Of records with one number: those that stand. No other ever does under these numbers.
struct Side {
  std::vector<Rid> rids;  ///< 1 to limits::segment_records_max
  friend bool operator==(const Side&, const Side&) = default;
};
/// Operations key.
struct Admission {
  DeviceId device;
  Incarnation incarnation;
  Seq first = 0;  ///< number of the first record that it is about
  std::variant<HandedIn, Side> what;
  std::string reason;  ///< one line, not empty

  /// Past the last of these numbers.
  [[nodiscard]] Seq end() const noexcept;
  [[nodiscard]] bool holds(const Position& position) const noexcept;
  friend bool operator==(const Admission&, const Admission&) = default;
};
inline constexpr std::uint32_t handed_in_records_max = 1'000'000;

void encode(Writer& to, const Admission& admission);
[[nodiscard]] Admission read_admission(Reader& from);

}  // namespace ward::policy
