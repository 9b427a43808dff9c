#include "storage/store.hpp"

#include "protocol/base/codec.hpp"
#include "storage/erasures.hpp"

#include <sqlite3.h>

namespace ward::storage {
namespace {

constexpr std::string_view check_name = "key check";
constexpr std::string_view check_text = "wardsync";

/// Through SQLite, whose file system the simulation replaces.
bool is_there(const std::string& path) {
  auto* files = sqlite3_vfs_find(nullptr);
  int found = 0;
  return files->xAccess(files, path.c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found != 0;
}

std::string_view name_of(Site site) { return site == Site::ward ? "ward" : "centre"; }

void put_entry(Database& db, const policy::Entry& entry) {
  const auto bytes = policy::encode_entry(entry);
  db.query("INSERT INTO policy (epoch, entry) VALUES (?, ?)").bind(std::int64_t{entry.epoch}).bind(BytesView(bytes)).run();
}

std::optional<Bytes> meta(Database& db, std::string_view name) {
  auto found = db.query("SELECT value FROM meta WHERE name = ?");
  found.bind(name);
  if (!found.step()) return std::nullopt;
  return copy(found.bytes(0));
}
void set_meta(Database& db, std::string_view name, BytesView value) {
  db.query("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
      .bind(name)
      .bind(value)
      .run();
}

Result<policy::PolicyLog> read_policy(Database& db, const std::optional<OrgId>& org) {
  return db.read("read policy log", [&]() -> Result<policy::PolicyLog> {
    auto found = db.query("SELECT entry FROM policy ORDER BY epoch");
    std::optional<policy::PolicyLog> log;
    while (found.step()) {
      auto entry = or_damaged(policy::decode_entry(found.bytes(0)), "a policy entry does not decode");
      if (log) {
        WARD_CHECK(log->append(entry));
      } else {
        WARD_TRY(log, policy::PolicyLog::start(entry, org));
      }
    }
    if (!log) return fail(Fault::storage_damaged, "the policy log is missing");
    return *std::move(log);
  });
}

Result<void> check_owner(Database& db, Site site, const crypto::LocalKey& local) {
  return db.read("open store", [&]() -> Result<void> {
    const auto kind = meta(db, "site");
    if (!kind) return fail(Fault::invalid, "the data file is empty: it was never set up");
    if (text_of(*kind) != name_of(site)) return fail(Fault::invalid, "the data file belongs to a " + std::string(text_of(*kind)));
    const auto check = meta(db, check_name);
    if (!check || open_local(local, check_name, {}, *check).has_error())
      return fail(Fault::wrong_key, "the key file beside the data file is not the one that it was written with");
    return {};
  });
}

}  // namespace

std::optional<Bytes> meta(Store& store, std::string_view name) { return meta(store.db, name); }
void set_meta(Store& store, std::string_view name, BytesView value) { set_meta(store.db, name, value); }
void drop_meta(Store& store, std::string_view name) { store.db.query("DELETE FROM meta WHERE name = ?").bind(name).run(); }

std::int64_t meta_number(Store& store, std::string_view name, std::int64_t otherwise) {
  const auto value = meta(store, name);
  if (!value) return otherwise;
  Reader from(*value);
  const auto number = from.zigzag();
  or_damaged(from.finish("meta number"), "a stored number does not decode");
  return number;
}
void set_meta_number(Store& store, std::string_view name, std::int64_t value) {
  Writer out;
  out.zigzag(value);
  set_meta(store, name, out.peek());
}

Result<void> found_store(Database& db, Site site, const crypto::LocalKey& local, const std::vector<policy::Entry>& entries,
                         const std::optional<OrgId>& org) {
  if (entries.empty()) return fail(Fault::malformed, "a policy log without its first entry");
  WARD_TRY(auto log, policy::PolicyLog::start(entries.front(), org));
  for (const auto& entry : entries) WARD_CHECK(log.append(entry));
  return db.transact("set up store", [&]() -> Result<void> {
    if (meta(db, "site")) return fail(Fault::invalid, "there is a data file already");
    set_meta(db, "site", view(name_of(site)));
    set_meta(db, "org", log.org().view());
    set_meta(db, check_name, seal_local(local, check_name, {}, view(check_text)));
    for (const auto& entry : log.entries()) put_entry(db, entry);
    return {};
  });
}

Result<Store> open_store(const std::string& path, OpenMode mode, Site site, const crypto::LocalKey& local, Random random,
                         const schema::Edition& edition) {
  if (!is_there(path)) return fail(Fault::not_found, "there is no data file here");
  WARD_TRY(auto db, Database::open(path, mode));
  WARD_CHECK(check_owner(db, site, local));
  WARD_TRY(auto org, db.read("open store", [&]() -> Result<OrgId> {
    const auto bytes = meta(db, "org");
    if (!bytes || bytes->size() != OrgId::size) return fail(Fault::storage_damaged, "the organisation is missing");
    return fixed_from<OrgId>(*bytes);
  }));
  WARD_TRY(auto log, read_policy(db, org));
  Store store{std::move(db), site, org, local.clone(), std::move(log), std::move(random), edition};
  forget_keys(store);
  return store;
}

Result<void> load_policy(Store& store) {
  WARD_TRY(store.policy, read_policy(store.db, store.org));
  return {};
}

Result<Epoch> store_policy(Store& store, const std::vector<policy::Entry>& entries) {
  auto log = store.policy;
  const auto held_before = log.count();
  for (const auto& entry : entries) {
    const auto held = log.count();
    WARD_CHECK(log.append(entry));
    if (log.count() > held) put_entry(store.db, entry);
  }
  store.policy = std::move(log);
  for (const auto& [did, epoch] : store.policy.erasures())
    if (const auto dossier = epoch < held_before ? 0 : find_dossier_row(store, did); dossier != 0) erase_dossier(store, dossier);
  return store.policy.count();
}

std::vector<std::int64_t> waiting_since_update(Store& store) {
  constexpr std::string_view program_key = "program";
  constexpr std::string_view layout_key = "state layout";
  // Raised with state_layout, and when policy entries that an older program stored unread have come to decide what counts.
  constexpr std::int64_t merged_by = 5;
  static_assert(merge::state_layout == 4);
  const bool other_layout = meta_number(store, layout_key, 1) != merged_by;
  const auto program = std::string(WARD_VERSION) + ", schema " + std::to_string(store.edition.version);
  if (const auto last = meta(store, program_key); !other_layout && last && text_of(*last) == program) return {};
  set_meta(store, program_key, view(program));
  if (other_layout) set_meta_number(store, layout_key, merged_by);
  std::vector<std::int64_t> out;
  auto waiting = store.db.query("SELECT id FROM dossier WHERE waiting > 0 OR ?");
  waiting.bind(std::int64_t{other_layout});
  while (waiting.step()) out.push_back(waiting.number(0));
  return out;
}

namespace {

/// Those with records of `device` that are stamped at `from_index` or later, or not yet.
void add_later(Store& store, const DeviceId& device, std::uint64_t from_index, std::set<std::int64_t>& to) {
  auto late = store.db.query(
      "SELECT DISTINCT r.dossier FROM writer w JOIN record r ON r.writer = w.id LEFT JOIN segment s ON s.id = r.segment "
      "WHERE w.device = ? AND r.dossier IS NOT NULL AND (s.stamp_index IS NULL OR s.stamp_index >= ?)");
  late.bind(device).bind(static_cast<std::int64_t>(from_index));
  while (late.step()) to.insert(late.number(0));
}
void add_later(Store& store, const UnitCode& unit, std::uint64_t from_index, std::set<std::int64_t>& to) {
  for (const auto* standing : store.policy.devices())
    if (standing->device.unit == unit) add_later(store, standing->id, from_index, to);
}

void add_let_in(Store& store, const policy::Admission& admission, std::set<std::int64_t>& to) {
  auto found = store.db.query("SELECT DISTINCT dossier FROM record WHERE writer = ? AND seq >= ? AND seq < ? AND dossier IS NOT NULL");
  found.bind(find_writer(store, admission.device, admission.incarnation));
  found.bind(static_cast<std::int64_t>(admission.first)).bind(static_cast<std::int64_t>(admission.end()));
  while (found.step()) to.insert(found.number(0));
}

/// Whatever lies with one of the units that are one from now on, and what they wrote since.
void add_of_house(Store& store, const policy::Succession& succession, std::uint64_t from_index, std::set<std::int64_t>& to) {
  const auto& context = context_of(store);
  const auto house = context.house_of(succession.heir, std::nullopt);
  for (const auto* unit : store.policy.units()) {
    if (context.house_of(unit->code, std::nullopt) != house) continue;
    add_later(store, unit->code, from_index, to);
    auto held = store.db.query("SELECT id FROM dossier WHERE unit = ?");
    held.bind(unit->code);
    while (held.step()) to.insert(held.number(0));
  }
}

merge::Context::Standing standing_of(const policy::Account& account, std::uint64_t from_index) {
  using policy::Role;
  merge::Context::Standing out;
  out.from_index = from_index;
  out.enabled = account.enabled && policy::writes(account.role);
  out.leader = account.role == Role::leader;
  out.accountant = out.leader || account.role == Role::desk_head || account.role == Role::accountant;
  out.admin = account.role == Role::administrator;
  out.key = account.key;
  return out;
}

}  // namespace

std::set<std::int64_t> dossiers_judged_by(Store& store, Epoch from) {
  std::set<std::int64_t> out;
  // Records that name an entry which was not held yet wait for it.
  auto waiting = store.db.query("SELECT id FROM dossier WHERE waiting > 0");
  while (waiting.step()) out.insert(waiting.number(0));
  for (auto epoch = from; epoch < store.policy.count(); ++epoch) {
    const auto& entry = store.policy.entries()[epoch];
    if (const auto* revocation = std::get_if<policy::RevokeDevice>(&entry.body))
      add_later(store, revocation->device, entry.from_index, out);
    if (const auto* user = std::get_if<policy::UserStanding>(&entry.body)) add_later(store, user->unit, entry.from_index, out);
    if (const auto* account = std::get_if<policy::Account>(&entry.body)) add_later(store, account->unit, entry.from_index, out);
    if (const auto* succession = std::get_if<policy::Succession>(&entry.body)) add_of_house(store, *succession, entry.from_index, out);
    if (const auto* admission = std::get_if<policy::Admission>(&entry.body)) add_let_in(store, *admission, out);
  }
  return out;
}

const merge::Context& context_of(Store& store) {
  auto& judged = store.judged;
  if (judged.by == store.policy.last_hash()) return judged.context;
  judged = {store.policy.last_hash(), {}};
  judged.context.policy_changes = store.edition.policy_changes;
  for (const auto& entry : store.policy.entries()) {
    if (const auto* succession = std::get_if<policy::Succession>(&entry.body))
      judged.context.successions[succession->unit] = {succession->heir, entry.from_index};
    if (const auto* user = std::get_if<policy::UserStanding>(&entry.body))
      judged.context.users[{user->unit, user->name}].push_back(
          {entry.from_index, user->enabled, user->leader, user->accountant, user->administrator, {}});
    if (const auto* account = std::get_if<policy::Account>(&entry.body))
      judged.context.users[{account->unit, account->name}].push_back(standing_of(*account, entry.from_index));
  }
  for (const auto* unit : store.policy.units())
    if (unit->kind == "centre") judged.context.centres.push_back(unit->code);
  for (const auto& [did, epoch] : store.policy.erasures()) judged.context.erased.push_back(did);
  return judged.context;
}

std::int64_t find_writer(Store& store, const DeviceId& device, const Incarnation& incarnation) {
  auto found = store.db.query("SELECT id FROM writer WHERE device = ? AND incarnation = ?");
  found.bind(device).bind(incarnation);
  return found.step() ? found.number(0) : 0;
}
std::int64_t writer_row(Store& store, const DeviceId& device, const Incarnation& incarnation) {
  if (const auto held = find_writer(store, device, incarnation); held != 0) return held;
  store.db.query("INSERT INTO writer (device, incarnation) VALUES (?, ?)").bind(device).bind(incarnation).run();
  return store.db.last_row();
}

std::int64_t find_dossier_row(Store& store, const Did& did) {
  auto found = store.db.query("SELECT id FROM dossier WHERE did = ?");
  found.bind(did);
  return found.step() ? found.number(0) : 0;
}
std::int64_t dossier_row(Store& store, const Did& did) {
  if (const auto held = find_dossier_row(store, did); held != 0) return held;
  store.db.query("INSERT INTO dossier (did) VALUES (?)").bind(did).run();
  return store.db.last_row();
}
Did did_of(Store& store, std::int64_t dossier) {
  auto found = store.db.query("SELECT did FROM dossier WHERE id = ?");
  found.bind(dossier);
  if (!found.step()) throw Failure{{Fault::storage_damaged, "a dossier's row is missing"}};
  return found.fixed<Did>(0);
}

}  // namespace ward::storage
