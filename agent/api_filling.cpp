#include "agent/api.hpp"

#include "protocol/deadline/moment.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/calendar.hpp"

/// The dates that a change of status carries, where who makes it gives none.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

constexpr std::string_view status_field = "TrangThaiHoSo";

/// When the status that shows was written.
std::optional<deadline::Moment> status_since(const std::vector<merge::HistoryEntry>& entries) {
  std::optional<deadline::Moment> out;
  for (const auto& entry : entries)
    if (entry.standing == merge::HistoryEntry::Standing::shown && runtime::path_text(entry.said.path) == status_field)
      out = deadline::moment_of(entry.said.hlc.wall());
  return out;
}

}  // namespace

json::object filling_json(const course::Filling& filling) {
  json::object set, append;
  for (const auto& op : course::ops_of(filling)) {
    if (op.kind == record::OpKind::set)
      set[runtime::path_text(op.path)] = runtime::json_of(op.value);
    else
      append[runtime::path_text(op.path)] = runtime::json_of(op.value);
  }
  return {{"set", std::move(set)}, {"append", std::move(append)}, {"certain", filling.certain}};
}

Result<course::Filling> Api::filling_for(const std::optional<Did>& did, const record::Change& change) {
  const auto now = clock_();
  auto& store = ward_.store.store();
  if (!ward_.store.believes(now)) return course::Filling{};  // a date that is wrong is worse than none
  merge::DossierState before;
  course::Act act{change.ops, change.user, change.reason, deadline::moment_of(now.wall)};
  if (did) {
    WARD_TRY(auto view, storage::show_dossier(store, *did));
    before = std::move(view.state);
    if (deadline::waits_in(course::shown_text(before, status_field), course::shown_text(before, "MaTTHC"))) {
      WARD_TRY(const auto entries, storage::dossier_history(store, *did));
      act.status_since = status_since(entries);
    }
  }
  return course::filling_of(before, act, {storage::calendar_of(store)});
}

runtime::Response Api::filling(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  auto edit = runtime::edit_of(*body);
  if (edit.has_error()) return refuse(edit.error());
  auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  std::optional<Did> did;
  if (!edit->dossier.empty()) {
    const auto found = storage::find_dossier(ward_.store.store(), edit->dossier);
    if (found.has_error()) return refuse(found.error());
    did = *found;
  }
  record::Change change;
  change.user = edit->user.empty() ? *std::move(user) : edit->user;
  change.ops = std::move(edit->ops);
  change.reason = std::move(edit->reason);
  const auto filled = filling_for(did, change);
  if (filled.has_error()) return refuse(filled.error());
  auto out = filling_json(*filled);
  out["clock_believed"] = ward_.store.believes(clock_());
  return respond(out);
}

Result<json::object> Api::fill(const Request& request, const std::optional<Did>& did, record::Change& change) {
  const auto wanted = request.query_or("fill", "true");
  if (wanted != "true" && wanted != "false") return fail(Fault::invalid, "`fill` must be true or false");
  if (wanted == "false") return filling_json({});
  WARD_TRY(const auto filled, filling_for(did, change));
  for (auto& op : course::ops_of(filled)) change.ops.push_back(std::move(op));
  return filling_json(filled);
}

}  // namespace ward::agent
