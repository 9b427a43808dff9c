#pragma once

#include "storage/centre_store.hpp"
#include "storage/ward_store.hpp"
#include "tests/sim/surroundings.hpp"

namespace ward::sim {

/// A copy of `keys`, as a program gets it from its key file at every start.
[[nodiscard]] storage::CentreKeys copy_of(const storage::CentreKeys& keys);
[[nodiscard]] storage::WardKeys copy_of(const storage::WardKeys& keys);

/// Writes the centre's data file of a new city with these units.
[[nodiscard]] storage::CentreKeys found_centre(const std::string& path, const std::vector<UnitCode>& units, const storage::Random& random,
                                               WallTime now);

/// Enrols a device through both engines, on a line where nothing goes wrong, and writes its data file.
[[nodiscard]] storage::WardKeys enrol_ward(const std::string& path, storage::CentreStore& centre, const UnitCode& unit, bool pre_approved,
                                           const storage::Random& random, Now now);

/// The value, or a complaint that names what did not work.
template <class T>
T demand(Result<T> result, const std::string& what) {
  if (result.has_error()) throw Complaint(what + ": " + ward::name_of(result.error().fault) + ", " + result.error().detail);
  return *std::move(result);
}
inline void demand(const Result<void>& result, const std::string& what) {
  if (result.has_error()) throw Complaint(what + ": " + ward::name_of(result.error().fault) + ", " + result.error().detail);
}

}  // namespace ward::sim
