#include "tests/protocol/merge/town.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

const Unapplied& only_proposal(const DossierState& state) {
  REQUIRE(state.proposals.size() == 1);
  return state.proposals[0];
}

}  // namespace

TEST_CASE("proposals: are for the custodian's clerk, who is an officer where the centre holds the dossier") {
  Town town;
  town.ward_says({town.root()}, set("Email", "x"));
  CHECK(only_proposal(town.state()).decider == Decider{Decider::Role::custodian_clerk, {}, {}});
  town.context.centres = {home};
  CHECK(only_proposal(town.state()).decider == Decider{Decider::Role::officer_centre, {}, {}});
}

TEST_CASE("proposals: approved they apply as the approver's, the author stays visible") {
  Town town({set("ChuHoSo", "An")});
  const auto asked = town.ward_says({town.root()}, set("ChuHoSo", "Ân"));
  const auto proposal = only_proposal(town.state());

  SECTION("where nobody else wrote") {
    const auto approved = town.home_says({asked}, approve(proposal));
    CHECK(shows(town.state(), "ChuHoSo", "Ân"));
    CHECK(town.state().proposals.empty());
    CHECK(town.entry(asked).standing == Standing::approved);
    CHECK(town.entry(approved).place == at("ChuHoSo"));
    CHECK(town.entry(approved).replaced == std::vector{first_of(town.root())});
    town.home_says({approved}, undo(town.entry(approved)));
    CHECK(shows(town.state(), "ChuHoSo", "An"));
    CHECK(town.state().proposals.empty());
  }
  SECTION("where another wrote without sight of it, it competes from where the approver stands") {
    const auto other = town.home_says({town.root()}, set("ChuHoSo", "Ần"), 2);
    const auto approved = town.home_says({asked}, approve(proposal));
    const auto state = town.state();
    REQUIRE(state.conflicts.size() == 1);
    CHECK(ops_of(state.conflicts[0]) == sorted({first_of(other), first_of(approved)}));
    const auto& values = state.conflicts[0].values;
    const auto& said = values[0].op == first_of(approved) ? values[0] : values[1];
    CHECK((said.value == Value("Ân") && said.user == "user1" && said.author == "user8" && said.author_unit == Town::ward));
    CHECK(said.path == at("ChuHoSo"));
  }
}

