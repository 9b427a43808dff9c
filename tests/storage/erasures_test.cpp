#include "storage/erasures.hpp"

#include "protocol/record/act.hpp"
#include "storage/centre_parts.hpp"
#include "storage/evidence.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

/// Orders to erase, at both sides (docs/adr/0012).
namespace ward::test {
namespace {

constexpr std::size_t window = 16;  ///< of a sealed body: no chance finds as much

void copy_file(const std::string& from, const std::string& to) {
  for (const auto* end : {"", "-wal"}) {
    std::filesystem::remove(to + end);
    if (std::filesystem::exists(from + end)) std::filesystem::copy_file(from + end, to + end);
  }
}

std::string files_of(const std::string& path) {
  std::string out;
  for (const auto* end : {"", "-wal"}) {
    std::ifstream in(path + end, std::ios::binary);
    out.append(std::istreambuf_iterator<char>(in), {});
  }
  return out;
}

/// What must be found nowhere afterwards: the sealed bodies, keys, state and words as they lie in the file.
std::vector<Bytes> secrets_of(storage::Store& store, const Did& did) {
  return must(store.db.read("secrets", [&]() -> Result<std::vector<Bytes>> {
    std::vector<Bytes> out;
    const auto row = storage::find_dossier_row(store, did);
    const auto add = [&](storage::Query found) {
      found.bind(row);
      while (found.step())
        if (!found.is_null(0)) out.push_back(copy(found.bytes(0)));
    };
    add(store.db.query("SELECT body FROM record WHERE dossier = ?"));
    add(store.db.query("SELECT sealed FROM dossier_key WHERE dossier = ?"));
    add(store.db.query("SELECT sealed FROM state WHERE dossier = ?"));
    add(store.db.query("SELECT hash FROM matter WHERE dossier = ?"));
    add(store.db.query("SELECT s.key_seed FROM segment s JOIN record r ON r.segment = s.id WHERE r.dossier = ?"));
    return out;
  }));
}

std::size_t found_in(const std::string& files, const std::vector<Bytes>& secrets) {
  std::size_t out = 0;
  for (const auto& secret : secrets)
    for (std::size_t at = 0; at + std::min(window, secret.size()) <= secret.size(); at += window)
      out += files.find(text_of(BytesView(secret).subspan(at, std::min(window, secret.size())))) != std::string::npos ? 1U : 0U;
  return out;
}

std::int64_t number(storage::Store& store, const Did& did, std::string_view sql) {
  return must(store.db.read("number", [&]() -> Result<std::int64_t> {
    auto found = store.db.query(sql);
    found.bind(storage::find_dossier_row(store, did));
    return found.step() ? found.number(0) : -1;
  }));
}

void check_erased(storage::Store& store, const Did& did) {
  CHECK(number(store, did, "SELECT count(*) FROM record WHERE dossier = ? AND body IS NOT NULL") == 0);
  CHECK(number(store, did, "SELECT count(*) FROM record WHERE dossier = ?") > 0);
  CHECK(number(store, did, "SELECT count(*) FROM dossier_key WHERE dossier = ?") == 0);
  CHECK(number(store, did, "SELECT count(*) FROM matter WHERE dossier = ?") == 0);
  CHECK(number(store, did,
               "SELECT count(*) FROM segment WHERE key_seed IS NOT NULL AND id IN (SELECT segment FROM record WHERE dossier = ?)") == 0);
  const auto view = must(storage::show_dossier(store, did));
  CHECK(view.state.erased);
  REQUIRE(view.erased);
  CHECK(view.erased->reason == "hồ sơ nhập trùng");
  CHECK(course::shown_text(view.state, "ChuHoSo").empty());
  CHECK(must(storage::verify_store(store)).damage == std::vector<std::string>{});
  for (const auto& entry : must(storage::dossier_history(store, did))) {
    CHECK(entry.standing == merge::HistoryEntry::Standing::erased);
    CHECK(entry.said.user.empty());
  }
}

void order(City& city, const Did& did, const std::string& reason = "hồ sơ nhập trùng") {
  city.pass(std::chrono::seconds(1));
  must(city.centre->order_erasure({did, "minh", reason}, city.now.wall));
}

const storage::ErasureStanding::Of& standing_of(const std::vector<storage::ErasureStanding>& all, Pc& pc) {
  REQUIRE(all.size() == 1);
  const auto& devices = all.front().devices;
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const auto& one) { return one.device == pc->membership().device; });
  REQUIRE(found != devices.end());
  return *found;
}

}  // namespace

