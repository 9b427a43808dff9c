#include "protocol/keys/keys.hpp"

#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

const auto org = made<OrgId>(1);
const auto did = made<Did>(2);
const UnitCode unit = "W-VYDA";
constexpr Epoch epoch = 3;

struct Keys {
  Array<32> master = filled<32>(7);
  crypto::UnitSeed seed = keys::derive_unit_seed(master, unit, epoch);
  DhKey unit_public = crypto::public_of(keys::unit_secret_of(seed, unit, epoch));
  crypto::DossierKey dossier = made_secret<crypto::DossierKey>(9);
  KeyId id = crypto::key_id_of(dossier);
};

bool opens(const record::GrantBody::Wrap& wrap, const Did& of, const OrgId& in, const crypto::UnitSeed& seed, const Keys& k) {
  const auto opened = keys::unwrap(wrap, of, in, seed, k.id);
  if (opened.has_value()) CHECK(crypto::equal(opened->view(), k.dossier.view()));
  return opened.has_value();
}

}  // namespace

TEST_CASE("keys: the unit itself opens what was wrapped to it, in 64 bytes") {
  const Keys k;
  const auto wrap = keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed);
  CHECK(wrap.unit == unit);
  CHECK(wrap.unit_epoch == epoch);
  CHECK(wrap.wrapped.size() == 64);
  CHECK(opens(wrap, did, org, k.seed, k));
}

TEST_CASE("keys: another unit wraps with the public key alone, in 96 bytes") {
  const Keys k;
  const auto wrap = keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value();
  CHECK(wrap.wrapped.size() == 96);
  CHECK(opens(wrap, did, org, k.seed, k));
}

TEST_CASE("keys: wrapping draws nothing, so that twice gives the same bytes") {
  const Keys k;
  CHECK(keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed) ==
        keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed));
  CHECK(keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value() ==
        keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value());
}

TEST_CASE("keys: an ephemeral differs for each dossier, unit, epoch, organisation and recipient") {
  const Keys k;
  const auto other_public = crypto::public_of(made_secret<crypto::DhSecret>(77));
  const auto ephemeral = [&](const Did& d, const OrgId& o, const UnitCode& u, Epoch e, const DhKey& to) {
    return hex(BytesView(keys::wrap_for_other_unit(k.dossier, d, o, u, e, to).value().wrapped).first(32));
  };
  const auto first = ephemeral(did, org, unit, epoch, k.unit_public);
  CHECK(ephemeral(made<Did>(4), org, unit, epoch, k.unit_public) != first);
  CHECK(ephemeral(did, made<OrgId>(4), unit, epoch, k.unit_public) != first);
  CHECK(ephemeral(did, org, "W-THUA", epoch, k.unit_public) != first);
  CHECK(ephemeral(did, org, unit, epoch + 1, k.unit_public) != first);
  CHECK(ephemeral(did, org, unit, epoch, other_public) != first);
}

TEST_CASE("keys: a wrap opens only for its organisation, dossier, unit, epoch and seed") {
  const Keys k;
  const auto other_seed = keys::derive_unit_seed(k.master, unit, epoch + 1);
  for (const auto& wrap : {keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed),
                           keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value()}) {
    REQUIRE(opens(wrap, did, org, k.seed, k));
    CHECK_FALSE(opens(wrap, made<Did>(4), org, k.seed, k));
    CHECK_FALSE(opens(wrap, did, made<OrgId>(4), k.seed, k));
    CHECK_FALSE(opens(wrap, did, org, other_seed, k));
    auto other_unit = wrap;
    other_unit.unit = "W-THUA";
    CHECK_FALSE(opens(other_unit, did, org, k.seed, k));
    auto other_epoch = wrap;
    ++other_epoch.unit_epoch;
    CHECK_FALSE(opens(other_epoch, did, org, k.seed, k));
  }
}

TEST_CASE("keys: no flipped bit of a wrap opens") {
  const Keys k;
  for (const auto& wrap : {keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed),
                           keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value()}) {
    for_each_flipped_bit(wrap.wrapped, [&](const Bytes& flipped) {
      // The top bit of an X25519 public key is ignored by the curve, but not by the wrap.
      CHECK_FALSE(opens({wrap.unit, wrap.unit_epoch, flipped}, did, org, k.seed, k));
    });
  }
}

