#include "centre/api.hpp"
#include "centre/json.hpp"
#include "centre/leaders.hpp"
#include "desk/acts.hpp"
#include "desk/signer.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/log.hpp"
#include "storage/entitlement.hpp"

#include <algorithm>

/// Orders to erase a dossier, and which device has done it (docs/adr/0012).
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;
using runtime::Trouble;

std::string time_or_empty(WallTime time) { return time.ms == 0 ? std::string() : runtime::time_text(time); }

json::array codes_json(const std::vector<std::string>& codes) { return json::array(codes.begin(), codes.end()); }

bool is_open(const storage::ErasureStanding::Of& device) { return device.done.ms == 0; }

json::object json_of(const storage::ErasureStanding::Of& device) {
  return {{"device", hex(device.device.view())},
          {"unit", device.unit},
          {"label", device.label},
          {"state", !is_open(device) ? "done"
                    : device.revoked ? "revoked"
                                     : "open"},
          {"read", device.read},
          {"done_at", time_or_empty(device.done)},
          {"last_contact_at", time_or_empty(device.contact)}};
}

json::object json_of(const storage::ErasureStanding& standing) {
  const auto& order = standing.order;
  json::array devices;
  for (const auto& device : standing.devices) devices.push_back(json_of(device));
  return {{"number", standing.number},
          {"id", runtime::id_text(order.did)},
          {"codes", codes_json(order.codes)},
          {"status", order.status},
          {"unit", order.custodian},
          {"reason", order.reason},
          {"by", order.user},
          {"by_unit", order.unit},
          {"signed", order.signature.has_value()},
          {"at", runtime::time_text(standing.at)},
          {"done_here", standing.done_here},
          {"open", std::count_if(standing.devices.begin(), standing.devices.end(), is_open)},
          {"devices", std::move(devices)}};
}

/// With his own key, if his account has one.
std::optional<Trouble> may_not_order(desk::Site& site, const Request& request, const std::string& user, bool with_key) {
  if (auto trouble = must_lead(site, request, user)) return trouble;
  const auto author = site.author();
  const bool has_key = author.has_value() && site.store().policy.act_key(author->unit, user) != nullptr;
  return has_key && !with_key ? std::optional(desk::trouble_of(merge::Refusal::unsigned_act, {})) : std::nullopt;
}

struct Wanted {
  json::object body;
  Did did;
  std::string user, reason;
};
Result<Wanted> wanted_order(storage::Store& store, const Request& request) {
  Wanted out;
  WARD_TRY(out.body, runtime::parse_object(request.body));
  WARD_TRY(const auto which, runtime::text_member(out.body, "dossier", {}));
  WARD_TRY(out.did, storage::find_dossier(store, which));
  WARD_TRY(out.reason, runtime::text_member(out.body, "reason", {}));
  WARD_TRY(out.user, desk::user_of(request));
  return out;
}

}  // namespace

Response Api::order_erasure(const Request& request) {
  const auto wanted = wanted_order(store_.store(), request);
  if (wanted.has_error()) return desk::refuse(wanted.error());
  if (const auto trouble = may_not_order(site_, request, wanted->user, wanted->body.contains("sign"))) return respond(*trouble);
  const auto found = desk::signer_of(site_, wanted->user, wanted->body);
  if (const auto* trouble = std::get_if<Trouble>(&found)) return respond(*trouble);
  storage::WantedErasure order{wanted->did, wanted->user, wanted->reason};
  if (const auto& signer = std::get<desk::Signer>(found))
    order.sign = [signer, org = store_.store().org](const policy::Erasure& erasure, Epoch entry) {
      return policy::sign_erasure(erasure, entry, org, *signer);
    };
  Response response;
  const auto done = store_.order_erasure(order, clock_().wall, [&] {
    auto all = store_.erasures_in_transaction();
    response = respond(json::value(json_of(all.front())), 201);
    remember(request, response);
  });
  if (done.has_error()) return desk::refuse(done.error());
  hub_.policy_changed();
  hub_.events.add("erasures", {});
  runtime::log_info(runtime::Happened::erasure_ordered);
  return response;
}

Response Api::confirm_erasures(const Request& request) {
  const auto user = desk::user_of(request);
  if (user.has_error()) return desk::refuse(user.error());
  if (const auto trouble = must_lead(site_, request, *user)) return respond(*trouble);
  Response response;
  const auto done = store_.confirm_erasures(*user, clock_().wall, [&] {
    response = respond(json::object{{"more", storage::erasures_a_day}}, 201);
    remember(request, response);
  });
  return done.has_error() ? desk::refuse(done.error()) : response;
}

Result<json::object> Api::erasures_json() {
  constexpr std::int64_t week_ms = std::int64_t{7} * 24 * 3'600'000;
  WARD_TRY(const auto all, store_.erasures());
  std::uint64_t open = 0, late = 0;
  for (const auto& standing : all) {
    const bool waits = !standing.done_here || std::any_of(standing.devices.begin(), standing.devices.end(), [](const auto& device) {
      return is_open(device) && device.read && !device.revoked;
    });
    open += waits ? 1U : 0U;
    late += waits && clock_().wall.ms - standing.at.ms > week_ms ? 1U : 0U;
  }
  return json::object{{"orders", all.size()}, {"open", open}, {"late", late}};
}

Response Api::erasures() {
  return answer_list("erasures", store_.erasures(), [](const auto& standing) { return json_of(standing); });
}

Response Api::erasure(const Request& request) {
  const auto all = store_.erasures();
  if (all.has_error()) return respond(all.error());
  const auto& wanted = request.parameters.at("number");
  const auto found = std::find_if(all->begin(), all->end(), [&](const auto& one) { return std::to_string(one.number) == wanted; });
  return found == all->end() ? respond(fail(Fault::not_found, "no order to erase has that number")) : respond(json::value(json_of(*found)));
}

/// What an order would destroy, for whoever is about to give it.
Response Api::erasure_preview(const Request& request) {
  auto& store = store_.store();
  const auto did = storage::find_dossier(store, request.parameters.at("code"));
  if (did.has_error()) return respond(did.error());
  const auto view = storage::show_dossier(store, *did);
  if (view.has_error()) return respond(view.error());
  const auto devices = store_.devices();
  if (devices.has_error()) return respond(devices.error());
  const auto out = store.db.read("look at what an order would destroy", [&]() -> Result<json::object> {
    const auto row = storage::find_dossier_row(store, *did);
    json::array units;
    for (const auto& reader : storage::readers_of(store, row)) units.emplace_back(reader.unit);
    const auto& state = view->state;
    return json::object{
        {"id", runtime::id_text(*did)},
        {"codes", codes_json(state.codes)},
        {"owner", course::shown_text(state, "ChuHoSo")},
        {"procedure", course::shown_text(state, "TenTTHC")},
        {"status", course::shown_text(state, "TrangThaiHoSo")},
        {"unit", state.custody.unit},
        {"records", storage::records_of_dossier(store, row).size()},
        {"units", std::move(units)},
        {"devices", std::count_if(devices->begin(), devices->end(),
                                  [](const auto& line) { return line.standing == storage::DeviceLine::Standing::approved; })},
        {"erased", state.erased}};
  });
  return out.has_error() ? respond(out.error()) : respond(json::value(*out));
}

}  // namespace ward::centre
