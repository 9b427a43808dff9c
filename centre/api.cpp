#include "centre/api.hpp"

#include "centre/json.hpp"
#include "centre/qr.hpp"
#include "desk/audit.hpp"
#include "desk/office_hours.hpp"
#include "desk/verification.hpp"
#include "protocol/ticket/scanned.hpp"
#include "runtime/calendar_json.hpp"
#include "runtime/causes.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/log.hpp"
#include "runtime/machine.hpp"
#include "runtime/metrics.hpp"
#include "runtime/openapi.hpp"
#include "runtime/repeats.hpp"
#include "runtime/tables.hpp"
#include "storage/calendar.hpp"
#include "storage/hand_overs.hpp"
#include "storage/held_up.hpp"
#include "storage/inbox.hpp"

#include <algorithm>

namespace ward::embedded {
extern const std::string_view centre_openapi;
}  // namespace ward::embedded

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;
using Standing = storage::DeviceLine::Standing;

constexpr std::int64_t ticket_hours_max = 24 * 31;

json::array devices_json(const std::vector<DeviceHealth>& devices) {
  json::array out;
  for (const auto& device : devices) out.push_back(json_of(device));
  return out;
}

json::object json_of(const ticket::Ticket& ticket) {
  json::object out{{"ticket", ticket::encode_file(ticket)},
                   {"code", ticket::encode_typed(ticket.secret)},
                   {"unit", ticket.unit},
                   {"expires", runtime::time_text(ticket.expires)}};
  const auto qr = qr_of(ticket::encode_scanned(ticket));
  WARD_ASSERT(qr.has_value());  // the longest ticket is far from the largest code
  out["qr"] = json::object{{"size", std::uint64_t{qr->size}}, {"path", path_of(*qr)}};
  return out;
}

Result<storage::NewTicket> wanted_ticket(const Request& request, WallTime now) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  storage::NewTicket wanted;
  WARD_TRY(wanted.unit, runtime::text_member(body, "unit", {}));
  WARD_TRY(wanted.label, runtime::text_member(body, "label", {}));
  WARD_TRY(wanted.address, runtime::text_member(body, "address", {}));
  WARD_TRY(wanted.pre_approved, runtime::truth_member(body, "pre_approved", false));
  WARD_TRY(const auto hours, runtime::number_member(body, "hours", 24 * 7));
  if (hours < 1 || hours > ticket_hours_max)
    return fail(Fault::invalid, "a ticket is good for 1 to " + std::to_string(ticket_hours_max) + " hours");
  if (runtime::parse_host_port(wanted.address).has_error())
    return fail(Fault::invalid, "`address` must be host:port, as the ward reaches the centre");
  wanted.expires = {now.ms + hours * 3'600'000};
  return wanted;
}

}  // namespace

