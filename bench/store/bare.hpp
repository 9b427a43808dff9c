#pragma once

#include "protocol/base/bytes.hpp"

#include <cstdint>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

/// The least that saving a change can cost: SQLite with the settings of the ward's store, one row appended and one row replaced. Any
/// failure ends the program.
namespace ward::bench {

class Bare {
 public:
  explicit Bare(const std::string& path);
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare();

  /// One transaction, on the disk when this returns; without a state, of one row.
  void save(std::int64_t dossier, BytesView record, BytesView state);

 private:
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);
  void run(sqlite3_stmt* statement);
  void put(sqlite3_stmt* statement, std::int64_t dossier, BytesView bytes);

  sqlite3* db_ = nullptr;
  sqlite3_stmt *begin_ = nullptr, *append_ = nullptr, *replace_ = nullptr, *commit_ = nullptr;
};

}  // namespace ward::bench
