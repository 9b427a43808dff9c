#include "agent/api.hpp"
#include "agent/key_file.hpp"

#include "runtime/calendar_json.hpp"
#include "desk/office_hours.hpp"
#include "desk/audit.hpp"
#include "desk/verification.hpp"
#include "runtime/clock.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/evidence_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/members.hpp"
#include "runtime/machine.hpp"
#include "runtime/metrics.hpp"
#include "runtime/tables.hpp"
#include "storage/calendar.hpp"
#include "storage/shared_codes.hpp"

/// What the PC says of itself.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;
using runtime::time_text;

json::object link_json(const LinkStanding& link) {
  json::object out{{"state", name_of(link.state)}, {"since", time_text(link.since)}, {"rtt_ms", nullptr}, {"last_error", link.last_error}};
  if (link.rtt_ms >= 0) out["rtt_ms"] = link.rtt_ms;
  out["attempts"] = link.attempts;
  if (link.last_error_at.ms != 0) out["last_error_at"] = time_text(link.last_error_at);
  if (link.next_try_at.ms != 0) out["next_try_at"] = time_text(link.next_try_at);
  return out;
}

const char* approval_of(Ward& ward, bool shut_out) {
  if (ward.store.store().policy.device(ward.store.membership().device) == nullptr) return "waiting";
  return shut_out ? "revoked" : "approved";
}

/// As the file says now.
json::value key_protection(const std::string& data) {
  const auto directory = runtime::DataDir::find(data);
  const auto by = directory.has_value() ? runtime::protection_of(key_file_in(*directory)) : Result<keys::Protection>(directory.error());
  return by.has_value() ? json::value(name_of(*by)) : json::value();
}

}  // namespace

Result<Standing> standing_of(Ward& ward) {
  const auto now = runtime::read_clock();
  Standing out;
  WARD_TRY(out.report, ward.store.report(now));
  WARD_TRY(out.progress, ward.store.progress(now));
  WARD_TRY(out.exposure, ward.store.exposure());
  WARD_TRY(out.codes, ward.store.codes(now));
  WARD_TRY(out.lease, ward.store.lease(now));
  WARD_TRY(out.inbox, storage::count_inbox(ward.store.store()));
  const auto late = desk::working_hours_before(storage::calendar_of(ward.store.store()), now.wall, desk::working_day_hours);
  WARD_TRY(out.hand_overs, storage::count_hand_overs(ward.store.store(), ward.store.membership().unit, {late.ms + 1}));
  WARD_TRY(const auto shared, storage::shared_codes(ward.store.store()));
  out.shared_codes = shared.size();
  out.disk_free_bytes = runtime::disk_free_bytes(ward.data);
  return out;
}

json::object status_json(Ward& ward, const Standing& standing, bool shut_out) {
  const auto& membership = ward.store.membership();
  const auto& report = standing.report;
  const auto& progress = standing.progress;
  const auto addresses = ward.centre_addresses();
  json::object out{
      {"device", hex(membership.device.view())},
      {"unit", membership.unit},
      {"organisation", ward.store.store().policy.genesis().organisation},
      {"calendar",
       runtime::calendar_standing_json(storage::calendar_of(ward.store.store()), deadline::moment_of(runtime::read_clock().wall))},
      {"root_key", hex(membership.root.view())},
      {"policy_entries", ward.store.store().policy.count()},
      {"centre", ward.link.address.empty() ? membership.centre_address : ward.link.address},
      {"centre_addresses", json::array(addresses.begin(), addresses.end())},
      {"approval", approval_of(ward, shut_out)},
      {"incarnation", progress.incarnation.is_zero() ? json::value() : json::value(hex(progress.incarnation.view()))},
      {"link", link_json(ward.link)},
      {"queue",
       json::object{{"records", report.queue_records}, {"bytes", report.queue_bytes}, {"oldest_at", time_text(report.queue_oldest)}}},
      {"receipted", json::object{{"through", progress.receipted_through}, {"at", time_text(progress.receipted_at)}}},
      {"exposure", json::object{{"dossiers", standing.exposure.dossiers}, {"oldest_at", time_text(standing.exposure.oldest)}}},
      {"today", time_text(runtime::read_clock().wall).substr(0, 10)},
      {"applied", progress.applied},
      {"dossiers", progress.dossiers},
      {"records_at_centre", progress.at_centre},
      {"codes", codes_json(standing.codes, standing.shared_codes)},
      {"conflicts", report.conflicts},
      {"attention", standing.inbox.attention},
      {"hand_overs",
       json::object{{"to_us", standing.hand_overs.to_us}, {"by_us", standing.hand_overs.by_us}, {"late", standing.hand_overs.late}}},
      {"waiting", report.waiting},
      {"quarantined", report.quarantined},
      {"quota_until", progress.full_until.ms == 0 ? std::string() : time_text(progress.full_until)},
      {"lease",
       json::object{{"days", standing.lease.days}, {"last_contact_at", time_text(standing.lease.contact)}, {"over", standing.lease.over}}},
      {"refused_segments", progress.refused_segments},
      {"clock", json::object{{"offset_ms", progress.clock_offset_ms}, {"trusted", progress.clock_trusted}}},
      {"disk", json::object{{"free_bytes", standing.disk_free_bytes}}},
      {"alarm", progress.alarm},
      {"restored", progress.restored},
      {"http", ward.http},
      {"log_file", ward.log},
      {"key_protection", key_protection(ward.data)},
      {"version", WARDSYNC_VERSION}};
  return out;
}

