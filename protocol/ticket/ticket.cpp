#include "protocol/ticket/ticket.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/ticket/bytes.hpp"
#include "protocol/ticket/letters.hpp"

#include <algorithm>

namespace ward::ticket {
namespace {

constexpr std::string_view kind = "WARDSYNC-TICKET-";
constexpr std::string_view version = "1";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t address_bytes_max = 253 + 6;
constexpr std::size_t letters_max = 1024;  ///< a real ticket has fewer than 600
constexpr std::size_t checksum_size = 8;

using Checksum = Fixed<struct ChecksumTag, checksum_size>;

Checksum checksum_of(BytesView bytes) { return crypto::hash<Checksum>("wsync-ticket-sum", {}, {bytes}); }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view without_lead(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Error damaged() { return fail(Fault::invalid, "ticket: it is damaged; copy or scan it again, or ask for a new one"); }

std::string squeezed(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string out;
  for (const auto c : text)
    if (!is_space(c)) out += c;
  return out;
}

Result<Ticket> decode_bytes(BytesView bytes) {
  if (bytes.size() < checksum_size) return damaged();
  const auto body = bytes.first(bytes.size() - checksum_size);
  if (checksum_of(body) != fixed_from<Checksum>(bytes.last(checksum_size))) return damaged();
  Reader from(body);
  Ticket out;
  out.secret = from.fixed_value<Fixed<struct TicketSecretTag, 16>>().bytes;
  out.org = from.fixed_value<OrgId>();
  out.root = from.fixed_value<SignKey>();
  out.centre_static = from.fixed_value<DhKey>();
  out.address = from.text(address_bytes_max);
  out.unit = from.text(limits::name_bytes_max);
  out.expires.ms = static_cast<std::int64_t>(from.u48());
  const bool readable = is_printable(out.address) && is_printable(out.unit) && !out.address.empty() && !out.unit.empty();
  if (!from.finish("ticket").has_value() || !readable || crypto::org_of(out.root) != out.org) return damaged();
  return out;
}

Bytes encode_bytes(const Ticket& ticket) {
  WARD_ASSERT(ticket.address.size() <= address_bytes_max && ticket.unit.size() <= limits::name_bytes_max);
  Writer out;
  out.raw(ticket.secret);
  out.raw(ticket.org);
  out.raw(ticket.root);
  out.raw(ticket.centre_static);
  out.text(ticket.address);
  out.text(ticket.unit);
  out.u48(static_cast<std::uint64_t>(ticket.expires.ms));
  out.raw(checksum_of(out.peek()));
  return std::move(out).take();
}

std::string encode_file(const Ticket& ticket) {
  return std::string(kind) + std::string(version) + " " + to_base64url(encode_bytes(ticket));
}

Result<Ticket> decode_file(std::string_view text) {
  text = without_lead(text);
  if (!text.starts_with(kind)) return fail(Fault::invalid, "ticket: this file is not a ticket");
  text.remove_prefix(kind.size());
  const auto digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  if (digits != version) return fail(Fault::invalid, "ticket: made by another version of the centre; update this program");
  const auto letters = squeezed(text.substr(digits.size()));
  if (letters.size() > letters_max) return damaged();
  const auto bytes = from_base64url(letters);
  if (!bytes) return damaged();
  return decode_bytes(*bytes);
}

Array<32> psk_of(const Array<16>& secret, const OrgId& org) { return crypto::hash<Hash>("wsync-ticket", secret, {org.view()}).bytes; }

KeyId ticket_id(const Array<16>& secret) { return crypto::hash<KeyId>("wsync-ticket-id", secret, {}); }

std::string fingerprint(const SignKey& root, const Hash& handshake, const SignKey& sign, const DhKey& noise, const DhKey& sealing) {
  constexpr int groups = 6;
  constexpr std::size_t bytes_per_group = 5;
  constexpr std::uint64_t group_end = 100'000;
  const auto digest = crypto::hash<Hash>("wsync-fp", {}, {root.view(), handshake.view(), sign.view(), noise.view(), sealing.view()});
  Reader from(digest.view());
  std::string out;
  for (int group = 0; group < groups; ++group) {
    std::uint64_t number = 0;
    const auto bytes = from.raw(bytes_per_group);
    for (std::size_t i = 0; i < bytes_per_group; ++i) number |= std::uint64_t{bytes[i]} << (8 * i);
    const auto digits = std::to_string(number % group_end);
    out += (group == 0 ? "" : " ") + std::string(5 - digits.size(), '0') + digits;
  }
  return out;
}

}  // namespace ward::ticket
