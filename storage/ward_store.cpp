#include "storage/summaries.hpp"
#include "storage/ward_store.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "storage/erasures.hpp"
#include "storage/merged.hpp"
#include "storage/seeds.hpp"
#include "storage/ward_parts.hpp"

namespace ward::storage {
namespace {

constexpr std::string_view key_file_mark = "WARDSYNC-DEVICE-KEY-1";
constexpr std::size_t address_bytes_max = 300;

Bytes encode(const Membership& membership) {
  Writer out;
  out.raw(membership.org);
  out.raw(membership.root);
  out.raw(membership.centre_static);
  out.text(membership.centre_address);
  out.raw(membership.device);
  out.text(membership.unit);
  return std::move(out).take();
}

Result<Membership> decode_membership(BytesView bytes) {
  Reader from(bytes);
  Membership out;
  out.org = from.fixed_value<OrgId>();
  out.root = from.fixed_value<SignKey>();
  out.centre_static = from.fixed_value<DhKey>();
  out.centre_address = from.text(address_bytes_max);
  out.device = from.fixed_value<DeviceId>();
  out.unit = from.text(limits::name_bytes_max);
  WARD_CHECK(from.finish("membership"));
  return out;
}

void fill(std::span<std::uint8_t> secret, const Random& random) { random(secret); }

}  // namespace

WardKeys WardKeys::make(const Random& random) {
  WardKeys out;
  fill(out.device.sign.mutable_view(), random);
  fill(out.device.noise.mutable_view(), random);
  fill(out.device.sealing.mutable_view(), random);
  fill(out.local.mutable_view(), random);
  random(out.hedge);
  return out;
}

Bytes WardKeys::encode() const {
  Writer out;
  out.raw(view(key_file_mark));
  for (const auto secret : {device.sign.view(), device.noise.view(), device.sealing.view(), local.view(), BytesView(hedge)})
    out.raw(secret);
  return std::move(out).take();
}

Result<WardKeys> WardKeys::decode(BytesView bytes) {
  Reader from(bytes);
  if (text_of(from.raw(key_file_mark.size())) != key_file_mark) return fail(Fault::malformed, "this is not a device's key file");
  WardKeys out;
  out.device.sign = crypto::SignSeed(from.raw(32));
  out.device.noise = crypto::DhSecret(from.raw(32));
  out.device.sealing = crypto::DhSecret(from.raw(32));
  out.local = crypto::LocalKey(from.raw(32));
  out.hedge = from.fixed_value<Hash>().bytes;
  WARD_CHECK(from.finish("device key file"));
  return out;
}

Result<void> WardStore::create(const std::string& path, const WardKeys& keys, const Membership& membership,
                               const std::vector<policy::Entry>& policy) {
  WARD_TRY(auto db, Database::open(path, OpenMode::read_write));
  WARD_CHECK(found_store(db, Site::ward, keys.local, policy, membership.org));
  return db.transact("set up ward", [&]() -> Result<void> {
    const auto bytes = encode(membership);
    db.query("INSERT INTO meta (name, value) VALUES ('membership', ?)").bind(BytesView(bytes)).run();
    return {};
  });
}

Result<Membership> stored_membership(Database& db) {
  return db.read("read membership", [&]() -> Result<Membership> {
    auto found = db.query("SELECT value FROM meta WHERE name = 'membership'");
    if (!found.step()) return fail(Fault::storage_damaged, "the membership is missing");
    return or_damaged(decode_membership(found.bytes(0)), "the membership does not decode");
  });
}

Result<WardStore> WardStore::open(const std::string& path, WardKeys keys, Random random, OpenMode mode, const schema::Edition& edition) {
  WARD_TRY(auto store, open_store(path, mode, Site::ward, keys.local, std::move(random), edition));
  WARD_TRY(auto membership, stored_membership(store.db));
  if (membership.org != store.org) return fail(Fault::wrong_organisation, "the data file is of another city");
  if (membership.device != crypto::device_of(crypto::public_of(keys.device.sign)))
    return fail(Fault::wrong_key, "the key file is of another device");
  WardStore ward(std::move(store), std::move(keys), std::move(membership));
  WARD_CHECK(ward.store_.db.read("open ward", [&]() -> Result<void> {
    if (const auto last = stored_receipt(ward.store_)) ward.signed_time_ = last->receipt.time;
    ward.signed_time_ = std::max(ward.signed_time_, proved_at(ward.store_));
    ward.latest_kept_ = {meta_number(ward.store_, latest_key, 0)};
    ward.latest_ = std::max(ward.latest_kept_, ward.signed_time_);
    return {};
  }));
  if (mode == OpenMode::read_only) return ward;
  WARD_CHECK(ward.store_.db.transact("merge what waited for this version", [&]() -> Result<void> {
    erase_what_is_ordered(ward.store_);
    for (const auto dossier : waiting_since_update(ward.store_)) remerge(ward.store_, dossier);
    return {};
  }));
  WARD_CHECK(settle(ward.store_));
  WARD_CHECK(fill_courses(ward.store_));
  WARD_CHECK(finish_erasing_if_possible(ward.store_));
  return ward;
}

WardStore::WardStore(Store store, WardKeys keys, Membership membership)
    : store_(std::move(store)), keys_(std::move(keys)), membership_(std::move(membership)) {
  (void)learn_unit_seeds();
}

bool WardStore::learn_unit_seeds() { return learn_seeds(store_, membership_.device, keys_.device.sealing); }

Result<void> WardStore::may_write() const {
  const auto* standing = store_.policy.device(membership_.device);
  if (standing == nullptr) return fail(Fault::not_member, "this PC is not approved yet");
  if (standing->revoked) return fail(Fault::revoked, "this PC was revoked");
  if (!store_.keys.unit_seeds.contains({standing->device.unit, standing->device.unit_epoch}))
    return fail(Fault::missing_key, "the unit's key does not open with this PC's key file");
  return {};
}

Result<std::vector<Saved>> WardStore::save(const std::vector<NewChange>& changes, Now now, const AlsoSave& also) {
  WARD_CHECK(may_write());
  forget_keys(store_);
  std::optional<WardWriter> writer;
  auto saved = store_.db.transact("save", [&]() -> Result<std::vector<Saved>> {
    writer.emplace(*this, now);
    std::vector<Saved> out;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      auto one = changes[i].complete ? writer->save(completed(changes[i], out)) : writer->save(changes[i]);
      if (one.has_error()) {
        const auto which = changes.size() == 1 ? std::string() : "change " + std::to_string(i + 1) + ": ";
        return fail(one.error().fault, which + one.error().detail);
      }
      out.push_back(*std::move(one));
    }
    writer->finish();
    if (also) also(out);
    return out;
  });
  if (saved.has_value()) writer->keep();
  return saved;
}

