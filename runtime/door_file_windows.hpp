#pragma once

#include "protocol/base/error.hpp"

#include <cstdint>
#include <string>

/// What stands on Windows in place of a Unix socket: a file that only this account reads. It names a port of this machine, what a visitor
/// says first there, and what he must be answered: another program that gets hold of the port can say neither.
namespace ward::runtime {

struct DoorFile {
  static constexpr std::size_t secret_size = 64;  ///< hexadecimal digits
  std::uint16_t port = 0;
  std::string knock;
  std::string answer;
};

[[nodiscard]] DoorFile new_door_file(std::uint16_t port);
[[nodiscard]] Result<void> write_door_file(const std::string& path, const DoorFile& door);
/// `not_found`; `malformed`; `invalid` when other accounts may read it.
[[nodiscard]] Result<DoorFile> read_door_file(const std::string& path);

}  // namespace ward::runtime