TEST_CASE("erasure: twenty a day by one person's word, and as many again by another's, whose account is older") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::vector<Did> all;
  for (int i = 0; i < 41; ++i) all.push_back(save(city, pc, sample_dossier("H57-" + std::to_string(i), "A")).did);
  sync(city, pc);
  const auto add = [&](const std::string& name) {
    must(city.centre->add_account({city.centre->desk(city.now.wall)->unit, name, "", policy::Role::leader, true, {}, ""}, city.now.wall));
  };
  const auto give = [&](const Did& did, const std::string& user) {
    return city.centre->order_erasure({did, user, "nhập trùng"}, city.now.wall);
  };
  for (const auto* name : {"minh", "lan"}) add(name);
  city.pass(std::chrono::hours(25));
  add("hoa");
  CHECK(city.centre->confirm_erasures("lan", city.now.wall).error().fault == Fault::invalid);  // not ahead, for orders of her own
  for (int i = 0; i < 20; ++i) must(give(all[static_cast<std::size_t>(i)], "minh"));
  for (const auto* name : {"minh", "lan"}) CHECK(give(all[20], name).error().fault == Fault::invalid);
  for (const auto* name : {"minh", "hoa"}) CHECK(city.centre->confirm_erasures(name, city.now.wall).error().fault == Fault::invalid);
  SECTION("another one confirms") {
    must(city.centre->confirm_erasures("lan", city.now.wall));
    city.reopen_centre();
    for (int i = 20; i < 40; ++i) must(give(all[static_cast<std::size_t>(i)], "minh"));
    must(city.centre->confirm_erasures("lan", city.now.wall));
    CHECK(give(all[40], "minh").error().fault == Fault::invalid);
  }
  SECTION("the next day") {
    city.pass(std::chrono::hours(25));
    must(give(all[20], "minh"));
  }
}

TEST_CASE("erasure: an order destroys bodies, keys and what was made of them, here and at the next contact; ids still verify") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "Nguyễn Văn A")).did;
  const auto kept = save(city, pc, sample_dossier("H57-2", "Trần Thị B")).did;
  for (auto* one : {&pc, &other}) sync(city, *one);
  (void)save(city, other, edit(did, {set("SoDienThoai", "0999")}));
  for (auto* one : {&other, &pc}) sync(city, *one);
  const auto here = secrets_of(pc->store(), did), there = secrets_of(city.centre->store(), did);
  pc->store().db.checkpoint();
  city.centre->store().db.checkpoint();
  REQUIRE(found_in(files_of(pc.path), here) > 0);
  REQUIRE(found_in(files_of(city.dir.file("centre.db")), there) > 0);

  order(city, did);
  check_erased(city.centre->store(), did);
  CHECK(found_in(files_of(city.dir.file("centre.db")), there) == 0);
  for (auto* one : {&pc, &other}) sync(city, *one);
  check_erased(pc->store(), did);
  check_erased(other->store(), did);
  CHECK(found_in(files_of(pc.path), here) == 0);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
  CHECK(shown(pc->store(), kept, "ChuHoSo") == "Trần Thị B");
  CHECK(must(storage::find_dossier(pc->store(), "H57-1")) == did);
  CHECK(must(pc->report(city.now)).waiting == 0);
  // The state's status and custody stay; a list finds it by its code and by nobody's name.
  CHECK(course::shown_text(must(storage::show_dossier(pc->store(), did)).state, "TrangThaiHoSo") == "2");
  storage::DossierQuery by_name;
  by_name.search = "nguyen van";
  CHECK(must(storage::list_dossiers(pc->store(), by_name)).lines.empty());
  const auto evidence = must(storage::evidence_of(*city.centre, did, city.now.wall));
  for (const auto& segment : evidence.segments)
    for (const auto& leaf : segment.leaves) CHECK(leaf.body.empty());
}

