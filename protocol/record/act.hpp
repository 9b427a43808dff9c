#pragma once

#include "protocol/record/change.hpp"
#include "protocol/record/record.hpp"

/// An official's own signature over an act, with a key that no PC keeps (records.md §7, WIRE.md §4.1).
namespace ward::record {

/// What `Change::act` is then: over the change as it stands at `position` of the dossier, written under that entry of the policy log, by
/// somebody who had seen the past of that digest (`past_digest`). The change's `act` does not count.
[[nodiscard]] Bytes sign_act(const Change& change, const Position& position, const Did& did, Epoch policy_epoch, const Hash& past,
                             const OrgId& org, const crypto::SignSeed& key);
/// `malformed`, `bad_signature`. `header`: of the change's record.
[[nodiscard]] Result<void> verify_act(const Change& change, const Header& header, const OrgId& org, const SignKey& key);

}  // namespace ward::record
