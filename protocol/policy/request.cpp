#include "protocol/policy/request.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"

namespace ward::policy {
namespace {

constexpr std::string_view request_kind = "WARDSYNC-ROOT-REQUEST-1 ";
constexpr std::string_view signed_kind = "WARDSYNC-ROOT-SIGNED-1 ";
constexpr std::size_t entry_bytes_max = 1024;  ///< of the two kinds that a root key signs

/// What follows `kind` on the line that begins so; editors and mail put things around it.
Result<Bytes> bytes_after(std::string_view kind, std::string_view text, const char* what) {
  const auto at = text.find(kind);
  if (at == std::string_view::npos) return fail(Fault::invalid, std::string("this is no ") + what);
  auto digits = text.substr(at + kind.size());
  digits = digits.substr(0, std::min(digits.find_first_not_of("0123456789abcdef"), digits.size()));
  auto out = unhex(digits);
  if (out.empty()) return fail(Fault::invalid, std::string("this ") + what + " is damaged");
  return out;
}

bool is_of_root(const Body& body) { return std::holds_alternative<Delegation>(body) || std::holds_alternative<RootRotation>(body); }

}  // namespace

std::string encode_request(const RootRequest& request) {
  Writer out;
  out.text(request.organisation);
  out.raw(request.org);
  out.raw(request.root);
  out.raw(request.next_root);
  out.bytes(encode_entry(request.entry));
  return std::string(request_kind) + hex(out.peek()) + "\n";
}

Result<RootRequest> decode_request(std::string_view text) {
  WARD_TRY(const auto bytes, bytes_after(request_kind, text, "request for the root key"));
  Reader from(bytes);
  RootRequest out;
  out.organisation = from.text(limits::key_bytes_max);
  out.org = from.fixed_value<OrgId>();
  out.root = from.fixed_value<SignKey>();
  out.next_root = from.fixed_value<Hash>();
  const auto entry = decode_entry(from.bytes(entry_bytes_max));
  const bool whole = from.finish("request").has_value() && entry.has_value() && text::is_plain(out.organisation);
  if (!whole || !is_of_root(entry->body) || entry->epoch == 0 || !(entry->signature == Signature{}))
    return fail(Fault::invalid, "this request for the root key is damaged");
  out.entry = *entry;
  return out;
}

Result<Entry> sign_request(const RootRequest& request, const crypto::SignSeed& root) {
  if (!std::holds_alternative<Delegation>(request.entry.body))
    return fail(Fault::invalid, "this request replaces the root key itself: `root rotate` signs it, with the next root key");
  if (crypto::public_of(root) != request.root) return fail(Fault::wrong_key, "this is not the root key that is in force");
  auto out = request.entry;
  sign(out, request.org, root);
  return out;
}

Result<Entry> sign_rotation(const RootRequest& request, const crypto::SignSeed& next_root, const SignKey& after) {
  if (!std::holds_alternative<RootRotation>(request.entry.body))
    return fail(Fault::invalid, "this request does not replace the root key: `root sign` signs it");
  const auto key = crypto::public_of(next_root);
  if (commitment_to(key) != request.next_root) return fail(Fault::wrong_key, "this is not the next root key that was committed to");
  if (after == key) return fail(Fault::wrong_key, "the root key after the next one must be another");
  auto out = request.entry;
  out.body = RootRotation{key, commitment_to(after)};
  sign(out, request.org, next_root);
  return out;
}

std::string encode_signed(const OrgId& org, const Entry& entry) {
  Writer out;
  out.raw(org);
  out.bytes(encode_entry(entry));
  return std::string(signed_kind) + hex(out.peek()) + "\n";
}

Result<Entry> decode_signed(std::string_view text, const OrgId& org) {
  WARD_TRY(const auto bytes, bytes_after(signed_kind, text, "entry that a root key signed"));
  Reader from(bytes);
  if (from.fixed_value<OrgId>() != org && from.ok()) return fail(Fault::wrong_organisation, "the signed entry is of another city");
  auto entry = decode_entry(from.bytes(entry_bytes_max));
  if (from.finish("signed entry").has_error() || entry.has_error() || !is_of_root(entry->body))
    return fail(Fault::invalid, "this signed entry is damaged");
  return entry;
}

}  // namespace ward::policy
