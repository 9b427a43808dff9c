#include "tests/protocol/merge/town.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

TEST_CASE("custody: begins with the unit that created the dossier") {
  const auto state = Town().state();
  CHECK(state.custody.unit == home);
  CHECK_FALSE(state.custody.since.has_value());
  CHECK(state.custody.hlc == hlc_at(0));
  CHECK(state.custody.pending.empty());
  REQUIRE(state.slip.size() == 1);
  CHECK(state.slip[0].unit == home);
  CHECK(state.slip[0].taken_by == "user0");
  CHECK_FALSE(state.slip[0].until.has_value());
}

TEST_CASE("custody: an offer alone moves nothing; accepted it moves, and the slip tells it") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward, "one envelope", "20210105170000"));
  auto state = town.state();
  CHECK(state.custody.unit == home);
  REQUIRE(state.custody.pending.size() == 1);
  const auto& pending = state.custody.pending[0];
  CHECK(pending.op == first_of(offered));
  CHECK((pending.from == home && pending.to == Town::ward && pending.user == "user1"));
  CHECK((pending.note == "one envelope" && pending.expires == "20210105170000"));

  const auto accepted = town.ward_says({offered}, accept(pending.op));
  state = town.state();
  CHECK(state.custody.unit == Town::ward);
  CHECK(state.custody.since == first_of(accepted));
  CHECK(state.custody.hlc == hlc_at(2000));
  CHECK(state.custody.pending.empty());
  CHECK(state.conflicts.empty());
  REQUIRE(state.slip.size() == 2);
  CHECK(state.slip[0].until == hlc_at(2000));
  const auto& stay = state.slip[1];
  CHECK((stay.unit == Town::ward && stay.given_by_unit == home && stay.given_by == "user1" && stay.taken_by == "user8"));
  CHECK((stay.note == "one envelope" && stay.offered == hlc_at(1000) && stay.from == hlc_at(2000)));
}

TEST_CASE("custody: whoever knows that it moved edits from outside, whoever did not know edits from inside") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto accepted = town.ward_says({offered}, accept(first_of(offered)));
  const auto knew = town.home_says({accepted}, set("ChuHoSo", "knew"));
  const auto did_not = town.home_says({offered}, set("SoDienThoai", "did not know"), 2);
  const auto receiver = town.ward_says({accepted}, set("Email", "inside"));
  const auto early = town.ward_says({offered}, set("Fax", "too early"));
  const auto state = town.state();
  CHECK(proposed(state, knew) == Refusal::outside_custody);
  CHECK(proposed(state, early) == Refusal::outside_custody);
  CHECK(shown(state, "ChuHoSo") == nullptr);
  CHECK(shows(state, "SoDienThoai", "did not know"));
  CHECK(shows(state, "Email", "inside"));
  CHECK(town.entry(knew).standing == Standing::proposed);
  CHECK(town.entry(receiver).standing == Standing::shown);
  const auto* notice = told(state, ConflictKind::changed_after_offer);
  REQUIRE(notice != nullptr);
  CHECK(ops_of(*notice) == std::vector{first_of(did_not)});
  CHECK(notice->path == at("SoDienThoai"));
  CHECK(notice->decider == Decider{Decider::Role::custodian_clerk, {}, {}});
  CHECK(state.conflicts.size() == 1);
}

