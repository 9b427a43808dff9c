#include "protocol/code/code.hpp"
#include "tests/protocol/merge/oracle_showing.hpp"

#include <tuple>

/// What shows (MERGE.md §5).
namespace ward::merge::test {

using record::Map;
using record::Path;
using record::Step;
using record::Value;
using schema::Policy;

namespace {

Value said_value(const Oracle::Write& write) { return is_reference(write.value) ? Value() : write.value; }

Path below(Path path, Step step) {
  path.push_back(std::move(step));
  return path;
}

Policy policy_of_collection(const Path& path) {
  const auto* field = field_of(path);
  return field == nullptr ? Policy::ask : field->policy;
}

}  // namespace

DossierState Oracle::state() const { return Showing(*this).show(); }
std::optional<Refusal> Oracle::refusal(std::size_t op) const {
  if (judged_[op].outcome != Outcome::applies) return judged_[op].why;
  return Showing(*this).lost(op);
}

DossierState Showing::show() {
  out_.did = model_.did_;
  out_.waiting = model_.waiting_;
  for (const auto* fact : model_.order_)
    if (fact->admission != Admission::proposal && model_.standing(*fact).enabled) ++out_.changes;
  if (model_.order_.empty()) return out_;
  out_.created = model_.order_.front()->position;
  out_.version = version();
  out_.codes = codes();
  show_custody();
  const auto& erased = model_.context_.erased;
  if (std::find(erased.begin(), erased.end(), out_.did) != erased.end()) {
    show_erased();
    return out_;
  }
  out_.fields = fields_of({});
  tell_statuses();
  tell_letters();
  tell_accepts();
  tell_acts();
  tell_changes_after_offer();
  tell_money();
  list_unapplied();
  std::sort(out_.conflicts.begin(), out_.conflicts.end(), [](const Conflict& a, const Conflict& b) {
    const auto ops = [](const Conflict& conflict) {
      std::vector<OpId> ids;
      for (const auto& value : conflict.values) ids.push_back(value.op);
      return ids;
    };
    return std::tuple{a.path, a.kind, ops(a)} < std::tuple{b.path, b.kind, ops(b)};
  });
  return out_;
}

void Showing::show_erased() {
  out_.erased = true;
  if (const auto status = model_.status(all_).status) out_.fields = {{"TrangThaiHoSo", std::to_string(*status)}};
  for (auto& offer : out_.custody.pending) offer.user = offer.note = "";
  for (auto& stay : out_.slip) stay.given_by = stay.taken_by = stay.note = "";
}

/// Changes that no other merged change had seen.
std::vector<Position> Showing::version() const {
  std::set<Position> seen;
  for (const auto* fact : model_.order_) seen.insert(fact->change.seen.begin(), fact->change.seen.end());
  std::vector<Position> out;
  for (const auto& [position, fact] : model_.merged_)
    if (seen.count(position) == 0) out.push_back(position);
  return out;
}

std::vector<std::string> Showing::codes() const {
  std::vector<std::string> official, provisional;
  for (const auto& [op, text] : model_.codes_) {
    auto& list = code::parse_provisional(text) ? provisional : official;
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
  }
  official.insert(official.end(), provisional.begin(), provisional.end());
  return official;
}

void Showing::show_custody() {
  auto& custody = out_.custody;
  const auto& created = *model_.order_.front();
  Stay first;
  first.unit = created.unit;
  first.taken_by = created.change.user;
  first.from = created.hlc;
  out_.slip.push_back(first);
  custody.hlc = created.hlc;
  for (const auto tenure : custody_) {
    if (tenure == Oracle::root) continue;
    const auto offer = static_cast<std::size_t>(tenure);
    const auto accept = model_.accepts(offer, all_).front();
    const auto &given = *model_.ops_[offer].fact, &taken = *model_.ops_[accept].fact;
    out_.slip.back().until = taken.hlc;
    out_.slip.back().until_stamp = taken.stamp;
    const auto* note = record::find(*model_.ops_[offer].op->value.map(), "note");
    out_.slip.push_back({taken.unit, given.unit, given.change.user, taken.change.user, note == nullptr ? "" : *note->text(), given.hlc,
                         taken.hlc, taken.stamp, std::nullopt, std::nullopt, given.act_verified, taken.act_verified});
    custody.since = model_.ops_[accept].id;
    custody.hlc = taken.hlc;
    custody.stamp = taken.stamp;
  }
  custody.unit = model_.house(model_.holder(all_), std::nullopt);
  for (std::size_t op = 0; op < model_.ops_.size(); ++op) {
    if (!model_.good(op, Sense::offer) || !model_.open(op, all_)) continue;
    const auto& fact = *model_.ops_[op].fact;
    const auto text = [&](const char* name) {
      const auto* value = record::find(*model_.ops_[op].op->value.map(), name);
      return value == nullptr ? std::string() : *value->text();
    };
    custody.pending.push_back(
        {model_.ops_[op].id, fact.unit, text("to"), fact.change.user, fact.hlc, fact.stamp, text("note"), text("expires")});
  }
  std::sort(custody.pending.begin(), custody.pending.end(), [](const Offer& a, const Offer& b) { return a.op < b.op; });
}

/// What stands next after `at` in any register's path.
std::set<std::string> Showing::names_below(const Path& at) const {
  std::set<std::string> out;
  for (const auto& [path, writes] : model_.registers_)
    if (path.size() > at.size() && std::equal(at.begin(), at.end(), path.begin())) out.insert(path[at.size()].text);
  return out;
}

Map Showing::fields_of(const Path& at) {
  Map out;
  for (const auto& name : names_below(at)) {
    const auto path = below(at, Step::field(name));
    if (auto value = field(path)) out.push_back({name, *value});
    auto elements = elements_of(path);
    if (elements.empty()) continue;
    if (at.empty()) {
      out_.collections.push_back({name, std::move(elements)});
      continue;
    }
    record::List list;
    for (auto& element : elements) list.emplace_back(std::move(element.fields));
    out.push_back({name, std::move(list)});
  }
  return out;
}

std::vector<Element> Showing::elements_of(const Path& collection) {
  std::vector<std::pair<std::size_t, Element>> found;
  const auto merges_as = policy_of_collection(collection);
  for (const auto& id : names_below(collection)) {
    const auto path = below(collection, Step::element(id));
    const auto all = model_.register_at(path, all_);
    const bool is_payment = merges_as == Policy::ledger;
    if (all.empty() || (!is_payment && !model_.alive(path, all_))) continue;
    auto first = std::find_if(all.begin(), all.end(),
                              [](const Write& write) { return write.kind == Write::Kind::enter || write.kind == Write::Kind::entry; });
    if (first == all.end()) first = all.begin();
    const auto& by = model_.ops_[first->first];
    found.emplace_back(first->by,
                       Element{id, is_payment ? payment(path) : fields_of(path), by.fact->change.user, by.fact->unit, by.fact->hlc});
  }
  if (merges_as == Policy::log)
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Element> out;
  for (auto& [by, element] : found) out.push_back(std::move(element));
  return out;
}

std::optional<Value> Showing::field(const Path& path) {
  const auto all = model_.register_at(path, all_);
  if (all.empty()) return std::nullopt;
  if (path == status_path) {
    const auto shown = model_.status(all_).status;
    return shown ? std::optional<Value>(std::to_string(*shown)) : std::nullopt;
  }
  const auto merges_as = model_.policy(path, all_);
  const auto leaves = model_.leaves(path, all_);
  Value out;
  if (merges_as == Policy::latest || merges_as == Policy::workflow || merges_as == Policy::owner) {
    const auto heads = model_.heads(path, all_);
    const bool owner = merges_as == Policy::owner;
    out = said_value(resolve(best(heads, owner), all, owner));
    tell_lost(path, heads, all, owner);
  } else if (model_.agree(path, leaves, all_)) {
    out = said_value(leaves.front());
  } else {
    const bool again =
        std::any_of(leaves.begin(), leaves.end(), [&](const Write& leaf) { return model_.resolutions_.count({leaf.by, path}) != 0; });
    ask(ConflictKind::choose_value, path, leaves, again ? Decider{Decider::Role::leader, {}, {}} : clerk(), {"9"});
  }
  return out.is_null() ? std::nullopt : std::optional(out);
}

bool Showing::on_line(const Write& write) const {
  return std::find(custody_.begin(), custody_.end(), model_.judged_[write.by].tenure) != custody_.end();
}

Oracle::Write Showing::best(const Register& among, bool owner) const {
  const auto better = [&](const Write& a, const Write& b) {
    if (owner && on_line(a) != on_line(b)) return on_line(a);
    return model_.clock_prefers(a.by, b.by);
  };
  auto out = among.front();
  for (const auto& write : among)
    if (better(write, out)) out = write;
  return out;
}

Oracle::Write Showing::resolve(Write write, const Register& all, bool owner) const {
  for (;;) {
    Register named;
    for (const auto& id : references_of(write.value))
      for (const auto& other : all)
        if (model_.ops_[other.by].id == id) named.push_back(other);
    if (named.empty()) return write;
    write = best(named, owner);
  }
}

/// What lost by custody or by a bad clock, and said something else.
void Showing::tell_lost(const Path& path, const Register& heads, const Register& all, bool owner) {
  const auto winner = best(heads, owner);
  const auto shown = said_value(resolve(winner, all, owner));
  for (const auto& head : heads) {
    if (head.by == winner.by || said_value(resolve(head, all, owner)) == shown) continue;
    if (owner && on_line(winner) && !on_line(head))
      add(ConflictKind::lost_custody_edit, path, {head.by}, clerk());
    else if (!believed(*model_.ops_[head.by].fact) && believed(*model_.ops_[winner.by].fact))
      add(ConflictKind::lost_to_bad_clock, path, {head.by}, model_.writer(head.by));
  }
}

Map Showing::payment(const Path& path) {
  const auto leaves = model_.leaves(path, all_);
  std::map<std::string, Register> given;
  for (const auto& leaf : leaves)
    if (leaf.value.map() != nullptr)
      for (const auto& member : *leaf.value.map()) {
        given[member.name].push_back(leaf);
        given[member.name].back().value = member.value;
      }
  Map out;
  for (const auto& [name, values] : given) {
    const auto* known = field_of(below(path, Step::field(name)));
    const bool must_agree = known == nullptr || known->policy == Policy::ask;
    const bool all_say = values.size() == leaves.size() &&
                         std::all_of(values.begin(), values.end(), [&](const Write& write) { return write.value == values.front().value; });
    if (!must_agree || all_say) out.push_back({name, best(values, false).value});
  }
  if (!model_.agree(path, leaves, all_)) {
    const bool again =
        std::any_of(leaves.begin(), leaves.end(), [&](const Write& leaf) { return model_.resolutions_.count({leaf.by, path}) != 0; });
    ask(ConflictKind::payment_differs, path, leaves, {again ? Decider::Role::leader : Decider::Role::accountant, {}, {}});
  } else if (!leaves.empty()) {
    payments_.emplace_back(leaves.front().by, out);
  }
  return out;
}

}  // namespace ward::merge::test
