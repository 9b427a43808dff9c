#pragma once

#include "protocol/deadline/calendar.hpp"
#include "storage/store.hpp"

namespace ward::storage {

/// The calendar in force here (course/calendar.hpp). Valid until the policy log grows.
[[nodiscard]] const deadline::Calendar& calendar_of(Store& store);

}  // namespace ward::storage