TEST_CASE("custody: from outside, money, notes and new papers arrive; nothing else changes") {
  Town town({paper("a", "a.pdf")});
  const auto paid = town.ward_says({town.root()}, payment("1", 5));
  town.ward_says({town.root()}, append("notes", "called"));
  town.ward_says({town.root()}, paper("b", "b.pdf"));
  const auto again = town.ward_says({town.root()}, paper("a", "other.pdf"));
  const auto gone = town.ward_says({town.root()}, remove("TaiLieuNop", paper_id("a")));
  const auto edited = town.ward_says({town.root()}, set(at("TaiLieuNop", paper_id("a"), "TenTepDinhKem"), "x"));
  const auto code = town.ward_says({town.root()}, set("MaHoSo", "W-1"));
  const auto decided =
      town.ward_says({paid}, set(at("BienLai", receipt_id("1")), record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", 6}})));
  const auto status = town.ward_says({town.root()}, merge::status("2"));
  const auto state = town.state();
  CHECK(ids_in(state, "BienLai").size() == 1);
  CHECK(ids_in(state, "notes").size() == 1);
  CHECK(ids_in(state, "TaiLieuNop") == std::vector{paper_id("a"), paper_id("b")});
  CHECK(*record::find(collection(state, "TaiLieuNop")->elements[0].fields, "TenTepDinhKem") == Value("a.pdf"));
  CHECK(state.codes.empty());
  for (const auto& change : {again, gone, edited, code, decided}) CHECK(proposed(state, change) == Refusal::outside_custody);
  CHECK(refused(state, status) == Refusal::outside_custody);
  CHECK(told(state, ConflictKind::refused_act) != nullptr);
}

TEST_CASE("custody: a paper that two units add at once is there once, whoever holds the dossier") {
  Town town;
  town.home_says({town.root()}, paper("a", "home.pdf"));
  town.ward_says({town.root()}, paper("a", "ward.pdf"));
  CHECK(ids_in(town.state(), "TaiLieuNop").size() == 1);
  CHECK(town.state().proposals.empty());
}

TEST_CASE("custody: only the unit that was asked may accept or decline") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto stranger = town.other_says({offered}, accept(first_of(offered)));
  const auto giver = town.home_says({offered}, accept(first_of(offered)));
  const auto declined = town.other_says({offered}, decline(first_of(offered)));
  const auto state = town.state();
  for (const auto& change : {stranger, giver, declined}) {
    CHECK(refused(state, change) == Refusal::not_offered);
    CHECK(town.entry(change).standing == Standing::not_applied);
  }
  CHECK(state.custody.unit == home);
  CHECK(state.custody.pending.size() == 1);
  CHECK(state.conflicts.size() == 3);
  CHECK(told(state, ConflictKind::refused_act)->decider.role == Decider::Role::user);
}

TEST_CASE("custody: who does not hold the dossier cannot offer or recall it") {
  Town town;
  const auto foreign = town.ward_says({town.root()}, offer(Town::other));
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto recalled = town.other_says({offered}, recall(first_of(offered)));
  const auto state = town.state();
  CHECK(refused(state, foreign) == Refusal::outside_custody);
  CHECK(refused(state, recalled) == Refusal::outside_custody);
  CHECK(state.custody.pending.size() == 1);
}

TEST_CASE("custody: what was declined or recalled cannot be accepted by who knew, and may be offered again") {
  for (const bool declines : {true, false}) {
    Town town;
    const auto offered = town.home_says({town.root()}, offer(Town::ward));
    const auto closed =
        declines ? town.ward_says({offered}, decline(first_of(offered))) : town.home_says({offered}, recall(first_of(offered)));
    CHECK(town.state().custody.pending.empty());
    const auto late = town.ward_says({closed}, accept(first_of(offered)));
    CHECK(refused(town.state(), late) == Refusal::offer_closed);
    CHECK(town.state().custody.unit == home);
    const auto again = town.home_says({late}, offer(Town::ward));
    town.ward_says({again}, accept(first_of(again)));
    CHECK(town.state().custody.unit == Town::ward);
  }
}

TEST_CASE("custody: accept beats a concurrent recall") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto recalled = town.home_says({offered}, recall(first_of(offered)));
  town.ward_says({offered}, accept(first_of(offered)));
  const auto state = town.state();
  CHECK(state.custody.unit == Town::ward);
  CHECK(refused(state, recalled) == Refusal::offer_closed);
  REQUIRE(told(state, ConflictKind::refused_act) != nullptr);
  CHECK(ops_of(*told(state, ConflictKind::refused_act)) == std::vector{first_of(recalled)});
}

TEST_CASE("custody: of two units that accept at once the one with the least stamp has it, and the administrator is told") {
  Town town;
  const auto to_ward = town.home_says({town.root()}, offer(Town::ward));
  const auto to_other = town.home_says({town.root()}, offer(Town::other), 2);
  const auto ward = town.ward_says({to_ward}, accept(first_of(to_ward)));
  const auto other = town.other_says({to_other}, accept(first_of(to_other)));
  CHECK(town.state().custody.unit == Town::ward);  // neither stamped: by record id
  town.facts()[4].stamp = Stamp{7, hlc_at(9000).wall()};
  CHECK(town.state().custody.unit == Town::other);
  town.facts()[3].stamp = Stamp{8, hlc_at(9000).wall()};
  const auto state = town.state();
  CHECK(state.custody.unit == Town::other);
  CHECK(state.custody.since == first_of(other));
  CHECK(refused(state, ward) == Refusal::lost_custody);
  const auto* notice = told(state, ConflictKind::competing_accepts);
  REQUIRE(notice != nullptr);
  CHECK(ops_of(*notice) == sorted({first_of(ward), first_of(other)}));
  CHECK(notice->decider.role == Decider::Role::centre_admin);
  CHECK(state.conflicts.size() == 1);

  const auto seen = town.centre_says(state.version, dismiss(*notice));
  CHECK(town.state().conflicts.empty());
  CHECK(town.state().not_applied.empty());
  CHECK(town.entry(ward).standing == Standing::dismissed);
  CHECK(town.entry(seen).standing == Standing::shown);
}

