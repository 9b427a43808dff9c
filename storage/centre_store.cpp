#include "storage/centre_store.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/keys/keys.hpp"
#include "storage/centre_parts.hpp"
#include "storage/entitlement.hpp"
#include "storage/erasures.hpp"
#include "storage/merged.hpp"

namespace ward::storage {
Result<void> CentreStore::create(const std::string& path, const CentreKeys& keys, const std::vector<policy::Entry>& entries) {
  WARD_TRY(auto db, Database::open(path, OpenMode::read_write));
  return found_store(db, Site::centre, keys.local, entries, std::nullopt);
}

Result<CentreStore> CentreStore::open(const std::string& path, CentreKeys keys, Random random, OpenMode mode,
                                      const schema::Edition& edition) {
  WARD_TRY(auto store, open_store(path, mode, Site::centre, keys.local, std::move(random), edition));
  WARD_CHECK(keys.settle(store.policy));
  CentreStore centre(std::move(store), std::move(keys));
  WARD_CHECK(centre.load(mode));
  if (mode == OpenMode::read_write) WARD_CHECK(fill_courses(centre.store_));
  if (mode == OpenMode::read_write) WARD_CHECK(finish_erasing_if_possible(centre.store_));
  return centre;
}

CentreStore::CentreStore(Store store, CentreKeys keys) : store_(std::move(store)), keys_(std::move(keys)) { learn_unit_seeds(); }

void CentreStore::learn_unit_seeds() {
  for (const auto* unit : store_.policy.units())
    for (Epoch epoch = 0; epoch <= unit->unit_epoch; ++epoch)
      store_.keys.unit_seeds.try_emplace({unit->code, epoch}, keys::derive_unit_seed(keys_.unit_master, unit->code, epoch));
}

Result<void> CentreStore::load(OpenMode mode) {
  const auto work = [&]() -> Result<void> {
    if (const auto drawn = meta(store_, "centre")) {
      if (drawn->size() != Incarnation::size) return fail(Fault::storage_damaged, "the centre's incarnation does not decode");
      centre_ = fixed_from<Incarnation>(*drawn);
    } else if (mode == OpenMode::read_write) {
      store_.random(centre_.bytes);
      set_meta(store_, "centre", centre_.view());
      const auto root = frontier_.root();
      store_.db.query("INSERT OR IGNORE INTO root (centre, size, root) VALUES (?, 0, ?)").bind(centre_).bind(root).run();
    }
    if (const auto bytes = meta(store_, "frontier"))
      frontier_ = or_damaged(log::decode_frontier(*bytes), "the log's frontier does not decode");
    if (mode == OpenMode::read_write) erase_what_is_ordered(store_);
    if (mode == OpenMode::read_write)
      for (const auto dossier : waiting_since_update(store_)) mark_dirty(store_, dossier, frontier_.size);
    last_stamp_ = {meta_number(store_, "last stamp", 0)};
    archived_ = static_cast<std::uint64_t>(meta_number(store_, "archived", 0));
    if (mode == OpenMode::read_write) take_back_what_is_whole();
    applied_ = read_applied(frontier_.size);
    return {};
  };
  return mode == OpenMode::read_write ? store_.db.transact("open centre", work) : store_.db.read("open centre", work);
}

CentreStore::Applied CentreStore::read_applied(std::uint64_t log_size) {
  Applied out{log_size, {}, places(store_)};
  auto dirty = store_.db.query("SELECT min(dirty) FROM dossier WHERE dirty > 0");
  if (dirty.step() && !dirty.is_null(0)) out.index = static_cast<std::uint64_t>(dirty.number(0) - 1);
  auto waiting = store_.db.query("SELECT did FROM dossier WHERE waiting > 0 ORDER BY id LIMIT ?");
  waiting.bind(static_cast<std::int64_t>(sync::applied_exceptions_max));
  while (waiting.step()) out.exceptions.push_back(waiting.fixed<Did>(0));
  return out;
}

engine::centre::Identity CentreStore::engine_identity() const {
  return {store_.org, keys_.noise.clone(), keys_.receipt.clone(), store_.policy.genesis().root, earlier_noise()};
}

engine::centre::LogView CentreStore::log_view(WallTime now) const {
  engine::centre::LogView out;
  out.centre = centre_;
  out.size = frontier_.size;
  out.root = frontier_.root();
  out.archived = archived_;
  out.time = std::max({now, last_stamp_, store_.policy.receipt_key_since()});
  out.policy_count = store_.policy.count();
  out.applied = applied_.index;
  out.applied_exceptions = applied_.exceptions;
  out.places = applied_.places;
  return out;
}

Result<bool> CentreStore::apply_pending(std::size_t dossiers) {
  forget_keys(store_);
  Applied applied;
  auto done = store_.db.transact("merge what came", [&]() -> Result<bool> {
    std::vector<std::int64_t> ids;
    {
      auto dirty = store_.db.query("SELECT id FROM dossier WHERE dirty > 0 ORDER BY dirty LIMIT ?");
      dirty.bind(static_cast<std::int64_t>(dossiers));
      while (dirty.step()) ids.push_back(dirty.number(0));
    }
    for (const auto id : ids) try {
        store_.db.attempt([&] { remerge(store_, id); });
      } catch (const Failure& failure) {
        if (!is_damaged_row(failure)) throw;
        set_aside(id, failure.error.detail);
      }
    applied = read_applied(frontier_.size);
    auto more = store_.db.query("SELECT 1 FROM dossier WHERE dirty > 0 LIMIT 1");
    return more.step();
  });
  if (done.has_value()) applied_ = std::move(applied);
  return done;
}

Bytes encode_report(const sync::Report& report) {
  Writer out;
  for (const auto number :
       {report.queue_records, report.queue_bytes, report.conflicts, report.waiting, report.quarantined, report.disk_free_bytes})
    out.varint(number);
  out.zigzag(report.queue_oldest.ms);
  out.zigzag(report.wall.ms);
  out.text(report.version);
  out.u8(report.restored ? 1 : 0);
  return std::move(out).take();
}

sync::Report decode_report(BytesView bytes) {
  Reader from(bytes);
  sync::Report out;
  for (auto* number : {&out.queue_records, &out.queue_bytes, &out.conflicts, &out.waiting, &out.quarantined, &out.disk_free_bytes})
    *number = from.varint();
  out.queue_oldest.ms = from.zigzag();
  out.wall.ms = from.zigzag();
  out.version = from.text(limits::name_bytes_max);
  out.restored = from.u8() == 1;
  or_damaged(from.finish("stored report"), "a device's report does not decode");
  return out;
}

}  // namespace ward::storage
