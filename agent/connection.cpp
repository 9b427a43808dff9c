#include "agent/connection.hpp"

#include "runtime/clock.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/drive.hpp"
#include "runtime/entropy.hpp"
#include "runtime/log.hpp"

namespace ward::agent {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using engine::agent::AgentEngine;
using engine::agent::Event;
using engine::agent::StoreEffect;

constexpr auto dial_max = 10s;      ///< four SYNs; then a fresh one, since TCP's own pauses sleep through short windows
constexpr auto attempt_pause = 1s;  ///< least time between two attempts, whatever is saved
constexpr auto lost_first = 500ms;
constexpr auto lost_longest = 30s;
constexpr auto refused_first = 5s;
constexpr auto refused_longest = 300s;
constexpr auto approval_longest = 20s;  ///< an administrator is on the telephone

/// While it lives, what happens outside a link reaches it.
class Reachable {
 public:
  Reachable(Ward& ward, runtime::Link& link) : ward_(ward) {
    ward_.set_wake_link([&] { ward.paused() ? link.close() : link.wake(); });
  }
  Reachable(const Reachable&) = delete;
  Reachable& operator=(const Reachable&) = delete;
  ~Reachable() { ward_.set_wake_link({}); }

 private:
  Ward& ward_;
};

}  // namespace

Connection::Connection(Ward& ward, const asio::any_io_executor& executor)
    : ward_(ward), network_(executor), lost_(lost_first, lost_longest), refused_(refused_first, refused_longest) {}

asio::awaitable<void> Connection::run() {
  while (true) {
    if (ward_.paused()) {
      ward_.enter(LinkState::paused);
      co_await ward_.wish.wait();
      continue;
    }
    attempted_ = runtime::read_clock().monotonic;
    ward_.link.next_try_at = {};
    const auto reason = co_await attempt();
    if (reaction_to(reason.fault) == Reaction::stop) {
      ward_.fail_with(reason);
      co_return;
    }
    if (ward_.paused()) continue;
    note(reason);
    co_await rest(reason);
  }
}

/// One address after the other, until the centre itself answers. What is told is why the first one failed: that is where it should be.
asio::awaitable<Error> Connection::attempt() {
  ward_.enter(LinkState::connecting);
  std::optional<Error> first;
  for (const auto& address : ward_.centre_addresses()) {
    answered_ = false;
    ward_.link.address = address;
    auto reason = co_await call(address);
    if (answered_ || ward_.paused() || reaction_to(reason.fault) == Reaction::stop) co_return reason;
    if (!first) first = fail(reason.fault, address + ": " + reason.detail);
  }
  co_return *first;
}

asio::awaitable<Error> Connection::call(std::string address) {
  auto where = runtime::parse_host_port(address);
  if (where.has_error()) co_return where.error();
  auto socket = co_await runtime::dial(*std::move(where), dial_max);
  if (socket.has_error()) co_return socket.error();
  auto reason = co_await hold(*std::move(socket));
  // Only the centre can refuse: it says so inside Noise.
  answered_ = answered_ || reason.fault == Fault::revoked || reason.fault == Fault::not_member || reason.fault == Fault::unsupported;
  co_return reason;
}

asio::awaitable<Error> Connection::hold(runtime::Tcp::socket socket) {
  runtime::tune(socket, runtime::ward_unacknowledged_max);
  runtime::Link link(std::move(socket));
  AgentEngine engine(ward_.store.engine_identity());
  auto perform = [&](StoreEffect effect, Now now) -> std::optional<Event> { return ward_.perform(std::move(effect), now); };
  const auto opened = runtime::read_clock().monotonic;
  auto outside = [&]() -> std::optional<Event> {
    const auto standing = engine.standing();
    if (!standing.open || ward_.paused()) return std::nullopt;
    ward_.link.rtt_ms = standing.rtt_ms;
    answered_ = true;
    if (ward_.link.state != LinkState::open) {
      ward_.enter(LinkState::open);
      lost_.reset();
      refused_.reset();
      runtime::log_info(runtime::Happened::link_opened);
    }
    if (must_greet_anew(ward_.store, runtime::read_clock(), opened, ward_.wants_sync_now)) {
      link.close();
      return std::nullopt;
    }
    if (!std::exchange(ward_.saved_something, false)) return std::nullopt;
    return engine::agent::OutboxGrew{};
  };
  ward_.store.set_disk_free(runtime::disk_free_bytes(ward_.data));
  const Reachable reachable(ward_, link);
  const auto entropy = runtime::hedged_random("wsync-eph", ward_.store.keys().hedge);
  auto ended = co_await (runtime::drive<Event>(link, engine, entropy, perform, outside) || watch(link));
  auto reason = std::get<0>(std::move(ended));
  if (reason.fault == Fault::unsupported) ward_.store.speak_other_version();
  co_return reason;
}

asio::awaitable<void> Connection::watch(runtime::Link& link) {
  while (true) {
    co_await network_.changed();
    if (link.local_address_gone()) link.close();
  }
}

bool must_greet_anew(storage::WardStore& store, Now now, Instant opened, bool asked) {
  return (asked && store.is_unheard(now, 4)) || (now.monotonic - opened >= greeting_every && store.is_unheard(now, 3));
}

void Connection::note(const Error& reason) {
  ward_.link.last_error = std::string(ward::name_of(reason.fault)) + ": " + reason.detail;
  ++ward_.link.attempts;
  ward_.link.last_error_at = runtime::read_clock().wall;
  if (reason.fault == Fault::revoked)
    ward_.enter(LinkState::revoked);
  else if (reason.fault == Fault::not_member)
    ward_.enter(LinkState::waiting_for_approval);
  else
    ward_.enter(LinkState::waiting);
  const bool refused = reaction_to(reason.fault) == Reaction::reject;
  runtime::log_info(refused ? runtime::Happened::link_refused : runtime::Happened::link_ended, {runtime::Field::error(reason)});
}

runtime::Backoff& Connection::pace_for(const Error& reason) { return reaction_to(reason.fault) == Reaction::retry ? lost_ : refused_; }

asio::awaitable<void> Connection::rest(const Error& reason) {
  auto& pace = pace_for(reason);
  std::chrono::milliseconds pause = pace.next(runtime::random_number());
  if (reason.fault == Fault::not_member) pause = std::min<std::chrono::milliseconds>(pause, approval_longest);
  auto until = runtime::read_clock().monotonic + pause;
  while (true) {
    const auto now = runtime::read_clock();
    const auto left = until - now.monotonic;
    if (left.count() <= 0) co_return;
    ward_.link.next_try_at = WallTime{now.wall.ms + left.count()};
    const auto woken = co_await (ward_.wish.wait_for(left) || network_.changed());
    const bool network_changed = woken.index() == 1;
    if (network_changed) runtime::log_info(runtime::Happened::network_changed);
    if (network_changed || std::exchange(ward_.wants_sync_now, false) || ward_.paused()) {
      lost_.reset();
      refused_.reset();
      co_return;
    }
    if (std::get<0>(woken)) until = std::min(until, attempted_ + attempt_pause);
  }
}

}  // namespace ward::agent
