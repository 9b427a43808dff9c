#include "cli/secret.hpp"

#include "runtime/ask_secret.hpp"
#include "runtime/data_dir.hpp"

#include <iostream>

namespace ward::cli {
namespace {

constexpr std::size_t secret_file_bytes_max = 4096;

std::string first_line(std::string text) {
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

}  // namespace

Result<std::string> secret_of(const Common& common, const std::string& file, const char* question) {
  if (file == "-") {
    std::string line;
    if (!std::getline(std::cin, line)) return fail(Fault::invalid, "stdin ended before the secret");
    return first_line(std::move(line));
  }
  if (!file.empty()) {
    WARD_TRY(auto text, runtime::read_file(file, secret_file_bytes_max));
    return first_line(std::move(text));
  }
  if (common.no_input) return fail(Fault::invalid, "what must not stand in an argument comes from a file when nobody is to be asked");
  return runtime::ask_secret(question);
}

Result<std::string> new_secret_of(const Common& common, const std::string& file, const char* question) {
  WARD_TRY(auto first, secret_of(common, file, question));
  if (!file.empty()) return first;
  WARD_TRY(const auto again, secret_of(common, file, "The same again:"));
  if (again != first) return fail(Fault::invalid, "these were two different ones");
  return first;
}

}  // namespace ward::cli
