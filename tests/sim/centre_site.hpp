#pragma once

#include "storage/centre_store.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/wire.hpp"

#include <map>
#include <optional>

namespace ward::sim {

/// The centre: its data file, and one engine for each connection. It dies and comes back when the dice say so.
class CentreSite {
 public:
  CentreSite(Surroundings& world, Disks& disks, std::string path, storage::CentreKeys keys);

  void open();
  [[nodiscard]] bool up() const noexcept { return store_.has_value(); }
  [[nodiscard]] storage::CentreStore& store() { return *store_; }
  [[nodiscard]] WallTime clock() const { return {world_.true_time().ms + clock_offset_ms_}; }
  void set_clock_offset(std::int64_t ms) { clock_offset_ms_ = ms; }

  /// A connection came in. What it hears goes to `hear` and `lost` under this number.
  [[nodiscard]] std::uint64_t accept(std::function<void(const Bytes&)> send, std::function<void()> close);
  void hear(std::uint64_t connection, Bytes bytes);
  void lost(std::uint64_t connection) { lines_.erase(connection); }
  /// The process dies, with all its connections; it comes back after a while.
  void crash();
  /// Another program takes over where this one ends.
  void update(const schema::Edition& edition);
  void policy_changed();
  /// One of those that are here; none: there is none.
  [[nodiscard]] std::optional<Did> any_dossier();
  /// Of all dossiers that rest, as the program does in idle time.
  void write_summaries();
  /// Somebody carries a verified copy of everything elsewhere.
  void note_backup();

 private:
  void open_later();
  struct Line {
    engine::centre::CentreEngine engine;
    std::function<void(const Bytes&)> send;
    std::function<void()> close;
    std::uint64_t timer = 0;  ///< number of the one that is armed
  };

  void tell(std::uint64_t connection, engine::centre::Event event);
  /// False when the process died over it.
  [[nodiscard]] bool perform(std::uint64_t connection, engine::centre::StoreEffect effect);
  void obey(std::uint64_t connection, const engine::LinkEffect& effect);
  void grew(std::uint64_t but_not);
  void merge_soon();
  void merge();
  /// Gives PCs the codes that they lack, and tells of those that came twice.
  void tend_codes();

  Surroundings& world_;
  Disks& disks_;
  std::string path_;
  storage::CentreKeys keys_;
  schema::Edition edition_ = schema::edition();
  Dice secrets_;
  std::optional<storage::CentreStore> store_;
  std::map<std::uint64_t, Line> lines_;
  std::uint64_t connections_ = 0;
  std::uint64_t timers_ = 0;
  std::uint64_t life_ = 0;  ///< which start of the process this is
  bool merging_ = false;
  std::int64_t clock_offset_ms_ = 0;
};

}  // namespace ward::sim