TEST_CASE("erasure: the same order twice is refused, one without a reason too, and so is every edit") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  CHECK(city.centre->order_erasure({did, "minh", ""}, city.now.wall).error().fault == Fault::invalid);
  CHECK(city.centre->order_erasure({made<Did>(3), "minh", "x"}, city.now.wall).error().fault == Fault::not_found);
  order(city, did);
  CHECK(city.centre->order_erasure({did, "minh", "x"}, city.now.wall).error().fault == Fault::erased);
  sync(city, pc);
  CHECK(pc->save({edit(did, {set("Email", "e")})}, city.now).error().fault == Fault::erased);
  CHECK(city.centre->save({edit(did, {set("Email", "e")})}, city.now).error().fault == Fault::erased);
}

TEST_CASE("erasure: what a PC wrote before it heard of the order is taken, and destroyed; its queue drains") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  for (auto* one : {&pc, &other}) sync(city, *one);
  (void)save(city, pc, edit(did, {set("SoDienThoai", "0111")}));
  const auto also = save(city, pc, sample_dossier("H57-2", "B")).did;
  order(city, did);

  SECTION("sent first, in clear") {
    Link link(city, pc);
    REQUIRE(link.greet());
    while (link.push()) {
    }
    check_erased(city.centre->store(), did);
  }
  SECTION("sent after it heard") {
    Link link(city, pc);
    link.fetch_policy();
    check_erased(pc->store(), did);
  }
  SECTION("heard, and killed") {
    Link(city, pc).fetch_policy();
    pc.reopen();
  }
  for (auto* one : {&pc, &other, &pc}) sync(city, *one);
  CHECK(must(pc->report(city.now)).queue_records == 0);
  CHECK(must(pc->report(city.now)).queue_bytes == 0);
  CHECK(must(pc->report(city.now)).quarantined == 0);
  for (auto* store : {&pc->store(), &other->store(), &city.centre->store()}) {
    check_erased(*store, did);
    CHECK(number(*store, did, "SELECT count(*) FROM record WHERE dossier = ? AND type = 1") == 2);
    CHECK(shown(*store, also, "ChuHoSo") == "B");
  }
}

TEST_CASE("erasure: the seed of new dossiers that still wait is forgotten with one of them") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto kept = save(city, pc, sample_dossier("H57-2", "B")).did;
  Link link(city, pc);
  link.lose_receipts = true;
  (void)link.greet();
  (void)link.push();
  while (must(city.centre->apply_pending(10))) {
  }
  REQUIRE(number(pc->store(), did,
                 "SELECT count(*) FROM segment WHERE key_seed IS NOT NULL AND id IN (SELECT segment FROM record WHERE dossier = ?)") == 1);
  const auto later = save(city, pc, sample_dossier("H57-3", "C")).did;
  order(city, did);
  Link(city, pc).fetch_policy();
  check_erased(pc->store(), did);
  CHECK(must(pc->store().db.read("seed", [&]() -> Result<bool> { return storage::meta(pc->store(), "outbox seed").has_value(); })) ==
        false);
  const auto last = save(city, pc, sample_dossier("H57-4", "D")).did;
  sync(city, pc);
  CHECK(must(pc->report(city.now)).queue_records == 0);
  for (const auto& [other, name] : {std::pair(kept, "B"), std::pair(later, "C"), std::pair(last, "D")})
    CHECK(shown(city.centre->store(), other, "ChuHoSo") == name);
}

