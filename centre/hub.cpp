#include "centre/hub.hpp"

#include "protocol/base/overloaded.hpp"
#include "runtime/drive.hpp"
#include "runtime/entropy.hpp"
#include "runtime/log.hpp"
#include "storage/erasures.hpp"
#include "storage/audit.hpp"

#include <algorithm>

namespace ward::centre {
namespace {

using namespace asio::experimental::awaitable_operators;
using engine::centre::Event;

constexpr std::size_t dossiers_at_once = 8;  ///< merged between two turns of the links
constexpr std::chrono::seconds merge_retry{10};
constexpr std::chrono::seconds refill_pause{2};
constexpr std::chrono::minutes refill_every{10};  ///< days pass without anybody writing
constexpr std::chrono::seconds summary_pause{1};
constexpr std::chrono::hours summaries_every{1};

}  // namespace

/// Keeps a line in the list for as long as its coroutine lives, however that ends.
class Hub::Listed {
 public:
  Listed(Lines& lines, Line& line) : lines_(lines), at_(lines.insert(lines.end(), &line)) {}
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;
  ~Listed() { lines_.erase(at_); }

 private:
  Lines& lines_;
  Lines::iterator at_;
};

Hub::Hub(const asio::any_io_executor& executor, storage::CentreStore& store)
    : store_(store),
      server_(executor),
      to_merge_(executor),
      merged_(executor),
      ended_(executor),
      log_size_(store.log_view({}).size),
      policy_count_(store.store().policy.count()),
      receipt_key_(store.store().policy.receipt_key()),
      noise_(store.store().policy.centre_noise()) {}

asio::awaitable<std::optional<Error>> Hub::run() {
  auto accepting = server_.run(links_max, [this](runtime::Tcp::socket socket) { return serve(std::move(socket)); });
  co_await ((std::move(accepting) && merge()) || tend_codes() || write_summaries() || ended_.wait());
  co_return fatal_;
}

void Hub::stop() {
  stopping_ = true;
  server_.stop();
  to_merge_.raise();
  ended_.raise();
}

void Hub::end(Error reason) {
  if (!fatal_) fatal_ = std::move(reason);
  stop();
}

asio::awaitable<void> Hub::serve(runtime::Tcp::socket socket) {
  boost::system::error_code gone;
  const auto from = socket.remote_endpoint(gone).address();
  if (gone || !may_greet(from)) co_return;
  Line line{runtime::Link(std::move(socket)), engine::centre::CentreEngine(store_.engine_identity()), from, {}, {}};
  const Listed listed(lines_, line);
  const auto entropy = runtime::hedged_random("wsync-eph", store_.keys().local.view());
  auto performing = [&](engine::centre::StoreEffect effect, Now now) { return perform(line, std::move(effect), now); };
  auto outside = [&]() -> std::optional<Event> {
    if (line.grew) return Event(*std::exchange(line.grew, {}));
    if (line.applied) return Event(*std::exchange(line.applied, {}));
    return std::nullopt;
  };
  const auto reason = co_await runtime::drive<Event>(line.link, line.engine, entropy, performing, outside);
  if (const auto peer = line.engine.peer()) {
    events.add("devices", {{"device", hex(peer->view())}});
    runtime::log_info(runtime::Happened::link_ended, {runtime::Field::device(*peer), runtime::Field::error(reason)});
  } else {
    runtime::log_info(runtime::Happened::link_refused, {runtime::Field::error(reason)});
  }
}

/// What a PC tells on a link that it has left says nothing of now.
bool Hub::is_left(const Line& line) const {
  const auto peer = line.engine.peer();
  const auto newest = std::find_if(lines_.rbegin(), lines_.rend(), [&](const auto* each) { return peer && each->engine.peer() == peer; });
  return newest != lines_.rend() && *newest != &line;
}

Event Hub::answer(const Line& line, engine::centre::StoreEffect effect, Now now) {
  if (std::holds_alternative<engine::centre::StoreAuditEnd>(effect) && is_left(line)) return engine::centre::AuditEndStored{};
  if (std::holds_alternative<engine::centre::ReadJoins>(effect)) {
    const auto peer = line.engine.peer();
    if (peer && !proofs_.take(*peer, now.monotonic)) return engine::centre::JoinsRead{{}, store_.log_view(now.wall)};
  }
  return storage::perform(std::move(effect), store_, now.wall);
}

Event Hub::perform(Line& line, engine::centre::StoreEffect effect, Now now) {
  auto event = answer(line, std::move(effect), now);
  if (const auto* failed = std::get_if<engine::StorageFailed>(&event);
      failed != nullptr && reaction_to(failed->error.fault) == Reaction::stop) {
    // A row that is damaged stops who needs it, and nobody else; a disk that fails stops all.
    if (failed->error.fault == Fault::storage_damaged && !store_.store().db.is_corrupt())
      runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(failed->error)});
    else
      end(failed->error);
  }
  tell(line, event);
  if (std::holds_alternative<engine::centre::Enrolled>(event)) keep_audit_end();
  const auto* admitted = std::get_if<engine::centre::Admitted>(&event);
  const auto size_before = std::exchange(log_size_, admitted != nullptr ? admitted->log.size : log_size_);
  const auto count_before = std::exchange(policy_count_, store_.store().policy.count());
  if (log_size_ != size_before || policy_count_ != count_before) log_grew(&line);
  // What came again may have taken a damaged segment's place: then it is merged, and given to others, anew.
  if (admitted != nullptr && log_size_ == size_before && !admitted->stamps.empty()) to_merge_.raise();
  if (policy_count_ != count_before) keys_changed();
  return event;
}

