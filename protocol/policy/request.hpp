#pragma once

#include "protocol/policy/policy.hpp"

#include <string>
#include <string_view>

/// What goes between the centre and the root key's stick (WIRE.md §15): an entry that waits for its signature, and the same one signed.
namespace ward::policy {

/// Made at the centre. The entry fits at the end of the policy log as it was then; when that has grown, the request is void.
struct RootRequest {
  std::string organisation;
  OrgId org;
  SignKey root;    ///< that must sign; of a rotation: that is replaced
  Hash next_root;  ///< what it committed to
  Entry entry;     ///< a Delegation, or a RootRotation with zeros for its keys; unsigned
  friend bool operator==(const RootRequest&, const RootRequest&) = default;
};
[[nodiscard]] std::string encode_request(const RootRequest& request);
/// `invalid`: no request, or a damaged one.
[[nodiscard]] Result<RootRequest> decode_request(std::string_view text);

/// A delegation, signed. `wrong_key`: this is not the root key in force.
[[nodiscard]] Result<Entry> sign_request(const RootRequest& request, const crypto::SignSeed& root);
/// A rotation, signed by the next root key; `after` is the public half of the one after it. `wrong_key`: the root key in force did not
/// commit to this one, or it would commit to itself.
[[nodiscard]] Result<Entry> sign_rotation(const RootRequest& request, const crypto::SignSeed& next_root, const SignKey& after);

[[nodiscard]] std::string encode_signed(const OrgId& org, const Entry& entry);
/// `invalid`; `wrong_organisation`.
[[nodiscard]] Result<Entry> decode_signed(std::string_view text, const OrgId& org);

}  // namespace ward::policy
