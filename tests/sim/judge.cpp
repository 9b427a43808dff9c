#include "tests/sim/judge.hpp"

#include "storage/dossiers.hpp"
#include "tests/protocol/merge/oracle.hpp"
#include "tests/sim/founding.hpp"
#include "tests/sim/readers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ward::sim {
namespace {

/// Which part of a dossier is not the same; no values, so that a complaint can go anywhere.
std::string difference(const merge::DossierState& a, const merge::DossierState& b) {
  std::string out;
  const auto part = [&](const char* what, bool same) {
    if (!same) out += std::string(out.empty() ? "" : ", ") + what;
  };
  part("version", a.version == b.version);
  part("codes", a.codes == b.codes);
  part("fields", a.fields == b.fields);
  part("collections", a.collections == b.collections);
  part("conflicts", a.conflicts == b.conflicts);
  part("proposals", a.proposals == b.proposals);
  part("not applied", a.not_applied == b.not_applied);
  part("custody", a.custody == b.custody && a.slip == b.slip);
  part("creation", a.created == b.created);
  const auto counts = [](const merge::DossierState& state) {
    return std::to_string(state.changes) + " merged, " + std::to_string(state.waiting) + " waiting";
  };
  part(("counts (" + counts(a) + "; " + counts(b) + ")").c_str(), a.changes == b.changes && a.waiting == b.waiting);
  return out;
}

std::vector<Did> all_dossiers(storage::Store& store) {
  return demand(store.db.read("dossiers",
                              [&]() -> Result<std::vector<Did>> {
                                std::vector<Did> out;
                                auto found = store.db.query("SELECT did FROM dossier ORDER BY did");
                                while (found.step()) out.push_back(found.fixed<Did>(0));
                                return out;
                              }),
                "the list of dossiers");
}

/// What the policy log says anew may be another judgement of what was merged.
bool has_unmerged(storage::Store& store) {
  return demand(
      store.db.read("unmerged", [&]() -> Result<bool> { return store.db.query("SELECT 1 FROM dossier WHERE dirty > 0 LIMIT 1").step(); }),
      "what is not merged");
}

/// Which changes of a dossier a site holds, and which of them it can read.
struct Held {
  std::set<Position> all, read;
};
Held held_of(storage::Store& store, const Did& did) {
  return demand(store.db.read("changes",
                              [&]() -> Result<Held> {
                                Held out;
                                const auto dossier = storage::find_dossier_row(store, did);
                                for (const auto& stored : storage::records_of_dossier(store, dossier))
                                  if (stored.record.header.type == record::Type::change) out.all.insert(stored.record.header.position);
                                for (const auto& fact : storage::facts_of(store, dossier)) out.read.insert(fact.position);
                                return out;
                              }),
                "the changes of " + name(did));
}

/// What an order to erase should have destroyed, and which is here; empty when there is nothing.
std::string leftovers(storage::Store& store, const Did& did) {
  return demand(store.db.read("leftovers",
                              [&]() -> Result<std::string> {
                                const auto row = storage::find_dossier_row(store, did);
                                const auto any = [&](storage::Query found) {
                                  found.bind(row);
                                  return found.step();
                                };
                                if (any(store.db.query("SELECT 1 FROM record WHERE dossier = ? AND body IS NOT NULL"))) return "a body";
                                if (any(store.db.query("SELECT 1 FROM dossier_key WHERE dossier = ?"))) return "a key";
                                if (any(store.db.query("SELECT 1 FROM matter WHERE dossier = ?"))) return "of whom it is";
                                if (any(store.db.query("SELECT 1 FROM summary WHERE dossier = ? AND record IS NOT NULL")))
                                  return "a summary";
                                if (any(store.db.query("SELECT 1 FROM segment s JOIN record r ON r.segment = s.id WHERE r.dossier = ? AND "
                                                       "s.key_seed IS NOT NULL")))
                                  return "the seed of its key";
                                return std::string();
                              }),
                "what is left of " + name(did));
}

/// One dossier as it is shown, against the definitions.
class Comparison {
 public:
  Comparison(const merge::DossierState& state, const std::vector<merge::Fact>& facts, const merge::Context& context)
      : state_(state), model_(merge::test::Oracle(state.did, facts, context).state()), facts_(facts) {}

  /// Names what differs; empty when nothing does.
  [[nodiscard]] std::string difference() const {
    std::set<std::string> fields;
    for (const auto& fact : facts_) {
      for (std::size_t i = 0; i < fact.change.ops.size(); ++i) {
        const auto& op = fact.change.ops[i];
        const auto& name = op.path.front().text;
        if (op.kind == record::OpKind::set && op.path.size() == 1 && name != "MaHoSo") fields.insert(name);
        const bool enters = op.kind == record::OpKind::add && op.path.size() == 1;
        if (enters && !same_element(name, merge::element_of(op, {fact.position, static_cast<std::uint16_t>(i)}))) return name;
      }
    }
    const auto wrong = std::find_if(fields.begin(), fields.end(), [&](const auto& name) { return !same_field(name); });
    return wrong == fields.end() ? std::string() : *wrong;
  }

