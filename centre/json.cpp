#include "centre/json.hpp"

#include "runtime/causes.hpp"
#include "runtime/dossier_json.hpp"

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::time_text;

}  // namespace

const char* name_of(storage::DeviceLine::Standing standing) noexcept {
  switch (standing) {
    case storage::DeviceLine::Standing::waiting: return "waiting";
    case storage::DeviceLine::Standing::approved: return "approved";
    case storage::DeviceLine::Standing::revoked: return "revoked";
  }
  return "waiting";
}

json::object json_of(const DeviceHealth& device) {
  const auto& line = device.line;
  const auto& report = line.report;
  json::object out{
      {"device", hex(line.device.view())},
      {"unit", line.unit},
      {"label", line.label},
      {"standing", name_of(line.standing)},
      {"alert", name_of(device.alert)},
      {"since", time_text(device.since)},
      {"last_contact_at", time_text(line.contact)},
      {"link", json::object{{"state", device.connected ? "open" : "closed"}, {"last_error", line.refused_why}}},
      {"queue",
       json::object{{"records", report.queue_records}, {"bytes", report.queue_bytes}, {"oldest_at", time_text(report.queue_oldest)}}},
      {"receipted", json::object{{"through", line.records}, {"at", time_text(line.accepted)}}},
      {"conflicts", report.conflicts},
      {"waiting", report.waiting},
      {"quarantined", report.quarantined},
      {"clock", json::object{{"offset_ms", device.clock_offset_ms}, {"trusted", device.clock_trusted}}},
      {"disk", json::object{{"free_bytes", report.disk_free_bytes}}},
      {"codes", json::object{{"until", line.codes_until == code::Day{} ? std::string() : code::date_text(line.codes_until)},
                             {"provisional", line.provisional}}},
      {"version", report.version}};
  if (device.alert != Alert::none)
    add_cause(out, runtime::cause_of(name_of(device.alert)));
  else if (line.standing == storage::DeviceLine::Standing::waiting)
    add_cause(out, runtime::cause_of("waiting_for_approval"));
  if (!line.fingerprint.empty()) out["fingerprint"] = line.fingerprint;
  if (line.refused.ms != 0) out["refused_at"] = time_text(line.refused);
  return out;
}

json::object json_of(const storage::Keeping& keeping, std::uint64_t log_size) {
  json::object out{{"backup", nullptr}, {"archived", keeping.archived}, {"restored", nullptr}};
  if (keeping.backup_at.ms != 0)
    out["backup"] = json::object{
        {"at", time_text(keeping.backup_at)}, {"size", keeping.backup_size}, {"segments_since", log_size - keeping.backup_size}};
  if (keeping.restored_at.ms != 0)
    out["restored"] = json::object{{"at", time_text(keeping.restored_at)},
                                   {"size", keeping.restored_size},
                                   {"devices_not_back", keeping.not_back},
                                   {"awaits_policy", keeping.awaits_policy}};
  return out;
}

}  // namespace ward::centre
