#pragma once

#include "cli/common.hpp"
#include "cli/doctor.hpp"
#include "cli/keys.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What each command of `wardsync-centre` does. Each returns the process's exit code (interfaces.md); data goes to stdout, everything else
/// to stderr.
namespace ward::centre {

inline constexpr const char* program = "wardsync-centre";

using cli::Common;

/// Why the data directory cannot be used; keys that are sealed have words of their own.
[[nodiscard]] runtime::Trouble trouble_of_data(const Error& error);

struct InitOptions {
  std::string organisation, units_file, root_key_file;
};
/// Keys, policy log, database. Needs no daemon. Changes nothing when the directory is initialised already.
int init(const Common& common, const InitOptions& options);

struct RunOptions {
  std::string listen = "0.0.0.0:7400";
  std::string http;  ///< empty: no loopback port
  std::string log;   ///< file; empty: stderr
  std::string codes_per_day = "500", codes_days = "365";
  std::string idle_lock = "15";  ///< minutes
  std::string passphrase_file;   ///< of the centre's keys
};
/// The daemon, in the foreground, until SIGTERM or SIGINT.
int run(const Common& common, const RunOptions& options);

/// Everything that can be wrong with this centre, each with its cause and remedy (docs/doctor.md). Exit 0, 1, or 5. `served`: as `run`
/// would take it.
int doctor(const Common& common, const RunOptions& served);
[[nodiscard]] cli::Examination examine(const Common& common, const RunOptions& served);
/// One text file for whoever helps: from an allow-list, without names and secrets, at most 1 MB.
int support_bundle(const Common& common, const RunOptions& served, const std::string& out_file);

struct TicketOptions {
  std::string unit, label, address, out_file, qr_file;
  bool qr = false;    ///< on the terminal
  bool code = false;  ///< its 28 letters, on stdout
  bool pre_approved = false;
  std::int64_t hours = 24 * 7;
};
int ticket_new(const Common& common, const TicketOptions& options);

int device_list(const Common& common);
int device_show(const Common& common, const std::string& id);
/// Shows the 30 digits, and asks unless `yes`.
int device_approve(const Common& common, const std::string& id, bool yes);
int device_revoke(const Common& common, const std::string& id, const std::string& reason);
int unit_list(const Common& common);
struct UnitOptions {
  std::string code, name_vi, name_en, kind = "ward", parent, identification;
  std::string into, reason;  ///< of a merger
};
int unit_add(const Common& common, const UnitOptions& options);
/// For ever, so it asks unless `yes`.
int unit_merge(const Common& common, const UnitOptions& options, bool yes);
/// A new unit beside `code`; its dossiers come to it by hand-over.
int unit_split(const Common& common, const UnitOptions& options);
int unit_renew(const Common& common, const std::string& code);
struct UserOptions {
  std::string name, unit, role, display, reason;
  std::string key_file;         ///< the public half of the official's own key; empty: as it is
  std::string activation_file;  ///< gets an activation code; `-`: stdout; empty: none is made
};
int user_add(const Common& common, const UserOptions& options);
int user_disable(const Common& common, const UserOptions& options);
/// The account stands again; what is given of it changes.
int user_reset(const Common& common, const UserOptions& options);
/// `watch`: again every two seconds, until interrupted.
int health(const Common& common, bool watch);
int status(const Common& common);

struct BackupOptions {
  std::string out_file;  ///< one of these two
  std::string check_file;
  std::string keys_file;  ///< empty: the keys are not written
  std::string passphrase_file;
  bool elsewhere = false;  ///< the file lies on another machine or medium: receipts may say so
};
/// Without the daemon too. Exit 5 when the data here is damaged.
int backup(const Common& common, const BackupOptions& options);
struct RestoreOptions {
  std::string file, keys_file, passphrase_file;
  bool alone = false;  ///< no PC is left that could bring what is newer
};
/// Needs no daemon.
int restore(const Common& common, const RestoreOptions& options);

/// Where wards call, the best first.
int address_list(const Common& common);
int address_set(const Common& common, const std::vector<std::string>& addresses);

/// `year` 0: all.
int calendar_show(const Common& common, int year, bool csv);
/// The decision on the days off of whole years.
int calendar_set(const Common& common, const std::string& file);
struct CodesOptions {
  std::string unit, device, from, to;
  std::uint32_t serials = 0;
};
int codes_list(const Common& common, const std::string& unit);
int codes_give(const Common& common, const CodesOptions& options);

struct EraseOptions {
  std::string code, reason;
  bool yes = false;
};
/// For ever, so it shows what would be destroyed and asks unless `yes`.
int erase_order(const Common& common, const EraseOptions& options);
int erase_confirm(const Common& common);
int erase_list(const Common& common);
int erase_show(const Common& common, const std::string& number);
/// `on` empty: today.
int erase_due(const Common& common, const std::string& on);

struct AdmitOptions {
  std::string id, reason, head;
  bool in_full = false;
  std::uint64_t until = 0;  ///< 0: all
};
/// What a revoked PC wrote before it knew, as `wardsync sync hand-in` wrote it to a file.
int quarantine_import(const Common& common, const std::string& file);
int quarantine_list(const Common& common);
int quarantine_show(const Common& common, const AdmitOptions& options);
int quarantine_admit(const Common& common, const AdmitOptions& options);
int quarantine_reject(const Common& common, const AdmitOptions& options);
struct LimitOptions {
  std::string unit;                         ///< empty: of all units without their own
  std::optional<std::uint64_t> day_mib;     ///< 0: as built in
  std::optional<std::uint64_t> lease_days;  ///< 0: none
};
int limits_show(const Common& common);
int limits_set(const Common& common, const LimitOptions& options);
/// Records with one number.
int fork_list(const Common& common);
int fork_show(const Common& common, const std::string& id);
int fork_admit(const Common& common, const AdmitOptions& options);

struct CitizenOptions {
  std::string identity_file, out_file;
};
int citizen_export(const Common& common, const CitizenOptions& options);

struct ListOptions {
  std::string status, search, unit, custody;
  std::string due;  ///< a class of deadline, as the API calls it; empty: any
  bool conflict = false;
};
int dossier_list(const Common& common, const ListOptions& options);
int dossier_show(const Common& common, const std::string& code);
int dossier_history(const Common& common, const std::string& code);
int dossier_why(const Common& common, const std::string& code, const std::string& field);

struct KeyOptions {
  std::string what, out_file;
};
/// What keeps the centre's keys on its disk.
int key_show(const Common& common);
/// Changes that, while no daemon runs. `copy_file`: the plain copy of the keys, without which nothing is sealed.
int key_protect(const Common& common, const cli::ProtectOptions& options, const std::string& copy_file);
int key_list(const Common& common);
/// A new key, and the request that the root key signs.
int key_renew(const Common& common, const KeyOptions& options);
int key_apply(const Common& common, const std::string& file);
/// Asks unless `yes`.
int key_forget(const Common& common, bool yes);
int policy_export(const Common& common, const std::string& out_file);

struct RootOptions {
  std::string request_file, key_file, new_next_file, out_file;
  bool yes = false;
};
/// On a PC without a network: needs no daemon and no data.
int root_sign(const Common& common, const RootOptions& options);
int root_rotate(const Common& common, const RootOptions& options);
struct RecoveryOptions {
  std::string organisation, root_file, next_root_file, keys_file, policy_file, box_file, out;
  std::vector<std::string> trustees;  ///< names; of `open`, files
  std::uint8_t need = 2;
};
int recovery_make(const Common& common, const RecoveryOptions& options);
int recovery_open(const Common& common, const RecoveryOptions& options);

/// Asks the daemon; opens the data read-only itself when none runs. Exit 5 when damage is found.
int verify(const Common& common, const std::string& passphrase_file);

}  // namespace ward::centre