TEST_CASE("erasure: a new PC, a PC that is an older copy of itself, and a centre from a backup come to the same") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  for (auto* one : {&pc, &other}) sync(city, *one);
  pc->store().db.checkpoint();
  copy_file(pc.path, pc.path + ".copy");
  city.centre->store().db.checkpoint();
  copy_file(city.dir.file("centre.db"), city.dir.file("centre.copy"));
  order(city, did);

  SECTION("a new PC") {
    auto late = city.enrol("W-VYDA", 3);
    sync(city, late);
    check_erased(late->store(), did);
    CHECK(all_states(late->store()) == all_states(city.centre->store()));
  }
  SECTION("an older copy") {
    sync(city, pc);
    CHECK(standing_of(must(city.centre->erasures()), pc).done.ms != 0);
    pc.store.reset();
    copy_file(pc.path + ".copy", pc.path);
    pc.reopen();
    CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
    Link link(city, pc);
    REQUIRE(link.greet());
    (void)link.pull();  // before it hears of the order
    CHECK(standing_of(must(city.centre->erasures()), pc).done.ms == 0);
    sync(city, pc);
    check_erased(pc->store(), did);
    CHECK(standing_of(must(city.centre->erasures()), pc).done.ms != 0);
  }
  SECTION("a centre from a backup") {
    sync(city, pc);
    city.centre.reset();
    copy_file(city.dir.file("centre.copy"), city.dir.file("centre.db"));
    city.reopen_centre();
    must(city.centre->become_restored(city.now.wall, false));
    CHECK(shown(city.centre->store(), did, "ChuHoSo") == "A");
    sync(city, pc);
    check_erased(city.centre->store(), did);
    sync(city, other);
    check_erased(other->store(), did);
  }
}

TEST_CASE("erasure: a centre from a backup takes back, as hashes, what only an erased copy of it holds") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  (void)save(city, pc, sample_dossier("H57-0", "0"));
  for (auto* one : {&pc, &other}) sync(city, *one);
  city.centre->store().db.checkpoint();
  copy_file(city.dir.file("centre.db"), city.dir.file("centre.copy"));
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  for (auto* one : {&pc, &other}) sync(city, *one);
  (void)save(city, other, edit(did, {set("SoDienThoai", "0999")}));
  sync(city, other);
  order(city, did);
  for (auto* one : {&pc, &other}) sync(city, *one);
  city.centre.reset();
  copy_file(city.dir.file("centre.copy"), city.dir.file("centre.db"));
  city.reopen_centre();
  must(city.centre->become_restored(city.now.wall, false));
  // Who comes first has only hashes of the other's dossier, and the order.
  for (auto* one : {&other, &pc, &other, &pc}) sync(city, *one);
  check_erased(city.centre->store(), did);
  for (auto* one : {&pc, &other}) {
    CHECK(must((*one)->report(city.now)).queue_records == 0);
    check_erased((*one)->store(), did);
  }
}

TEST_CASE("erasure: nobody may leave out a body of which no order is held") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto hashed = [](std::vector<segment::Rows> all) {
    for (auto& rows : all)
      for (auto& row : rows.rows)
        if (auto* sealed = std::get_if<segment::SealedRow>(&row))
          row = segment::HashRow{sealed->record.header, record::body_hash_of(sealed->record.body)};
    return all;
  };
  auto outbox = must(pc->read_outbox({4, 256, true}, city.now));
  REQUIRE(outbox.rows.size() == 1);
  const auto admitted = must(city.centre->admit({pc->membership().device, hashed(outbox.rows), city.now.wall}));
  REQUIRE(admitted.refused.size() == 1);
  CHECK(admitted.refused.front().fault == Fault::gap);
  CHECK(storage::show_dossier(city.centre->store(), did).has_error());
  sync(city, pc);

  auto read = must(city.centre->read_delivery({other->membership().device, 0, 1 << 20, false, true, 0}));
  for (auto& rows : read.rows) {
    rows.elided = {};
    for (auto& row : rows.rows) {
      const auto* open = std::get_if<segment::OpenRow>(&row);
      if (open == nullptr) continue;
      const auto* key = open->header.type == record::Type::grant ? nullptr : storage::find_key(city.centre->store(), open->header.key_id);
      const auto open_key = record::open_key(city.centre->store().org);
      const auto sealed = record::seal(open->header, open->plain, key == nullptr ? open_key : *key, city.centre->store().org);
      row = segment::HashRow{sealed.header, record::body_hash_of(sealed.body)};
    }
  }
  CHECK(other->apply_delivery({read.cursor, read.rows, 0}, city.now).error().fault == Fault::gap);
  CHECK(storage::show_dossier(other->store(), did).has_error());
}

