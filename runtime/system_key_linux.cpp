#include "runtime/system_key.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/data_dir.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

/// The service is handed its credentials as files that no disk holds (systemd.exec(5)). Root's commands are not the service: they ask
/// systemd's own tool.
namespace ward::runtime {
namespace {

constexpr std::size_t secret_bytes_min = 32, secret_bytes_max = 4096;
constexpr const char* decrypter = "/usr/bin/systemd-creds";

Result<Bytes> checked(Bytes secret) {
  if (secret.size() < secret_bytes_min || secret.size() > secret_bytes_max)
    return fail(Fault::invalid, std::string("the credential ") + credential_name + " must have 32 to 4096 bytes");
  return secret;
}

/// In the child: becomes root again, which it is where a command acts as the data's owner.
[[noreturn]] void become_decrypter(int out, const std::string& sealed) {
  const std::string name = std::string("--name=") + credential_name;
  const std::array<const char*, 6> words{decrypter, "decrypt", name.c_str(), sealed.c_str(), "-", nullptr};
  const std::array<const char*, 1> environment{nullptr};
  const int nothing = ::open("/dev/null", O_RDWR);
  if (::seteuid(0) == 0 && ::setegid(0) == 0 && nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(nothing, STDERR_FILENO) >= 0 &&
      ::dup2(out, STDOUT_FILENO) >= 0)
    ::execve(decrypter, const_cast<char* const*>(words.data()), const_cast<char* const*>(environment.data()));
  ::_exit(1);
}

Result<Bytes> decrypted(const std::string& sealed) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return fail(Fault::io, "asking systemd-creds");
  const auto child = ::fork();
  if (child == 0) become_decrypter(pipe[1], sealed);
  ::close(pipe[1]);
  Bytes out;
  std::array<std::uint8_t, 512> some;
  const Wiped wiped(some);
  for (ssize_t got = 1; child > 0 && got != 0 && out.size() <= secret_bytes_max;) {
    got = ::read(pipe[0], some.data(), some.size());
    if (got < 0 && errno != EINTR) break;
    if (got > 0) append(out, BytesView(some).first(static_cast<std::size_t>(got)));
  }
  ::close(pipe[0]);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(Fault::wrong_key, "systemd-creds does not open " + sealed + ": another PC's, or its TPM was reset");
  return checked(std::move(out));
}

Error none() { return fail(Fault::not_found, std::string("systemd gave no credential ") + credential_name); }

Result<Bytes> given() {
  const auto* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr) return none();
  auto held = read_file(std::string(directory) + "/" + credential_name, secret_bytes_max);
  if (held.has_error()) return held.error().fault == Fault::not_found ? none() : held.error();
  const Wiped wiped(*held);
  return checked(copy(view(*held)));
}

Result<Bytes> given_or_asked() {
  auto out = given();
  if (out.has_value() || out.error().fault != Fault::not_found) return out;
  const auto sealed = std::string("/etc/credstore.encrypted/") + credential_name;
  // Asked by the real account, root, also where a command acts as the data's owner, who may not look there.
  if (::getuid() == 0 && ::access(sealed.c_str(), F_OK) == 0) return decrypted(sealed);
  return out;
}

}  // namespace

Result<SystemKey> new_system_key(Opener opener) {
  WARD_TRY(auto secret, opener == Opener::service ? given_or_asked() : given());
  return SystemKey{std::move(secret), {}};
}

Result<Bytes> system_key(BytesView wrapped) {
  if (!wrapped.empty()) return fail(Fault::wrong_key, "a PC with Windows sealed this");
  return given_or_asked();
}

}  // namespace ward::runtime
