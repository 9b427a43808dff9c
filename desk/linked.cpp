#include "desk/linked.hpp"

#include "desk/steps.hpp"
#include "protocol/course/course.hpp"
#include "runtime/custody_json.hpp"
#include "runtime/dossier_json.hpp"

#include <algorithm>
#include <array>

namespace ward::desk {
namespace {

namespace json = boost::json;
using course::shown_text;
using merge::HistoryEntry;

/// The last entry of that kind that counts; null: none.
const merge::Said* last(const std::vector<HistoryEntry>& history, record::OpKind kind, const char* field) {
  const merge::Said* out = nullptr;
  for (const auto& entry : history) {
    const bool counts = entry.standing == HistoryEntry::Standing::shown && entry.said.kind == kind;
    if (counts && !entry.said.path.empty() && entry.said.path.front().text == field) out = &entry.said;
  }
  return out;
}

WallTime time_of(const merge::Said* said) { return said == nullptr ? WallTime{} : runtime::time_of(said->hlc, said->stamp); }

/// Where a part is that nobody has ended.
class Whereabouts {
 public:
  Whereabouts(storage::Store& store, PartHere& part, const std::vector<HistoryEntry>& history, bool waits)
      : context_(storage::context_of(store)), part_(part), history_(history), waits_(waits) {}

  void tell() {
    const auto& custody = part_.state->custody;
    if (!custody.pending.empty()) {
      const auto& offer = custody.pending.front();
      return stage(Stage::offered, runtime::time_of(offer.hlc, offer.stamp));
    }
    const bool moved = part_.state->slip.size() > 1;
    if (moved || house(part_.to) == house(custody.unit)) return stage(Stage::in_work, runtime::time_of(custody.hlc, custody.stamp));
    if (const auto* answer = last(history_, record::OpKind::decline, "BanGiao")) {
      part_.declined = *answer;
      return stage(Stage::declined, time_of(answer));
    }
    stage(waits_ ? Stage::waits : Stage::ready, runtime::time_of(custody.hlc, custody.stamp));
  }

 private:
  [[nodiscard]] const UnitCode& house(const UnitCode& unit) const { return context_.house_of(unit, std::nullopt); }
  void stage(Stage one, WallTime since) {
    part_.stage = one;
    part_.since = since;
  }

  const merge::Context& context_;
  PartHere& part_;
  const std::vector<HistoryEntry>& history_;
  bool waits_;
};

WallTime status_since(const std::vector<HistoryEntry>& history) {
  WallTime out;
  for (const auto kind : {record::OpKind::set, record::OpKind::status}) out = std::max(out, time_of(last(history, kind, "TrangThaiHoSo")));
  return out;
}

/// What became of a part for which a dossier was made.
Result<void> look_at(storage::Store& store, PartHere& part, bool waits) {
  if (!part.did) {
    part.stage = Stage::disputed;
    return {};
  }
  auto view = storage::show_dossier(store, *part.did);
  if (view.has_error()) {
    part.stage = Stage::unknown;
    return view.error().fault == Fault::not_found ? Result<void>() : Result<void>(view.error());
  }
  part.state = std::move(view->state);
  // Of a part that ended long ago the history may be at the centre; since when then has to wait for it.
  auto found = storage::dossier_history(store, *part.did);
  if (found.has_error() && found.error().fault != Fault::at_centre) return found.error();
  const auto history = found.has_value() ? *std::move(found) : std::vector<merge::HistoryEntry>{};
  const auto status = status_of(*part.state);
  part.since = status_since(history);
  if (!shown_text(*part.state, course::void_field).empty())
    part.stage = Stage::voided;
  else if (course::has_ended(status))
    part.stage = status == "9" || status == "10" ? Stage::finished : Stage::refused;
  else
    Whereabouts(store, part, history, waits).tell();
  return {};
}

/// Which unit decides a part of what `desk` lodged: the one that the table names, or the only one of its kind. Empty: the city has none.
UnitCode unit_for(storage::Store& store, const schema::LinkedPart& row, const UnitCode& desk) {
  if (row.kind == "ward") return desk;
  const auto& context = storage::context_of(store);
  if (store.policy.unit(row.unit) != nullptr) return context.house_of(row.unit, std::nullopt);
  UnitCode out;
  for (const auto* unit : store.policy.units()) {
    if (unit->kind != row.kind || context.house_of(unit->code, std::nullopt) != unit->code) continue;
    if (!out.empty()) return {};
    out = unit->code;
  }
  return out;
}

const schema::LinkedPart* row_of(std::span<const schema::LinkedPart> rows, std::string_view key) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.key == key; });
  return found == rows.end() ? nullptr : &*found;
}