/// An administrator's page reads a device's row anew when its link opened or closed, and when it said how it is doing.
void Hub::tell(const Line& line, const Event& event) {
  const auto peer = line.engine.peer();
  const bool spoke = std::holds_alternative<engine::centre::PeerRead>(event) ||
                     std::holds_alternative<engine::centre::ReportStored>(event) || std::holds_alternative<engine::centre::Enrolled>(event);
  if (spoke) events.add("devices", peer ? boost::json::object{{"device", hex(peer->view())}} : boost::json::object{});
}

asio::awaitable<void> Hub::merge() {
  while (!stopping_) {
    const auto more = store_.apply_pending(dossiers_at_once);
    if (more.has_error() && reaction_to(more.error().fault) == Reaction::stop) {
      end(more.error());
    } else if (more.has_error()) {
      co_await to_merge_.wait_for(merge_retry);
    } else if (*more) {
      co_await asio::post(asio::use_awaitable);
    } else {
      applied_grew(store_.log_view(runtime::read_clock().wall));
      merged_.raise();
      co_await to_merge_.wait();
    }
  }
}

asio::awaitable<void> Hub::tend_codes() {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (!stopping_) {
    const auto gave = store_.refill_codes(runtime::read_clock().wall);
    if (gave.has_error() && reaction_to(gave.error().fault) == Reaction::stop) end(gave.error());
    const auto numbered = store_.give_official_codes(runtime::read_clock());
    if (numbered.has_error() && reaction_to(numbered.error().fault) == Reaction::stop) end(numbered.error());
    if (numbered.has_value() && *numbered) wrote();
    const auto told = store_.tell_shared_codes(runtime::read_clock().wall);
    if (told.has_error() && reaction_to(told.error().fault) == Reaction::stop) end(told.error());
    const auto asked = store_.ask_again(runtime::read_clock().wall);
    if (asked.has_error() && reaction_to(asked.error().fault) == Reaction::stop) end(asked.error());
    // Where somebody read the write-ahead log when an order was given.
    const auto erased = storage::finish_erasing_if_possible(store_.store());
    if (erased.has_error() && reaction_to(erased.error().fault) == Reaction::stop) end(erased.error());
    for (const auto& device : store_.take_renewed(code::day_of(runtime::read_clock().wall)))
      disconnect(device, fail(Fault::io, "link: the device may bring more from today on"));
    if ((gave.has_value() && *gave) || (told.has_value() && *told) || (asked.has_value() && *asked)) policy_changed();
    pause.expires_after(refill_pause);
    co_await pause.async_wait(asio::use_awaitable);
    co_await merged_.wait_for(refill_every);
  }
}

asio::awaitable<void> Hub::write_summaries() {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (!stopping_) {
    const auto done = store_.write_summaries(runtime::read_clock());
    if (done.has_error() && reaction_to(done.error().fault) == Reaction::stop) end(done.error());
    if (done.has_value() && done->written > 0) wrote();
    pause.expires_after(done.has_value() && done->more ? summary_pause : summaries_every);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

void Hub::log_grew(const Line* whose) {
  events.add("arrived", {{"size", log_size_}});
  to_merge_.raise();
  for (auto* line : lines_) {
    if (line == whose) continue;
    line->grew = engine::centre::LogGrew{policy_count_};
    line->link.wake();
  }
}

void Hub::applied_grew(const engine::centre::LogView& log) {
  events.add("applied", {{"index", log.applied}});
  for (auto* line : lines_) {
    line->applied = engine::centre::AppliedGrew{log.applied, log.applied_exceptions, log.places};
    line->link.wake();
  }
}

void Hub::policy_changed() {
  policy_count_ = store_.store().policy.count();
  log_grew(nullptr);
  keys_changed();
}

void Hub::keys_changed() {
  const auto& policy = store_.store().policy;
  if (policy.receipt_key() == receipt_key_ && policy.centre_noise() == noise_) return;
  receipt_key_ = policy.receipt_key();
  noise_ = policy.centre_noise();
  for (auto* line : lines_) {
    line->link.obey(engine::CloseLink{fail(Fault::io, "link: the centre's keys changed; the next one knows them")});
    line->link.wake();
  }
}

void Hub::wrote() {
  log_size_ = store_.log_view({}).size;
  policy_changed();
}

void Hub::keep_audit_end() {
  if (const auto kept = storage::keep_audit_end(store_.store()); kept.has_error())
    runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(kept.error())});
}

void Hub::disconnect(const DeviceId& device, Error why) {
  for (auto* line : lines_) {
    if (line->engine.peer() != device) continue;
    line->link.obey(engine::CloseLink{why});
    line->link.wake();
  }
}

std::set<DeviceId> Hub::connected() const {
  std::set<DeviceId> out;
  for (const auto* line : lines_)
    if (const auto peer = line->engine.peer()) out.insert(*peer);
  return out;
}

bool Hub::may_greet(const asio::ip::address& from) const {
  std::size_t all = 0, same = 0;
  for (const auto* line : lines_) {
    if (line->engine.peer()) continue;
    ++all;
    same += line->from == from ? 1U : 0U;
  }
  return all < half_open_max && same < half_open_per_address_max;
}

}  // namespace ward::centre
