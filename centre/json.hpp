#pragma once

#include "centre/health.hpp"

#include <boost/json.hpp>

#include <string>

/// How the centre's facts look to programs (interfaces.md).
namespace ward::centre {

/// A row of `health`: what a ward's own status has, as the centre last heard it, and the verdict; with `cause` and `action` when somebody
/// must do something.
[[nodiscard]] boost::json::object json_of(const DeviceHealth& device);
/// `log_size`: as it is now.
[[nodiscard]] boost::json::object json_of(const storage::Keeping& keeping, std::uint64_t log_size);
[[nodiscard]] const char* name_of(storage::DeviceLine::Standing standing) noexcept;

}  // namespace ward::centre
