#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ward::record {

/// The numbers under which the names of the built-in fields travel in bodies (body version 1, WIRE.md §4).
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view name) noexcept;
/// Empty when no name has that number.
[[nodiscard]] std::string_view name_of_number(std::uint64_t number) noexcept;

}  // namespace ward::record
