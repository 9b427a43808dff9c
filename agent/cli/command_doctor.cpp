#include "agent/cli/commands.hpp"
#include "agent/cli/ward_facts.hpp"
#include "agent/files.hpp"
#include "cli/examine.hpp"
#include "protocol/ticket/scanned.hpp"
#include "runtime/clock.hpp"
#include "runtime/dossier_json.hpp"

#include <cstdlib>

namespace ward::agent {
namespace {

using cli::Examination;
using cli::Finding;

constexpr std::chrono::seconds status_max{10};

const char* environment(const char* name) { return std::getenv(name); }

/// A new PC: whether the ticket will do, and the centre can be reached.
void examine_ticket(Examination& to, const std::string& path, WallTime now) {
  const auto text = runtime::read_file(path, ticket_bytes_max);
  if (text.has_error()) return to.found("ticket", Finding::ticket_unusable, text.error().detail);
  const auto ticket = ticket::decode(*text);
  if (ticket.has_error()) return to.found("ticket", Finding::ticket_unusable, ticket.error().detail);
  const auto until = runtime::time_text(ticket->expires);
  if (ticket->expires < now)
    to.found("ticket", Finding::ticket_expired, "it was good until " + until);
  else
    to.well("ticket", "for unit " + ticket->unit + ", until " + until);
  cli::examine_centre(to, ticket->address);
}

/// The facts, from the data file itself: no daemon runs. Nothing when it cannot be read; why is in the examination.
std::optional<WardFacts> facts_of_file(Examination& to, const Common& common, const RunOptions& served, Now now) {
  std::optional<WardFacts> out;
  const auto open = [&](const runtime::DataDir& directory) {
    return open_store(directory, passphrase_in_file(common, served.passphrase_file), storage::OpenMode::read_only);
  };
  cli::examine_database(to, program, common.data, find_data, open, [&](storage::WardStore& store) -> Result<void> {
    WARD_TRY(out, facts_of(store, now));
    return {};
  });
  return out;
}

/// An enrolled PC.
void examine_member(Examination& to, const Common& common, const RunOptions& served, Now now) {
  const bool key = cli::examine_key_file(to, common.data + "/" + key_file);
  if (runtime::file_exists(common.data + "/api.token")) (void)cli::examine_key_file(to, common.data + "/api.token");
  if (key) cli::examine_protection(to, {common.data + "/" + key_file, keys::KeyOwner::device});
  cli::examine_journal(to, common.data + "/" + database_file);
  const auto status = runtime::call_daemon({program, common.data}, "GET", "/v1/status", {}, status_max);
  std::optional<WardFacts> facts;
  if (const auto* trouble = std::get_if<runtime::Trouble>(&status)) {
    to.found("daemon", Finding::daemon_down, trouble->what);
    if (!served.http.empty()) cli::examine_port_free(to, "page's port", served.http);
    if (key) facts = facts_of_file(to, common, served, now);
  } else {
    to.well("daemon", "it runs, and answers");
    to.skipped("database", "the daemon has it open; `wardsync verify` checks it meanwhile");
    cli::examine_calendar(to, std::get<boost::json::value>(status));
    facts = facts_of(std::get<boost::json::value>(status));
  }
  if (!facts) return;
  cli::examine_centre(to, facts->centre);
  judge(to, *facts, now.wall);
}

}  // namespace

Examination examine(const Common& common, const DoctorOptions& options) {
  const auto now = runtime::read_clock();
  Examination out;
  cli::examine_config(out, common);
  cli::examine_proxies(out, environment);
  std::vector<std::string> witnesses{"/proc/self/exe", common.data + "/" + database_file, common.data + "/" + database_file + "-wal"};
  if (!options.ticket_file.empty()) witnesses.push_back(options.ticket_file);
  cli::examine_clock(out, now.wall, witnesses);
  cli::examine_log(out, options.served.log);
  cli::examine_credential(out);
  const bool there = cli::examine_directory(out, common.data);
  if (there && runtime::file_exists(common.data + "/" + database_file)) {
    examine_member(out, common, options.served, now);
    return out;
  }
  out.found("membership", Finding::not_enrolled, common.data + " holds no ward PC");
  if (options.ticket_file.empty())
    out.skipped("ticket", "name it with --ticket FILE");
  else
    examine_ticket(out, options.ticket_file, now.wall);
  if (!options.served.http.empty()) cli::examine_port_free(out, "page's port", options.served.http);
  return out;
}

int doctor(const Common& common, const DoctorOptions& options) { return cli::show(common, examine(common, options)); }

}  // namespace ward::agent