TEST_CASE("custody: what was done by who thought to have it stays, but the true holder's owner fields win") {
  Town town;
  const auto to_ward = town.home_says({town.root()}, offer(Town::ward));
  const auto to_other = town.home_says({town.root()}, offer(Town::other), 2);
  const auto ward = town.ward_says({to_ward}, accept(first_of(to_ward)));
  const auto other = town.other_says({to_other}, accept(first_of(to_other)));
  const auto winner = town.ward_says({ward}, set("CanBoXuLy", "ward"));
  const auto loser = town.other_says({other}, set("CanBoXuLy", "other"));
  town.other_says({loser}, set("Email", "kept"));
  const auto lost_offer = town.other_says({loser}, offer(home));
  const auto state = town.state();
  CHECK(shows(state, "CanBoXuLy", "ward"));
  CHECK(shows(state, "Email", "kept"));
  CHECK(town.entry(loser).standing == Standing::lost);
  CHECK(town.entry(loser).why == Refusal::lost_custody);
  CHECK(town.entry(winner).standing == Standing::shown);
  CHECK(refused(state, lost_offer) == Refusal::lost_custody);
  const auto* notice = told(state, ConflictKind::lost_custody_edit);
  REQUIRE(notice != nullptr);
  CHECK(ops_of(*notice) == std::vector{first_of(loser)});
  CHECK(notice->values[0].value == Value("other"));
  town.ward_says(state.version, keep(*notice, 0));
  CHECK(shows(town.state(), "CanBoXuLy", "other"));
  CHECK(told(town.state(), ConflictKind::lost_custody_edit) == nullptr);
}

TEST_CASE("custody: an undo of an owner field gives back what the true holder wrote") {
  Town town;
  const auto to_ward = town.home_says({town.root()}, offer(Town::ward));
  const auto to_other = town.home_says({town.root()}, offer(Town::other), 2);
  const auto ward = town.ward_says({to_ward}, accept(first_of(to_ward)));
  const auto other = town.other_says({to_other}, accept(first_of(to_other)));
  const auto winner = town.ward_says({ward}, set("CanBoXuLy", "ward"));
  const auto loser = town.other_says({other}, set("CanBoXuLy", "other"));
  const auto edit = town.ward_says({winner, loser}, set("CanBoXuLy", "edit"));
  CHECK(shows(town.state(), "CanBoXuLy", "edit"));
  town.ward_says({edit}, undo(town.entry(edit)));
  CHECK(shows(town.state(), "CanBoXuLy", "ward"));
}

TEST_CASE("custody: two PCs of one unit that accept the same offer agree, and both work on") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto one = town.ward_says({offered}, accept(first_of(offered)));
  const auto two = town.says(Town::ward, 11, {offered}, accept(first_of(offered)));
  const auto edit = town.says(Town::ward, 11, {two}, set("Email", "two"));
  const auto on = town.says(Town::ward, 11, {edit}, offer(Town::other));
  town.other_says({on}, accept(first_of(on)));
  const auto state = town.state();
  CHECK(state.custody.unit == Town::other);
  CHECK(state.not_applied.empty());
  CHECK(told(state, ConflictKind::competing_accepts) == nullptr);
  CHECK(shows(state, "Email", "two"));
  CHECK(state.slip.size() == 3);
  CHECK(town.entry(one).standing == Standing::shown);
}

TEST_CASE("custody: an accept, an offer and an edit may be one change") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto all =
      town.say(ward_pc, {offered}, {set("Email", "before"), accept(first_of(offered)), set("Fax", "after"), offer(Town::other)});
  town.last().unit = Town::ward;
  const auto state = town.state();
  CHECK(shown(state, "Email") == nullptr);
  CHECK(shows(state, "Fax", "after"));
  REQUIRE(state.custody.pending.size() == 1);
  CHECK(state.custody.pending[0].op == OpId{all, 3});
}

