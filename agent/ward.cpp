#include "agent/ward.hpp"

#include "runtime/clock.hpp"
#include "runtime/log.hpp"

#include <algorithm>

namespace ward::agent {
namespace {

constexpr std::string_view paused_key = "link paused";

}  // namespace

const char* name_of(LinkState state) noexcept {
  switch (state) {
    case LinkState::connecting: return "connecting";
    case LinkState::open: return "open";
    case LinkState::waiting: return "waiting";
    case LinkState::waiting_for_approval: return "waiting_for_approval";
    case LinkState::revoked: return "revoked";
    case LinkState::paused: return "paused";
  }
  return "connecting";
}

Ward::Ward(storage::WardStore opened, std::string directory, const asio::any_io_executor& executor)
    : store(std::move(opened)), data(std::move(directory)), wish(executor), to_merge_(executor), failing_(executor) {
  const auto now = runtime::read_clock();
  link.since = link.progress_at = now.wall;
  if (const auto report = store.report(now); report.has_value()) compare(*report);
  const auto paused =
      store.store().db.read("read pause", [&]() -> Result<bool> { return storage::meta_number(store.store(), paused_key, 0) != 0; });
  paused_ = paused.has_value() && *paused;
}

void Ward::enter(LinkState state) {
  if (link.state == state) return;
  link.state = state;
  link.since = runtime::read_clock().wall;
  if (state != LinkState::open) link.rtt_ms = -1;
  if (state == LinkState::open) link.attempts = 0;
  events.add("link", {{"state", name_of(state)}});
}

std::vector<std::string> Ward::centre_addresses() {
  auto out = store.store().policy.addresses();
  const auto& first = store.membership().centre_address;
  if (std::find(out.begin(), out.end(), first) == out.end()) out.push_back(first);
  return out;
}

void Ward::changed() {
  wish.raise();
  if (wake_link_) wake_link_();
}

void Ward::outbox_grew() {
  saved_something = true;
  changed();
}

void Ward::sync_now() {
  saved_something = true;
  wants_sync_now = true;
  changed();
}

void Ward::fetch_what_was_missed() {
  if (std::exchange(store.store().missed_now, false)) outbox_grew();
}

void Ward::keep_audit_end() {
  if (const auto kept = storage::keep_audit_end(store.store()); kept.has_error())
    runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(kept.error())});
}

Result<void> Ward::pause(bool paused, const storage::Act& act) {
  WARD_CHECK(store.store().db.transact("store pause", [&]() -> Result<void> {
    storage::set_meta_number(store.store(), paused_key, paused ? 1 : 0);
    storage::note_act(store.store(), act);
    return {};
  }));
  paused_ = paused;
  wants_sync_now = !paused;
  enter(paused ? LinkState::paused : LinkState::connecting);
  changed();
  return {};
}

void Ward::fail_with(Error error) {
  if (!failure_) failure_ = std::move(error);
  failing_.raise();
}

asio::awaitable<void> Ward::failed() { co_await failing_.wait(); }

}  // namespace ward::agent
