#pragma once

#include "storage/ward_parts.hpp"

/// A PC lets go of the records of dossiers that ended long ago, and knows them by their summaries from then on (docs/adr/0018). All of it
/// runs inside a transaction of the caller.
namespace ward::storage {

struct LettingGo {
  WardStore& ward;
  Store& store;

  explicit LettingGo(WardStore& of);
  /// The next whose records could go if the centre has a summary of them; at most sync::fetched_dossiers_max.
  [[nodiscard]] std::vector<Did> resting();
  /// Those summaries came, as far as there are any.
  void take(const std::vector<Did>& dossiers, bool all);

 private:
  /// The centre's word is not in doubt, and this file is whole.
  [[nodiscard]] bool may_begin();
  [[nodiscard]] bool may_go(std::int64_t dossier);

  std::uint64_t archived_ = 0;  ///< what the log holds before it, a copy holds that is not at the centre
  WallTime before_;             ///< the newest record of a dossier is no younger
};

}  // namespace ward::storage