TEST_CASE("keys: a wrap of another length is refused as malformed") {
  const Keys k;
  for (const std::size_t size : {0U, 31U, 63U, 65U, 95U, 97U})
    CHECK(fault_of(keys::unwrap({unit, epoch, Bytes(size, 5)}, did, org, k.seed, k.id)) == Fault::malformed);
}

TEST_CASE("keys: a small-order ephemeral or unit key is refused") {
  const Keys k;
  CHECK(fault_of(keys::unwrap({unit, epoch, Bytes(96, 0)}, did, org, k.seed, k.id)) == Fault::bad_signature);
  CHECK(fault_of(keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, DhKey{})) == Fault::bad_signature);
}

TEST_CASE("keys: what opens but is not the key that the grant names is wrong_key") {
  const Keys k;
  const auto wrap = keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed);
  CHECK(fault_of(keys::unwrap(wrap, did, org, k.seed, made<KeyId>(5))) == Fault::wrong_key);
}

TEST_CASE("keys: the grant beside a creating record has one wrap and stands on no event") {
  const Keys k;
  const auto grant = keys::grant_own_unit(k.dossier, did, org, unit, epoch, k.seed);
  CHECK(grant.key_id == k.id);
  CHECK(grant.stands_on.empty());
  REQUIRE(grant.wraps.size() == 1);
  CHECK(opens(grant.wraps[0], did, org, k.seed, k));
}

TEST_CASE("keys: dossier keys of one seed differ by device, incarnation and number") {
  const auto seed = filled<32>(11);
  const Position at{made<DeviceId>(1), made<Incarnation>(2), 5};
  const auto key = [&](const Position& p) { return hex(keys::derive_dossier_key(seed, p).view()); };
  CHECK(key({made<DeviceId>(9), at.incarnation, at.seq}) != key(at));
  CHECK(key({at.device, made<Incarnation>(9), at.seq}) != key(at));
  CHECK(key({at.device, at.incarnation, 6}) != key(at));
  CHECK(hex(keys::derive_dossier_key(filled<32>(12), at).view()) != key(at));
}

TEST_CASE("keys: a unit's seed reaches exactly the device that it was wrapped for") {
  const Keys k;
  const auto sealing = made_secret<crypto::DhSecret>(21);
  const auto device = made<DeviceId>(22);
  const auto wrapped = keys::wrap_seed(k.seed, org, unit, epoch, device, crypto::public_of(sealing)).value();
  CHECK(wrapped.size() == 96);
  CHECK(wrapped == keys::wrap_seed(k.seed, org, unit, epoch, device, crypto::public_of(sealing)).value());
  const auto opened = keys::unwrap_seed(wrapped, org, unit, epoch, device, sealing);
  REQUIRE(opened.has_value());
  CHECK(crypto::equal(opened->view(), k.seed.view()));
  CHECK_FALSE(keys::unwrap_seed(wrapped, org, unit, epoch, made<DeviceId>(23), sealing).has_value());
  CHECK_FALSE(keys::unwrap_seed(wrapped, org, unit, epoch + 1, device, sealing).has_value());
  CHECK_FALSE(keys::unwrap_seed(wrapped, org, "W-THUA", epoch, device, sealing).has_value());
  CHECK_FALSE(keys::unwrap_seed(wrapped, made<OrgId>(4), unit, epoch, device, sealing).has_value());
  CHECK_FALSE(keys::unwrap_seed(wrapped, org, unit, epoch, device, made_secret<crypto::DhSecret>(24)).has_value());
  CHECK(fault_of(keys::unwrap_seed(Bytes(64, 1), org, unit, epoch, device, sealing)) == Fault::malformed);
  for_each_flipped_bit(
      wrapped, [&](const Bytes& flipped) { CHECK_FALSE(keys::unwrap_seed(flipped, org, unit, epoch, device, sealing).has_value()); });
}

TEST_CASE("keys: a wrap of a seed is never a wrap of a dossier key") {
  const Keys k;
  const auto secret = keys::unit_secret_of(k.seed, unit, epoch);
  const auto of_key = keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value();
  // Same recipient, and an id of the same length in the same place: only the labels differ.
  CHECK_FALSE(keys::unwrap_seed(of_key.wrapped, org, unit, epoch, fixed_from<DeviceId>(did.view()), secret).has_value());
}

