#pragma once

#include "tests/vectors/tally.hpp"

#include <ostream>
#include <string>

namespace ward::vectors {

/// RFC 6962 proofs in the form of transparency-dev/merkle: one vector or a list of them, inclusion (`leafIdx`, `treeSize`, `root`,
/// `leafHash`) or consistency (`size1`, `size2`, `root1`, `root2`), each with `proof` and `wantErr`. Throws `BadFile`.
[[nodiscard]] Tally run_merkle_file(const std::string& path, std::ostream& out);

}  // namespace ward::vectors
