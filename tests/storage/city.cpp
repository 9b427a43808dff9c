#include "tests/storage/city.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/keys/keys.hpp"
#include "protocol/run/run.hpp"
#include "storage/merged.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace ward::test {
namespace {

constexpr std::array units{"W-VYDA", "W-THUANHOA", "C-TTHCC", "D-TUPHAP"};

void enter(policy::PolicyLog& log, policy::Body body, const crypto::SignSeed& key, WallTime now) {
  auto entry = log.next(std::move(body), 0, now);
  policy::sign(entry, log.org(), key);
  must(log.append(entry));
}

std::vector<policy::Entry> founding(const std::string& name, const std::string& identification, const crypto::SignSeed& root,
                                    const storage::CentreKeys& keys, WallTime now) {
  policy::Entry genesis;
  genesis.time = now;
  genesis.body = policy::Genesis{name,
                                 crypto::public_of(root),
                                 made<Hash>(9),
                                 crypto::public_of(*keys.operations),
                                 crypto::public_of(keys.receipt),
                                 crypto::public_of(keys.noise)};
  policy::sign(genesis, crypto::org_of(crypto::public_of(root)), root);
  auto log = must(policy::PolicyLog::start(genesis));
  for (const auto* code : units) {
    policy::Unit unit;
    unit.code = code;
    unit.name_vi = unit.name_en = code;
    unit.kind = unit.code.starts_with("C-") ? "centre" : "ward";
    unit.identification = identification;
    unit.unit_public = crypto::public_of(keys::unit_secret_of(keys::derive_unit_seed(keys.unit_master, code, 0), code, 0));
    enter(log, unit, *keys.operations, now);
  }
  return log.entries();
}

}  // namespace

storage::Random seeded(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](std::span<std::uint8_t> out) {
    for (auto& byte : out) byte = static_cast<std::uint8_t>((*engine)());
  };
}

City::City(std::string organisation, std::string identification) {
  keys = storage::CentreKeys::make(seeded(7));
  must(storage::CentreStore::create(dir.file("centre.db"), keys, founding(organisation, identification, root, keys, now.wall)));
  reopen_centre();
}

void City::reopen_centre() {
  centre.reset();
  centre.emplace(must(
      storage::CentreStore::open(dir.file("centre.db"), must(storage::CentreKeys::decode(keys.encode())), seeded(++openings * 1'000'003))));
}

Pc City::enrol(const UnitCode& unit, std::uint64_t seed) {
  Pc pc{dir.file("ward-" + std::to_string(seed) + ".db"), storage::WardKeys::make(seeded(seed)), seed, std::nullopt, nullptr};
  const auto ticket = must(centre->new_ticket({unit, "PC " + std::to_string(seed), "127.0.0.1:1", true, WallTime{now.wall.ms + 1000}}));
  sync::EnrolRequest request;
  request.sign = crypto::public_of(pc.keys.device.sign);
  request.noise = crypto::public_of(pc.keys.device.noise);
  request.sealing = crypto::public_of(pc.keys.device.sealing);
  const auto enrolled = must(centre->enrol({ticket::ticket_id(ticket.secret), request, "00000", now.wall}));
  REQUIRE(std::get<sync::EnrolAnswer>(enrolled.answer).approved);
  const storage::Membership membership{ticket.org, ticket.root, ticket.centre_static, ticket.address, crypto::device_of(request.sign),
                                       unit};
  must(storage::WardStore::create(pc.path, pc.keys, membership, policy()));
  pc.reopen();
  return pc;
}

void Pc::reopen() {
  store.reset();
  store.emplace(must(storage::WardStore::open(path, must(storage::WardKeys::decode(keys.encode())), seeded(++seed * 1000))));
  if (mark) keep_mark();
}

void Pc::keep_mark() {
  if (!mark) mark = std::make_shared<std::optional<Bytes>>();
  must(store->keep_codes_by({[held = mark] { return Result<std::optional<Bytes>>(*held); },
                             [held = mark](BytesView bytes) {
                               *held = copy(bytes);
                               return Result<void>{};
                             }}));
}

bool Link::answer(const engine::centre::LogView& log, const std::vector<log::DeviceHead>& heads,
                  const std::vector<sync::OwnStamp>& stamps) {
  if (lose_receipts) return false;
  sync::Receipted receipted;
  auto sorted = heads;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.incarnation < b.incarnation; });
  receipted.receipt = {city_.centre->store().org,
                       log::Role::registry,
                       log.centre,
                       log.size,
                       log.root,
                       log.time,
                       log.archived,
                       pc_->membership().device,
                       sorted};
  receipted.signature = log::sign(receipted.receipt, city_.centre->keys().receipt);
  receipted.stamps = stamps;
  receipted.policy_count = log.policy_count;
  const auto stored = pc_->store_receipt({receipted, city_.now}, city_.now);
  if (stored.has_error()) {
    if (stored.error().fault != Fault::io) (void)must(stored);
    return false;
  }
  unsent_ = stored->unsent;
  if (!stored->centre_is_new) return true;
  const auto all = must(city_.centre->read_heads({pc_->membership().device}));
  const auto compared = pc_->store_heads({all.heads}, city_.now);
  return compared.has_value();
}

