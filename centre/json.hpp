#pragma once

#include "centre/health.hpp"
#include "protocol/policy/policy.hpp"
#include "storage/dossiers.hpp"

#include <boost/json.hpp>

#include <string>

/// How the centre's facts look to programs (interfaces.md).
namespace ward::centre {

/// A row of `health`: what a ward's own status has, as the centre last heard it, and the verdict.
[[nodiscard]] boost::json::object json_of(const DeviceHealth& device);
[[nodiscard]] boost::json::object json_of(const policy::Unit& unit);
[[nodiscard]] boost::json::object json_of(const storage::DossierLine& line);
[[nodiscard]] const char* name_of(storage::DeviceLine::Standing standing) noexcept;

/// Of a JSON object that a person's request is: the member's text, number or truth, or `otherwise` when it is absent. `invalid` names the
/// member when it is of another kind.
[[nodiscard]] Result<std::string> text_member(const boost::json::object& from, std::string_view name, std::string otherwise);
[[nodiscard]] Result<std::int64_t> number_member(const boost::json::object& from, std::string_view name, std::int64_t otherwise);
[[nodiscard]] Result<bool> truth_member(const boost::json::object& from, std::string_view name, bool otherwise);
/// An empty text is an empty object. `invalid`.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text);

}  // namespace ward::centre
