#pragma once

#include "protocol/audit/audit.hpp"

#include <boost/json/object.hpp>

#include <string_view>

/// The audit log for programs, and as a file: the JSON of WIRE.md §14.
namespace ward::runtime {

inline constexpr std::size_t audit_bytes_max = std::size_t{128} * 1024 * 1024;

/// `kind` by its name; `kind_N` where this version knows none.
[[nodiscard]] boost::json::object json_of(const audit::Entry& entry);
[[nodiscard]] boost::json::object json_of(const audit::Export& exported);
/// `invalid` when it is not in that form: names the part. Whether it is true is another question (`audit::check`).
[[nodiscard]] Result<audit::Export> audit_of_json(std::string_view text);

}  // namespace ward::runtime
