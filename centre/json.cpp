#include "centre/json.hpp"

#include "runtime/dossier_json.hpp"

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::time_text;

Error not_a(std::string_view name, const char* kind) { return fail(Fault::invalid, "`" + std::string(name) + "` must be " + kind); }

}  // namespace

const char* name_of(storage::DeviceLine::Standing standing) noexcept {
  switch (standing) {
    case storage::DeviceLine::Standing::waiting:
      return "waiting";
    case storage::DeviceLine::Standing::approved:
      return "approved";
    case storage::DeviceLine::Standing::revoked:
      return "revoked";
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
      {"version", report.version}};
  if (!line.fingerprint.empty()) out["fingerprint"] = line.fingerprint;
  if (line.refused.ms != 0) out["refused_at"] = time_text(line.refused);
  return out;
}

json::object json_of(const policy::Unit& unit) {
  return {{"code", unit.code},       {"name_vi", unit.name_vi}, {"name_en", unit.name_en},
          {"kind", unit.kind},       {"parent", unit.parent},   {"identification_code", unit.identification},
          {"epoch", unit.unit_epoch}};
}

json::object json_of(const storage::DossierLine& line) {
  return {{"id", runtime::id_text(line.did)},
          {"code", line.code},
          {"status", line.status},
          {"procedure", line.procedure},
          {"unit", line.unit},
          {"owner", line.owner},
          {"received", line.received},
          {"due", line.due},
          {"changed_at", time_text(line.changed_at)},
          {"conflicts", line.conflicts},
          {"state", storage::name_of(line.phase)}};
}

Result<std::string> text_member(const json::object& from, std::string_view name, std::string otherwise) {
  const auto* found = from.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_string()) return not_a(name, "a text");
  return std::string(found->get_string());
}

Result<std::int64_t> number_member(const json::object& from, std::string_view name, std::int64_t otherwise) {
  const auto* found = from.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_int64()) return not_a(name, "a whole number");
  return found->get_int64();
}

Result<bool> truth_member(const json::object& from, std::string_view name, bool otherwise) {
  const auto* found = from.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_bool()) return not_a(name, "true or false");
  return found->get_bool();
}

Result<json::object> parse_object(std::string_view text) {
  if (text.empty()) return json::object();
  json::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) return fail(Fault::invalid, "the body must be a JSON object");
  return std::move(value.get_object());
}

}  // namespace ward::centre
