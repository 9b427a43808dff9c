#pragma once

#include "desk/site.hpp"
#include "protocol/crypto/keys.hpp"
#include "runtime/trouble.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <variant>

/// An official's own signature over an act that a request asks for.
namespace ward::desk {

/// The official's own key, opened: it signs this one act, and is kept nowhere. Null: the act is not signed.
using Signer = std::shared_ptr<const crypto::SignSeed>;

/// From `sign` of the body: 64 hexadecimal digits of a key that the caller has opened, or {"key_file", "passphrase"}, which are opened here
/// (Argon2id: docs/BENCHMARKS.md has what that takes). It is the key that the policy log names for the user; else why it is not, without a
/// word of what was given.
[[nodiscard]] std::variant<Signer, runtime::Trouble> signer_of(Site& site, const std::string& user, const boost::json::object& body);

/// The change with the official's signature, made when its place is known.
[[nodiscard]] storage::NewChange signed_by(const Signer& signer, storage::NewChange change, const OrgId& org);

}  // namespace ward::desk
