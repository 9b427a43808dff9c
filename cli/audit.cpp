#include "cli/audit.hpp"

#include "cli/evidence.hpp"
#include "runtime/audit_json.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/http.hpp"

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::shown;

constexpr std::chrono::seconds export_max{120};
constexpr std::size_t page_max = 500;

runtime::Daemon daemon_of(const Line& line) { return {line.about.name, line.common.data}; }

void print_entries(const std::vector<json::object>& entries) {
  std::vector<std::vector<std::string>> rows{{"NUMBER", "WHEN", "WHAT", "WHO", "ON", ""}};
  for (const auto& entry : entries)
    rows.push_back({shown(entry, "number"), shown(entry, "at") + (entry.at("clock_trusted").as_bool() ? "" : " ?"), shown(entry, "kind"),
                    shown(entry, "who"), shown(entry, "subject"), shown(entry, "detail")});
  runtime::print(runtime::align(rows));
}

int show(const Line& line, const AuditOptions& options) {
  std::vector<json::object> entries;
  std::string cursor;
  do {
    const auto most = std::min<std::uint64_t>(options.limit - entries.size(), page_max);
    const auto target = "/v1/audit?limit=" + std::to_string(most) + "&kind=" + runtime::encode_segment(options.kind) +
                        "&since=" + runtime::encode_segment(options.since) + "&cursor=" + cursor;
    const auto answer = runtime::call_daemon(daemon_of(line), "GET", target, {}, export_max);
    if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(line.about.name, *trouble);
    const auto& page = std::get<json::value>(answer);
    for (auto& entry : runtime::rows_of(page, "entries")) entries.push_back(std::move(entry));
    cursor = std::string(page.at("next").as_string());
  } while (!cursor.empty() && entries.size() < options.limit);
  if (line.common.json)
    runtime::print_json(json::object{{"entries", json::array(entries.begin(), entries.end())}});
  else
    print_entries(entries);
  return static_cast<int>(ExitCode::done);
}

int export_to_file(const Line& line, const AuditOptions& options) {
  const auto* program = line.about.name;
  const auto answer = runtime::call_daemon(daemon_of(line), "GET", "/v1/audit/export?from=" + std::to_string(options.from), {}, export_max);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& exported = std::get<json::value>(answer);
  const auto text = json::serialize(exported) + "\n";
  if (const auto wrote = runtime::write_private_file(options.out_file, view(text), false); wrote.has_error())
    return runtime::report(program, runtime::trouble_of(wrote.error()));
  const auto count = exported.at("entries").as_array().size();
  if (line.common.json)
    runtime::print_json(json::object{{"file", options.out_file}, {"from", options.from}, {"entries", count}});
  else if (!line.common.quiet)
    runtime::say(options.out_file + " holds " + std::to_string(count) + " entries" +
                 (count == audit::file_entries_max ? "; the next file begins with --from " + std::to_string(options.from + count) + "."
                                                   : ", signed; `audit verify` checks it anywhere."));
  return static_cast<int>(ExitCode::done);
}

Result<audit::Verdict> verdict_on(const AuditOptions& options) {
  std::optional<SignKey> root;
  if (!options.root.empty()) {
    WARD_TRY(root, root_key_of(options.root));
  }
  WARD_TRY(const auto text, runtime::read_file(options.file, runtime::audit_bytes_max));
  WARD_TRY(const auto exported, runtime::audit_of_json(text));
  return audit::check(exported, root);
}

int verify_file(const Line& line, const AuditOptions& options) {
  const auto verdict = verdict_on(options);
  if (verdict.has_error()) return report_unproved(line, verdict.error());
  const auto& head = verdict->head;
  const auto site = head.site == audit::Site::centre ? std::string("centre") : hex(head.device.view());
  std::vector<json::object> entries;
  for (const auto& entry : verdict->entries) entries.push_back(runtime::json_of(entry));
  if (line.common.json)
    runtime::print_json(json::object{{"organisation", verdict->organisation},
                                     {"root_key", hex(verdict->root.view())},
                                     {"site", site},
                                     {"first", head.first},
                                     {"signed_at", runtime::time_text(head.at)},
                                     {"revoked", verdict->revoked},
                                     {"entries", json::array(entries.begin(), entries.end())}});
  else
    print_entries(entries);
  const auto exit = static_cast<int>(verdict->revoked ? ExitCode::person_must_decide : ExitCode::done);
  if (line.common.quiet || line.common.json) return exit;
  runtime::say(verdict->organisation + ", " + (site == "centre" ? "the centre" : "the PC " + site) + ": entries " +
               std::to_string(head.first) + " to " + std::to_string(head.first + head.count - 1) +
               " are as they were written, and signed at " + runtime::time_text(head.at) + ".");
  if (verdict->revoked)
    runtime::say(
        "That PC was revoked. Whether this was signed before it was stolen, say, the file does not show: a person must judge that.");
  if (options.root.empty())
    runtime::say("Compare the city's root key with one that you trust, or name that with --root: " + hex(verdict->root.view()));
  return exit;
}

}  // namespace

std::optional<runtime::Trouble> tell_audit(const runtime::Daemon& daemon, std::string_view kind) {
  const auto body = json::serialize(json::object{{"kind", kind}});
  const auto answer = runtime::call_daemon(daemon, "POST", "/v1/audit", body, export_max);
  const auto* trouble = std::get_if<runtime::Trouble>(&answer);
  if (trouble == nullptr || trouble->exit == ExitCode::not_reachable) return std::nullopt;
  return *trouble;
}

void add_audit_commands(CLI::App& app, Line& line, AuditOptions& options) {
  auto* audit = group(app, "audit", "who did what here, and when");
  auto* shown_entries = printing(*audit, line, "show", "the newest entries", [&] { return show(line, options); });
  shown_entries->add_option("--since", options.since, "only from this day on, YYYY-MM-DD");
  shown_entries->add_option("--kind", options.kind, "only of this kind, as the column WHAT names it");
  shown_entries->add_option("--limit", options.limit, "at most so many")->check(CLI::Range(1, 100'000))->capture_default_str();
  shown_entries->footer(
      "A ? behind a time says that this machine's clock was not to be trusted then. `docs/administrator.md` has the kinds.");
  auto* exported = printing(*audit, line, "export", "the log as a signed file", [&] { return export_to_file(line, options); });
  exported->add_option("-o,--out", options.out_file, "the file to write; an existing one stays")->required()->type_name("FILE");
  exported->add_option("--from", options.from, "the number of the first entry")->check(CLI::Range(0, 2'000'000'000))->capture_default_str();
  auto* verified =
      printing(*audit, line, "verify", "check such a file; needs no daemon and no data", [&] { return verify_file(line, options); });
  without_config(*verified, line);
  verified->add_option("FILE", options.file, "the file")->required()->type_name("FILE");
  verified->add_option("--root", options.root, "the city's first root key, 64 hexadecimal digits, from somebody whom you trust")
      ->type_name("HEX");
  verified->footer(
      "Any entry that was changed, left out, put in or moved is found (exit 5); so is a file that another city or PC signed. Exit 7: by a "
      "PC that was revoked.");
}

}  // namespace ward::cli
