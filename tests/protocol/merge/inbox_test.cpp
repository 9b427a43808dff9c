#include "protocol/merge/why.hpp"
#include "tests/protocol/merge/town.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

TEST_CASE("inbox: a value that lost only because of its clock is told to its writer, until he decides, whatever others write") {
  Town town({set("GhiChu", "old")});
  const auto good = town.home_says({town.root()}, set("GhiChu", "good"));
  const auto bad = town.home_says({town.root()}, set("GhiChu", "bad"), 2);
  town.last().hlc = Hlc::at({4'070'908'800'000});
  const auto state = town.state();
  CHECK(shows(state, "GhiChu", "good"));
  REQUIRE(state.conflicts.size() == 1);
  const auto notice = state.conflicts[0];
  CHECK(notice.kind == ConflictKind::lost_to_bad_clock);
  CHECK(ops_of(notice) == std::vector{first_of(bad)});
  CHECK(notice.decider == Decider{Decider::Role::user, "user2", home});
  CHECK(notice.path == at("GhiChu"));

  SECTION("he may leave it, and another good value asks nothing again") {
    town.home_says({good, bad}, dismiss(notice), 2);
    CHECK(town.state().conflicts.empty());
    const auto another = town.home_says({town.root()}, set("GhiChu", "another"), 3);
    CHECK(shows(town.state(), "GhiChu", "another"));
    CHECK(town.state().conflicts.empty());
    town.home_says({another}, set("GhiChu", "more"), 3);
    CHECK(town.state().conflicts.empty());
  }
  SECTION("he may have it all the same, beside another who wrote meanwhile") {
    town.home_says({good, bad}, keep(notice, 0), 2);
    CHECK(shows(town.state(), "GhiChu", "bad"));
    CHECK(town.state().conflicts.empty());
    town.home_says({town.root()}, set("GhiChu", "meanwhile"), 3);
    CHECK(town.state().conflicts.empty());
  }
  SECTION("a stranger's dismissal settles nothing") {
    town.context.users = {{{home, "user1"}, {{}}}, {{home, "user2"}, {{}}}};
    town.home_says({good, bad}, dismiss(notice));
    CHECK(town.state().conflicts.size() == 1);
  }
  SECTION("a new one that lost is told, and only that") {
    const auto seen = town.home_says({good, bad}, dismiss(notice), 2);
    const auto worse = town.home_says({town.root()}, set("GhiChu", "worse"), 3);
    town.last().hlc = Hlc::at({5});
    REQUIRE(town.state().conflicts.size() == 1);
    CHECK(ops_of(town.state().conflicts[0]) == std::vector{first_of(worse)});
    CHECK(town.entry(seen).standing == Standing::shown);
  }
}

TEST_CASE("inbox: equal values, and bad clocks among themselves, lose nothing that anyone need know") {
  Town town;
  town.home_says({town.root()}, set("GhiChu", "same"));
  town.home_says({town.root()}, set("GhiChu", "same"), 2);
  town.last().hlc = Hlc::at({5});
  CHECK(town.state().conflicts.empty());
  town.facts()[1].hlc = Hlc::at({6});
  town.facts()[1].change.ops[0].value = "other";
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("inbox: more was paid than is due") {
  Town town({set("TongLePhi", 15)});
  const auto a = town.home_says({town.root()}, payment("1", 10));
  const auto b = town.ward_says({town.root()}, payment("2", 10));
  const auto state = town.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].kind == ConflictKind::overpaid);
  CHECK(state.conflicts[0].path == at("BienLai"));
  CHECK(ops_of(state.conflicts[0]) == sorted({first_of(a), first_of(b)}));
  CHECK(state.conflicts[0].decider.role == Decider::Role::accountant);
  const auto seen = town.home_says({a, b}, dismiss(state.conflicts[0]));
  CHECK(town.state().conflicts.empty());
  town.home_says({seen}, payment("3", 1));
  CHECK(town.state().conflicts.size() == 1);  // another payment is another matter
}

