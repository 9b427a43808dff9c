#pragma once

#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "protocol/segment/rows.hpp"
#include "tests/support/made.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace ward::test {

/// One device of one unit that writes an incarnation record, then dossiers (a creating record and its grant), then edits of them: every
/// kind of row.
struct Desk {
  OrgId org = made<OrgId>(1);
  crypto::SignSeed sign = made_secret<crypto::SignSeed>(2);
  SignKey sign_public = crypto::public_of(sign);
  DeviceId device = crypto::device_of(sign_public);
  Incarnation incarnation = made<Incarnation>(3);
  UnitCode unit = "W-VYDA";
  Epoch unit_epoch = 1;
  Array<32> key_seed = filled<32>(4);
  crypto::UnitSeed unit_seed = keys::derive_unit_seed(filled<32>(5), unit, unit_epoch);

  struct Written {
    record::Sealed record;
    Bytes plain;
  };
  std::vector<Written> records;  ///< by seq
  struct Dossier {
    Did did;
    crypto::DossierKey key;
  };
  std::vector<Dossier> dossiers;

  Position here() const { return {device, incarnation, records.size()}; }
  record::Header header(record::Type type, const Did& did) const {
    record::Header out;
    out.type = type;
    out.position = here();
    out.policy_epoch = 6;
    out.did = did;
    out.hlc = Hlc::at({1'785'000'000'000 + static_cast<std::int64_t>(records.size())});
    return out;
  }
  void write(record::Type type, const Did& did, const Bytes& plain, const crypto::DossierKey& key) {
    Written out;
    out.record = record::seal(header(type, did), plain, key, org);
    out.plain = plain;
    out.plain.resize(out.record.header.length);
    records.push_back(std::move(out));
  }
  void write_incarnation() { write(record::Type::incarnation, {}, record::encode_incarnation({{}, "1.0"}), record::open_key(org)); }
  void create_dossier() {
    const auto creating = here();
    auto key = keys::derive_dossier_key(key_seed, creating);
    const auto did = record::did_created_by(creating);
    write(record::Type::change, {}, copy(view("a new dossier " + std::to_string(creating.seq))), key);
    write(record::Type::grant, did, record::encode_grant(keys::grant_own_unit(key, did, org, unit, unit_epoch, unit_seed), here()),
          record::open_key(org));
    dossiers.push_back({did, std::move(key)});
  }
  void edit(std::size_t dossier) {
    const auto& d = dossiers.at(dossier);
    write(record::Type::change, d.did, copy(view("an edit, longer than one block of padding, number " + std::to_string(records.size()))),
          d.key);
  }

  std::vector<std::size_t> order() const {
    std::vector<record::Header> headers;
    for (const auto& written : records) headers.push_back(written.record.header);
    return segment::leaf_order(headers);
  }
  std::vector<Rid> rids() const {
    std::vector<Rid> out;
    for (const auto at : order()) out.push_back(record::rid_of(records[at].record));
    return out;
  }
  segment::SignedStatement statement() const {
    segment::Statement out;
    out.device = device;
    out.incarnation = incarnation;
    out.count = static_cast<std::uint16_t>(records.size());
    out.root = segment::root_of(rids());
    out.policy_epoch = 6;
    return segment::sign(out, org, sign);
  }

  segment::Row open_row(std::size_t seq) const { return segment::OpenRow{records[seq].record.header, records[seq].plain}; }
  segment::Row sealed_row(std::size_t seq) const { return segment::SealedRow{records[seq].record}; }
  segment::Row hash_row(std::size_t seq) const {
    return segment::HashRow{records[seq].record.header, record::body_hash_of(records[seq].record.body)};
  }
  segment::Row grant_row(std::size_t seq) const { return segment::GrantRow{records[seq].record.header, unit, unit_epoch}; }
  bool is_grant(std::size_t seq) const { return records[seq].record.header.type == record::Type::grant; }

  /// The whole segment, without the root, which is not on the wire; `form(seq)` makes each row.
  template <class Form>
  segment::Rows rows(Form&& form) const {
    segment::Rows out;
    out.statement = statement();
    out.statement.statement.root = {};
    for (const auto seq : order()) out.rows.push_back(form(seq));
    return out;
  }
  segment::Rows open_rows() const {
    return rows([&](std::size_t seq) { return open_row(seq); });
  }
  segment::Rows sealed_rows() const {
    return rows([&](std::size_t seq) { return sealed_row(seq); });
  }
  /// As to the centre: own grants computed, dossier keys from the seed.
  segment::Rows rows_to_centre() const {
    auto out = rows([&](std::size_t seq) { return is_grant(seq) ? grant_row(seq) : open_row(seq); });
    out.key_seed = key_seed;
    return out;
  }
  /// The rows whose leaf positions are `positions`, with their proof.
  segment::Rows subset(segment::Rows whole, std::vector<std::uint8_t> positions) const {
    std::vector<segment::Row> some;
    for (const auto at : positions) some.push_back(whole.rows[at]);
    whole.rows = std::move(some);
    whole.subset = segment::subset_of(rids(), std::move(positions));
    return whole;
  }

  segment::KeyRing ring_with_seed() const {
    segment::KeyRing out;
    out.unit_seeds.emplace(std::pair{unit, unit_epoch}, unit_seed.clone());
    return out;
  }
  segment::KeyRing ring_with_keys() const {
    segment::KeyRing out;
    for (const auto& d : dossiers) out.dossier_keys.emplace(crypto::key_id_of(d.key), d.key.clone());
    return out;
  }
};

inline Desk a_busy_desk() {
  Desk out;
  out.write_incarnation();
  out.create_dossier();
  out.create_dossier();
  out.edit(0);
  out.create_dossier();
  out.edit(1);
  out.edit(0);
  return out;
}

}  // namespace ward::test
