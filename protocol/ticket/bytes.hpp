#pragma once

#include "protocol/ticket/ticket.hpp"

/// What every whole form of a ticket carries: its bytes, with a checksum behind.
namespace ward::ticket {

[[nodiscard]] Bytes encode_bytes(const Ticket& ticket);
/// `invalid` when anything is wrong with them.
[[nodiscard]] Result<Ticket> decode_bytes(BytesView bytes);
[[nodiscard]] Error damaged();

/// Without a byte order mark, and without white space anywhere: mail programs fold long lines, scanners end them.
[[nodiscard]] std::string squeezed(std::string_view text);

}  // namespace ward::ticket
