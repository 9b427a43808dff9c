#pragma once

#include "tests/protocol/merge/oracle_words.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// The model said again, slowly and in other words: what a dossier comes to by the definitions of MERGE.md, from sets of operations and
/// nothing else. It shares no code with the merge that is shipped, except the schema's tables.
namespace ward::merge::test {

class Oracle {
 public:
  Oracle(const Did& did, const std::vector<Fact>& facts, Context context = {});

  // ---- who had seen what (§1) ----
  struct Operation {
    OpId id;
    const Fact* fact = nullptr;
    const record::Op* op = nullptr;
    Ops past;
  };
  [[nodiscard]] const std::vector<Operation>& operations() const noexcept { return ops_; }  ///< in the order of §1
  [[nodiscard]] bool merges(const Position& position) const { return merged_.count(position) != 0; }
  [[nodiscard]] std::optional<std::size_t> find(const OpId& id) const;
  [[nodiscard]] bool saw(const OpId& later, const OpId& earlier) const;
  [[nodiscard]] const Ops& everything() const noexcept { return everything_; }

  // ---- how each was judged (§2) ----
  enum class Outcome : std::uint8_t { applies, proposed, refused };
  struct Judgement {
    Outcome outcome = Outcome::applies;
    std::optional<Refusal> why;
    std::optional<Decider::Role> decided_by;  ///< of a proposal that another must decide
    Sense sense = Sense::field;
    bool inside = false;
    int tenure = 0;                      ///< in its past: the offer that opened it, or `root`
    bool decision = false;               ///< of a status: by a leader, a question being open
    std::optional<std::size_t> back_to;  ///< of a decision: the status of the line that it goes back to
    int weight = 0;                      ///< of a status
  };
  static constexpr int root = -1;
  [[nodiscard]] const Judgement& judgement(std::size_t op) const { return judged_[op]; }

  // ---- registers (§1, §5) ----
  struct Write {
    enum class Kind : std::uint8_t { value, enter, touch, removal, entry, ride };
    std::size_t by = 0;
    Kind kind = Kind::value;
    record::Value value;
    std::size_t first = 0;  ///< the proposal whose words these are; else `by`
  };
  using Register = std::vector<Write>;
  [[nodiscard]] Register register_at(const record::Path& path, const Ops& in) const;
  [[nodiscard]] Register heads(const record::Path& path, const Ops& in) const;
  [[nodiscard]] Register leaves(const record::Path& path, const Ops& in) const;
  [[nodiscard]] schema::Policy policy(const record::Path& path, const Ops& in) const;
  [[nodiscard]] bool agree(const record::Path& path, const Register& leaves, const Ops& in) const;
  [[nodiscard]] bool alive(const record::Path& element, const Ops& in) const;

  // ---- custody (§3) ----
  [[nodiscard]] int tenure(const Ops& in) const;
  [[nodiscard]] UnitCode holder(const Ops& in) const;
  [[nodiscard]] std::vector<int> line_of_custody() const;
  [[nodiscard]] UnitCode house(UnitCode unit, const std::optional<Stamp>& at) const;

  // ---- status (§4) ----
  struct Shown {
    std::optional<int> status;
    std::optional<std::size_t> write;
    bool tie = false;
  };
  [[nodiscard]] Shown status(const Ops& in) const;
  [[nodiscard]] std::vector<std::size_t> line(const Ops& in) const;  ///< the newest first
  struct Loser {
    std::size_t op = 0;
    bool outside = false;
    std::optional<std::size_t> against;  ///< w, when it has a match
    ConflictKind kind = ConflictKind::lost_to_transition;
    [[nodiscard]] bool for_leader() const {
      return kind == ConflictKind::withdrawal_after_result || kind == ConflictKind::contradicting_decisions;
    }
  };
  [[nodiscard]] std::vector<Loser> losers(const Ops& in) const;
  [[nodiscard]] bool question_open(const Ops& in) const;
  /// Those of which a leader is asked whether they or what they lost to shall stand.
  [[nodiscard]] std::vector<Loser> asked_about(const Ops& in) const;

  // ---- people (§6) ----
  [[nodiscard]] bool may(std::size_t op, const Decider& decider) const;
  [[nodiscard]] bool in_force(std::size_t dismissal, const Ops& in) const;

