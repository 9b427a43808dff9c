#include "protocol/run/model.hpp"

#include "protocol/keys/keys.hpp"

namespace ward::run {

std::optional<KeyId> Model::expected_key(const record::Header& header, const Dossier* dossier, const std::optional<Array<32>>& seed) const {
  if (header.type != record::Type::change) return common_key;
  if (dossier != nullptr) return dossier->key;
  if (!seed) return std::nullopt;
  return crypto::key_id_of(keys::derive_dossier_key(*seed, header.position));
}

std::vector<Position> Model::expected_seen(const Dossier* dossier) {
  if (dossier == nullptr || !dossier->last_change) return {};
  return {*dossier->last_change};
}

std::optional<std::size_t> Model::learn(const record::Header& header, std::optional<std::size_t> dossier) {
  last_ms = header.hlc.value >> 16U;
  if (header.type != record::Type::change) {
    common_key = header.key_id;
    return dossier;
  }
  if (!dossier) {
    dossier = dossiers.size();
    dossiers.push_back({record::did_created_by(header.position), {}, {}});
  }
  auto& entry = dossiers[*dossier];
  if (entry.did) entry.key = header.key_id;
  entry.last_change = header.position;
  return dossier;
}

}  // namespace ward::run
