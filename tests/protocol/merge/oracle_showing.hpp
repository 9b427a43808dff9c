#pragma once

#include "tests/protocol/merge/oracle.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace ward::merge::test {

/// Everything that merges, as people are shown it (MERGE.md §5 to §7).
class Showing {
 public:
  explicit Showing(const Oracle& model) : model_(model), all_(model.everything()), custody_(model.line_of_custody()) {}
  [[nodiscard]] DossierState show();
  /// Of an operation that was judged to apply: it lost since.
  [[nodiscard]] std::optional<Refusal> lost(std::size_t op) const;

 private:
  using Write = Oracle::Write;
  using Register = Oracle::Register;

  // ---- what shows ----
  [[nodiscard]] std::vector<Position> version() const;
  [[nodiscard]] std::vector<std::string> codes() const;
  void show_custody();
  void show_erased();
  /// The fields and collections of the dossier (`at` empty) or of an element.
  [[nodiscard]] record::Map fields_of(const record::Path& at);
  [[nodiscard]] std::vector<Element> elements_of(const record::Path& collection);
  [[nodiscard]] std::set<std::string> names_below(const record::Path& at) const;
  [[nodiscard]] std::optional<record::Value> field(const record::Path& path);
  [[nodiscard]] record::Map payment(const record::Path& path);
  /// By `latest` or `owner`: which head shows, and the write whose value that is.
  [[nodiscard]] Write best(const Register& among, bool owner) const;
  [[nodiscard]] Write resolve(Write write, const Register& all, bool owner) const;
  [[nodiscard]] bool on_line(const Write& write) const;
  void tell_lost(const record::Path& path, const Register& heads, const Register& all, bool owner);

  // ---- the inbox ----
  void add(ConflictKind kind, record::Path path, std::vector<std::size_t> ops, Decider decider, std::vector<std::string> blocks = {});
  void ask(ConflictKind kind, const record::Path& path, const Register& leaves, Decider decider, std::vector<std::string> blocks = {});
  void tell_statuses();
  void tell_letters();
  void tell_acts();
  void tell_accepts();
  void tell_changes_after_offer();
  void tell_money();
  [[nodiscard]] bool unreplaced(std::size_t op) const;
  [[nodiscard]] bool may_be_told_after_offer(std::size_t op) const;
  [[nodiscard]] bool gone(const record::Path& path) const;  ///< inside an element that is not there
  [[nodiscard]] Decider clerk() const;
  [[nodiscard]] std::optional<std::size_t> first_leaf(const record::Path& path) const;

  // ---- what does not apply ----
  void list_unapplied();
  [[nodiscard]] Decider decider_of(std::size_t op) const;
  [[nodiscard]] bool dealt_with(std::size_t op, const Decider& decider) const;
  [[nodiscard]] bool notice_dealt_with(const std::vector<std::size_t>& ops, const Decider& decider) const;
  [[nodiscard]] bool decided(std::size_t op) const;
  [[nodiscard]] std::vector<std::size_t> dismissals() const;

  [[nodiscard]] Said said(std::size_t op) const;
  [[nodiscard]] std::size_t index(const OpId& id) const { return *model_.find(id); }

  const Oracle& model_;
  const Ops& all_;
  std::vector<int> custody_;
  DossierState out_;
  std::map<std::size_t, Decider> told_;                        ///< refused acts that a notice is about, and whose that is
  std::vector<std::pair<std::size_t, record::Map>> payments_;  ///< that show an amount: the leaf that is first, and what shows
};

}  // namespace ward::merge::test
