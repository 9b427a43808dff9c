#include "agent/cli/commands.hpp"
#include "agent/api.hpp"
#include "agent/files.hpp"
#include "cli/calendar.hpp"
#include "cli/verification.hpp"
#include "desk/verification.hpp"
#include "runtime/account.hpp"

#include <boost/json/serialize.hpp>

#include <cstdio>
#include <optional>
#include <thread>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::call_daemon;
using runtime::ExitCode;
using runtime::print;
using runtime::shown;
using runtime::Trouble;

constexpr std::chrono::milliseconds watch_every{1000};
constexpr std::chrono::milliseconds wait_every{100};
constexpr std::chrono::minutes verify_max{30};

std::string link_line(const json::value& status) {
  auto line = shown(status, "link", "state") + " since " + shown(status, "link", "since");
  if (shown(status, "link", "rtt_ms") != "-") line += ", round trip " + shown(status, "link", "rtt_ms") + " ms";
  return line;
}

int show_status(const json::value& status) {
  std::vector<std::vector<std::string>> rows{
      {"device", shown(status, "device") + " of " + shown(status, "unit") + " (" + shown(status, "approval") + ")"},
      {"link", link_line(status)},
      {"waiting to be sent", shown(status, "queue", "records") + " records, " + shown(status, "queue", "bytes") +
                                 " bytes, the oldest since " + shown(status, "queue", "oldest_at")},
      {"if this PC broke now", shown(status, "exposure", "dossiers") + " dossiers would lose something, the oldest of it from " +
                                   shown(status, "exposure", "oldest_at")},
      {"receipted", shown(status, "receipted", "through") + " records, at " + shown(status, "receipted", "at")},
      {"dossiers", shown(status, "dossiers") + (shown(status, "records_at_centre") == "0" ? ""
                                                                                          : "; of " + shown(status, "records_at_centre") +
                                                                                                " the records are at the centre only")},
      {"codes left today", shown(status, "codes", "left_today") +
                               (shown(status, "codes", "official") == "true" ? "" : "; new ones are PROVISIONAL, see `wardsync codes`") +
                               (shown(status, "codes", "provisional") == "0"
                                    ? ""
                                    : "; " + shown(status, "codes", "provisional") + " dossiers wait for an official one")},
      {"to decide", shown(status, "to_decide", "mine") + " by you, " + shown(status, "to_decide", "others") + " by others; " +
                        shown(status, "quarantined") + " quarantined, " + shown(status, "waiting") + " waiting for earlier changes"},
      {"clock", shown(status, "clock", "offset_ms") + " ms against the centre's, " +
                    (shown(status, "clock", "trusted") == "true" ? "trusted" : "NOT TRUSTED: set it")},
      {"days off", cli::calendar_words(status)},
      {"disk", shown(status, "disk", "free_bytes") + " bytes free"},
      {"this PC's keys", shown(status, "key_protection") == "none" ? "not sealed" : "sealed: " + shown(status, "key_protection")},
      {"log", shown(status, "log_file") == "-" ? "stderr" : shown(status, "log_file")},
      {"version", shown(status, "version")}};
  if (shown(status, "link", "last_error") != "-")
    rows.insert(rows.begin() + 2, {"last trouble", shown(status, "link", "last_error") + ", at " + shown(status, "link", "last_error_at") +
                                                       "; next try " + shown(status, "link", "next_try_at")});
  if (shown(status, "set_aside") != "0")
    rows.push_back(
        {"SET ASIDE", shown(status, "set_aside") + " changes do not count: `wardsync inbox set-aside` tells which, and what to do"});
  if (shown(status, "refused_segments") != "0")
    rows.push_back({"REFUSED", shown(status, "refused_segments") + " segments by the centre; they stay here"});
  if (shown(status, "alarm") != "-") rows.push_back({"ALARM", shown(status, "alarm")});
  print(runtime::align(rows));
  return static_cast<int>(ExitCode::done);
}

std::uint64_t number_in(const json::value& status, const char* name, const char* inner) {
  return status.at(name).at(inner).to_number<std::uint64_t>();
}

