#include "protocol/log/backup_seal.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/crypto/hash.hpp"

namespace ward::log {
namespace {

constexpr std::string_view seal_prefix{"wsync-backup-v1\0", 16};
constexpr std::string_view mark = "WSYBACK";
constexpr std::uint8_t form = 1;
constexpr std::size_t seal_size = backup_trailer_size - Signature::size - mark.size() - 1;

Bytes encode(const BackupSeal& seal) {
  Writer out;
  out.raw(seal.org);
  out.raw(seal.centre);
  out.u64(seal.size);
  out.raw(seal.root);
  out.u32(seal.policy_count);
  out.u48(static_cast<std::uint64_t>(seal.time.ms));
  out.u64(seal.bytes);
  out.raw(seal.digest);
  return std::move(out).take();
}

}  // namespace

Hash backup_digest(const Hash& before, BytesView chunk) { return crypto::hash<Hash>("wsync-backup", {}, {before.view(), chunk}); }

Bytes encode_backup_trailer(const BackupSeal& seal, const crypto::SignSeed& receipt_key) {
  WARD_ASSERT(seal.time.ms >= 0 && seal.time.ms >> 48U == 0);
  auto out = encode(seal);
  append(out, crypto::sign(receipt_key, seal_prefix, out).view());
  append(out, view(mark));
  out.push_back(form);
  WARD_ASSERT(out.size() == backup_trailer_size);
  return out;
}

Result<BackupSeal> decode_backup_trailer(BytesView bytes, const SignKey& receipt_key) {
  Reader from(bytes);
  const auto sealed = from.raw(seal_size);
  const auto signature = from.fixed_value<Signature>();
  if (text_of(from.raw(mark.size())) != mark) return fail(Fault::malformed, "this is no backup of a centre, or its end is missing");
  if (const auto written = from.u8(); written != form && from.ok())
    return fail(Fault::unsupported, "the backup was made by a newer version");
  WARD_CHECK(from.finish("backup"));
  if (crypto::verify(receipt_key, seal_prefix, sealed, signature).has_error())
    return fail(Fault::bad_signature, "this backup is of another centre than the keys, or it was altered");
  Reader in(sealed);
  BackupSeal out;
  out.org = in.fixed_value<OrgId>();
  out.centre = in.fixed_value<Incarnation>();
  out.size = in.u64();
  out.root = in.fixed_value<Hash>();
  out.policy_count = in.u32();
  out.time.ms = static_cast<std::int64_t>(in.u48());
  out.bytes = in.u64();
  out.digest = in.fixed_value<Hash>();
  WARD_CHECK(in.finish("backup"));
  return out;
}

}  // namespace ward::log
