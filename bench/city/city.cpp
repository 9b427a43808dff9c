#include "bench/city/city.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "runtime/data_dir.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <sstream>

namespace ward::bench {
namespace {

namespace json = boost::json;

constexpr int units = 40;  ///< of a city: what a policy log of its size takes in a hello
constexpr const char* unit = "W-VYDA";

/// The same on every run: so are the figures.
storage::Random seeded(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](std::span<std::uint8_t> out) {
    for (auto& byte : out) byte = static_cast<std::uint8_t>((*engine)());
  };
}

void enter(policy::PolicyLog& log, policy::Body body, const crypto::SignSeed& key, WallTime now) {
  auto entry = log.next(std::move(body), 0, now);
  policy::sign(entry, log.org(), key);
  must(log.append(entry));
}

std::vector<policy::Entry> found(const storage::CentreKeys& keys, WallTime now) {
  const crypto::SignSeed root(crypto::hash<Hash>("bench-root", {}, {}).bytes);
  policy::Entry genesis;
  genesis.time = now;
  genesis.body = policy::Genesis{"Huế",
                                 crypto::public_of(root),
                                 {},
                                 crypto::public_of(*keys.operations),
                                 crypto::public_of(keys.receipt),
                                 crypto::public_of(keys.noise)};
  policy::sign(genesis, crypto::org_of(crypto::public_of(root)), root);
  auto log = must(policy::PolicyLog::start(genesis));
  for (int i = 0; i < units; ++i) {
    policy::Unit entry;
    entry.code = i == 0 ? unit : "W-" + std::to_string(i);
    entry.name_vi = entry.name_en = entry.code;
    entry.kind = "ward";
    entry.unit_public = crypto::public_of(keys::unit_secret_of(keys::derive_unit_seed(keys.unit_master, entry.code, 0), entry.code, 0));
    enter(log, entry, *keys.operations, now);
  }
  return log.entries();
}

std::vector<json::object> rows_of(const std::string& file) {
  std::vector<json::object> out;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line).as_object());
  return out;
}

WallTime time_of(const json::object& line) {
  using namespace std::chrono;
  int y = 0, m = 0, d = 0, hour = 0, minute = 0, second = 0;
  std::sscanf(line.at("at").as_string().c_str(), "%d-%d-%dT%d:%d:%d+07:00", &y, &m, &d, &hour, &minute, &second);
  const sys_days day{year{y} / m / d};
  return {duration_cast<milliseconds>((day + hours{hour - 7} + minutes{minute} + seconds{second}).time_since_epoch()).count()};
}

std::int64_t some_milliseconds() {
  static std::mt19937_64 random{7};
  return static_cast<std::int64_t>(random() % 1000);
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) must(Result<void>(fail(Fault::io, "cannot read " + path)));
  return {std::istreambuf_iterator<char>(file), {}};
}

Folder::Folder() {
  auto name = (std::filesystem::temp_directory_path() / "wardsync-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) must(Result<void>(fail(Fault::io, "no temporary directory")));
  path_ = name;
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

City::City(const std::string& folder, const std::string& address) : keys_(storage::WardKeys::make(seeded(1))) {
  const auto centre_folder = must(runtime::DataDir::make(folder + "/centre"));
  const auto ward_folder = must(runtime::DataDir::make(folder + "/ward"));
  const auto centre_keys = storage::CentreKeys::make(seeded(2));
  must(runtime::write_private_file(centre_folder.file("centre.key"), centre_keys.encode(), false));
  must(runtime::write_private_file(ward_folder.file("device.key"), keys_.encode(), false));
  const auto centre_db = centre_folder.file("centre.db");
  must(storage::CentreStore::create(centre_db, centre_keys, found(centre_keys, now_.wall)));
  centre_.emplace(must(storage::CentreStore::open(centre_db, must(storage::CentreKeys::decode(centre_keys.encode())), seeded(3))));
  const auto ticket = must(centre_->new_ticket({unit, "PC 1", address, true, WallTime{now_.wall.ms + 1000}}));
  sync::EnrolRequest request;
  request.sign = crypto::public_of(keys_.device.sign);
  request.noise = crypto::public_of(keys_.device.noise);
  request.sealing = crypto::public_of(keys_.device.sealing);
  must(centre_->enrol({ticket::ticket_id(ticket.secret), request, "00000", now_.wall}));
  const storage::Membership membership{ticket.org, ticket.root, ticket.centre_static, ticket.address, crypto::device_of(request.sign),
                                       unit};
  ward_db_ = ward_folder.file("wardsync.db");
  must(storage::WardStore::create(ward_db_, keys_, membership, centre_->store().policy.entries()));
  restart_ward();
}

void City::restart_ward() {
  ward_.reset();
  ward_.emplace(must(storage::WardStore::open(ward_db_, must(storage::WardKeys::decode(keys_.encode())), seeded(++starts_ * 100))));
}

std::vector<storage::Saved> City::save(const std::vector<storage::NewChange>& changes) {
  now_.wall.ms += 60'000 + some_milliseconds();
  now_.monotonic += std::chrono::seconds(60);
  return must(ward_->save(changes, now_));
}

void City::import(const std::string& file) {
  for (const auto& dossier : rows_of(file)) {
    storage::NewChange change;
    change.change.user = clerk;
    change.change.ops = must(runtime::ops_of_dossier(dossier));
    dossiers_[std::string(dossier.at("MaHoSo").as_string())] = save({change}).front().did;
  }
}

storage::NewChange City::change_of(runtime::Edit edit) const {
  storage::NewChange out;
  out.change.user = edit.user;
  out.change.ops = std::move(edit.ops);
  out.did = dossiers_.at(edit.dossier);
  return out;
}

void City::apply(const std::string& file) {
  for (const auto& line : rows_of(file)) {
    const WallTime at{time_of(line).ms + some_milliseconds()};
    now_.monotonic += std::chrono::milliseconds(at.ms - now_.wall.ms);
    now_.wall = at;
    must(ward_->save({change_of(must(runtime::edit_of(line)))}, now_));
  }
}

std::vector<std::vector<record::Op>> dossiers_of(const std::string& file) {
  std::vector<std::vector<record::Op>> out;
  for (const auto& dossier : rows_of(file)) out.push_back(must(runtime::ops_of_dossier(dossier)));
  return out;
}

std::vector<runtime::Edit> edits_of(const std::string& file) {
  std::vector<runtime::Edit> out;
  for (const auto& line : rows_of(file)) out.push_back(must(runtime::edit_of(line)));
  return out;
}

}  // namespace ward::bench
