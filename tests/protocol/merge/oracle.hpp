#pragma once

#include "tests/protocol/merge/scene.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

/// The model said again, slowly and in other words: what a field comes to by the definitions of MERGE.md, without order, bits or shortcuts.
namespace ward::merge::test {

class Oracle {
 public:
  Oracle(const Did& did, const std::vector<Fact>& facts);

  [[nodiscard]] bool merges(const Position& position) const { return past_.count(position) != 0; }
  [[nodiscard]] bool saw(const OpId& later, const OpId& earlier) const;
  [[nodiscard]] const Op& op(const OpId& id) const;
  [[nodiscard]] const Fact& fact(const Position& position) const { return *by_position_.at(position); }

  /// Applied writes to a field of the dossier that no other replaced.
  [[nodiscard]] std::set<OpId> heads(const Path& path) const;
  /// The heads, undo followed.
  [[nodiscard]] std::set<OpId> leaves(const Path& path) const;
  /// Nothing: in conflict, or never written.
  [[nodiscard]] std::optional<Value> shown(const Path& path, bool latest) const;
  /// Whether an element is there, in a story without undo: some mark of life is in the past of no removal.
  [[nodiscard]] bool alive(const std::string& collection, const std::string& element) const;

 private:
  [[nodiscard]] std::vector<OpId> writes_to(const Path& path) const;
  [[nodiscard]] bool in_past(const OpId& of, const std::vector<OpId>& ids) const;
  [[nodiscard]] std::vector<OpId> targets(const OpId& undo) const;
  [[nodiscard]] bool better(const OpId& a, const OpId& b) const;

  std::map<Position, const Fact*> by_position_;
  std::map<Position, std::set<Position>> past_;  ///< of those that merge
};

}  // namespace ward::merge::test
