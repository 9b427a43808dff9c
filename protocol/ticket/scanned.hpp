#pragma once

#include "protocol/ticket/ticket.hpp"

/// A ticket's third form: what its QR code says.
namespace ward::ticket {

/// Digits alone, since a scanner is a keyboard, and what it types goes through an input method that makes ô of oo. At most 1100 of them.
[[nodiscard]] std::string encode_scanned(const Ticket& ticket);
/// `invalid`, as `decode_file`. White space is forgiven.
[[nodiscard]] Result<Ticket> decode_scanned(std::string_view text);

/// Of a file or a scanner: either of the whole forms.
[[nodiscard]] Result<Ticket> decode(std::string_view text);

}  // namespace ward::ticket