void Api::add_routes(runtime::Router& router) {
  router.after_each([this] { hub_.keep_audit_end(); });
  using runtime::For;
  const auto plain = [&](const char* method, std::string_view pattern, Response (Api::*handler)(), For whom) {
    router.add(method, pattern, [this, handler](const Request&) { return (this->*handler)(); }, whom);
  };
  const auto read = [&](std::string_view pattern, Response (Api::*handler)(const Request&), For whom) {
    router.add("GET", pattern, [this, handler](const Request& request) { return (this->*handler)(request); }, whom);
  };
  const auto write = [&](const char* method, std::string_view pattern, Response (Api::*handler)(const Request&), For whom) {
    router.add(method, pattern, [this, handler](const Request& request) { return once(request, handler); }, whom);
  };
  log_in_.add_routes(router);
  read("/v1/status", &Api::status, For::callers);
  plain("GET", "/metrics", &Api::metrics, For::callers);
  plain("GET", "/v1/health", &Api::health, For::callers);
  plain("GET", "/v1/addresses", &Api::addresses, For::callers);
  plain("GET", "/v1/calendar", &Api::calendar, For::callers);
  read("/v1/units", &Api::units, For::callers);
  read("/v1/codes/blocks", &Api::codes, For::callers);
  read("/v1/devices", &Api::devices, For::callers);
  read("/v1/devices/{id}", &Api::device, For::callers);
  router.add("POST", "/v1/verification", [this](const Request& request) { return verify(request); }, For::callers);
  write("POST", "/v1/backups", &Api::note_backup, For::administrators_or_owner);
  write("POST", "/v1/units", &Api::add_unit, For::administrators);
  write("POST", "/v1/units/{code}/succession", &Api::merge_unit, For::administrators);
  write("POST", "/v1/units/{code}/seed", &Api::renew_seed, For::administrators);
  write("POST", "/v1/users", &Api::add_user, For::administrators);
  write("POST", "/v1/users/{name}/disabling", &Api::disable_user, For::administrators);
  write("POST", "/v1/users/{name}/reset", &Api::reset_user, For::administrators_or_owner);
  write("PUT", "/v1/addresses", &Api::set_addresses, For::administrators);
  write("PUT", "/v1/calendar", &Api::set_calendar, For::administrators);
  write("POST", "/v1/codes/blocks", &Api::give_codes, For::administrators);
  write("POST", "/v1/devices/{id}/approval", &Api::approve, For::administrators);
  write("POST", "/v1/devices/{id}/revocation", &Api::revoke, For::administrators);
  write("POST", "/v1/tickets", &Api::new_ticket, For::administrators);
  add_admission_routes(router);
  plain("GET", "/v1/keys", &Api::keys, For::callers);
  const auto key_act = [&](std::string_view pattern, Response (Api::*handler)(const Request&), For whom) {
    router.add("POST", pattern, [this, handler](const Request& request) { return (this->*handler)(request); }, whom);
  };
  key_act("/v1/keys/requests", &Api::request_key, For::administrators);
  key_act("/v1/keys/forgetting", &Api::forget_keys, For::administrators);
  key_act("/v1/keys/entries", &Api::apply_key, For::programs);  // signed by the root key, so that nobody need be believed
  plain("GET", "/v1/erasures", &Api::erasures, For::officials);
  write("POST", "/v1/erasures", &Api::order_erasure, For::officials);
  write("POST", "/v1/erasures/confirmation", &Api::confirm_erasures, For::officials);
  read("/v1/erasures/{number}", &Api::erasure, For::officials);
  read("/v1/dossiers/{code}/erasure", &Api::erasure_preview, For::officials);
  read("/v1/retention", &Api::retention, For::officials);
  // Its answer is kept nowhere.
  router.add("POST", "/v1/citizen-exports", [this](const Request& request) { return export_citizen(request); }, For::officials);
  read("/v1/dossiers", &Api::list, For::officials);
  read("/v1/deadlines", &Api::deadlines, For::officials);
  read("/v1/reports/online-share", &Api::online_share, For::officials);
  read("/v1/reports/deadlines", &Api::punctuality, For::officials);
  read("/v1/dossiers/{code}", &Api::show, For::officials);
  read("/v1/dossiers/{code}/history", &Api::history, For::officials);
  read("/v1/dossiers/{code}/why", &Api::why, For::officials);
  read("/v1/dossiers/{code}/evidence", &Api::evidence, For::officials);
  desk_.add_routes(router);
  desk_.add_writing_routes(router);
  runtime::add_table_routes(router);
  runtime::add_causes_route(router);
  runtime::add_openapi_route(router, embedded::centre_openapi);
}

Response Api::once(const Request& request, Response (Api::*write)(const Request&)) {
  if (request.idempotency_key.empty()) return (this->*write)(request);
  const auto named = runtime::name_of_request(request);
  if (named.has_error()) return respond(named.error());
  auto before = storage::answered_before(store_.store(), request.idempotency_key, *named);
  if (before.has_error()) return respond(before.error());
  return *before ? runtime::decode_answer(**before) : (this->*write)(request);
}

void Api::remember(const Request& request, const Response& response) {
  if (request.idempotency_key.empty()) return;
  storage::put_answer(store_.store(), request.idempotency_key, *runtime::name_of_request(request), runtime::encode_answer(response),
                      runtime::read_clock().wall);
}

Result<std::vector<DeviceHealth>> Api::judged() {
  WARD_TRY(auto lines, store_.devices());
  return judge(std::move(lines), hub_.connected(), runtime::read_clock().wall);
}

/// What waits for the centre's own officials, or for them to know.
Result<json::object> Api::desk_json(const Request& request) {
  const auto own = store_.desk(clock_().wall).value_or(storage::Author{{}, {}, clock_().wall});
  WARD_TRY(const auto inbox, storage::count_inbox(store_.store()));
  const auto late = desk::working_hours_before(storage::calendar_of(store_.store()), own.now, desk::working_day_hours);
  WARD_TRY(const auto counts, storage::count_hand_overs(store_.store(), own.unit, {late.ms + 1}));
  WARD_TRY(const auto for_whom, desk_.counts(request));
  json::object out{
      {"unit", own.unit},
      {"device", own.unit.empty() ? std::string() : hex(own.device.view())},
      {"conflicts", inbox.conflicts},
      {"attention", inbox.attention},
      {"hand_overs",
       json::object{{"to_us", counts.to_us}, {"by_us", counts.by_us}, {"late", counts.late}, {"late_anywhere", counts.late_anywhere}}}};
  for (const auto& count : for_whom) out[count.key()] = count.value();
  return out;
}

