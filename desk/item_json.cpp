#include "desk/item_json.hpp"

#include "desk/office_hours.hpp"
#include "protocol/course/course.hpp"
#include "protocol/merge/why.hpp"
#include "runtime/custody_json.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/inbox_words.hpp"

#include <algorithm>

namespace ward::desk {
namespace {

namespace json = boost::json;
using merge::Decider;
using storage::InboxItem;

constexpr std::size_t same_act_max = 30;  ///< of the other operations of one act

json::array values_json(const InboxItem& item) {
  json::array out;
  for (const auto& said : item.values()) out.push_back(runtime::json_of(said));
  return out;
}

json::array actions_of(const InboxItem& item) {
  if (!item.conflict) return item.proposal ? json::array{"approve", "dismiss"} : json::array{"dismiss"};
  json::array out;
  if (merge::can_keep(*item.conflict)) out.emplace_back("keep");
  if (item.conflict->kind == merge::ConflictKind::choose_value) out.emplace_back("set");
  if (!merge::is_question(item.conflict->kind)) out.emplace_back("dismiss");
  return out;
}

const runtime::InboxWords& words_of(const InboxItem& item) {
  return item.conflict ? runtime::words_of(item.conflict->kind) : runtime::words_of(item.unapplied->why);
}

bool stands(const merge::HistoryEntry& entry) {
  using Standing = merge::HistoryEntry::Standing;
  return entry.standing == Standing::shown || entry.standing == Standing::in_conflict;
}

/// What stood there when it was written. `history`: as its writer had it before the eyes.
json::array seen_json(const std::vector<merge::HistoryEntry>& history, const record::Path& path) {
  json::array out;
  for (const auto& entry : merge::why(history, path).values)
    if (stands(entry)) out.push_back(runtime::json_of(entry.said));
  return out;
}

json::array same_act_json(const std::vector<merge::HistoryEntry>& history, const OpId& op) {
  json::array out;
  for (const auto& entry : history)
    if (entry.said.op.change == op.change && entry.said.op != op && out.size() < same_act_max)
      out.push_back(json::object{{"kind", runtime::kind_text(entry.said.kind)},
                                 {"field", runtime::path_text(entry.said.path)},
                                 {"value", runtime::json_of(entry.said.value)}});
  return out;
}

/// The last that stood there for any of them, and that none of them is.
json::value before_json(const Background& background, const std::vector<merge::Said>& values, const record::Path& path) {
  json::value out;
  for (const auto& entry : background.history) {
    const bool is_value = std::any_of(values.begin(), values.end(), [&](const auto& said) { return said.op == entry.said.op; });
    const auto was_seen = [&](const std::vector<merge::HistoryEntry>& history) {
      const auto stood = merge::why(history, path).values;
      return std::any_of(stood.begin(), stood.end(), [&](const auto& one) { return one.said.op == entry.said.op && stands(one); });
    };
    if (!is_value && std::any_of(background.seen.begin(), background.seen.end(), was_seen)) out = runtime::json_of(entry.said);
  }
  return out;
}

Level least_level(const Decider& decider) {
  switch (decider.role) {
    case Decider::Role::leader: return Level::leader;
    case Decider::Role::centre_admin: return Level::centre;
    default: return Level::decider;
  }
}

/// When it goes up next; nothing when it is at the top.
std::optional<WallTime> goes_up_at(const InboxItem& item, const deadline::Calendar& calendar, WallTime now) {
  switch (level_of(item, calendar, now)) {
    case Level::decider: return working_hours_after(calendar, item.since(), leader_after_hours);
    case Level::leader: return working_hours_after(calendar, item.since(), centre_after_hours);
    case Level::centre: break;
  }
  return std::nullopt;
}

}  // namespace

std::string item_id(const Did& did, const InboxItem& item) {
  return item.conflict ? hex(item.conflict->id.view()) : hex(did.view()) + "." + runtime::op_text(item.unapplied->said.op);
}

const char* name_of(Level level) noexcept {
  switch (level) {
    case Level::decider: return "decider";
    case Level::leader: return "leader";
    case Level::centre: return "centre";
  }
  return "decider";
}

Level level_of(const InboxItem& item, const deadline::Calendar& calendar, WallTime now) {
  const auto by_time = working_hours_after(calendar, item.since(), centre_after_hours) <= now   ? Level::centre
                       : working_hours_after(calendar, item.since(), leader_after_hours) <= now ? Level::leader
                                                                                                : Level::decider;
  return std::max(by_time, least_level(item.decider()));
}

bool may_decide(const InboxItem& item, const merge::DossierState& state, const Reader& reader) {
  return merge::may_decide(item.decider(), state, reader.context, reader.unit, reader.user);
}

json::object item_json(const InboxItem& item, const merge::DossierState& state, const Reader& reader) {
  json::array blocks;
  if (item.conflict) blocks = json::array(item.conflict->blocks.begin(), item.conflict->blocks.end());
  auto decider = runtime::json_of(item.decider());
  runtime::add_words(decider, runtime::words_of(item.decider().role));
  const auto up = goes_up_at(item, reader.calendar, reader.now);
  json::object out{{"id", item_id(state.did, item)},
                   {"kind", item.conflict   ? merge::name_of(item.conflict->kind)
                            : item.proposal ? "proposal"
                                            : "not_applied"},
                   {"field", runtime::path_text(item.path())},
                   {"values", values_json(item)},
                   {"dossier", course::code_of(state)},
                   {"dossier_id", runtime::id_text(state.did)},
                   {"version", runtime::version_text(state.version)},
                   {"unit", state.custody.unit},
                   {"question", item.conflict && merge::is_question(item.conflict->kind)},
                   {"actions", actions_of(item)},
                   {"decider", std::move(decider)},
                   {"mine", may_decide(item, state, reader)},
                   {"blocks", std::move(blocks)},
                   {"since", runtime::time_text(item.since())},
                   {"level", name_of(level_of(item, reader.calendar, reader.now))},
                   {"goes_up_at", up ? runtime::time_text(*up) : std::string()}};
  if (item.unapplied) out["refusal"] = merge::name_of(item.unapplied->why);
  runtime::add_words(out, words_of(item));
  return out;
}

json::object whole_item_json(const InboxItem& item, const merge::DossierState& state, const Reader& reader, const Background& background) {
  auto out = item_json(item, state, reader);
  const auto values = item.values();
  auto& shown = out["values"].get_array();
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& value = shown[i].get_object();
    value["seen"] = seen_json(background.seen[i], item.path());
    value["same_act"] = same_act_json(background.history, values[i].op);
  }
  out["before"] = before_json(background, values, item.path());
  return out;
}

}  // namespace ward::desk
