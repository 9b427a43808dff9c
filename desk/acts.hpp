#pragma once

#include "desk/signer.hpp"
#include "runtime/http.hpp"
#include "storage/dossiers.hpp"

#include <boost/json/object.hpp>

#include <functional>

/// An official's act: a request becomes a change, which is tried before it is saved. What would not apply is not taken, and the answer says
/// why, and who could.
namespace ward::desk {

/// What a handler makes of a request.
struct Wanted {
  std::vector<record::Op> ops;
  std::string why;  ///< empty: the body's `why`
};
/// A dossier and what a request asks for it.
struct Asked {
  Did did;
  merge::DossierState state;  ///< as it is shown here
  boost::json::object body;
};
using Make = std::function<Result<Wanted>(const Asked& asked)>;
/// Why an act is not taken although it could be saved; nothing when it is.
using Check = std::function<std::optional<runtime::Trouble>(const storage::Trial& trial)>;
using Tell = std::function<void(boost::json::object& answer, const storage::Saved& saved)>;

/// The dossier that a request names, with its body. `which`: a code or `id:…`.
[[nodiscard]] Result<Asked> asked_for(Site& site, const runtime::Request& request, std::string_view which);
/// The change as it would be saved: who acts, what he saw (`seen`), why.
[[nodiscard]] Result<record::Change> change_of(const runtime::Request& request, const Asked& asked, Wanted wanted);
[[nodiscard]] Result<storage::Trial> try_act(Site& site, const Asked& asked, const record::Change& change);
/// What stands for the signature while a change is tried: whoever saves it makes the real one.
[[nodiscard]] inline Bytes tried_as_signed() { return Bytes(1); }
/// Tries it, saves it, with the official's signature where the body has one, and answers 201 with `id`, `version`, and what `tell` adds.
[[nodiscard]] runtime::Response act(Site& site, const runtime::Request& request, const Asked& asked, const Make& make, const Check& check,
                                    const Tell& tell);

/// Every operation applies.
[[nodiscard]] std::optional<runtime::Trouble> must_apply(const storage::Trial& trial);
[[nodiscard]] runtime::Trouble trouble_of(merge::Refusal refusal, const merge::DossierState& state);

/// Who acts: who is logged in; where nobody needs to be, `by` of the query, on an account that several people share, or the caller.
/// `invalid`: not a name.
[[nodiscard]] Result<std::string> user_of(const runtime::Request& request);
/// A fault as the API tells it; a failure of the disk is logged.
[[nodiscard]] runtime::Response refuse(const Error& error);

/// A write is answered once: a repeat of its Idempotency-Key gets the first answer.
[[nodiscard]] runtime::Response once(storage::Store& store, const runtime::Request& request,
                                     const std::function<runtime::Response()>& write);
/// Unless one of the writers may not write here (accounts.hpp): commits, and in the same transaction remembers the answer under the
/// request's key.
[[nodiscard]] Result<runtime::Response> save(Site& site, const runtime::Request& request, const std::vector<storage::NewChange>& changes,
                                             const std::function<runtime::Response(const std::vector<storage::Saved>&)>& answer);

}  // namespace ward::desk
