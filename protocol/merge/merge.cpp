#include "protocol/merge/merge.hpp"

#include "protocol/code/code.hpp"
#include "protocol/merge/inbox.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace ward::merge {
namespace {

using record::Map;
using record::Step;
using schema::Policy;

/// Walks the document, in the order of paths, and shows what stands.
class Presenter {
 public:
  Presenter(const Grounds& grounds, DossierState& state, Inbox& inbox)
      : grounds_(grounds), causality_(grounds.causality), state_(state), inbox_(inbox) {}

  void show(const Document& document) {
    for (const auto& [name, node] : document.fields) {
      const Place place{nullptr, Step::Kind::name, name};
      show_value(node, place, state_.fields);
      auto elements = elements_of(node, place);
      if (!elements.empty()) state_.collections.push_back({std::string(name), std::move(elements)});
    }
    show_status();
    if (fee_by_) inbox_.notice_fee(fee_, *fee_by_, procedure_, procedure_by_);
  }

 private:
  void show_value(const FieldNode& node, const Place& place, Map& to) {
    if (node.value.empty()) return;
    const auto decided = decide_field(node, grounds_);
    if (decided.conflict) inbox_.ask(ConflictKind::choose_value, place, node.value, decided.heads, decided.leaves, decided.one_level_up);
    inbox_.notice_field(node, decided, place);
    if (decided.conflict) return;
    const auto& write = node.value[decided.winner];
    const auto& value = shown_by(write);
    if (value.is_null()) return;
    to.push_back({std::string(place.text), value});
    if (place.above == nullptr) remember(place.text, value, write.by);
  }

  /// What the fee is judged by.
  void remember(std::string_view name, const record::Value& value, const OpRef& by) {
    if (name == "TongLePhi" && value.number() != nullptr) {
      fee_ = *value.number();
      fee_by_ = by;
    } else if (name == "MaTTHC") {
      procedure_ = value.text();
      procedure_by_ = by;
    }
  }

  void show_status() {
    const auto* status = grounds_.workflow.shown();
    if (status == nullptr) return;
    const auto place = std::lower_bound(state_.fields.begin(), state_.fields.end(), status_field,
                                        [](const record::Member& m, std::string_view name) { return m.name < name; });
    state_.fields.insert(place, {std::string(status_field), *status});
  }

  std::vector<Element> elements_of(const FieldNode& node, const Place& place) {
    std::vector<std::pair<const Write*, Element>> alive;
    for (const auto& [id, element] : node.elements) {
      const Place inside{&place, Step::Kind::element, id};
      auto fields = node.policy() == Policy::ledger ? payment(node, element, inside) : fields_of(element, inside);
      if (!fields) continue;
      const auto& first = entry_of(element);
      const auto& fact = causality_.at(first.said.change);
      alive.emplace_back(&first, Element{id, *std::move(fields), fact.change.user, fact.unit, fact.hlc});
    }
    if (node.policy() == Policy::log)
      std::sort(alive.begin(), alive.end(),
                [](const auto& a, const auto& b) { return std::tie(a.first->by, a.first->said) < std::tie(b.first->by, b.first->said); });
    std::vector<Element> out;
    out.reserve(alive.size());
    for (auto& [first, element] : alive) out.push_back(std::move(element));
    return out;
  }

  /// The operation that entered the element; an edit of one that nobody entered counts as that.
  static const Write& entry_of(const ElementNode& element) {
    const auto at = std::find_if(element.existence.begin(), element.existence.end(),
                                 [](const Write& w) { return w.kind == Write::Kind::enter || w.kind == Write::Kind::payment; });
    return at == element.existence.end() ? element.existence.front() : *at;
  }

  /// Nothing when the element is gone.
  std::optional<Map> fields_of(const ElementNode& element, const Place& place) {
    if (element.existence.empty()) return std::nullopt;
    const auto existence = decide_existence(element.existence, causality_);
    inbox_.notice_element(element.existence, existence.heads, place);
    if (!existence.alive) return std::nullopt;
    if (existence.conflict)
      inbox_.ask(ConflictKind::removed_but_edited, place, element.existence, existence.heads, existence.leaves, false);
    Map out;
    for (const auto& [name, node] : element.fields) {
      const Place inside{&place, Step::Kind::name, name};
      auto nested = elements_of(node, inside);
      if (nested.empty()) {
        show_value(node, inside, out);
        continue;
      }
      record::List list;
      for (auto& each : nested) list.emplace_back(std::move(each.fields));
      out.push_back({std::string(name), std::move(list)});
    }
    return out;
  }

