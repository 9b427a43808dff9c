#include "tests/protocol/merge/oracle.hpp"
#include "tests/protocol/merge/scene.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>

/// Every small history, against the model: three writers of three units, of whom each has seen what he wrote himself and any part of what
/// the others wrote; whatever each does. All clocks are equal, so that every tie occurs. Histories that differ only in the order of what
/// nobody had seen of each other are one.
///
/// Every day: two acts of each policy, three changes; for a pair of policies two. Optimised: three acts and four changes; for a pair two
/// and three. WARD_EXHAUSTIVE=whole, as `./dev laws` asks for: four changes everywhere, each policy alone with all its acts, in pairs three
/// acts of each: 18 million histories.
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;

namespace {

constexpr std::size_t writers = 3;
const UnitCode unit_of[writers]{"W-1", "W-2", "C-9"};

/// What a writer may do, who has seen these facts; nothing where it has no meaning.
using Act = std::function<std::vector<Op>(const Did&, const std::vector<Fact>& seen)>;

struct Rules {
  std::string name;
  std::vector<Op> start;
  std::vector<Act> acts;  ///< those that meet each other come first
  bool one_unit = true;   ///< all writers are of the unit that holds custody
};

Act always(Op op) {
  return [op](const Did&, const std::vector<Fact>&) { return std::vector{op}; };
}

/// Takes back something that the writer has seen.
std::vector<Op> take_back(const Did& did, const std::vector<Fact>& seen) {
  std::vector<Op> out;
  for (const auto& entry : merge::history(did, seen))
    if (entry.said.op.change != seen.front().position && can_undo(entry)) out.push_back(undo(entry));
  return out;
}

/// About each operation seen that is of this kind.
Act about(OpKind kind, OpKind other) {
  return [=](const Did&, const std::vector<Fact>& seen) {
    std::vector<Op> out;
    for (const auto& fact : seen)
      if (fact.change.ops.size() == 1 && fact.change.ops.front().kind == other && !fact.change.seen.empty())
        out.push_back({kind, at("BanGiao"), record::Heads{{{fact.position, 0}}}, std::nullopt});
    return out;
  };
}

Rules field(const std::string& name, const std::string& path) {
  return {name, {set(path, "start")}, {always(set(path, "a")), always(set(path, "b")), take_back}};
}

const std::vector<Rules>& all_rules() {
  static const auto rules = [] {
    std::vector<Rules> out{field("latest", "SoDienThoai"), field("ask", "ChuHoSo"), field("owner", "CanBoXuLy"),
                           field("unknown", "FieldOfTomorrow")};
    out.push_back({"workflow",
                   {set("TrangThaiHoSo", "4")},
                   {always(status("9", {{"NgayTra", "x"}})), always(status("8")), take_back, always(status("5")), always(status("7")),
                    always(status("10"))}});
    out.push_back({"set",
                   {paper("p", "start")},
                   {always(set(at("TaiLieuNop", paper_id("p"), "TenTepDinhKem"), "edited")), always(remove("TaiLieuNop", paper_id("p"))),
                    always(paper("p", "again")), take_back}});
    out.push_back({"ledger",
                   {payment("1", 5)},
                   {always(payment("1", 6)),
                    always(set(at("BienLai", receipt_id("1")), record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", 7}}))),
                    always(payment("1", 5))}});
    out.push_back(
        {"log",
         {append("notes", "start")},
         {always(append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}, {"NoiDungBoSung", "a"}})),
          always(append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}, {"NoiDungBoSung", "b"}})), always(append("notes", "a"))}});
    out.push_back({"codes", {set("MaHoSo", "start")}, {always(set("MaHoSo", "a")), always(set("MaHoSo", "b"))}});
    out.push_back({"custody",
                   {},
                   {always(offer("C-9")), about(OpKind::accept, OpKind::offer), always(offer("W-2")), about(OpKind::recall, OpKind::offer),
                    about(OpKind::decline, OpKind::offer)},
                   false});
    out.push_back({"proposals",
                   {set("ChuHoSo", "start")},
                   {always(set("ChuHoSo", "p")), about(OpKind::approve, OpKind::set), about(OpKind::dismiss, OpKind::set),
                    about(OpKind::dismiss, OpKind::dismiss)},
                   false});
    return out;
  }();
  return rules;
}

class Histories {
 public:
  Histories(const Rules& rules, std::size_t changes_max) : rules_(rules), max_(changes_max) {
    Scene scene(rules.start);
    did_ = scene.did();
    facts_.push_back(scene.facts().front());
    facts_.front().unit = unit_of[0];
    facts_.front().hlc = hlc_at(0);
    context_.centres = {"C-9"};
  }
  std::size_t run() {
    extend();
    return count_;
  }

 private:
  using Seen = std::uint32_t;

  void extend() {
    if (facts_.size() > 1) judge();
    if (facts_.size() > max_) return;
    const auto all = static_cast<Seen>(past_.size());
    for (Seen view = 0; view < (Seen{1} << all); ++view) {
      bool whole = true;
      for (Seen i = 0; i < all; ++i) whole = whole && ((view >> i & 1U) == 0 || (past_[i] & ~view) == 0);
      for (std::size_t writer = 0; whole && writer < writers; ++writer) write(writer, view);
    }
  }

