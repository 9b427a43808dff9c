#include "protocol/policy/policy.hpp"

#include "protocol/log/receipt.hpp"
#include "protocol/log/tree.hpp"
#include "tests/fuzz/laws.hpp"

namespace ward::fuzz {
namespace {

/// An entry that decodes enters no log that it is not signed for, and a log that refuses it stays as it was.
bool entry(BytesView bytes) {
  const auto decoded = policy::decode_entry(bytes);
  if (!one_form(bytes, decoded, policy::encode_entry)) return false;
  if (auto log = policy::PolicyLog::start(*decoded); log.has_value()) {
    WARD_ASSERT(log->append(*decoded).has_value());
    WARD_ASSERT(log->count() == 1);
  }
  return true;
}

}  // namespace

bool policy(BytesView input) {
  const auto [which, bytes] = choose(input, 4);
  switch (which) {
    case 0: return entry(bytes);
    case 1: return one_form(bytes, log::decode_receipt(bytes), log::encode_receipt);
    case 2: return one_form(bytes, log::decode_short(bytes, {}, {}), log::encode_short);
    default: return one_form(bytes, log::decode_frontier(bytes), log::encode_frontier);
  }
}

}  // namespace ward::fuzz
