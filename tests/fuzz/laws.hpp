#pragma once

#include "protocol/base/error.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>

namespace ward::fuzz {

/// One meaning has one form: what was decoded, encoded again, gives the bytes that came.
inline void require_same(BytesView came, BytesView encoded) {
  WARD_ASSERT(std::equal(came.begin(), came.end(), encoded.begin(), encoded.end()));
}

template <class T, class Encode>
bool one_form(BytesView came, const Result<T>& decoded, Encode&& encode) {
  if (decoded.has_error()) return false;
  require_same(came, encode(*decoded));
  return true;
}

/// The same for bodies of records, which zeros may follow.
template <class T, class Encode>
bool one_padded_form(BytesView came, const Result<T>& decoded, Encode&& encode) {
  if (decoded.has_error()) return false;
  const Bytes encoded = encode(*decoded);
  WARD_ASSERT(came.size() >= encoded.size());
  require_same(came.first(encoded.size()), encoded);
  const auto padding = came.subspan(encoded.size());
  WARD_ASSERT(std::all_of(padding.begin(), padding.end(), [](auto byte) { return byte == 0; }));
  return true;
}

}  // namespace ward::fuzz
