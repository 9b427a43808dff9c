#include "runtime/loopback_token.hpp"

#include "runtime/entropy.hpp"

namespace ward::runtime {

Result<std::string> loopback_token(const DataDir& directory) {
  const auto path = directory.file("api.token");
  if (file_exists(path)) {
    WARD_TRY(const auto bytes, read_private_file(path, 1024));
    std::string token(text_of(bytes));
    while (token.ends_with('\n')) token.pop_back();
    if (token.empty()) return fail(Fault::invalid, path + " is empty; delete it, and it is made anew");
    return token;
  }
  Array<32> random{};
  fill_random(random);
  auto token = hex(random);
  WARD_CHECK(write_private_file(path, view(token + "\n"), false));
  return token;
}

}  // namespace ward::runtime