  std::optional<Map> payment(const FieldNode& ledger, const ElementNode& element, const Place& place) {
    auto decided = decide_payment(element.existence, *ledger.schema, causality_);
    inbox_.notice_element(element.existence, decided.heads, place);
    const auto* amount = record::find(decided.fields, "SoTien");
    if (decided.conflict)
      inbox_.ask(ConflictKind::payment_differs, place, element.existence, decided.heads, decided.leaves, decided.one_level_up);
    else if (amount != nullptr && amount->number() != nullptr)
      inbox_.notice_payment(*amount->number(), element.existence, decided.leaves);
    return std::move(decided.fields);
  }

  const Grounds& grounds_;
  const Causality& causality_;
  DossierState& state_;
  Inbox& inbox_;
  std::int64_t fee_ = 0;
  std::optional<OpRef> fee_by_, procedure_by_;
  const std::string* procedure_ = nullptr;
};

/// The merged changes that no merged change's writer had seen.
std::vector<Position> version_of(const Causality& causality) {
  const auto held = causality.held();
  std::vector<std::uint64_t> covered((held.size() + 63) / 64);
  for (Nth nth = 0; nth < held.size(); ++nth) {
    const auto past = causality.past(nth);
    for (std::size_t w = 0; w <= nth / 64; ++w) covered[w] |= past[w];
  }
  std::vector<Position> out;
  for (Nth nth = 0; nth < held.size(); ++nth)
    if ((covered[nth / 64] >> (nth % 64) & 1U) == 0) out.push_back(held[nth]->position);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> codes_of(const Document& document, const Causality& causality) {
  std::vector<std::string> out;
  std::unordered_set<std::string_view> met;
  for (const auto& ref : document.codes) {
    const auto& code = *causality.op_at(ref).value.text();
    if (met.insert(code).second) out.push_back(code);
  }
  std::stable_partition(out.begin(), out.end(), [](const auto& code) { return !code::parse_provisional(code); });
  return out;
}

std::vector<Unapplied> still_open(const Grounds& grounds, const Document& document, bool proposals) {
  std::vector<Unapplied> out;
  for (const auto& refused : proposals ? document.proposals : document.not_applied)
    if (!dealt_with(grounds, document, refused, proposals))
      out.push_back({said_by(refused.op, grounds.causality), refused.why, refused.decider});
  return out;
}

/// What an erasure order leaves: what the books say, and no name.
void erase(DossierState& state) {
  state.erased = true;
  std::erase_if(state.fields, [](const record::Member& member) { return member.name != status_field; });
  state.collections.clear();
  state.conflicts.clear();
  state.proposals.clear();
  state.not_applied.clear();
  for (auto& offer : state.custody.pending) offer.user = offer.note = {};
  for (auto& stay : state.slip) stay.given_by = stay.taken_by = stay.note = {};
}

}  // namespace

DossierState merge(const Did& did, const std::vector<Fact>& facts, const Context& context) {
  const Grounds grounds(did, facts, context);
  const auto document = read_document(grounds);
  DossierState out;
  out.did = did;
  out.version = version_of(grounds.causality);
  out.codes = codes_of(document, grounds.causality);
  out.proposals = still_open(grounds, document, true);
  out.not_applied = still_open(grounds, document, false);
  for (Nth nth = 0; nth < grounds.causality.held().size(); ++nth) out.changes += grounds.forms.revoked(nth) ? 0U : 1U;
  out.waiting = grounds.causality.waiting().size();
  if (!grounds.causality.held().empty()) out.created = grounds.causality.at(0).position;
  out.custody = grounds.tenures.custody();
  out.slip = grounds.tenures.slip();
  Inbox inbox(did, grounds, document);
  Presenter(grounds, out, inbox).show(document);
  out.conflicts = std::move(inbox).take();
  if (context.is_erased(did)) erase(out);
  return out;
}

}  // namespace ward::merge
