#pragma once

#include "storage/store.hpp"

#include <string_view>

/// People's PINs at this PC, and how often each name was tried. Nothing here names a person: rows stand under keyed hashes of names, as
/// what is typed for a name may be a PIN.
namespace ward::storage {

inline constexpr std::int64_t pin_strangers_max = 1'000;  ///< names without a PIN here whose tries are remembered; the oldest goes
inline constexpr std::int64_t pin_tries_max = 20;         ///< then only a new activation code helps

/// What names a user of a unit at this PC.
[[nodiscard]] Hash pin_name(const Store& store, std::string_view unit, std::string_view name);

struct Pin {
  std::int64_t failed = 0;          ///< tries since the last that succeeded
  std::optional<Epoch> activation;  ///< the entry by which it was chosen; none: there is no PIN
  Array<16> salt{};
  Hash hash;
};
/// Also of a name that nobody has.
[[nodiscard]] Result<Pin> find_pin(Store& store, const Hash& who);
/// One more try: durable when this returns, so that no power cut gives it back. Call it before the PIN is looked at.
[[nodiscard]] Result<void> count_try(Store& store, const Hash& who);
/// So many tries failed since the last that succeeded; of a name that nobody has, too, so that it goes on like any other.
[[nodiscard]] Result<void> set_tries(Store& store, const Hash& who, std::int64_t failed);
/// The PIN from now on; no try has failed.
[[nodiscard]] Result<void> put_pin(Store& store, const Hash& who, std::string_view pin, Epoch activation);
/// Whether the PIN is that one. Takes as long where there is none. `storage_failed` when there is not enough memory.
[[nodiscard]] Result<bool> fits(const Store& store, const Hash& who, const Pin& held, std::string_view pin);

}  // namespace ward::storage
