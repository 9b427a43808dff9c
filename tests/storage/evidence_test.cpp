#include "storage/evidence.hpp"

#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// Evidence from real stores, checked by somebody who holds the root's public key alone.
namespace ward::test {
namespace {

SignKey root_of(const City& city) { return crypto::public_of(city.root); }

std::uint64_t changes_in(const evidence::Verdict& verdict) {
  std::uint64_t out = 0;
  for (const auto& shown : verdict.records) out += shown.header.type == record::Type::change ? 1U : 0U;
  return out;
}

struct Lodged {
  City city;
  Pc pc = city.enrol("W-VYDA", 1);
  Did did;

  Lodged() {
    did = save(city, pc, sample_dossier("H57-1", "Nguyễn Thị A")).did;
    (void)save(city, pc, sample_dossier("H57-2", "Ai đó khác"));
    sync(city, pc);
    (void)save(city, pc, edit(did, {set("SoDienThoai", "0900000001")}));
    sync(city, pc);
    pc.reopen();  // another incarnation
    (void)save(city, pc, edit(did, {set("SoDienThoai", "0900000002")}));
    sync(city, pc);
  }
};

}  // namespace

TEST_CASE("evidence of a ward shows with the root key alone that the centre confirmed each of its changes") {
  Lodged at;
  const auto found = must(storage::evidence_of(*at.pc, at.did));
  const auto verdict = must(evidence::check(found, root_of(at.city)));
  CHECK(verdict.organisation == "Huế");
  CHECK(changes_in(verdict) == 3);
  CHECK(verdict.confirmed == verdict.records.size());
  for (const auto& shown : verdict.records) {
    CHECK(shown.unit == "W-VYDA");
    CHECK(record::dossier_of(shown.header) == at.did);
  }
}

TEST_CASE("evidence of the centre covers every device's records by their places in the log") {
  Lodged at;
  auto other = at.city.enrol("W-VYDA", 2);
  sync(at.city, other);
  (void)save(at.city, other, edit(at.did, {set("GhiChu", "từ máy thứ hai")}));
  sync(at.city, other);
  const auto verdict = must(evidence::check(must(storage::evidence_of(*at.city.centre, at.did, at.city.now.wall)), root_of(at.city)));
  CHECK(changes_in(verdict) == 4);
  CHECK(verdict.confirmed == verdict.records.size());
}

TEST_CASE("evidence of a ward shows others' records, without a receipt for them, and leaves out what waits") {
  Lodged at;
  auto other = at.city.enrol("W-VYDA", 2);
  sync(at.city, other);
  (void)save(at.city, other, edit(at.did, {set("GhiChu", "từ máy thứ hai")}));
  const auto before = must(evidence::check(must(storage::evidence_of(*other, at.did)), root_of(at.city)));
  CHECK(changes_in(before) == 3);
  CHECK(before.confirmed == 0);
  sync(at.city, other);
  const auto after = must(evidence::check(must(storage::evidence_of(*other, at.did)), root_of(at.city)));
  CHECK(changes_in(after) == 4);
  CHECK(after.confirmed == 1);
}

TEST_CASE("evidence with anything changed is refused") {
  Lodged at;
  const auto good = must(storage::evidence_of(*at.pc, at.did));
  const auto root = root_of(at.city);
  REQUIRE(good.segments.size() >= 3);

  SECTION("another root key") { CHECK(fault_of(evidence::check(good, crypto::public_of(made_secret<crypto::SignSeed>(77)))) != Fault::io); }
  SECTION("no policy log") {
    auto bad = good;
    bad.policy.clear();
    CHECK(fault_of(evidence::check(bad, root)) == Fault::malformed);
  }
  SECTION("a policy log with a hole") {
    auto bad = good;
    bad.policy.erase(bad.policy.begin() + 1);
    CHECK(evidence::check(bad, root).has_error());
  }
  SECTION("a device that the log does not know") {
    auto bad = good;
    bad.policy.pop_back();
    CHECK(fault_of(evidence::check(bad, root)) == Fault::not_member);
  }
  SECTION("a record") {
    auto bad = good;
    bad.segments.front().leaves.front().header->hlc.value += 1;
    CHECK(fault_of(evidence::check(bad, root)) == Fault::bad_signature);
  }
  SECTION("a record moved into another segment") {
    auto bad = good;
    bad.segments[1].leaves = bad.segments[0].leaves;
    CHECK(evidence::check(bad, root).has_error());
  }
  SECTION("a record shown twice") {
    auto bad = good;
    bad.segments.front().leaves.push_back(bad.segments.front().leaves.front());
    CHECK(evidence::check(bad, root).has_error());
  }
}

TEST_CASE("evidence with another receipt, place or time is refused") {
  Lodged at;
  const auto good = must(storage::evidence_of(*at.pc, at.did));
  const auto central = must(storage::evidence_of(*at.city.centre, at.did, at.city.now.wall));
  const auto root = root_of(at.city);

  SECTION("a receipt's time") {
    auto bad = good;
    bad.receipts.front().receipt.time.ms += 1;
    CHECK(fault_of(evidence::check(bad, root)) == Fault::bad_signature);
  }
  SECTION("a receipt of another device") {
    auto other = at.city.enrol("W-VYDA", 2);
    const auto did = save(at.city, other, sample_dossier("H57-3", "B")).did;
    sync(at.city, other);
    auto bad = good;
    bad.receipts = must(storage::evidence_of(*other, did)).receipts;
    bad.policy = at.city.policy();
    for (auto& segment : bad.segments) segment.cover = evidence::Cover{0, {}, true};
    CHECK(fault_of(evidence::check(bad, root)) == Fault::bad_signature);
  }
  SECTION("a receipt that is not there") {
    auto bad = good;
    bad.receipts.clear();
    CHECK(fault_of(evidence::check(bad, root)) == Fault::malformed);
  }
  SECTION("the statements that lead to a head") {
    auto bad = good;
    const auto last = bad.segments.back().statement.statement.incarnation;
    std::erase_if(bad.segments, [&](const auto& segment) { return segment.statement.statement.incarnation == last; });
    bad.segments.front().cover->receipt = static_cast<std::uint32_t>(bad.receipts.size() - 1);
    CHECK(fault_of(evidence::check(bad, root)) == Fault::bad_signature);
  }
  SECTION("a stamp's time, where the log covers it") {
    auto bad = central;
    bad.segments.front().stamp->time.ms -= 1;
    CHECK(fault_of(evidence::check(bad, root)) == Fault::bad_signature);
  }
  SECTION("a place in the log") {
    auto bad = central;
    bad.segments.front().cover->path.front().bytes[0] ^= 1;
    CHECK(fault_of(evidence::check(bad, root)) == Fault::bad_signature);
  }
}

TEST_CASE("evidence of a dossier of several in one segment shows nothing of the others") {
  Lodged at;
  for (const auto& segment : must(storage::evidence_of(*at.pc, at.did)).segments)
    for (const auto& leaf : segment.leaves)
      if (leaf.header) CHECK(record::dossier_of(*leaf.header) == at.did);
}

}  // namespace ward::test
