#include "protocol/base/error.hpp"
#include "runtime/entropy.hpp"

#include <sys/random.h>

#include <cerrno>

namespace ward::runtime {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = getrandom(out.data(), out.size(), 0);
    WARD_ASSERT(got > 0 || errno == EINTR);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace ward::runtime
