#pragma once

#include "protocol/merge/dismissals.hpp"
#include "protocol/merge/register.hpp"

namespace ward::merge {

/// A status that lost to another, or was said from outside custody while another was said inside.
struct Loser {
  OpRef op;
  std::optional<OpRef> match;  ///< the first of the line that it had not seen, which had not seen it
  ConflictKind kind = ConflictKind::refused_act;
};

/// The status of a dossier (MERGE.md §4).
class Workflow {
 public:
  Workflow(const Tenures& tenures, const Dismissals& dismissals);

  /// What a past shows.
  struct Outcome {
    Places heads, leaves;
    bool tie = false;
    std::optional<std::uint32_t> shown;  ///< with a tie, of what its leaves had in common
  };
  [[nodiscard]] const Register& writes() const noexcept { return writes_; }
  [[nodiscard]] const Outcome& outcome() const noexcept { return now_; }
  /// Null while nothing shows.
  [[nodiscard]] const record::Value* shown() const;

  /// Why it is no write of the register.
  [[nodiscard]] std::optional<Refusal> refusal(const OpRef& status) const;
  [[nodiscard]] bool on_line(const OpRef& status) const { return std::binary_search(line_.begin(), line_.end(), status); }
  /// Whether every status was said by who had seen all before, and none was taken back: the line of any past is what it has of this one.
  [[nodiscard]] bool is_straight() const { return line_.size() == writes_.size(); }
  /// The line of the past of `op`, ascending.
  [[nodiscard]] std::vector<OpRef> line_before(const OpRef& op) const;
  /// Of everything that merges, by operation.
  [[nodiscard]] const std::vector<Loser>& losers() const noexcept { return losers_; }
  /// Statuses from outside custody that a leader's decision has answered.
  [[nodiscard]] bool answered(const OpRef& status) const { return std::binary_search(answered_.begin(), answered_.end(), status); }
  /// A status on the line and the others that said the same beside it: for each such.
  [[nodiscard]] std::vector<std::vector<OpRef>> repeated(std::string_view target) const;

 private:
  struct Known {
    int target = 0;  ///< 0: no value
    int weight = -1;
    bool decision = false;
    std::optional<std::uint32_t> went_on_from;
    Places lost;  ///< leaves of its past that its past did not show
  };
  struct Rival {
    OpRef op;
    int target = 0;
  };
  /// A past: of one operation, of several places together, or of everything.
  struct Past {
    const OpRef* of = nullptr;
    const Places* common = nullptr;
  };

  /// What a leader is asked, if he is.
  struct Question {
    bool open = false;
    std::vector<OpRef> named;  ///< what he may choose
    Places passed;             ///< those of them that the line has gone on from
  };

  void judge(const OpRef& status);
  void enter(const OpRef& status, const Outcome& before, const Question& question);
  [[nodiscard]] std::optional<std::uint32_t> goes_on_from(int target, const Outcome& before, const Question& question) const;
  [[nodiscard]] bool is_there(const OpRef& what, const Past& past) const;
  [[nodiscard]] Outcome outcome_in(const Past& past) const;
  [[nodiscard]] Outcome outcome_of(Places heads) const;
  [[nodiscard]] std::vector<std::uint32_t> line_of(const Outcome& outcome) const;
  [[nodiscard]] std::vector<Loser> losers_in(const Outcome& outcome, const Past& past) const;
  [[nodiscard]] Loser matched(const OpRef& op, int target, const std::vector<std::uint32_t>& line) const;
  [[nodiscard]] Question asked_in(const Outcome& outcome, const Past& past) const;
  [[nodiscard]] int target_of(const OpRef& op) const;
  [[nodiscard]] int shown_in(const Outcome& outcome) const { return outcome.shown ? known_[*outcome.shown].target : 0; }
  [[nodiscard]] const Causality& causality() const { return tenures_.forms().causality(); }

  const Tenures& tenures_;
  const Dismissals& dismissals_;
  Register writes_;
  std::vector<Known> known_;  ///< of each write
  Places heads_;
  bool lost_before_ = false;  ///< some past had a leaf that it did not show
  std::vector<Rival> rivals_;
  std::map<OpRef, Refusal> refused_;
  Outcome now_;
  std::vector<OpRef> line_;  ///< ascending
  std::vector<Loser> losers_;
  std::vector<OpRef> answered_;
};

/// Whether a leader must decide such a thing before the dossier goes on.
[[nodiscard]] bool asks_leader(ConflictKind kind) noexcept;

}  // namespace ward::merge