TEST_CASE("inbox: sums that no number holds end quietly") {
  Town town({set("TongLePhi", 15)});
  const auto huge = [](const char* number) {
    return append("BienLai", record::canonical(
                                 {{"KyHieu", "AA"}, {"SoBienLai", number}, {"SoTien", Value(std::numeric_limits<std::int64_t>::max())}}));
  };
  town.home_says({town.root()}, huge("1"));
  town.home_says({town.root()}, huge("2"));
  town.home_says({town.root()}, payment("3", -5));
  CHECK(told(town.state(), ConflictKind::overpaid) != nullptr);
}

TEST_CASE("inbox: a fee that does not fit is told when neither writer had seen the other") {
  for (const bool saw : {false, true}) {
    Town town({set("MaTTHC", "1.004859"), set("TongLePhi", 15000)});
    const auto procedure = town.home_says({town.root()}, set("MaTTHC", "1.004884"));
    town.home_says({saw ? procedure : town.root()}, set("TongLePhi", 30000), 2);
    CHECK(town.state().conflicts.size() == (saw ? 0 : 1));
    if (!saw) CHECK(town.state().conflicts[0].kind == ConflictKind::fee_does_not_fit_procedure);
    town.facts()[2].change.ops[0].value = 8000;
    CHECK(town.state().conflicts.empty());
  }
}

