#include "centre/cli/client.hpp"
#include "centre/files.hpp"
#include "centre/founding.hpp"
#include "cli/examine.hpp"
#include "runtime/clock.hpp"

namespace ward::centre {
namespace {

using cli::Examination;
using cli::Finding;

void examine_root_keys(Examination& to, const std::string& data) {
  const auto root = root_key_beside(data);
  std::string here;
  for (const auto& path : {root, next_root_key(root)})
    if (runtime::file_exists(path)) here += (here.empty() ? "" : ", ") + path;
  if (here.empty())
    to.well("root keys", "not beside the data directory");
  else
    to.found("root keys", Finding::root_key_here, here);
}

void examine_centre_itself(Examination& to, const Common& common, const RunOptions& served) {
  const bool key = cli::examine_key_file(to, common.data + "/" + key_file);
  if (key) cli::examine_protection(to, {common.data + "/" + key_file, keys::KeyOwner::centre});
  if (runtime::file_exists(common.data + "/api.token")) (void)cli::examine_key_file(to, common.data + "/api.token");
  cli::examine_journal(to, common.data + "/centre.db");
  examine_root_keys(to, common.data);
  const auto status = call(common, "GET", "/v1/status");
  if (const auto* trouble = std::get_if<runtime::Trouble>(&status)) {
    to.found("daemon", Finding::daemon_down, trouble->what);
    cli::examine_port_free(to, "wards' port", served.listen);
    if (!served.http.empty()) cli::examine_port_free(to, "page's port", served.http);
    const auto open = [&](const runtime::DataDir& directory) {
      return open_store(directory, cli::passphrase_in_file(common, served.passphrase_file), storage::OpenMode::read_only);
    };
    if (key) cli::examine_database(to, program, common.data, find_data, open, [](storage::CentreStore&) { return Result<void>(); });
    return;
  }
  const auto& running = std::get<boost::json::value>(status);
  to.well("daemon",
          "it runs; wards call " + runtime::shown(running, "listen") + ", " + runtime::shown(running, "links") + " links are open");
  if (const auto* keeping = running.is_object() ? running.get_object().if_contains("keeping") : nullptr)
    cli::examine_backup(to, *keeping, runtime::read_clock().wall);
  cli::examine_calendar(to, running);
  if (const auto late = runtime::shown(running, "erasures", "late"); late != "0" && late != "-")
    to.found("erasures", Finding::erasure_open, late + " orders");
  if (const auto damaged = runtime::shown(running, "damaged_segments"); damaged != "0" && damaged != "-")
    to.found("damage", Finding::database_damaged, damaged + " segments are set aside and go to nobody");
  to.skipped("database", "the daemon has it open; `wardsync-centre verify` checks it meanwhile");
}

}  // namespace

Examination examine(const Common& common, const RunOptions& served) {
  Examination out;
  cli::examine_config(out, common);
  cli::examine_clock(out, runtime::read_clock().wall, {"/proc/self/exe", common.data + "/centre.db", common.data + "/centre.db-wal"});
  cli::examine_log(out, served.log);
  cli::examine_credential(out);
  if (!cli::examine_directory(out, common.data)) return out;
  if (runtime::file_exists(common.data + "/centre.db"))
    examine_centre_itself(out, common, served);
  else
    out.found("centre", Finding::not_founded, common.data + " holds no centre");
  return out;
}

int doctor(const Common& common, const RunOptions& served) { return cli::show(common, examine(common, served)); }

}  // namespace ward::centre
