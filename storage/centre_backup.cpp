#include "storage/audit.hpp"
#include "storage/centre_parts.hpp"

#include <algorithm>

/// What a centre knows of its backups, and what makes a copy of its data the centre.
namespace ward::storage {
namespace {

constexpr std::string_view backup_at_key = "backup at";
constexpr std::string_view backup_size_key = "backup size";
constexpr std::string_view archived_key = "archived";
constexpr std::string_view restored_size_key = "restored size";

std::uint64_t size_of(Store& store, std::string_view name) { return static_cast<std::uint64_t>(meta_number(store, name, 0)); }

}  // namespace

BackupFacts CentreStore::backup_facts() const { return {store_.org, centre_, frontier_.size, frontier_.root(), store_.policy.count()}; }

std::uint64_t CentreStore::not_back(WallTime since) {
  std::uint64_t out = 0;
  const auto own = desk({});
  for (const auto* standing : store_.policy.devices()) {
    if (standing->revoked || (own && standing->id == own->device)) continue;
    auto heard = store_.db.query("SELECT 1 FROM peer WHERE device = ? AND contact_ms >= ?");
    heard.bind(standing->id).bind(since.ms);
    if (!heard.step()) ++out;
  }
  return out;
}

Result<Keeping> CentreStore::keeping() {
  return store_.db.read("read backups", [&]() -> Result<Keeping> { return keeping_in_transaction(); });
}

Keeping CentreStore::keeping_in_transaction() {
  Keeping out;
  out.backup_at = {meta_number(store_, backup_at_key, 0)};
  out.backup_size = size_of(store_, backup_size_key);
  out.archived = size_of(store_, archived_key);
  out.restored_at = {meta_number(store_, restored_at_key, 0)};
  out.restored_size = size_of(store_, restored_size_key);
  if (out.restored_at.ms != 0) out.not_back = not_back(out.restored_at);
  out.awaits_policy = meta(store_, awaits_policy_key).has_value();
  return out;
}

Result<void> CentreStore::note_backup(const BackupFacts& facts, WallTime at, bool elsewhere, const Also& also) {
  auto archived = archived_;
  WARD_CHECK(store_.db.transact("note backup", [&]() -> Result<void> {
    auto known = store_.db.query("SELECT 1 FROM root WHERE centre = ? AND size = ? AND root = ?");
    known.bind(facts.centre).bind(static_cast<std::int64_t>(facts.size)).bind(facts.root);
    if (facts.centre != centre_ || facts.size > frontier_.size || !known.step())
      return fail(Fault::invalid, "this backup is of another centre, or from before a restore");
    set_meta_number(store_, backup_at_key, std::max(meta_number(store_, backup_at_key, 0), at.ms));
    set_meta_number(store_, backup_size_key, static_cast<std::int64_t>(std::max(size_of(store_, backup_size_key), facts.size)));
    // Whoever has not heard of the restore begins again from where it was, and learns that from here.
    const WallTime restored{meta_number(store_, restored_at_key, 0)};
    if (elsewhere && (restored.ms == 0 || not_back(restored) == 0)) {
      archived = std::max(archived, facts.size);
      set_meta_number(store_, archived_key, static_cast<std::int64_t>(archived));
    }
    if (also) also();
    return {};
  }));
  archived_ = archived;
  return {};
}

Result<void> CentreStore::become_restored(WallTime now, bool alone) {
  Incarnation centre;
  store_.random(centre.bytes);
  WARD_CHECK(store_.db.transact("restore", [&]() -> Result<void> {
    const auto size = static_cast<std::int64_t>(frontier_.size);
    set_meta(store_, "centre", centre.view());
    const auto root = frontier_.root();
    store_.db.query("INSERT INTO root (centre, size, root) VALUES (?, ?, ?)").bind(centre).bind(size).bind(root).run();
    set_meta_number(store_, restored_at_key, now.ms);
    set_meta_number(store_, restored_size_key, size);
    set_meta_number(store_, archived_key, size);
    drop_meta(store_, backup_at_key);
    drop_meta(store_, backup_size_key);
    // One that was used after the backup would work once more.
    store_.db.run("DELETE FROM ticket");
    const auto devices = store_.policy.devices();
    const bool waits = !alone && std::any_of(devices.begin(), devices.end(), [](const auto* device) { return !device->revoked; });
    waits ? set_meta(store_, awaits_policy_key, view("1")) : drop_meta(store_, awaits_policy_key);
    forget_audit_kept(store_);
    note_act(store_, {audit::Kind::restored, now, is_plausible(now), {}, hex(centre.view()), std::to_string(size) + " segments"});
    return {};
  }));
  centre_ = centre;
  archived_ = frontier_.size;
  return {};
}

/// A device that holds no more entries than are here has nothing to bring.
void CentreStore::note_policy_count(Epoch theirs) {
  if (theirs <= store_.policy.count()) drop_meta(store_, awaits_policy_key);
}

}  // namespace ward::storage
