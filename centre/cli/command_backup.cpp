#include "centre/backup.hpp"
#include "centre/cli/client.hpp"
#include "centre/files.hpp"
#include "cli/secret.hpp"
#include "runtime/account.hpp"
#include "runtime/clock.hpp"
#include "runtime/dossier_json.hpp"
#include "storage/audit.hpp"

#include <cstdio>

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::ExitCode;

storage::BackupFacts facts_of(const log::BackupSeal& seal) { return {seal.org, seal.centre, seal.size, seal.root, seal.policy_count}; }

/// The running centre writes it down; without one this process may.
Result<void> note_without_daemon(runtime::DataDir& directory, const AskPassphrase& ask, const log::BackupSeal& seal, bool elsewhere) {
  const runtime::AsOwnerOf acting(directory.path());
  WARD_CHECK(directory.lock(std::string(program) + " backup"));
  WARD_TRY(auto store, open_store(directory, ask, storage::OpenMode::read_write));
  WARD_CHECK(store.note_backup(facts_of(seal), seal.time, elsewhere, [&] {
    storage::note_act(store.store(), {audit::Kind::backup_noted,
                                      seal.time,
                                      storage::is_plausible(seal.time),
                                      {},
                                      std::to_string(seal.size) + " segments",
                                      "while the daemon was down"});
  }));
  return storage::keep_audit_end(store.store());
}

std::optional<runtime::Trouble> note(const Common& common, runtime::DataDir& directory, const AskPassphrase& ask,
                                     const log::BackupSeal& seal, bool elsewhere) {
  const auto answer = call(common, "POST", "/v1/backups",
                           {{"centre", hex(seal.centre.view())},
                            {"size", seal.size},
                            {"root", hex(seal.root.view())},
                            {"at_ms", seal.time.ms},
                            {"elsewhere", elsewhere}});
  const auto* trouble = std::get_if<runtime::Trouble>(&answer);
  if (trouble == nullptr) return std::nullopt;
  if (trouble->exit != ExitCode::not_reachable) return *trouble;
  if (const auto noted = note_without_daemon(directory, ask, seal, elsewhere); noted.has_error()) return runtime::trouble_of(noted.error());
  return std::nullopt;
}

Result<log::BackupSeal> make_or_check(const runtime::DataDir& directory, const AskPassphrase& ask, const BackupOptions& options) {
  if (options.check_file.empty()) return make_backup(directory, ask, options.out_file, runtime::read_clock().wall);
  WARD_TRY(const auto keys, read_keys(directory.file(key_file), ask));
  return check_backup(options.check_file, keys);
}

/// A file that a person named is no peer that lies.
int refuse_file(const std::string& file, const Error& error) {
  if (error.fault != Fault::malformed && error.fault != Fault::bad_signature && error.fault != Fault::wrong_key) return refuse(error);
  return runtime::report(program, {"not_a_backup",
                                   ExitCode::failed,
                                   422,
                                   file + " is no whole backup of this centre, or these are not its keys (" + error.detail + ").",
                                   runtime::nothing_changed,
                                   "Name the file that `backup -o` wrote, and the keys that `backup --keys` wrote; try an older backup.",
                                   {}});
}

void tell(const Common& common, const BackupOptions& options, const log::BackupSeal& seal) {
  const auto& file = options.check_file.empty() ? options.out_file : options.check_file;
  if (common.json)
    runtime::print_json(json::object{{"file", file},
                                     {"at", runtime::time_text(seal.time)},
                                     {"size", seal.size},
                                     {"bytes", seal.bytes},
                                     {"archived", options.elsewhere}});
  if (common.quiet) return;
  std::fprintf(stderr,
               "%s is a whole backup of this centre of %s: %llu segments, %llu bytes; every seal, id, root and signature was checked.\n",
               file.c_str(), runtime::time_text(seal.time).c_str(), static_cast<unsigned long long>(seal.size),
               static_cast<unsigned long long>(seal.bytes));
  std::fprintf(stderr, "The centre's keys are not in it%s%s. Whoever restores needs both; whoever steals one of them reads nothing.\n",
               options.keys_file.empty() ? "" : "; they are in ", options.keys_file.c_str());
  if (!options.elsewhere)
    std::fprintf(stderr, "Take it to another machine. Then %s backup --check COPY --elsewhere makes it count.\n", program);
}

}  // namespace

int backup(const Common& common, const BackupOptions& options) {
  if (options.out_file.empty() && options.check_file.empty()) {
    std::fprintf(stderr, "%s backup: name the file to write with -o FILE, or the one to check with --check FILE\n", program);
    return static_cast<int>(ExitCode::wrong_usage);
  }
  for (const auto& path : {options.out_file, options.keys_file})
    if (const auto free = cli::can_be_made(path); free.has_error()) return refuse(free.error());
  auto directory = find_data(common.data);
  if (directory.has_error()) return refuse(directory.error());
  const auto ask = cli::passphrase_of(common, options.passphrase_file);
  const auto keys = read_keys(directory->file(key_file), ask);
  if (keys.has_error()) return runtime::report(program, trouble_of_data(keys.error()));
  const auto seal = make_or_check(*directory, ask, options);
  if (seal.has_error()) return options.check_file.empty() ? refuse(seal.error()) : refuse_file(options.check_file, seal.error());
  if (!options.keys_file.empty()) {
    if (const auto wrote = runtime::write_private_file(options.keys_file, keys->encode(), false); wrote.has_error())
      return refuse(wrote.error());
  }
  if (auto trouble = note(common, *directory, ask, *seal, options.elsewhere)) {
    trouble->safe = "The backup file is whole, but the centre did not take note of it. " + trouble->safe;
    return runtime::report(program, *trouble);
  }
  tell(common, options, *seal);
  return static_cast<int>(ExitCode::done);
}

int restore(const Common& common, const RestoreOptions& options) {
  auto directory = runtime::DataDir::make(common.data);
  if (directory.has_error()) return refuse(directory.error());
  if (const auto locked = directory->lock(std::string(program) + " restore"); locked.has_error()) return refuse(locked.error());
  const auto ask = cli::passphrase_of(common, options.passphrase_file);
  if (const auto keys = read_keys(options.keys_file, ask); keys.has_error()) return runtime::report(program, trouble_of_data(keys.error()));
  const auto seal = restore_backup(options.file, options.keys_file, ask, *directory, options.alone, runtime::read_clock().wall);
  if (seal.has_error()) return refuse_file(options.file, seal.error());
  if (common.json) runtime::print_json(json::object{{"data", common.data}, {"at", runtime::time_text(seal->time)}, {"size", seal->size}});
  if (common.quiet) return static_cast<int>(ExitCode::done);
  std::fprintf(stderr, "%s is the centre as of %s. What came after it is at the wards, and comes back from them.\n", common.data.c_str(),
               runtime::time_text(seal->time).c_str());
  std::fprintf(stderr,
               "1. Make sure that the old machine never runs again: there must be one centre.\n"
               "2. %s run --data %s. Wards find it at the old address; at another one, see docs/days.md.\n"
               "3. %s health shows who has called since. %s\n"
               "4. Tickets that were not used are void: make new ones.\n",
               program, common.data.c_str(), program,
               options.alone ? "PCs that were approved after the backup must enrol again."
                             : "Until one PC has called, nobody can be approved or revoked.");
  return static_cast<int>(ExitCode::done);
}

}  // namespace ward::centre