Result<sync::Report> WardStore::report(Now now) {
  WARD_CHECK(settle(store_));
  return store_.db.read("report", [&]() -> Result<sync::Report> { return report_in_transaction(now); });
}

sync::Report WardStore::report_in_transaction(Now now) {
  sync::Report out;
  const auto queue = Outbox(*this).size();
  out.queue_records = queue.records;
  out.queue_bytes = queue.bytes;
  out.queue_oldest = queue.oldest;
  const auto number = [](Query found) { return found.step() ? static_cast<std::uint64_t>(found.number(0)) : 0; };
  const auto counted = count_all(store_);
  out.conflicts = counted.conflicts;
  out.waiting = counted.waiting;
  out.quarantined = number(store_.db.query("SELECT coalesce(sum(count), 0) FROM segment WHERE receipted = 0 AND refused IS NOT NULL"));
  if (meta(store_, "alarm")) ++out.quarantined;
  out.quarantined += count_at_centre(store_).differing;
  out.wall = now.wall;
  out.disk_free_bytes = disk_free_bytes_;
  out.version = program_version;
  out.restored = asks_for_own(store_);
  return out;
}

Result<WardStore::Progress> WardStore::progress(Now now) {
  return store_.db.read("progress", [&]() -> Result<Progress> {
    Progress out;
    const auto number = [](Query found) { return found.step() ? static_cast<std::uint64_t>(found.number(0)) : 0; };
    const auto queue = Outbox(*this).size();
    auto written = store_.db.query("SELECT coalesce(sum(max(written, chained)), 0) FROM writer WHERE device = ?");
    written.bind(membership_.device);
    if (written.step()) out.receipted_through = static_cast<std::uint64_t>(written.number(0)) - queue.records;
    if (const auto last = stored_receipt(store_)) out.receipted_at = last->receipt.time;
    out.applied = static_cast<std::uint64_t>(meta_number(store_, "applied", 0));
    out.incarnation = incarnation_.value_or(Incarnation{});
    out.dossiers = number(store_.db.query("SELECT count(*) FROM dossier"));
    out.refused_segments = number(store_.db.query("SELECT count(*) FROM segment WHERE receipted = 0 AND refused IS NOT NULL"));
    out.clock_offset_ms = meta_number(store_, "clock offset", 0);
    if (centre_time_) out.clock_offset_ms = now.wall.ms - centre_time_->first.ms - (now.monotonic - centre_time_->second).count();
    out.clock_trusted = believes(now);
    if (const auto alarm = meta(store_, "alarm")) out.alarm = std::string(text_of(*alarm));
    const auto at_centre = count_at_centre(store_);
    out.at_centre = at_centre.dossiers;
    if (out.alarm.empty() && (at_centre.lost > 0 || !Outbox(*this).let_go_unreceipted().empty())) out.alarm = "archive";
    if (out.alarm.empty() && at_centre.differing > 0) out.alarm = "summary";
    if (out.alarm.empty() && is_unproved(store_, out.receipted_at)) out.alarm = "unproved";
    out.evidence = kept_contradiction(store_).has_value();
    out.restored = asks_for_own(store_);
    out.full_until = full_until_.value_or(WallTime{});
    return out;
  });
}