TEST_CASE("erasure: the centre keeps which device has done it, and who is still to come") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto away = city.enrol("W-VYDA", 2);
  auto elsewhere = city.enrol("W-THUANHOA", 3);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  for (auto* one : {&pc, &away, &elsewhere}) sync(city, *one);
  must(city.centre->revoke(away->membership().device, "mất", city.now.wall));
  order(city, did);
  auto all = must(city.centre->erasures());
  CHECK(all.front().done_here);
  CHECK(all.front().order.codes == std::vector<std::string>{"H57-1"});
  CHECK(standing_of(all, pc).done.ms == 0);
  CHECK(standing_of(all, away).revoked);
  CHECK(standing_of(all, pc).read);
  CHECK_FALSE(standing_of(all, elsewhere).read);
  Link link(city, pc);
  link.old_version = true;  // such a program holds the entry, and does not know what it says
  link.run();
  CHECK(standing_of(must(city.centre->erasures()), pc).done.ms == 0);
  sync(city, pc);
  all = must(city.centre->erasures());
  CHECK(standing_of(all, pc).done.ms != 0);
  CHECK(standing_of(all, elsewhere).done.ms == 0);
  const auto late = city.enrol("W-VYDA", 4);  // it never had it
  CHECK(must(city.centre->erasures()).front().devices.size() == 3);
}

TEST_CASE("erasure: a repeated request is told that its dossier is erased, and is not done again") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  const auto remember = [&](const std::string& key, const std::string& answer) {
    must(storage::remember_answer(pc->store(), key, made<Hash>(1), view(answer), city.now.wall));
  };
  remember("by id", "{\"id\": \"id:" + hex(did.view()) + "\", \"ChuHoSo\": \"A\"}");
  remember("by code", "{\"code\": \"H57-1\"}");
  remember("other", "{\"code\": \"H57-12\", \"id\": \"id:" + std::string(32, '0') + "\"}");
  order(city, did);
  sync(city, pc);
  CHECK(storage::answered_before(pc->store(), "by id", made<Hash>(1)).error().fault == Fault::erased);
  CHECK(storage::answered_before(pc->store(), "by code", made<Hash>(1)).error().fault == Fault::erased);
  CHECK(must(storage::answered_before(pc->store(), "other", made<Hash>(1))).has_value());
}

TEST_CASE("erasure: a program that reads the order as one that it does not know is made to obey at the next start") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  order(city, did);
  // As an older version left it: the entry is stored, and nothing was done.
  const auto entry = policy::encode_entry(city.policy().back());
  must(pc->store().db.transact("older version", [&]() -> Result<void> {
    pc->store()
        .db.query("INSERT INTO policy (epoch, entry) VALUES (?, ?)")
        .bind(static_cast<std::int64_t>(city.policy().size() - 1))
        .bind(BytesView(entry))
        .run();
    return {};
  }));
  pc.reopen();
  check_erased(pc->store(), did);
}

TEST_CASE("erasure: while somebody reads the write-ahead log the ward does not say that it is done") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  const auto secrets = secrets_of(pc->store(), did);
  order(city, did);
  {
    auto reader = must(storage::Database::open(pc.path, storage::OpenMode::read_only));
    const auto read = reader.read("slowly", [&]() -> Result<void> {
      reader.run("SELECT count(*) FROM record");
      const auto entries = must(city.centre->read_policy({pc->store().policy.count()})).entries;
      CHECK(pc->store_policy({entries}, city.now).error().fault == Fault::storage_locked);
      CHECK(pc->prepare_link({256, 512}, city.now).error().fault == Fault::storage_locked);
      return {};
    });
    must(read);
  }
  check_erased(pc->store(), did);
  sync(city, pc);
  CHECK(found_in(files_of(pc.path), secrets) == 0);
  CHECK(standing_of(must(city.centre->erasures()), pc).done.ms != 0);
}

}  // namespace ward::test
