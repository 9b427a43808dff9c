#pragma once

#include "storage/centre_store.hpp"
#include "storage/ward_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unordered_map>

#include <boost/json.hpp>

/// One centre and one ward PC: the shipped stores on real files. A measurement that cannot be made ends the program.
namespace ward::bench {

template <class T>
T must(Result<T> result) {
  if (result.has_value()) return *std::move(result);
  std::fprintf(stderr, "wire: %s\n", result.error().detail.c_str());
  std::exit(1);
}
inline void must(const Result<void>& result) {
  if (result.has_value()) return;
  std::fprintf(stderr, "wire: %s\n", result.error().detail.c_str());
  std::exit(1);
}

/// A directory that goes away with its owner.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

class City {
 public:
  City();

  [[nodiscard]] storage::CentreStore& centre() { return *centre_; }
  [[nodiscard]] storage::WardStore& ward() { return *ward_; }
  [[nodiscard]] Now& now() { return now_; }
  /// The ward's daemon starts again: the next write begins an incarnation.
  void restart_ward();

  /// Imports a file of dossiers, one a minute.
  void import(const std::string& file);
  /// Applies a file of changes at the times that it says, to the millisecond: a clerk's are random.
  void apply(const std::string& file);

 private:
  void save(storage::NewChange change, WallTime at);

  Folder folder_;
  storage::WardKeys keys_;
  std::optional<storage::CentreStore> centre_;
  std::optional<storage::WardStore> ward_;
  std::unordered_map<std::string, Did> dossiers_;
  Now now_{Instant{std::chrono::hours(1)}, WallTime{1'622'000'000'000}};
  std::uint64_t starts_ = 0;
};

[[nodiscard]] std::string read_file(const std::string& path);

}  // namespace ward::bench
