#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/deadline/moment.hpp"
#include "storage/audit.hpp"
#include "storage/erasures.hpp"
#include "storage/letting_go.hpp"
#include "storage/summaries.hpp"
#include "storage/ward_parts.hpp"

/// What the agent's engine asks of its store; each effect is one transaction.
namespace ward::storage {

namespace agent = engine::agent;

namespace {

std::vector<std::int64_t> unreadable_dossiers(Store& store) {
  std::vector<std::int64_t> out;
  auto waiting = store.db.query("SELECT id FROM dossier WHERE waiting > 0");
  while (waiting.step()) out.push_back(waiting.number(0));
  return out;
}

/// Of a number that this device gave twice, the record that stands may have been written by a copy of it: then it is fetched, from where
/// this incarnation began.
bool wants_side(Store& store, const policy::Admission& admission) {
  const auto* side = std::get_if<policy::Side>(&admission.what);
  if (side == nullptr) return false;
  const auto writer = find_writer(store, admission.device, admission.incarnation);
  for (std::size_t i = 0; i < side->rids.size(); ++i) {
    auto found = store.db.query("SELECT 1 FROM record WHERE writer = ? AND seq = ? AND rid = ?");
    found.bind(writer).bind(static_cast<std::int64_t>(admission.first + i)).bind(side->rids[i]);
    if (!found.step()) return true;
  }
  return false;
}

bool fetch_own_sides(Store& store, const DeviceId& own, Epoch from) {
  bool any = false;
  for (auto epoch = from; epoch < store.policy.count(); ++epoch) {
    const auto& entry = store.policy.entries()[epoch];
    const auto* admission = std::get_if<policy::Admission>(&entry.body);
    if (admission == nullptr || admission->device != own || !wants_side(store, *admission)) continue;
    auto found = store.db.query("SELECT coalesce(min(stamp_index), 0) FROM segment WHERE writer = ?");
    found.bind(find_writer(store, own, admission->incarnation));
    const auto begun = found.step() ? found.number(0) : 0;
    const auto cursor = meta_number(store, "cursor", 0);
    const auto end = std::max(cursor, static_cast<std::int64_t>(entry.from_index));
    set_meta_number(store, own_wanted_key, std::max(end, meta_number(store, own_wanted_key, 0)));
    set_meta_number(store, "cursor", std::min(cursor, begun));
    any = true;
  }
  return any;
}

sync::AuditEnd told_audit_end(Store& store) {
  const auto end = audit_end(store);
  return {end.count, end.hash};
}

/// Of what the log holds.
bool holds_anything(Store& store) {
  auto found = store.db.query("SELECT 1 FROM segment WHERE stamp_index IS NOT NULL LIMIT 1");
  return found.step();
}

}  // namespace

Result<agent::LinkPrepared> WardStore::prepare_link(const agent::PrepareLink& wanted, Now now) {
  forget_keys(store_);
  postponed_.clear();
  full_until_.reset();
  WARD_CHECK(finish_erasing(store_));
  auto prepared = store_.db.transact("prepare link", [&]() -> Result<agent::LinkPrepared> {
    agent::LinkPrepared out;
    Outbox outbox(*this);
    out.hello.version = link_version_;
    out.hello.policy_count = store_.policy.count();
    out.hello.segment = outbox.small_segment(wanted.small_segment_bytes);
    out.hello.unreceipted = outbox.named_in_hello();
    // On a link without summaries those that it counted on do not come: it begins anew, and takes the records.
    if (link_version_ < sync::version_with_summaries && meta_number(store_, fill_key, 0) != 0)
      for (const auto key : {std::string_view("cursor"), fill_key}) set_meta_number(store_, key, 0);
    out.cursor = static_cast<std::uint64_t>(meta_number(store_, "cursor", 0));
    out.report = report_in_transaction(now);
    out.fill = static_cast<std::uint64_t>(meta_number(store_, fill_key, 0));
    out.holds_nothing = out.fill == 0 && out.cursor == 0 && !holds_anything(store_);
    out.wanted = to_fetch();
    LogWatch watch(*this, now);
    watch.begin_link();
    out.doubts = watch.due(false);
    out.audit = told_audit_end(store_);
    // What was saved goes first.
    if (out.wanted.empty() && !outbox.unsent()) out.resting = resting();
    return out;
  });
  if (prepared.has_value()) asked_own_ = prepared->report.restored;
  return prepared;
}

Result<agent::OutboxRead> WardStore::read_outbox(const agent::ReadOutbox& wanted, Now now) {
  forget_keys(store_);
  if (full_until_ && latest(now) >= *full_until_) full_until_.reset();
  return store_.db.transact("read outbox", [&]() -> Result<agent::OutboxRead> {
    agent::OutboxRead out;
    Outbox outbox(*this);
    for (const auto& segment : outbox.next(std::min(wanted.segments, limits::run_segments_max), wanted.segment_records))
      out.rows.push_back(outbox.rows_of(segment, wanted.sealed));
    out.wanted = to_fetch();
    return out;
  });
}

Result<std::vector<segment::Rows>> WardStore::hand_in(std::size_t after) {
  constexpr std::size_t bytes_max = 256 * 1024;
  forget_keys(store_);
  return store_.db.transact("hand in",
                            [&]() -> Result<std::vector<segment::Rows>> { return Outbox(*this).sealed_unreceipted(after, bytes_max); });
}

Result<agent::ReceiptStored> WardStore::store_receipt(const agent::StoreReceipt& receipt, Now now) {
  forget_keys(store_);
  Receipts::Outcome outcome;
  auto stored = store_.db.transact("store receipt", [&]() -> Result<agent::ReceiptStored> {
    outcome = Receipts(*this, now).take(receipt);
    for (const auto& stamp : receipt.receipted.stamps) Outbox(*this).sent_again(stamp.incarnation, stamp.first);
    if (latest_kept_ > receipt.receipted.receipt.time) set_meta_number(store_, latest_key, receipt.receipted.receipt.time.ms);
    return agent::ReceiptStored{Outbox(*this).unsent(), outcome.centre_is_new, report_in_transaction(now)};
  });
  if (stored.has_error()) return stored;
  heard(receipt.receipted.receipt.time, receipt.at.monotonic, now);
  if (outcome.is_copy) return found_copy();
  return stored;
}

void WardStore::heard(WallTime time, Instant at, Now now) {
  latest_kept_ = std::min(latest_kept_, time);
  if (time >= signed_time_) {
    signed_time_ = latest_ = time;  // whatever a clock said before
    latest_at_ = at;
    centre_time_.emplace(time, at);
    clock_believed_ = believes(now);
  } else if (!centre_time_) {
    // The centre's clock is behind what it once signed: it is not later than that.
    centre_time_.emplace(signed_time_, at);
    clock_believed_ = believes(now);
  }
}

/// What was heard is stored. But this link's pulls do not ask for what is missing here, and this run's incarnation may go on elsewhere.
Error WardStore::found_copy() {
  incarnation_.reset();
  return fail(Fault::io, "this data is an older copy of itself; the next link fetches what it lacks");
}

Result<agent::PolicyStored> WardStore::store_policy(const agent::StorePolicy& entries, Now now) {
  forget_keys(store_);
  auto before = store_.policy;
  bool rewound = false;
  auto stored = store_.db.transact("store policy", [&]() -> Result<agent::PolicyStored> {
    WARD_TRY(const auto count, storage::store_policy(store_, entries.entries));
    rewound = fetch_own_sides(store_, membership_.device, before.count());
    if (learn_unit_seeds())
      for (const auto dossier : unreadable_dossiers(store_)) learn_from_grants(store_, dossier);
    for (const auto dossier : dossiers_judged_by(store_, before.count())) {
      want_records(store_, dossier);
      remerge(store_, dossier);
    }
    for (const auto& [did, epoch] : store_.policy.erasures())
      if (epoch >= before.count()) note_act(store_, {audit::Kind::erased, now.wall, believes(now), {}, hex(did.view()), {}});
    return agent::PolicyStored{count, Outbox(*this).note_resend(before.count())};
  });
  if (stored.has_error()) {
    store_.policy = std::move(before);
    // Both are well signed: whoever holds the city's keys tells different wards different things.
    if (stored.error().fault == Fault::fork)
      WARD_CHECK(store_.db.transact("note alarm", [&]() -> Result<void> {
        Receipts(*this, now).raise("two_faces");
        return {};
      }));
    return stored;
  }
  for (const auto& [did, epoch] : store_.policy.erasures())
    if (epoch >= before.count() && arrived_.size() < arrived_max) arrived_.push_back(did);
  WARD_CHECK(finish_erasing(store_));  // before the centre hears that these entries are held
  if (rewound) asked_own_ = false;     // what this link still brings would move the cursor past it
  if (rewound) return fail(Fault::io, "a record of this PC that stands is not here; the next link fetches it");
  return stored;
}

Result<agent::PolicyRead> WardStore::read_policy(const agent::ReadPolicy& wanted) const {
  const auto& entries = store_.policy.entries();
  return agent::PolicyRead{{entries.begin() + std::min<std::ptrdiff_t>(wanted.from, std::ssize(entries)), entries.end()}};
}

Result<agent::DeliveryApplied> WardStore::apply_delivery(agent::ApplyDelivery delivery, Now now) {
  forget_keys(store_);
  return store_.db.transact("apply delivery", [&]() -> Result<agent::DeliveryApplied> {
    if (!asked_own_ && asks_for_own(store_)) return fail(Fault::gap, "this link does not bring what is missing here");
    if (delivery.fill != 0) set_meta_number(store_, fill_key, static_cast<std::int64_t>(delivery.fill));
    WARD_CHECK(Deliveries(*this, now).apply(delivery.rows));
    set_meta_number(store_, "cursor", static_cast<std::int64_t>(delivery.cursor));
    postponed_.clear();
    return agent::DeliveryApplied{delivery.cursor, report_in_transaction(now), to_fetch(), told_audit_end(store_)};
  });
}

std::vector<Did> WardStore::to_fetch() {
  const bool own_comes = link_version_ >= sync::version_with_own_work;
  return wanted_dossiers(store_, own_comes ? std::nullopt : std::optional(membership_.device));
}

std::vector<Did> WardStore::resting() {
  if (link_version_ < sync::version_with_own_work) return {};
  return LettingGo(*this).resting();
}

Result<agent::DoubtsRead> WardStore::read_doubts(Now now) {
  return store_.db.transact("read doubts", [&]() -> Result<agent::DoubtsRead> {
    agent::DoubtsRead out{LogWatch(*this, now).due(true)};
    out.resting = resting();
    return out;
  });
}

Result<agent::FetchedApplied> WardStore::apply_fetched(agent::ApplyFetched fetched, Now now) {
  forget_keys(store_);
  return store_.db.transact("apply what was fetched", [&]() -> Result<agent::FetchedApplied> {
    // Of what a copy of this device wrote a part alone would pass for the whole: that comes with a pull.
    std::erase_if(fetched.rows, [&](const auto& rows) {
      const auto& statement = rows.statement.statement;
      if (statement.device != membership_.device) return false;
      const auto held = segment_from(store_, find_writer(store_, statement.device, statement.incarnation), statement.first);
      return !held || !held->receipted || held->signed_statement.statement.count != statement.count;
    });
    WARD_CHECK(Deliveries(*this, now).apply(fetched.rows));
    if (fetched.summaries)
      LettingGo(*this).take(fetched.dossiers, fetched.all);
    else if (fetched.all)
      for (const auto& did : fetched.dossiers) end_fetch(store_, did);
    agent::FetchedApplied out{to_fetch()};
    if (fetched.summaries && fetched.all && out.wanted.empty()) out.resting = resting();
    return out;
  });
}

Result<void> WardStore::store_applied(const agent::StoreApplied& applied) {
  return store_.db.transact("store applied", [&]() -> Result<void> {
    Bytes exceptions;
    for (const auto& did : applied.applied.exceptions) append(exceptions, did.view());
    set_meta(store_, "applied exceptions", exceptions);
    set_meta_number(store_, "applied", static_cast<std::int64_t>(applied.applied.index));
    return {};
  });
}

Result<void> WardStore::store_refused(const agent::StoreRefused& refused) {
  if (refused.refused.fault == Fault::storage_full) {
    const auto tomorrow = code::day_of(signed_time_) + std::chrono::days(1);
    full_until_ = deadline::wall_of(deadline::Moment(tomorrow.time_since_epoch()));
    return {};
  }
  if (reaction_to(refused.refused.fault) == Reaction::retry) {
    postponed_.insert(refused.refused.incarnation);
    return {};
  }
  auto stored = store_.db.transact("store refusal", [&]() -> Result<void> {
    Outbox(*this).sent_again(refused.refused.incarnation, refused.refused.first);
    const auto writer = find_writer(store_, membership_.device, refused.refused.incarnation);
    store_.db.query("UPDATE segment SET refused = ? WHERE writer = ? AND first = ? AND receipted = 0")
        .bind(std::string_view(name_of(refused.refused.fault)))
        .bind(writer)
        .bind(static_cast<std::int64_t>(refused.refused.first))
        .run();
    return {};
  });
  // Nothing that follows in this incarnation can be taken either, so what is saved next begins another.
  if (stored.has_value() && incarnation_ == refused.refused.incarnation) incarnation_.reset();
  return stored;
}

Result<void> WardStore::store_heads(const agent::StoreHeads& heads, Now now) {
  forget_keys(store_);
  Receipts::Outcome outcome;
  WARD_CHECK(store_.db.transact("store heads", [&]() -> Result<void> {
    outcome = Receipts(*this, now).take_all(heads.heads);
    return {};
  }));
  if (outcome.is_copy) return found_copy();
  if (outcome.rewound) return fail(Fault::io, "the centre was restored from a copy; the next link pulls from there");
  return {};
}

void WardStore::speak_other_version() noexcept {
  link_version_ = link_version_ > sync::version_with_keys ? static_cast<std::uint8_t>(link_version_ - 1) : sync::protocol_version;
}

agent::Event perform(agent::StoreEffect effect, WardStore& store, Now now) {
  const auto event = [](auto result) -> agent::Event {
    if (result.has_error()) return engine::StorageFailed{std::move(result).error()};
    return *std::move(result);
  };
  const auto done = [](const Result<void>& result, agent::Event answer) -> agent::Event {
    if (result.has_error()) return engine::StorageFailed{result.error()};
    return answer;
  };
  return std::visit(overloaded{
                        [&](agent::PrepareLink& e) { return event(store.prepare_link(e, now)); },
                        [&](agent::ReadOutbox& e) { return event(store.read_outbox(e, now)); },
                        [&](agent::StoreReceipt& e) { return event(store.store_receipt(e, now)); },
                        [&](agent::StorePolicy& e) { return event(store.store_policy(e, now)); },
                        [&](agent::ReadPolicy& e) { return event(store.read_policy(e)); },
                        [&](agent::ApplyDelivery& e) { return event(store.apply_delivery(std::move(e), now)); },
                        [&](agent::ApplyFetched& e) { return event(store.apply_fetched(std::move(e), now)); },
                        [&](agent::StoreApplied& e) { return done(store.store_applied(e), agent::Done{}); },
                        [&](agent::StoreRefused& e) { return done(store.store_refused(e), agent::Done{}); },
                        [&](agent::ReadDoubts&) { return event(store.read_doubts(now)); },
                        [&](agent::StoreJoins& e) { return done(store.store_joins(e, now), agent::Done{}); },
                        [&](agent::StoreHeads& e) { return done(store.store_heads(e, now), agent::HeadsStored{}); },
                    },
                    effect);
}

}  // namespace ward::storage
