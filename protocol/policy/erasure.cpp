#include "protocol/policy/erasure.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>

namespace ward::policy {
namespace {

constexpr std::string_view erasure_prefix{"wsync-erase-v1\0", 15};
constexpr std::uint8_t is_signed = 1;

/// Everything but the signature.
void encode_order(Writer& to, const Erasure& erasure) {
  to.raw(erasure.did);
  to.text(erasure.unit);
  to.text(erasure.user);
  to.text(erasure.reason);
  to.raw(erasure.past);
  to.varint(erasure.codes.size());
  for (const auto& code : erasure.codes) to.text(code);
  to.text(erasure.status);
  to.text(erasure.custodian);
  to.varint(erasure.stays.size());
  for (const auto& stay : erasure.stays) {
    to.text(stay.unit);
    to.u64(stay.from.value);
  }
}

Bytes signed_bytes(const Erasure& erasure, Epoch epoch, const OrgId& org) {
  Writer out;
  out.raw(org);
  out.u32(epoch);
  encode_order(out, erasure);
  return std::move(out).take();
}

std::string read_filled_line(Reader& from, std::size_t size_max) {
  auto out = read_line(from, size_max);
  if (out.empty()) from.reject();
  return out;
}

}  // namespace

std::string read_line(Reader& from, std::size_t size_max) {
  auto out = from.text(size_max);
  if (!text::is_plain(out) || out.find_first_of("\t\n") != std::string::npos) from.reject();
  return out;
}

UnitCode read_unit_code(Reader& from, bool may_be_empty) {
  auto code = from.text(limits::name_bytes_max);
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  if ((code.empty() && !may_be_empty) || !std::all_of(code.begin(), code.end(), allowed)) from.reject();
  return code;
}

void encode(Writer& to, const Erasure& erasure) {
  encode_order(to, erasure);
  to.u8(erasure.signature ? is_signed : 0);
  if (erasure.signature) to.raw(*erasure.signature);
}

Erasure read_erasure(Reader& from) {
  Erasure out;
  out.did = from.fixed_value<Did>();
  if (out.did.is_zero()) from.reject();
  out.unit = read_unit_code(from, false);
  out.user = read_filled_line(from, limits::name_bytes_max);
  out.reason = read_filled_line(from, limits::text_bytes_max);
  out.past = from.fixed_value<Hash>();
  for (auto left = from.count(erased_codes_max); left > 0 && from.ok(); --left)
    out.codes.push_back(read_filled_line(from, limits::key_bytes_max));
  out.status = read_line(from, limits::name_bytes_max);
  out.custodian = read_unit_code(from, true);
  for (auto left = from.count(erased_stays_max); left > 0 && from.ok(); --left) {
    auto unit = read_unit_code(from, false);
    out.stays.push_back({std::move(unit), {from.u64()}});
  }
  const auto flags = from.u8();
  if (flags > is_signed) from.reject();
  if (flags == is_signed) out.signature = from.fixed_value<Signature>();
  return out;
}

Signature sign_erasure(const Erasure& erasure, Epoch epoch, const OrgId& org, const crypto::SignSeed& key) {
  return crypto::sign(key, erasure_prefix, signed_bytes(erasure, epoch, org));
}

Result<void> verify_erasure(const Erasure& erasure, Epoch epoch, const OrgId& org, const SignKey& key) {
  if (!erasure.signature) return fail(Fault::bad_signature, "an order to erase without its official's signature");
  return crypto::verify(key, erasure_prefix, signed_bytes(erasure, epoch, org), *erasure.signature);
}

}  // namespace ward::policy
