#include "cli/examine.hpp"

#include "cli/calendar.hpp"
#include "protocol/base/wipe.hpp"

#include "runtime/account.hpp"
#include "runtime/command_line.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/file_facts.hpp"

namespace ward::cli {

std::string as_megabytes(std::uint64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; }

std::optional<std::string> clock_off_by(std::int64_t offset_ms) {
  const auto off = std::chrono::milliseconds(offset_ms < 0 ? -offset_ms : offset_ms);
  if (off <= clock_off_max) return std::nullopt;
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(off).count();
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(off).count();
  return (hours >= 2 ? std::to_string(hours) + " hours" : std::to_string(minutes) + " minutes") + (offset_ms < 0 ? " behind" : " ahead");
}

void examine_config(Examination& to, const Common& common) {
  if (common.config_problems.empty()) {
    to.well("configuration", common.config_read + (runtime::file_exists(common.config_read) ? "" : " is not there; the defaults are used"));
    return;
  }
  for (const auto& problem : common.config_problems)
    to.found("configuration", Finding::config_broken, sentence(common.config_read, problem) + " " + problem.remedy);
}

bool examine_directory(Examination& to, const std::string& path) {
  const auto found = runtime::file_facts(path);
  if (found.has_error() || !found->is_directory) {
    to.found("data directory", Finding::data_missing, found.has_error() ? found.error().detail : path + " is not a directory");
    return false;
  }
  if (!found->is_guarded)
    to.found("data directory", Finding::data_open, path + " has mode " + found->mode);
  else if (const auto writable = runtime::check_writable(path); writable.has_error())
    to.found("data directory", Finding::data_not_writable, writable.error().detail);
  else if (const auto foreign = runtime::foreign_file_in(path); !foreign.empty())
    to.found("data directory", Finding::data_not_writable, path + "/" + foreign + " belongs to another account than the directory");
  else
    to.well("data directory", path + ", mode " + found->mode);
  const auto free = runtime::disk_free_bytes(path);
  const auto detail = as_megabytes(free) + " free";
  if (free < disk_free_min_bytes)
    to.found("disk", Finding::disk_low, detail);
  else
    to.well("disk", detail);
  return true;
}

bool examine_key_file(Examination& to, const std::string& path) {
  const auto name = "key file " + runtime::utf8_of(runtime::path_of(path).filename());
  const auto found = runtime::file_facts(path);
  if (found.has_error()) {
    to.found(name, Finding::key_missing, found.error().detail);
    return false;
  }
  if (!found->is_secret)
    to.found(name, Finding::key_open, path + " has mode " + found->mode);
  else
    to.well(name, "mode " + found->mode);
  return true;
}

void examine_protection(Examination& to, const runtime::KeyFile& file) {
  const auto by = runtime::protection_of(file);
  if (by.has_error())
    to.skipped("keys", by.error().detail);
  else if (*by == keys::Protection::none)
    to.found("keys", Finding::keys_plain, "nothing seals them");
  else
    to.well("keys", std::string("sealed: ") + name_of(*by));
}

void examine_credential(Examination& to) {
  auto secret = runtime::new_system_key(runtime::Opener::service);
  if (secret.has_error() && secret.error().fault == Fault::wrong_key)
    to.found("systemd's secret", Finding::credential_closed, secret.error().detail);
  if (secret.has_value()) wipe(secret->secret.data(), secret->secret.size());
}

void examine_unreadable(Examination& to, const Error& error) {
  const bool locked = error.fault == Fault::missing_key || error.fault == Fault::bad_signature;
  const auto finding = error.fault == Fault::storage_damaged ? Finding::database_damaged
                       : locked                              ? Finding::keys_locked
                                                             : Finding::database_unreadable;
  to.found("database", finding, error.detail);
}

void examine_journal(Examination& to, const std::string& database) {
  const auto found = runtime::file_facts(database + "-wal");
  const auto bytes = found.has_value() ? found->bytes : 0;
  if (bytes > journal_max_bytes)
    to.found("journal", Finding::journal_large, database + "-wal has " + as_megabytes(bytes));
  else
    to.well("journal", as_megabytes(bytes));
}

void examine_log(Examination& to, const std::string& path) {
  if (path.empty()) return;
  const auto directory = runtime::utf8_of(runtime::path_of(path).parent_path());
  const auto& must_be_writable = runtime::file_exists(path) ? path : directory;
  if (const auto writable = runtime::check_writable(must_be_writable); writable.has_error())
    to.found("log", Finding::log_unwritable, writable.error().detail);
  else
    to.well("log", path);
}

void examine_proxies(Examination& to, const std::function<const char*(const char*)>& environment) {
  std::string names;
  for (const auto* name : {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}) {
    const auto* value = environment(name);
    if (value != nullptr && *value != '\0') names += (names.empty() ? "" : ", ") + std::string(name);
  }
  // The values may hold passwords.
  if (names.empty())
    to.well("proxy", "none is set");
  else
    to.found("proxy", Finding::proxy_set, names);
}

void examine_clock(Examination& to, WallTime now, const std::vector<std::string>& files) {
  if (now < clock_earliest || now > clock_latest) return to.found("clock", Finding::clock_wrong, "it is not between 2020 and 2080");
  std::optional<WallTime> newest;
  std::string whose;
  for (const auto& file : files) {
    const auto found = runtime::file_facts(file);
    if (found.has_error() || (newest && found->written <= *newest)) continue;
    newest = found->written;
    whose = file;
  }
  if (!newest) return to.skipped("clock", "there is nothing to compare it with");
  if (newest->ms > now.ms)
    if (const auto off = clock_off_by(now.ms - newest->ms))
      return to.found("clock", Finding::clock_wrong, "it is at least " + *off + ": " + whose + " was written later");
  to.well("clock", "no file here is from the future");
}

void examine_backup(Examination& to, const boost::json::value& keeping, WallTime now) {
  const auto* backup = keeping.is_object() ? keeping.get_object().if_contains("backup") : nullptr;
  if (backup == nullptr) return;
  if (backup->is_null()) return to.found("backup", Finding::backup_missing, "none yet");
  const auto at = runtime::shown(*backup, "at");
  const auto made = time_of(at);
  if (made.ms == 0) return to.skipped("backup", "its time is not known");
  const auto age = std::chrono::milliseconds(now.ms - made.ms);
  if (age > backup_every)
    to.found("backup", Finding::backup_old, "the last one is of " + at);
  else
    to.well("backup", "the last one is of " + at);
}

WallTime time_of(std::string_view text) {
  using namespace std::chrono;
  int y = 0, hour = 0, minute = 0, second = 0;
  unsigned m = 0, d = 0;
  const std::string copy(text.substr(0, 40));
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d+07:00", &y, &m, &d, &hour, &minute, &second) != 6) return {};
  const year_month_day date{year(y), month(m), day(d)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return {};
  const auto at = sys_days(date) + hours(hour - 7) + minutes(minute) + seconds(second);
  return {duration_cast<milliseconds>(at.time_since_epoch()).count()};
}

void examine_calendar(Examination& to, const boost::json::value& status) {
  const auto enough = runtime::shown(status, "calendar", "enough");
  if (enough == "-") return;
  if (enough == "true")
    to.well("days off", calendar_words(status));
  else
    to.found("days off", Finding::calendar_ends, calendar_words(status));
}

}  // namespace ward::cli
