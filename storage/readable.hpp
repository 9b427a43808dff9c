#pragma once

#include "storage/store.hpp"

/// Reading a database of which some pages are damaged.
namespace ward::storage {

/// What a damaged file or a dying disk answers.
inline bool is_unreadable(const Failure& failure) {
  return failure.error.fault == Fault::storage_damaged || failure.error.fault == Fault::storage_failed;
}

/// False when `work` met something unreadable.
template <class Work>
bool reads(Work&& work) {
  try {
    work();
    return true;
  } catch (const Failure& failure) {
    if (!is_unreadable(failure)) throw;
    return false;
  }
}

/// Shows every row that can be read, some of them twice: forwards up to the damage, then backwards to it. False when there is any.
template <class Row>
bool each_row(Store& store, std::string_view forwards, std::string_view backwards, Row&& row) {
  const auto all = [&](std::string_view sql) {
    return reads([&] {
      auto found = store.db.query(sql);
      while (found.step()) row(found);
    });
  };
  if (all(forwards)) return true;
  (void)all(backwards);
  return false;
}

}  // namespace ward::storage