TEST_CASE("inbox: what the giver changed during the hand-over is told until the receiver has seen to it") {
  Town town({set("ChuHoSo", "old"), paper("a", "a.pdf")});
  const auto offered = town.home_says({town.root()}, offer(Town::ward));
  const auto name = town.home_says({town.root()}, set("ChuHoSo", "new"), 2);
  const auto gone = town.home_says({town.root()}, remove("TaiLieuNop", paper_id("a")), 3);
  town.home_says({town.root()}, append("notes", "by the way"), 4);
  town.home_says({town.root()}, paper("b", "b.pdf"), 5);
  CHECK(town.state().conflicts.empty());
  const auto accepted = town.ward_says({offered}, accept(first_of(offered)));
  const auto state = town.state();
  REQUIRE(state.conflicts.size() == 2);
  CHECK(ops_of(state.conflicts[0]) == std::vector{first_of(name)});
  CHECK(ops_of(state.conflicts[1]) == std::vector{first_of(gone)});
  CHECK(state.conflicts[1].path == at("TaiLieuNop", paper_id("a")));
  const auto seen = town.ward_says({accepted, name, gone}, dismiss(state.conflicts[1]));
  REQUIRE(town.state().conflicts.size() == 1);
  const auto rewritten = town.ward_says({seen}, set("ChuHoSo", "newest"));
  CHECK(town.state().conflicts.empty());
  const auto on = town.ward_says({rewritten}, offer(Town::other));
  town.other_says({on}, accept(first_of(on)));
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("inbox: questions are not dismissed, but written about") {
  Town town;
  const auto a = town.home_says({town.root()}, set("ChuHoSo", "a"));
  const auto b = town.home_says({town.root()}, set("ChuHoSo", "b"), 2);
  town.home_says({a, b}, dismiss(town.state().conflicts[0]));
  CHECK(town.state().conflicts.size() == 1);
}

TEST_CASE("inbox: one citizen's matter lodged twice is suggested, never merged") {
  const auto dossier = [](const char* identity, const char* procedure, const char* reason) {
    return Town({set("SoGiayToChuHoSo", identity), set("MaTTHC", procedure), set("LyDoHuy", reason)}).state();
  };
  auto a = dossier("046182001234", "1.004859", ""), b = a;
  CHECK_FALSE(may_be_duplicates(a, b));
  b.did.bytes[0] ^= 1;
  CHECK(may_be_duplicates(a, b));
  for (auto other : {dossier("046182009999", "1.004859", ""), dossier("046182001234", "1.004884", ""),
                     dossier("046182001234", "1.004859", "by mistake"), dossier("", "1.004859", "")}) {
    other.did.bytes[0] ^= 1;
    CHECK_FALSE(may_be_duplicates(a, other));
  }
}

TEST_CASE("erasure: beats everything that was and that comes") {
  Town town({set("MaHoSo", "H57-1"), set("ChuHoSo", "An"), set("TrangThaiHoSo", "4"), paper("a", "a.pdf"), append("notes", "x")});
  town.ward_says({town.root()}, set("Email", "proposal"));
  town.home_says({town.root()}, offer(Town::ward, "about An"));
  town.home_says({town.root()}, set("SoDienThoai", "late"));
  town.context.erased = {town.did()};
  const auto state = town.state();
  CHECK(state.erased);
  CHECK(state.fields == Map{{"TrangThaiHoSo", "4"}});
  CHECK(state.codes == std::vector<std::string>{"H57-1"});
  CHECK(state.collections.empty());
  CHECK((state.proposals.empty() && state.conflicts.empty() && state.not_applied.empty()));
  CHECK(state.custody.unit == home);
  CHECK(state.custody.pending.at(0).note.empty());
  CHECK(state.changes == 4);
  for (const auto& entry : town.history()) {
    CHECK(entry.standing == Standing::erased);
    CHECK((entry.said.value.is_null() && entry.said.user.empty()));
  }
}

TEST_CASE("schema: a field merges by the policy of its heads' newest version") {
  Town town;
  town.context.policy_changes = {{2, "", "SoDienThoai", schema::Policy::ask}, {3, "", "SoDienThoai", schema::Policy::latest}};
  town.home_says({town.root()}, set("SoDienThoai", "1"));
  town.home_says({town.root()}, set("SoDienThoai", "2"), 2);
  CHECK(shows(town.state(), "SoDienThoai", "2"));
  town.facts()[1].schema = 2;
  CHECK(town.state().conflicts.size() == 1);
  town.facts()[2].schema = 3;
  CHECK(shows(town.state(), "SoDienThoai", "2"));
  CHECK(town.state().conflicts.empty());
}

TEST_CASE("types: a value that a field cannot hold is kept with a reason, never applied, and blocks nothing") {
  const std::vector<Op> bad{
      set("SoDienThoai", 5),
      set("TongLePhi", "15000"),
      set("NgayTra", true),
      set(at("TaiLieuNop", paper_id("a"), "IsDeleted"), "True"),
      add("TaiLieuNop", {{"TepDinhKemId", 5}}),
      append("BienLai", record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", "5"}})),
      set(at("BienLai", receipt_id("1")), record::canonical({{"SoTien", "5"}})),
      append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}, {"NoiDungBoSung", 5}}),
      set("MaHoSo", 5),
  };
  Town town({paper("a", "a.pdf")});
  auto last = town.root();
  for (const auto& op : bad) {
    last = town.home_says({last}, op);
    CHECK(refused(town.state(), last) == Refusal::wrong_type);
  }
  town.home_says({last}, set("SoDienThoai", "6"));
  const auto state = town.state();
  CHECK(shows(state, "SoDienThoai", "6"));
  CHECK(state.not_applied.size() == bad.size());
  CHECK(state.fields.size() == 1);
  CHECK(state.conflicts.empty());
  town.home_says({state.version}, dismiss(state.not_applied[0]));
  CHECK(town.state().not_applied.size() == bad.size() - 1);
}

TEST_CASE("why: weight, custody and approval are named as reasons") {
  Town town({set("TrangThaiHoSo", "4")});
  town.home_says({town.root()}, merge::status("9", {{"NgayKetThucXuLy", "20210102100000"}}));
  town.home_says({town.root()}, merge::status("5"), 2);
  const auto asked = town.ward_says({town.root()}, set("Email", "x"));
  town.home_says({asked}, approve(town.state().proposals[0]));
  const auto because = [&](const char* field) { return why(town.history(), at(field)).because; };
  CHECK(because("TrangThaiHoSo") == Because::weightier);
  CHECK(because("NgayKetThucXuLy") == Because::only_value);
  CHECK(because("Email") == Because::approved);
  CHECK(why(town.history(), at("Email")).values.size() == 2);
}
