#include "segment_fixture.hpp"

#include "protocol/base/overloaded.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <random>

using namespace ward;
using namespace ward::test;

namespace {

Result<std::vector<segment::Verified>> verify(segment::Rows rows, const Desk& desk, segment::KeyRing& ring) {
  return segment::verify_rows(rows, desk.org, desk.sign_public, ring);
}
Fault refused(const segment::Rows& rows, const Desk& desk, segment::KeyRing ring) { return fault_of(verify(rows, desk, ring)); }
segment::KeyRing full_ring(const Desk& desk) {
  auto out = desk.ring_with_keys();
  out.unit_seeds.emplace(std::pair{desk.unit, desk.unit_epoch}, desk.unit_seed.clone());
  return out;
}

/// Every verified record is, bit for bit, the one that was written.
void check_records(const std::vector<segment::Verified>& verified, const Desk& desk) {
  for (const auto& v : verified) {
    const auto& written = desk.records.at(v.record.header.position.seq).record;
    CHECK(v.record == written);
    CHECK(v.rid == record::rid_of(written));
    CHECK(v.body_hash == record::body_hash_of(written.body));
  }
}

}  // namespace

TEST_CASE("rows: whichever form they have, the receiver gets the identical sealed records") {
  const auto desk = a_busy_desk();
  for (const auto& rows : {desk.open_rows(), desk.sealed_rows(), desk.rows_to_centre()}) {
    auto ring = full_ring(desk);
    const auto verified = verify(rows, desk, ring);
    REQUIRE(verified.has_value());
    REQUIRE(verified->size() == desk.records.size());
    check_records(*verified, desk);
    for (std::size_t i = 0; i < verified->size(); ++i) CHECK((*verified)[i].leaf == i);
  }
}

TEST_CASE("rows: the root is computed and written into the statement") {
  const auto desk = a_busy_desk();
  auto rows = desk.sealed_rows();
  segment::KeyRing ring;
  REQUIRE(segment::verify_rows(rows, desk.org, desk.sign_public, ring).has_value());
  CHECK(rows.statement == desk.statement());
  rows.statement.statement.root = made<Hash>(9);
  CHECK(segment::verify_rows(rows, desk.org, desk.sign_public, ring).has_value());
  CHECK(rows.statement == desk.statement());
}

TEST_CASE("rows: a hash row stands for a body that is gone") {
  const auto desk = a_busy_desk();
  segment::KeyRing ring;
  const auto verified =
      verify(desk.rows([&](std::size_t seq) { return seq == 3 ? desk.hash_row(seq) : desk.sealed_row(seq); }), desk, ring);
  REQUIRE(verified.has_value());
  for (const auto& v : *verified) {
    CHECK(v.rid == record::rid_of(desk.records[v.record.header.position.seq].record));
    CHECK(v.record.body.empty() == (v.record.header.position.seq == 3));
  }
}

TEST_CASE("rows: the centre needs the units' seeds and the segment's key seed, nothing else, and keeps the dossier keys") {
  const auto desk = a_busy_desk();
  auto ring = desk.ring_with_seed();
  REQUIRE(verify(desk.rows_to_centre(), desk, ring).has_value());
  CHECK(ring.dossier_keys.size() == desk.dossiers.size());
  for (const auto& d : desk.dossiers) CHECK(crypto::equal(ring.dossier_keys.at(crypto::key_id_of(d.key)).view(), d.key.view()));
}

