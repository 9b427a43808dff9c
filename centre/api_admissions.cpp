#include "centre/api.hpp"
#include "centre/json.hpp"
#include "desk/acts.hpp"
#include "desk/audit.hpp"
#include "desk/changed.hpp"
#include "protocol/run/run.hpp"
#include "protocol/ticket/letters.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/evidence_json.hpp"
#include "runtime/json_input.hpp"

#include <algorithm>
#include <charconv>

/// What waits for a person's word: what a revoked device wrote before it knew, and records with one number; and what PCs may
/// (docs/adr/0015).
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

json::object json_of(const storage::HandedIn& line) {
  return {{"id", hex(line.incarnation.view())},
          {"device", hex(line.device.view())},
          {"unit", line.unit},
          {"label", line.label},
          {"first", line.first},
          {"end", line.end},
          {"segments", line.segments},
          {"records", line.records},
          {"bytes", line.bytes},
          {"brought_at", runtime::time_text(line.at)},
          {"state", line.rejected.empty() ? "waiting" : "rejected"},
          {"reason", line.rejected}};
}

json::object json_of(const storage::ForkSide& side) {
  return {{"id", hex(side.segment.view())},
          {"device", hex(side.device.view())},
          {"unit", side.unit},
          {"label", side.label},
          {"incarnation", hex(side.incarnation.view())},
          {"first", side.records.begin()->first},
          {"last", side.records.rbegin()->first},
          {"records", side.records.size()},
          {"came_at", runtime::time_text(side.at)},
          {"came_first", side.came_first}};
}

json::array json_of(const std::vector<storage::ShownChange>& changes) {
  json::array out;
  for (const auto& change : changes) {
    json::array said;
    for (const auto& one : change.said) said.push_back(runtime::json_of(one));
    out.push_back(json::object{{"id", runtime::id_text(change.did)}, {"code", change.code}, {"said", std::move(said)}});
  }
  return out;
}

/// How many of them there are more than before; what is settled counts less than nothing.
template <class List>
std::int64_t more(const List& before, const List& after) {
  return static_cast<std::int64_t>(after.size()) - static_cast<std::int64_t>(before.size());
}

json::array json_of(const std::vector<storage::Outcome>& outcomes) {
  json::array out;
  for (const auto& [before, after, code] : outcomes)
    out.push_back(json::object{{"id", runtime::id_text(after.did)},
                               {"code", code},
                               {"unit", after.custody.unit},
                               {"new", !before.created.has_value()},
                               {"changes", desk::changes_between(before, after)},
                               {"proposals", more(before.proposals, after.proposals)},
                               {"not_applied", more(before.not_applied, after.not_applied)},
                               {"conflicts", more(before.conflicts, after.conflicts)},
                               {"waiting", static_cast<std::int64_t>(after.waiting) - static_cast<std::int64_t>(before.waiting)}});
  return out;
}

/// From when on nothing of the device counts by itself, and why; null while it stands.
json::value revocation_of(const policy::PolicyLog& policy, const DeviceId& device) {
  const auto* standing = policy.device(device);
  if (standing == nullptr || !standing->revoked) return nullptr;
  const auto& entry = policy.entries()[*standing->revoked];
  const auto* body = std::get_if<policy::RevokeDevice>(&entry.body);
  return json::object{{"at", runtime::time_text(entry.time)}, {"reason", body == nullptr ? std::string() : body->reason}};
}

void put(json::object& out, const storage::ShownChanges& shown) {
  out["changes"] = json_of(shown.changes);
  out["more"] = shown.more;
  out["unread"] = shown.unread;
  out["grants"] = shown.grants;
}

std::string numbers_of(const storage::HandedIn& line) {
  return "incarnation " + hex(line.incarnation.view()) + ", numbers " + std::to_string(line.first) + " to before " +
         std::to_string(line.end);
}
std::string numbers_of(const storage::ForkSide& side) {
  return "incarnation " + hex(side.incarnation.view()) + ", numbers " + std::to_string(side.records.begin()->first) + " to " +
         std::to_string(side.records.rbegin()->first);
}

