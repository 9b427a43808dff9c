#pragma once

#include "protocol/policy/policy.hpp"

#include <string_view>
#include <vector>

namespace ward::centre {

/// The unit tree as people keep it: a CSV table (RFC 4180, UTF-8, with or without BOM) whose first row names its columns. Needed: `code`,
/// `name_vi`, `name_en`, `kind`, `parent`; taken when there: `identification_code`. `valid_from` and `valid_to` must look like dates and
/// are information only; other columns are ignored. Parents come before their children in the result, whatever the file's order. Keys and
/// epochs are left empty.
///
/// `invalid`: names the line, what is wrong there, and what is accepted.
[[nodiscard]] Result<std::vector<policy::Unit>> read_unit_table(std::string_view csv);

}  // namespace ward::centre
