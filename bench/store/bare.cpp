#include "bench/store/bare.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace ward::bench {
namespace {

/// As storage/sqlite.cpp configures the ward's database.
constexpr const char* set_up =
    "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA journal_size_limit=16777216; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
    "PRAGMA mmap_size=0; PRAGMA cache_size=-4096;"
    "CREATE TABLE record (id INTEGER PRIMARY KEY, dossier INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE state (dossier INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;";

void must(sqlite3* db, bool good) {
  if (good) return;
  std::fprintf(stderr, "bench: bare SQLite: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

}  // namespace

Bare::Bare(const std::string& path) {
  must(db_, sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
  must(db_, sqlite3_exec(db_, set_up, nullptr, nullptr, nullptr) == SQLITE_OK);
  begin_ = prepare("BEGIN IMMEDIATE");
  append_ = prepare("INSERT INTO record (dossier, bytes) VALUES (?, ?)");
  replace_ = prepare("INSERT INTO state (dossier, bytes) VALUES (?, ?) ON CONFLICT (dossier) DO UPDATE SET bytes = excluded.bytes");
  commit_ = prepare("COMMIT");
}

Bare::~Bare() {
  for (auto* statement : {begin_, append_, replace_, commit_}) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

sqlite3_stmt* Bare::prepare(const char* sql) {
  sqlite3_stmt* out = nullptr;
  must(db_, sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &out, nullptr) == SQLITE_OK);
  return out;
}

void Bare::run(sqlite3_stmt* statement) {
  must(db_, sqlite3_step(statement) == SQLITE_DONE);
  sqlite3_reset(statement);
}

void Bare::put(sqlite3_stmt* statement, std::int64_t dossier, BytesView bytes) {
  sqlite3_bind_int64(statement, 1, dossier);
  sqlite3_bind_blob64(statement, 2, bytes.data(), bytes.size(), SQLITE_STATIC);
  run(statement);
}

void Bare::save(std::int64_t dossier, BytesView record, BytesView state) {
  run(begin_);
  put(append_, dossier, record);
  if (!state.empty()) put(replace_, dossier, state);
  run(commit_);
}

}  // namespace ward::bench
