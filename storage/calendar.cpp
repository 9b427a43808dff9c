#include "storage/calendar.hpp"

#include "protocol/course/calendar.hpp"

namespace ward::storage {

const deadline::Calendar& calendar_of(Store& store) {
  const auto& last = store.policy.last_hash();
  if (!store.calendar || store.calendar->first != last) store.calendar.emplace(last, course::calendar_in_force(store.policy));
  return store.calendar->second;
}

}  // namespace ward::storage
