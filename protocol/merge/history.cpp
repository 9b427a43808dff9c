#include "protocol/merge/decide.hpp"
#include "protocol/merge/said.hpp"

#include <algorithm>

namespace ward::merge {
namespace {

using Standing = HistoryEntry::Standing;
using schema::Policy;

/// An operation that writes in several places (an add with its fields) is told by the weightiest of what became of it.
int weight(Standing standing) {
  switch (standing) {
    case Standing::replaced: return 0;
    case Standing::lost: return 1;
    case Standing::shown: return 2;
    case Standing::in_conflict: return 3;
    case Standing::proposed:
    case Standing::not_applied:
    case Standing::approved:
    case Standing::dismissed:
    case Standing::waiting:
    case Standing::erased: return 4;
  }
  return 0;
}

/// Walks the document and notes for every operation what it replaced and what became of it.
class Chronicler {
 public:
  explicit Chronicler(const Grounds& grounds) : grounds_(grounds), causality_(grounds.causality) {
    for (const auto* fact : causality_.held()) {
      first_.push_back(entries_.size());
      add_all(*fact, Standing::replaced);
    }
    for (const auto* fact : causality_.waiting()) add_all(*fact, Standing::waiting);
    for (const auto* fact : causality_.set_aside()) add_all(*fact, Standing::not_applied, Refusal::set_aside);
  }

  std::vector<HistoryEntry> tell(const Document& document) && {
    for (const auto& [name, node] : document.fields) visit(node, true);
    visit_status();
    mark(document.codes, Standing::shown);
    mark(document.codes_by, Standing::shown);
    refuse(document, true);
    refuse(document, false);
    for (const auto& act : grounds_.forms.acts()) visit_act(act);
    for (auto& entry : entries_)
      for (auto* ops : {&entry.replaced, &entry.given_back}) {
        std::sort(ops->begin(), ops->end());
        ops->erase(std::unique(ops->begin(), ops->end()), ops->end());
      }
    return std::move(entries_);
  }

 private:
  void add_all(const Fact& fact, Standing standing, std::optional<Refusal> why = {}) {
    for (std::size_t op = 0; op < fact.change.ops.size(); ++op)
      entries_.push_back({said_by(fact, static_cast<std::uint16_t>(op)), {}, {}, standing, why, fact.change.ops[op].path});
  }

  HistoryEntry& entry(const OpRef& ref) { return entries_[first_[ref.change] + ref.op]; }

  void mark(const OpRef& ref, Standing standing) {
    auto& now = entry(ref).standing;
    if (weight(standing) > weight(now)) now = standing;
  }
  void mark(const std::vector<OpRef>& refs, Standing standing) {
    for (const auto& ref : refs) mark(ref, standing);
  }
  void mark(const Register& writes, const Places& places, Standing standing) {
    for (const auto place : places) mark(writes[place].by, standing);
  }

  void refuse(const Document& document, bool proposals) {
    for (const auto& refused : proposals ? document.proposals : document.not_applied) {
      auto& told = entry(refused.op);
      told.why = refused.why;
      const bool approved = proposals && std::binary_search(document.approved.begin(), document.approved.end(), refused.op);
      if (approved)
        told.standing = Standing::approved;
      else if (dealt_with(grounds_, document, refused, proposals))
        told.standing = Standing::dismissed;
      else
        told.standing = proposals ? Standing::proposed : Standing::not_applied;
    }
  }

  void visit_act(const OpRef& act) {
    const auto meaning = grounds_.forms.meaning(act);
    if (is_custody(meaning) || (meaning == Meaning::dismiss && grounds_.dismissals.is_in_force(act))) mark(act, Standing::shown);
    if (meaning == Meaning::approve) entry(act).place = place_of_approval(act);
  }

  /// Where it writes, when an undo can be written there.
  record::Path place_of_approval(const OpRef& act) const {
    const auto named = grounds_.forms.references(act);
    if (named.size() != 1) return {};
    const auto meaning = grounds_.forms.meaning(named.front());
    const bool writes = meaning == Meaning::set_field || meaning == Meaning::set_payment || meaning == Meaning::restore ||
                        meaning == Meaning::remove_element;
    return writes ? causality_.op_at(named.front()).path : record::Path{};
  }

