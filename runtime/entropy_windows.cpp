#include "protocol/base/error.hpp"
#include "runtime/entropy.hpp"

#include <windows.h>

#include <bcrypt.h>

namespace ward::runtime {

void fill_random(std::span<std::uint8_t> out) {
  const auto status = BCryptGenRandom(nullptr, out.data(), static_cast<ULONG>(out.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG);
  WARD_ASSERT(status == 0);
}

}  // namespace ward::runtime