/// The one whose id begins so.
template <class Line>
Result<Line> one_of(std::vector<Line> lines, const Request& request) {
  const auto& digits = request.parameters.at("id");
  if (digits.size() < id_digits_min) return fail(Fault::invalid, "it is named by at least the first 4 digits of its id");
  std::erase_if(lines, [&](const auto& line) { return !std::string_view(json_of(line).at("id").as_string()).starts_with(digits); });
  if (lines.empty()) return fail(Fault::not_found, "nothing that waits has an id that begins so");
  if (lines.size() > 1) return fail(Fault::ambiguous, "several ids begin so");
  return std::move(lines.front());
}

Result<storage::HandedIn> find_handed_in(storage::CentreStore& store, const Request& request) {
  WARD_TRY(auto lines, store.handed_in());
  std::erase_if(lines, [](const auto& line) { return !line.rejected.empty(); });
  return one_of(std::move(lines), request);
}

Result<storage::ForkSide> find_side(storage::CentreStore& store, const Request& request) {
  WARD_TRY(auto sides, store.forks());
  return one_of(std::move(sides), request);
}

/// What was shown. None: it is not named.
Result<std::optional<Hash>> wanted_head(const json::object& body) {
  WARD_TRY(const auto head, runtime::text_member(body, "head", {}));
  if (head.empty()) return std::optional<Hash>();
  const auto bytes = unhex(head);
  const auto hash = bytes.size() == Hash::size ? fixed_from<Hash>(bytes) : Hash{};
  if (hash.is_zero()) return fail(Fault::invalid, "`head` is not what was shown: no head looks so");
  return std::optional(hash);
}

Result<storage::WantedHandedIn> wanted_of(const storage::HandedIn& line, const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  storage::WantedHandedIn out{line.device, line.incarnation, {}, false, {}, {}};
  WARD_TRY(const auto head, wanted_head(body));
  out.head = head.value_or(Hash{});
  WARD_TRY(out.reason, runtime::text_member(body, "reason", {}));
  WARD_TRY(out.in_full, runtime::truth_member(body, "in_full", false));
  if (body.contains("until")) {
    WARD_TRY(const auto until, runtime::number_member(body, "until", 0));
    if (until < 1) return fail(Fault::invalid, "`until` must be the number of a record, from 1");
    out.until = static_cast<Seq>(until);
  }
  return out;
}

json::object json_of(const policy::Limits& bounds) {
  return {{"unit", bounds.unit},
          {"day_bytes", bounds.day_bytes == 0 ? storage::day_bytes_built_in : bounds.day_bytes},
          {"built_in", bounds.day_bytes == 0},
          {"lease_days", bounds.lease_days}};
}

/// What it does not name stays as it is for that unit.
Result<policy::Limits> wanted_limits(const policy::PolicyLog& policy, const Request& request) {
  constexpr std::int64_t day_bytes_least = 1024 * 1024;  ///< less stops the work of a desk
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  WARD_TRY(const auto unit, runtime::text_member(body, "unit", {}));
  auto out = policy.limits_of(unit);
  out.unit = unit;
  WARD_TRY(const auto bytes, runtime::number_member(body, "day_bytes", static_cast<std::int64_t>(out.day_bytes)));
  WARD_TRY(const auto days, runtime::number_member(body, "lease_days", out.lease_days));
  if (bytes != 0 && bytes < day_bytes_least)
    return fail(Fault::invalid, "`day_bytes` must be 0, for what is built in, or at least " + std::to_string(day_bytes_least));
  if (days < 0 || days > policy::lease_days_max)
    return fail(Fault::invalid, "`lease_days` must be 0, for none, to " + std::to_string(policy::lease_days_max));
  if (!unit.empty() && policy.unit(unit) == nullptr) return fail(Fault::not_found, "there is no unit " + unit);
  out.day_bytes = static_cast<std::uint64_t>(bytes);
  out.lease_days = static_cast<std::uint16_t>(days);
  return out;
}

Result<std::vector<segment::Rows>> brought(const Request& request, const OrgId& org) {
  WARD_TRY(auto line, runtime::unsent_of_json(request.body));
  if (line.org != org) return fail(Fault::wrong_organisation, "the file is of another city");
  return std::move(line.rows);
}

}  // namespace

