#include "centre/cli/client.hpp"
#include "centre/qr.hpp"
#include "cli/calendar.hpp"
#include "cli/confirm.hpp"
#include "cli/secret.hpp"
#include "protocol/ticket/scanned.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/http.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::align;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

constexpr std::chrono::seconds watch_every{2};

std::string device_path(const std::string& id, const char* what = "") { return "/v1/devices/" + runtime::encode_segment(id) + what; }

void show_device(const json::value& device) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* name :
       {"device", "unit", "label", "standing", "fingerprint", "alert", "since", "last_contact_at", "conflicts", "version"})
    rows.push_back({name, shown(device, name)});
  rows.push_back({"link", shown(device, "link", "state")});
  rows.push_back({"unsent", shown(device, "queue", "records")});
  rows.push_back({"receipted", shown(device, "receipted", "through")});
  rows.push_back({"clock offset", shown(device, "clock", "offset_ms") + " ms"});
  print(align(rows));
}

/// What an administrator must know before any row.
void show_keeping(const json::value& keeping) {
  if (shown(keeping, "backup") == "-")
    print("Backup: none. Make one: wardsync-centre backup -o FILE\n");
  else
    print("Backup: " + shown(keeping, "backup", "at") + ", " + shown(keeping, "backup", "segments_since") + " segments came since\n");
  if (shown(keeping, "restored") == "-") return;
  print("ROLLBACK: restored from a backup at " + shown(keeping, "restored", "at") + "; " + shown(keeping, "restored", "devices_not_back") +
        " devices have not called since\n");
}

void show_health(const json::value& answer) {
  show_keeping(answer);
  std::vector<std::vector<std::string>> rows{
      {"ALERT", "SINCE", "UNIT", "PC", "DEVICE", "LINK", "LAST CONTACT", "UNSENT", "OLDEST", "CONFLICTS", "CLOCK", "VERSION", "TO DO"}};
  for (const auto& device : rows_of(answer, "devices"))
    rows.push_back({shown(device, "alert"), shown(device, "since"), shown(device, "unit"), shown(device, "label"),
                    short_id(device, "device"), shown(device, "link", "state"), shown(device, "last_contact_at"),
                    shown(device, "queue", "records"), shown(device, "queue", "oldest_at"), shown(device, "conflicts"),
                    shown(device, "clock", "offset_ms") + " ms", shown(device, "version"), shown(device, "action", "en")});
  print(align(rows));
}

/// Light on dark, whatever colours the terminal has.
std::string on_terminal(const std::string& blocks) {
  if (!runtime::is_terminal(STDOUT_FILENO)) return blocks;
  std::string out;
  for (std::size_t at = 0; at < blocks.size();) {
    const auto end = blocks.find('\n', at);
    out += "\x1b[97;40m" + blocks.substr(at, end - at) + "\x1b[0m\n";
    at = end + 1;
  }
  return out;
}

/// To wherever it was asked for.
Result<void> hand_out(const TicketOptions& options, const std::string& text) {
  if (!options.out_file.empty()) WARD_CHECK(runtime::write_private_file(options.out_file, view(text + "\n"), false));
  WARD_TRY(const auto ticket, ticket::decode_file(text));
  WARD_TRY(const auto qr, qr_of(ticket::encode_scanned(ticket)));
  if (!options.qr_file.empty()) WARD_CHECK(runtime::write_private_file(options.qr_file, view(svg_of(qr)), false));
  if (options.qr) print(on_terminal(blocks_of(qr)));
  if (options.code) print(ticket::encode_typed(ticket.secret) + "\n");
  return {};
}

std::string digits_question(const json::value& device) {
  return shown(device, "unit") + " " + shown(device, "label") + " asks to join. Its screen must show\n\n    " +
         shown(device, "fingerprint") + "\n\nDoes it?";
}

}  // namespace

