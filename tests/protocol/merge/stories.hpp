#pragma once

#include "tests/protocol/merge/scene.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Random histories: three writers who see some of each other's work, over all policies and acts, with good and bad clocks, some stamps,
/// users who come and go, units that are merged, devices that are revoked.
namespace ward::merge::test {

/// Which trouble is left out.
struct Mix {
  bool clocks = true;     ///< bad ones, equal ones, stamps in any order; else every clock is good, and later than all before
  bool undos = true;      ///< and explicit lists of what is replaced
  bool strangers = true;  ///< forks, revoked devices, records that wait for a policy entry, disabled users
  bool oddities = true;   ///< operations without a meaning
  bool politics = true;   ///< successions, roles, schema versions, erasure
  bool acts = true;       ///< custody, statuses, approvals, dismissals; else all writers are of one unit and only edit
};

/// The same arguments give the same story; a story of fewer steps is a beginning of the longer one, stamps aside.
class Story {
 public:
  Story(std::uint64_t seed, std::size_t steps, Mix mix = {});

  [[nodiscard]] const Did& did() const noexcept { return did_; }
  [[nodiscard]] const std::vector<Fact>& facts() const noexcept { return facts_; }
  [[nodiscard]] std::vector<Fact>& facts() noexcept { return facts_; }
  [[nodiscard]] const Context& context() const noexcept { return context_; }
  [[nodiscard]] Context& context() noexcept { return context_; }
  [[nodiscard]] DossierState state() const { return merge(did_, facts_, context_); }
  [[nodiscard]] DossierState state_of(const std::vector<Fact>& facts) const { return merge(did_, facts, context_); }
  [[nodiscard]] std::vector<HistoryEntry> history() const { return merge::history(did_, facts_, context_); }

  /// Somebody who writes now, with a good clock that is later than all others.
  struct Person {
    UnitCode unit;
    std::string user;
  };
  /// A leader, accountant and administrator of the unit that holds custody.
  /// The log says this of him from its beginning; of the others of a unit of which it said nothing yet, that they may do everything.
  void give_standing(const Person& who, const Context::Standing& standing);
  [[nodiscard]] static Person chief(const DossierState& state) { return {state.custody.unit, "chief"}; }
  Position say(const Person& by, std::vector<Position> seen, std::vector<Op> ops);

  [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] bool one_in(std::uint64_t n) { return draw(n) == 0; }
  template <class List>
  [[nodiscard]] const auto& one_of(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(draw(static_cast<std::uint64_t>(std::size(list)))));
  }
  [[nodiscard]] std::vector<Fact> shuffled() {
    auto out = facts_;
    std::shuffle(out.begin(), out.end(), random_);
    return out;
  }
  /// Some of the facts, in their order.
  [[nodiscard]] std::vector<Fact> some();

 private:
  using Known = std::uint64_t;  ///< a bit for each fact
  enum class Theme : std::uint8_t { everything, custody, status, fields, elements, money, proposals };

  void begin();
  void make_context();
  void make_users(const UnitCode& unit);
  void step();
  void disturb(Fact& fact);
  void stamp_some();
  [[nodiscard]] Hlc random_clock();
  [[nodiscard]] std::vector<Position> heads(Known known) const;
  [[nodiscard]] std::vector<OpId> known_on(const Path& path, Known known);
  [[nodiscard]] std::vector<OpId> known_kind(OpKind kind, Known known) const;
  [[nodiscard]] std::vector<OpId> known_any(Known known);
  [[nodiscard]] std::optional<DossierState> look(Known known);

  [[nodiscard]] Op random_op(Known known);
  [[nodiscard]] Op random_field(Known known);
  [[nodiscard]] Op random_element(Known known);
  [[nodiscard]] Op random_money(Known known);
  [[nodiscard]] Op random_custody(Known known);
  [[nodiscard]] std::optional<Op> sensible_custody(Known known);
  [[nodiscard]] Op random_status(Known known);
  [[nodiscard]] Op random_answer(Known known);
  [[nodiscard]] Op random_undo(Known known);
  [[nodiscard]] Op random_oddity(Known known);
  [[nodiscard]] Op answer_to(const DossierState& state);
  [[nodiscard]] Value random_text() { return std::string(1, static_cast<char>('a' + draw(4))); }

  std::mt19937_64 random_;
  Mix mix_;
  Theme theme_ = Theme::everything;
  Did did_;
  Context context_;
  std::vector<Fact> facts_;
  std::vector<Known> past_;  ///< of each fact, itself included
  Known known_[4] = {};
  UnitCode unit_[4];
  std::uint64_t writer_ = 0;  ///< of the change that is being made
  std::vector<Fact> forks_;
};

/// Fields of the dossier of every policy that a story writes.
inline const std::vector<std::string>& scalar_fields() {
  static const std::vector<std::string> names{"SoDienThoai", "Email",      "ChuHoSo", "QuyetDinh",
                                              "CanBoXuLy",   "NgayHenTra", "NgayTra", "FieldOfTomorrow"};
  return names;
}

}  // namespace ward::merge::test
