#include "protocol/audit/audit.hpp"
#include "protocol/policy/policy.hpp"
#include "protocol/policy/request.hpp"
#include "protocol/recovery/recovery.hpp"

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

/// A text that is taken says the same when it is written again.
template <class Decode, class Encode>
bool same_again(BytesView bytes, Decode&& decode, Encode&& encode) {
  const auto first = decode(text_of(bytes));
  if (first.has_error()) return false;
  const auto again = decode(encode(*first));
  WARD_ASSERT(again.has_value() && encode(*again) == encode(*first));
  return true;
}

bool signed_entry(BytesView bytes) {
  const auto org = fixed_from<OrgId>(unhex("738aea75aea33198c2968db4c88fd653"));
  return same_again(
      bytes, [&](std::string_view text) { return policy::decode_signed(text, org); },
      [&](const policy::Entry& entry) { return policy::encode_signed(org, entry); });
}

}  // namespace

bool policy(BytesView input) {
  const auto [which, bytes] = choose(input, 9);
  switch (which) {
    case 0: return entry(bytes);
    case 1: return one_form(bytes, log::decode_receipt(bytes), log::encode_receipt);
    case 2: return one_form(bytes, log::decode_short(bytes, {}, {}), log::encode_short);
    case 3: return one_form(bytes, log::decode_frontier(bytes), log::encode_frontier);
    case 4: return one_form(bytes, audit::decode_entry(bytes), audit::encode_entry);
    case 5: return one_form(bytes, audit::decode_head(bytes), audit::encode_head);
    case 6: return same_again(bytes, policy::decode_request, policy::encode_request);
    case 7: return signed_entry(bytes);
    default: return same_again(bytes, recovery::decode_box, recovery::encode_box);
  }
}

}  // namespace ward::fuzz
