#include "protocol/keys/sealed_keys.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/siv.hpp"
#include "protocol/keys/passphrase.hpp"

#include <algorithm>

namespace ward::keys {
namespace {

constexpr std::string_view device_mark = "WARDSYNC-DEVICE-KEY-2", centre_mark = "WARDSYNC-CENTRE-KEY-3";
constexpr std::string_view siv_label = "wsync-devkey-siv";
constexpr std::size_t wrapped_bytes_max = 4096, sealed_bytes_min = 32, sealed_bytes_max = 4096;

std::string_view mark_of(KeyOwner owner) { return owner == KeyOwner::centre ? centre_mark : device_mark; }

crypto::SivKeys siv_keys(const SealedKeys& file, const Array<32>& under) {
  return crypto::SivKeys::derive("wsync-devkey", under, {file.salt});
}

Bytes head_of(const SealedKeys& file) {
  Writer out;
  out.raw(view(mark_of(file.owner)));
  out.u8(static_cast<std::uint8_t>(file.by));
  out.raw(file.salt);
  out.u32(file.cost.memory_kib);
  out.u8(file.cost.passes);
  out.bytes(file.wrapped);
  return std::move(out).take();
}

Array<32> key_of_system(BytesView secret, const Array<16>& salt) {
  Array<32> out{};
  crypto::blake2b(out, "wsync-devkey-os", {}, {secret, salt});
  return out;
}

void seal(SealedKeys& file, BytesView plain, const Array<32>& under) {
  file.sealed = crypto::siv_seal(siv_label, siv_keys(file, under), head_of(file), plain);
}

Result<Bytes> opened(const SealedKeys& file, const Array<32>& under) {
  auto plain = crypto::siv_open(siv_label, siv_keys(file, under), head_of(file), file.sealed);
  if (plain.has_error()) return fail(Fault::bad_signature, "the sealed keys");
  return plain;
}

bool is_sound(const SealedKeys& file) {
  switch (file.by) {
    case Protection::passphrase: return is_honest(file.cost) && file.wrapped.empty();
    case Protection::system: return file.cost == crypto::PassphraseCost{0, 0};
    case Protection::none: break;
  }
  return false;
}

}  // namespace

const char* name_of(Protection protection) noexcept {
  switch (protection) {
    case Protection::none: return "none";
    case Protection::passphrase: return "passphrase";
    case Protection::system: return "system";
  }
  return "none";
}

Result<SealedKeys> lock_by_passphrase(KeyOwner owner, BytesView plain, std::string_view passphrase, const Array<16>& salt,
                                      const crypto::PassphraseCost& cost) {
  WARD_TRY(auto under, key_under(passphrase, salt, cost));
  const Wiped wiped(under);
  SealedKeys out{Protection::passphrase, salt, cost, {}, {}, owner};
  seal(out, plain, under);
  return out;
}

SealedKeys lock_by_system(KeyOwner owner, BytesView plain, BytesView secret, Bytes wrapped, const Array<16>& salt) {
  auto under = key_of_system(secret, salt);
  const Wiped wiped(under);
  SealedKeys out{Protection::system, salt, {0, 0}, std::move(wrapped), {}, owner};
  seal(out, plain, under);
  return out;
}

Result<Bytes> unlock_by_passphrase(const SealedKeys& file, std::string_view passphrase) {
  WARD_TRY(auto under, key_under(passphrase, file.salt, file.cost));
  const Wiped wiped(under);
  return opened(file, under);
}

Result<Bytes> unlock_by_system(const SealedKeys& file, BytesView secret) {
  auto under = key_of_system(secret, file.salt);
  const Wiped wiped(under);
  return opened(file, under);
}

Bytes encode_sealed_keys(const SealedKeys& file) {
  auto out = head_of(file);
  append(out, file.sealed);
  return out;
}

Result<std::optional<SealedKeys>> decode_sealed_keys(KeyOwner owner, BytesView bytes) {
  const auto mark = mark_of(owner);
  if (!text_of(bytes).starts_with(mark)) return std::optional<SealedKeys>{};
  Reader from(bytes.subspan(mark.size()));
  SealedKeys out;
  out.owner = owner;
  out.by = static_cast<Protection>(from.u8());
  const auto salt = from.raw(out.salt.size());
  std::copy(salt.begin(), salt.end(), out.salt.begin());
  out.cost.memory_kib = from.u32();
  out.cost.passes = from.u8();
  out.wrapped = copy(from.bytes(wrapped_bytes_max));
  out.sealed = copy(from.raw(from.remaining()));
  WARD_CHECK(from.finish("the key file"));
  if (!is_sound(out) || out.sealed.size() < sealed_bytes_min || out.sealed.size() > sealed_bytes_max)
    return fail(Fault::malformed, "the key file is damaged");
  return std::optional(std::move(out));
}

}  // namespace ward::keys
