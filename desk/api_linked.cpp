#include "desk/api.hpp"
#include "desk/fan_out.hpp"
#include "protocol/merge/meaning.hpp"
#include "protocol/text/text.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/calendar.hpp"

#include <algorithm>

/// Linked dossiers (liên thông): what was lodged once fans out to the authorities that work on it.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::respond;

/// {"to": {PART: UNIT}}.
Result<Takers> takers_of(const json::object& body) {
  Takers out;
  const auto* to = body.if_contains("to");
  if (to == nullptr) return out;
  if (!to->is_object()) return fail(Fault::invalid, "`to` must be an object: the part, and the unit that takes it");
  for (const auto& [part, unit] : to->get_object()) {
    if (!unit.is_string()) return fail(Fault::invalid, "`to` must give a unit's code for each part");
    out.emplace(part, unit.get_string());
  }
  return out;
}

Result<FanOut> act_of(const runtime::Request& request, const json::object& body) {
  FanOut out;
  WARD_TRY(out.user, user_of(request));
  WARD_TRY(const auto why, runtime::text_member(body, "why", {}));
  WARD_TRY(out.why, text::to_nfc(why));
  WARD_TRY(const auto note, runtime::text_member(body, "note", {}));
  WARD_TRY(out.note, text::to_nfc(note));
  return out;
}

json::object planned_json(const Planned& planned) {
  return {{"part", planned.part.key}, {"to", planned.part.to}, {"create", planned.create}, {"offer", planned.offer}};
}

/// What is handed over when it stands already is an act of its own; an offer in the creating change is not.
void sign_hand_overs(std::vector<storage::NewChange>& changes, const Signer& signer, const OrgId& org) {
  for (auto& one : changes)
    if (one.did && std::any_of(one.change.ops.begin(), one.change.ops.end(), merge::needs_signature))
      one = signed_by(signer, std::move(one), org);
}

/// What stands in the way although it could be saved: the dossier lies elsewhere, its writer may not act, …
Result<std::optional<runtime::Trouble>> look_at_changes(Site& site, const Asked& asked, const std::vector<storage::NewChange>& changes,
                                                        const Signer& signer) {
  const auto& context = storage::context_of(site.store());
  WARD_TRY(const auto author, site.author());
  if (context.house_of(author.unit, std::nullopt) != context.house_of(asked.state.custody.unit, std::nullopt))
    return std::optional(trouble_of(merge::Refusal::outside_custody, asked.state));
  for (const auto& one : changes) {
    if (!one.did) continue;
    // Any ids stand for those of dossiers that are not made yet.
    auto whole = storage::completed(one, std::vector<storage::Saved>(changes.size()));
    if (signer) whole.change.act = tried_as_signed();
    WARD_TRY(const auto trial, storage::try_change(site.store(), *one.did, whole.change, author));
    if (auto trouble = must_apply(trial)) return trouble;
  }
  return std::optional<runtime::Trouble>();
}

}  // namespace

runtime::Response Api::linked(const Request& request) {
  const auto asked = asked_for(site_, request, request.parameters.at("code"));
  if (asked.has_error()) return refuse(asked.error());
  const auto plan = plan_of(site_.store(), asked->state, {});
  if (plan.has_error()) return refuse(plan.error());
  json::object out{{"id", runtime::id_text(asked->did)}};
  const auto added =
      add_linked(out, site_.store(), asked->state, {storage::calendar_of(site_.store()), deadline::moment_of(site_.now().wall)});
  if (added.has_error()) return refuse(added.error());
  json::array missing;
  for (const auto& planned : *plan) missing.push_back(planned_json(planned));
  out["missing"] = std::move(missing);
  const auto trouble = may_fan_out(asked->state, *plan);
  out["trouble"] = trouble && trouble->name != "no_unit" ? json::value(json::string(trouble->name)) : json::value(nullptr);
  return respond(out);
}

runtime::Response Api::fan_out(const Request& request) {
  const auto asked = asked_for(site_, request, request.parameters.at("code"));
  if (asked.has_error()) return refuse(asked.error());
  const auto takers = takers_of(asked->body);
  if (takers.has_error()) return refuse(takers.error());
  const auto said = act_of(request, asked->body);
  if (said.has_error()) return refuse(said.error());
  const auto plan = plan_of(site_.store(), asked->state, *takers);
  if (plan.has_error()) return refuse(plan.error());
  if (const auto trouble = may_fan_out(asked->state, *plan)) return respond(*trouble);
  const auto found = signer_of(site_, said->user, asked->body);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&found)) return respond(*trouble);
  const auto& signer = std::get<Signer>(found);
  auto changes = changes_of(asked->state, *plan, *said, site_.store());
  const auto looked = look_at_changes(site_, *asked, changes, signer);
  if (looked.has_error()) return refuse(looked.error());
  if (*looked) return respond(**looked);
  sign_hand_overs(changes, signer, site_.store().org);
  const auto saved = save(site_, request, changes, [&](const std::vector<storage::Saved>& all) {
    json::array created, offered;
    for (const auto& planned : *plan) {
      if (planned.offer) offered.emplace_back(planned.part.key);
      if (!planned.create) continue;
      const auto& one = all.at(created.size());
      created.push_back(json::object{{"part", planned.part.key},
                                     {"id", runtime::id_text(one.did)},
                                     {"code", one.code},
                                     {"provisional", one.provisional},
                                     {"to", planned.part.to}});
    }
    const auto version = created.empty() ? asked->state.version : std::vector{all.at(created.size()).position};
    const json::object out{{"id", runtime::id_text(asked->did)},
                           {"version", runtime::version_text(version)},
                           {"created", std::move(created)},
                           {"offered", std::move(offered)}};
    return respond(out, all.empty() ? 200 : 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::desk
