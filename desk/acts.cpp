#include "desk/acts.hpp"

#include "desk/accounts.hpp"
#include "desk/audit.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/log.hpp"
#include "runtime/repeats.hpp"

#include <algorithm>

namespace ward::desk {
namespace {

namespace json = boost::json;
using merge::Refusal;
using runtime::ExitCode;
using runtime::respond;
using runtime::Response;
using runtime::Trouble;

}  // namespace

Result<Asked> asked_for(Site& site, const runtime::Request& request, std::string_view which) {
  WARD_TRY(auto body, runtime::parse_object(request.body));
  WARD_TRY(const auto did, storage::find_dossier(site.store(), which));
  WARD_TRY(auto view, storage::show_dossier(site.store(), did));
  return Asked{did, std::move(view.state), std::move(body)};
}

Result<record::Change> change_of(const runtime::Request& request, const Asked& asked, Wanted wanted) {
  record::Change out;
  WARD_TRY(out.user, user_of(request));
  WARD_TRY(const auto seen, runtime::text_member(asked.body, "seen", {}));
  if (!seen.empty()) {
    WARD_TRY(out.seen, runtime::parse_version(seen));
  }
  if (wanted.why.empty()) {
    WARD_TRY(wanted.why, runtime::text_member(asked.body, "why", {}));
  }
  WARD_TRY(out.reason, text::to_nfc(wanted.why));
  out.ops = std::move(wanted.ops);
  return out;
}

Result<storage::Trial> try_act(Site& site, const Asked& asked, const record::Change& change) {
  WARD_TRY(const auto author, site.author());
  return storage::try_change(site.store(), asked.did, change, author);
}

Response act(Site& site, const runtime::Request& request, const Asked& asked, const Make& make, const Check& check, const Tell& tell) {
  auto wanted = make(asked);
  if (wanted.has_error()) return refuse(wanted.error());
  auto change = change_of(request, asked, *std::move(wanted));
  if (change.has_error()) return refuse(change.error());
  if (const auto trouble = must_be_account(site, request, change->user)) return respond(*trouble);  // before what it would do is looked at
  const auto found = signer_of(site, change->user, asked.body);
  if (const auto* trouble = std::get_if<Trouble>(&found)) return respond(*trouble);
  const auto& signer = std::get<Signer>(found);
  if (signer) change->act = tried_as_signed();
  const auto trial = try_act(site, asked, *change);
  if (trial.has_error()) return refuse(trial.error());
  if (const auto trouble = check(*trial)) return respond(*trouble);
  const auto saved = save(site, request, {signed_by(signer, {*std::move(change), asked.did}, site.store().org)}, [&](const auto& all) {
    json::object out{{"id", runtime::id_text(all.front().did)},
                     {"version", runtime::version_text({all.front().position})},
                     {"clock_believed", all.front().clock_believed}};
    tell(out, all.front());
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

std::optional<Trouble> must_apply(const storage::Trial& trial) {
  const auto refusal = storage::refusal_in(trial);
  return refusal ? std::optional(trouble_of(*refusal, trial.before)) : std::nullopt;
}

Trouble trouble_of(Refusal refusal, const merge::DossierState& state) {
  const auto& holder = state.custody.unit;
  switch (refusal) {
    case Refusal::outside_custody:
      return {"not_the_holder",
              ExitCode::refused,
              409,
              "The dossier lies with another unit (" + holder + "); this act is for that unit.",
              runtime::nothing_changed,
              "Ask that unit to do it, or to hand the dossier over.",
              {{"unit", holder}}};
    case Refusal::not_the_decider:
      return {"not_the_decider",
              ExitCode::refused,
              409,
              "This is for somebody else to decide; what waits in the inbox says for whom.",
              runtime::nothing_changed,
              "Leave it to them.",
              {{"unit", holder}}};
    case Refusal::not_offered:
      return {"not_offered",
              ExitCode::refused,
              409,
              "The dossier was not offered to this unit.",
              runtime::nothing_changed,
              "`dossier show` tells who offered it to whom.",
              {{"unit", holder}}};
    case Refusal::offer_closed:
    case Refusal::lost_custody:
      return {"offer_closed",
              ExitCode::failed,
              409,
              "That hand-over is over: it was accepted, declined or recalled, or the dossier lies elsewhere by now.",
              runtime::nothing_changed,
              "`dossier show` tells where the dossier is.",
              {{"unit", holder}}};
    case Refusal::after_revocation:
    case Refusal::disabled_user:
      return {"disabled",
              ExitCode::refused,
              403,
              "This device or this user may not act any more.",
              runtime::nothing_changed,
              "Call the centre.",
              {}};
    case Refusal::illegal_transition:
    case Refusal::lost_to_transition:
      return {"illegal_status",
              ExitCode::failed,
              409,
              "That status cannot follow the present one.",
              runtime::nothing_changed,
              "`dossier status CODE` lists what can.",
              {}};
    case Refusal::unsigned_act:
      return {"unsigned_act",
              ExitCode::refused,
              403,
              "Your account has a key of your own; this act needs your signature.",
              runtime::nothing_changed,
              "Put in the stick with your key, and do it again with --key FILE.",
              {}};
    default: return runtime::trouble_of(fail(Fault::invalid, merge::name_of(refusal)));
  }
}

Result<std::string> user_of(const runtime::Request& request) {
  return text::to_line("`by`", request.query_or("by", who_of(request)), limits::name_bytes_max);
}

Response refuse(const Error& error) {
  if (reaction_to(error.fault) == Reaction::stop) runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(error)});
  return respond(error);
}

Response once(storage::Store& store, const runtime::Request& request, const std::function<Response()>& write) {
  if (request.idempotency_key.empty()) return write();
  const auto named = runtime::name_of_request(request);
  if (named.has_error()) return refuse(named.error());
  const auto before = storage::answered_before(store, request.idempotency_key, *named);
  if (before.has_error()) return refuse(before.error());
  return *before ? runtime::decode_answer(**before) : write();
}

Result<Response> save(Site& site, const runtime::Request& request, const std::vector<storage::NewChange>& changes,
                      const std::function<Response(const std::vector<storage::Saved>&)>& answer) {
  const auto now = site.now();
  if (changes.empty()) return answer({});  // a repeat finds nothing to save either
  for (const auto& wanted : changes)
    if (const auto trouble = must_be_account(site, request, wanted.change.user)) return respond(*trouble);
  Response response;
  const auto remember = [&](const std::vector<storage::Saved>& saved) {
    response = answer(saved);
    if (request.idempotency_key.empty()) return;
    storage::put_answer(site.store(), request.idempotency_key, *runtime::name_of_request(request), runtime::encode_answer(response),
                        now.wall);
  };
  WARD_CHECK(site.save(changes, now, remember));
  return response;
}

}  // namespace ward::desk
