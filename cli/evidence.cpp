#include "cli/evidence.hpp"

#include "runtime/command_line.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/evidence_json.hpp"
#include "runtime/http.hpp"
#include "runtime/trouble.hpp"

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;

constexpr std::chrono::seconds export_max{120};

int export_to_file(const Line& line, const EvidenceOptions& options) {
  const auto* program = line.about.name;
  const auto target = "/v1/dossiers/" + runtime::encode_segment(options.code) + "/evidence" + (options.readable ? "?readable=true" : "");
  const auto answer = runtime::call_daemon(runtime::Daemon{program, line.common.data}, "GET", target, {}, export_max);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto text = json::serialize(std::get<json::value>(answer)) + "\n";
  if (const auto wrote = runtime::write_private_file(options.out_file, view(text), false); wrote.has_error())
    return runtime::report(program, runtime::trouble_of(wrote.error()));
  if (line.common.json)
    runtime::print_json(json::object{{"file", options.out_file}, {"bytes", text.size()}});
  else if (!line.common.quiet)
    runtime::say(options.out_file + (options.readable ? " lets whoever has it read this dossier."
                                                      : " shows that records were confirmed; nobody can read them with it."));
  return static_cast<int>(ExitCode::done);
}

json::object json_of(const evidence::Shown& shown) {
  return {{"id", hex(shown.rid.view())},
          {"dossier", hex(record::dossier_of(shown.header).view())},
          {"device", hex(shown.header.position.device.view())},
          {"label", shown.label},
          {"unit", shown.unit},
          {"written_at", runtime::time_text(shown.header.hlc.wall())},
          {"confirmed_at", shown.confirmed_at ? json::value(runtime::time_text(*shown.confirmed_at)) : json::value()},
          {"after_revocation", shown.after_revocation},
          {"set_aside", shown.set_aside}};
}

json::object json_of(const evidence::Verdict& verdict) {
  json::array records;
  for (const auto& shown : verdict.records) records.push_back(json_of(shown));
  return {{"organisation", verdict.organisation}, {"confirmed", verdict.confirmed}, {"records", std::move(records)}};
}

void print_verdict(const json::object& verdict) {
  std::vector<std::vector<std::string>> rows{{"CONFIRMED", "WRITTEN (BY ITS CLOCK)", "UNIT", "PC", "RECORD", ""}};
  for (const auto& record : runtime::rows_of(verdict, "records"))
    rows.push_back({runtime::shown(record, "confirmed_at"), runtime::shown(record, "written_at"), runtime::shown(record, "unit"),
                    runtime::shown(record, "label"), runtime::shown(record, "id").substr(0, 16),
                    runtime::shown(record, "set_aside") == "true" ? "set aside: another record stands under its number" : ""});
  runtime::print(runtime::align(rows));
}

Result<evidence::Verdict> verdict_on(const EvidenceOptions& options, const std::string& text) {
  WARD_TRY(const auto root, root_key_of(options.root));
  WARD_TRY(const auto evidence, runtime::evidence_of_json(text));
  return evidence::check(evidence, root);
}

const char* in_words(evidence::Contradicts how) {
  switch (how) {
    case evidence::Contradicts::two_roots: return "two logs of one length";
    case evidence::Contradicts::went_back: return "a later log that is shorter, or holds less";
    case evidence::Contradicts::not_joined: return "a log that its own later one does not begin with";
  }
  return "";
}

int show_contradiction(const Line& line, const EvidenceOptions& options, const runtime::ContradictionFile& file) {
  const auto root = root_key_of(options.root);
  if (root.has_error()) return report_unproved(line, root.error());
  const auto judged = evidence::check(file.contradiction, file.policy, *root);
  if (judged.has_error()) return report_unproved(line, judged.error());
  const auto said_by = judged->said_by ? hex(judged->said_by->view()) : std::string();
  if (line.common.json) {
    runtime::print_json(json::object{{"organisation", judged->organisation},
                                     {"contradicts", in_words(judged->how)},
                                     {"incarnation", hex(judged->later.centre.view())},
                                     {"earlier_size", judged->earlier.size},
                                     {"earlier_at", judged->earlier_at ? runtime::time_text(*judged->earlier_at) : std::string()},
                                     {"later_size", judged->later.size},
                                     {"later_at", runtime::time_text(judged->later_at)},
                                     {"said_by", said_by}});
  } else if (said_by.empty()) {
    runtime::say(judged->organisation + ": its centre signed " + in_words(judged->how) + ": " + std::to_string(judged->earlier.size) +
                 " segments at " + runtime::time_text(*judged->earlier_at) + ", " + std::to_string(judged->later.size) + " at " +
                 runtime::time_text(judged->later_at) + ". Both signatures are the city's.");
  } else {
    runtime::say(judged->organisation + ": the PC " + said_by + " signed that the centre had shown it a log of " +
                 std::to_string(judged->earlier.size) + " segments which is not that of the centre. One of the two is wrong.");
  }
  return static_cast<int>(ExitCode::done);
}