TEST_CASE("custody: bad offers and answers are kept with a reason") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto note = town.home_says({offered}, append("notes", "x"));
  Op elsewhere = offer(Town::ward);
  elsewhere.path = at("ChuHoSo");
  const std::vector<std::pair<Op, Refusal>> bad{
      {offer(home), Refusal::wrong_type},
      {offer("w-b"), Refusal::wrong_type},
      {offer(""), Refusal::wrong_type},
      {Op{OpKind::offer, at("BanGiao"), "W-B", std::nullopt}, Refusal::wrong_type},
      {Op{OpKind::offer, at("BanGiao"), record::canonical({{"to", "W-B"}, {"note", 5}}), std::nullopt}, Refusal::wrong_type},
      {elsewhere, Refusal::bad_path},
      {Op{OpKind::accept, at("BanGiao"), "x", std::nullopt}, Refusal::wrong_type},
      {Op{OpKind::accept, at("BanGiao"), record::Heads{}, std::nullopt}, Refusal::wrong_type},
      {accept(first_of(note)), Refusal::missing_reference},
      {accept(OpId{offered, 9}), Refusal::missing_reference},
      {recall(OpId{{device_of(99), {}, 5}, 0}), Refusal::missing_reference},
  };
  for (const auto& [op, why] : bad) {
    auto other = town;
    const auto position = other.home_says({note}, op);
    CHECK(refused(other.state(), position) == why);
    CHECK(other.state().custody == town.state().custody);
    CHECK(other.state().conflicts.empty());
  }
}

TEST_CASE("custody: an answer to an offer that its writer had not seen, or that comes from the future, does nothing") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto blind = town.ward_says({town.root()}, accept(first_of(offered)));
  CHECK(refused(town.state(), blind) == Refusal::missing_reference);
  CHECK(town.state().custody.unit == home);
}

TEST_CASE("custody: an heir has what the unit had, from the log index on that says so") {
  Town town;
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto before = town.other_says({town.root()}, set("Email", "before"));
  const auto accepted = town.ward_says({offered}, accept(first_of(offered)));
  const auto heir = town.says("W-HEIR", 20, {accepted}, set("Fax", "heir"));
  const auto old = town.ward_says({accepted}, set("SoDienThoai", "old PC"));
  town.stamp_all();
  CHECK(proposed(town.state(), heir) == Refusal::outside_custody);
  town.context.successions = {{Town::ward, {"W-HEIR", 4}}, {Town::other, {home, 4}}};
  auto state = town.state();
  CHECK(state.custody.unit == "W-HEIR");
  CHECK(state.slip.back().unit == Town::ward);
  CHECK(shows(state, "Fax", "heir"));
  CHECK(shows(state, "SoDienThoai", "old PC"));
  CHECK(proposed(state, before) == Refusal::outside_custody);  // its unit was another then, and that is not judged again
  CHECK(town.entry(old).standing == Standing::shown);
  town.context.successions = {{Town::ward, {"W-HEIR", 5}}};
  CHECK(proposed(town.state(), heir) == Refusal::outside_custody);
  town.facts()[4].stamp.reset();
  CHECK(shows(town.state(), "Fax", "heir"));
}

TEST_CASE("custody: an heir may accept what was offered to the unit, and recall what it offered") {
  for (const bool accepts : {true, false}) {
    Town town;
    const auto offered = town.home_says({town.root()}, offer(Town::ward));
    town.context.successions = {{Town::ward, {"W-HEIR", 0}}, {home, {"W-NEW", 0}}};
    if (accepts)
      town.says("W-HEIR", 20, {offered}, accept(first_of(offered)));
    else
      town.says("W-NEW", 20, {offered}, recall(first_of(offered)));
    CHECK(town.state().custody.unit == (accepts ? "W-HEIR" : "W-NEW"));
    CHECK(town.state().custody.pending.empty());
  }
}

TEST_CASE("custody: heirs in a circle, which the policy log refuses, end the search all the same") {
  Town town;
  town.context.successions = {{home, {Town::ward, 0}}, {Town::ward, {home, 0}}};
  CHECK(town.state().created == town.root());
}
