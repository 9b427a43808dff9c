#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/crypto/keys.hpp"
#include "protocol/record/record.hpp"

/// Who can open what: unit seeds, dossier keys and their wraps (records.md §7, WIRE.md §6). Nothing here draws entropy: ephemerals are
/// derived from the secret that is wrapped and its context, so that wrapping twice gives the same bytes.
namespace ward::keys {

/// The key of the dossier that `creating` creates, out of the one seed of its segment.
[[nodiscard]] crypto::DossierKey derive_dossier_key(const Array<32>& seed, const Position& creating);

/// The registry's: seed S of a unit's epoch, from the master secret that only the registry holds.
[[nodiscard]] crypto::UnitSeed derive_unit_seed(const Array<32>& master, const UnitCode& unit, Epoch unit_epoch);

/// From S: the wrap key of the unit itself, and the X25519 secret whose public half other units grant to.
[[nodiscard]] crypto::WrapKey wrap_key_of(const crypto::UnitSeed& seed, const UnitCode& unit, Epoch unit_epoch);
[[nodiscard]] crypto::DhSecret unit_secret_of(const crypto::UnitSeed& seed, const UnitCode& unit, Epoch unit_epoch);

/// DK for a unit whose seed is held: 64 bytes, SIV form.
[[nodiscard]] record::GrantBody::Wrap wrap_for_own_unit(const crypto::DossierKey& key, const Did& did, const OrgId& org,
                                                        const UnitCode& unit, Epoch unit_epoch, const crypto::UnitSeed& seed);
/// DK for another unit, by its public key: 96 bytes, ephemeral public key first.
[[nodiscard]] Result<record::GrantBody::Wrap> wrap_for_other_unit(const crypto::DossierKey& key, const Did& did, const OrgId& org,
                                                                  const UnitCode& unit, Epoch unit_epoch, const DhKey& unit_public);
/// The grant body that a device writes beside the creating record of its own unit's dossier: one wrap, standing on no custody event.
[[nodiscard]] record::GrantBody grant_own_unit(const crypto::DossierKey& key, const Did& did, const OrgId& org, const UnitCode& unit,
                                               Epoch unit_epoch, const crypto::UnitSeed& seed);
/// Either form, with the seed of the wrap's unit and epoch. `bad_signature` when it does not open, `wrong_key` when what opens is not
/// `expected`.
[[nodiscard]] Result<crypto::DossierKey> unwrap(const record::GrantBody::Wrap& wrap, const Did& did, const OrgId& org,
                                                const crypto::UnitSeed& seed, const KeyId& expected);

/// For a grant of `key`, which whoever holds it may open too: the dossier's earlier key.
[[nodiscard]] record::GrantBody::Before seal_before(const crypto::DossierKey& before, const crypto::DossierKey& key, const Did& did,
                                                    const OrgId& org);
/// `malformed`, `bad_signature` when it does not open, `wrong_key` when what opens is not the key that it names.
[[nodiscard]] Result<crypto::DossierKey> open_before(const record::GrantBody::Before& before, const crypto::DossierKey& key, const Did& did,
                                                     const OrgId& org);

/// S for one device, to its sealing key: what a signed device entry carries. 96 bytes.
[[nodiscard]] Result<Bytes> wrap_seed(const crypto::UnitSeed& seed, const OrgId& org, const UnitCode& unit, Epoch unit_epoch,
                                      const DeviceId& device, const DhKey& sealing);
[[nodiscard]] Result<crypto::UnitSeed> unwrap_seed(BytesView wrapped, const OrgId& org, const UnitCode& unit, Epoch unit_epoch,
                                                   const DeviceId& device, const crypto::DhSecret& sealing);

/// S of an earlier epoch, or of a unit that became one with this one, under the wrap key of a newer seed: 64 bytes.
[[nodiscard]] Bytes seal_held_seed(const crypto::UnitSeed& seed, const OrgId& org, const UnitCode& unit, Epoch unit_epoch,
                                   const crypto::WrapKey& newer);
[[nodiscard]] Result<crypto::UnitSeed> open_held_seed(BytesView sealed, const OrgId& org, const UnitCode& unit, Epoch unit_epoch,
                                                      const crypto::WrapKey& newer);

}  // namespace ward::keys