json::object receipt_json(const sync::Receipted& receipted) {
  const auto& receipt = receipted.receipt;
  json::array heads;
  for (const auto& head : receipt.heads)
    heads.push_back(
        json::object{{"incarnation", hex(head.incarnation.view())}, {"count", head.count}, {"statement", hex(head.statement.view())}});
  return {{"org", hex(receipt.org.view())},
          {"device", hex(receipt.device.view())},
          {"centre", hex(receipt.centre.view())},
          {"role", receipt.role == log::Role::registry ? "registry" : "relay"},
          {"size", receipt.size},
          {"root", hex(receipt.root.view())},
          {"time", time_text(receipt.time)},
          {"archived", receipt.archived},
          {"heads", std::move(heads)},
          {"signature", hex(receipted.signature.view())},
          {"bytes", hex(log::encode_receipt(receipt))}};
}

runtime::Response Api::status(const Request& request) {
  const auto standing = standing_of(ward_);
  if (standing.has_error()) return refuse(standing.error());
  const auto counts = desk_.counts(request);
  if (counts.has_error()) return refuse(counts.error());
  auto out = status_json(ward_, *standing, site_.is_shut_out());
  for (const auto& count : *counts) out[count.key()] = count.value();
  return respond(out);
}

runtime::Response Api::health() {
  const auto standing = standing_of(ward_);
  if (standing.has_error()) return refuse(standing.error());
  const bool well = standing->progress.alarm.empty() && standing->progress.refused_segments == 0 && ward_.link.state != LinkState::revoked;
  return respond(json::object{{"ok", well}, {"link", name_of(ward_.link.state)}, {"alarm", standing->progress.alarm}});
}

