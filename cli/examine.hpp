#pragma once

#include "cli/doctor.hpp"
#include "protocol/base/time.hpp"
#include "runtime/account.hpp"
#include "runtime/key_file.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <functional>
#include <optional>

/// The checks that both programs make. Each adds one line, or more where several things can be wrong.
namespace ward::cli {

inline constexpr std::uint64_t disk_free_min_bytes = 200ULL * 1024 * 1024;
inline constexpr std::uint64_t journal_max_bytes = 64ULL * 1024 * 1024;
inline constexpr std::chrono::minutes clock_off_max{5};
inline constexpr std::chrono::hours backup_every{7 * 24};

void examine_config(Examination& to, const Common& common);
/// Its mode and owner, whether it can be written, the room on its disk. False when it is missing.
bool examine_directory(Examination& to, const std::string& path);
/// A file with keys: there, and for its account alone. False when it is missing.
bool examine_key_file(Examination& to, const std::string& path);
/// What seals it, besides its mode.
void examine_protection(Examination& to, const runtime::KeyFile& file);
/// As root, who alone may look. One that does not open stops the service before this program runs.
void examine_credential(Examination& to);
void examine_journal(Examination& to, const std::string& database);
/// The log's file and its directory; nothing when `path` is empty.
void examine_log(Examination& to, const std::string& path);
/// Whether the port could be bound; for a daemon that does not run. `check` names the port's purpose.
void examine_port_free(Examination& to, const std::string& check, const std::string& address);
/// Name, then port, each within a few seconds.
void examine_centre(Examination& to, const std::string& address);
void examine_proxies(Examination& to, const std::function<const char*(const char*)>& environment);
/// Against the newest of the files: no file was written in the future.
void examine_clock(Examination& to, WallTime now, const std::vector<std::string>& files);

void examine_unreadable(Examination& to, const Error& error);
/// The data file itself, while no daemon runs. `find` gives its directory and `open` the store in it, to read: they are the program's own,
/// and so is what `then` asks of a store that opens and whose structure is whole.
template <class Find, class Open, class Then>
void examine_database(Examination& to, const std::string& program, const std::string& data, Find&& find, Open&& open, Then&& then) {
  const runtime::AsOwnerOf acting(data);
  auto directory = find(data);
  if (directory.has_error()) return examine_unreadable(to, directory.error());
  if (const auto locked = directory->lock(program + " doctor"); locked.has_error()) return examine_unreadable(to, locked.error());
  auto store = open(*directory);
  if (store.has_error()) return examine_unreadable(to, store.error());
  const auto damage = store->store().db.check();
  if (!damage.empty()) return examine_unreadable(to, fail(Fault::storage_damaged, damage.front()));
  to.well("database", "it opens, and its structure is whole; `" + program + " verify` checks every seal and signature");
  if (const auto asked = then(*store); asked.has_error()) examine_unreadable(to, asked.error());
}

/// How old the centre's last backup is; `keeping` as the centre's status has it, where it has it.
void examine_backup(Examination& to, const boost::json::value& keeping, WallTime now);

/// The time that the APIs write as 2026-11-24T10:00:00+07:00; 0 for anything else.
[[nodiscard]] WallTime time_of(std::string_view text);
/// What is wrong with a clock that is `offset_ms` ahead of one that is right; nothing within five minutes.
[[nodiscard]] std::optional<std::string> clock_off_by(std::int64_t offset_ms);
[[nodiscard]] std::string as_megabytes(std::uint64_t bytes);

/// `calendar`: as the daemon's status has it; a status without it says nothing.
void examine_calendar(Examination& to, const boost::json::value& status);

}  // namespace ward::cli
