#include "protocol/keys/device_file.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/siv.hpp"
#include "protocol/keys/passphrase.hpp"

#include <algorithm>

namespace ward::keys {
namespace {

constexpr std::string_view mark = "WARDSYNC-DEVICE-KEY-2";
constexpr std::string_view siv_label = "wsync-devkey-siv";
constexpr std::size_t wrapped_bytes_max = 4096, sealed_bytes_min = 32, sealed_bytes_max = 4096;

crypto::SivKeys siv_keys(const DeviceFile& file, const Array<32>& under) {
  return crypto::SivKeys::derive("wsync-devkey", under, {file.salt});
}

Bytes head_of(const DeviceFile& file) {
  Writer out;
  out.raw(view(mark));
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

void seal(DeviceFile& file, BytesView plain, const Array<32>& under) {
  file.sealed = crypto::siv_seal(siv_label, siv_keys(file, under), head_of(file), plain);
}

Result<Bytes> opened(const DeviceFile& file, const Array<32>& under) {
  auto plain = crypto::siv_open(siv_label, siv_keys(file, under), head_of(file), file.sealed);
  if (plain.has_error()) return fail(Fault::bad_signature, "the keys of this PC");
  return plain;
}

bool is_sound(const DeviceFile& file) {
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

Result<DeviceFile> lock_by_passphrase(BytesView plain, std::string_view passphrase, const Array<16>& salt,
                                      const crypto::PassphraseCost& cost) {
  WARD_TRY(auto under, key_under(passphrase, salt, cost));
  const Wiped wiped(under);
  DeviceFile out{Protection::passphrase, salt, cost, {}, {}};
  seal(out, plain, under);
  return out;
}

DeviceFile lock_by_system(BytesView plain, BytesView secret, Bytes wrapped, const Array<16>& salt) {
  auto under = key_of_system(secret, salt);
  const Wiped wiped(under);
  DeviceFile out{Protection::system, salt, {0, 0}, std::move(wrapped), {}};
  seal(out, plain, under);
  return out;
}

Result<Bytes> unlock_by_passphrase(const DeviceFile& file, std::string_view passphrase) {
  WARD_TRY(auto under, key_under(passphrase, file.salt, file.cost));
  const Wiped wiped(under);
  return opened(file, under);
}

Result<Bytes> unlock_by_system(const DeviceFile& file, BytesView secret) {
  auto under = key_of_system(secret, file.salt);
  const Wiped wiped(under);
  return opened(file, under);
}

Bytes encode_device_file(const DeviceFile& file) {
  auto out = head_of(file);
  append(out, file.sealed);
  return out;
}

Result<std::optional<DeviceFile>> decode_device_file(BytesView bytes) {
  if (!text_of(bytes).starts_with(mark)) return std::optional<DeviceFile>{};
  Reader from(bytes.subspan(mark.size()));
  DeviceFile out;
  out.by = static_cast<Protection>(from.u8());
  const auto salt = from.raw(out.salt.size());
  std::copy(salt.begin(), salt.end(), out.salt.begin());
  out.cost.memory_kib = from.u32();
  out.cost.passes = from.u8();
  out.wrapped = copy(from.bytes(wrapped_bytes_max));
  out.sealed = copy(from.raw(from.remaining()));
  WARD_CHECK(from.finish("this PC's key file"));
  if (!is_sound(out) || out.sealed.size() < sealed_bytes_min || out.sealed.size() > sealed_bytes_max)
    return fail(Fault::malformed, "this PC's key file is damaged");
  return std::optional(std::move(out));
}

}  // namespace ward::keys
