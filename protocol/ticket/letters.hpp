#pragma once

#include "protocol/base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ward::ticket {

/// RFC 4648 §5, without padding.
[[nodiscard]] std::string to_base64url(BytesView bytes);
/// Nothing unless `text` is exactly what `to_base64url` writes for some bytes.
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace ward::ticket
