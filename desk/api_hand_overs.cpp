#include "desk/api.hpp"
#include "desk/office_hours.hpp"
#include "desk/slip.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/schema/schema.hpp"
#include "protocol/text/nearest.hpp"
#include "protocol/text/text.hpp"
#include "runtime/custody_json.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/calendar.hpp"
#include "storage/hand_overs.hpp"

#include <algorithm>

/// Hand-overs: offered, accepted, declined, recalled.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::respond;

/// A time as dossiers store it; empty stays empty.
Result<std::string> time_member(const json::object& body, const char* name) {
  WARD_TRY(const auto given, runtime::text_member(body, name, {}));
  if (given.empty()) return given;
  schema::Field field;
  field.name = name;
  field.type = schema::Type::datetime;
  WARD_TRY(const auto value, schema::intake(field, record::Value(given)));
  return *value.text();
}

Result<std::string> note_member(const json::object& body, const char* name) {
  WARD_TRY(const auto given, runtime::text_member(body, name, {}));
  return text::to_nfc(given);
}

/// The one that was meant, or all.
std::string codes_near(std::string_view mistyped, const policy::PolicyLog& log) {
  constexpr std::size_t units_shown = 24;
  std::vector<std::string> codes;
  for (const auto* unit : log.units()) codes.push_back(unit->code);
  if (const auto meant = text::nearest(mistyped, codes); !meant.empty()) return "perhaps " + meant;
  std::string out;
  for (std::size_t i = 0; i < std::min(codes.size(), units_shown); ++i) out += (i == 0 ? "" : ", ") + codes[i];
  return codes.size() > units_shown ? out + ", …" : out;
}

/// {"to": UNIT, "note", "expires"}.
Result<Wanted> offer_of(storage::Store& store, const Asked& asked) {
  WARD_TRY(const auto to, runtime::text_member(asked.body, "to", {}));
  if (store.policy.unit(to) == nullptr) return fail(Fault::invalid, "`to` must be a unit's code: " + codes_near(to, store.policy));
  if (to == asked.state.custody.unit) return fail(Fault::invalid, "the dossier is with " + to + " already");
  WARD_TRY(const auto note, note_member(asked.body, "note"));
  WARD_TRY(const auto expires, time_member(asked.body, "expires"));
  return Wanted{{merge::offer(to, note, expires)}, {}};
}

/// Of the offers that wait, those that this unit was made, or those that it made.
std::vector<merge::Offer> own_offers(const merge::Custody& custody, const UnitCode& unit, bool recalls) {
  auto out = custody.pending;
  if (out.size() > 1) std::erase_if(out, [&](const auto& offer) { return (recalls ? offer.from : offer.to) != unit; });
  return out;
}

runtime::Trouble several(const std::vector<merge::Offer>& offers) {
  json::array ids;
  for (const auto& offer : offers) ids.emplace_back(runtime::op_text(offer.op));
  return {"several_hand_overs",
          runtime::ExitCode::person_must_decide,
          409,
          std::to_string(offers.size()) + " hand-overs of this dossier wait.",
          runtime::nothing_changed,
          "Name one with --offer: `dossier show` lists them.",
          {{"hand_overs", std::move(ids)}}};
}

/// `named`: as `op_text` wrote it; `-`: the only one of `own`.
Result<OpId> offer_named(const std::vector<merge::Offer>& pending, const std::vector<merge::Offer>& own, std::string_view named) {
  if (named == "-" && own.size() == 1) return own.front().op;
  const auto found = std::find_if(pending.begin(), pending.end(), [&](const auto& offer) { return runtime::op_text(offer.op) == named; });
  if (found != pending.end()) return found->op;
  return fail(Fault::not_found, "no such hand-over of this dossier waits; it was accepted, declined or recalled, or is not known here");
}