  void note(const Register& writes) {
    Replacements replacements;
    (void)heads_of(writes, causality_, &replacements);
    for (const auto& [by, what] : replacements) {
      if (writes[by].kind == Write::Kind::touch || writes[by].by == writes[what].by) continue;
      auto& told = entry(writes[by].by);
      told.replaced.push_back(causality_.id_of(writes[what].by));
      if (!rides(writes[by], causality_)) told.given_back.push_back(told.replaced.back());
    }
  }

  /// `visible`: nothing around the field is gone.
  void visit(const FieldNode& node, bool visible) {
    if (!node.value.empty()) visit_field(node, visible);
    for (const auto& [id, element] : node.elements) {
      if (node.policy() == Policy::ledger)
        visit_payment(*node.schema, element.existence);
      else
        visit_element(element, visible);
    }
  }

  void visit_field(const FieldNode& node, bool visible) {
    note(node.value);
    if (!visible) return;
    const auto decided = decide_field(node, grounds_);
    const bool by_clock = decided.policy != Policy::ask;
    const auto standing = decided.conflict ? Standing::in_conflict : by_clock ? Standing::lost : Standing::shown;
    mark(node.value, decided.leaves, standing);
    mark(node.value, decided.heads, standing);
    if (decided.conflict) return;
    mark(node.value, {decided.winner, decided.head}, Standing::shown);
    if (decided.policy != Policy::owner) return;
    for (const auto head : decided.heads) {
      const auto counts = [&](std::uint32_t place) { return grounds_.tenures.on_line(grounds_.tenures.in_past(node.value[place].by)); };
      if (!counts(head) && counts(decided.head)) entry(node.value[head].by).why = Refusal::lost_custody;
    }
  }

  void visit_payment(const schema::Field& ledger, const Register& writes) {
    if (writes.empty()) return;
    note(writes);
    const auto decided = decide_payment(writes, ledger, causality_);
    const auto standing = decided.conflict ? Standing::in_conflict : Standing::shown;
    mark(writes, decided.leaves, standing);
    mark(writes, decided.heads, standing);
  }

  void visit_element(const ElementNode& element, bool visible) {
    const auto& writes = element.existence;
    note(writes);
    const auto decided = decide_existence(writes, causality_);
    if (visible) {
      for (const auto& write : writes)
        if (decided.alive && write.kind == Write::Kind::enter) mark(write.by, Standing::shown);
      for (const auto place : decided.heads)
        if (writes[place].kind != Write::Kind::touch) mark(writes, {place}, Standing::shown);
      if (decided.conflict) mark(writes, decided.leaves, Standing::in_conflict);
    }
    for (const auto& [name, node] : element.fields) visit(node, visible && decided.alive);
  }

  /// Those that lost are refused.
  void visit_status() {
    const auto& writes = grounds_.workflow.writes();
    const auto& now = grounds_.workflow.outcome();
    note(writes);
    const auto standing = now.tie ? Standing::in_conflict : Standing::shown;
    mark(writes, now.leaves, standing);
    mark(writes, now.heads, standing);
    if (now.shown) mark(writes, {*now.shown}, Standing::shown);
  }

  const Grounds& grounds_;
  const Causality& causality_;
  std::vector<std::size_t> first_;  ///< of each held change: its first entry
  std::vector<HistoryEntry> entries_;
};

void erase(std::vector<HistoryEntry>& entries) {
  for (auto& entry : entries) {
    entry.standing = HistoryEntry::Standing::erased;
    entry.said.value = {};
    entry.said.user = entry.said.reason = {};
  }
}

}  // namespace

std::vector<HistoryEntry> history(const Did& did, const std::vector<Fact>& facts, const Context& context) {
  const Grounds grounds(did, facts, context);
  auto out = Chronicler(grounds).tell(read_document(grounds));
  if (context.is_erased(did)) erase(out);
  return out;
}

}  // namespace ward::merge
