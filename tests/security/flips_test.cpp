#include "protocol/log/backup_seal.hpp"
#include "protocol/run/run.hpp"
#include "protocol/segment/elided.hpp"
#include "protocol/sync/messages.hpp"
#include "storage/dossiers.hpp"
#include "tests/protocol/segment/segment_fixture.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <set>

/// Every bit of what is stored and of what is sent, turned over: nothing is taken for what it was not. Every day some of them, with
/// WARD_FLIPS=1 in the environment all. What the link's encryption alone protects (stamps, cursors) is turned over in
/// tests/protocol/engine/script_test.cpp.
namespace ward::test {
namespace {

const UnitCode vyda = "W-VYDA";

/// Tries each bit, or each `daily`th; `takes` says whether the bytes passed for something else than they were.
template <class Takes>
std::size_t flip(const std::string& what, const Bytes& bytes, std::size_t daily, Takes&& takes) {
  const std::size_t step = std::getenv("WARD_FLIPS") != nullptr ? 1 : daily;
  std::size_t tried = 0;
  for (std::size_t bit = (bytes.size() * 7) % step; bit < 8 * bytes.size(); bit += step, ++tried) {
    auto flipped = bytes;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    if (takes(flipped)) FAIL_CHECK(what << ": taken with bit " << bit << " of " << 8 * bytes.size() << " turned over");
  }
  REQUIRE(tried > 0);
  return tried;
}

/// A ward with two dossiers, one of them edited, whose segments wait; and another PC of the ward.
struct Lodged {
  City city;
  Pc pc = city.enrol(vyda, 1);
  Pc other = city.enrol(vyda, 2);

