#include "tests/sim/readers.hpp"

#include "storage/segments.hpp"
#include "tests/sim/founding.hpp"

#include <algorithm>

namespace ward::sim {
namespace {

bool is_act_of_custody(const record::Op& op) {
  return op.kind == record::OpKind::offer || op.kind == record::OpKind::accept || op.kind == record::OpKind::decline ||
         op.kind == record::OpKind::recall;
}

/// By the change that began the dossier, and by nothing that was said later.
bool began_as_part(const std::vector<merge::Fact>& facts) {
  const auto first = std::find_if(facts.begin(), facts.end(), [](const auto& fact) { return fact.change.seen.empty(); });
  if (first == facts.end() || first->change.ops.empty()) return false;
  const auto& op = first->change.ops.front();
  const auto* entry = op.value.map();
  if (op.kind != record::OpKind::append || op.path.front().text != "HoSoLienQuan" || entry == nullptr) return false;
  const auto* relation = record::find(*entry, "QuanHe");
  return relation != nullptr && relation->text() != nullptr && *relation->text() == "3";
}

}  // namespace

std::string name(const Did& did) { return "dossier " + hex(did.view()).substr(0, 8); }

std::vector<merge::Fact> read_facts(storage::Store& store, const Did& did) {
  return demand(
      store.db.read("facts",
                    [&]() -> Result<std::vector<merge::Fact>> { return storage::facts_of(store, storage::find_dossier_row(store, did)); }),
      "the facts of " + hex(did.view()));
}

Readers::Readers(storage::CentreStore& centre, const Did& did) : context_(storage::context_of(centre.store())) {
  auto facts = read_facts(centre.store(), did);
  std::sort(facts.begin(), facts.end(), [](const auto& a, const auto& b) { return a.stamp->index < b.stamp->index; });
  bool travelled = false;
  for (const auto& fact : facts) {
    changes_.push_back({fact.position, fact.stamp->index, house_of(fact.unit)});
    travelled = travelled || std::any_of(fact.change.ops.begin(), fact.change.ops.end(), is_act_of_custody);
  }
  if (!travelled) {
    if (!facts.empty()) until_[changes_.front().house] = {std::nullopt};
    return;
  }
  std::vector<merge::Fact> so_far;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    so_far.push_back(facts[i]);
    const auto index = facts[i].stamp->index;
    if (i + 1 < facts.size() && facts[i + 1].stamp->index == index) continue;
    const auto state = merge::merge(did, so_far, context_);
    if (state.custody.unit.empty()) continue;
    std::set<UnitCode> reading{house_of(state.custody.unit)};
    for (const auto& offer : state.custody.pending) reading.insert(house_of(offer.to));
    if (began_as_part(so_far)) reading.insert(house_of(state.slip.front().unit));
    for (auto& [house, ends] : until_)
      if (!ends.back() && !reading.contains(house)) ends.back() = index;
    for (const auto& house : reading)
      if (auto& ends = until_[house]; ends.empty() || ends.back()) ends.emplace_back();
  }
}

UnitCode Readers::house_of(const UnitCode& unit) const { return context_.house_of(unit, std::nullopt); }

bool Readers::reads_on(const UnitCode& unit) const {
  const auto found = until_.find(house_of(unit));
  return found != until_.end() && !found->second.back();
}

std::string Readers::wrong(const UnitCode& unit, const std::set<Position>& held, const std::set<Position>& read) const {
  const auto house = house_of(unit);
  const auto found = until_.find(house);
  if (found == until_.end()) return held.empty() ? std::string() : "holds a dossier that its unit never could read";
  if (held != read) return "cannot read a change that it holds";
  const auto& ends = found->second;
  auto why = wrong_until(house, held, ends.back());
  if (!ends.back() || why.empty()) return why;
  // The last offers may have been over before anything of them was sent.
  const bool sent_before = std::any_of(ends.begin(), ends.end(), [&](const auto& end) { return wrong_until(house, held, end).empty(); });
  return held.empty() || sent_before ? std::string() : why;
}

std::string Readers::wrong_until(const UnitCode& house, const std::set<Position>& held, const std::optional<std::uint64_t>& until) const {
  for (const auto& change : changes_) {
    const bool here = held.contains(change.position);
    const bool own = change.house == house;
    if (!here && (!until || own || change.index < *until)) return "lacks a change that its unit may have";
    if (here && until && !own && change.index > *until) return "holds a change that came after its unit ceased to read";
  }
  return {};
}

std::string old_seed_opens(storage::CentreStore& centre, const Did& did) {
  auto& store = centre.store();
  // As its device knew it.
  const auto house = [&](const record::Header& by) {
    const auto* standing = store.policy.device(by.position.device);
    if (standing == nullptr) return UnitCode{};
    auto out = standing->device.unit;
    for (Epoch epoch = 0; epoch <= by.policy_epoch && epoch < store.policy.count(); ++epoch)
      if (const auto* merged = std::get_if<policy::Succession>(&store.policy.entries()[epoch].body);
          merged != nullptr && merged->unit == out)
        out = merged->heir;
    return out;
  };
  const auto records = demand(store.db.read("records",
                                            [&]() -> Result<std::vector<storage::StoredRecord>> {
                                              return storage::records_of_dossier(store, storage::find_dossier_row(store, did));
                                            }),
                              "records");
  std::map<std::pair<UnitCode, KeyId>, std::set<Epoch>> known;  // by the grants of a house to itself
  for (const auto& stored : records) {
    segment::Verified verified;
    verified.record = stored.record;
    const auto grant = storage::read_grant(store, verified);
    const auto writer = house(stored.record.header);
    if (!grant) continue;
    for (const auto& wrap : grant->wraps)
      if (wrap.unit == writer) known[{writer, grant->key_id}].insert(wrap.unit_epoch);
  }
  for (const auto& stored : records) {
    const auto& header = stored.record.header;
    if (header.type != record::Type::change) continue;
    const auto writer = house(header);
    Epoch newest = 0;
    for (Epoch epoch = 0; epoch <= header.policy_epoch && epoch < store.policy.count(); ++epoch)
      if (const auto* unit = std::get_if<policy::Unit>(&store.policy.entries()[epoch].body); unit != nullptr && unit->code == writer)
        newest = unit->unit_epoch;
    const auto epochs = known.find({writer, header.key_id});
    if (epochs != known.end() && *epochs->second.begin() < newest) return "a change lies under a key that an older seed of its unit opens";
  }
  return {};
}

}  // namespace ward::sim
