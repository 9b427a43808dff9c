#pragma once

#include "protocol/crypto/hash.hpp"
#include "storage/centre_store.hpp"
#include "storage/ward_store.hpp"
#include "tests/support/made.hpp"
#include "tests/support/temporary.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>

/// One centre and some ward PCs as stores on real files, without links or engines: what a link does is done here step by step, so that a
/// test can leave any step out.
namespace ward::test {

using TempDir = Temporary;

/// Reproducible, and never the same for two seeds.
[[nodiscard]] storage::Random seeded(std::uint64_t seed);

template <class T>
T must(Result<T> result) {
  if (result.has_error()) throw std::runtime_error(std::string(name_of(result.error().fault)) + ": " + result.error().detail);
  return *std::move(result);
}
inline void must(const Result<void>& result) {
  if (result.has_error()) throw std::runtime_error(std::string(name_of(result.error().fault)) + ": " + result.error().detail);
}

struct Pc;

class City {
 public:
  /// `identification`: of each unit, the same, so that its PCs number new dossiers; empty: they have none.
  explicit City(std::string organisation = "Huế", std::string identification = {});

  TempDir dir;
  crypto::SignSeed root = made_secret<crypto::SignSeed>(1);
  storage::CentreKeys keys;
  std::optional<storage::CentreStore> centre;
  std::uint64_t openings = 0;
  static constexpr Now beginning{Instant{std::chrono::hours(1)}, WallTime{1'770'000'000'000}};
  Now now = beginning;

  void pass(std::chrono::milliseconds time) {
    now.monotonic += time;
    now.wall.ms += time.count();
  }
  void reopen_centre();
  [[nodiscard]] Pc enrol(const UnitCode& unit, std::uint64_t seed);
  [[nodiscard]] std::vector<policy::Entry> policy() { return centre->store().policy.entries(); }
};

/// A ward PC.
struct Pc {
  std::string path;
  storage::WardKeys keys;
  std::uint64_t seed;
  std::optional<storage::WardStore> store;
  std::shared_ptr<std::optional<Bytes>> mark{};  ///< in place of the file beside the database; null: none is kept

  void reopen();
  void keep_mark();
  [[nodiscard]] storage::WardStore& operator*() { return *store; }
  [[nodiscard]] storage::WardStore* operator->() { return &*store; }
};

/// One link's work between a PC and the centre, in order; each step also alone.
class Link {
 public:
  Link(City& city, Pc& pc) : city_(city), pc_(pc) {}

  bool lose_receipts = false;     ///< what the centre answers to segments never arrives
  bool old_version = false;       ///< a link of the version before summaries
  bool without_own_work = false;  ///< a link of the version before what is fetched had the device's own records

  /// Greeting: message 1 and 2. False when the ward's store ends the link.
  bool greet();
  /// One run: the next segments go to the centre and its receipt comes back. False when there was nothing to send.
  bool push(std::size_t segments = 4, std::size_t segment_records = 256);
  void fetch_policy();
  /// One delivery. False when there was nothing.
  bool pull(std::size_t bytes_max = 256 * 1024);
  /// One answer about the dossiers whose records are needed, from the log index on where the one before ended. False when none are.
  bool fetch(std::size_t bytes_max = 256 * 1024);
  /// One question about dossiers that rest, whose summaries come in parts; the next that could be let go.
  std::vector<Did> let_go(const std::vector<Did>& resting, std::size_t bytes_max = 256 * 1024);
  void hear_applied();
  /// Everything, until neither side has anything to say.
  void run();

  engine::centre::Admitted last_admitted;
  engine::agent::LinkPrepared prepared;
  std::size_t bytes = 0;  ///< of runs from the centre

 private:
  [[nodiscard]] std::vector<segment::Rows> on_the_line(const std::vector<segment::Rows>& rows);
  bool answer(const engine::centre::LogView& log, const std::vector<log::DeviceHead>& heads, const std::vector<sync::OwnStamp>& stamps);
  City& city_;
  Pc& pc_;
  std::uint64_t cursor_ = 0;
  std::uint64_t fill_ = 0;
  std::uint64_t fetched_to_ = 0;
  std::vector<Did> fetching_;
  bool sealed_ = false;
  bool unsent_ = true;
};

/// Links until nothing changes any more.
void sync(City& city, Pc& pc);

// Changes.
[[nodiscard]] record::Op set(std::string field, record::Value value);
[[nodiscard]] storage::NewChange new_dossier(std::vector<record::Op> ops);
[[nodiscard]] storage::NewChange edit(const Did& did, std::vector<record::Op> ops);
[[nodiscard]] storage::NewChange sample_dossier(const std::string& code, const std::string& name);
[[nodiscard]] storage::Saved save(City& city, Pc& pc, const storage::NewChange& change);

/// Makes of the data what a program of an earlier `version` had left.
void take_back_to(storage::Store& store, std::size_t version);

/// What two sites compare: every dossier's merged state, without what only the clock of one site knows.
[[nodiscard]] std::map<Did, merge::DossierState> all_states(storage::Store& store);
[[nodiscard]] std::string shown(storage::Store& store, const Did& did, std::string_view field);

}  // namespace ward::test
