#pragma once

#include "protocol/deadline/deadline.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <string_view>

/// How many dossiers each list by deadline holds, from an index: no dossier is opened. Every function is one read transaction.
namespace ward::storage {

struct DeadlineCounts {
  std::uint64_t overdue = 0, today = 0, soon = 0, waiting = 0;  ///< each the length of the list of that class
  std::uint64_t supplement = 0;                                 ///< of those that wait: status 5
  std::uint64_t payment = 0;                                    ///< status 6, whether the clock waits for it or not
};
/// `unit`: that holds them; empty: all.
[[nodiscard]] Result<DeadlineCounts> count_deadlines(Store& store, const deadline::Calendar& calendar, deadline::Moment now,
                                                     std::string_view unit = {});

}  // namespace ward::storage
