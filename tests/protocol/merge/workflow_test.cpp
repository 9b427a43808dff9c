#include "tests/protocol/merge/town.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

const Decider leader{Decider::Role::leader, {}, {}};

Map date(const char* field, const char* when) { return {{field, when}}; }

/// A dossier in process.
Town in_process() { return Town({set("TrangThaiHoSo", "4")}); }

}  // namespace

TEST_CASE("status: the first may be any, as an import brings it; after that the table holds") {
  for (int code = 1; code <= 10; ++code)
    CHECK(has_status(Town({set("TrangThaiHoSo", std::to_string(code))}).state(), std::to_string(code).c_str()));
  Town town;
  const auto first = town.home_says({town.root()}, merge::status("9"));
  CHECK(has_status(town.state(), "9"));
  const auto back = town.home_says({first}, merge::status("4"));
  const auto state = town.state();
  CHECK(has_status(state, "9"));
  CHECK(refused(state, back) == Refusal::illegal_transition);
  REQUIRE(told(state, ConflictKind::illegal_transition) != nullptr);
  CHECK(told(state, ConflictKind::illegal_transition)->decider == Decider{Decider::Role::user, "user1", home});
  town.home_says({back}, merge::status("10"));
  CHECK(has_status(town.state(), "10"));
}

TEST_CASE("status: is judged in its own past, whatever others did meanwhile") {
  auto town = in_process();
  const auto done = town.home_says({town.root()}, merge::status("9"));
  const auto asked = town.home_says({town.root()}, merge::status("5"), 2);
  const auto resumed = town.home_says({asked}, merge::status("4"), 2);
  auto state = town.state();
  CHECK(has_status(state, "9"));
  CHECK(refused(state, resumed) == Refusal::lost_to_transition);
  CHECK(town.entry(asked).standing == Standing::replaced);
  CHECK(town.entry(done).standing == Standing::shown);
}

TEST_CASE("status: the weightier shows, the other is not applied, and who said it is told") {
  auto town = in_process();
  const auto done = town.home_says({town.root()}, merge::status("9"));
  const auto asked = town.home_says({town.root()}, merge::status("5"), 2);
  const auto state = town.state();
  CHECK(has_status(state, "9"));
  CHECK(refused(state, asked) == Refusal::lost_to_transition);
  REQUIRE(state.conflicts.size() == 1);
  const auto& notice = state.conflicts[0];
  CHECK(notice.kind == ConflictKind::recall_supplement);
  CHECK(ops_of(notice) == sorted({first_of(done), first_of(asked)}));
  CHECK(notice.decider == Decider{Decider::Role::user, "user2", home});
  CHECK(notice.blocks.empty());

  // Who goes on does not answer for the letter that is out.
  const auto returned = town.home_says({done, asked}, merge::status("10"));
  CHECK(has_status(town.state(), "10"));
  CHECK(refused(town.state(), asked) == Refusal::lost_to_transition);
  REQUIRE(town.state().conflicts.size() == 1);
  CHECK(town.state().conflicts[0] == notice);
  town.home_says({returned}, dismiss(notice), 2);
  CHECK(town.state().conflicts.empty());
  CHECK(town.state().not_applied.empty());
}