runtime::Response Api::metrics() {
  const auto standing = standing_of(ward_);
  if (standing.has_error()) return refuse(standing.error());
  const auto& report = standing->report;
  const auto& progress = standing->progress;
  const auto now = runtime::read_clock().wall;
  const auto oldest = report.queue_oldest.ms == 0 ? 0 : std::max<std::int64_t>(now.ms - report.queue_oldest.ms, 0) / 1000;
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  runtime::Metrics out;
  out.gauge("wardsync_queue_records", "Own records without a receipt.", number(report.queue_records));
  out.gauge("wardsync_queue_bytes", "Their bytes.", number(report.queue_bytes));
  out.gauge("wardsync_oldest_unsent_seconds", "Age of the oldest of them; 0 when there is none.", oldest);
  out.gauge("wardsync_oldest_unsent_timestamp_seconds", "When it was saved; 0 when there is none.", report.queue_oldest.ms / 1000);
  out.gauge("wardsync_exposed_dossiers", "Dossiers that would lose something if this PC broke now.", number(standing->exposure.dossiers));
  out.counter("wardsync_receipted_records_total", "Own records under a receipt.", number(progress.receipted_through));
  out.gauge("wardsync_receipted_timestamp_seconds", "Time of the newest receipt.", progress.receipted_at.ms / 1000);
  out.gauge("wardsync_link_open", "1 while the link to the centre is open.", ward_.link.state == LinkState::open ? 1 : 0);
  out.gauge("wardsync_link_failed_attempts", "Attempts that failed since a link stood last.", number(ward_.link.attempts));
  out.gauge("wardsync_dossiers", "Dossiers held.", number(progress.dossiers));
  out.gauge("wardsync_dossiers_at_centre", "Of these, those whose records are at the centre only.", number(progress.at_centre));
  out.gauge("wardsync_codes_left_today", "Official codes that new dossiers can still get today; 0 while none can be given.",
            number(standing->codes.left_today));
  out.gauge("wardsync_codes_provisional", "Dossiers that wait for an official code.", number(standing->codes.provisional));
  out.gauge("wardsync_codes_shared", "Codes that several dossiers have.", number(standing->shared_codes));
  out.gauge("wardsync_conflicts", "Conflicts that a person must decide.", number(report.conflicts));
  out.gauge("wardsync_waiting_changes", "Changes whose past is not held yet.", number(report.waiting));
  out.gauge("wardsync_quarantined_records", "Records in quarantine.", number(report.quarantined));
  out.gauge("wardsync_refused_segments", "Segments that the centre will not take.", number(progress.refused_segments));
  out.seconds("wardsync_clock_offset_seconds", "This clock minus the centre's.", std::chrono::milliseconds(progress.clock_offset_ms));
  out.gauge("wardsync_disk_free_bytes", "Free bytes on the data's disk.", number(standing->disk_free_bytes));
  out.gauge("process_resident_memory_bytes", "Resident memory.", number(runtime::resident_bytes()));
  return std::move(out).response();
}

runtime::Response Api::units(const Request& request) {
  json::array out;
  const auto& policy = ward_.store.store().policy;
  for (const auto* unit : policy.units()) out.push_back(runtime::json_of(*unit, policy.heir(unit->code)));
  return runtime::respond_unless_held(json::object{{"units", std::move(out)}}, request);
}

runtime::Response Api::receipt() {
  const auto last = ward_.store.last_receipt();
  if (last.has_error()) return refuse(last.error());
  if (!*last) return refuse(fail(Fault::not_found, "the centre has not receipted anything of this PC yet"));
  return respond(receipt_json(**last));
}

runtime::Response Api::contradiction() {
  const auto kept = ward_.store.contradiction();
  if (kept.has_error()) return refuse(kept.error());
  if (!*kept) return refuse(fail(Fault::not_found, "nothing that was signed contradicts itself here"));
  return respond(runtime::json_of_contradiction(ward_.store.store().policy.entries(), **kept));
}

runtime::Response Api::sync(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  const auto action = runtime::text_member(*body, "action", "now");
  if (action.has_error()) return refuse(action.error());
  if (*action == "now") {
    ward_.sync_now();
  } else if (*action == "pause" || *action == "resume") {
    const bool paused = *action == "pause";
    if (const auto refused = log_in_.nobody_at_page(request); refused && paused) return respond(*refused);
    const auto act = desk::act_of(site_, paused ? audit::Kind::sync_paused : audit::Kind::sync_resumed, desk::who_of(request));
    if (const auto stored = ward_.pause(paused, act); stored.has_error()) return refuse(stored.error());
  } else {
    return refuse(fail(Fault::invalid, "`action` must be now, pause or resume"));
  }
  return status(request);
}

runtime::Response Api::import_policy(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  runtime::Members from(*body);
  const auto entries = from.policy();
  if (const auto read = from.finish(runtime::policy_format); read.has_error()) return refuse(read.error());
  const auto held = ward_.store.store().policy.count();
  const auto stored = ward_.store.store_policy({entries}, clock_());
  if (stored.has_error()) return refuse(stored.error());
  const auto fresh = stored->policy_count - held;
  if (const auto noted =
          desk::note_alone(site_, audit::Kind::policy_imported, desk::who_of(request), {}, std::to_string(fresh) + " entries");
      noted.has_error())
    return refuse(noted.error());
  ward_.sync_now();
  return respond(json::object{{"fresh", fresh}, {"entries", stored->policy_count}});
}

runtime::Response Api::verify(const Request& request) { return desk::verify(site_, request); }

}  // namespace ward::agent
