#include "centre/api.hpp"
#include "desk/audit.hpp"
#include "runtime/clock.hpp"
#include "runtime/json_input.hpp"
#include "runtime/tables.hpp"

/// Units that are added, become one with another, or get a new seed. Each is for ever, so each answers with the unit as it is then.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

Result<policy::Unit> wanted_unit(const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  policy::Unit out;
  WARD_TRY(out.code, runtime::text_member(body, "code", {}));
  WARD_TRY(out.name_vi, runtime::text_member(body, "name_vi", {}));
  WARD_TRY(out.name_en, runtime::text_member(body, "name_en", out.name_vi));
  WARD_TRY(out.kind, runtime::text_member(body, "kind", "ward"));
  WARD_TRY(out.parent, runtime::text_member(body, "parent", {}));
  WARD_TRY(out.identification, runtime::text_member(body, "identification_code", {}));
  return out;
}

struct Succession {
  std::string heir, reason;
};
Result<Succession> wanted_succession(const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  Succession out;
  WARD_TRY(out.heir, runtime::text_member(body, "heir", {}));
  WARD_TRY(out.reason, runtime::text_member(body, "reason", {}));
  if (out.reason.empty()) return fail(Fault::invalid, "a merger needs its `reason`: the decision that says so");
  return out;
}

}  // namespace

json::object Api::unit_json(const UnitCode& code) {
  const auto& policy = store_.store().policy;
  return runtime::json_of(*policy.unit(code), policy.heir(code));
}

Response Api::units(const Request& request) {
  json::array out;
  for (const auto* unit : store_.store().policy.units()) out.push_back(unit_json(unit->code));
  return runtime::respond_unless_held(json::object{{"units", std::move(out)}}, request);
}

/// What an act on a unit answers, in its transaction.
storage::Also Api::telling_unit(const Request& request, UnitCode code, Response& response, audit::Kind kind, std::string detail) {
  return [this, &request, &response, kind, of = std::move(code), said = std::move(detail)] {
    response = respond(json::value(unit_json(of)));
    desk::note(site_, kind, request, of, said);
    remember(request, response);
  };
}

Response Api::unit_changed(const Result<void>& done, Response response) {
  if (done.has_error()) return respond(done.error());
  hub_.policy_changed();
  return response;
}

Response Api::add_unit(const Request& request) {
  auto wanted = wanted_unit(request);
  if (wanted.has_error()) return respond(wanted.error());
  Response response;
  const auto also = telling_unit(request, wanted->code, response, audit::Kind::unit_added);
  auto done = store_.add_unit(*std::move(wanted), runtime::read_clock().wall, also);
  if (done.has_error() && done.error().fault == Fault::malformed)
    done = fail(Fault::invalid, done.error().detail + "; a unit's code is 1 to 64 of A-Z, 0-9 and -");
  return unit_changed(done, std::move(response));
}

Response Api::merge_unit(const Request& request) {
  const auto wanted = wanted_succession(request);
  if (wanted.has_error()) return respond(wanted.error());
  const auto& code = request.parameters.at("code");
  Response response;
  const auto also = telling_unit(request, code, response, audit::Kind::unit_merged, "into " + wanted->heir);
  const auto done = store_.merge_unit(code, wanted->heir, wanted->reason, runtime::read_clock().wall, also);
  return unit_changed(done, std::move(response));
}

Response Api::renew_seed(const Request& request) {
  const auto& code = request.parameters.at("code");
  Response response;
  const auto also = telling_unit(request, code, response, audit::Kind::unit_renewed);
  const auto done = store_.renew_seed(code, runtime::read_clock().wall, also);
  return unit_changed(done, std::move(response));
}

}  // namespace ward::centre
