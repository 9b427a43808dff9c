#include "centre/api.hpp"
#include "centre/leaders.hpp"
#include "centre/retention.hpp"
#include "desk/acts.hpp"
#include "desk/audit.hpp"
#include "desk/slip.hpp"
#include "protocol/deadline/moment.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/dossier_lists.hpp"
#include "runtime/json_input.hpp"
#include "storage/persons.hpp"

#include <algorithm>

/// What a citizen may ask to see, and what need not be kept any more (Law 91/2025/QH15).
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

constexpr std::size_t identity_bytes_max = 64;

json::object held_json(const storage::HeldDossier& held, const runtime::Today& today, WallTime now) {
  json::array history, readers;
  for (const auto& entry : held.history) history.push_back(runtime::json_of(entry));
  for (const auto& reader : held.readers) readers.push_back(json::object{{"unit", reader.unit}, {"reads_on", !reader.until.has_value()}});
  return {{"dossier", runtime::view_json(held.view, today)},
          {"history", std::move(history)},
          {"slip", desk::slip_json(held.view.state, today.calendar, now)},
          {"readers", std::move(readers)}};
}

/// `on` of the query, YYYY-MM-DD; else today.
Result<deadline::Day> day_of(const Request& request, const runtime::Today& today) {
  auto text = request.query_or("on", "");
  if (text.empty()) return deadline::day_of(today.now);
  const bool hyphens = text.size() == 10 && text[4] == '-' && text[7] == '-';
  std::erase(text, '-');
  const auto moment = hyphens ? deadline::moment_of(text + "000000") : std::nullopt;
  if (!moment) return fail(Fault::invalid, "`on` must be a day, YYYY-MM-DD");
  return deadline::day_of(*moment);
}

std::string text_of(deadline::Day day) {
  auto out = deadline::stored(day).substr(0, 8);
  return out.substr(0, 4) + "-" + out.substr(4, 2) + "-" + out.substr(6, 2);
}

deadline::Day finished_on(const storage::EndedDossier& dossier) {
  const auto noted = deadline::moment_of(dossier.ended);
  return deadline::day_of(noted ? *noted : deadline::moment_of(dossier.changed_at));
}

}  // namespace

Response Api::export_citizen(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto identity = runtime::text_member(*body, "identity", {});
  if (identity.has_error()) return respond(identity.error());
  if (identity->empty() || identity->size() > identity_bytes_max)
    return respond(fail(Fault::invalid, "`identity` must be the person's identity number"));
  const auto user = desk::user_of(request);
  if (user.has_error()) return respond(user.error());
  if (const auto trouble = must_lead(site_, request, *user)) {
    desk::note_if_possible(site_, audit::Kind::dossiers_exported, desk::who_of(request), {}, "all about one person: refused");
    return respond(*trouble);
  }
  const auto all = storage::dossiers_about(store_.store(), *identity);
  if (all.has_error()) return desk::refuse(all.error());
  const auto now = clock_().wall;
  json::array dossiers;
  for (const auto& held : *all) dossiers.push_back(held_json(held, today(), now));
  if (const auto noted = note_disclosure(site_, *user, all->size()); noted.has_error()) return desk::refuse(noted.error());
  return respond(json::object{{"format", "wardsync-citizen-v1"},
                              {"organisation", store_.store().policy.genesis().organisation},
                              {"made_at", runtime::time_text(now)},
                              {"by", *user},
                              {"identity", *identity},
                              {"dossiers", std::move(dossiers)},
                              {"note", "What was erased by order names nobody any more, so it is not here; `erase list` has the orders."}});
}

Response Api::retention(const Request& request) {
  const auto on = day_of(request, today());
  if (on.has_error()) return respond(on.error());
  const auto all = storage::ended_dossiers(store_.store());
  if (all.has_error()) return desk::refuse(all.error());
  json::array due;
  for (const auto& dossier : *all) {
    const auto* rule = retention_of(dossier.procedure);
    if (rule == nullptr || !rule->years) continue;
    const auto finished = finished_on(dossier);
    const auto until = kept_until(finished, *rule->years);
    if (until > *on) continue;
    due.push_back(json::object{{"id", runtime::id_text(dossier.did)},
                               {"code", dossier.code},
                               {"procedure", dossier.procedure},
                               {"status", dossier.status},
                               {"unit", dossier.unit},
                               {"finished", text_of(finished)},
                               {"due_since", text_of(until)},
                               {"years", *rule->years},
                               {"source", rule->source},
                               {"certainty", rule->certainty}});
  }
  return respond(json::object{{"on", text_of(*on)}, {"due", std::move(due)}});
}

}  // namespace ward::centre
