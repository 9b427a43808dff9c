#pragma once

#include "storage/ward_store.hpp"

/// A ward's damaged data file becomes a whole one: what verifies is carried over, the rest the centre sends again.
namespace ward::storage {

struct Repair {
  std::uint64_t segments = 0, records = 0;  ///< carried over
  std::uint64_t fetched_again = 0;          ///< segments of which something is damaged, and which the centre has
  bool from_beginning = false;              ///< what is missing is not known, so the centre is asked for everything
  std::uint64_t saved_again = 0;            ///< own changes that nobody else has, and that stood behind unreadable ones: new changes now
  std::uint64_t lost = 0;                   ///< own records that nobody else has and that cannot be carried over
  std::vector<Did> lost_of;                 ///< the dossiers of those, as far as that can be read
};

/// Into the new file `fresh`. `damaged` is the data file of the device with these keys, and nobody has it open; its journal is moved into
/// it, else it stays as it is. `storage_damaged` when it does not even say whose it is, or by which policy: then a new ticket is the only
/// way.
[[nodiscard]] Result<Repair> repair_ward(const std::string& damaged, const std::string& fresh, const WardKeys& keys, const Random& random,
                                         Now now);

}  // namespace ward::storage