TEST_CASE("rows: grants teach their dossier keys to a holder of the unit's seed, in any order of the rows") {
  const auto desk = a_busy_desk();
  std::mt19937 random(7);  // a fixed seed: the same orders on every run
  for (int round = 0; round < 20; ++round) {
    for (const bool sealed_grants : {false, true}) {
      auto rows =
          desk.rows([&](std::size_t seq) { return sealed_grants && desk.is_grant(seq) ? desk.sealed_row(seq) : desk.open_row(seq); });
      auto rids = desk.rids();
      std::vector<std::size_t> order(rows.rows.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      std::shuffle(order.begin(), order.end(), random);
      std::vector<segment::Row> shuffled;
      std::vector<Rid> shuffled_rids;
      for (const auto i : order) {
        shuffled.push_back(rows.rows[i]);
        shuffled_rids.push_back(rids[i]);
      }
      rows.rows = std::move(shuffled);
      rows.statement.statement.root = segment::root_of(shuffled_rids);
      rows.statement = segment::sign(rows.statement.statement, desk.org, desk.sign);
      auto ring = desk.ring_with_seed();
      const auto verified = verify(rows, desk, ring);
      REQUIRE(verified.has_value());
      check_records(*verified, desk);
      CHECK(ring.dossier_keys.size() == desk.dossiers.size());
    }
  }
}

TEST_CASE("rows: a grant to another unit teaches its key to that unit") {
  Desk desk;
  const auto other_seed = keys::derive_unit_seed(filled<32>(5), "W-THUA", 2);
  const auto other_public = crypto::public_of(keys::unit_secret_of(other_seed, "W-THUA", 2));
  const auto key = made_secret<crypto::DossierKey>(70);
  const auto did = made<Did>(71);
  desk.write(record::Type::change, did, copy(view("routed")), key);
  record::GrantBody grant{crypto::key_id_of(key), {}, {keys::wrap_for_other_unit(key, did, desk.org, "W-THUA", 2, other_public).value()}};
  desk.write(record::Type::grant, did, record::encode_grant(grant, desk.here()), record::open_key(desk.org));
  segment::KeyRing theirs;
  theirs.unit_seeds.emplace(std::pair{UnitCode("W-THUA"), Epoch{2}}, other_seed.clone());
  REQUIRE(verify(desk.open_rows(), desk, theirs).has_value());
  CHECK(theirs.dossier_keys.contains(crypto::key_id_of(key)));
  CHECK(refused(desk.open_rows(), desk, desk.ring_with_seed()) == Fault::missing_key);
}

TEST_CASE("rows: a wrap that does not open is passed over; what needs its key says so") {
  Desk desk;
  const auto key = made_secret<crypto::DossierKey>(70);
  const auto did = made<Did>(71);
  auto wrap = keys::wrap_for_own_unit(key, did, desk.org, desk.unit, desk.unit_epoch, desk.unit_seed);
  wrap.wrapped[5] ^= 1U;
  desk.write(record::Type::grant, did, record::encode_grant({crypto::key_id_of(key), {}, {wrap}}, desk.here()), record::open_key(desk.org));
  auto ring = desk.ring_with_seed();
  REQUIRE(verify(desk.open_rows(), desk, ring).has_value());
  CHECK(ring.dossier_keys.empty());
  desk.write(record::Type::change, did, copy(view("an edit")), key);
  CHECK(refused(desk.open_rows(), desk, desk.ring_with_seed()) == Fault::missing_key);
}

TEST_CASE("rows: a grant body that does not decode is carried all the same") {
  Desk desk;
  desk.write(record::Type::grant, made<Did>(71), Bytes(100, 0xee), record::open_key(desk.org));
  auto ring = desk.ring_with_seed();
  CHECK(verify(desk.open_rows(), desk, ring).has_value());
}

TEST_CASE("rows: keys that are missing are named so, and nothing is learned from rows that do not verify") {
  const auto desk = a_busy_desk();
  CHECK(refused(desk.open_rows(), desk, {}) == Fault::missing_key);
  CHECK(refused(desk.rows_to_centre(), desk, {}) == Fault::missing_key);
  CHECK(refused(desk.rows_to_centre(), desk, desk.ring_with_keys()) == Fault::missing_key);
  auto without_seed = desk.rows_to_centre();
  without_seed.key_seed.reset();
  CHECK(refused(without_seed, desk, desk.ring_with_seed()) == Fault::missing_key);
  auto with_another_seed = desk.rows_to_centre();
  with_another_seed.key_seed = filled<32>(99);
  CHECK(refused(with_another_seed, desk, desk.ring_with_seed()) == Fault::missing_key);
  for (auto rows : {desk.rows_to_centre(), desk.open_rows()}) {
    rows.statement.signature.bytes[0] ^= 1U;
    auto ring = desk.ring_with_seed();
    CHECK(fault_of(verify(rows, desk, ring)) == Fault::bad_signature);
    CHECK(ring.dossier_keys.empty());
  }
}

TEST_CASE("rows: a grant row needs its creating record beside it") {
  const auto desk = a_busy_desk();
  const auto order = desk.order();
  std::vector<std::uint8_t> positions;
  for (std::size_t leaf = 0; leaf < order.size(); ++leaf)
    if (desk.is_grant(order[leaf])) positions.push_back(static_cast<std::uint8_t>(leaf));
  CHECK(refused(desk.subset(desk.rows_to_centre(), positions), desk, full_ring(desk)) == Fault::malformed);
}

TEST_CASE("rows: no flipped bit of any row verifies, in any of its forms") {
  Desk desk;
  desk.write_incarnation();
  desk.create_dossier();
  desk.edit(0);
  const auto ring = [&] { return full_ring(desk); };
  const auto check_refused = [&](segment::Rows rows, std::size_t at, segment::Row row) {
    rows.rows[at] = std::move(row);
    auto keys = ring();
    REQUIRE(verify(std::move(rows), desk, keys).has_error());
  };
  const auto check_header = [&](const segment::Rows& rows, std::size_t at, const record::Header& header, auto&& with_header) {
    for_each_flipped_bit(copy(record::encode_header(header)), [&](const Bytes& flipped) {
      const auto decoded = record::decode_header(flipped);
      if (decoded.has_value()) check_refused(rows, at, with_header(*decoded));
    });
  };
  const auto hashed = desk.rows([&](std::size_t seq) { return desk.hash_row(seq); });
  for (const auto& rows : {desk.open_rows(), desk.sealed_rows(), desk.rows_to_centre(), hashed}) {
    for (std::size_t at = 0; at < rows.rows.size(); ++at) {
      std::visit(
          overloaded{[&](const segment::OpenRow& row) {
                       check_header(rows, at, row.header, [&](const record::Header& h) { return segment::OpenRow{h, row.plain}; });
                       for_each_flipped_bit(row.plain, [&](const Bytes& b) { check_refused(rows, at, segment::OpenRow{row.header, b}); });
                     },
                     [&](const segment::SealedRow& row) {
                       check_header(rows, at, row.record.header,
                                    [&](const record::Header& h) { return segment::SealedRow{{h, row.record.body}}; });
                       for_each_flipped_bit(row.record.body,
                                            [&](const Bytes& b) { check_refused(rows, at, segment::SealedRow{{row.record.header, b}}); });
                     },
                     [&](const segment::HashRow& row) {
                       check_header(rows, at, row.header, [&](const record::Header& h) { return segment::HashRow{h, row.body_hash}; });
                       for_each_flipped_bit(copy(row.body_hash.view()), [&](const Bytes& b) {
                         check_refused(rows, at, segment::HashRow{row.header, fixed_from<Hash>(b)});
                       });
                     },
                     [&](const segment::GrantRow& row) {
                       check_header(rows, at, row.header,
                                    [&](const record::Header& h) { return segment::GrantRow{h, row.unit, row.unit_epoch}; });
                       check_refused(rows, at, segment::GrantRow{row.header, "W-OTHER", row.unit_epoch});
                       check_refused(rows, at, segment::GrantRow{row.header, row.unit, row.unit_epoch + 1});
                     }},
          rows.rows[at]);
    }
  }
}

TEST_CASE("rows: no flipped bit of the statement, but for the root that is computed, verifies") {
  const auto desk = a_busy_desk();
  auto rows = desk.sealed_rows();
  const auto root = desk.statement().statement.root;
  for_each_flipped_bit(segment::encode_statement(desk.statement().statement), [&](const Bytes& flipped) {
    Reader from(flipped);
    auto statement = segment::read_statement(from);
    if (!from.ok() || statement.root != root) return;
    rows.statement.statement = statement;
    segment::KeyRing ring;
    REQUIRE(verify(rows, desk, ring).has_error());
  });
  rows = desk.sealed_rows();
  for_each_flipped_bit(copy(rows.statement.signature.view()), [&](const Bytes& flipped) {
    auto damaged = rows;
    damaged.statement.signature = fixed_from<Signature>(flipped);
    REQUIRE(refused(damaged, desk, {}) == Fault::bad_signature);
  });
}

TEST_CASE("rows: of another device or organisation, or under another device's key, they are refused") {
  const auto desk = a_busy_desk();
  auto rows = desk.sealed_rows();
  segment::KeyRing ring;
  CHECK(fault_of(segment::verify_rows(rows, desk.org, crypto::public_of(made_secret<crypto::SignSeed>(99)), ring)) == Fault::wrong_key);
  CHECK(fault_of(segment::verify_rows(rows, made<OrgId>(99), desk.sign_public, ring)) == Fault::bad_signature);
  rows = desk.sealed_rows();
  rows.statement.statement.device = made<DeviceId>(99);
  CHECK(fault_of(segment::verify_rows(rows, desk.org, desk.sign_public, ring)) == Fault::malformed);
}

TEST_CASE("rows: a seq that is missing, doubled or foreign is refused, and so is a changed order") {
  const auto desk = a_busy_desk();
  const auto whole = desk.sealed_rows();
  auto rows = whole;
  rows.rows.pop_back();
  CHECK(refused(rows, desk, {}) == Fault::malformed);
  rows = whole;
  rows.rows.back() = rows.rows.front();
  CHECK(refused(rows, desk, {}) == Fault::malformed);
  rows = whole;
  rows.rows.push_back(rows.rows.front());
  CHECK(refused(rows, desk, {}) == Fault::malformed);
  rows = whole;
  std::swap(rows.rows[0], rows.rows[1]);
  CHECK(refused(rows, desk, {}) == Fault::bad_signature);
  rows = whole;
  rows.rows.clear();
  CHECK(refused(rows, desk, {}) == Fault::malformed);
  for (const int what : {0, 1, 2}) {
    rows = whole;
    auto foreign = std::get<segment::SealedRow>(rows.rows[2]);
    if (what == 0) foreign.record.header.position.device = made<DeviceId>(99);
    if (what == 1) foreign.record.header.position.incarnation = made<Incarnation>(99);
    if (what == 2) foreign.record.header.position.seq += 1000;
    rows.rows[2] = foreign;
    CHECK(refused(rows, desk, {}) == Fault::malformed);
  }
  rows = whole;
  rows.statement.statement.count = 300;
  CHECK(refused(rows, desk, {}) == Fault::malformed);
}

TEST_CASE("rows: more of them than a segment may hold are refused before anything is computed") {
  const auto desk = a_busy_desk();
  auto rows = desk.rows([&](std::size_t seq) { return desk.hash_row(seq); });
  const auto one = std::get<segment::HashRow>(rows.rows[0]);
  rows.rows.clear();
  for (Seq seq = 0; seq <= 256; ++seq) {
    auto row = one;
    row.header.position.seq = seq;
    rows.rows.push_back(row);
  }
  rows.statement.statement.count = 257;
  CHECK(refused(rows, desk, {}) == Fault::malformed);
}

TEST_CASE("rows: bodies of another length than their header says are refused") {
  const auto desk = a_busy_desk();
  const auto open = desk.open_rows();
  for (const auto& [size, claimed] :
       {std::pair{std::size_t{0}, Fault::malformed}, {std::size_t{31}, Fault::bad_signature}, {std::size_t{65'536}, Fault::malformed}}) {
    auto rows = open;
    auto& row = std::get<segment::OpenRow>(rows.rows[0]);
    row.plain.resize(size);
    CHECK(refused(rows, desk, full_ring(desk)) == Fault::malformed);
    row.header.length = static_cast<std::uint32_t>(size);
    CHECK(refused(rows, desk, full_ring(desk)) == claimed);
  }
  auto rows = desk.sealed_rows();
  std::get<segment::SealedRow>(rows.rows[0]).record.body.push_back(0);
  CHECK(refused(rows, desk, {}) == Fault::malformed);
}

TEST_CASE("rows: every subset verifies with its proof, and with no other's") {
  const auto desk = a_busy_desk();
  const auto size = desk.records.size();
  REQUIRE(size == 10);
  for (unsigned mask = 1; mask < (1U << size); mask += 7) {
    std::vector<std::uint8_t> positions;
    for (std::size_t i = 0; i < size; ++i)
      if ((mask >> i & 1U) != 0) positions.push_back(static_cast<std::uint8_t>(i));
    const auto rows = desk.subset(desk.sealed_rows(), positions);
    segment::KeyRing ring;
    const auto verified = verify(rows, desk, ring);
    REQUIRE(verified.has_value());
    check_records(*verified, desk);
    for (std::size_t i = 0; i < positions.size(); ++i) CHECK((*verified)[i].leaf == positions[i]);
    auto shifted = rows;
    if (shifted.subset->positions.back() + 1U >= size) continue;
    ++shifted.subset->positions.back();
    CHECK(verify(shifted, desk, ring).has_error());
  }
}

TEST_CASE("rows: leaves lie by dossier, then seq, those of no dossier first") {
  const auto desk = a_busy_desk();
  const auto order = desk.order();
  CHECK(order.front() == 0);
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto& before = desk.records[order[i - 1]].record.header;
    const auto& after = desk.records[order[i]].record.header;
    CHECK(std::pair(record::dossier_of(before), before.position.seq) < std::pair(record::dossier_of(after), after.position.seq));
  }
}

TEST_CASE("rows: a key that the sender gives opens the rows under it, and is kept only when everything verifies") {
  const auto desk = a_busy_desk();
  auto rows = desk.open_rows();
  for (const auto& dossier : desk.dossiers) {
    auto& key = rows.keys.emplace_back();
    std::copy_n(dossier.key.view().begin(), key.size(), key.begin());
  }
  segment::KeyRing ring;
  const auto verified = verify(rows, desk, ring);
  REQUIRE(verified.has_value());
  check_records(*verified, desk);
  CHECK(ring.dossier_keys.size() == desk.dossiers.size());

  auto forged = rows;
  forged.statement.signature.bytes[0] ^= 1U;
  segment::KeyRing untouched;
  CHECK(verify(forged, desk, untouched).has_error());
  CHECK(untouched.dossier_keys.empty());
  auto wrong = rows;
  wrong.keys.front()[0] ^= 1U;
  CHECK(refused(wrong, desk, {}) == Fault::missing_key);
}

TEST_CASE("rows: a grant opens the earlier keys that it seals, and those open theirs, in whatever order they come") {
  auto desk = a_busy_desk();
  const auto& first = desk.dossiers.front();
  auto second = made_secret<crypto::DossierKey>(50);
  auto third = made_secret<crypto::DossierKey>(60);
  const UnitCode other = "W-THUA";
  const auto seed = keys::derive_unit_seed(filled<32>(5), other, 0);
  const auto other_public = crypto::public_of(keys::unit_secret_of(seed, other, 0));
  const auto grant = [&](const crypto::DossierKey& key, record::GrantBody::Wrap wrap, std::vector<record::GrantBody::Before> before) {
    const record::GrantBody body{crypto::key_id_of(key), {}, {std::move(wrap)}, std::move(before)};
    desk.write(record::Type::grant, first.did, record::encode_grant(body, desk.here()), record::open_key(desk.org));
  };
  const auto to_other = [&](const crypto::DossierKey& key) {
    return keys::wrap_for_other_unit(key, first.did, desk.org, other, 0, other_public).value();
  };
  const auto to_own = [&](const crypto::DossierKey& key) {
    return keys::wrap_for_own_unit(key, first.did, desk.org, desk.unit, desk.unit_epoch, desk.unit_seed);
  };
  grant(second, to_own(second), {keys::seal_before(first.key, second, first.did, desk.org)});
  grant(third, to_other(third), {keys::seal_before(second, third, first.did, desk.org)});
  const auto rows = desk.sealed_rows();
  segment::KeyRing ring;
  ring.unit_seeds.emplace(std::pair{other, Epoch{0}}, seed.clone());
  REQUIRE(verify(rows, desk, ring).has_value());
  CHECK(ring.dossier_keys.size() == 3);
  CHECK(crypto::equal(ring.dossier_keys.at(crypto::key_id_of(first.key)).view(), first.key.view()));

  segment::KeyRing own = desk.ring_with_seed();
  REQUIRE(verify(rows, desk, own).has_value());
  CHECK(own.dossier_keys.contains(crypto::key_id_of(second)));
  CHECK_FALSE(own.dossier_keys.contains(crypto::key_id_of(third)));
}
