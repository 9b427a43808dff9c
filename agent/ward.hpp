#pragma once

#include "runtime/asio.hpp"
#include "runtime/events.hpp"
#include "storage/audit.hpp"
#include "storage/ward_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// One running ward PC: its store, how its link is doing, and what people asked of it. One thread.
namespace ward::agent {

namespace asio = boost::asio;

enum class LinkState {
  connecting,
  open,
  waiting,               ///< the last attempt failed; the next is planned
  waiting_for_approval,  ///< the centre knows this PC, and no administrator has approved it yet
  revoked,
  paused,  ///< by a person
};
[[nodiscard]] const char* name_of(LinkState state) noexcept;

/// What `status` tells of the link.
struct LinkStanding {
  LinkState state = LinkState::connecting;
  WallTime since;
  std::int64_t rtt_ms = -1;  ///< -1: nothing was answered yet
  std::string last_error;    ///< why the last link or attempt ended; empty: none ended yet
  WallTime last_error_at;
  WallTime next_try_at;        ///< 0: none is planned
  std::string address;         ///< of the centre, as called last; empty before the first attempt
  std::uint64_t attempts = 0;  ///< that failed since a link stood last
  WallTime progress_at;        ///< when a receipt came last, or this program started
};

class Ward {
 public:
  Ward(storage::WardStore opened, std::string data, const asio::any_io_executor& executor);

  storage::WardStore store;
  const std::string data;  ///< directory
  std::string http;        ///< host:port of the loopback API; empty: off
  std::string log;         ///< the log's file; empty: stderr
  LinkStanding link;
  runtime::EventLog events;

  void enter(LinkState state);
  /// Where the centre may be, in the order in which to call: the policy log's list, and the ticket's address last.
  [[nodiscard]] std::vector<std::string> centre_addresses();

  // What people ask of the link; the connection looks at it whenever `wish` is raised.
  runtime::Signal wish;
  bool saved_something = false;  ///< since the engine was last told
  bool wants_sync_now = false;
  /// Something was saved: whoever listens hears of it, and it is sent soon.
  void saved(const std::vector<storage::Saved>& all);
  /// Merges what was saved; whoever listens hears of what came of it.
  void merge_saved();
  /// Runs for ever: merges once nobody saves for a moment.
  [[nodiscard]] asio::awaitable<void> keep_merging();
  /// What the link's engine asks of the store; whoever listens hears what came of it.
  [[nodiscard]] engine::agent::Event perform(engine::agent::StoreEffect effect, Now now);
  /// Gives what waits with a provisional code its official one, where that can be now.
  void give_official_codes(Now now);
  void sync_now();
  /// Records that somebody needed and that are at the centre only come over the link, soon.
  void fetch_what_was_missed();
  /// `act`: for the audit log.
  [[nodiscard]] Result<void> pause(bool paused, const storage::Act& act);
  void keep_audit_end();
  [[nodiscard]] bool paused() const noexcept { return paused_; }
  void set_wake_link(std::function<void()> wake) { wake_link_ = std::move(wake); }

  /// The store failed in a way after which the process must end, reopen and verify.
  void fail_with(Error error);
  [[nodiscard]] asio::awaitable<void> failed();
  [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

 private:
  void outbox_grew();
  void changed();
  /// Tells of conflicts and of this PC's health when they differ from what was told last.
  void compare(const sync::Report& report);

  struct Told {
    std::uint64_t conflicts = 0, quarantined = 0;
    bool restored = false;
  };
  std::optional<Told> told_;
  bool paused_ = false;
  std::function<void()> wake_link_;
  runtime::Signal to_merge_;
  std::optional<Error> failure_;
  runtime::Signal failing_;
};

}  // namespace ward::agent
