#include "protocol/schema/schema.hpp"
#include "tests/protocol/merge/oracle.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <numeric>

/// Every history of up to three changes by three writers, for each policy: whoever wrote, whatever each had seen, whatever it did. All
/// clocks are equal, so that every tie occurs.
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;

namespace {

constexpr std::size_t changes_max = 3;
constexpr std::size_t writers = 3;

/// What a writer may do, given what it saw.
using Act = std::function<Op(const Scene&, const std::vector<std::size_t>& seen)>;

struct Histories {
  std::vector<Op> start;
  std::vector<Act> acts;
  std::function<void(const Scene&, const DossierState&)> check;
  std::size_t count = 0;

  void run() {
    Scene scene(start);
    extend(scene, {});
  }

 private:
  /// Lists of earlier changes that hold the past of each of their members.
  static std::vector<std::vector<std::size_t>> views(const std::vector<std::vector<std::size_t>>& past) {
    std::vector<std::vector<std::size_t>> out;
    for (std::size_t mask = 0; mask < (std::size_t{1} << past.size()); ++mask) {
      bool closed = true;
      std::vector<std::size_t> view;
      for (std::size_t i = 0; i < past.size(); ++i) {
        if ((mask >> i & 1U) == 0) continue;
        view.push_back(i);
        for (const auto p : past[i]) closed = closed && (mask >> p & 1U) != 0;
      }
      if (closed) out.push_back(view);
    }
    return out;
  }

  void extend(const Scene& scene, const std::vector<std::vector<std::size_t>>& past) {
    if (!past.empty()) judge(scene);
    if (past.size() == changes_max) return;
    for (const auto& view : views(past))
      for (std::uint8_t writer = 1; writer <= writers; ++writer)
        for (const auto& act : acts) {
          auto longer = scene;
          std::vector<Position> seen{scene.root()};
          for (const auto i : view) seen.push_back(longer.facts()[i + 1].position);
          longer.say(writer, seen, act(scene, view));
          longer.last().hlc = hlc_at(0);
          auto pasts = past;
          pasts.push_back(view);
          extend(longer, pasts);
        }
  }

  void judge(const Scene& scene) {
    ++count;
    const auto state = scene.state();
    std::vector<std::size_t> order(scene.all().size() - 1);
    std::iota(order.begin(), order.end(), std::size_t{1});
    do {
      std::vector<Fact> facts;
      for (const auto i : order) facts.push_back(scene.all()[i]);
      facts.insert(count % 2 == 0 ? facts.begin() : facts.end(), scene.all().front());
      if (!(merge::merge(scene.did(), facts) == state)) FAIL("another order of arrival ends differently");
    } while (std::next_permutation(order.begin(), order.end()));
    const auto told = scene.history();
    for (const auto& entry : told)
      if (entry.standing == HistoryEntry::Standing::not_applied) FAIL("an act was not applied");
    std::size_t ops = 0;
    for (const auto& fact : scene.all()) ops += fact.change.ops.size();
    if (told.size() != ops) FAIL("the history does not hold every operation");
    check(scene, state);
  }
};

bool is_asked(const DossierState& state, const Path& path) {
  return std::any_of(state.conflicts.begin(), state.conflicts.end(), [&](const Conflict& c) { return c.path == path; });
}

Act write(const std::string& field, const char* value) {
  return [=](const Scene&, const std::vector<std::size_t>&) { return set(field, value); };
}

/// Takes back the last change that the writer saw, or clears the field when it saw none.
Act take_back(const std::string& field) {
  return [=](const Scene& scene, const std::vector<std::size_t>& seen) {
    if (seen.empty()) return set(field, Value());
    return undo(entry_of(scene.history(), scene.all()[seen.back() + 1].position));
  };
}

void every_history_of_a_field(const std::string& field) {
  Histories histories{{set(field, "start")}, {write(field, "a"), write(field, "b"), take_back(field)}, {}};
  histories.check = [&](const Scene& scene, const DossierState& state) {
    const Oracle oracle(scene.did(), scene.all());
    const bool latest = schema::policy_at(at(field)) != schema::Policy::ask;
    const auto expected = oracle.shown(at(field), latest);
    const auto* value = shown(state, field);
    if ((value != nullptr) != expected.has_value() || (value != nullptr && !(*value == *expected)))
      FAIL("the shown value is not the model's");
    std::set<OpId> asked;
    for (const auto& conflict : state.conflicts)
      if (is_question(conflict.kind))
        for (const auto& said : conflict.values) asked.insert(said.op);
    if (!asked.empty() && asked != oracle.leaves(at(field))) FAIL("the question is not the model's");
  };
  histories.run();
  CHECK(histories.count == 9 + 9 * 18 + 9 * 9 * 9 * 7);
}

}  // namespace

