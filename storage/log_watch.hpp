#pragma once

#include "protocol/evidence/contradiction.hpp"
#include "storage/ward_store.hpp"

/// A ward's watch over the centre's log (docs/adr/0016). Inside a transaction of WardStore.
namespace ward::storage {

/// Whether the centre's log only grows, and is the one that others are shown.
struct LogWatch {
  WardStore& ward;
  Store& store;
  Now now;

  LogWatch(WardStore& of, Now at);
  /// Heads that the centre is to prove now; none: it is too early. `quiet`: the line is, so that what can wait need not.
  [[nodiscard]] engine::agent::Doubts due(bool quiet);
  /// True when everything that was asked joins.
  [[nodiscard]] bool take(const engine::agent::StoreJoins& answered);
  /// A link begins: who answers may be another than who signed the last receipt, which the next one takes the place of.
  void begin_link();
  /// Verified statements of other devices.
  void hear(const std::vector<segment::SignedStatement>& said);
  /// Raises the alarm, and keeps the first contradiction for whoever must be shown it.
  void accuse(evidence::Contradiction contradiction);

 private:
  [[nodiscard]] bool is_over(const log::Receipt& proved, WallTime time, std::chrono::milliseconds wait);
  void note_wanted(WallTime time, bool asked);
  [[nodiscard]] WallTime centre_time(const log::Receipt& last) const;
};
[[nodiscard]] std::optional<Bytes> kept_contradiction(Store& store);
/// When the centre signed the newest proof; 0: it never did.
[[nodiscard]] WallTime proved_at(Store& store);
/// The centre was asked for a proof a week ago, and there is none.
[[nodiscard]] bool is_unproved(Store& store, WallTime now);

}  // namespace ward::storage