int write_contradiction(const Line& line, const EvidenceOptions& options) {
  const auto* program = line.about.name;
  const auto answer = runtime::call_daemon(runtime::Daemon{program, line.common.data}, "GET", "/v1/contradiction", {}, export_max);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto text = json::serialize(std::get<json::value>(answer)) + "\n";
  if (const auto wrote = runtime::write_private_file(options.out_file, view(text), false); wrote.has_error())
    return runtime::report(program, runtime::trouble_of(wrote.error()));
  if (!line.common.quiet) runtime::say(options.out_file + " holds what was signed and cannot all be true; `receipt verify` judges it.");
  return static_cast<int>(ExitCode::done);
}

int verify_file(const Line& line, const EvidenceOptions& options) {
  const auto text = runtime::read_file(options.file, runtime::evidence_bytes_max);
  if (text.has_error()) return report_unproved(line, text.error());
  const auto contradiction = runtime::contradiction_of_json(*text);
  if (contradiction.has_value() && *contradiction) return show_contradiction(line, options, **contradiction);
  if (contradiction.has_error()) return report_unproved(line, contradiction.error());
  const auto verdict = verdict_on(options, *text);
  if (verdict.has_error()) return report_unproved(line, verdict.error());
  const auto told = json_of(*verdict);
  if (line.common.json)
    runtime::print_json(told);
  else
    print_verdict(told);
  if (!line.common.quiet && !line.common.json)
    runtime::say(verdict->organisation + ": everything in the file verifies; " + std::to_string(verdict->confirmed) + " of " +
                 std::to_string(verdict->records.size()) + " records were confirmed by the centre.");
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Result<SignKey> root_key_of(const std::string& text) {
  const auto bytes = unhex(text);
  if (bytes.size() != SignKey::size || text.size() != 2 * SignKey::size)
    return fail(Fault::invalid,
                "`--root` takes the 64 hexadecimal digits of the city's root key; `status --json` shows them as `root_key`");
  return fixed_from<SignKey>(bytes);
}

int report_unproved(const Line& line, const Error& error) {
  const bool proved_false = error.fault != Fault::invalid && error.fault != Fault::not_found && error.fault != Fault::io;
  if (!proved_false) return runtime::report(line.about.name, runtime::trouble_of(error));
  return runtime::report(line.about.name,
                         {"unproved",
                          ExitCode::damage_found,
                          422,
                          "The file does not prove what it says: it was changed, or is no such file (" + error.detail + ").",
                          runtime::nothing_changed,
                          "Ask whoever gave it for another copy, and see that --root is the right city's.",
                          {}});
}

void add_contradiction_command(CLI::App& receipt, Line& line, EvidenceOptions& options) {
  auto* exported = printing(receipt, line, "contradiction", "what shows to an outsider that the centre contradicts what it had signed",
                            [&] { return write_contradiction(line, options); });
  exported->add_option("-o,--out", options.out_file, "the file to write; an existing one stays")->required()->type_name("FILE");
  exported->footer("There is one when `status` names the alarm rollback, two_faces or told_otherwise. It holds nothing of any dossier.");
}

void add_evidence_commands(CLI::App& receipt, Line& line, EvidenceOptions& options) {
  auto* exported =
      printing(receipt, line, "export", "what shows to an outsider, years later, that the centre confirmed a dossier's records",
               [&] { return export_to_file(line, options); });
  exported->add_option("CODE", options.code, "its code, or id:HEX")->required();
  exported->add_option("-o,--out", options.out_file, "the file to write; an existing one stays")->required()->type_name("FILE");
  exported->add_flag("--readable", options.readable, "with the dossier's keys: whoever has the file can read the dossier");
  exported->footer(
      "`receipt verify` checks the file, as does any program written after protocol/WIRE.md, section 12, with the city's root key and "
      "nothing else.");
  auto* verified =
      printing(receipt, line, "verify", "check such a file; needs no daemon and no data", [&] { return verify_file(line, options); });
  without_config(*verified, line);
  verified->add_option("FILE", options.file, "the file")->required()->type_name("FILE");
  verified->add_option("--root", options.root, "the city's root key, 64 hexadecimal digits, from somebody whom you trust")
      ->required()
      ->type_name("HEX");
}

}  // namespace ward::cli