/// The daemon's status, or trouble.
std::variant<json::value, Trouble> status_of(const Common& common) {
  return call_daemon({program, common.data}, "GET", "/v1/status", {}, call_max);
}

int gave_up(const json::value& status, std::uint64_t missing) {
  return runtime::report(
      program,
      Trouble{"gave_up_waiting",
              ExitCode::gave_up_waiting,
              504,
              std::to_string(missing) + " records are without a receipt; the link is " + link_line(status) +
                  (shown(status, "link", "last_error") == "-" ? "" : "; last trouble: " + shown(status, "link", "last_error")) + ".",
              "They are saved on this PC and will be sent.",
              "Wait longer, or see `wardsync status`.",
              {}});
}

Result<json::object> verify_without_daemon(const Common& common, const std::string& passphrase_file) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " verify"));
  WARD_TRY(auto store, open_store(directory, passphrase_of(common, passphrase_file), storage::OpenMode::read_only));
  WARD_TRY(const auto found, storage::verify_store(store.store()));
  return desk::json_of(found);
}

/// The data file is so broken that nothing of it could be counted.
int damaged(const Common& common, const std::string& what) {
  if (common.json)
    runtime::print_json(json::object{{"damage", json::array{what}}});
  else
    print("DAMAGED\n  " + what + "\n");
  return static_cast<int>(ExitCode::damage_found);
}

int show_receipt(const json::value& receipt) {
  print("The centre (" + shown(receipt, "role") + ", incarnation " + shown(receipt, "centre") + ") has signed, at " +
        shown(receipt, "time") + ", that it durably holds of this device:\n");
  for (const auto& head : runtime::rows_of(receipt, "heads"))
    print("  incarnation " + shown(head, "incarnation") + ": its first " + shown(head, "count") + " records\n");
  print("Its log then had " + shown(receipt, "size") + " segments with the root\n  " + shown(receipt, "root") + "\nSignature\n  " +
        shown(receipt, "signature") + "\n");
  return static_cast<int>(ExitCode::done);
}

}  // namespace

int status(const Common& common, bool watch) {
  if (!watch) return ask(common, "GET", "/v1/status", {}, show_status);
  std::string before;
  while (true) {
    const auto answer = status_of(common);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) return runtime::report(program, *trouble);
    const auto& now = std::get<json::value>(answer);
    if (auto text = json::serialize(now); text != before) {
      before = std::move(text);
      if (common.json)
        print(before + "\n");
      else
        print(runtime::is_terminal(1) ? "\x1b[H\x1b[J" : "\n"), show_status(now);
      if (std::fflush(stdout) != 0) return static_cast<int>(ExitCode::failed);  // nobody reads any more
    }
    std::this_thread::sleep_for(watch_every);
  }
}

int sync_action(const Common& common, const std::string& action) {
  const auto body = json::serialize(json::object{{"action", action}});
  return ask(common, "POST", "/v1/sync", body, [&](const json::value& status) {
    if (!common.quiet)
      runtime::say("The link is " + link_line(status) + "; " + shown(status, "queue", "records") + " records wait to be sent.");
    return static_cast<int>(ExitCode::done);
  });
}

int sync_wait(const Common& common, std::int64_t seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::optional<std::uint64_t> wanted;
  std::uint64_t at_first = 0;
  while (true) {
    const auto answer = status_of(common);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) return runtime::report(program, *trouble);
    const auto& status = std::get<json::value>(answer);
    const auto through = number_in(status, "receipted", "through");
    if (!wanted) {
      at_first = number_in(status, "queue", "records");
      wanted = through + at_first;
    }
    if (through >= *wanted) {
      if (common.json)
        runtime::print_json(status);
      else if (!common.quiet)
        runtime::say(at_first == 0
                         ? "Nothing waited to be sent: " + std::to_string(through) + " records are receipted."
                         : std::to_string(at_first) + " records were sent and are receipted, at " + shown(status, "receipted", "at") + ".");
      return static_cast<int>(ExitCode::done);
    }
    if (seconds != 0 && std::chrono::steady_clock::now() >= end) return gave_up(status, *wanted - through);
    std::this_thread::sleep_for(wait_every);
  }
}

