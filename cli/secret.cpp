#include "cli/secret.hpp"

#include "protocol/base/wipe.hpp"
#include "protocol/text/text.hpp"
#include "runtime/ask_secret.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/file_facts.hpp"

#include <algorithm>
#include <iostream>

namespace ward::cli {
namespace {

constexpr std::size_t secret_file_bytes_max = 4096;
constexpr std::ptrdiff_t passphrase_letters_min = 12;

bool begins_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }

/// Nothing of the rest, and no copy, stays in the heap.
std::string first_line(std::string& text) {
  const Wiped wiped(text);
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

Result<std::string> secret_of(const Common& common, const std::string& file, const char* question) {
  if (file == "-") {
    std::string line;
    line.reserve(secret_file_bytes_max);
    if (!std::getline(std::cin, line)) return fail(Fault::invalid, "stdin ended before the secret");
    return first_line(line);
  }
  if (!file.empty()) {
    WARD_TRY(auto text, runtime::read_file(file, secret_file_bytes_max));
    return first_line(text);
  }
  if (common.no_input) return fail(Fault::invalid, "what must not stand in an argument comes from a file when nobody is to be asked");
  return runtime::ask_secret(question);
}

Result<std::string> new_secret_of(const Common& common, const std::string& file, const char* question) {
  WARD_TRY(auto first, secret_of(common, file, question));
  if (!file.empty()) return first;
  auto again = secret_of(common, file, "The same again:");
  const bool same = again.has_value() && *again == first;
  if (again.has_value()) wipe(again->data(), again->size());
  if (same) return first;
  wipe(first.data(), first.size());
  return again.has_error() ? again.error() : fail(Fault::invalid, "these were two different ones");
}

Result<std::string> new_passphrase_of(const Common& common, const std::string& file, const char* question) {
  WARD_TRY(auto out, new_secret_of(common, file, question));
  auto composed = text::to_nfc(out);
  const auto letters = composed.has_value() ? std::count_if(composed->begin(), composed->end(), begins_letter) : 0;
  if (composed.has_value()) wipe(composed->data(), composed->size());
  if (letters >= passphrase_letters_min) return out;
  wipe(out.data(), out.size());
  return composed.has_error()
             ? composed.error()
             : fail(Fault::invalid, "the passphrase has at least 12 characters: whoever has what it seals may try as often as they like");
}

Result<void> can_be_made(const std::string& path) {
  if (path.empty()) return {};
  if (runtime::file_exists(path)) return fail(Fault::invalid, path + " exists already");
  const auto folder = runtime::utf8_of(runtime::path_of(path).parent_path());
  return runtime::check_writable(folder.empty() ? "." : folder);
}

}  // namespace ward::cli