void Api::add_admission_routes(runtime::Router& router) {
  using runtime::For;
  const auto read = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("GET", pattern, [this, handler](const Request& request) { return (this->*handler)(request); }, For::administrators);
  };
  const auto list = [&](std::string_view pattern, Response (Api::*handler)()) {
    router.add("GET", pattern, [this, handler](const Request&) { return (this->*handler)(); }, For::callers);
  };
  const auto write = [&](const char* method, std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add(method, pattern, [this, handler](const Request& request) { return once(request, handler); }, For::administrators);
  };
  list("/v1/handed-in", &Api::handed_in);
  write("POST", "/v1/handed-in", &Api::take_handed_in);
  read("/v1/handed-in/{id}", &Api::look_at_handed_in);
  write("POST", "/v1/handed-in/{id}/admission", &Api::admit_handed_in);
  write("POST", "/v1/handed-in/{id}/rejection", &Api::reject_handed_in);
  list("/v1/forks", &Api::forks);
  read("/v1/forks/{id}", &Api::look_at_side);
  write("POST", "/v1/forks/{id}/admission", &Api::admit_side);
  list("/v1/limits", &Api::limits);
  write("PUT", "/v1/limits", &Api::set_limits);
}

Response Api::handed_in() {
  return answer_list("handed_in", store_.handed_in(), [](const auto& line) { return json_of(line); });
}

Result<json::object> Api::to_admit_json() {
  WARD_TRY(const auto lines, store_.handed_in());
  WARD_TRY(const auto sides, store_.forks());
  const auto waiting = std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.rejected.empty(); });
  return json::object{{"handed_in", waiting}, {"fork_sides", sides.size()}};
}

Response Api::take_handed_in(const Request& request) {
  auto all = brought(request, store_.store().org);
  if (all.has_error()) return desk::refuse(all.error());
  if (all->empty()) return desk::refuse(fail(Fault::malformed, "`run` is empty"));
  const auto device = hex(all->front().statement.statement.device.view());
  Response response;
  const auto taken = store_.take_handed_in(*std::move(all), clock_().wall, [&](const auto& brought) {
    response = respond(json::object{{"device", device}, {"taken", brought.taken}, {"known", brought.known}}, 201);
    desk::note(site_, audit::Kind::handed_in, request, device, std::to_string(brought.taken) + " records");
    remember(request, response);
  });
  if (taken.has_error()) return desk::refuse(taken.error());
  hub_.events.add("devices", {{"device", device}});
  return response;
}

Response Api::look_at_handed_in(const Request& request) {
  const auto line = find_handed_in(store_, request);
  if (line.has_error()) return respond(line.error());
  storage::WantedHandedIn wanted{line->device, line->incarnation, {}, request.query_or("in_full", "") == "true", {}, {}};
  if (const auto until = request.query_or("until", ""); !until.empty()) {
    Seq number = 0;
    const auto [end, broken] = std::from_chars(until.data(), until.data() + until.size(), number);
    if (broken != std::errc{} || end != until.data() + until.size() || number < 1)
      return desk::refuse(fail(Fault::invalid, "`until` must be the number of a record, from 1"));
    wanted.until = number;
  }
  const auto looked_at = store_.look_at_handed_in(wanted, clock_().wall);
  auto out = json_of(*line);
  out["revoked"] = revocation_of(store_.store().policy, line->device);
  out["in_full"] = wanted.in_full;
  out["dossiers"] = looked_at.has_value() ? json_of(looked_at->outcomes) : json::array();
  out["obstacle"] = nullptr;
  if (looked_at.has_value()) {
    put(out, looked_at->shown);
    out["end"] = looked_at->end;
    out["head"] = hex(looked_at->head.view());
  } else {
    put(out, {});
    out["obstacle"] = looked_at.error().detail;
    out["head"] = "";
  }
  return respond(out);
}