Response Api::status(const Request& request) {
  const auto keeping = store_.keeping();
  if (keeping.has_error()) return respond(keeping.error());
  const auto work = desk_json(request);
  if (work.has_error()) return respond(work.error());
  const auto orders = erasures_json();
  if (orders.has_error()) return respond(orders.error());
  const auto to_admit = to_admit_json();
  if (to_admit.has_error()) return respond(to_admit.error());
  const auto damaged = store_.damaged_segments();
  if (damaged.has_error()) return respond(damaged.error());
  const auto waiting = storage::count_held_up(store_.store());
  if (waiting.has_error()) return respond(waiting.error());
  return answer(judged(), [&](const std::vector<DeviceHealth>& devices) {
    const auto count = [&](Standing standing) {
      return std::count_if(devices.begin(), devices.end(), [&](const auto& device) { return device.line.standing == standing; });
    };
    const auto alerts = std::count_if(devices.begin(), devices.end(), [](const auto& device) { return device.alert != Alert::none; });
    const auto& policy = store_.store().policy;
    const auto log = store_.log_view(runtime::read_clock().wall);
    return json::object{
        {"role", "both"},
        {"organisation", policy.genesis().organisation},
        {"org", hex(policy.org().view())},
        {"root_key", hex(policy.genesis().root.view())},
        {"listen", served_.listen},
        {"http", served_.http},
        {"log_file", served_.log},
        {"links", hub_.links()},
        {"devices",
         json::object{
             {"approved", count(Standing::approved)}, {"waiting", count(Standing::waiting)}, {"revoked", count(Standing::revoked)}}},
        {"alerts", alerts},
        {"log",
         json::object{
             {"size", log.size}, {"root", hex(log.root.view())}, {"applied", log.applied}, {"incarnation", hex(log.centre.view())}}},
        {"keeping", json_of(*keeping, log.size)},
        {"addresses", json::array(policy.addresses().begin(), policy.addresses().end())},
        {"policy_entries", policy.count()},
        {"calendar", runtime::calendar_standing_json(today().calendar, today().now)},
        {"desk", *work},
        {"erasures", *orders},
        {"to_admit", *to_admit},
        {"damaged_segments", *damaged},
        {"waiting", *waiting},
        {"disk", json::object{{"free_bytes", runtime::disk_free_bytes(served_.data)}}},
        {"version", WARDSYNC_VERSION}};
  });
}

Response Api::health() {
  const auto keeping = store_.keeping();
  if (keeping.has_error()) return respond(keeping.error());
  return answer(judged(), [&](const auto& devices) {
    auto out = json_of(*keeping, store_.log_view({}).size);
    out["devices"] = devices_json(devices);
    return out;
  });
}

Response Api::devices(const Request& request) {
  const auto standing = request.query_or("standing", "");
  return answer(judged(), [&](std::vector<DeviceHealth> devices) {
    if (!standing.empty()) std::erase_if(devices, [&](const auto& device) { return standing != name_of(device.line.standing); });
    return json::object{{"devices", devices_json(devices)}};
  });
}

Result<DeviceHealth> Api::find_device(std::string wanted) {
  std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (wanted.size() < id_digits_min) return fail(Fault::invalid, "a device is named by at least the first 4 digits of its id");
  WARD_TRY(auto devices, judged());
  std::erase_if(devices, [&](const auto& device) { return !hex(device.line.device.view()).starts_with(wanted); });
  if (devices.empty()) return fail(Fault::not_found, "no device's id begins so");
  if (devices.size() > 1) return fail(Fault::ambiguous, "the ids of several devices begin so");
  return std::move(devices.front());
}

Response Api::device(const Request& request) {
  return answer(find_device(request), [](const auto& device) { return json_of(device); });
}

Response Api::remembered(const Request& request, Response response) {
  if (request.idempotency_key.empty()) return response;
  const auto kept = storage::remember_answer(store_.store(), request.idempotency_key, *runtime::name_of_request(request),
                                             runtime::encode_answer(response), runtime::read_clock().wall);
  return kept.has_error() ? respond(kept.error()) : response;
}

json::object Api::device_after(const DeviceHealth& before) {
  auto after = judge(store_.devices_in_transaction(), hub_.connected(), runtime::read_clock().wall);
  const auto found = std::find_if(after.begin(), after.end(), [&](const auto& one) { return one.line.device == before.line.device; });
  return json_of(found == after.end() ? before : *found);
}

Response Api::approve(const Request& request) {
  const auto found = find_device(request);
  if (found.has_error()) return respond(found.error());
  Response response;
  const auto approved = store_.approve(found->line.device, runtime::read_clock().wall, [&] {
    response = respond(device_after(*found));
    desk::note(site_, audit::Kind::device_approved, request, hex(found->line.device.view()), found->line.unit);
    remember(request, response);
  });
  if (approved.has_error()) return respond(approved.error());
  runtime::log_info(runtime::Happened::device_approved,
                    {runtime::Field::device(found->line.device), runtime::Field::unit(found->line.unit)});
  hub_.policy_changed();
  hub_.events.add("devices", {{"device", hex(found->line.device.view())}});
  return response;
}