 private:
  [[nodiscard]] static std::set<OpId> asked(const merge::DossierState& state, const record::Path& path) {
    std::set<OpId> out;
    for (const auto& conflict : state.conflicts)
      if (conflict.path == path && merge::is_question(conflict.kind))
        for (const auto& said : conflict.values) out.insert(said.op);
    return out;
  }
  [[nodiscard]] bool same_field(const std::string& name) const {
    const record::Path path{record::Step::field(name)};
    const auto *expected = record::find(model_.fields, name), *shown = record::find(state_.fields, name);
    if ((shown == nullptr) != (expected == nullptr) || (shown != nullptr && !(*shown == *expected))) return false;
    return asked(state_, path) == asked(model_, path);
  }
  [[nodiscard]] static bool has(const merge::DossierState& state, const std::string& collection, const std::string& id) {
    for (const auto& held : state.collections)
      if (held.name == collection)
        for (const auto& element : held.elements)
          if (element.id == id) return true;
    return false;
  }
  [[nodiscard]] bool same_element(const std::string& collection, const std::string& id) const {
    return has(state_, collection, id) == has(model_, collection, id);
  }

  const merge::DossierState& state_;
  const merge::DossierState model_;
  const std::vector<merge::Fact>& facts_;
};

}  // namespace

const Readers& Judge::readers_of(const Did& did) { return readers_.try_emplace(did, centre_.store(), did).first->second; }

const Result<storage::DossierView>& Judge::shown_there(const Did& did) {
  const auto held = shown_there_.find(did);
  if (held != shown_there_.end()) return held->second;
  return shown_there_.emplace(did, storage::show_dossier(centre_.store().store(), did)).first->second;
}

const Result<std::vector<merge::HistoryEntry>>& Judge::history_of(storage::Store& store, const Did& did) {
  const auto held = histories_.find({&store, did});
  if (held != histories_.end()) return held->second;
  return histories_.emplace(std::pair(&store, did), storage::dossier_history(store, did)).first->second;
}

const std::vector<merge::Fact>& Judge::facts_of(storage::Store& store, const Did& did) {
  const auto held = facts_.find({&store, did});
  if (held != facts_.end()) return held->second;
  return facts_.emplace(std::pair(&store, did), read_facts(store, did)).first->second;
}

std::string Judge::unfinished(WardSite& ward) {
  const auto who = "ward of " + ward.unit() + " ";
  if (!ward.connected()) return who + "has no link";
  const auto report = demand(ward.store().report(ward.now()), "report");
  if (report.queue_records > 0) return who + "still has " + std::to_string(report.queue_records) + " records to send";
  if (report.waiting > 0) return who + "has changes that wait for their past";
  if (report.restored) return who + "still lacks what it once wrote";
  const auto progress = demand(ward.store().progress(ward.now()), "progress");
  if (progress.applied != centre_.store().log_view(now_).size) return who + "does not know that everything is applied";
  if (!progress.alarm.empty()) throw Complaint(who + "raises a false alarm: " + progress.alarm);
  return {};
}

std::string Judge::left_of(WardSite& ward, const Did& did) {
  auto& store = ward.store().store();
  for (const auto& [who, held] :
       {std::pair(std::string("the centre"), leftovers(centre_.store().store(), did)), std::pair(ward.name(), leftovers(store, did))})
    if (!held.empty()) return who + " still has " + held + " of the erased " + name(did);
  const auto here = storage::show_dossier(store, did);
  const auto there = demand(storage::show_dossier(centre_.store().store(), did), name(did));
  if (!there.state.erased || !there.state.collections.empty() || there.state.fields.size() > 1) return name(did) + " shows what was erased";
  if (here.has_value() && !(here->state == there.state))
    return "the erased " + name(did) + " differs: " + difference(here->state, there.state);
  return {};
}

std::string Judge::unconfirmed() {
  std::map<DeviceId, int> machines;
  for (auto* ward : members_) ++machines[ward->device()];
  for (const auto& order : demand(centre_.store().erasures(), "orders to erase")) {
    if (!order.done_here) return "the centre has not finished erasing " + name(order.order.did);
    for (const auto& device : order.devices)
      if (!device.revoked && device.done.ms == 0 && machines[device.device] == 1)
        return "a PC of " + device.unit + " has not confirmed that it erased " + name(order.order.did);
  }
  return {};
}

std::string Judge::different(WardSite& ward, const Did& did) {
  if (is_erased(did)) return left_of(ward, did);
  const auto here = storage::show_dossier(ward.store().store(), did);
  const auto& there = shown_there(did);
  if (there.has_error()) return "the centre lacks " + name(did);
  const auto& readers = readers_of(did);
  const bool by_summary = here.has_value() && !here->records_here;
  if (by_summary && records_everywhere_) return ward.name() + " lacks the records of " + name(did);
  const auto held = by_summary ? Held{} : held_of(ward.store().store(), did);
  if (const auto why = readers.wrong(ward.unit(), held.all, held.read); !by_summary && !why.empty())
    return ward.name() + " of " + ward.unit() + " " + why + ": " + name(did);
  if (!readers.reads_on(ward.unit())) return {};
  if (here.has_error()) return "a ward lacks " + name(did);
  if (!(here->state == there->state)) return name(did) + " differs between a ward and the centre: " + difference(here->state, there->state);
  if (here->standing.phase != storage::DossierPhase::applied && here->standing.phase != storage::DossierPhase::needs_you)
    return name(did) + " is still " + storage::name_of(here->standing.phase);
  return {};
}

