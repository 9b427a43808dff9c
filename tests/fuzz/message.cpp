#include "protocol/sync/messages.hpp"
#include "tests/fuzz/laws.hpp"

namespace ward::fuzz {

bool message(BytesView input) {
  const auto [which, bytes] = choose(input, 4);
  const sync::Ends ends{OrgId{{0x0a}}, DeviceId{{0x0d}}};
  switch (which) {
    case 0: return one_form(bytes, sync::decode_hello(bytes), sync::encode_hello);
    case 1: {
      // Of a newer version only the beginning is read.
      const auto hello = sync::decode_enrol_hello(bytes);
      return (hello.has_value() && hello->version > sync::protocol_version) || one_form(bytes, hello, sync::encode_enrol_hello);
    }
    case 2: return one_form(bytes, sync::decode_welcome(bytes, ends), sync::encode_welcome);
    default: return one_form(bytes, sync::decode_message(bytes, ends), sync::encode_message);
  }
}

}  // namespace ward::fuzz
