#pragma once

#include "protocol/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Where a page of a list ends: the value by which the list is sorted, and the row of its last dossier.
namespace ward::storage {

struct Place {
  std::int64_t sorted_by = 0, dossier = 0;
};

[[nodiscard]] std::string cursor_text(const Place& place);
/// `first` for the empty cursor; `invalid` when it is not one that was given out.
[[nodiscard]] Result<Place> place_of(std::string_view cursor, const Place& first);
/// The same where rows alone sort the list.
[[nodiscard]] Result<std::int64_t> row_of(std::string_view cursor, std::int64_t first);

}  // namespace ward::storage
