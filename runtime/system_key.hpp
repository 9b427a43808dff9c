#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"

#include <string>

/// A secret that the operating system keeps for this PC, so that files which leave it do not open elsewhere (docs/adr/0017).
namespace ward::runtime {

inline constexpr const char* credential_name = "wardsync-device-key";

struct SystemKey {
  Bytes secret;
  Bytes wrapped;  ///< what must be kept to get the secret again; may be empty
};
/// Who is to open what is sealed. Linux: this process, with what itself was given; or the service, for which root asks systemd.
enum class Opener { this_process, service };
/// One to seal with. `not_found`: this system keeps none for us. `wrong_key`: it keeps one that does not open.
[[nodiscard]] Result<SystemKey> new_system_key(Opener opener);
/// The one that something was sealed with. `not_found` as above; `wrong_key`: another PC's.
[[nodiscard]] Result<Bytes> system_key(BytesView wrapped);

}  // namespace ward::runtime
