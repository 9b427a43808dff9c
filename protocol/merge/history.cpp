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
    case Standing::waiting: return 4;
  }
  return 0;
}

/// Walks the document and notes for every operation what it replaced and what became of it.
class Chronicler {
 public:
  explicit Chronicler(const Causality& causality) : causality_(causality) {
    for (const auto* fact : causality.held()) {
      first_.push_back(entries_.size());
      add_all(*fact, Standing::replaced);
    }
    for (const auto* fact : causality.waiting()) add_all(*fact, Standing::waiting);
  }

  std::vector<HistoryEntry> tell(const Document& document) && {
    for (const auto& [name, node] : document.fields) visit(node, true);
    mark(document.codes, Standing::shown);
    mark(document.proposals, Standing::proposed);
    mark(document.not_applied, Standing::not_applied);
    for (auto& entry : entries_) {
      std::sort(entry.replaced.begin(), entry.replaced.end());
      entry.replaced.erase(std::unique(entry.replaced.begin(), entry.replaced.end()), entry.replaced.end());
    }
    return std::move(entries_);
  }

 private:
  void add_all(const Fact& fact, Standing standing) {
    for (std::size_t op = 0; op < fact.change.ops.size(); ++op)
      entries_.push_back({said_by(fact, static_cast<std::uint16_t>(op)), {}, standing});
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
    for (const auto place : places) mark({writes[place].change, writes[place].op}, standing);
  }

  void note(const Register& writes, const Replacements& replacements) {
    for (const auto& [by, what] : replacements) {
      if (writes[by].kind == Write::Kind::touch) continue;
      entry({writes[by].change, writes[by].op}).replaced.push_back(id_of(writes[what], causality_));
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
    Replacements replacements;
    const auto decided = decide_field(node.value, node.policy(), causality_, &replacements);
    note(node.value, replacements);
    if (!visible) return;
    const auto standing = decided.conflict ? Standing::in_conflict : node.policy() == Policy::latest ? Standing::lost : Standing::shown;
    mark(node.value, decided.leaves, standing);
    mark(node.value, decided.heads, standing);
    if (!decided.conflict) mark(node.value, {decided.winner}, Standing::shown);
  }

  void visit_payment(const schema::Field& ledger, const Register& writes) {
    Replacements replacements;
    const auto decided = decide_payment(writes, ledger, causality_, &replacements);
    note(writes, replacements);
    const auto standing = decided.conflict ? Standing::in_conflict : Standing::shown;
    mark(writes, decided.leaves, standing);
    mark(writes, decided.heads, standing);
  }

  void visit_element(const ElementNode& element, bool visible) {
    const auto& writes = element.existence;
    Replacements replacements;
    const auto decided = decide_existence(writes, causality_, &replacements);
    note(writes, replacements);
    if (visible) {
      for (const auto& write : writes)
        if (decided.alive && write.kind == Write::Kind::enter) mark({write.change, write.op}, Standing::shown);
      for (const auto place : decided.heads)
        if (writes[place].kind != Write::Kind::touch) mark(writes, {place}, Standing::shown);
      if (decided.conflict) mark(writes, decided.leaves, Standing::in_conflict);
    }
    for (const auto& [name, node] : element.fields) visit(node, visible && decided.alive);
  }

  const Causality& causality_;
  std::vector<std::size_t> first_;  ///< of each held change: its first entry
  std::vector<HistoryEntry> entries_;
};

}  // namespace

std::vector<HistoryEntry> history(const Did& did, const std::vector<Fact>& facts) {
  const Causality causality(did, facts);
  return Chronicler(causality).tell(read_document(causality));
}

}  // namespace ward::merge