bool is_finished(const std::vector<PartHere>& parts, std::string_view key) {
  return std::any_of(parts.begin(), parts.end(), [&](const auto& one) { return one.key == key && one.stage == Stage::finished; });
}

std::string name_in(const PartHere& part) { return part.row == nullptr ? part.key : part.row->name_vi; }

bool counts(const PartHere& part) { return part.stage != Stage::planned && part.stage != Stage::voided; }

std::vector<std::string> statuses_of(const std::vector<PartHere>& parts) {
  std::vector<std::string> out;
  for (const auto& part : parts)
    if (counts(part)) out.push_back(part.state ? status_of(*part.state) : std::string());
  return out;
}

bool is_late(const PartHere& part, const runtime::Today& today) {
  if (!part.state) return false;
  const auto judged = deadline::judge(course::course_of(course::row_of(*part.state)), today.now);
  return judged == deadline::Judgement::late || judged == deadline::Judgement::open_late;
}

json::object declined_json(const merge::Said& answer) {
  return {{"unit", answer.unit}, {"by", answer.user}, {"at", runtime::time_text(time_of(&answer))}, {"why", answer.reason}};
}

json::object part_json(const PartHere& part, const merge::DossierState& whole, const runtime::Today& today) {
  json::array chosen_from;
  for (const auto& did : part.chosen_from) chosen_from.emplace_back(runtime::id_text(did));
  json::object out{{"part", part.key},
                   {"name", name_in(part)},
                   {"name_en", part.row == nullptr ? part.key : part.row->name_en},
                   {"after", part.row == nullptr ? std::string() : part.row->after},
                   {"to", part.to},
                   {"stage", name_of(part.stage)},
                   {"since", runtime::time_text(part.since)},
                   {"id", part.did ? runtime::id_text(*part.did) : std::string()},
                   {"chosen_from", std::move(chosen_from)},
                   {"code", ""},
                   {"unit", ""},
                   {"status", ""},
                   {"due", part.row == nullptr ? std::string() : due_of(whole, *part.row, today.calendar)},
                   {"late", is_late(part, today)},
                   {"deadline", nullptr},
                   {"declined", nullptr}};
  if (part.declined) out["declined"] = declined_json(*part.declined);
  if (!part.state) return out;
  const auto row = course::row_of(*part.state);
  out["code"] = course::code_of(*part.state);
  out["unit"] = part.state->custody.unit;
  out["status"] = row.status;
  out["due"] = row.due;
  out["deadline"] = runtime::deadline_json(row, today);
  return out;
}

json::object whole_json(const merge::DossierState& whole, const std::vector<PartHere>& parts, const runtime::Today& today) {
  json::array shown;
  std::uint64_t ended = 0, refused = 0, late = 0, declined = 0, all = 0;
  for (const auto& part : parts) {
    shown.push_back(part_json(part, whole, today));
    if (!counts(part)) continue;
    ++all;
    ended += part.stage == Stage::finished || part.stage == Stage::refused ? 1 : 0;
    refused += part.stage == Stage::refused ? 1 : 0;
    declined += part.stage == Stage::declined ? 1 : 0;
    late += is_late(part, today) ? 1 : 0;
  }
  const auto status = course::joint_status(status_of(whole), statuses_of(parts));
  return {{"status", status},
          {"waits_for_citizen", status == "5" || status == "6"},
          {"due", shown_text(whole, "NgayHenTra")},
          {"count", all},
          {"ended", ended},
          {"refused", refused},
          {"declined", declined},
          {"late", late},
          {"parts", std::move(shown)}};
}

}  // namespace