int receipt_show(const Common& common, const std::string& code) {
  if (code.empty()) return ask(common, "GET", "/v1/receipt", {}, show_receipt);
  const auto answer = call_daemon({program, common.data}, "GET", "/v1/dossiers/" + runtime::encode_segment(code), {}, call_max);
  if (const auto* trouble = std::get_if<Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto state = shown(std::get<json::value>(answer), "state");
  return ask(common, "GET", "/v1/receipt", {}, [&](const json::value& receipt) {
    print(code + ": " + state + "\n");
    return show_receipt(receipt);
  });
}

int verify(const Common& common, const std::string& passphrase_file) {
  const auto answer = call_daemon({program, common.data}, "POST", "/v1/verification", {}, verify_max);
  const auto* trouble = std::get_if<Trouble>(&answer);
  const auto judged = [&](int exit) {
    if (exit == static_cast<int>(ExitCode::damage_found) && !common.quiet)
      runtime::say("To do: stop the daemon, then: wardsync repair --data " + common.data +
                   "\nIt keeps what verifies, and the centre sends the rest again. The damaged file stays under another name.");
    return exit;
  };
  if (trouble == nullptr) return judged(cli::show_verification(common, std::get<json::value>(answer)));
  if (trouble->exit == ExitCode::damage_found) return judged(damaged(common, trouble->what));
  if (trouble->exit != ExitCode::not_reachable) return runtime::report(program, *trouble);
  const auto found = verify_without_daemon(common, passphrase_file);
  if (found.has_value()) return judged(cli::show_verification(common, json::value(*found)));
  if (found.error().fault == Fault::storage_damaged) return judged(damaged(common, runtime::trouble_of(found.error()).what));
  return report_data(common, found.error());
}

int sync_hand_in(const Common& common, const std::string& out_file) {
  constexpr std::chrono::seconds part_max{60};
  const auto status = status_of(common);
  if (const auto* trouble = std::get_if<Trouble>(&status)) return runtime::report(program, *trouble);
  const auto unconfirmed = static_cast<std::int64_t>(number_in(std::get<json::value>(status), "queue", "records"));
  std::string text;
  std::int64_t records = 0;
  for (std::int64_t after = 0;;) {
    const auto answer = call_daemon({program, common.data}, "GET", "/v1/outbox/sealed?after=" + std::to_string(after), {}, part_max);
    if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
    const auto& part = std::get<boost::json::value>(answer);
    const auto next = part.at("next").to_number<std::int64_t>();
    if (next == after) break;
    text += boost::json::serialize(part) + "\n";
    records += part.at("records").to_number<std::int64_t>();
    after = next;
  }
  if (records > 0)
    if (const auto wrote = runtime::write_private_file(out_file, view(text), false); wrote.has_error())
      return runtime::report(program, runtime::trouble_of(wrote.error()));
  if (common.json)
    runtime::print_json(
        boost::json::object{{"file", records > 0 ? out_file : std::string()}, {"records", records}, {"unconfirmed", unconfirmed}});
  else if (!common.quiet)
    runtime::say(records == 0 ? "The centre has confirmed everything of this PC; there is nothing to hand in."
                              : std::to_string(records) + " records are in " + out_file + ", sealed: " + std::to_string(unconfirmed) +
                                    " that the centre has not confirmed, and what no backup of it elsewhere has yet. They stay here, too. "
                                    "At the centre: wardsync-centre quarantine import FILE");
  return static_cast<int>(runtime::ExitCode::done);
}

int policy_import(const Common& common, const std::string& file) {
  constexpr std::size_t policy_bytes_max = 8 * 1024 * 1024;
  const auto text = runtime::read_file(file, policy_bytes_max);
  if (text.has_error()) return runtime::report(program, runtime::trouble_of(text.error()));
  return ask(common, "POST", "/v1/policy", *text, [&](const boost::json::value& answer) {
    runtime::say(runtime::shown(answer, "fresh") + " entries are new here; " + runtime::shown(answer, "entries") + " are held.");
    return static_cast<int>(runtime::ExitCode::done);
  });
}

}  // namespace ward::agent
