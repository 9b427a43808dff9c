#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite as this project uses it: one writing connection per file, WAL, synchronous=FULL. Not thread-safe: one thread owns a Database and
/// all that came from it. A failure of SQLite inside a statement is thrown as `Failure`, and caught once, where a transaction ends.
namespace ward::storage {

/// Carries an Error through the SQL of one transaction to `Database::transact`, so that forty statements need no forty checks.
struct Failure {
  Error error;
  bool of_file = false;  ///< SQLite's own structures are damaged: not one row, but what all of them lie in
};

/// A prepared statement being used. Bind in order, then step. Views that a column gives die at the next step or with the Query.
class Query {
 public:
  Query(sqlite3* db, sqlite3_stmt* statement) noexcept : db_(db), statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();  ///< resets the statement and clears what was bound

  Query& bind(std::int64_t value);
  Query& bind(BytesView value);  ///< not copied: must live until the last step
  Query& bind(std::string_view value);
  Query& bind_null();
  template <class Tag, std::size_t N>
  Query& bind(const Fixed<Tag, N>& value) {
    return bind(value.view());
  }

  [[nodiscard]] bool step();  ///< true while there is a row
  void run();                 ///< steps to the end

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] BytesView bytes(int column) const;
  [[nodiscard]] std::string text(int column) const;
  template <class F>
  [[nodiscard]] F fixed(int column) const {
    const auto found = bytes(column);
    if (found.size() != F::size) throw Failure{{Fault::storage_damaged, "a stored id has the wrong size"}};
    return fixed_from<F>(found);
  }

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

enum class OpenMode { read_write, read_only };

class Database {
 public:
  /// Creates or opens `path`, brings it to this build's version (forward only, one transaction per step; not when it is only read) and
  /// checks that it is ours.
  /// `storage_newer`, `storage_damaged`, `storage_locked`, `storage_read_only`, `storage_full`.
  [[nodiscard]] static Result<Database> open(const std::string& path, OpenMode mode);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Prepared once and kept, so `sql` must live as long as the Database: a literal. One statement is not used twice at one time.
  [[nodiscard]] Query query(std::string_view sql);
  void run(std::string_view sql) { query(sql).run(); }
  [[nodiscard]] bool is_read_only() const;
  /// Data of an earlier version that is only read lacks some.
  [[nodiscard]] bool has_table(std::string_view name);
  [[nodiscard]] std::int64_t last_row() const;
  [[nodiscard]] std::int64_t changes() const;  ///< rows that the last statement touched

  /// Runs `work` in one transaction (BEGIN IMMEDIATE … COMMIT); any error or thrown Failure rolls everything back.
  /// Success means that the commit reached the disk.
  template <class Work>
  [[nodiscard]] auto transact(const char* name, Work&& work) -> decltype(work()) {
    try {
      begin();
      auto result = work();
      if (result.has_error()) {
        roll_back();
        return result;
      }
      commit();
      return result;
    } catch (const Failure& failure) {
      corrupt_ = corrupt_ || failure.of_file;
      roll_back();
      return fail(failure.error.fault, std::string(name) + ": " + failure.error.detail);
    }
  }
  /// The same for work that only reads: everything that it sees is of one moment.
  template <class Work>
  [[nodiscard]] auto read(const char* name, Work&& work) -> decltype(work()) {
    try {
      begin_reading();
      auto result = work();
      end_reading();
      return result;
    } catch (const Failure& failure) {
      corrupt_ = corrupt_ || failure.of_file;
      roll_back();
      return fail(failure.error.fault, std::string(name) + ": " + failure.error.detail);
    }
  }

  /// Part of a transaction: what `work` did is undone when it throws, and the rest stays.
  template <class Work>
  void attempt(Work&& work) {
    run("SAVEPOINT attempt");
    try {
      work();
    } catch (const Failure&) {
      run("ROLLBACK TO attempt");
      run("RELEASE attempt");
      throw;
    }
    run("RELEASE attempt");
  }
  /// SQLite found its own structures damaged since this was opened.
  [[nodiscard]] bool is_corrupt() const noexcept { return corrupt_; }

  /// SQLite's own structural check of the whole file; the lines that it reports, none when sound. Inside `read` or `transact`.
  [[nodiscard]] std::vector<std::string> check();
  /// The whole database as of one moment into a new file at `path`, which needs nothing beside it. Others may write meanwhile. On failure
  /// what was begun stays there.
  [[nodiscard]] Result<void> copy_to(const std::string& path);
  /// Moves the WAL into the file and cuts it to nothing. Run by the one writing connection, outside of a transaction. False: somebody reads
  /// what it holds.
  bool checkpoint();

 private:
  explicit Database(sqlite3* db) noexcept : db_(db) {}
  void begin();
  void begin_reading();
  void end_reading() { commit(); }
  void commit();
  void roll_back() noexcept;
  void configure(OpenMode mode);
  void migrate();

  sqlite3* db_ = nullptr;
  bool corrupt_ = false;
  std::unordered_map<std::string_view, sqlite3_stmt*> prepared_;
};

inline constexpr std::int64_t application_id = 0x57415244;  ///< "WARD"

/// The statements of each version's step, oldest first; user_version = how many have run.
struct Migration {
  const char* sql;
};
[[nodiscard]] std::span<const Migration> migrations() noexcept;

}  // namespace ward::storage