bool Link::greet() {
  prepared = must(pc_->prepare_link({limits::segment_records_max, 512}, city_.now));
  cursor_ = prepared.cursor;
  const auto read = must(city_.centre->read_peer({crypto::public_of(pc_.keys.device.noise), prepared.hello.unreceipted}, city_.now.wall));
  const auto& known = std::get<engine::centre::PeerRead::Known>(read.peer);
  auto heads = known.heads;
  auto log = known.log;
  auto stamps = known.stamps;
  if (!prepared.hello.segment.empty()) {
    engine::centre::Admit admit{known.device, {}, city_.now.wall};
    admit.rows.push_back(must(run::decode_small(prepared.hello.segment, known.device)));
    last_admitted = must(city_.centre->admit(std::move(admit)));
    for (const auto& head : last_admitted.heads) {
      std::erase_if(heads, [&](const auto& old) { return old.incarnation == head.incarnation; });
      heads.push_back(head);
    }
    log = last_admitted.log;
    stamps.insert(stamps.end(), last_admitted.stamps.begin(), last_admitted.stamps.end());
  }
  if (!old_version) fill_ = prepared.holds_nothing ? log.size : prepared.fill;
  return answer(log, heads, stamps);
}

bool Link::push(std::size_t segments, std::size_t segment_records) {
  auto outbox = must(pc_->read_outbox({segments, segment_records, sealed_}, city_.now));
  sealed_ = false;
  if (outbox.rows.empty()) return false;
  engine::centre::Admit admit{pc_->membership().device, must(run::decode_run(run::encode_run(outbox.rows))), city_.now.wall};
  last_admitted = must(city_.centre->admit(std::move(admit)));
  sealed_ = !last_admitted.need_sealed.empty();
  for (const auto& refused : last_admitted.refused) must(pc_->store_refused({refused}));
  return answer(last_admitted.log, last_admitted.heads, last_admitted.stamps);
}

void Link::fetch_policy() {
  const auto held = pc_->store().policy.count();
  if (const auto there = city_.centre->store().policy.count(); there < held)
    (void)must(city_.centre->store_policy({pc_->membership().device, must(pc_->read_policy({there})).entries, city_.now.wall}));
  const auto read = must(city_.centre->read_policy({held}));
  if (!read.entries.empty()) unsent_ = must(pc_->store_policy({read.entries}, city_.now)).unsent || unsent_;
}

bool Link::pull(std::size_t bytes_max) {
  const auto report = must(pc_->report(city_.now));
  must(city_.centre->store_report({pc_->membership().device, cursor_, pc_->store().policy.count(), report, city_.now.wall, !old_version}));
  const auto read = must(city_.centre->read_delivery({pc_->membership().device, cursor_, bytes_max, report.restored, true, fill_}));
  if (read.rows.empty() && !read.more) return false;
  engine::agent::ApplyDelivery apply{read.cursor, on_the_line(read.rows), fill_};
  cursor_ = must(pc_->apply_delivery(std::move(apply), city_.now)).cursor;
  return true;
}

std::vector<segment::Rows> Link::on_the_line(const std::vector<segment::Rows>& rows) {
  if (rows.empty()) return {};
  const auto run = run::encode_run(rows);
  bytes += run.size();
  return must(run::decode_run(run));
}

bool Link::fetch(std::size_t bytes_max) {
  if (old_version) return false;
  if (fetched_to_ == 0) fetching_ = must(pc_->prepare_link({limits::segment_records_max, 0}, city_.now)).wanted;
  if (fetching_.empty()) return false;
  const auto read = must(city_.centre->read_dossiers({pc_->membership().device, fetching_, fetched_to_, bytes_max, !without_own_work}));
  fetched_to_ = read.next;
  (void)must(pc_->apply_fetched({fetching_, on_the_line(read.rows), read.next == 0}, city_.now));
  return true;
}

std::vector<Did> Link::let_go(const std::vector<Did>& resting, std::size_t bytes_max) {
  for (std::uint64_t from = 0;;) {
    const auto read = must(city_.centre->read_dossiers({pc_->membership().device, resting, from, bytes_max, true, true}));
    auto applied = must(pc_->apply_fetched({resting, on_the_line(read.rows), read.next == 0, true}, city_.now));
    if (read.next == 0) return applied.resting;
    from = read.next;
  }
}

void Link::hear_applied() {
  while (must(city_.centre->apply_pending(1000))) {
  }
  const auto log = city_.centre->log_view(city_.now.wall);
  must(pc_->store_applied({{log.applied, log.applied_exceptions, {}}}));
}

void Link::run() {
  if (!greet()) return;
  fetch_policy();
  while (unsent_ && push()) {
  }
  while (pull()) {
  }
  while (fetch()) {
  }
  hear_applied();
}

void sync(City& city, Pc& pc) {
  for (int i = 0; i < 4; ++i) {
    city.pass(std::chrono::seconds(1));
    Link(city, pc).run();
  }
}

