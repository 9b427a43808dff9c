#include "protocol/merge/merge.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/code/code.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/merge/decide.hpp"
#include "protocol/merge/meaning.hpp"
#include "protocol/merge/said.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace ward::merge {
namespace {

using record::Map;
using record::Path;
using record::Step;
using schema::Policy;

/// Where the walk stands; becomes a path only when somebody is told.
struct Place {
  const Place* above = nullptr;
  Step::Kind kind = Step::Kind::name;
  std::string_view text;
};

Path path_of(const Place& place) {
  Path out = place.above == nullptr ? Path{} : path_of(*place.above);
  out.push_back({place.kind, std::string(place.text)});
  return out;
}

/// Walks the document, in the order of paths, and shows what stands.
class Presenter {
 public:
  Presenter(const Causality& causality, DossierState& state) : causality_(causality), state_(state) {}

  void show(const Document& document) {
    for (const auto& [name, node] : document.fields) {
      const Place place{nullptr, Step::Kind::name, name};
      show_value(node, place, state_.fields);
      auto elements = elements_of(node, place);
      if (!elements.empty()) state_.collections.push_back({std::string(name), std::move(elements)});
    }
  }

 private:
  void show_value(const FieldNode& node, const Place& place, Map& to) {
    if (node.value.empty()) return;
    const auto decided = decide_field(node.value, node.policy(), causality_);
    if (decided.conflict) return ask(ConflictKind::choose_value, place, node.value, decided.heads, decided.leaves);
    const auto& value = shown_by(node.value[decided.winner]);
    if (!value.is_null()) to.push_back({std::string(place.text), value});
  }

  std::vector<Element> elements_of(const FieldNode& node, const Place& place) {
    std::vector<std::pair<const Write*, Element>> alive;
    for (const auto& [id, element] : node.elements) {
      const Place inside{&place, Step::Kind::element, id};
      auto fields = node.policy() == Policy::ledger ? payment(node, element, inside) : fields_of(element, inside);
      if (!fields) continue;
      const auto& first = entry_of(element);
      const auto& fact = causality_.at(first.change);
      alive.emplace_back(&first, Element{id, *std::move(fields), fact.change.user, fact.unit, fact.hlc});
    }
    if (node.policy() == Policy::log)
      std::sort(alive.begin(), alive.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first->change, a.first->op) < std::tie(b.first->change, b.first->op);
      });
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
    const auto existence = decide_existence(element.existence, causality_);
    if (!existence.alive) return std::nullopt;
    if (existence.conflict) ask(ConflictKind::removed_but_edited, place, element.existence, existence.heads, existence.leaves);
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
    if (decided.conflict) ask(ConflictKind::payment_differs, place, element.existence, decided.heads, decided.leaves);
    return std::move(decided.fields);
  }

  void ask(ConflictKind kind, const Place& place, const Register& writes, const Places& heads, const Places& leaves) {
    Conflict out;
    out.kind = kind;
    out.path = path_of(place);
    Writer path, ids;
    record::encode(path, out.path);
    std::vector<OpId> named;
    for (const auto head : heads) named.push_back(id_of(writes[head], causality_));
    std::sort(named.begin(), named.end());
    for (const auto& id : named) ids.raw(view(record::element_id(id)));
    out.id = crypto::hash<ConflictId>("wsync-conflict", {}, {state_.did.view(), path.peek(), ids.peek()});
    for (const auto leaf : leaves) {
      auto said = said_by({writes[leaf].change, writes[leaf].op}, causality_);
      if (kind != ConflictKind::removed_but_edited) {
        said.path = out.path;
        said.value = shown_by(writes[leaf]);
      }
      out.values.push_back(std::move(said));
    }
    std::sort(out.values.begin(), out.values.end(), [](const Said& a, const Said& b) { return a.op < b.op; });
    state_.conflicts.push_back(std::move(out));
  }

  const Causality& causality_;
  DossierState& state_;
};

/// The merged changes that no merged change's writer had seen.
std::vector<Position> version_of(const Causality& causality) {
  const auto held = causality.held();
  std::vector<std::uint64_t> covered((held.size() + 63) / 64);
  for (Nth nth = 0; nth < held.size(); ++nth) {
    if (held[nth]->admission != Admission::admitted) continue;
    const auto past = causality.past(nth);
    for (std::size_t w = 0; w <= nth / 64; ++w) covered[w] |= past[w];
  }
  std::vector<Position> out;
  for (Nth nth = 0; nth < held.size(); ++nth)
    if (held[nth]->admission == Admission::admitted && (covered[nth / 64] >> (nth % 64) & 1U) == 0) out.push_back(held[nth]->position);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> codes_of(const Document& document, const Causality& causality) {
  std::vector<std::string> out;
  std::unordered_set<std::string_view> met;
  for (const auto& ref : document.codes) {
    const auto& code = *causality.at(ref.change).change.ops[ref.op].value.text();
    if (met.insert(code).second) out.push_back(code);
  }
  std::stable_partition(out.begin(), out.end(), [](const auto& code) { return !code::parse_provisional(code); });
  return out;
}

std::vector<Said> all_said(const std::vector<OpRef>& refs, const Causality& causality) {
  std::vector<Said> out;
  out.reserve(refs.size());
  for (const auto& ref : refs) out.push_back(said_by(ref, causality));
  return out;
}

}  // namespace

DossierState merge(const Did& did, const std::vector<Fact>& facts) {
  const Causality causality(did, facts);
  const auto document = read_document(causality);
  DossierState out;
  out.did = did;
  out.version = version_of(causality);
  out.codes = codes_of(document, causality);
  out.proposals = all_said(document.proposals, causality);
  out.not_applied = all_said(document.not_applied, causality);
  for (const auto* fact : causality.held()) out.changes += fact->admission == Admission::admitted ? 1U : 0U;
  out.waiting = causality.waiting().size();
  if (!causality.held().empty()) {
    out.created = causality.at(0).position;
    out.custody = causality.at(0).unit;
  }
  Presenter(causality, out).show(document);
  return out;
}

}  // namespace ward::merge
