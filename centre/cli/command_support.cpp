#include "centre/cli/client.hpp"
#include "cli/support_bundle.hpp"

namespace ward::centre {
namespace {

constexpr std::string_view status_members[] = {"organisation",    "listen",          "http",   "links",    "devices.approved",
                                               "devices.waiting", "devices.revoked", "alerts", "log.size", "log.applied",
                                               "log_file",        "version"};

/// A device's label is left out: it may name whoever sits there.
constexpr std::string_view device_members[] = {"device",
                                               "unit",
                                               "standing",
                                               "alert",
                                               "since",
                                               "last_contact_at",
                                               "link.state",
                                               "queue.records",
                                               "queue.bytes",
                                               "queue.oldest_at",
                                               "receipted.through",
                                               "receipted.at",
                                               "conflicts",
                                               "waiting",
                                               "quarantined",
                                               "clock.offset_ms",
                                               "clock.trusted",
                                               "disk.free_bytes",
                                               "version"};

constexpr std::string_view data_files[] = {"centre.db",         "centre.db-wal",  "centre.db-shm", "centre.key",
                                           "centre.key.before", "centre.key.new", "audit.end",     "pins.tries",
                                           "api.sock",          "api.token",      "lock"};

std::string rows_text(const boost::json::object& members) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : members) rows.push_back({std::string(name), runtime::shown(value)});
  return runtime::align(rows);
}

}  // namespace

int support_bundle(const Common& common, const RunOptions& served, const std::string& out_file) {
  cli::SupportBundle bundle(std::string(program) + " " WARDSYNC_VERSION ", support bundle");
  bundle.section("settings", cli::settings_text({{"configuration", common.config_read},
                                                 {"data", common.data},
                                                 {"listen", served.listen},
                                                 {"http", served.http},
                                                 {"log", served.log}}));
  bundle.section("doctor", examine(common, served).text());
  const auto status = call(common, "GET", "/v1/status");
  if (const auto* answer = std::get_if<boost::json::value>(&status)) {
    bundle.section("status", rows_text(cli::only(*answer, status_members)));
    const auto health = call(common, "GET", "/v1/health");
    std::string devices;
    if (const auto* all = std::get_if<boost::json::value>(&health))
      for (const auto& device : runtime::rows_of(*all, "devices"))
        devices += boost::json::serialize(cli::only(device, device_members)) + "\n";
    bundle.section("devices", devices);
  }
  bundle.section("database version", cli::database_version(common.data + "/centre.db"));
  bundle.section("files of the data directory", cli::files_in(common.data, data_files));
  bundle.section("log", cli::log_tail(served.log));
  return cli::write_bundle(program, common, bundle, out_file);
}

}  // namespace ward::centre