  Lodged() {
    const auto did = save(city, pc, sample_dossier("H57-1", "Nguyễn Thị Ánh")).did;
    (void)save(city, pc, edit(did, {set("SoDienThoai", "0900000001")}));
    (void)save(city, pc, sample_dossier("H57-2", "Trần Văn Bình"));
  }
  [[nodiscard]] segment::KeyRing ring() const {
    segment::KeyRing out;
    out.unit_seeds.emplace(std::pair{vyda, Epoch{0}}, keys::derive_unit_seed(city.keys.unit_master, vyda, 0));
    return out;
  }
  [[nodiscard]] const SignKey& signer() { return city.centre->store().policy.device(pc->membership().device)->device.sign; }
};

struct Meaning {
  segment::Statement statement;
  std::vector<record::Sealed> records;
  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// What a receiver ends up with: nothing when anything of it does not verify.
std::optional<std::vector<Meaning>> meaning_of(Result<std::vector<segment::Rows>> segments, const OrgId& org, const SignKey& signer,
                                               segment::KeyRing ring) {
  if (segments.has_error()) return std::nullopt;
  std::vector<Meaning> out;
  for (auto& rows : *segments) {
    // As a store does that holds nothing yet.
    if (rows.elided.dossiers && !segment::name_dossiers(rows, [](const Position&) { return std::optional<segment::Holding>(); }))
      return std::nullopt;
    auto verified = segment::verify_rows(rows, org, signer, ring);
    if (verified.has_error()) return std::nullopt;
    auto& meaning = out.emplace_back();
    meaning.statement = rows.statement.statement;
    for (auto& one : *verified) meaning.records.push_back(std::move(one.record));
  }
  return out;
}

std::size_t flip_run(const std::string& what, const std::vector<segment::Rows>& rows, const OrgId& org, const SignKey& signer,
                     const std::function<segment::KeyRing()>& ring) {
  const auto run = run::encode_run(rows);
  const auto meant = meaning_of(run::decode_run(run), org, signer, ring());
  REQUIRE(meant);
  return flip(what, run, 17, [&](BytesView bytes) {
    const auto got = meaning_of(run::decode_run(bytes), org, signer, ring());
    return got && *got != *meant;
  });
}

/// The columns of a data file that hold what seals, ids or signatures protect.
struct Column {
  const char *table, *name, *where;
};

/// Statements are kept by their text, which must outlive them.
std::string_view lasting(std::string sql) {
  static std::set<std::string> texts;
  return *texts.insert(std::move(sql)).first;
}

std::vector<std::pair<std::int64_t, Bytes>> values_of(storage::Store& store, const Column& column) {
  const std::string name = column.name;
  const auto sql =
      lasting("SELECT " + std::string(column.where) + ", " + name + " FROM " + column.table + " WHERE " + name + " IS NOT NULL");
  return must(store.db.read("values", [&]() -> Result<std::vector<std::pair<std::int64_t, Bytes>>> {
    std::vector<std::pair<std::int64_t, Bytes>> out;
    auto found = store.db.query(sql);
    while (found.step()) out.emplace_back(found.number(0), copy(found.bytes(1)));
    return out;
  }));
}

void put(storage::Store& store, const Column& column, std::int64_t row, BytesView bytes) {
  const auto sql = lasting("UPDATE " + std::string(column.table) + " SET " + column.name + " = ? WHERE " + column.where + " = ?");
  must(store.db.transact("put", [&]() -> Result<void> {
    store.db.query(sql).bind(bytes).bind(row).run();
    return {};
  }));
}

bool passes_for_sound(storage::Store& store) {
  const auto verified = storage::verify_store(store);
  return verified.has_value() && verified->damage.empty();
}

}  // namespace

TEST_CASE("flips: no bit of a sent record, segment or proof can be another") {
  Lodged at;
  const auto& org = at.city.centre->store().org;
  const auto ring = [&] { return at.ring(); };
  std::size_t tried = 0;
  for (const bool sealed : {false, true}) {
    const auto rows = must(at.pc->read_outbox({4, limits::segment_records_max, sealed}, at.city.now)).rows;
    tried += flip_run(sealed ? "push, sealed" : "push", rows, org, at.signer(), ring);
    if (!sealed) continue;  // a small segment's changes are sealed
    REQUIRE(rows.size() == 1);
    const auto small = run::encode_small(rows.front());
    const auto device = at.pc->membership().device;
    const auto as_run = [&](BytesView bytes) -> Result<std::vector<segment::Rows>> {
      WARD_TRY(auto one, run::decode_small(bytes, device));
      std::vector<segment::Rows> out;
      out.push_back(std::move(one));
      return out;
    };
    const auto meant = meaning_of(as_run(small), org, at.signer(), at.ring());
    REQUIRE(meant);
    tried += flip("small segment", small, 17, [&](BytesView bytes) {
      const auto got = meaning_of(as_run(bytes), org, at.signer(), at.ring());
      return got && *got != *meant;
    });
  }
  sync(at.city, at.pc);
  const auto delivered = must(at.city.centre->read_delivery({at.other->membership().device, 0, 1 << 20, false, true, 0})).rows;
  REQUIRE_FALSE(delivered.empty());
  tried += flip_run("delivery", delivered, org, at.signer(), ring);

  const auto desk = a_busy_desk();
  const auto desk_ring = [&] { return desk.ring_with_seed(); };
  tried += flip_run("run to the centre", {desk.rows_to_centre()}, desk.org, desk.sign_public, desk_ring);
  tried += flip_run("subset", {desk.subset(desk.sealed_rows(), {1, 4})}, desk.org, desk.sign_public, desk_ring);
  WARN(tried << " bits of segments on the way: none passed for another");
}

TEST_CASE("flips: no bit of a sealed record can be another") {
  std::size_t tried = 0;
  const auto desk = a_busy_desk();
  for (const auto& written : desk.records) {
    auto bytes = copy(record::encode_header(written.record.header));
    append(bytes, written.record.body);
    tried += flip("record", bytes, 17, [&](BytesView flipped) {
      const auto header = record::decode_header(flipped.first(record::header_size));
      if (header.has_error()) return false;
      const record::Sealed one{*header, copy(flipped.subspan(record::header_size))};
      if (record::rid_of(one) == record::rid_of(written.record)) return true;
      const auto opens = [&](const crypto::DossierKey& key) { return record::open(one, key, desk.org).has_value(); };
      return opens(record::open_key(desk.org)) ||
             std::any_of(desk.dossiers.begin(), desk.dossiers.end(), [&](const auto& dossier) { return opens(dossier.key); });
    });
  }

  WARN(tried << " bits of sealed records: none passed for another");
}

TEST_CASE("flips: no bit of a receipt, policy entry, cursor, request or backup's seal can be another") {
  Lodged at;
  const auto& org = at.city.centre->store().org;
  std::size_t tried = 0;
  const auto& receipt_key = at.city.keys.receipt;
  const log::DeviceHead head{made<Incarnation>(5), 7, made<Hash>(6)};
  const log::Receipt receipt{
      org, log::Role::registry, made<Incarnation>(1), 70'000, made<Hash>(2), at.city.now.wall, 60'000, at.pc->membership().device, {head}};
  const auto signature = log::sign(receipt, receipt_key);
  for (const bool in_short : {false, true}) {
    auto bytes = in_short ? log::encode_short(receipt) : log::encode_receipt(receipt);
    append(bytes, signature.view());
    tried += flip("receipt", bytes, 5, [&](BytesView flipped) {
      const auto body = flipped.first(flipped.size() - Signature::size);
      const auto got = in_short ? log::decode_short(body, org, receipt.device) : log::decode_receipt(body);
      return got.has_value() &&
             log::verify(*got, fixed_from<Signature>(flipped.last(Signature::size)), crypto::public_of(receipt_key)).has_value();
    });
  }

  const auto entries = at.city.policy();
  auto log = *policy::PolicyLog::start(entries.front());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) REQUIRE(policy::PolicyLog(log).append(entries[i]).has_value());
    tried += flip("policy entry " + std::to_string(i), policy::encode_entry(entries[i]), 17, [&](BytesView flipped) {
      const auto entry = policy::decode_entry(flipped);
      if (entry.has_error()) return false;
      return i == 0 ? policy::PolicyLog::start(*entry, org).has_value() : policy::PolicyLog(log).append(*entry).has_value();
    });
    if (i > 0) REQUIRE(log.append(entries[i]).has_value());
  }