Response Api::revoke(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto reason = runtime::text_member(*body, "reason", {});
  if (reason.has_error()) return respond(reason.error());
  if (reason->empty()) return respond(fail(Fault::invalid, "a revocation needs its `reason`; whoever asks later must find it"));
  auto found = find_device(request);
  if (found.has_error()) return respond(found.error());
  Response response;
  const auto revoked = store_.revoke(found->line.device, *reason, runtime::read_clock().wall, [&] {
    found->line.standing = Standing::revoked;  // of who only waited, nothing is left
    response = respond(device_after(*found));
    desk::note(site_, audit::Kind::device_revoked, request, hex(found->line.device.view()), found->line.unit);
    remember(request, response);
  });
  if (revoked.has_error()) return respond(revoked.error());
  runtime::log_info(runtime::Happened::device_revoked,
                    {runtime::Field::device(found->line.device), runtime::Field::unit(found->line.unit)});
  hub_.policy_changed();
  hub_.events.add("devices", {{"device", hex(found->line.device.view())}});
  hub_.disconnect(found->line.device, fail(Fault::revoked, "link: the device was revoked"));
  return response;
}

Response Api::metrics() {
  const auto devices = judged();
  if (devices.has_error()) return respond(devices.error());
  const auto keeping = store_.keeping();
  if (keeping.has_error()) return respond(keeping.error());
  const auto count = [&](auto&& fits) { return static_cast<std::int64_t>(std::count_if(devices->begin(), devices->end(), fits)); };
  std::vector<std::pair<std::string, std::int64_t>> standings, alerts;
  for (const auto standing : {Standing::approved, Standing::waiting, Standing::revoked})
    standings.emplace_back(name_of(standing), count([&](const auto& device) { return device.line.standing == standing; }));
  for (const auto alert : all_alerts)
    if (alert != Alert::none) alerts.emplace_back(name_of(alert), count([&](const auto& device) { return device.alert == alert; }));
  std::uint64_t unsent = 0;
  WallTime oldest;
  for (const auto& device : *devices) {
    unsent += device.line.report.queue_records;
    const auto since = device.line.report.queue_oldest;
    if (since.ms != 0 && (oldest.ms == 0 || since < oldest)) oldest = since;
  }
  const auto log = store_.log_view(runtime::read_clock().wall);
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  runtime::Metrics out;
  out.gauges("wardsync_devices", "Devices by standing.", "standing", standings);
  out.gauges("wardsync_devices_alerting", "Devices by what is wrong with them.", "alert", alerts);
  out.gauge("wardsync_links_open", "Open links.", number(hub_.links()));
  out.gauge("wardsync_reported_unsent_records", "Records that wait at wards, as they last reported.", number(unsent));
  out.gauge("wardsync_reported_oldest_unsent_timestamp_seconds", "When the oldest of them was saved; 0 when there is none.",
            oldest.ms / 1000);
  out.counter("wardsync_log_segments_total", "Segments in the log.", number(log.size));
  out.counter("wardsync_log_applied_segments_total", "Segments that the registry has merged.", number(log.applied));
  out.gauge("wardsync_backup_timestamp_seconds", "When the newest verified backup was made; 0 when there is none.",
            keeping->backup_at.ms / 1000);
  out.gauge("wardsync_backup_segments", "Segments of the log that it holds.", number(keeping->backup_size));
  out.gauge("wardsync_archived_segments", "Segments that a copy on another machine holds.", number(keeping->archived));
  out.gauge("wardsync_policy_entries", "Entries of the policy log.", number(store_.store().policy.count()));
  out.gauge("wardsync_disk_free_bytes", "Free bytes on the data's disk.", number(runtime::disk_free_bytes(served_.data)));
  out.gauge("process_resident_memory_bytes", "Resident memory.", number(runtime::resident_bytes()));
  return std::move(out).response();
}

Response Api::new_ticket(const Request& request) {
  const auto wanted = wanted_ticket(request, runtime::read_clock().wall);
  if (wanted.has_error()) return respond(wanted.error());
  Response response;
  const auto made = store_.new_ticket(*wanted, [&](const ticket::Ticket& ticket) {
    response = respond(json_of(ticket));
    desk::note(site_, audit::Kind::ticket_new, request, ticket.unit, wanted->pre_approved ? "pre-approved" : "");
    remember(request, response);
  });
  return made.has_error() ? respond(made.error()) : response;
}

Response Api::verify(const Request& request) { return desk::verify(site_, request); }

}  // namespace ward::centre