std::string Judge::disagreement() {
  const auto log = centre_.store().log_view(now_);
  if (log.applied != log.size || has_unmerged(centre_.store().store())) return "the registry is behind";
  for (auto* ward : members_)
    if (auto why = unfinished(*ward); !why.empty()) return why;
  const auto dossiers = all_dossiers(centre_.store().store());
  for (auto* ward : members_) {
    for (const auto& did : dossiers)
      if (auto why = different(*ward, did); !why.empty()) return why;
    for (const auto& did : all_dossiers(ward->store().store()))
      if (auto why = different(*ward, did); !why.empty()) return why;
  }
  return unconfirmed();
}

bool Judge::centre_has(const SavedChange& change) {
  const auto& history = history_of(centre_.store().store(), change.did);
  if (history.has_error()) return false;
  return std::any_of(history->begin(), history->end(), [&](const auto& entry) { return entry.said.op.change == change.position; });
}

/// Merging goes by what each change says that its writer had seen.
void Judge::find_seen(storage::Store& store, const std::string& where, const SavedChange& change) {
  if (change.seen.empty()) return;
  const auto& facts = facts_of(store, change.did);
  const bool kept = std::any_of(facts.begin(), facts.end(),
                                [&](const auto& fact) { return fact.position == change.position && fact.change.seen == change.seen; });
  if (!kept) throw Complaint("a change does not say any more what its writer had seen, in " + name(change.did) + " " + where);
}

namespace {

/// The store adds to an offer what past goes with it.
bool is_kept(const record::Op& op, const record::Value& value) {
  if (op.kind != record::OpKind::offer) return value == op.value;
  const auto *wanted = op.value.map(), *kept = value.map();
  return kept != nullptr && std::all_of(wanted->begin(), wanted->end(), [&](const auto& member) {
           const auto* same = record::find(*kept, member.name);
           return same != nullptr && *same == member.value;
         });
}

}  // namespace

void Judge::find(storage::Store& store, const std::string& where, const SavedChange& change) {
  find_seen(store, where, change);
  const auto& held = history_of(store, change.did);
  if (held.has_error()) throw Complaint("history of " + name(change.did) + " " + where + ": " + held.error().detail);
  const auto& history = *held;
  std::set<const merge::HistoryEntry*> taken;
  for (const auto& op : change.ops) {
    // A large new dossier is several changes in a row; the last is the one that the answer named.
    const auto found = std::find_if(history.begin(), history.end(), [&](const auto& entry) {
      const auto& by = entry.said.op.change;
      return by.device == change.position.device && by.incarnation == change.position.incarnation && by.seq <= change.position.seq &&
             entry.said.kind == op.kind && entry.said.path == op.path && is_kept(op, entry.said.value) && !taken.contains(&entry);
    });
    if (found == history.end()) throw Complaint("a saved operation is missing in " + name(change.did) + " " + where);
    taken.insert(&*found);
  }
}

void Judge::nothing_is_lost() {
  for (const auto& change : accepted_) {
    if (change.uncertain && !centre_has(change)) continue;
    if (is_erased(change.did)) {
      if (!centre_has(change)) throw Complaint("no trace is left of a change of the erased " + name(change.did));
      continue;
    }
    find(centre_.store().store(), "at the centre", change);
    const auto& readers = readers_of(change.did);
    for (auto* ward : members_)
      if (readers.reads_on(ward->unit())) find(ward->store().store(), "at a ward", change);
  }
  const auto sound = [](storage::Store& store, const std::string& where) {
    const auto verified = demand(storage::verify_store(store), "verification " + where);
    if (!verified.damage.empty()) throw Complaint("damage " + where + ": " + verified.damage.front());
  };
  sound(centre_.store().store(), "at the centre");
  for (auto* ward : members_) sound(ward->store().store(), "at a ward");
}

void Judge::merged_by_the_definitions() {
  auto& store = centre_.store().store();
  for (const auto& did : all_dossiers(store)) {
    if (is_erased(did)) continue;
    if (const auto why = old_seed_opens(centre_.store(), did); !why.empty()) throw Complaint(name(did) + ": " + why);
    const auto& facts = facts_of(store, did);
    const auto state = demand(storage::show_dossier(store, did), name(did)).state;
    if (const auto where = Comparison(state, facts, storage::context_of(store)).difference(); !where.empty())
      throw Complaint(name(did) + " does not show what the definitions give: " + where);
  }
}

}  // namespace ward::sim
