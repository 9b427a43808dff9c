#include "runtime/entropy.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/error.hpp"
#include "protocol/crypto/hash.hpp"

#include <sys/random.h>

#include <cerrno>
#include <ctime>

namespace ward::runtime {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = getrandom(out.data(), out.size(), 0);
    WARD_ASSERT(got > 0 || errno == EINTR);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::uint64_t random_number() {
  Array<8> bytes;
  fill_random(bytes);
  return Reader(bytes).u64();
}

Array<32> hedged_random(std::string_view label, BytesView secret) {
  static std::uint64_t drawn = 0;
  Writer context;
  Array<32> fresh;
  fill_random(fresh);
  context.raw(fresh);
  for (const auto clock : {CLOCK_BOOTTIME, CLOCK_REALTIME}) {
    timespec at{};
    clock_gettime(clock, &at);
    context.u64(static_cast<std::uint64_t>(at.tv_sec));
    context.u32(static_cast<std::uint32_t>(at.tv_nsec));
  }
  context.u64(++drawn);
  Array<32> out;
  crypto::blake2b(out, label, secret, {context.peek()});
  return out;
}

}  // namespace ward::runtime