json::object json_of(const storage::HandOver& one, const deadline::Calendar& calendar, WallTime now) {
  auto out = runtime::json_of(one.offer);
  const auto late_from = working_hours_after(calendar, storage::offered_at(one.offer), working_day_hours);
  out["dossier"] = one.code;
  out["dossier_id"] = runtime::id_text(one.did);
  out["owner"] = one.owner;
  out["procedure"] = one.procedure;
  out["procedure_name"] = one.procedure_name;
  out["status"] = one.status;
  out["holder"] = one.holder;
  out["late_from"] = runtime::time_text(late_from);
  out["late"] = late_from <= now;
  return out;
}

Result<storage::HandOverQuery> query_of(const runtime::Request& request, const deadline::Calendar& calendar,
                                        const storage::Author& author) {
  storage::HandOverQuery out;
  WARD_TRY(out.limit, runtime::limit_of(request));
  WARD_TRY(const auto late, runtime::flag_of(request, "late"));
  if (late) out.offered_before = WallTime{working_hours_before(calendar, author.now, working_day_hours).ms + 1};
  out.after = request.query_or("cursor", "");
  const auto direction = request.query_or("direction", "all");
  if (direction == "in")
    out.to = author.unit;
  else if (direction == "out")
    out.from = author.unit;
  else if (direction != "all")
    return fail(Fault::invalid, "`direction` must be in, out or all");
  return out;
}

}  // namespace

runtime::Response Api::hand_overs(const Request& request) {
  const auto author = site_.author();
  if (author.has_error()) return refuse(author.error());
  const auto& calendar = storage::calendar_of(site_.store());
  const auto query = query_of(request, calendar, *author);
  if (query.has_error()) return refuse(query.error());
  const auto page = storage::list_hand_overs(site_.store(), *query);
  if (page.has_error()) return refuse(page.error());
  json::array out;
  for (const auto& one : page->hand_overs) out.push_back(json_of(one, calendar, author->now));
  return respond(json::object{{"hand_overs", std::move(out)}, {"next", page->next}});
}

runtime::Response Api::offer(const Request& request) {
  const auto asked = asked_for(site_, request, request.parameters.at("code"));
  if (asked.has_error()) return refuse(asked.error());
  const auto make = [&](const Asked& one) { return offer_of(site_.store(), one); };
  return act(site_, request, *asked, make, must_apply,
             [&](json::object& answer, const storage::Saved& saved) { answer["hand_over"] = runtime::op_text({saved.position, 0}); });
}

namespace {

runtime::Response answer_offer(Site& site, const runtime::Request& request, record::Op (*answer)(const OpId&), const char* reason,
                               bool must_say_why) {
  const auto asked = asked_for(site, request, request.parameters.at("code"));
  if (asked.has_error()) return refuse(asked.error());
  const auto author = site.author();
  if (author.has_error()) return refuse(author.error());
  const auto& named = request.parameters.at("id");
  const auto own = own_offers(asked->state.custody, author->unit, answer == merge::recall);
  if (named == "-" && own.size() > 1) return respond(several(own));
  const auto make = [&](const Asked& one) -> Result<Wanted> {
    WARD_TRY(const auto offer, offer_named(one.state.custody.pending, own, named));
    WARD_TRY(auto why, note_member(one.body, reason));
    if (why.empty() && must_say_why) return fail(Fault::invalid, std::string("say why it is not taken: `") + reason + "`");
    return Wanted{{answer(offer)}, std::move(why)};
  };
  return act(site, request, *asked, make, must_apply, [](json::object&, const storage::Saved&) {});
}

}  // namespace

runtime::Response Api::accept(const Request& request) { return answer_offer(site_, request, merge::accept, "note", false); }
runtime::Response Api::decline(const Request& request) { return answer_offer(site_, request, merge::decline, "reason", true); }
runtime::Response Api::recall(const Request& request) { return answer_offer(site_, request, merge::recall, "reason", false); }

runtime::Response Api::slip(const Request& request) {
  const auto did = storage::find_dossier(site_.store(), request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  const auto view = storage::show_dossier(site_.store(), *did);
  if (view.has_error()) return refuse(view.error());
  return runtime::respond_unless_held(slip_json(view->state, storage::calendar_of(site_.store()), site_.now().wall), request);
}

}  // namespace ward::desk
