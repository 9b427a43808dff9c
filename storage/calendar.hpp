#pragma once

#include "protocol/deadline/calendar.hpp"
#include "storage/store.hpp"

namespace ward::storage {

/// The calendar in force here. Valid as long as the store.
[[nodiscard]] const deadline::Calendar& calendar_of(Store& store);

}  // namespace ward::storage
