#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"

#include <string>
#include <string_view>

/// Enrolment tickets (records.md §9, WIRE.md §10): a single-use secret and, in the file form, where to call and whom to believe.
namespace ward::ticket {

struct Ticket {
  Array<16> secret{};
  OrgId org;
  SignKey root;
  DhKey centre_static;
  std::string address;  ///< host:port, at most 253 + 6 bytes
  UnitCode unit;
  WallTime expires;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

/// One line of text that survives e-mail and a text editor: "WARDSYNC-TICKET-1 " and base64url (unpadded) of bytes that end in a checksum.
[[nodiscard]] std::string encode_file(const Ticket& ticket);
/// `invalid`, saying what is wrong with the file: not a ticket, damaged, of a newer version. Surrounding white space and a BOM are
/// forgiven.
[[nodiscard]] Result<Ticket> decode_file(std::string_view text);

/// 28 Crockford letters in groups of four: 26 carry the secret, 2 are check digits that catch one wrong letter and two swapped ones.
[[nodiscard]] std::string encode_typed(const Array<16>& secret);
/// Case, hyphens and spaces are forgiven; I, L, O are read as 1, 1, 0. `invalid` otherwise.
[[nodiscard]] Result<Array<16>> decode_typed(std::string_view text);

/// psk = B(32, "wsync-ticket", secret, org).
[[nodiscard]] Array<32> psk_of(const Array<16>& secret, const OrgId& org);
/// What names the ticket in clear: B(8, "wsync-ticket-id", secret, ""). Tells nothing of the secret.
[[nodiscard]] KeyId ticket_id(const Array<16>& secret);

/// The 30 digits that two people compare: of B(32, "wsync-fp", –, root key ‖ h ‖ the device's three keys), in groups of five.
[[nodiscard]] std::string fingerprint(const SignKey& root, const Hash& handshake, const SignKey& sign, const DhKey& noise,
                                      const DhKey& sealing);

}  // namespace ward::ticket
