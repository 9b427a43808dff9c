#include "runtime/door_file_windows.hpp"

#include "protocol/base/bytes.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/entropy.hpp"

#include <charconv>

namespace ward::runtime {
namespace {

std::string new_secret() {
  Array<DoorFile::secret_size / 2> random{};
  fill_random(random);
  return hex(random);
}

}  // namespace

DoorFile new_door_file(std::uint16_t port) { return {port, new_secret(), new_secret()}; }

Result<void> write_door_file(const std::string& path, const DoorFile& door) {
  return write_private_file(path, view(std::to_string(door.port) + " " + door.knock + " " + door.answer + "\n"), true);
}

Result<DoorFile> read_door_file(const std::string& path) {
  WARD_TRY(const auto bytes, read_private_file(path, 1024));
  const auto text = text_of(bytes);
  DoorFile out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.port);
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc() || rest.size() != 2 * DoorFile::secret_size + 3 || rest[0] != ' ' || rest[DoorFile::secret_size + 1] != ' ')
    return fail(Fault::malformed, path + " is not what a daemon writes there");
  out.knock = rest.substr(1, DoorFile::secret_size);
  out.answer = rest.substr(DoorFile::secret_size + 2, DoorFile::secret_size);
  return out;
}

}  // namespace ward::runtime
