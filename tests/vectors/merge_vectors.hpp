#pragma once

#include "tests/vectors/tally.hpp"

#include <ostream>
#include <string>

namespace ward::vectors {

/// Runs one file in the form of conflicts.json through the shipped merge: every order of arrival and every repetition up to 6 operations,
/// 1,000 seeded ones beyond. Ids of what failed or is not covered go to `out`. Throws `BadFile` on a file that is not of that form.
[[nodiscard]] Tally run_merge_file(const std::string& path, std::ostream& out);

}  // namespace ward::vectors
