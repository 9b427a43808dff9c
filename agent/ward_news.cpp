#include "agent/ward.hpp"
#include "protocol/base/overloaded.hpp"
#include "runtime/clock.hpp"
#include "runtime/dossier_json.hpp"

#include <algorithm>

/// What happens to this PC's data, told to the link and to whoever listens to events.
namespace ward::agent {
namespace {

namespace json = boost::json;
namespace agent = engine::agent;

constexpr std::chrono::milliseconds merge_pause{20};
constexpr std::size_t ids_max = 50;  ///< of one event; a listener that needs all of them reads the list

json::object ids_json(const std::vector<Did>& dossiers) {
  json::array ids;
  for (std::size_t i = 0; i < std::min(dossiers.size(), ids_max); ++i) ids.emplace_back(runtime::id_text(dossiers[i]));
  return {{"count", dossiers.size()}, {"dossiers", std::move(ids)}};
}

json::object queue_json(const sync::Report& report) {
  return {{"queue", json::object{{"records", report.queue_records}, {"oldest_at", runtime::time_text(report.queue_oldest)}}}};
}

}  // namespace

void Ward::saved(const std::vector<storage::Saved>& all) {
  std::vector<Did> dossiers;
  dossiers.reserve(all.size());
  for (const auto& one : all) dossiers.push_back(one.did);
  std::sort(dossiers.begin(), dossiers.end());
  dossiers.erase(std::unique(dossiers.begin(), dossiers.end()), dossiers.end());
  events.add("saved", ids_json(dossiers));
  outbox_grew();
  to_merge_.raise();
}

void Ward::merge_saved() {
  const auto report = store.report(runtime::read_clock());
  if (report.has_value())
    compare(*report);
  else if (reaction_to(report.error().fault) == Reaction::stop)
    fail_with(report.error());
}

asio::awaitable<void> Ward::keep_merging() {
  while (true) {
    co_await to_merge_.wait();
    bool more = true;
    while (more) more = co_await to_merge_.wait_for(merge_pause);
    merge_saved();
  }
}

void Ward::give_official_codes(Now now) {
  const auto given = store.give_official_codes(now);
  if (given.has_error() && reaction_to(given.error().fault) == Reaction::stop) fail_with(given.error());
  if (given.has_value() && !given->empty()) saved(*given);
}

agent::Event Ward::perform(agent::StoreEffect effect, Now now) {
  std::optional<std::uint64_t> applied;
  if (const auto* wanted = std::get_if<agent::StoreApplied>(&effect)) applied = wanted->applied.index;
  auto event = storage::perform(std::move(effect), store, now);
  std::visit(overloaded{
                 [&](const agent::ReceiptStored& stored) {
                   link.progress_at = now.wall;
                   events.add("receipted", queue_json(stored.report));
                   compare(stored.report);
                   give_official_codes(now);
                 },
                 [&](const agent::PolicyStored&) { give_official_codes(now); },
                 [&](const agent::DeliveryApplied& delivery) {
                   if (const auto arrived = store.take_arrived(); !arrived.empty()) events.add("arrived", ids_json(arrived));
                   compare(delivery.report);
                 },
                 [&](const agent::FetchedApplied&) {
                   if (const auto arrived = store.take_arrived(); !arrived.empty()) events.add("arrived", ids_json(arrived));
                 },
                 [&](const agent::LinkPrepared& prepared) { compare(prepared.report); },
                 [&](const agent::Done&) {
                   if (applied)
                     events.add("applied", {{"index", *applied}});
                   else if (const auto report = store.report(now); report.has_value())
                     compare(*report);
                 },
                 [](const auto&) {},
             },
             event);
  return event;
}

void Ward::compare(const sync::Report& report) {
  const Told now{report.conflicts, report.quarantined, report.restored};
  if (told_ && now.conflicts != told_->conflicts) events.add("conflict", {{"conflicts", now.conflicts}});
  if (told_ && (now.quarantined != told_->quarantined || now.restored != told_->restored))
    events.add("health", {{"quarantined", now.quarantined}, {"restored", now.restored}});
  told_ = now;
}

}  // namespace ward::agent
