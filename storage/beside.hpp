#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"

#include <functional>
#include <optional>

namespace ward::storage {

/// A file beside the database: who puts an older database back does not put back that.
struct Beside {
  std::function<Result<std::optional<Bytes>>()> read;  ///< nothing: there is none
  std::function<Result<void>(BytesView)> write;        ///< whole or not at all; durable when it returns
};

}  // namespace ward::storage
