#include "protocol/run/model.hpp"

#include "protocol/keys/keys.hpp"

namespace ward::run {

std::optional<KeyId> Model::expected_key(const record::Header& header, const std::optional<Array<32>>& seed) const {
  if (header.type != record::Type::change) return common_key;
  if (!header.did.is_zero()) {
    const auto at = dids.find(header.did);
    return at == dids.size() ? std::nullopt : dossiers[at].key;
  }
  if (!seed) return std::nullopt;
  return crypto::key_id_of(keys::derive_dossier_key(*seed, header.position));
}

std::vector<Position> Model::expected_seen(const record::Header& header) const {
  const auto at = dids.find(header.did);
  if (header.did.is_zero() || at == dids.size() || !dossiers[at].last_change) return {};
  return {*dossiers[at].last_change};
}

void Model::learn(const record::Header& header) {
  last_ms = header.hlc.value >> 16U;
  const auto did = record::dossier_of(header);
  if (header.type != record::Type::change) {
    common_key = header.key_id;
    if (!did.is_zero()) enter(did);
    return;
  }
  auto& dossier = enter(did);
  dossier.key = header.key_id;
  dossier.last_change = header.position;
}

}  // namespace ward::run