TEST_CASE("proposals: an approval of a paper, a removal, a payment's correction, a code") {
  Town town({paper("a", "a.pdf"), payment("1", 5)});
  std::vector<Position> asked{
      town.ward_says({town.root()}, paper("a", "b.pdf")),
      town.ward_says({town.root()},
                     set(at("BienLai", receipt_id("1")), record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", 6}}))),
      town.ward_says({town.root()}, set("MaHoSo", "W-9")),
  };
  std::vector<Op> approvals;
  for (const auto& proposal : town.state().proposals) approvals.push_back(approve(proposal));
  const auto approved = town.say(1, asked, approvals);
  auto state = town.state();
  CHECK(state.proposals.empty());
  CHECK(state.conflicts.empty());
  const auto* papers = collection(state, "TaiLieuNop");
  REQUIRE(papers != nullptr);
  CHECK(*record::find(papers->elements[0].fields, "TenTepDinhKem") == Value("b.pdf"));
  CHECK(*record::find(collection(state, "BienLai")->elements[0].fields, "SoTien") == Value(6));
  CHECK(state.codes == std::vector<std::string>{"W-9"});
  const auto gone = town.ward_says({approved}, remove("TaiLieuNop", paper_id("a")));
  const auto agreed = town.home_says({gone}, approve(only_proposal(town.state())));
  CHECK(ids_in(town.state(), "TaiLieuNop").empty());
  town.home_says({agreed}, undo(town.entry(agreed)));
  CHECK(ids_in(town.state(), "TaiLieuNop").size() == 1);
}

TEST_CASE("proposals: a paper without a key keeps its name and its author when it is approved") {
  Town town;
  const auto asked = town.ward_says({town.root()}, add("DanhSachTepDinhKemKhac", {{"TenGiayTo", "x"}}));
  CHECK(ids_in(town.state(), "DanhSachTepDinhKemKhac").size() == 1);  // new, so it needs nobody
  town.facts().back().admission = Admission::proposal;
  CHECK(ids_in(town.state(), "DanhSachTepDinhKemKhac").empty());
  town.home_says({asked}, approve(only_proposal(town.state())));
  const auto state = town.state();
  CHECK(ids_in(state, "DanhSachTepDinhKemKhac") == std::vector{record::element_id(first_of(asked))});
  CHECK(collection(state, "DanhSachTepDinhKemKhac")->elements[0].user == "user8");
}

TEST_CASE("proposals: only who may decide approves; the author may withdraw, nobody else from outside") {
  Town town;
  const auto asked = town.ward_says({town.root()}, set("Email", "x"));
  const auto proposal = only_proposal(town.state());
  for (const auto& op : {approve(proposal), dismiss(proposal)}) {
    auto other = town;
    const auto meddled = other.other_says({asked}, op);
    CHECK(refused(other.state(), meddled) == Refusal::not_the_decider);
    CHECK(other.state().proposals.size() == 1);
  }
  auto own = town;
  const auto self = own.ward_says({asked}, approve(proposal));
  CHECK(refused(own.state(), self) == Refusal::not_the_decider);
  auto withdrawn = town;
  withdrawn.ward_says({asked}, dismiss(proposal));
  CHECK(withdrawn.state().proposals.empty());
  CHECK(withdrawn.entry(asked).standing == Standing::dismissed);
}

TEST_CASE("proposals: a dismissal that is dismissed counts no more, and again") {
  Town town;
  const auto asked = town.ward_says({town.root()}, set("Email", "x"));
  const auto first = town.home_says({asked}, dismiss(only_proposal(town.state())));
  CHECK(town.state().proposals.empty());
  const auto second = town.home_says({first}, undo(town.entry(first)));
  CHECK(town.state().proposals.size() == 1);
  CHECK(town.entry(first).standing == Standing::replaced);
  town.home_says({second}, undo(town.entry(second)));
  CHECK(town.state().proposals.empty());
}

TEST_CASE("proposals: what is no proposal, or was not seen, cannot be approved") {
  Town town;
  const auto asked = town.ward_says({town.root()}, set("Email", "x"));
  const auto proposal = only_proposal(town.state());
  const auto edit = town.home_says({town.root()}, set("Fax", "y"));
  for (const auto& [seen, target] : {std::pair{edit, first_of(edit)}, std::pair{town.root(), first_of(asked)}}) {
    auto other = town;
    const auto bad = other.home_says({seen}, Op{OpKind::approve, at("Email"), record::Heads{{target}}, std::nullopt});
    CHECK(refused(other.state(), bad) == Refusal::missing_reference);
    CHECK(shown(other.state(), "Email") == nullptr);
  }
  const auto none = town.home_says({asked}, Op{OpKind::dismiss, at("Email"), record::Heads{}, std::nullopt});
  CHECK(refused(town.state(), none) == Refusal::wrong_type);
}

TEST_CASE("proposals: of two for one place that one approval names the last in the order stands, whatever their ids") {
  Town town;
  const auto one = town.other_says({town.root()}, set("Email", "one"));
  const auto two = town.ward_says({one}, set("Email", "two"));
  CHECK(two < one);
  const auto both = town.home_says({two}, Op{OpKind::approve, at("Email"), record::Heads{{first_of(two), first_of(one)}}, std::nullopt});
  CHECK(shows(town.state(), "Email", "two"));
  auto later = town;
  const auto edit = later.home_says({both}, set("Email", "three"));
  later.home_says({edit}, undo(later.entry(edit)));
  CHECK(shows(later.state(), "Email", "two"));
  CHECK(town.state().proposals.empty());
}

TEST_CASE("users: what a disabled one writes is a proposal, his acts do not apply, and a leader is told") {
  Town town({set("TrangThaiHoSo", "4")});
  const auto before = town.home_says({town.root()}, set("Email", "before"));
  const auto edit = town.home_says({town.root()}, {set("Fax", "after")});
  const auto act = town.home_says({town.root()}, merge::status("8"));
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  town.stamp_all();
  town.context.users = {{{home, "user1"}, {{}, {.from_index = 2, .enabled = false}}}};
  const auto state = town.state();
  CHECK(shows(state, "Email", "before"));
  CHECK(proposed(state, edit) == Refusal::disabled_user);
  CHECK(refused(state, act) == Refusal::disabled_user);
  CHECK(refused(state, offered) == Refusal::disabled_user);
  CHECK(state.custody.pending.empty());
  CHECK(has_status(state, "4"));
  CHECK(state.changes == 2);
  REQUIRE(state.conflicts.size() == 2);
  for (const auto& conflict : state.conflicts) {
    CHECK(conflict.kind == ConflictKind::act_by_revoked_user);
    CHECK(conflict.decider.role == Decider::Role::leader);
  }
  CHECK(town.entry(before).standing == Standing::shown);
  town.home_says({edit}, approve(*find_in(state.proposals, edit)), 2);
  CHECK(shows(town.state(), "Fax", "after"));
}

TEST_CASE("users: the newest entry about one counts, and an unstamped record is judged by it") {
  Town town;
  const auto edit = town.home_says({town.root()}, set("Fax", "x"));
  town.context.users = {{{home, "user1"}, {{.from_index = 3, .enabled = false}, {.from_index = 9, .enabled = true}}}};
  CHECK(shows(town.state(), "Fax", "x"));
  town.facts()[1].stamp = Stamp{5, hlc_at(1000).wall()};
  CHECK(proposed(town.state(), edit) == Refusal::disabled_user);
  town.facts()[1].stamp = Stamp{9, hlc_at(1000).wall()};
  CHECK(shows(town.state(), "Fax", "x"));
  town.facts()[1].stamp = Stamp{2, hlc_at(1000).wall()};
  CHECK(shows(town.state(), "Fax", "x"));
}

TEST_CASE("users: while the log names nobody of a unit all may decide; then whoever is not named is a clerk, from that index on") {
  Town town({set("Email", "a")});
  const auto one = town.home_says({town.root()}, set("ChuHoSo", "An"));
  const auto two = town.home_says({town.root()}, set("ChuHoSo", "Ân"), 2);
  const auto kept = town.home_says({one, two}, set("ChuHoSo", "An"));
  const auto other = town.home_says({one, two}, set("ChuHoSo", "Ân"), 2);
  const auto decided = town.home_says({kept, other}, set("ChuHoSo", "An"), 3);
  town.stamp_all();
  CHECK(shows(town.state(), "ChuHoSo", "An"));
  town.context.users = {{{Town::other, "user1"}, {{}}}};  // another unit's
  CHECK(shows(town.state(), "ChuHoSo", "An"));
  town.context.users = {{{home, "somebody"}, {{.from_index = 5, .leader = true}}}};
  CHECK(proposed(town.state(), decided) == Refusal::not_the_decider);
  town.context.users = {{{home, "somebody"}, {{.from_index = 6, .leader = true}}}};
  CHECK(shows(town.state(), "ChuHoSo", "An"));
  town.facts().back().stamp = std::nullopt;
  CHECK(proposed(town.state(), decided) == Refusal::not_the_decider);
}

TEST_CASE("acts: of a user with a key they apply with the signature only; ordinary edits, and what is on the way, need none") {
  Town town({set("TrangThaiHoSo", "4")});
  const auto edit = town.home_says({town.root()}, set("Email", "x"));
  const auto asked = town.home_says({edit}, merge::status("5"));
  const auto stopped = town.home_says({asked}, merge::status("8"));
  const auto offered = town.home_says({asked}, offer(Town::ward));
  town.stamp_all();
  town.context.users = {{{home, "user1"}, {{.leader = true, .key = SignKey{}}}}, {{home, "user2"}, {{.leader = true}}}};
  auto state = town.state();
  CHECK(shows(state, "Email", "x"));
  CHECK(has_status(state, "5"));
  CHECK(refused(state, stopped) == Refusal::unsigned_act);
  CHECK(refused(state, offered) == Refusal::unsigned_act);
  CHECK(state.custody.pending.empty());
  REQUIRE(told(state, ConflictKind::refused_act) != nullptr);
  CHECK(told(state, ConflictKind::refused_act)->decider.role == Decider::Role::user);
  for (auto& fact : town.facts()) fact.act_verified = true;
  state = town.state();
  CHECK(has_status(state, "8"));
  CHECK(state.custody.pending.size() == 1);
  CHECK(town.entry(stopped).said.is_signed);
  for (auto& fact : town.facts()) fact.act_verified = false;
  town.context.users.at({home, "user1"}).front().from_index = 4;  // the key came later
  CHECK(has_status(town.state(), "8"));
  CHECK(refused(town.state(), offered) == Refusal::unsigned_act);
}

TEST_CASE("users: a device that was revoked says the same as a disabled user") {
  Town town({set("TrangThaiHoSo", "4")});
  const auto act = town.home_says({town.root()}, merge::status("8"));
  town.last().admission = Admission::proposal;
  CHECK(refused(town.state(), act) == Refusal::after_revocation);
  CHECK(told(town.state(), ConflictKind::act_by_revoked_user) != nullptr);
  CHECK(town.state().version == std::vector{act});  // it is seen, so that somebody can deal with it
}

TEST_CASE("deciding: a question about decisions goes to a leader, and from anybody else it is a proposal") {
  Town town;
  town.context.users = {{{home, "user1"}, {{}}}, {{home, "user2"}, {{}}}, {{home, "user3"}, {{.leader = true}}}};
  const auto a = town.home_says({town.root()}, set("ChuHoSo", "a"));
  const auto b = town.home_says({town.root()}, set("ChuHoSo", "b"), 2);
  CHECK(town.state().conflicts[0].decider == Decider{Decider::Role::custodian_clerk, {}, {}});
  const auto one = town.home_says({a, b}, set("ChuHoSo", "a"));
  const auto two = town.home_says({a, b}, set("ChuHoSo", "b"), 2);
  const auto state = town.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].decider == Decider{Decider::Role::leader, {}, {}});
  const auto clerk = town.home_says({one, two}, set("ChuHoSo", "c"));
  CHECK(proposed(town.state(), clerk) == Refusal::not_the_decider);
  CHECK(only_proposal(town.state()).decider.role == Decider::Role::leader);
  const auto wrong = town.home_says({clerk}, approve(only_proposal(town.state())), 2);
  CHECK(refused(town.state(), wrong) == Refusal::not_the_decider);
  town.home_says({clerk}, approve(only_proposal(town.state())), 3);
  CHECK(shows(town.state(), "ChuHoSo", "c"));
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("deciding: whether an edit was a decision follows from its own past, whatever became of the status that it had seen") {
  Town town({set("TrangThaiHoSo", "4")});
  const auto asked = town.home_says({town.root()}, status("5", {{"QuyetDinh", "with the status"}}), 1);
  const auto other = town.home_says({town.root()}, set("QuyetDinh", "beside it"), 2);
  CHECK(town.state().conflicts.size() == 1);
  town.home_says({asked, other}, set("QuyetDinh", "one"), 1);
  town.home_says({asked, other}, set("QuyetDinh", "two"), 2);
  const auto leaders = [&] {
    const auto state = town.state();
    const auto* question = told(state, ConflictKind::choose_value);
    return question != nullptr && question->decider.role == Decider::Role::leader;
  };
  CHECK(leaders());
  town.home_says({town.root()}, status("9"), 3);
  CHECK(has_status(town.state(), "9"));
  CHECK(leaders());
}

TEST_CASE("deciding: two amounts under one number are the accountant's") {
  Town town;
  town.context.users = {{{home, "user1"}, {{}}}, {{home, "user2"}, {{.accountant = true}}}};
  const auto a = town.home_says({town.root()}, payment("1", 5));
  const auto b = town.home_says({town.root()}, payment("1", 6));
  const auto question = town.state().conflicts.at(0);
  CHECK(question.decider.role == Decider::Role::accountant);
  const auto clerk = town.home_says({a, b}, keep(question, 0));
  CHECK(proposed(town.state(), clerk) == Refusal::not_the_decider);
  town.home_says({a, b}, keep(question, 0), 2);
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("may_decide: what programs ask before they offer a button") {
  Town town;
  town.context.users = {{{home, "lead"}, {{.leader = true}}},
                        {{home, "money"}, {{.accountant = true}}},
                        {{home, "out"}, {{.enabled = false}}},
                        {{home, "clerk"}, {{}}},
                        {{Town::centre, "admin"}, {{.admin = true}}}};
  const auto state = town.state();
  using Role = Decider::Role;
  const auto may = [&](Role role, const UnitCode& unit, const char* user) {
    return may_decide({role, role == Role::user ? "clerk" : "", role == Role::user ? home : ""}, state, town.context, unit, user);
  };
  CHECK(may(Role::custodian_clerk, home, "clerk"));
  CHECK_FALSE(may(Role::custodian_clerk, Town::ward, "clerk"));
  CHECK_FALSE(may(Role::custodian_clerk, home, "out"));
  CHECK(may(Role::leader, home, "lead"));
  CHECK(may(Role::custodian_clerk, home, "of whom nobody said anything"));
  CHECK_FALSE(may(Role::leader, home, "of whom nobody said anything"));
  CHECK(may_decide({Role::leader, {}, {}}, state, {}, home, "of a unit of which nobody said anything"));
  CHECK_FALSE(may(Role::leader, home, "clerk"));
  CHECK(may(Role::accountant, home, "money"));
  CHECK_FALSE(may(Role::accountant, home, "lead"));
  CHECK(may(Role::user, home, "clerk"));
  CHECK(may(Role::user, home, "lead"));
  CHECK_FALSE(may(Role::user, home, "money"));
  CHECK_FALSE(may(Role::user, Town::ward, "clerk"));
  CHECK(may(Role::centre_admin, Town::centre, "admin"));
  CHECK_FALSE(may(Role::centre_admin, home, "lead"));
}
