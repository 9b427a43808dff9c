#include "runtime/entropy.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/crypto/hash.hpp"
#include "runtime/clock.hpp"

namespace ward::runtime {

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
  const auto now = read_nanoseconds();
  context.u64(static_cast<std::uint64_t>(now.monotonic));
  context.u64(static_cast<std::uint64_t>(now.since_1970));
  context.u64(++drawn);
  Array<32> out;
  crypto::blake2b(out, label, secret, {context.peek()});
  return out;
}

}  // namespace ward::runtime