  const sync::Ends ends{org, at.pc->membership().device};
  sync::Applied applied{70'000, {made<Did>(1), made<Did>(2)}, {}};
  applied.signature = sync::sign_applied(applied, org, receipt_key);
  tried += flip("applied", sync::encode_message(applied), 5, [&](BytesView flipped) {
    const auto message = sync::decode_message(flipped, ends);
    const auto* got = message.has_value() ? std::get_if<sync::Applied>(&*message) : nullptr;
    return got != nullptr && sync::verify_applied(*got, org, crypto::public_of(receipt_key)).has_value();
  });

  const auto handshake = made<Hash>(9);
  const auto& own = at.pc.keys.device;
  sync::EnrolRequest request{crypto::public_of(own.sign), crypto::public_of(own.noise), crypto::public_of(own.sealing), "", {}};
  request.signature = crypto::sign(own.sign, sync::enrol_prefix, sync::enrol_signed_bytes(handshake, request));
  tried += flip("enrol request", sync::encode_message(request), 5, [&](BytesView flipped) {
    const auto message = sync::decode_message(flipped, ends);
    const auto* got = message.has_value() ? std::get_if<sync::EnrolRequest>(&*message) : nullptr;
    return got != nullptr && got->label.empty() &&
           crypto::verify(got->sign, sync::enrol_prefix, sync::enrol_signed_bytes(handshake, *got), got->signature).has_value();
  });

  const log::BackupSeal seal{org, made<Incarnation>(2), 70'000, made<Hash>(3), 41, at.city.now.wall, 3'000'000, made<Hash>(4)};
  tried += flip("backup's seal", log::encode_backup_trailer(seal, receipt_key), 5,
                [&](BytesView flipped) { return log::decode_backup_trailer(flipped, crypto::public_of(receipt_key)).has_value(); });
  WARN(tried << " bits of what is signed: none passed for another");
}

TEST_CASE("flips: no bit that the disk turns over stays unnoticed, at a ward and at the centre") {
  Lodged at;
  sync(at.city, at.pc);
  sync(at.city, at.other);
  std::size_t tried = 0;
  const auto each = [&](storage::Store& store, const std::string& site) {
    REQUIRE(passes_for_sound(store));
    for (const Column& column :
         {Column{"record", "header", "id"}, Column{"record", "body", "id"}, Column{"record", "rid", "id"},
          Column{"segment", "statement", "id"}, Column{"segment", "signature", "id"}, Column{"segment", "hash", "id"},
          Column{"policy", "entry", "epoch"}, Column{"receipt", "receipt", "writer"}, Column{"receipt", "signature", "writer"},
          Column{"state", "sealed", "dossier"}, Column{"words", "hashes", "dossier"}, Column{"dossier_key", "sealed", "dossier"}}) {
      for (const auto& [row, value] : values_of(store, column)) {
        tried += flip(site + ", " + column.table + "." + column.name, value, 199, [&, row = row](BytesView flipped) {
          put(store, column, row, flipped);
          store.keys.dossier_keys.clear();  // those that it holds in memory hide the disk's
          return passes_for_sound(store);
        });
        put(store, column, row, value);
      }
    }
    REQUIRE(passes_for_sound(store));
  };
  each(at.pc->store(), "ward");
  each(at.city.centre->store(), "centre");
  WARN(tried << " stored bits: none stayed unnoticed");
}

TEST_CASE("flips: what the centre's disk turned over reaches no ward") {
  Lodged at;
  sync(at.city, at.pc);
  auto& store = at.city.centre->store();
  const auto org = store.org;
  const auto signer = at.signer();
  const auto told = [&]() -> std::optional<std::vector<Meaning>> {
    must(store.db.transact("forget", [&]() -> Result<void> {
      store.db.run("DELETE FROM damaged");
      return {};
    }));
    auto read = at.city.centre->read_delivery({at.other->membership().device, 0, 1 << 20, false, true, 0});
    if (read.has_error()) return std::nullopt;
    return meaning_of(std::move(read->rows), org, signer, at.ring());
  };
  const auto truth = told();
  REQUIRE((truth && truth->size() == 1 && truth->front().records.size() > 3));
  // A record may be withheld, and a root that is computed anew says nothing; what is told is what was written.
  const auto is_true = [&](const Meaning& meaning) {
    const auto& records = truth->front().records;
    return meaning.statement == truth->front().statement &&
           std::all_of(meaning.records.begin(), meaning.records.end(),
                       [&](const auto& one) { return std::find(records.begin(), records.end(), one) != records.end(); });
  };
  std::size_t tried = 0;
  for (const Column& column : {Column{"record", "header", "id"}, Column{"record", "body", "id"}, Column{"record", "rid", "id"},
                               Column{"segment", "statement", "id"}, Column{"segment", "signature", "id"}}) {
    for (const auto& [row, value] : values_of(store, column)) {
      tried += flip(std::string("centre, ") + column.table + "." + column.name, value, 97, [&, row = row](BytesView flipped) {
        put(store, column, row, flipped);
        const auto got = told();
        return got && !std::all_of(got->begin(), got->end(), is_true);
      });
      put(store, column, row, value);
    }
  }
  REQUIRE(told());  // what was set aside for a turned bit is whole again
  sync(at.city, at.other);
  CHECK(all_states(at.other->store()) == all_states(store));
  WARN(tried << " bits at the centre: none reached a ward");
}

}  // namespace ward::test