  void write(std::size_t writer, Seen view) {
    Seen own = 0;
    std::vector<Fact> seen{facts_.front()};
    for (std::size_t i = 0; i < past_.size(); ++i) {
      if (by_[i].first == writer) own |= Seen{1} << i;
      if ((view >> i & 1U) != 0) seen.push_back(facts_[i + 1]);
    }
    if ((own & ~view) != 0) return;
    for (std::size_t act = 0; act < rules_.acts.size(); ++act) {
      // Of two that had not seen each other, the one with the lower name stands first.
      const std::pair name{writer, act};
      if (!past_.empty() && (view >> (past_.size() - 1) & 1U) == 0 && name < by_.back()) continue;
      for (const auto& op : rules_.acts[act](did_, seen)) {
        push(writer, act, view, op);
        extend();
        pop();
      }
    }
  }

  void push(std::size_t writer, std::size_t act, Seen view, const Op& op) {
    Fact fact;
    const auto mine = std::count_if(by_.begin(), by_.end(), [&](const auto& by) { return by.first == writer; });
    fact.position = {device_of(static_cast<std::uint8_t>(writer + 1)), Incarnation{}, static_cast<Seq>(mine)};
    fact.rid.bytes[0] = static_cast<std::uint8_t>(3 * mine + static_cast<std::int64_t>(writer) + 1);
    fact.hlc = hlc_at(0);
    fact.unit = rules_.one_unit ? unit_of[0] : unit_of[writer];
    fact.change.user = "user" + std::to_string(writer);
    fact.change.seen = {facts_.front().position};
    for (std::size_t i = 0; i < past_.size(); ++i)
      if ((view >> i & 1U) != 0) fact.change.seen.push_back(facts_[i + 1].position);
    std::sort(fact.change.seen.begin(), fact.change.seen.end());
    fact.change.ops = {op};
    facts_.push_back(std::move(fact));
    past_.push_back(view | Seen{1} << past_.size());
    by_.emplace_back(writer, act);
  }
  void pop() {
    facts_.pop_back();
    past_.pop_back();
    by_.pop_back();
  }

  void judge() {
    ++count_;
    const auto state = merge::merge(did_, facts_, context_);
    const auto what = difference(state, Oracle(did_, facts_, context_).state());
    if (!what.empty()) complain("the model says otherwise: " + what);
    const auto lower = [](const Fact& a, const Fact& b) { return a.rid < b.rid; };
    auto arrived = facts_;
    std::reverse(arrived.begin(), arrived.end());
    if (facts_.size() < 4) std::sort(arrived.begin(), arrived.end(), lower);
    do {
      if (!(merge::merge(did_, arrived, context_) == state)) complain("another order of arrival ends differently");
    } while (facts_.size() < 4 && std::next_permutation(arrived.begin(), arrived.end(), lower));
    if (merge::history(did_, facts_, context_).size() + 1 != facts_.size() + rules_.start.size())
      complain("the history does not hold every operation");
  }

  void complain(const std::string& what) const {
    std::string told = what + "\nin " + rules_.name + ":";
    for (std::size_t i = 0; i < by_.size(); ++i) {
      told += " writer " + std::to_string(by_[i].first) + " does " + std::to_string(by_[i].second) + " having seen";
      for (std::size_t j = 0; j < i; ++j)
        if ((past_[i] >> j & 1U) != 0) told += " " + std::to_string(j);
      told += ";";
    }
    FAIL(told);
  }

  const Rules& rules_;
  std::size_t max_;
  Did did_;
  Context context_;
  std::vector<Fact> facts_;
  std::vector<Seen> past_;  ///< of each change after the first: which of those it had seen, itself included
  std::vector<std::pair<std::size_t, std::size_t>> by_;
  std::size_t count_ = 0;
};

bool whole() {
  const auto* wanted = std::getenv("WARD_EXHAUSTIVE");
  return wanted != nullptr && std::string(wanted) == "whole";
}
#ifdef __SANITIZE_ADDRESS__
constexpr bool slow = true;
#else
constexpr bool slow = false;
#endif

Rules first_acts(Rules rules, std::size_t count) {
  if (rules.acts.size() > count) rules.acts.resize(count);
  return rules;
}

Rules both(const Rules& a, const Rules& b, std::size_t acts) {
  auto out = first_acts(a, acts);
  const auto other = first_acts(b, acts);
  out.name += " with " + b.name;
  for (const auto& op : other.start)
    if (std::find(out.start.begin(), out.start.end(), op) == out.start.end()) out.start.push_back(op);
  out.acts.insert(out.acts.end(), other.acts.begin(), other.acts.end());
  out.one_unit = a.one_unit && b.one_unit;
  return out;
}

}  // namespace

TEST_CASE("every history of a few changes, for each policy") {
  std::size_t all = 0;
  for (const auto& rules : all_rules()) {
    const auto tried = whole() ? rules : first_acts(rules, slow ? 2 : 3);
    const auto count = Histories(tried, slow ? 3 : 4).run();
    std::printf("%-12s %zu acts: %zu histories\n", rules.name.c_str(), tried.acts.size(), count);
    CHECK(count > 100);
    all += count;
  }
  std::printf("each policy: %zu histories\n", all);
}

TEST_CASE("every history of a few changes, for each pair of policies") {
  std::size_t all = 0, pairs = 0;
  for (const auto& a : all_rules())
    for (const auto& b : all_rules()) {
      if (&a >= &b) continue;
      const auto rules = both(a, b, whole() ? 3 : 2);
      const auto count = Histories(rules, whole() ? 4 : slow ? 2 : 3).run();
      std::printf("%-24s %zu acts: %zu histories\n", rules.name.c_str(), rules.acts.size(), count);
      CHECK(count > 50);
      all += count;
      ++pairs;
    }
  CHECK(pairs == 55);
  std::printf("%zu pairs of policies: %zu histories\n", pairs, all);
}
