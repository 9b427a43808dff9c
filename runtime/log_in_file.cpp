#include "runtime/log_in_file.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/file_facts.hpp"
#include "runtime/own_state.hpp"

#include <filesystem>

namespace ward::runtime {
namespace {

constexpr std::size_t token_bytes_max = 256;

/// Empty: there is no such place.
std::string file_for(const std::string& data) {
  const auto folder = own_state();
  if (folder.empty()) return {};
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(path_of(data), error).generic_u8string();
  const std::string_view text(reinterpret_cast<const char*>(whole.data()), whole.size());
  return folder + "/" + hex(crypto::hash<KeyId>("wsync-log-in-at", {}, {view(text)}).view()) + ".log-in";
}

}  // namespace

std::string kept_log_in(const std::string& data) {
  const auto file = file_for(data);
  if (file.empty() || !file_exists(file)) return {};
  const auto token = read_private_file(file, token_bytes_max);
  return token.has_value() ? std::string(text_of(*token)) : std::string();
}

Result<void> keep_log_in(const std::string& data, const std::string& token) {
  const auto file = file_for(data);
  if (file.empty()) return fail(Fault::not_found, "a folder of your own for the log-in: neither XDG_RUNTIME_DIR nor HOME is set");
  WARD_TRY(const auto folder, DataDir::make(own_state()));
  return write_private_file(file, view(token), true);
}

void forget_log_in(const std::string& data) {
  if (const auto file = file_for(data); !file.empty()) remove_file(file);
}

}  // namespace ward::runtime
