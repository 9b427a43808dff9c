#pragma once

#include "agent/key_file.hpp"
#include "cli/caller.hpp"
#include "cli/doctor.hpp"
#include "cli/keys.hpp"
#include "runtime/command_line.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What each command of `wardsync` does. Each returns the process's exit code (interfaces.md); data goes to stdout, everything else to
/// stderr.
namespace ward::agent {

inline constexpr std::size_t ticket_bytes_max = 4096;  ///< of a ticket's file

inline constexpr const char* program = "wardsync";

using cli::Common;

/// The daemon's answer to one call; `then` makes the exit code of it, trouble is reported.
template <class Then>
int ask(const Common& common, const std::string& method, const std::string& target, std::string body, Then&& then);

/// Why the data directory cannot be used; keys that are sealed have words of their own.
[[nodiscard]] runtime::Trouble trouble_of_data(const Error& error);
/// Reports that: a PC that is not enrolled is told how to become one.
int report_data(const Common& common, const Error& error);

using cli::passphrase_in_file;
using cli::passphrase_of;

/// What keeps this PC's keys on its disk.
int key_show(const Common& common);
/// Changes that, while no daemon runs.
int key_protect(const Common& common, const cli::ProtectOptions& options);

struct EnrolOptions {
  std::string ticket_file, label, passphrase_file;
  std::string centre;     ///< host:port, for a typed ticket
  bool typed = false;     ///< --code: its 28 letters
  bool compared = false;  ///< --yes
};
/// Once per PC. Repeating it after a lost answer is safe: the device keeps its keys.
int enrol(const Common& common, const EnrolOptions& options);

inline constexpr std::uint64_t keep_records_days_max = 36'500;
struct RunOptions {
  std::string http;                 ///< host:port of the loopback API; empty: none
  std::string log;                  ///< file; empty: stderr
  std::string idle_lock = "15";     ///< minutes
  std::string keep_records = "90";  ///< days
  std::string passphrase_file;      ///< of this PC's keys
};
/// The daemon, in the foreground, until SIGTERM or SIGINT.
int run(const Common& common, const RunOptions& options);

struct DoctorOptions {
  std::string ticket_file;  ///< before the enrolment; empty: none
  RunOptions served;        ///< as `run` would take them
};
/// Everything that can be wrong with this PC, each with its cause and remedy (docs/doctor.md). Exit 0, 1, or 5.
int doctor(const Common& common, const DoctorOptions& options);
[[nodiscard]] cli::Examination examine(const Common& common, const DoctorOptions& options);
/// One text file for whoever helps: from an allow-list, without names and secrets, at most 1 MB.
int support_bundle(const Common& common, const DoctorOptions& options, const std::string& out_file);

int status(const Common& common, bool watch);
/// Which codes this PC may give to new dossiers.
int codes(const Common& common);
/// A provisional code in groups of four, any other as it is.
[[nodiscard]] std::string code_aloud(const std::string& code);
int sync_action(const Common& common, const std::string& action);
/// Until everything saved before the call is receipted; `seconds` 0: no limit.
int sync_wait(const Common& common, std::int64_t seconds);
int receipt_show(const Common& common, const std::string& code);

struct WriteOptions {
  std::string code;
  std::vector<std::string> sets;  ///< FIELD=VALUE
  std::string json_file, seen, why, note, due;
  bool undo = false;
};
int dossier_new(const Common& common, const WriteOptions& options);
int dossier_edit(const Common& common, const WriteOptions& options);
/// Marks a dossier as made by mistake, with the reason; it is kept. `undo` takes that back.
int dossier_void(const Common& common, const WriteOptions& options);
/// Form 04: says sorry, why, and gives another appointment.
int dossier_apologise(const Common& common, const WriteOptions& options);
/// An official code beside those that the dossier has.
int dossier_another_code(const Common& common, const WriteOptions& options);
/// `from_line`: earlier lines are passed over.
int dossier_import(const Common& common, const std::string& file, std::uint64_t from_line);
int dossier_apply(const Common& common, const std::string& file, std::uint64_t from_line);

struct ListOptions {
  std::string status, search, out_file, custody;
  std::string due;  ///< a class of deadline, as the API calls it; empty: any
  bool conflict = false;
  bool voided = false;  ///< those too that were made by mistake
};
int dossier_list(const Common& common, const ListOptions& options);
int dossier_export(const Common& common, const ListOptions& options);
int dossier_show(const Common& common, const std::string& code);
int dossier_history(const Common& common, const std::string& code);
int dossier_why(const Common& common, const std::string& code, const std::string& field);

/// The centre's policy log, brought on a stick.
/// What the centre has not confirmed, sealed, for somebody to bring there.
int sync_hand_in(const Common& common, const std::string& out_file);
int policy_import(const Common& common, const std::string& file);

/// `year` 0: all.
int calendar_show(const Common& common, int year, bool csv);

/// Asks the daemon; opens the data read-only itself when none runs. Exit 5 when damage is found.
int verify(const Common& common, const std::string& passphrase_file);
/// While no daemon runs: a whole data file in place of a damaged one. Exit 5 when something is lost that only this PC had.
int repair(const Common& common, const std::string& passphrase_file);

inline constexpr std::chrono::seconds call_max{30};

template <class Then>
int ask(const Common& common, const std::string& method, const std::string& target, std::string body, Then&& then) {
  const runtime::Daemon daemon{program, common.data};
  auto answer = runtime::call_daemon(daemon, method, cli::in_name_of(common, target), std::move(body), call_max);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& value = std::get<boost::json::value>(answer);
  if (common.json) {
    runtime::print_json(value);
    return static_cast<int>(runtime::ExitCode::done);
  }
  return then(value);
}

}  // namespace ward::agent
