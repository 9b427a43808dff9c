#include "agent/cli/commands.hpp"
#include "agent/files.hpp"
#include "cli/support_bundle.hpp"
#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>

namespace ward::agent {
namespace {

constexpr std::string_view status_members[] = {"device",
                                               "unit",
                                               "organisation",
                                               "centre",
                                               "approval",
                                               "incarnation",
                                               "link.state",
                                               "link.since",
                                               "link.rtt_ms",
                                               "link.last_error",
                                               "link.last_error_at",
                                               "link.next_try_at",
                                               "queue.records",
                                               "queue.bytes",
                                               "queue.oldest_at",
                                               "receipted.through",
                                               "receipted.at",
                                               "applied",
                                               "dossiers",
                                               "codes.official",
                                               "codes.why",
                                               "codes.left_today",
                                               "codes.until",
                                               "codes.provisional",
                                               "conflicts",
                                               "waiting",
                                               "quarantined",
                                               "refused_segments",
                                               "clock.offset_ms",
                                               "clock.trusted",
                                               "disk.free_bytes",
                                               "alarm",
                                               "records_at_centre",
                                               "restored",
                                               "http",
                                               "log_file",
                                               "key_protection",
                                               "version"};

constexpr std::string_view data_files[] = {"wardsync.db", "wardsync.db-wal",   "wardsync.db-shm", "wardsync.db.new",
                                           "device.key",  "device.key.before", "device.key.new",  "codes.mark",
                                           "pins.tries",  "audit.end",         "api.sock",        "api.token",
                                           "lock"};

}  // namespace

int support_bundle(const Common& common, const DoctorOptions& options, const std::string& out_file) {
  cli::SupportBundle bundle(std::string(program) + " " WARDSYNC_VERSION ", support bundle");
  bundle.section(
      "settings",
      cli::settings_text(
          {{"configuration", common.config_read}, {"data", common.data}, {"http", options.served.http}, {"log", options.served.log}}));
  bundle.section("doctor", examine(common, options).text());
  const runtime::Daemon daemon{program, common.data};
  const auto status = runtime::call_daemon(daemon, "GET", "/v1/status", {}, call_max);
  if (const auto* answer = std::get_if<boost::json::value>(&status)) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, value] : cli::only(*answer, status_members)) rows.push_back({std::string(name), runtime::shown(value)});
    bundle.section("status", runtime::align(rows));
    const runtime::Call metrics{"GET", "/metrics", {}, {}};
    if (const auto reply = runtime::call_unix(common.data + "/api.sock", metrics, call_max); reply.has_value())
      bundle.section("metrics", cli::metric_lines(reply->body));
  }
  bundle.section("database version", cli::database_version(common.data + "/" + database_file));
  bundle.section("files of the data directory", cli::files_in(common.data, data_files));
  bundle.section("log", cli::log_tail(options.served.log));
  return cli::write_bundle(program, common, bundle, out_file);
}

}  // namespace ward::agent
