#include "desk/edits.hpp"

#include "desk/acts.hpp"
#include "desk/linked.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/dossiers.hpp"

#include <algorithm>

namespace ward::desk {
namespace {

using merge::HistoryEntry;

bool enters_status(const record::Op& op) {
  return op.kind == record::OpKind::status || (op.path.size() == 1 && op.path.front().text == "TrangThaiHoSo");
}

/// The status that it enters; empty: none.
std::string status_in(const record::Change& change) {
  std::string out;
  for (const auto& op : change.ops)
    if (const auto* text = enters_status(op) ? op.value.text() : nullptr) out = *text;
  return out;
}

/// `exists` when a dossier with that code is here; no code is free.
std::optional<runtime::Trouble> must_be_free(storage::Store& store, const std::string& code) {
  if (code.empty()) return std::nullopt;
  const auto held = storage::find_dossier(store, code);
  if (held.has_error() && held.error().fault == Fault::not_found) return std::nullopt;
  return runtime::Trouble{"exists",
                          runtime::ExitCode::failed,
                          409,
                          "A dossier with this code exists here already.",
                          "Nothing was changed.",
                          "Edit that one, or leave the code out.",
                          {}};
}

}  // namespace

Result<Edit> edit_of(storage::Store& store, const runtime::Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  WARD_TRY(auto edit, runtime::edit_of(body));
  WARD_TRY(const auto did, storage::find_dossier(store, request.parameters.at("code")));
  WARD_TRY(auto user, user_of(request));
  Edit out;
  out.did = did;
  out.change.user = edit.user.empty() ? std::move(user) : std::move(edit.user);
  out.change.seen = std::move(edit.seen);
  out.change.ops = std::move(edit.ops);
  out.change.reason = std::move(edit.reason);
  return out;
}

Result<Beginning> beginning_of(storage::Store& store, const runtime::Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  Beginning out;
  WARD_TRY(out.change.ops, runtime::ops_of_dossier(body));
  WARD_TRY(out.code, runtime::text_member(body, "MaHoSo", {}));
  out.trouble = must_be_free(store, out.code);
  WARD_TRY(out.change.user, user_of(request));
  return out;
}

boost::json::object saved_json(const storage::Saved& saved) {
  return {
      {"id", runtime::id_text(saved.did)}, {"version", runtime::version_text({saved.position})}, {"clock_believed", saved.clock_believed}};
}

Result<std::optional<runtime::Trouble>> must_wait(storage::Store& store, const Did& did, const record::Change& change) {
  const auto status = status_in(change);
  if (status.empty()) return std::optional<runtime::Trouble>();
  WARD_TRY(const auto view, storage::show_dossier(store, did));
  return must_have_ended(store, view.state, status);
}

Result<Look> look_at_edit(Site& site, const Did& did, const record::Change& change) {
  WARD_TRY(const auto author, site.author());
  WARD_TRY(const auto view, storage::show_dossier(site.store(), did));
  const auto& context = storage::context_of(site.store());
  const bool inside = context.house_of(author.unit, std::nullopt) == context.house_of(view.state.custody.unit, std::nullopt);
  Look out;
  // Where the dossier lies with this unit and nothing is to be decided, an edit of anything but the status applies.
  if (inside && view.state.conflicts.empty() && std::none_of(change.ops.begin(), change.ops.end(), enters_status)) return out;
  WARD_TRY(out.trouble, must_have_ended(site.store(), view.state, status_in(change)));
  WARD_TRY(const auto trial, storage::try_change(site.store(), did, change, author));
  for (const auto& entry : trial.history) {
    if (entry.said.op.change != trial.position) continue;
    if (entry.standing == HistoryEntry::Standing::proposed) out.proposed = true;
    if (entry.standing == HistoryEntry::Standing::not_applied && entry.why && !out.trouble)
      out.trouble = trouble_of(*entry.why, trial.before);
  }
  return out;
}

}  // namespace ward::desk
