#include "runtime/system_key.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/entropy.hpp"
#include "runtime/system_windows.hpp"

#include <windows.h>

#include <wincrypt.h>

/// DPAPI, for this machine and not for one account: the service and the administrator's commands must both open it, and the account of a
/// service has no password that would add anything. Who may read the file is its access list's business.
namespace ward::runtime {
namespace {

constexpr std::size_t wrapped_bytes_max = 4096;

DATA_BLOB blob_of(BytesView bytes) { return {static_cast<DWORD>(bytes.size()), const_cast<BYTE*>(bytes.data())}; }

/// What Windows allocated.
class Given {
 public:
  Given() = default;
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  ~Given() {
    if (blob_.pbData == nullptr) return;
    wipe(blob_.pbData, blob_.cbData);
    LocalFree(blob_.pbData);
  }
  [[nodiscard]] DATA_BLOB* get() noexcept { return &blob_; }
  [[nodiscard]] Bytes bytes() const { return copy(BytesView(blob_.pbData, blob_.cbData)); }

 private:
  DATA_BLOB blob_{};
};

/// Not secret: a blob that another program had made for itself is no key of ours.
DATA_BLOB ours() { return blob_of(view(std::string_view(credential_name))); }

}  // namespace

Result<SystemKey> new_system_key(Opener) {
  SystemKey out{Bytes(32), {}};
  fill_random(out.secret);
  auto secret = blob_of(out.secret);
  auto label = ours();
  Given wrapped;
  if (!CryptProtectData(&secret, nullptr, &label, nullptr, nullptr, CRYPTPROTECT_LOCAL_MACHINE | CRYPTPROTECT_UI_FORBIDDEN, wrapped.get()))
    return windows_failed("CryptProtectData", GetLastError());
  out.wrapped = wrapped.bytes();
  if (out.wrapped.size() > wrapped_bytes_max) return fail(Fault::io, "CryptProtectData made too much");
  return out;
}

Result<Bytes> system_key(BytesView wrapped) {
  if (wrapped.empty()) return fail(Fault::wrong_key, "a PC with Linux sealed this");
  auto sealed = blob_of(wrapped);
  auto label = ours();
  Given secret;
  if (!CryptUnprotectData(&sealed, nullptr, &label, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, secret.get()))
    return fail(Fault::wrong_key, "Windows does not open it (error " + std::to_string(GetLastError()) + "): another PC's");
  return secret.bytes();
}

}  // namespace ward::runtime