  /// All that shows, but for the conflicts' ids.
  [[nodiscard]] DossierState state() const;
  /// Why an operation does not apply in everything that merges: as judged, or since it lost.
  [[nodiscard]] std::optional<Refusal> refusal(std::size_t op) const;

 private:
  friend class Showing;

  void gather(const Did& did, const std::vector<Fact>& facts);
  void put_in_order(std::vector<const Fact*> waiting);
  [[nodiscard]] static bool comes_before(const Fact& a, const Fact& b);
  [[nodiscard]] Ops none() const { return Ops(ops_.size()); }

  [[nodiscard]] Judgement judge(std::size_t op);
  [[nodiscard]] bool refers_to_its_past(std::size_t op) const;
  [[nodiscard]] Judgement judge_ordinary(std::size_t op, Judgement about);
  [[nodiscard]] Judgement judge_custody(std::size_t op, Judgement about) const;
  [[nodiscard]] Judgement judge_status(std::size_t op, Judgement about);
  [[nodiscard]] Judgement judge_approval(std::size_t op, Judgement about);
  [[nodiscard]] Judgement judge_dismissal(std::size_t op, Judgement about) const;
  [[nodiscard]] bool names_good_offer(std::size_t op) const;
  [[nodiscard]] bool names_proposals(std::size_t op) const;
  [[nodiscard]] bool always_applies(std::size_t op) const;
  /// Of the questions that the writes would decide: who must; none when nothing is decided.
  [[nodiscard]] std::optional<Decider::Role> question_decided_by(std::size_t op, const std::map<record::Path, Write>& writes);

  using Writes = std::map<record::Path, Write>;
  [[nodiscard]] Writes writes_of(std::size_t op, std::size_t words) const;
  void enter(std::size_t op);
  [[nodiscard]] bool replaces(const Write& by, const Write& old) const;
  [[nodiscard]] Register follow(Register open, const Register& all) const;

  [[nodiscard]] bool good(std::size_t op, Sense sense) const;
  [[nodiscard]] std::size_t offer_named(std::size_t act) const;
  [[nodiscard]] std::vector<std::size_t> accepts(std::size_t offer, const Ops& in) const;
  [[nodiscard]] bool open(std::size_t offer, const Ops& in) const;

  [[nodiscard]] std::optional<int> target(std::size_t op) const { return status_said(*ops_[op].op); }
  [[nodiscard]] int weigh(std::optional<int> from, std::optional<int> to) const;
  [[nodiscard]] static std::optional<int> transition(std::optional<int> from, int to);
  [[nodiscard]] std::optional<std::size_t> went_on_from(std::size_t op) const;
  [[nodiscard]] std::set<std::size_t> outvoted(const Ops& in) const;
  [[nodiscard]] std::set<std::size_t> outside_rivals(const Ops& in) const;
  [[nodiscard]] bool settled(std::size_t loser, const std::vector<std::size_t>& line) const;
  [[nodiscard]] bool concurrent(std::size_t a, std::size_t b) const { return !ops_[a].past.has(b) && !ops_[b].past.has(a); }
  [[nodiscard]] bool is_dismissed_by_leader(std::size_t a, std::size_t b, const Ops& in) const;
  [[nodiscard]] std::size_t best_by_clock(const std::vector<std::size_t>& ops) const;
  [[nodiscard]] bool clock_prefers(std::size_t a, std::size_t b) const;

  [[nodiscard]] Context::Standing standing(const Fact& fact) const;
  [[nodiscard]] Decider writer(std::size_t op) const { return {Decider::Role::user, ops_[op].fact->change.user, ops_[op].fact->unit}; }

  Did did_;
  Context context_;
  std::map<Position, const Fact*> merged_;
  std::vector<Operation> ops_;
  std::map<OpId, std::size_t> places_;
  std::vector<const Fact*> order_;
  std::uint64_t waiting_ = 0;
  Ops everything_;

  std::vector<Judgement> judged_;
  std::map<record::Path, Register> registers_;  ///< each in the order of §1
  std::set<std::pair<std::size_t, record::Path>> resolutions_;
  std::vector<std::pair<std::size_t, std::string>> codes_;  ///< who gave it, and the code
  mutable std::map<Ops, Shown> shown_;                      ///< remembered: the same pasts are asked about again and again
};

/// Names the first part in which the two differ, ids of conflicts aside; empty when none does.
[[nodiscard]] std::string difference(const DossierState& shipped, const DossierState& model);

}  // namespace ward::merge::test