Response Api::admit_handed_in(const Request& request) {
  const auto line = find_handed_in(store_, request);
  if (line.has_error()) return respond(line.error());
  const auto wanted = wanted_of(*line, request);
  if (wanted.has_error()) return respond(wanted.error());
  Response response;
  const auto done = store_.admit_handed_in(*wanted, clock_().wall, [&] {
    auto out = json_of(*line);
    out["state"] = wanted->in_full ? "admitted_in_full" : "admitted";
    out["reason"] = wanted->reason;
    response = respond(json::value(out));
    desk::note(site_, audit::Kind::records_admitted, request, hex(line->device.view()),
               numbers_of(*line) + (wanted->until ? ", what ends before " + std::to_string(*wanted->until) : std::string()) +
                   (wanted->in_full ? ", in full" : ", as proposals"));
    remember(request, response);
  });
  if (done.has_error()) return desk::refuse(done.error());
  hub_.wrote();
  hub_.events.add("devices", {{"device", hex(line->device.view())}});
  return response;
}

Response Api::reject_handed_in(const Request& request) {
  const auto line = find_handed_in(store_, request);
  if (line.has_error()) return respond(line.error());
  const auto wanted = wanted_of(*line, request);
  if (wanted.has_error()) return respond(wanted.error());
  Response response;
  const auto done = store_.reject_handed_in(*wanted, [&] {
    auto out = json_of(*line);
    out["state"] = "rejected";
    out["reason"] = wanted->reason;
    response = respond(json::value(out));
    desk::note(site_, audit::Kind::records_rejected, request, hex(line->device.view()), numbers_of(*line));
    remember(request, response);
  });
  return done.has_error() ? desk::refuse(done.error()) : response;
}

Response Api::limits() {
  const auto& policy = store_.store().policy;
  json::array units;
  for (const auto& [unit, bounds] : policy.limits())
    if (!unit.empty()) units.push_back(json_of(bounds));
  auto out = json_of(policy.limits_of({}));
  out["units"] = std::move(units);
  return respond(out);
}

Response Api::set_limits(const Request& request) {
  const auto wanted = wanted_limits(store_.store().policy, request);
  if (wanted.has_error()) return respond(wanted.error());
  Response response;
  const auto done = store_.set_limits(*wanted, clock_().wall, [&] {
    response = respond(json::value(json_of(*wanted)));
    desk::note(site_, audit::Kind::limits_set, request, wanted->unit,
               std::to_string(wanted->day_bytes) + " bytes a day, a lease of " + std::to_string(wanted->lease_days) + " days");
    remember(request, response);
  });
  if (done.has_error()) return desk::refuse(done.error());
  hub_.policy_changed();
  for (const auto& device : store_.take_renewed(code::day_of(clock_().wall) + std::chrono::days(1)))
    hub_.disconnect(device, fail(Fault::io, "link: the device may bring more from now on"));
  return response;
}

Response Api::forks() {
  return answer_list("forks", store_.forks(), [](const auto& side) { return json_of(side); });
}

Response Api::look_at_side(const Request& request) {
  const auto side = find_side(store_, request);
  if (side.has_error()) return respond(side.error());
  const auto looked_at = store_.look_at_side(side->segment, clock_().wall);
  if (looked_at.has_error()) return desk::refuse(looked_at.error());
  auto out = json_of(*side);
  put(out, looked_at->shown);
  json::object set_aside;
  put(set_aside, looked_at->set_aside);
  out["set_aside"] = std::move(set_aside);
  out["waiting"] = looked_at->waiting;
  out["head"] = hex(looked_at->head.view());
  out["dossiers"] = json_of(looked_at->outcomes);
  out["revoked"] = revocation_of(store_.store().policy, side->device);
  return respond(out);
}

Response Api::admit_side(const Request& request) {
  const auto side = find_side(store_, request);
  if (side.has_error()) return respond(side.error());
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto reason = runtime::text_member(*body, "reason", {});
  if (reason.has_error()) return respond(reason.error());
  const auto head = wanted_head(*body);
  if (head.has_error()) return respond(head.error());
  Response response;
  const auto done = store_.admit_side(side->segment, *head, *reason, clock_().wall, [&] {
    response = respond(json::value(json_of(*side)));
    desk::note(site_, audit::Kind::records_admitted, request, hex(side->device.view()), "one side of a fork: " + numbers_of(*side));
    remember(request, response);
  });
  if (done.has_error()) return desk::refuse(done.error());
  hub_.policy_changed();
  hub_.events.add("devices", {{"device", hex(side->device.view())}});
  return response;
}

}  // namespace ward::centre
