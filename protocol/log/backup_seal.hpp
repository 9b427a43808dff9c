#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"
#include "protocol/crypto/keys.hpp"

/// What stands at the end of a centre's backup file: what it is a copy of, signed by the centre's receipt key (WIRE.md §11).
namespace ward::log {

struct BackupSeal {
  OrgId org;
  Incarnation centre;
  std::uint64_t size = 0;  ///< of the centre's log
  Hash root;
  Epoch policy_count = 0;
  WallTime time;
  std::uint64_t bytes = 0;  ///< of the database, which the file begins with
  Hash digest;              ///< of these bytes: `backup_digest` of all chunks
  friend bool operator==(const BackupSeal&, const BackupSeal&) = default;
};

/// The digest goes over chunks of this size, the last one may be shorter: each with the digest of those before, zero before the first.
inline constexpr std::size_t backup_chunk_bytes = std::size_t{1} << 20U;
[[nodiscard]] Hash backup_digest(const Hash& before, BytesView chunk);

/// seal ‖ signature ‖ mark; always `backup_trailer_size` bytes.
inline constexpr std::size_t backup_trailer_size = 122 + 64 + 8;
[[nodiscard]] Bytes encode_backup_trailer(const BackupSeal& seal, const crypto::SignSeed& receipt_key);
/// `malformed`: not the end of a backup file; `unsupported`: of a newer form; `bad_signature`: not this centre's, or altered.
[[nodiscard]] Result<BackupSeal> decode_backup_trailer(BytesView bytes, const SignKey& receipt_key);

}  // namespace ward::log