TEST_CASE("status: two contradicting acts show the weightier, and wait for a leader before anything else") {
  auto town = in_process();
  town.context.users = {{{home, "user1"}, {{}}}, {{home, "user3"}, {{.leader = true}}}};
  const auto done = town.home_says({town.root()}, merge::status("9"));
  const auto stopped = town.home_says({town.root()}, merge::status("8"), 2);
  const auto state = town.state();
  CHECK(has_status(state, "9"));
  const auto* notice = told(state, ConflictKind::contradicting_decisions);
  REQUIRE(notice != nullptr);
  CHECK(notice->decider == leader);
  CHECK(notice->blocks == std::vector<std::string>{"10"});

  SECTION("a clerk who knows both cannot go on") {
    const auto returned = town.home_says({done, stopped}, merge::status("10"));
    CHECK(refused(town.state(), returned) == Refusal::not_the_decider);
    CHECK(has_status(town.state(), "9"));
    CHECK(told(town.state(), ConflictKind::contradicting_decisions) != nullptr);
  }
  SECTION("nor can he dismiss the question") {
    town.home_says({done, stopped}, dismiss(*notice));
    CHECK(told(town.state(), ConflictKind::contradicting_decisions) != nullptr);
  }
  SECTION("a leader may choose either") {
    for (const auto which : {0, 1}) {
      auto other = town;
      const auto chosen = other.home_says({done, stopped}, keep(*notice, static_cast<std::size_t>(which)), 3);
      CHECK(has_status(other.state(), which == 0 ? "9" : "8"));
      CHECK(other.state().conflicts.empty());
      CHECK(other.state().not_applied.empty());
      CHECK(other.entry(stopped).standing == Standing::replaced);
      other.home_says({chosen}, undo(other.entry(chosen)), 3);
      CHECK(has_status(other.state(), "9"));
      REQUIRE(other.state().conflicts.size() == 1);
      CHECK(ops_of(other.state().conflicts[0]) == ops_of(*notice));
    }
  }
  SECTION("a leader may go on, which decides it") {
    town.home_says({done, stopped}, merge::status("10"), 3);
    CHECK(has_status(town.state(), "10"));
    CHECK(town.state().conflicts.empty());
  }
  SECTION("or dismiss it, and then a clerk may go on") {
    const auto dismissed = town.home_says({done, stopped}, dismiss(*notice), 3);
    CHECK(town.state().conflicts.empty());
    town.home_says({dismissed}, merge::status("10"));
    CHECK(has_status(town.state(), "10"));
    CHECK(town.state().conflicts.empty());
  }
}

TEST_CASE("status: a tie leaves what was before, and a leader decides") {
  auto town = in_process();
  const auto papers = town.home_says({town.root()}, merge::status("5"));
  const auto money = town.home_says({town.root()}, merge::status("6"), 2);
  const auto state = town.state();
  CHECK(has_status(state, "4"));
  REQUIRE(state.conflicts.size() == 1);
  const auto& question = state.conflicts[0];
  CHECK(question.kind == ConflictKind::status_differs);
  CHECK(ops_of(question) == sorted({first_of(papers), first_of(money)}));
  CHECK(question.decider == leader);
  CHECK(question.blocks == std::vector<std::string>{"9"});
  CHECK(state.not_applied.empty());
  CHECK(town.entry(papers).standing == Standing::in_conflict);

  town.context.users = {{{home, "user1"}, {{}}}, {{home, "user2"}, {{.leader = true}}}};
  const auto clerk = town.home_says({papers, money}, merge::status("9"));
  CHECK(refused(town.state(), clerk) == Refusal::not_the_decider);
  const auto decided = town.home_says({papers, money}, keep(question, 1), 2);
  CHECK(has_status(town.state(), "6"));
  town.home_says({decided}, undo(town.entry(decided)), 2);
  CHECK(has_status(town.state(), "4"));
  CHECK(told(town.state(), ConflictKind::status_differs) != nullptr);
}

TEST_CASE("status: ties upon ties come to what all had in common") {
  Town town({set("TrangThaiHoSo", "2")});
  std::vector<Position> below{town.root()};
  for (int level = 0; level < 6; ++level) {
    const auto a = town.home_says(below, merge::status("5"), 1);
    const auto b = town.home_says(below, merge::status("6"), 2);
    below = {a, b};
  }
  CHECK(has_status(town.state(), "2"));
}

TEST_CASE("status: the same said twice agrees; of two letters a clerk is told") {
  auto town = in_process();
  const auto one = town.home_says({town.root()}, merge::status("5"));
  const auto two = town.home_says({town.root()}, merge::status("5"), 2);
  auto state = town.state();
  CHECK(has_status(state, "5"));
  CHECK(state.not_applied.empty());
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].kind == ConflictKind::two_supplement_letters);
  CHECK(ops_of(state.conflicts[0]) == sorted({first_of(one), first_of(two)}));
  const auto resumed = town.home_says({one}, merge::status("4"));
  CHECK(has_status(town.state(), "4"));
  CHECK(told(town.state(), ConflictKind::two_supplement_letters) != nullptr);
  town.home_says({resumed, two}, merge::status("9"));
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("status: who accepted beside somebody who also went on has lost nothing") {
  Town town({set("TrangThaiHoSo", "1")});
  const auto one = town.home_says({town.root()}, merge::status("2"));
  const auto two = town.home_says({town.root()}, merge::status("2"), 2);
  town.home_says({one}, merge::status("9"));
  const auto state = town.state();
  CHECK(has_status(state, "9"));
  CHECK(state.not_applied.empty());
  CHECK(state.conflicts.empty());
  CHECK(town.entry(two).standing == Standing::shown);
}