TEST_CASE("every history of three changes: a latest field") { every_history_of_a_field("SoDienThoai"); }
TEST_CASE("every history of three changes: an ask field") { every_history_of_a_field("ChuHoSo"); }
TEST_CASE("every history of three changes: an owner field") { every_history_of_a_field("CanBoXuLy"); }
TEST_CASE("every history of three changes: a date of the workflow") { every_history_of_a_field("NgayTra"); }

TEST_CASE("every history of three changes: a set") {
  const auto id = paper_id("p");
  const auto fixed = [](Op op) { return [op](const Scene&, const std::vector<std::size_t>&) { return op; }; };
  Histories histories{
      {paper("p", "start")},
      {fixed(paper("p", "again")), fixed(set(at("TaiLieuNop", id, "TenTepDinhKem"), "edited")), fixed(remove("TaiLieuNop", id))},
      {}};
  histories.check = [&](const Scene& scene, const DossierState& state) {
    const Oracle oracle(scene.did(), scene.all());
    const bool alive = oracle.alive("TaiLieuNop", id);
    if (ids_in(state, "TaiLieuNop").empty() == alive) FAIL("the element's existence is not the model's");
    if (!alive && !state.conflicts.empty()) FAIL("a question about what nobody wants to keep");
  };
  histories.run();
  CHECK(histories.count > 5000);
}

TEST_CASE("every history of three changes: a ledger") {
  const auto pay = [](int amount) { return [amount](const Scene&, const std::vector<std::size_t>&) { return payment("1", amount); }; };
  const auto decide = [](const Scene&, const std::vector<std::size_t>&) {
    return set(at("BienLai", receipt_id("1")), record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", 7}}));
  };
  Histories histories{{payment("1", 5)}, {pay(5), pay(6), decide}, {}};
  histories.check = [&](const Scene& scene, const DossierState& state) {
    if (ids_in(state, "BienLai") != std::vector{receipt_id("1")}) FAIL("the payment is gone, or twice there");
    const Oracle oracle(scene.did(), scene.all());
    std::set<std::int64_t> amounts;
    for (const auto& said : scene.all()) {
      bool decided = false;
      for (const auto& by : scene.all())
        decided = decided || (by.change.ops[0].kind == OpKind::set && oracle.saw({by.position, 0}, {said.position, 0}));
      if (!decided) amounts.insert(*record::find(*said.change.ops[0].value.map(), "SoTien")->number());
    }
    if (is_asked(state, at("BienLai", receipt_id("1"))) != (amounts.size() > 1)) FAIL("the question is not the model's");
  };
  histories.run();
  CHECK(histories.count > 5000);
}

TEST_CASE("every history of three changes: a log") {
  const auto note = [](const char* text) {
    return [text](const Scene&, const std::vector<std::size_t>&) { return append("notes", text); };
  };
  Histories histories{{append("notes", "start")}, {note("a"), note("b")}, {}};
  histories.check = [&](const Scene& scene, const DossierState& state) {
    const auto ids = ids_in(state, "notes");
    if (ids.size() != scene.all().size()) FAIL("a note is gone");
    const Oracle oracle(scene.did(), scene.all());
    const auto place = [&](const Fact& fact) { return std::find(ids.begin(), ids.end(), record::element_id(OpId{fact.position, 0})); };
    for (const auto& a : scene.all())
      for (const auto& b : scene.all())
        if (oracle.saw({b.position, 0}, {a.position, 0}) && place(a) > place(b)) FAIL("a note stands before one that its writer had seen");
  };
  histories.run();
  CHECK(histories.count > 1000);
}

TEST_CASE("every history of three changes: codes") {
  Histories histories{{set("MaHoSo", "start")}, {write("MaHoSo", "a"), write("MaHoSo", "b")}, {}};
  histories.check = [&](const Scene& scene, const DossierState& state) {
    std::set<std::string> given;
    for (const auto& fact : scene.all()) given.insert(*fact.change.ops[0].value.text());
    if (state.codes.front() != "start" || std::set<std::string>(state.codes.begin(), state.codes.end()) != given) FAIL("a code is gone");
  };
  histories.run();
  CHECK(histories.count > 1000);
}
