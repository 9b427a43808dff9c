#include "desk/api.hpp"
#include "desk/decision.hpp"
#include "desk/item_json.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

#include <algorithm>

/// Deciding what waits, one at a time or all that are alike; what was decided lately; taking it back.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::respond;

constexpr std::chrono::hours undo_max{24 * 30};

/// What takes the decision back: the dossier's id and the operation that decided.
std::string resolution_text(const Did& did, const OpId& op) { return hex(did.view()) + "." + runtime::op_text(op); }

json::object decided_json(const storage::Saved& saved) {
  return {{"id", runtime::id_text(saved.did)}, {"version", runtime::version_text({saved.position})}};
}

json::object decision_json(const storage::DecisionLine& line) {
  json::array sides;
  for (const auto& side : line.sides) sides.push_back(runtime::json_of(side));
  const auto decided_ms = line.entry.said.hlc.wall().ms;
  return {{"resolution", resolution_text(line.did, line.entry.said.op)},
          {"dossier", line.code},
          {"dossier_id", runtime::id_text(line.did)},
          {"decided", runtime::json_of(line.entry)},
          {"sides", std::move(sides)},
          {"undo_until", runtime::time_text({decided_ms + std::chrono::milliseconds(undo_max).count()})}};
}

struct Decision {
  Asked asked;
  merge::HistoryEntry entry;
};

/// `name` is what `resolution_text` made.
Result<Decision> find_decision(Site& site, const runtime::Request& request, std::string_view name, WallTime now) {
  const auto dot = std::min(name.find('.'), name.size());
  WARD_TRY(auto asked, asked_for(site, request, "id:" + std::string(name.substr(0, dot))));
  WARD_TRY(auto entries, storage::dossier_history(site.store(), asked.did));
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const merge::HistoryEntry& entry) {
    return runtime::op_text(entry.said.op) == name.substr(std::min(dot + 1, name.size()));
  });
  if (found == entries.end()) return fail(Fault::not_found, "there is no such decision here");
  if (!merge::can_undo(*found)) return fail(Fault::invalid, "this is no decision that can be taken back; edit the dossier instead");
  if (now.ms - found->said.hlc.wall().ms > std::chrono::milliseconds(undo_max).count())
    return fail(Fault::invalid, "a decision can be taken back for 30 days; edit the dossier instead");
  return Decision{std::move(asked), std::move(*found)};
}

/// One decision for all that are alike: every one of them is tried, and nothing is saved unless all can be.
class Bulk {
 public:
  Bulk(Site& site, const runtime::Request& request, json::object body, const FoundItem& decided)
      : site_(site), request_(request), body_(std::move(body)), decided_(decided) {}

  [[nodiscard]] runtime::Response decide(std::int64_t expected) {
    const auto all = storage::alike(site_.store(), decided_.item, alike_max);
    if (all.has_error()) return refuse(all.error());
    if (static_cast<std::int64_t>(all->size()) != expected)
      return respond(runtime::Trouble{
          "not_alike",
          runtime::ExitCode::person_must_decide,
          409,
          "There are " + std::to_string(all->size()) + " cases like this one by now, not " + std::to_string(expected) + ".",
          "Nothing was decided.",
          "Look at them again; then decide them together, or each by itself.",
          {{"alike", all->size()}}});
    const auto user = user_of(request_);
    if (user.has_error()) return refuse(user.error());
    const auto opened = signer_of(site_, *user, body_);
    if (const auto* trouble = std::get_if<runtime::Trouble>(&opened)) return respond(*trouble);
    const auto& signer = std::get<Signer>(opened);
    body_.erase("sign");
    std::vector<storage::NewChange> changes;
    for (const auto& one : *all) {
      auto change = change_for(one);
      if (change.has_error()) return refuse(change.error());
      if (signer) change->act = tried_as_signed();
      const auto trial = try_act(site_, {one.dossier.did, one.dossier.state, body_}, *change);
      if (trial.has_error()) return refuse(trial.error());
      if (const auto trouble = must_decide(*trial, one.item)) return respond(*trouble);
      changes.push_back(signed_by(signer, {*std::move(change), one.dossier.did}, site_.store().org));
    }
    const auto saved = save(site_, request_, changes, [](const auto& done) {
      json::array resolutions;
      for (const auto& one : done) resolutions.emplace_back(resolution_text(one.did, {one.position, 0}));
      auto out = decided_json(done.front());
      out["resolution"] = resolutions.front();
      out["resolutions"] = std::move(resolutions);
      return respond(out, 201);
    });
    return saved.has_error() ? refuse(saved.error()) : *saved;
  }

 private:
  Result<record::Change> change_for(const storage::Alike& one) {
    WARD_TRY(auto ops, decision_like(body_, decided_.item, one.item));
    return change_of(request_, {one.dossier.did, one.dossier.state, body_}, {std::move(ops), {}});
  }

  Site& site_;
  const runtime::Request& request_;
  json::object body_;
  const FoundItem& decided_;
};

}  // namespace

runtime::Response Api::resolve(const Request& request) {
  auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  const auto why = runtime::text_member(*body, "why", {});
  if (why.has_error()) return refuse(why.error());
  const auto same = runtime::number_member(*body, "same", 1);
  if (same.has_error()) return refuse(same.error());
  const auto found = find_item(site_.store(), request.parameters.at("id"));
  if (found.has_error()) return refuse(found.error());
  auto ops = decision_of(*body, found->item);
  if (ops.has_error()) return refuse(ops.error());
  if (why->empty()) return refuse(fail(Fault::invalid, "a decision needs its reason: `why`; whoever asks later must find it"));
  if (*same != 1) return Bulk(site_, request, *std::move(body), *found).decide(*same);
  const Asked asked{found->dossier.did, found->dossier.state, *std::move(body)};
  const auto make = [&](const Asked&) -> Result<Wanted> { return Wanted{*ops, *why}; };
  const auto check = [&](const storage::Trial& trial) { return must_decide(trial, found->item); };
  return act(site_, request, asked, make, check, [&](json::object& answer, const storage::Saved& saved) {
    answer["resolution"] = resolution_text(asked.did, {saved.position, 0});
  });
}

runtime::Response Api::decisions(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const WallTime since{site_.now().wall.ms - std::chrono::milliseconds(undo_max).count()};
  const auto page = storage::list_decisions(site_.store(), since, request.query_or("cursor", ""), *limit);
  if (page.has_error()) return refuse(page.error());
  json::array out;
  for (const auto& line : page->decisions) out.push_back(decision_json(line));
  return respond(json::object{{"decisions", std::move(out)}, {"next", page->next}});
}

/// What the decision replaced stands again, and what waited with it.
runtime::Response Api::undo(const Request& request) {
  const auto decision = find_decision(site_, request, request.parameters.at("rid"), site_.now().wall);
  if (decision.has_error()) return refuse(decision.error());
  const auto make = [&](const Asked&) -> Result<Wanted> { return Wanted{{merge::undo(decision->entry)}, {}}; };
  return act(site_, request, decision->asked, make, must_apply, [](json::object&, const storage::Saved&) {});
}

}  // namespace ward::desk
