#pragma once

#include "protocol/base/bytes.hpp"

#include <string_view>

/// The only place that draws randomness.
namespace ward::runtime {

/// Fills `out` from the kernel; ends the process when the kernel has none (it blocks until its pool is ready).
void fill_random(std::span<std::uint8_t> out);

[[nodiscard]] std::uint64_t random_number();

/// 32 bytes that stay unpredictable when the kernel's generator repeats itself (a resumed VM, a cloned disk): B(32, label, secret, random ‖
/// times ‖ a counter) (records.md §9). `label` at most 16 bytes, `secret` the device's hedge secret.
[[nodiscard]] Array<32> hedged_random(std::string_view label, BytesView secret);

}  // namespace ward::runtime
