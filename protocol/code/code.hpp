#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Dossier codes as PCs give them (WIRE.md §5.1). A code is an alias, never identity.
namespace ward::code {

/// A day of the calendar in Vietnam.
using Day = std::chrono::sys_days;

inline constexpr Day first_day{std::chrono::year{2000} / 1 / 1};
inline constexpr Day last_day{std::chrono::year{2099} / 12 / 31};  ///< two digits of the year name no later one
inline constexpr std::uint32_t serial_max = 999'999;

/// The day that it is in Vietnam at that moment.
[[nodiscard]] Day day_of(WallTime time) noexcept;
/// 2020-11-24, and back; nothing for what no calendar has.
[[nodiscard]] std::string date_text(Day day);
[[nodiscard]] std::optional<Day> parse_date(std::string_view text);

/// A unit's identification code: groups of two or three digits between points, and one of a letter and two digits, which comes first
/// (H57.22.36) or last (000.36.22.H57); four groups at most.
[[nodiscard]] bool is_identification(std::string_view text) noexcept;

/// 000.36.22.H57-201124-0001: who gave it, on which day, the how many-th of that day.
struct Official {
  std::string identification;
  Day day;
  std::uint32_t serial = 0;
  friend bool operator==(const Official&, const Official&) = default;
};
/// Serials have at least four digits. Asserts that the parts are in their bounds.
[[nodiscard]] std::string make_official(const Official& code);
/// Nothing for any other text; text that parses is what `make_official` writes.
[[nodiscard]] std::optional<Official> parse_official(std::string_view text);

/// Sixteen digits, so that no scanner, keyboard or telephone spoils it: six name the PC, eight are drawn, two check. No official code is of
/// digits alone.
struct Provisional {
  std::uint32_t device = 0;  ///< the policy epoch of its approval: no two PCs share it
  std::uint32_t drawn = 0;
  friend bool operator==(const Provisional&, const Provisional&) = default;
};
inline constexpr std::size_t provisional_digits = 16;
inline constexpr std::uint32_t provisional_device_max = 999'999;
inline constexpr std::uint32_t provisional_drawn_max = 99'999'999;
[[nodiscard]] std::string make_provisional(const Provisional& code);
/// Only of sixteen digits that check; groups are joined first (`digits_of`).
[[nodiscard]] std::optional<Provisional> parse_provisional(std::string_view text);
/// As read aloud and printed: four groups of four. `code` is of sixteen digits.
[[nodiscard]] std::string grouped(std::string_view code);
/// The sixteen digits of a text that holds nothing else but spaces and hyphens between them; whether they check is another question.
[[nodiscard]] std::optional<std::string> digits_of(std::string_view text);

}  // namespace ward::code
