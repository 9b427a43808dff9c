#include "protocol/keys/keys.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/siv.hpp"

namespace ward::keys {
namespace {

constexpr std::size_t own_size = 64;    ///< C ‖ T of 32 bytes
constexpr std::size_t other_size = 96;  ///< ephemeral public key, then the same

/// Everything that a wrap is bound to besides its keys. The unit's code is the one part of open length, so it goes last.
struct Context {
  Bytes bytes;

  Context(const OrgId& org, BytesView whom, const UnitCode& unit, Epoch unit_epoch) {
    Writer out;
    out.raw(org);
    out.raw(whom);
    out.u32(unit_epoch);
    out.raw(view(unit));
    bytes = std::move(out).take();
  }
};

/// The labels of one kind of wrap: none is shared, so that no wrap can pass for one of the other kind.
struct Labels {
  std::string_view ephemeral, agreed, key, siv;
};
constexpr Labels dossier_labels{"wsync-wrap-eph", "wsync-wrap-dh", "wsync-wrap-key", "wsync-wrap-siv"};
constexpr Labels seed_labels{"wsync-seed-eph", "wsync-seed-dh", "wsync-seed-key", "wsync-seed-siv"};
constexpr Labels before_labels{{}, {}, "wsync-before-key", "wsync-before-siv"};
constexpr Labels held_labels{{}, {}, "wsync-held-key", "wsync-held-siv"};

template <class S>
S derive(std::string_view label, BytesView key, std::initializer_list<BytesView> context) {
  S out;
  crypto::blake2b(out.mutable_view(), label, key, context);
  return out;
}

Bytes unit_context(const UnitCode& unit, Epoch unit_epoch) {
  Writer out;
  out.raw(view(unit));
  out.u32(unit_epoch);
  return std::move(out).take();
}

Bytes siv_wrap(const Labels& labels, BytesView key, BytesView context, BytesView secret) {
  const auto keys = crypto::SivKeys::derive(labels.key, key, {context});
  return crypto::siv_seal(labels.siv, keys, context, secret);
}

Result<Bytes> siv_unwrap(const Labels& labels, BytesView key, BytesView context, BytesView wrapped) {
  const auto keys = crypto::SivKeys::derive(labels.key, key, {context});
  return crypto::siv_open(labels.siv, keys, context, wrapped);
}

/// What a key is bound to that another key of its dossier seals.
Bytes dossier_context(const OrgId& org, const Did& did) {
  Bytes out = copy(org.view());
  append(out, did.view());
  return out;
}

/// The wrap key of an ephemeral and a recipient, the same for both ends.
Result<crypto::WrapKey> agree(const Labels& labels, const crypto::DhSecret& own, const DhKey& peer, const DhKey& ephemeral,
                              const DhKey& recipient, const Context& context) {
  WARD_TRY(const auto shared, crypto::dh(own, peer));
  const crypto::WrapKey secret(shared);
  return derive<crypto::WrapKey>(labels.agreed, secret.view(), {ephemeral.view(), recipient.view(), context.bytes});
}

Result<Bytes> wrap_to_public(const Labels& labels, BytesView secret, const Context& context, const DhKey& recipient) {
  const auto ephemeral = derive<crypto::DhSecret>(labels.ephemeral, secret, {recipient.view(), context.bytes});
  const auto ephemeral_public = crypto::public_of(ephemeral);
  WARD_TRY(const auto key, agree(labels, ephemeral, recipient, ephemeral_public, recipient, context));
  Bytes out = copy(ephemeral_public.view());
  append(out, siv_wrap(labels, key.view(), context.bytes, secret));
  return out;
}

Result<Bytes> unwrap_with_secret(const Labels& labels, BytesView wrapped, const Context& context, const crypto::DhSecret& secret) {
  if (wrapped.size() != other_size) return fail(Fault::malformed, "unwrap key: length");
  const auto ephemeral = fixed_from<DhKey>(wrapped);
  WARD_TRY(const auto key, agree(labels, secret, ephemeral, ephemeral, crypto::public_of(secret), context));
  return siv_unwrap(labels, key.view(), context.bytes, wrapped.subspan(DhKey::size));
}

}  // namespace

crypto::DossierKey derive_dossier_key(const Array<32>& seed, const Position& creating) {
  Writer seq;
  seq.u64(creating.seq);
  return derive<crypto::DossierKey>("wsync-dossier", seed, {creating.device.view(), creating.incarnation.view(), seq.peek()});
}

crypto::UnitSeed derive_unit_seed(const Array<32>& master, const UnitCode& unit, Epoch unit_epoch) {
  return derive<crypto::UnitSeed>("wsync-unit-seed", master, {unit_context(unit, unit_epoch)});
}

crypto::WrapKey wrap_key_of(const crypto::UnitSeed& seed, const UnitCode& unit, Epoch unit_epoch) {
  return derive<crypto::WrapKey>("wsync-uek-wrap", seed.view(), {unit_context(unit, unit_epoch)});
}

crypto::DhSecret unit_secret_of(const crypto::UnitSeed& seed, const UnitCode& unit, Epoch unit_epoch) {
  return derive<crypto::DhSecret>("wsync-uek-dh", seed.view(), {unit_context(unit, unit_epoch)});
}

record::GrantBody::Wrap wrap_for_own_unit(const crypto::DossierKey& key, const Did& did, const OrgId& org, const UnitCode& unit,
                                          Epoch unit_epoch, const crypto::UnitSeed& seed) {
  const Context context(org, did.view(), unit, unit_epoch);
  return {unit, unit_epoch, siv_wrap(dossier_labels, wrap_key_of(seed, unit, unit_epoch).view(), context.bytes, key.view())};
}

Result<record::GrantBody::Wrap> wrap_for_other_unit(const crypto::DossierKey& key, const Did& did, const OrgId& org, const UnitCode& unit,
                                                    Epoch unit_epoch, const DhKey& unit_public) {
  const Context context(org, did.view(), unit, unit_epoch);
  WARD_TRY(auto wrapped, wrap_to_public(dossier_labels, key.view(), context, unit_public));
  return record::GrantBody::Wrap{unit, unit_epoch, std::move(wrapped)};
}

record::GrantBody grant_own_unit(const crypto::DossierKey& key, const Did& did, const OrgId& org, const UnitCode& unit, Epoch unit_epoch,
                                 const crypto::UnitSeed& seed) {
  return {crypto::key_id_of(key), {}, {wrap_for_own_unit(key, did, org, unit, unit_epoch, seed)}};
}

Result<crypto::DossierKey> unwrap(const record::GrantBody::Wrap& wrap, const Did& did, const OrgId& org, const crypto::UnitSeed& seed,
                                  const KeyId& expected) {
  const Context context(org, did.view(), wrap.unit, wrap.unit_epoch);
  WARD_TRY(const auto opened,
           wrap.wrapped.size() == own_size
               ? siv_unwrap(dossier_labels, wrap_key_of(seed, wrap.unit, wrap.unit_epoch).view(), context.bytes, wrap.wrapped)
               : unwrap_with_secret(dossier_labels, wrap.wrapped, context, unit_secret_of(seed, wrap.unit, wrap.unit_epoch)));
  crypto::DossierKey key{BytesView(opened)};
  if (crypto::key_id_of(key) != expected) return fail(Fault::wrong_key, "unwrap dossier key");
  return key;
}

record::GrantBody::Before seal_before(const crypto::DossierKey& before, const crypto::DossierKey& key, const Did& did, const OrgId& org) {
  return {crypto::key_id_of(before), siv_wrap(before_labels, key.view(), dossier_context(org, did), before.view())};
}

Result<crypto::DossierKey> open_before(const record::GrantBody::Before& before, const crypto::DossierKey& key, const Did& did,
                                       const OrgId& org) {
  WARD_TRY(const auto opened, siv_unwrap(before_labels, key.view(), dossier_context(org, did), before.sealed));
  crypto::DossierKey out{BytesView(opened)};
  if (crypto::key_id_of(out) != before.key_id) return fail(Fault::wrong_key, "open an earlier dossier key");
  return out;
}

Result<Bytes> wrap_seed(const crypto::UnitSeed& seed, const OrgId& org, const UnitCode& unit, Epoch unit_epoch, const DeviceId& device,
                        const DhKey& sealing) {
  return wrap_to_public(seed_labels, seed.view(), Context(org, device.view(), unit, unit_epoch), sealing);
}

Result<crypto::UnitSeed> unwrap_seed(BytesView wrapped, const OrgId& org, const UnitCode& unit, Epoch unit_epoch, const DeviceId& device,
                                     const crypto::DhSecret& sealing) {
  WARD_TRY(const auto opened, unwrap_with_secret(seed_labels, wrapped, Context(org, device.view(), unit, unit_epoch), sealing));
  return crypto::UnitSeed{BytesView(opened)};
}

Bytes seal_held_seed(const crypto::UnitSeed& seed, const OrgId& org, const UnitCode& unit, Epoch unit_epoch, const crypto::WrapKey& newer) {
  return siv_wrap(held_labels, newer.view(), Context(org, {}, unit, unit_epoch).bytes, seed.view());
}

Result<crypto::UnitSeed> open_held_seed(BytesView sealed, const OrgId& org, const UnitCode& unit, Epoch unit_epoch,
                                        const crypto::WrapKey& newer) {
  WARD_TRY(const auto opened, siv_unwrap(held_labels, newer.view(), Context(org, {}, unit, unit_epoch).bytes, sealed));
  return crypto::UnitSeed{BytesView(opened)};
}

}  // namespace ward::keys
