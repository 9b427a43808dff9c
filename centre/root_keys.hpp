#pragma once

#include "protocol/recovery/recovery.hpp"
#include "storage/centre_store.hpp"

#include <string>
#include <vector>

/// What an offline PC does with the city's last keys: files in, files out (docs/adr/0013).
namespace ward::centre {

/// Of the file that `init` or a rotation wrote; `-`: from stdin. `invalid` when it is none.
[[nodiscard]] Result<crypto::SignSeed> read_root_key(const std::string& path);

/// What m of n trustees can open together.
struct LastKeys {
  crypto::SignSeed root, next_root;
  Bytes centre_keys;  ///< the key file, as `backup --keys` writes it
};
[[nodiscard]] Bytes encode_last_keys(const LastKeys& keys);
[[nodiscard]] Result<LastKeys> decode_last_keys(BytesView bytes);

/// One sheet for one trustee: what it is, in Vietnamese and English, and the two lines of the key.
[[nodiscard]] std::string trustee_sheet(const recovery::Box& box, std::size_t trustee, const recovery::TrusteeKey& key);

/// What a request asks the root key for, in words; one line each.
[[nodiscard]] std::string told(const policy::RootRequest& request);

}  // namespace ward::centre