int ticket_new(const Common& common, const TicketOptions& options) {
  if (options.out_file.empty() && options.qr_file.empty() && !options.qr && !options.code) {
    std::fprintf(stderr, "%s: name where the ticket is to go: -o FILE, --qr, --qr-out FILE, --code\n", program);
    return static_cast<int>(ExitCode::wrong_usage);
  }
  for (const auto& path : {options.out_file, options.qr_file})
    if (const auto free = cli::can_be_made(path); free.has_error()) return runtime::report(program, runtime::trouble_of(free.error()));
  const json::object wanted{{"unit", options.unit},
                            {"label", options.label},
                            {"address", options.address},
                            {"pre_approved", options.pre_approved},
                            {"hours", options.hours}};
  const auto answer = call(common, "POST", "/v1/tickets", wanted);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& made = std::get<json::value>(answer);
  if (const auto handed = hand_out(options, shown(made, "ticket")); handed.has_error())
    return runtime::report(program, runtime::trouble_of(handed.error()));
  if (common.json)
    runtime::print_json(json::object{{"file", options.out_file.empty() ? options.qr_file : options.out_file},
                                     {"unit", shown(made, "unit")},
                                     {"expires", shown(made, "expires")}});
  if (!common.quiet)
    std::fprintf(stderr, "This ticket lets one PC ask to join %s until %s. It works once; keep it from strangers.\n", options.unit.c_str(),
                 shown(made, "expires").c_str());
  return static_cast<int>(ExitCode::done);
}

int device_list(const Common& common) {
  return call_and_show(common, "GET", "/v1/devices", {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"DEVICE", "UNIT", "PC", "STANDING", "DIGITS TO COMPARE"}};
    for (const auto& device : rows_of(answer, "devices"))
      rows.push_back({short_id(device, "device"), shown(device, "unit"), shown(device, "label"), shown(device, "standing"),
                      shown(device, "fingerprint")});
    print(align(rows));
  });
}

int device_show(const Common& common, const std::string& id) { return call_and_show(common, "GET", device_path(id), {}, show_device); }

int device_approve(const Common& common, const std::string& id, bool yes) {
  const auto found = call(common, "GET", device_path(id));
  if (const auto* trouble = std::get_if<runtime::Trouble>(&found)) return runtime::report(program, *trouble);
  const auto& device = std::get<json::value>(found);
  const bool asks = shown(device, "standing") == "waiting";
  if (auto trouble = cli::not_agreed(common, yes || !asks, digits_question(device))) {
    trouble->remedy +=
        (trouble->remedy.empty() ? "" : " ") + std::string("If the digits differ, somebody else may hold the ticket: make a new one.");
    return runtime::report(program, *trouble);
  }
  return call_and_show(common, "POST", device_path(shown(device, "device"), "/approval"), {}, show_device);
}

int device_revoke(const Common& common, const std::string& id, const std::string& reason) {
  return call_and_show(common, "POST", device_path(id, "/revocation"), {{"reason", reason}}, show_device);
}

int health(const Common& common, bool watch) {
  while (true) {
    if (watch && !common.json && runtime::is_terminal(STDOUT_FILENO)) print("\033[H\033[2J");
    const auto exit = call_and_show(common, "GET", "/v1/health", {}, show_health);
    if (!watch || exit != static_cast<int>(ExitCode::done)) return exit;
    if (std::fflush(stdout) != 0) return static_cast<int>(ExitCode::failed);  // nobody reads any more
    std::this_thread::sleep_for(watch_every);
  }
}

int status(const Common& common) {
  return call_and_show(common, "GET", "/v1/status", {}, [](const json::value& answer) {
    print(align({{"organisation", shown(answer, "organisation")},
                 {"wards call", shown(answer, "listen")},
                 {"http", shown(answer, "http")},
                 {"log file", shown(answer, "log_file") == "-" ? "stderr" : shown(answer, "log_file")},
                 {"open links", shown(answer, "links")},
                 {"devices", shown(answer, "devices", "approved") + " approved, " + shown(answer, "devices", "waiting") + " waiting, " +
                                 shown(answer, "devices", "revoked") + " revoked"},
                 {"alerts", shown(answer, "alerts")},
                 {"log", shown(answer, "log", "size") + " segments, " + shown(answer, "log", "applied") + " applied"},
                 {"days off", cli::calendar_words(answer)},
                 {"version", shown(answer, "version")}}));
  });
}

}  // namespace ward::centre
