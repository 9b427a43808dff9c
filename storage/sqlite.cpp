#include "storage/sqlite.hpp"

#include <sqlite3.h>

#include <utility>

namespace ward::storage {
namespace {

Fault fault_of(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_FULL: return Fault::storage_full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return Fault::storage_read_only;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Fault::storage_locked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return Fault::storage_damaged;
    default: return Fault::storage_failed;
  }
}

/// SQLite's own words name tables and causes, never values: we bind all values.
[[noreturn]] void raise(sqlite3* db) {
  const auto fault = fault_of(sqlite3_extended_errcode(db));
  throw Failure{{fault, sqlite3_errmsg(db)}, fault == Fault::storage_damaged};
}

}  // namespace

Query::Query(Query&& other) noexcept : db_(other.db_), statement_(std::exchange(other.statement_, nullptr)), bound_(other.bound_) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind(std::int64_t value) {
  if (sqlite3_bind_int64(statement_, ++bound_, value) != SQLITE_OK) raise(db_);
  return *this;
}
Query& Query::bind(BytesView value) {
  // A null pointer would bind NULL where an empty blob is meant.
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  if (sqlite3_bind_blob64(statement_, ++bound_, data, value.size(), SQLITE_STATIC) != SQLITE_OK) raise(db_);
  return *this;
}
Query& Query::bind(std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  if (sqlite3_bind_text64(statement_, ++bound_, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK) raise(db_);
  return *this;
}
Query& Query::bind_null() {
  if (sqlite3_bind_null(statement_, ++bound_) != SQLITE_OK) raise(db_);
  return *this;
}

bool Query::step() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: raise(db_);
  }
}
void Query::run() {
  while (step()) {
  }
}

std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }
bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
BytesView Query::bytes(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string Query::text(int column) const { return std::string(text_of(bytes(column))); }

Database::Database(Database&& other) noexcept : db_(std::exchange(other.db_, nullptr)), prepared_(std::move(other.prepared_)) {
  other.prepared_.clear();
}
Database& Database::operator=(Database&& other) noexcept {
  std::swap(db_, other.db_);
  std::swap(prepared_, other.prepared_);
  return *this;
}
Database::~Database() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

Query Database::query(std::string_view sql) {
  auto& statement = prepared_[sql];
  if (statement == nullptr &&
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    raise(db_);
  WARD_ASSERT(sqlite3_stmt_busy(statement) == 0);
  return Query(db_, statement);
}

bool Database::is_read_only() const { return sqlite3_db_readonly(db_, "main") == 1; }
bool Database::has_table(std::string_view name) {
  auto found = query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  return found.bind(name).step();
}
std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(db_); }
std::int64_t Database::changes() const { return sqlite3_changes64(db_); }

void Database::begin() { run("BEGIN IMMEDIATE"); }
void Database::begin_reading() { run("BEGIN"); }
void Database::commit() { run("COMMIT"); }
void Database::roll_back() noexcept {
  // After some failures SQLite has rolled back by itself; then this is refused, and rightly so.
  if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<Database> Database::open(const std::string& path, OpenMode mode) {
  sqlite3* raw = nullptr;
  const int flags = (mode == OpenMode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database db(raw);
  if (code != SQLITE_OK) return fail(fault_of(code), "open database: " + std::string(sqlite3_errstr(code)));
  try {
    db.configure(mode);
    db.migrate();
  } catch (const Failure& failure) {
    return fail(failure.error.fault, "open database: " + failure.error.detail);
  }
  return db;
}

void Database::configure(OpenMode mode) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_busy_timeout(db_, 2000);
  if (mode == OpenMode::read_write) {
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA secure_delete=ON");
    run("PRAGMA wal_autocheckpoint=1000");
    run("PRAGMA journal_size_limit=16777216");
  }
  run("PRAGMA temp_store=MEMORY");
  run("PRAGMA cell_size_check=ON");
  run("PRAGMA foreign_keys=ON");
  run("PRAGMA mmap_size=0");
  run("PRAGMA cache_size=-4096");
}

void Database::migrate() {
  const auto pragma = [&](std::string_view sql) {
    auto found = query(sql);
    return found.step() ? found.number(0) : 0;
  };
  const auto id = pragma("PRAGMA application_id");
  const auto version = pragma("PRAGMA user_version");
  const auto tables = pragma("SELECT count(*) FROM sqlite_schema");
  if (id != application_id && (tables != 0 || id != 0)) throw Failure{{Fault::storage_damaged, "the file is not a wardsync database"}};
  const auto steps = migrations();
  if (version > static_cast<std::int64_t>(steps.size()))
    throw Failure{{Fault::storage_newer, "the data was written by a newer version of wardsync; install that version again"}};
  // Who only reads takes the file as it is: `doctor` and `verify` before the first start of a new version.
  if (is_read_only()) return;
  for (auto step = static_cast<std::size_t>(version); step < steps.size(); ++step) {
    const auto sql = std::string("BEGIN IMMEDIATE;") + steps[step].sql + ";PRAGMA application_id=" + std::to_string(application_id) +
                     ";PRAGMA user_version=" + std::to_string(step + 1) + ";COMMIT";
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) continue;
    auto error = fail(fault_of(sqlite3_extended_errcode(db_)), sqlite3_errmsg(db_));
    roll_back();
    throw Failure{std::move(error)};
  }
}

std::vector<std::string> Database::check() {
  std::vector<std::string> lines;
  try {
    auto found = query("PRAGMA integrity_check(100)");
    while (found.step())
      if (auto line = found.text(0); line != "ok") lines.push_back(std::move(line));
  } catch (const Failure& failure) {
    // Damage can be such that the check itself cannot go on.
    if (failure.error.fault != Fault::storage_damaged) throw;
    lines.push_back(failure.error.detail);
  }
  return lines;
}

Result<void> Database::copy_to(const std::string& path) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, nullptr);
  Database target(raw);
  if (opened != SQLITE_OK) return fail(fault_of(opened), "copy database: " + std::string(sqlite3_errstr(opened)));
  // One transaction that reads holds the moment; without it the copy would begin anew at every commit of others.
  return read("copy database", [&]() -> Result<void> {
    run("SELECT count(*) FROM sqlite_schema");
    auto* copying = sqlite3_backup_init(target.db_, "main", db_, "main");
    if (copying == nullptr) raise(target.db_);
    const int stepped = sqlite3_backup_step(copying, -1);
    sqlite3_backup_finish(copying);
    if (stepped != SQLITE_DONE) return fail(fault_of(stepped), "copy database: " + std::string(sqlite3_errstr(stepped)));
    auto mode = target.query("PRAGMA journal_mode=DELETE");
    if (!mode.step() || mode.text(0) != "delete") return fail(Fault::storage_failed, "copy database: its journal stays");
    return {};
  });
}

bool Database::checkpoint() {
  auto done = query("PRAGMA wal_checkpoint(TRUNCATE)");
  return done.step() && done.number(0) == 0;
}

}  // namespace ward::storage
