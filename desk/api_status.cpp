#include "desk/api.hpp"
#include "desk/linked.hpp"
#include "desk/steps.hpp"
#include "protocol/schema/schema.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/calendar.hpp"

#include <algorithm>

/// The status, with what is entered together with it.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::respond;
using runtime::Trouble;

constexpr std::string_view status_field = "TrangThaiHoSo";

json::array ids_json(const std::vector<merge::ConflictId>& ids) {
  json::array out;
  for (const auto& id : ids) out.emplace_back(hex(id.view()));
  return out;
}

json::object json_of(const Step& step) {
  json::array companions;
  for (const auto& one : step.companions) companions.push_back(json::object{{"field", one.field}, {"proposed", one.proposed}});
  return {{"status", step.status},
          {"companions", std::move(companions)},
          {"needs_reason", step.needs_reason},
          {"legal_act", step.legal_act},
          {"blocked_by", ids_json(step.blocked_by)}};
}

/// Conflicts that keep any status of this writer from applying.
std::vector<merge::ConflictId> questions_of(const merge::DossierState& state) {
  std::vector<merge::ConflictId> out;
  for (const auto& conflict : state.conflicts)
    if (!conflict.path.empty() && conflict.path.front().text == status_field) out.push_back(conflict.id);
  return out;
}

Trouble blocked(std::string_view status, const std::vector<merge::ConflictId>& by, const merge::DossierState& state) {
  std::string about;
  for (const auto& conflict : state.conflicts)
    if (std::find(by.begin(), by.end(), conflict.id) != by.end())
      about += (about.empty() ? "" : ", ") + runtime::path_text(conflict.path) + " (" + merge::name_of(conflict.kind) + ")";
  return {"blocked",
          ExitCode::person_must_decide,
          409,
          "The status " + named(status) + " waits until somebody has decided: " + about + ".",
          "Nothing was changed.",
          "Decide it first: `inbox list` shows by whom, `inbox show ID` what was written.",
          {{"conflicts", ids_json(by)}}};
}

Trouble illegal(const std::string& from, const std::string& to, const std::vector<Step>& next) {
  std::string can;
  json::array codes;
  for (const auto& step : next) {
    can += (can.empty() ? "" : ", ") + named(step.status);
    codes.emplace_back(step.status);
  }
  return {"illegal_status",
          ExitCode::failed,
          409,
          (from.empty() ? "A dossier that has no status yet" : "A dossier that is " + named(from)) + " cannot become " + named(to) + ". " +
              (can.empty() ? "Nothing follows it." : "It can become: " + can + "."),
          "Nothing was changed.",
          can.empty() ? "What ended stays; a new try is a new dossier." : "Enter one of these.",
          {{"from", from}, {"to", to}, {"next", std::move(codes)}}};
}

/// A status may come alone, also from a program that always sends `set`.
bool is_empty(const json::value& member) { return member.is_object() && member.get_object().empty(); }

/// What a request says beside the status.
Result<Saying> saying_of(const Asked& asked, std::string user) {
  Saying out;
  out.user = std::move(user);
  WARD_TRY(out.why, runtime::text_member(asked.body, "why", {}));
  json::object edit;
  for (const auto* name : {"set", "append", "add"})
    if (const auto* member = asked.body.if_contains(name); member != nullptr && !is_empty(*member)) edit[name] = *member;
  if (edit.empty()) return out;
  WARD_TRY(auto parsed, runtime::edit_of(edit));
  out.ops = std::move(parsed.ops);
  return out;
}

bool is_status(std::string_view code) {
  const auto all = schema::statuses();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return std::to_string(one.code) == code; });
}

}  // namespace

runtime::Response Api::next_steps(const Request& request) {
  const auto asked = asked_for(site_, request, request.parameters.at("code"));
  if (asked.has_error()) return refuse(asked.error());
  json::array out;
  for (const auto& step : desk::next_steps(asked->state, storage::calendar_of(site_.store()), site_.now().wall))
    out.push_back(json_of(step));
  return respond(json::object{{"id", runtime::id_text(asked->did)},
                              {"status", status_of(asked->state)},
                              {"unit", asked->state.custody.unit},
                              {"next", std::move(out)}});
}

runtime::Response Api::enter_status(const Request& request) {
  const auto asked = asked_for(site_, request, request.parameters.at("code"));
  if (asked.has_error()) return refuse(asked.error());
  const auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  const auto status = runtime::text_member(asked->body, "status", {});
  if (status.has_error()) return refuse(status.error());
  if (!is_status(*status)) return refuse(fail(Fault::invalid, "`status` must be the code of one of the statuses, 1 to 10"));
  const auto now = site_.now().wall;
  const auto& calendar = storage::calendar_of(site_.store());
  const auto from = status_of(asked->state);
  const auto step = step_to(asked->state, *status, calendar, now);
  if (!step.blocked_by.empty()) return respond(blocked(*status, step.blocked_by, asked->state));
  // The merge takes any first status, as imported dossiers have them; a person at a desk begins at the beginning.
  if (from.empty()) {
    const auto next = desk::next_steps(asked->state, calendar, now);
    if (std::none_of(next.begin(), next.end(), [&](const Step& one) { return one.status == *status; }))
      return respond(illegal(from, *status, next));
  }
  const auto open = must_have_ended(site_.store(), asked->state, *status);
  if (open.has_error()) return refuse(open.error());
  if (*open) return respond(**open);
  const auto make = [&](const Asked& one) -> Result<Wanted> {
    WARD_TRY(auto saying, saying_of(one, *user));
    if (saying.why.empty() && step.needs_reason)
      return fail(Fault::invalid, "this status needs its reason: `why`; of 5, what must be supplied");
    auto why = saying.why;
    WARD_TRY(auto ops, ops_of_status(one.state, *status, std::move(saying), calendar, now));
    return Wanted{std::move(ops), std::move(why)};
  };
  const auto check = [&](const storage::Trial& trial) -> std::optional<Trouble> {
    const auto refusal = storage::refusal_in(trial);
    const auto questions = questions_of(trial.before);
    if (refusal == merge::Refusal::not_the_decider && !questions.empty()) return blocked(*status, questions, trial.before);
    if (refusal == merge::Refusal::illegal_transition) return illegal(from, *status, desk::next_steps(trial.before, calendar, now));
    return must_apply(trial);
  };
  return act(site_, request, *asked, make, check, [&](json::object& answer, const storage::Saved&) { answer["status"] = *status; });
}

}  // namespace ward::desk