TEST_CASE("status: what rides with it shows while it is on the line, and only then") {
  auto town = in_process();
  const auto done = town.home_says({town.root()}, merge::status("9", date("NgayKetThucXuLy", "20210102100000")));
  const auto stopped = town.home_says({town.root()}, merge::status("8", date("NgayKetThucXuLy", "20210102110000")), 2);
  CHECK(shows(town.state(), "NgayKetThucXuLy", "20210102100000"));
  const auto question = *told(town.state(), ConflictKind::contradicting_decisions);
  const auto decided = town.home_says({done, stopped}, keep(question, 1), 3);
  CHECK(has_status(town.state(), "8"));
  CHECK(shows(town.state(), "NgayKetThucXuLy", "20210102110000"));
  const auto undone = town.home_says({decided}, undo(town.entry(decided)), 3);
  CHECK(shows(town.state(), "NgayKetThucXuLy", "20210102100000"));
  town.home_says({undone}, merge::status("10", record::canonical({{"NgayTra", "20210103100000"}, {"ThongTinTra", "Lan"}})));
  const auto state = town.state();
  CHECK(shows(state, "NgayKetThucXuLy", "20210102100000"));
  CHECK(shows(state, "NgayTra", "20210103100000"));
  CHECK(shows(state, "ThongTinTra", "Lan"));
}

