#include "desk/api.hpp"
#include "desk/changed.hpp"
#include "desk/decision.hpp"
#include "desk/item_json.hpp"
#include "protocol/course/course.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/calendar.hpp"

#include <optional>

/// What waits for a person: lists, one item with everything needed to decide it, and what would come of a decision.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::respond;

/// Who asks.
struct Asking {
  const merge::Context& context;
  const deadline::Calendar& calendar;
  storage::Author author;
  std::string user;
  [[nodiscard]] Reader reader() const { return {context, calendar, author.unit, user, author.now}; }
};
Result<Asking> asking(Site& site, const runtime::Request& request) {
  WARD_TRY(auto author, site.author());
  WARD_TRY(auto user, user_of(request));
  return Asking{storage::context_of(site.store()), storage::calendar_of(site.store()), std::move(author), std::move(user)};
}

/// What a list leaves out.
struct Filter {
  std::string who, level, kind;

  static Result<Filter> of(const runtime::Request& request) {
    Filter out;
    out.who = request.query_or("for", "all");
    if (out.who != "all" && out.who != "mine" && out.who != "others") return fail(Fault::invalid, "`for` must be mine, others or all");
    out.level = request.query_or("level", "");
    if (!out.level.empty() && out.level != "decider" && out.level != "leader" && out.level != "centre")
      return fail(Fault::invalid, "`level` must be decider, leader or centre");
    out.kind = request.query_or("kind", "");
    return out;
  }
  [[nodiscard]] bool takes(const storage::InboxItem& item, const merge::DossierState& state, const Reader& reader) const {
    if (who != "all" && may_decide(item, state, reader) != (who == "mine")) return false;
    if (!level.empty() && level != name_of(level_of(item, reader.calendar, reader.now))) return false;
    return kind.empty() || (item.conflict && kind == merge::name_of(item.conflict->kind)) || (item.proposal && kind == "proposal") ||
           (!item.conflict && !item.proposal && kind == "not_applied");
  }
};

const char* list_of(const storage::InboxItem& item) { return item.conflict ? "conflicts" : item.proposal ? "proposals" : "not_applied"; }

Result<Background> background_of(storage::Store& store, const FoundItem& found) {
  Background out;
  WARD_TRY(out.history, storage::dossier_history(store, found.dossier.did));
  for (const auto& said : found.item.values()) {
    WARD_TRY(auto seen, storage::history_seen_by(store, found.dossier.did, said.op.change));
    out.seen.push_back(std::move(seen));
  }
  return out;
}

/// Of the items that are like one another, how many there are; a person may decide that many with one look.

/// Dossiers of which none fits a filter, before a page is handed out empty.
constexpr std::size_t looked_at_max = 500;

}  // namespace

runtime::Response Api::inbox(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const auto filter = Filter::of(request);
  if (filter.has_error()) return refuse(filter.error());
  const auto who = asking(site_, request);
  if (who.has_error()) return refuse(who.error());
  json::object out{
      {"conflicts", json::array()}, {"proposals", json::array()}, {"not_applied", json::array()}, {"next", request.query_or("cursor", "")}};
  bool fits = false;
  std::size_t looked = 0;
  do {
    const auto page = storage::list_inbox(site_.store(), out["next"].get_string(), *limit);
    if (page.has_error()) return refuse(page.error());
    for (const auto& dossier : page->dossiers)
      for (const auto& item : storage::items_of(dossier.state))
        if (filter->takes(item, dossier.state, who->reader())) {
          out[list_of(item)].get_array().push_back(item_json(item, dossier.state, who->reader()));
          fits = true;
        }
    out["next"] = page->next;
    looked += page->dossiers.size();
  } while (!fits && !out["next"].get_string().empty() && looked < looked_at_max);
  return runtime::respond_unless_held(out, request);
}

runtime::Response Api::item(const Request& request) {
  const auto who = asking(site_, request);
  if (who.has_error()) return refuse(who.error());
  const auto found = find_item(site_.store(), request.parameters.at("id"));
  if (found.has_error()) return refuse(found.error());
  const auto background = background_of(site_.store(), *found);
  if (background.has_error()) return refuse(background.error());
  const auto like = storage::alike(site_.store(), found->item, alike_max);
  if (like.has_error()) return refuse(like.error());
  auto out = whole_item_json(found->item, found->dossier.state, who->reader(), *background);
  json::array same;
  for (const auto& one : *like)
    same.push_back(json::object{{"id", item_id(one.dossier.did, one.item)},
                                {"dossier", course::code_of(one.dossier.state)},
                                {"dossier_id", runtime::id_text(one.dossier.did)}});
  out["alike"] = std::move(same);
  return respond(out);
}

runtime::Response Api::preview(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  const auto found = find_item(site_.store(), request.parameters.at("id"));
  if (found.has_error()) return refuse(found.error());
  auto ops = decision_of(*body, found->item);
  if (ops.has_error()) return refuse(ops.error());
  const Asked asked{found->dossier.did, found->dossier.state, *body};
  auto change = change_of(request, asked, {*std::move(ops), {}});
  if (change.has_error()) return refuse(change.error());
  auto trial = try_act(site_, asked, *change);
  const bool must_sign = trial.has_value() && storage::refusal_in(*trial) == merge::Refusal::unsigned_act;
  if (must_sign) {
    change->act = tried_as_signed();
    trial = try_act(site_, asked, *change);
  }
  if (trial.has_error()) return refuse(trial.error());
  const auto trouble = must_decide(*trial, found->item);
  json::array left;
  for (const auto& item : storage::items_of(trial->after))
    left.push_back(json::object{{"id", item_id(asked.did, item)}, {"field", runtime::path_text(item.path())}});
  return respond(json::object{{"applies", !trouble},
                              {"must_sign", must_sign},
                              {"trouble", trouble ? json::value(runtime::json_of(*trouble)) : json::value()},
                              {"changes", changes_between(trial->before, trial->after)},
                              {"left", std::move(left)},
                              {"dossier", runtime::json_of(trial->after)}});
}

}  // namespace ward::desk