WallTime WardStore::latest(Now now) {
  if (latest_at_) latest_.ms += (now.monotonic - *latest_at_).count();
  latest_at_ = now.monotonic;
  if (centre_time_) latest_ = std::max(latest_, {centre_time_->first.ms + (now.monotonic - centre_time_->second).count()});
  if (believes(now)) latest_ = std::max(latest_, now.wall);
  return latest_;
}

std::uint16_t WardStore::lease_days() { return store_.policy.limits_of(context_of(store_).house_of(membership_.unit, {})).lease_days; }

bool WardStore::is_unheard(Now now, int quarters) {
  const auto lease = std::chrono::milliseconds(std::chrono::days(lease_days())).count();
  return lease != 0 && latest(now).ms - signed_time_.ms >= lease / 4 * quarters;
}

Result<WardStore::Lease> WardStore::lease(Now now) {
  constexpr std::chrono::minutes kept_every{10};
  Lease out{lease_days(), signed_time_, false};
  if (out.days == 0) return out;
  out.over = is_unheard(now, 4);
  if (latest_.ms - latest_kept_.ms < std::chrono::milliseconds(kept_every).count()) return out;
  const auto kept = store_.db.transact("keep the time", [&]() -> Result<void> {
    set_meta_number(store_, latest_key, latest_.ms);
    return {};
  });
  // On a full disk, or one that can only be read, this run's memory is enough.
  if (kept.has_value())
    latest_kept_ = latest_;
  else if (kept.error().fault == Fault::storage_damaged)
    return kept.error();
  return out;
}

/// records.md §5.3.
bool WardStore::believes(Now now) const {
  if (now.wall < clock_earliest || now.wall >= clock_latest || now.wall < signed_time_) return false;
  if (!centre_time_) return true;
  const auto& [time, at] = *centre_time_;
  const auto latest = time.ms + (now.monotonic - at).count() + std::chrono::milliseconds(clock_ahead_max).count();
  return now.wall.ms <= latest;
}

Result<std::optional<sync::Receipted>> WardStore::last_receipt() {
  return store_.db.read("last receipt", [&]() -> Result<std::optional<sync::Receipted>> { return stored_receipt(store_); });
}

engine::agent::Identity WardStore::engine_identity() const {
  return {{store_.org, membership_.device}, store_.policy.centre_noise(), keys_.device.noise.clone(), store_.policy.receipt_key()};
}

}  // namespace ward::storage