TEST_CASE("keys: whoever holds a dossier's key opens the earlier one that its grant seals, and nobody else") {
  const Keys k;
  const auto next = made_secret<crypto::DossierKey>(10);
  const auto sealed = keys::seal_before(k.dossier, next, did, org);
  CHECK(sealed.key_id == k.id);
  CHECK(sealed.sealed.size() == 64);
  CHECK(sealed == keys::seal_before(k.dossier, next, did, org));
  CHECK(crypto::equal(keys::open_before(sealed, next, did, org).value().view(), k.dossier.view()));
  CHECK(fault_of(keys::open_before(sealed, k.dossier, did, org)) == Fault::bad_signature);
  CHECK(fault_of(keys::open_before(sealed, next, made<Did>(4), org)) == Fault::bad_signature);
  CHECK(fault_of(keys::open_before(sealed, next, did, made<OrgId>(4))) == Fault::bad_signature);
  CHECK(fault_of(keys::open_before({made<KeyId>(5), sealed.sealed}, next, did, org)) == Fault::wrong_key);
  CHECK(fault_of(keys::open_before({k.id, Bytes(31, 1)}, next, did, org)) == Fault::malformed);
  for_each_flipped_bit(sealed.sealed,
                       [&](const Bytes& flipped) { CHECK_FALSE(keys::open_before({k.id, flipped}, next, did, org).has_value()); });
}

TEST_CASE("keys: the bytes of an earlier key under its successor are those of the golden file") {
  const Keys k;
  const auto next = made_secret<crypto::DossierKey>(10);
  const auto before = keys::seal_before(k.dossier, next, did, org);
  const Position own{made<DeviceId>(22), made<Incarnation>(31), 9};
  record::GrantBody grant{crypto::key_id_of(next),
                          {{own.device, own.incarnation, 8}},
                          {keys::wrap_for_own_unit(next, did, org, unit, epoch, k.seed)},
                          {before}};
  GoldenSheet sheet("keys_before.txt");
  sheet.note("WIRE.md sections 4 and 6: the grant of a key that follows another");
  sheet.put("org", org);
  sheet.put("did", did);
  sheet.put("unit", unit);
  sheet.put("unit_epoch", epoch);
  sheet.put("unit_seed", k.seed.view());
  sheet.put("dossier_key", next.view());
  sheet.put("earlier_key", k.dossier.view());
  sheet.put("sealed", before.sealed);
  sheet.put("grant", record::encode_grant(grant, own));
  sheet.check();
}

TEST_CASE("keys: the bytes are those of the golden file") {
  const Keys k;
  const Position creating{made<DeviceId>(22), made<Incarnation>(31), 5};
  const auto created = keys::derive_dossier_key(filled<32>(11), creating);
  const auto sealing = made_secret<crypto::DhSecret>(21);
  GoldenSheet sheet("keys_wraps.txt");
  sheet.note("WIRE.md section 6: unit seeds, dossier keys and their wraps");
  sheet.put("org", org);
  sheet.put("did", did);
  sheet.put("unit", unit);
  sheet.put("unit_epoch", epoch);
  sheet.put("unit_master", k.master);
  sheet.put("unit_seed", k.seed.view());
  sheet.put("wrap_key", keys::wrap_key_of(k.seed, unit, epoch).view());
  sheet.put("unit_secret", keys::unit_secret_of(k.seed, unit, epoch).view());
  sheet.put("unit_public", k.unit_public);
  sheet.put("dossier_key", k.dossier.view());
  sheet.put("key_id", k.id);
  sheet.put("wrap_own_unit", keys::wrap_for_own_unit(k.dossier, did, org, unit, epoch, k.seed).wrapped);
  sheet.put("wrap_other_unit", keys::wrap_for_other_unit(k.dossier, did, org, unit, epoch, k.unit_public).value().wrapped);
  sheet.put("device", creating.device);
  sheet.put("sealing_secret", sealing.view());
  sheet.put("wrapped_seed", keys::wrap_seed(k.seed, org, unit, epoch, creating.device, crypto::public_of(sealing)).value());
  sheet.put("segment_key_seed", filled<32>(11));
  sheet.put("creating_incarnation", creating.incarnation);
  sheet.put("creating_seq", creating.seq);
  sheet.put("created_dossier_key", created.view());
  sheet.check();
}
