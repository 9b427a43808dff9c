#pragma once

#include "protocol/policy/policy.hpp"
#include "storage/centre_store.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The birth of a city's system: its keys and the first entries of its policy log (records.md §7).
namespace ward::centre {

struct Founding {
  storage::CentreKeys keys;
  crypto::SignSeed root;       ///< signs genesis, roles and rotations; goes to a safe
  crypto::SignSeed next_root;  ///< the one that a rotation must reveal; goes to another safe
  OrgId org;
  std::vector<policy::Entry> entries;  ///< genesis, then one entry per unit
};

/// `organisation`: the city's name as people call it, 1 to 64 bytes. `units`: parents first, keys and epochs empty.
[[nodiscard]] Result<Founding> found_city(std::string organisation, std::vector<policy::Unit> units, const storage::Random& random,
                                          WallTime now);

/// A root key as text for a file of its own: one line that says what it is, one with the key.
[[nodiscard]] std::string encode_root_key(const crypto::SignSeed& seed, std::string_view organisation, bool next);

/// Where `init` puts the root key when nobody names a place, and the next root key beside any root key.
[[nodiscard]] std::string root_key_beside(std::string data);
[[nodiscard]] std::string next_root_key(const std::string& root_file);

}  // namespace ward::centre
