#pragma once

#include "runtime/dossier_json.hpp"
#include "storage/centre_store.hpp"
#include "storage/ward_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

/// One centre and one ward PC: the shipped stores on real files. A measurement that cannot be made ends the program.
namespace ward::bench {

template <class T>
T must(Result<T> result) {
  if (result.has_value()) return *std::move(result);
  std::fprintf(stderr, "bench: %s\n", result.error().detail.c_str());
  std::exit(1);
}
inline void must(const Result<void>& result) {
  if (result.has_value()) return;
  std::fprintf(stderr, "bench: %s\n", result.error().detail.c_str());
  std::exit(1);
}

/// A directory that goes away with its owner.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline constexpr const char* nowhere = "127.0.0.1:1";
inline constexpr const char* clerk = "vyda.linh";

class City {
 public:
  /// Founds it in `folder`: `ward` and `centre` in it are data directories as the programs use them. The ward calls the centre at
  /// `address`.
  explicit City(const std::string& folder, const std::string& address = nowhere);

  [[nodiscard]] storage::CentreStore& centre() { return *centre_; }
  [[nodiscard]] storage::WardStore& ward() { return *ward_; }
  [[nodiscard]] Now& now() { return now_; }
  /// The ward's daemon starts again: the next write begins an incarnation.
  void restart_ward();

  /// Imports a file of dossiers, one a minute.
  void import(const std::string& file);
  /// Applies a file of changes at the times that it says, to the millisecond: a clerk's are random.
  void apply(const std::string& file);
  [[nodiscard]] storage::NewChange change_of(runtime::Edit edit) const;
  /// Saves as one transaction, a minute after the last one.
  std::vector<storage::Saved> save(const std::vector<storage::NewChange>& changes);

 private:
  std::string ward_db_;
  storage::WardKeys keys_;
  std::optional<storage::CentreStore> centre_;
  std::optional<storage::WardStore> ward_;
  std::unordered_map<std::string, Did> dossiers_;
  Now now_{Instant{std::chrono::hours(1)}, WallTime{1'622'000'000'000}};
  std::uint64_t starts_ = 0;
};

[[nodiscard]] std::string read_file(const std::string& path);
/// The operations that create each dossier of such a file.
[[nodiscard]] std::vector<std::vector<record::Op>> dossiers_of(const std::string& file);
/// The changes of a file of changes.
[[nodiscard]] std::vector<runtime::Edit> edits_of(const std::string& file);

}  // namespace ward::bench