TEST_CASE("status: an undone one takes its dates with it") {
  auto town = in_process();
  const auto done = town.home_says({town.root()}, merge::status("9", date("NgayKetThucXuLy", "20210102100000")));
  town.home_says({done}, undo(town.entry(done)));
  CHECK(has_status(town.state(), "4"));
  CHECK(shown(town.state(), "NgayKetThucXuLy") == nullptr);
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("status: an undo gives back the status that stood there, not the one whose dates still showed") {
  Town town({set("TrangThaiHoSo", "2")});
  const auto taken = town.home_says({town.root()}, merge::status("4", date("NgayTra", "20210102100000")));
  const auto asked = town.home_says({taken}, merge::status("5"));
  const auto done = town.home_says({asked}, merge::status("9", date("NgayTra", "20210103100000")));
  CHECK(town.entry(done).replaced == sorted({first_of(taken), first_of(asked)}));
  CHECK(town.entry(done).given_back == std::vector{first_of(asked)});
  town.home_says({done}, undo(town.entry(done)));
  CHECK(has_status(town.state(), "5"));
  CHECK(shows(town.state(), "NgayTra", "20210102100000"));
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("status: a leader may keep either of two, also after somebody went on from one of them") {
  for (const bool stop : {false, true}) {
    auto town = in_process();
    const auto done = town.home_says({town.root()}, merge::status("9", date("NgayKetThucXuLy", "20210102100000")));
    const auto stopped = town.home_says({town.root()}, merge::status("8"), 2);
    const auto given = town.home_says({done}, merge::status("10", date("NgayTra", "20210103100000")));
    CHECK(has_status(town.state(), "10"));
    const auto question = *told(town.state(), ConflictKind::contradicting_decisions);
    CHECK(ops_of(question) == sorted({first_of(done), first_of(stopped)}));
    const auto kept = town.home_says({given, stopped}, keep(question, question.values[0].op == first_of(stopped) ? !stop : stop), 3);
    const auto state = town.state();
    CHECK(refused(state, kept) == std::nullopt);
    CHECK(has_status(state, stop ? "8" : "9"));
    CHECK(told(state, ConflictKind::contradicting_decisions) == nullptr);
    if (stop) continue;
    CHECK(shows(state, "NgayKetThucXuLy", "20210102100000"));
    CHECK(shown(state, "NgayTra") == nullptr);
    town.home_says({kept}, merge::status("10", date("NgayTra", "20210104100000")));
    CHECK(has_status(town.state(), "10"));
    CHECK(shows(town.state(), "NgayTra", "20210104100000"));
  }
}

TEST_CASE("status: \"no value\" goes on from nothing, also when a leader says it") {
  auto town = in_process();
  const auto none = town.home_says({town.root()}, set("TrangThaiHoSo", record::Heads{}));
  const auto done = town.ward_says({town.root()}, merge::status("9"));
  const auto lost = town.other_says({town.root()}, merge::status("6"));
  CHECK(told(town.state(), ConflictKind::contradicting_decisions) != nullptr);
  const auto again = town.home_says({none, done}, set("TrangThaiHoSo", record::Heads{}), 2);
  const auto state = town.state();
  CHECK(told(state, ConflictKind::contradicting_decisions) == nullptr);
  const auto* notice = told(state, ConflictKind::lost_to_transition);
  REQUIRE(notice != nullptr);
  CHECK(ops_of(*notice) == sorted({first_of(lost), first_of(again)}));
}

TEST_CASE("status: from outside custody it is not applied; beside one of the holder it is told as what it is") {
  for (const auto& [code, kind] : {std::pair{"5", ConflictKind::recall_supplement}, std::pair{"7", ConflictKind::withdrawal_after_result},
                                   std::pair{"8", ConflictKind::contradicting_decisions}}) {
    auto town = in_process();
    const auto ward = town.ward_says({town.root()}, merge::status(code));
    auto state = town.state();
    CHECK(has_status(state, "4"));
    CHECK(refused(state, ward) == Refusal::outside_custody);
    REQUIRE(told(state, ConflictKind::refused_act) != nullptr);
    const auto done = town.home_says({town.root()}, merge::status("9"));
    state = town.state();
    REQUIRE(state.conflicts.size() == 1);
    CHECK(state.conflicts[0].kind == kind);
    CHECK(ops_of(state.conflicts[0]) == sorted({first_of(ward), first_of(done)}));
    if (kind == ConflictKind::recall_supplement) continue;
    town.context.users = {{{home, "user1"}, {{}}}, {{home, "user3"}, {{.leader = true}}}};
    const auto clerk = town.home_says({ward, done}, merge::status("10"));
    CHECK(refused(town.state(), clerk) == Refusal::not_the_decider);
    town.home_says({ward, done}, merge::status("10"), 3);
    CHECK(has_status(town.state(), "10"));
    CHECK(told(town.state(), kind) == nullptr);
    CHECK(refused(town.state(), ward) == std::nullopt);
  }
}

TEST_CASE("status: a leader may follow an outsider's withdrawal") {
  auto town = in_process();
  const auto ward = town.ward_says({town.root()}, merge::status("7"));
  const auto done = town.home_says({town.root()}, merge::status("9"));
  const auto notice = *told(town.state(), ConflictKind::withdrawal_after_result);
  town.home_says({ward, done}, keep(notice, 1), 3);
  CHECK(has_status(town.state(), "7"));
  CHECK(town.state().conflicts.empty());
  CHECK(town.state().not_applied.empty());
}

TEST_CASE("status: what is none is kept with a reason") {
  auto town = in_process();
  Op elsewhere = merge::status("9");
  elsewhere.path = at("ChuHoSo");
  const std::vector<std::pair<Op, Refusal>> bad{
      {set("TrangThaiHoSo", "11"), Refusal::wrong_type},
      {set("TrangThaiHoSo", "09"), Refusal::wrong_type},
      {set("TrangThaiHoSo", 9), Refusal::wrong_type},
      {set("TrangThaiHoSo", Value()), Refusal::wrong_type},
      {merge::status("0"), Refusal::wrong_type},
      {merge::status("9", {{"TaiLieuNop", record::List{}}}), Refusal::wrong_type},
      {merge::status("9", {{"MaHoSo", "x"}}), Refusal::wrong_type},
      {merge::status("9", {{"NgayTra", 5}}), Refusal::wrong_type},
      {Op{OpKind::status, at("TrangThaiHoSo"), "9", std::nullopt}, Refusal::wrong_type},
      {Op{OpKind::status, at("TrangThaiHoSo"), Map{}, std::nullopt}, Refusal::wrong_type},
      {elsewhere, Refusal::bad_path},
      {merge::status("10"), Refusal::illegal_transition},
  };
  for (const auto& [op, why] : bad) {
    auto other = town;
    const auto position = other.home_says({town.root()}, op);
    CHECK(refused(other.state(), position) == why);
    CHECK(has_status(other.state(), "4"));
  }
}
