#include "desk/api.hpp"
#include "desk/audit.hpp"
#include "runtime/audit_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/log.hpp"

/// The audit log: what was done here, by whom, when.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::Request;

/// What a program tells of itself, as the daemon cannot see it.
constexpr audit::Kind told_by_programs[] = {audit::Kind::dossiers_exported, audit::Kind::support_bundle};

audit::Kind kind_of(runtime::PageEvent event) {
  switch (event) {
    case runtime::PageEvent::code_made: return audit::Kind::page_code;
    case runtime::PageEvent::opened: return audit::Kind::page_opened;
    case runtime::PageEvent::refused: return audit::Kind::page_refused;
    case runtime::PageEvent::closed: return audit::Kind::page_closed;
    case runtime::PageEvent::all_closed: return audit::Kind::pages_closed;
  }
  return audit::Kind::page_refused;
}

Result<storage::AuditQuery> query_of(const Request& request) {
  storage::AuditQuery out;
  if (const auto name = request.query_or("kind", ""); !name.empty()) {
    out.kind = audit::kind_named(name);
    if (!out.kind) return fail(Fault::invalid, "`kind` is none that this version knows");
  }
  if (const auto since = request.query_or("since", ""); !since.empty()) {
    const auto day = code::parse_date(since);
    if (!day) return fail(Fault::invalid, "`since` must be a day, YYYY-MM-DD");
    out.since = {std::chrono::milliseconds(day->time_since_epoch() - std::chrono::hours(7)).count()};  // midnight in Vietnam
  }
  out.cursor = request.query_or("cursor", "");
  WARD_TRY(out.limit, runtime::limit_of(request));
  return out;
}

Result<storage::Act> told_act(Site& site, const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  WARD_TRY(const auto name, runtime::text_member(body, "kind", {}));
  const auto kind = audit::kind_named(name);
  if (!kind || std::find(std::begin(told_by_programs), std::end(told_by_programs), *kind) == std::end(told_by_programs))
    return fail(Fault::invalid, "`kind` must be dossiers_exported or support_bundle");
  return act_of(site, *kind, who_of(request));
}

}  // namespace

storage::Act act_of(Site& site, audit::Kind kind, std::string who, std::string subject, std::string detail) {
  const auto now = site.now();
  return {kind, now.wall, site.believes(now), std::move(who), std::move(subject), std::move(detail)};
}

void note(Site& site, audit::Kind kind, const Request& request, std::string subject, std::string detail) {
  storage::note_act(site.store(), act_of(site, kind, who_of(request), std::move(subject), std::move(detail)));
}

Result<void> note_alone(Site& site, audit::Kind kind, std::string who, std::string subject, std::string detail) {
  return storage::note_alone(site.store(), act_of(site, kind, std::move(who), std::move(subject), std::move(detail)));
}

void note_if_possible(Site& site, audit::Kind kind, std::string who, std::string subject, std::string detail) {
  if (const auto noted = note_alone(site, kind, std::move(who), std::move(subject), std::move(detail)); noted.has_error())
    runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(noted.error())});
}

runtime::PageWatch page_watch(Site& site) {
  return [&site](runtime::PageEvent event, const std::string& account) { note_if_possible(site, kind_of(event), account); };
}

runtime::Response Api::audit(const Request& request) {
  const auto query = query_of(request);
  if (query.has_error()) return refuse(query.error());
  const auto page = storage::read_audit(site_.store(), *query);
  if (page.has_error()) return refuse(page.error());
  json::array entries;
  for (const auto& entry : page->entries) entries.push_back(runtime::json_of(entry));
  return runtime::respond(
      json::object{{"entries", std::move(entries)}, {"next", page->next}, {"count", page->end.count}, {"end", hex(page->end.hash.view())}});
}

runtime::Response Api::export_audit(const Request& request) {
  const auto from = runtime::number_of(request.query_or("from", "0"), "from", 0, std::numeric_limits<std::int32_t>::max());
  if (from.has_error()) return refuse(from.error());
  const auto exported = site_.export_audit(*from);
  if (exported.has_error()) return refuse(exported.error());
  const auto detail = "entries " + std::to_string(*from) + " to " + std::to_string(*from + exported->entries.size() - 1);
  if (const auto noted = note_alone(site_, audit::Kind::log_exported, who_of(request), {}, detail); noted.has_error())
    return refuse(noted.error());
  return runtime::respond(runtime::json_of(*exported));
}

runtime::Response Api::note_audit(const Request& request) {
  const auto act = told_act(site_, request);
  if (act.has_error()) return refuse(act.error());
  if (const auto noted = storage::note_alone(site_.store(), *act); noted.has_error()) return refuse(noted.error());
  return runtime::respond(json::object{{"noted", true}}, 201);
}

}  // namespace ward::desk
