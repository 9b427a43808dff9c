#pragma once

#include "centre/proof_turns.hpp"
#include "runtime/events.hpp"
#include "runtime/link.hpp"
#include "storage/centre_store.hpp"

#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>

/// The centre's links: one engine for each, one store for all, and the registry's merging in between. One thread.
namespace ward::centre {

namespace asio = boost::asio;

inline constexpr std::size_t links_max = 12'000;     ///< three PCs in each of the country's communes, and room
inline constexpr std::size_t half_open_max = 1'024;  ///< connections that have not proved yet whose they are
/// Of these, from one address: one machine cannot lock out the others, and a city behind one router gets in.
inline constexpr std::size_t half_open_per_address_max = 256;

class Hub {
 public:
  /// `store` outlives it.
  Hub(const asio::any_io_executor& executor, storage::CentreStore& store);

  /// The port that was bound; `io` when it is taken.
  [[nodiscard]] Result<std::uint16_t> listen(const runtime::HostPort& at) { return server_.listen(at); }
  /// Serves and merges until stopped. An error is one after which the process must end, reopen and verify.
  [[nodiscard]] asio::awaitable<std::optional<Error>> run();
  /// To end: `stop`, then let io_context::run return.
  void stop();

  /// The administrator changed the policy log; every ward is told.
  void policy_changed();
  /// The centre's own officials wrote: the log grew, and perhaps the policy log.
  void wrote();
  /// What was noted in the audit log is kept beside the database, too.
  void keep_audit_end();
  /// The store failed in a way after which the process must end, reopen and verify.
  void fail_with(Error error) { end(std::move(error)); }
  /// Ends the device's open links; when it calls again, it is judged anew.
  void disconnect(const DeviceId& device, Error why);

  /// For administrators' pages: `devices` when something about one changed, `arrived` when the log grew, `applied` when it was merged.
  runtime::EventLog events;

  [[nodiscard]] std::set<DeviceId> connected() const;
  [[nodiscard]] std::size_t links() const noexcept { return lines_.size(); }

 private:
  /// One connection. What happened elsewhere waits here until its engine can be told.
  struct Line {
    runtime::Link link;
    engine::centre::CentreEngine engine;
    asio::ip::address from;
    std::optional<engine::centre::LogGrew> grew;
    std::optional<engine::centre::AppliedGrew> applied;
  };
  using Lines = std::list<Line*>;
  class Listed;

  [[nodiscard]] asio::awaitable<void> serve(runtime::Tcp::socket socket);
  [[nodiscard]] engine::centre::Event perform(Line& line, engine::centre::StoreEffect effect, Now now);
  [[nodiscard]] engine::centre::Event answer(const Line& line, engine::centre::StoreEffect effect, Now now);
  [[nodiscard]] bool is_left(const Line& line) const;
  [[nodiscard]] asio::awaitable<void> merge();
  /// Gives PCs the codes that they lack, and tells wards of those that came twice.
  [[nodiscard]] asio::awaitable<void> tend_codes();
  /// Of dossiers that rest, in idle time.
  [[nodiscard]] asio::awaitable<void> write_summaries();
  /// Where the centre's own keys are others now, open links end, and the next ones know them.
  void keys_changed();
  void tell(const Line& line, const engine::centre::Event& event);
  void log_grew(const Line* whose);
  void applied_grew(const engine::centre::LogView& log);
  void end(Error reason);
  [[nodiscard]] bool may_greet(const asio::ip::address& from) const;

  storage::CentreStore& store_;
  ProofTurns proofs_;
  runtime::LinkServer server_;
  runtime::Signal to_merge_;
  runtime::Signal merged_;
  runtime::Signal ended_;
  Lines lines_;
  std::optional<Error> fatal_;
  std::uint64_t log_size_;
  Epoch policy_count_;
  SignKey receipt_key_;
  DhKey noise_;
  bool stopping_ = false;
};

}  // namespace ward::centre
