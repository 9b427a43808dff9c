#include "protocol/keys/official.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/siv.hpp"
#include "protocol/keys/passphrase.hpp"

#include <algorithm>

namespace ward::keys {
namespace {

constexpr std::string_view secret_kind = "wardsync-official-key-1 ";
constexpr std::string_view public_kind = "wardsync-official-public-1 ";
constexpr std::size_t sealed_bytes = 64;

crypto::SivKeys siv_keys(const Array<32>& from, const SignKey& key) {
  return crypto::SivKeys::derive("wsync-stick-key", from, {key.view()});
}

/// What follows `kind`, without what an editor put before it, the line's end, and what stands behind a space.
Result<Bytes> bytes_after(std::string_view kind, std::string_view file) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (file.starts_with(byte_order_mark)) file.remove_prefix(byte_order_mark.size());
  if (!file.starts_with(kind)) return fail(Fault::invalid, "this is no file of an official's key");
  file.remove_prefix(kind.size());
  auto out = unhex(file.substr(0, std::min(file.find_first_of(" \r\n"), file.size())));
  if (out.empty()) return fail(Fault::invalid, "the file of the official's key is damaged");
  return out;
}

}  // namespace

Result<OfficialKey> lock_official_key(std::string user, const crypto::SignSeed& seed, std::string_view passphrase, const Array<16>& salt,
                                      const crypto::PassphraseCost& cost) {
  WARD_TRY(auto under, key_under(passphrase, salt, cost));
  const Wiped wiped(under);
  OfficialKey out{std::move(user), crypto::public_of(seed), salt, cost, {}};
  out.sealed = crypto::siv_seal("wsync-stick-siv", siv_keys(under, out.key), out.key.view(), seed.view());
  return out;
}

Result<crypto::SignSeed> unlock_official_key(const OfficialKey& key, std::string_view passphrase) {
  WARD_TRY(auto under, key_under(passphrase, key.salt, key.cost));
  const Wiped wiped(under);
  auto plain = crypto::siv_open("wsync-stick-siv", siv_keys(under, key.key), key.key.view(), key.sealed);
  if (plain.has_error()) return fail(Fault::wrong_key, "the passphrase does not open this key");
  const Wiped wiped_plain(*plain);
  crypto::SignSeed out{BytesView(*plain)};
  if (crypto::public_of(out) != key.key) return fail(Fault::wrong_key, "this file's key is not the one that it names");
  return out;
}

std::string encode_official_key(const OfficialKey& key) {
  Writer out;
  out.text(key.user);
  out.raw(key.key);
  out.raw(key.salt);
  out.u32(key.cost.memory_kib);
  out.u8(key.cost.passes);
  out.raw(key.sealed);
  return std::string(secret_kind) + hex(out.peek()) + "\n";
}

Result<OfficialKey> decode_official_key(std::string_view file) {
  WARD_TRY(const auto bytes, bytes_after(secret_kind, file));
  Reader from(bytes);
  OfficialKey out;
  out.user = from.text(limits::name_bytes_max);
  out.key = from.fixed_value<SignKey>();
  const auto salt = from.raw(out.salt.size());
  std::copy(salt.begin(), salt.end(), out.salt.begin());
  out.cost.memory_kib = from.u32();
  out.cost.passes = from.u8();
  out.sealed = copy(from.raw(sealed_bytes));
  if (from.finish("official's key").has_error() || !is_honest(out.cost))
    return fail(Fault::invalid, "the file of the official's key is damaged");
  return out;
}

std::string encode_official_public(const OfficialKey& key) {
  return std::string(public_kind) + hex(key.key.view()) + " " + key.user + "\n";
}

Result<SignKey> decode_official_public(std::string_view file) {
  WARD_TRY(const auto bytes, bytes_after(public_kind, file));
  if (bytes.size() != SignKey::size) return fail(Fault::invalid, "the file of the official's key is damaged");
  return fixed_from<SignKey>(bytes);
}

}  // namespace ward::keys