const char* name_of(Stage stage) noexcept {
  constexpr std::array names{"planned",  "waits",   "ready",  "offered",  "declined", "in_work",
                             "finished", "refused", "voided", "disputed", "unknown"};
  return names[static_cast<std::size_t>(stage)];
}

Result<std::vector<PartHere>> parts_here(storage::Store& store, const merge::DossierState& whole) {
  auto named = course::parts_of(whole);
  std::vector<PartHere> out;
  const auto rows = course::part_of(whole) ? std::span<const schema::LinkedPart>() : schema::linked_parts(shown_text(whole, "MaTTHC"));
  const auto take = [&](const schema::LinkedPart* row, const course::Part& said) -> Result<void> {
    auto& part = out.emplace_back(PartHere{said.key, row, said.to, Stage::planned, said.dossier, said.chosen_from});
    return look_at(store, part, row != nullptr && !row->after.empty() && !is_finished(out, row->after));
  };
  for (const auto& row : rows) {
    const auto said = std::find_if(named.begin(), named.end(), [&](const auto& one) { return one.key == row.key; });
    if (said == named.end()) {
      out.push_back({row.key, &row, unit_for(store, row, whole.custody.unit), Stage::planned, {}, {}});
      continue;
    }
    WARD_CHECK(take(&row, *said));
    named.erase(said);
  }
  for (const auto& said : named) WARD_CHECK(take(row_of(rows, said.key), said));
  return out;
}

std::string due_of(const merge::DossierState& whole, const schema::LinkedPart& row, const deadline::Calendar& calendar) {
  const auto promised = shown_text(whole, "NgayHenTra");
  const auto* procedure = row.after.empty() ? schema::find_procedure(row.part_procedure) : nullptr;
  const auto received = deadline::moment_of(shown_text(whole, "NgayTiepNhan"));
  if (procedure == nullptr || !received) return promised;
  const auto own = deadline::stored(deadline::appointment(calendar, {}, deadline::term_of(*procedure), *received));
  return promised.empty() ? own : std::min(own, promised);
}

Result<void> add_linked(json::object& to, storage::Store& store, const merge::DossierState& state, const runtime::Today& today) {
  to["linked"] = nullptr;
  to["part_of"] = nullptr;
  if (const auto part = course::part_of(state))
    to["part_of"] = json::object{{"id", runtime::id_text(part->whole)}, {"code", part->code}, {"part", part->part}, {"desk", part->desk}};
  WARD_TRY(const auto parts, parts_here(store, state));
  if (!parts.empty()) to["linked"] = whole_json(state, parts, today);
  return {};
}

Result<std::optional<runtime::Trouble>> must_have_ended(storage::Store& store, const merge::DossierState& whole, std::string_view status) {
  if (status != "9" && status != "10") return std::optional<runtime::Trouble>();
  WARD_TRY(const auto parts, parts_here(store, whole));
  std::string open;
  json::array keys;
  for (const auto& part : parts) {
    if (!counts(part) || part.stage == Stage::finished || part.stage == Stage::refused) continue;
    const auto where = part.state ? part.state->custody.unit + ", " + named(status_of(*part.state)) : std::string(name_of(part.stage));
    open += (open.empty() ? "" : "; ") + name_in(part) + " (" + where + ")";
    keys.emplace_back(part.key);
  }
  if (keys.empty()) return std::optional<runtime::Trouble>();
  return std::optional(runtime::Trouble{"parts_open",
                                        runtime::ExitCode::refused,
                                        409,
                                        "This dossier is finished when all of its parts have ended. Open: " + open + ".",
                                        "Nothing was changed.",
                                        "Wait for them, or stop a part with its reason; one that is refused does not undo the others.",
                                        {{"parts", std::move(keys)}}});
}

}  // namespace ward::desk