record::Op set(std::string field, record::Value value) {
  record::Op op;
  op.path = {record::Step::field(std::move(field))};
  op.value = std::move(value);
  return op;
}
storage::NewChange new_dossier(std::vector<record::Op> ops) {
  storage::NewChange out;
  out.change.user = "lan";
  out.change.ops = std::move(ops);
  return out;
}
storage::NewChange edit(const Did& did, std::vector<record::Op> ops) {
  auto out = new_dossier(std::move(ops));
  out.did = did;
  return out;
}
storage::NewChange sample_dossier(const std::string& code, const std::string& name) {
  return new_dossier({set("MaHoSo", code), set("ChuHoSo", name), set("TrangThaiHoSo", "2"), set("SoDienThoai", "0777260626"),
                      set("SoGiayToChuHoSo", "046086936710"), set("NgayTiepNhan", "20260317161049")});
}
storage::Saved save(City& city, Pc& pc, const storage::NewChange& change) {
  city.pass(std::chrono::seconds(1));
  return must(pc->save({change}, city.now)).front();
}

void take_back_to(storage::Store& store, std::size_t version) {
  /// What each step of storage/migrations.cpp added, from the second on.
  static const std::vector<std::vector<const char*>> added{
      {"DROP INDEX dossier_deadline", "DROP INDEX dossier_received", "DROP INDEX dossier_clockless",
       "ALTER TABLE dossier DROP COLUMN clock", "ALTER TABLE dossier DROP COLUMN ended", "ALTER TABLE dossier DROP COLUMN channel",
       "ALTER TABLE dossier DROP COLUMN asked", "ALTER TABLE dossier DROP COLUMN rounds", "ALTER TABLE dossier DROP COLUMN promised",
       "ALTER TABLE dossier DROP COLUMN apologies", "ALTER TABLE dossier DROP COLUMN has_result", "ALTER TABLE dossier DROP COLUMN voided"},
      {"DROP INDEX dossier_provisional"},
      {"ALTER TABLE dossier DROP COLUMN heads"},
      {"DROP TABLE receipt"},
      {"DROP TABLE hand_over", "DROP INDEX dossier_for_people", "DROP TABLE matter"},
      {"CREATE TABLE holder (dossier INTEGER NOT NULL REFERENCES dossier, unit TEXT NOT NULL, PRIMARY KEY (dossier, unit)) STRICT, WITHOUT "
       "ROWID",
       "INSERT INTO holder SELECT dossier, unit FROM reader WHERE until IS NULL", "DROP TABLE reader", "ALTER TABLE route RENAME TO routes",
       "CREATE TABLE route (unit TEXT NOT NULL, stamp_index INTEGER NOT NULL, PRIMARY KEY (unit, stamp_index)) STRICT, WITHOUT ROWID",
       "INSERT OR IGNORE INTO route SELECT unit, stamp_index FROM routes", "DROP TABLE routes",
       "ALTER TABLE dossier_key DROP COLUMN known_to", "ALTER TABLE dossier_key DROP COLUMN before",
       "ALTER TABLE peer ADD COLUMN lost INTEGER NOT NULL DEFAULT 0"},
      {"DROP TABLE shared_code"},
      {"DROP TABLE summary"},
      {"DROP TABLE erased"},
      {"DROP TABLE audit"},
      {"DROP TABLE pin"},
      {"DROP TABLE handed_in", "DROP INDEX segment_forked", "DROP TABLE taken"},
      {"DROP TABLE damaged", "ALTER TABLE peer DROP COLUMN audit_count", "ALTER TABLE peer DROP COLUMN audit_end",
       "ALTER TABLE peer DROP COLUMN audit_back_ms", "ALTER TABLE peer DROP COLUMN audit_back"},
      {"DROP INDEX summary_at_centre"},
      {"ALTER TABLE peer DROP COLUMN forked_ms"},
      {"ALTER TABLE peer DROP COLUMN copy_ms"},
  };
  REQUIRE(storage::migrations().size() == added.size() + 1);
  for (auto step = added.size(); step >= version; --step)
    for (const auto* sql : added[step - 1]) store.db.run(sql);
  static const std::array versions{"PRAGMA user_version = 1", "PRAGMA user_version = 2", "PRAGMA user_version = 3",
                                   "PRAGMA user_version = 4", "PRAGMA user_version = 5", "PRAGMA user_version = 6",
                                   "PRAGMA user_version = 7", "PRAGMA user_version = 8", "PRAGMA user_version = 9",
                                   "PRAGMA user_version = 10"};
  store.db.run(versions.at(version - 1));
}

std::map<Did, merge::DossierState> all_states(storage::Store& store) {
  return must(store.db.read("all states", [&]() -> Result<std::map<Did, merge::DossierState>> {
    std::map<Did, merge::DossierState> out;
    auto found = store.db.query("SELECT id, did FROM dossier");
    while (found.step()) out.emplace(found.fixed<Did>(1), storage::read_state(store, found.number(0)));
    return out;
  }));
}

std::string shown(storage::Store& store, const Did& did, std::string_view field) {
  return storage::shown_text(must(storage::show_dossier(store, did)).state, field);
}

}  // namespace ward::test
