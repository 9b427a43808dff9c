#pragma once

#include "cli/doctor.hpp"
#include "protocol/base/time.hpp"
#include "storage/ward_store.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace ward::agent {

/// What an enrolled PC knows of how it does: from the daemon's status, or from the data file when none runs.
struct WardFacts {
  std::string centre;    ///< host:port
  std::string approval;  ///< approved, waiting, revoked
  std::string alarm, last_error;
  bool link_open = false;
  std::uint64_t queue_records = 0;
  WallTime queue_oldest;  ///< 0: nothing waits
  WallTime receipted_at;  ///< 0: never
  std::int64_t clock_offset_ms = 0;
  std::uint64_t refused_segments = 0;
  std::uint64_t quarantined = 0;
  std::string no_official_code;  ///< why; empty: new dossiers get one, or nobody can say
  std::uint64_t shared_codes = 0;
  std::uint64_t records_at_centre = 0;  ///< dossiers
};

inline constexpr std::chrono::hours contact_every{24};
inline constexpr std::chrono::hours queue_open_max{2};

[[nodiscard]] WardFacts facts_of(const boost::json::value& status);
[[nodiscard]] Result<WardFacts> facts_of(storage::WardStore& store, Now now);

/// Adds what the facts say. Pure.
void judge(cli::Examination& to, const WardFacts& facts, WallTime now);

}  // namespace ward::agent
