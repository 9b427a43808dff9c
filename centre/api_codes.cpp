#include "centre/api.hpp"
#include "centre/json.hpp"
#include "desk/audit.hpp"
#include "runtime/clock.hpp"
#include "runtime/json_input.hpp"

#include <boost/json/array.hpp>

/// The dossier codes that each PC may give.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

json::object json_of(const policy::CodeBlock& block) {
  return {{"first", block.first}, {"last", block.last}, {"from", code::date_text(block.from)}, {"to", code::date_text(block.to)}};
}

json::object json_of(const storage::DeviceCodes& codes) {
  json::array blocks;
  for (const auto& block : codes.blocks) blocks.push_back(json_of(block));
  return {{"device", hex(codes.device.view())},
          {"unit", codes.unit},
          {"label", codes.label},
          {"standing", codes.revoked ? "revoked" : "approved"},
          {"identification", codes.identification},
          {"until", codes.until ? code::date_text(*codes.until) : std::string()},
          {"given_today", codes.given_today},
          {"left_today", codes.left_today},
          {"provisional", codes.provisional},
          {"blocks", std::move(blocks)}};
}

Result<code::Day> day_member(const json::object& from, std::string_view name) {
  WARD_TRY(const auto text, runtime::text_member(from, name, {}));
  const auto day = code::parse_date(text);
  if (!day) return fail(Fault::invalid, "`" + std::string(name) + "` must be a day as YYYY-MM-DD");
  return *day;
}

}  // namespace

Response Api::codes(const Request& request) {
  const auto unit = request.query_or("unit", "");
  if (!unit.empty() && store_.store().policy.unit(unit) == nullptr) return respond(fail(Fault::not_found, "there is no such unit"));
  const auto all = store_.codes(runtime::read_clock().wall);
  if (all.has_error()) return respond(all.error());
  json::array devices;
  for (const auto& codes : *all)
    if (unit.empty() || codes.unit == unit) devices.push_back(json_of(codes));
  return respond(json::object{{"devices", std::move(devices)}});
}

Response Api::give_codes(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto digits = runtime::text_member(*body, "device", {});
  if (digits.has_error()) return respond(digits.error());
  const auto from = day_member(*body, "from");
  if (from.has_error()) return respond(from.error());
  const auto to = day_member(*body, "to");
  if (to.has_error()) return respond(to.error());
  const auto serials = runtime::number_member(*body, "serials", 0);
  if (serials.has_error()) return respond(serials.error());
  if (*serials < 1 || *serials > storage::CodePlan::serials_max)
    return respond(fail(Fault::invalid, "`serials` must be 1 to " + std::to_string(storage::CodePlan::serials_max)));
  const auto device = find_device(*digits);
  if (device.has_error()) return respond(device.error());
  Response response;
  const storage::WantedBlock wanted{device->line.device, *from, *to, static_cast<std::uint32_t>(*serials)};
  const auto given = store_.give_codes(wanted, runtime::read_clock().wall, [&](const policy::CodeBlock& block) {
    auto out = json_of(block);
    out["device"] = hex(block.device.view());
    out["identification"] = block.identification;
    response = respond(out, 201);
    desk::note(site_, audit::Kind::codes_given, request, hex(block.device.view()),
               std::to_string(block.first) + " to " + std::to_string(block.last));
    remember(request, response);
  });
  if (given.has_error()) return respond(given.error());
  hub_.policy_changed();
  hub_.events.add("devices", {{"device", hex(device->line.device.view())}});
  return response;
}

}  // namespace ward::centre
