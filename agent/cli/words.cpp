#include "agent/cli/words.hpp"

#include <CLI/CLI.hpp>

namespace ward::agent {
namespace {

using cli::add_passphrase_option;
using cli::group;
using cli::official;
using cli::printing;
using Kind = cli::Setting::Kind;

constexpr cli::Setting settings[] = {
    {"data", Kind::directory, "the data directory", "/var/lib/wardsync"},
    {"http", Kind::loopback,
     "the API on this machine's loopback too, IP:PORT (port 0 picks a free one); programs send the token of DATA/api.token",
     "127.0.0.1:7411"},
    {"log", Kind::file, "the log's file: five of 5 MB, the oldest overwritten; default: stderr", "/var/log/wardsync/agent.log"},
    cli::idle_lock_setting,
    {"keep_records_days", Kind::count,
     "days for which the records of a dossier that has ended stay on this PC; then its summary does, and the records are at the centre, "
     "which a verified backup elsewhere holds too; 36500 keeps all",
     "90", keep_records_days_max},
    cli::passphrase_setting,
};

void add_served(CLI::App& to, Words& w, RunOptions& served) {
  configurable(to, w, "--http", "http", served.http);
  configurable(to, w, "--log", "log", served.log);
}

void add_keys(CLI::App& app, Words& w) {
  cli::add_protection_commands(
      *group(app, "key", "what keeps this PC's own keys on its disk"), w, w.key, [&] { return key_show(w.common); },
      [&] { return key_protect(w.common, w.key); })
      ->footer(
          "Where the operating system keeps a secret for wardsync (a credential of systemd, DPAPI), the daemon seals plain keys by itself "
          "when "
          "it starts. What a system sealed opens on that PC only. A passphrase that is forgotten opens nothing any more: the PC is "
          "enrolled "
          "anew, and what the centre has receipted comes back. Earlier bytes are overwritten, as far as a disk lets a program do that.");
}

void add_enrolment(CLI::App& app, Words& w) {
  auto* enrol_command = printing(app, w, "enrol", "make this PC a member of a ward, once", [&] { return enrol(w.common, w.enrol); });
  enrol_command
      ->add_option("--ticket", w.enrol.ticket_file,
                   "the ticket's file, from the centre; - for stdin; default: ask, for whoever scans its QR code")
      ->type_name("FILE");
  auto* code = enrol_command
                   ->add_flag("--code", w.enrol.typed,
                              "type the ticket's 28 letters, and the centre's address, in place of a file; from stdin, "
                              "two lines")
                   ->excludes("--ticket");
  enrol_command->add_option("--centre", w.enrol.centre, "with --code: where to call, HOST:PORT")->needs(code);
  enrol_command->add_option("--label", w.enrol.label, "what people call this PC; default: its host name");
  enrol_command->add_flag("--yes", w.enrol.compared, "the 30 digits are compared by other means");
  add_passphrase_option(*enrol_command, w, w.enrol.passphrase_file);
  enrol_command->footer(
      "Calls the centre at the ticket's address, and shows 30 digits; the administrator reads the same ones out on the telephone before he "
      "approves. Repeating it after a lost answer is safe. Run as root, it leaves everything to the account that owns the data directory.");
}

void add_daemon(CLI::App& app, Words& w) {
  auto* run_command = cli::add_run_command(app, w, [&] { return run(w.common, w.run); });
  add_served(*run_command, w, w.run);
  add_passphrase_option(*run_command, w, w.run.passphrase_file);
  cli::add_idle_lock_option(*run_command, w, w.run.idle_lock);
  configurable(*run_command, w, "--keep-records-days", "keep_records_days", w.run.keep_records)->capture_default_str();

  auto* status_command =
      printing(app, w, "status", "link, queue, receipts, conflicts, clock, disk", [&] { return status(w.common, w.watch); });
  status_command->add_flag("--watch", w.watch, "again whenever something changed, until interrupted");
  printing(app, w, "codes", "the codes that this PC may give to new dossiers: how many are left today, and until which day",
           [&] { return codes(w.common); })
      ->footer(
          "The centre gives each PC serials of its own, so that it can number without a link. Where no official code can be given for "
          "certain, "
          "a new dossier gets a provisional one of 16 digits; the official one is added beside it by itself, and both stay good.");
  cli::add_page_command(app, w, "a one-time address that opens the ward page, logged in");
  add_passphrase_option(*printing(app, w, "verify", "check every seal, id, root and signature that is stored here",
                                  [&] { return verify(w.common, w.passphrase_file); }),
                        w, w.passphrase_file);
  auto* repair_command = printing(app, w, "repair", "a whole data file in place of a damaged one, while no daemon runs",
                                  [&] { return repair(w.common, w.passphrase_file); });
  add_passphrase_option(*repair_command, w, w.passphrase_file);
  repair_command->footer(
      "What verifies is carried over, and the centre sends the rest again over the next links. The damaged file is kept under another "
      "name. Exit 5 when something is lost that only this PC had: it is named. Data that is whole stays as it is.");

  auto* doctor_command = cli::add_doctor_command(app, w, "what is wrong with this PC, why, and what to do; before the enrolment and after",
                                                 "WS-D009", [&] { return doctor(w.common, w.doctor); });
  doctor_command->add_option("--ticket", w.doctor.ticket_file, "before the enrolment: the ticket's file")->type_name("FILE");
  auto* bundle_command = cli::add_bundle_command(app, w, w.out_file, [&] { return support_bundle(w.common, w.doctor, w.out_file); });
  for (auto* examining : {doctor_command, bundle_command}) {
    add_served(*examining, w, w.doctor.served);
    add_passphrase_option(*examining, w, w.doctor.served.passphrase_file);
  }

  auto* sync = group(app, "sync", "the link to the centre");
  printing(*sync, w, "now", "try at once", [&] { return sync_action(w.common, "now"); });
  printing(*sync, w, "pause", "keep the link closed until `resume`", [&] { return sync_action(w.common, "pause"); });
  printing(*sync, w, "resume", "open it again", [&] { return sync_action(w.common, "resume"); });
  auto* wait = printing(*sync, w, "wait", "until everything saved before now is receipted; exit 6 if it is not in time",
                        [&] { return sync_wait(w.common, w.seconds); });
  wait->add_option("--timeout", w.seconds, "seconds; 0: no limit")->check(CLI::Range(0, 7 * 24 * 3600))->capture_default_str();

  auto* hand_in = printing(*sync, w, "hand-in", "what the centre has not confirmed, as a sealed file for its administrator",
                           [&] { return sync_hand_in(w.common, w.file); });
  hand_in->add_option("-o,--out", w.file, "the file to write; an existing one stays")->required()->type_name("FILE");
  hand_in->footer(
      "For a PC that was revoked: the centre takes nothing more from it, and a person there admits what it had written before.");

  auto* receipt = group(app, "receipt", "what the centre has signed for");
  auto* shown =
      printing(*receipt, w, "show", "the newest receipt, and whether it covers a dossier", [&] { return receipt_show(w.common, w.code); });
  shown->add_option("CODE", w.code, "a dossier's code, or id:HEX");
  cli::add_evidence_commands(*receipt, w, w.evidence);
  cli::add_contradiction_command(*receipt, w, w.evidence);
}

void add_writes(CLI::App& dossier, Words& w) {
  auto* made = command(dossier, w, "new", "take in one dossier", [&] { return dossier_new(w.common, w.write); });
  cli::add_user_option(*made, w);
  auto* edit = official(dossier, w, "edit", "change fields of one dossier", [&] { return dossier_edit(w.common, w.write); });
  edit->add_option("CODE", w.write.code, "its code, or id:HEX")->required();
  edit->add_option("--seen", w.write.seen, "the VERSION that the writer saw; default: the newest here");
  edit->add_option("--why", w.write.why, "the reason, where the act asks for one");
  edit->add_option("--note", w.write.note, "a note to add");
  auto* voiding = official(dossier, w, "void", "mark one that was made by mistake; it is kept, and lists leave it out",
                           [&] { return dossier_void(w.common, w.write); });
  voiding->add_option("CODE", w.write.code, "its code, or id:HEX")->required();
  auto* reason = voiding->add_option("--why", w.write.why, "the reason, which is kept with it");
  voiding->add_flag("--undo", w.write.undo, "take that back")->excludes(reason);
  auto* apologising = official(dossier, w, "apologise", "form 04: say why it is late, and give another appointment",
                               [&] { return dossier_apologise(w.common, w.write); });
  apologising->add_option("CODE", w.write.code, "its code, or id:HEX")->required();
  apologising->add_option("--due", w.write.due, "the new appointment, as \"31/12/2026 10:00\"")->required()->type_name("TIME");
  apologising->add_option("--why", w.write.why, "why it is late; kept with it")->required();
  auto* another = printing(dossier, w, "another-code",
                           "give one that shares its code with another an official code of its own, beside those that it has",
                           [&] { return dossier_another_code(w.common, w.write); });
  another->add_option("CODE", w.write.code, "its id:HEX, as the code names several")->required();
  another->add_option("--why", w.write.why, "the reason, which is kept with it")->required();
  made->add_option("--json", w.write.json_file, "a file with the whole dossier in the national form; - for stdin")->type_name("FILE");
  for (auto* writing : {made, edit}) writing->add_option("--set", w.write.sets, "FIELD=VALUE, or LIST/ID/FIELD=VALUE")->expected(1, 512);

  auto* import = official(dossier, w, "import", "take in dossiers, one JSON object per line; codes that exist are skipped",
                          [&] { return dossier_import(w.common, w.file, w.from_line); });
  auto* apply =
      official(dossier, w, "apply", "make changes, one JSON object per line", [&] { return dossier_apply(w.common, w.file, w.from_line); });
  for (auto* reading : {import, apply}) {
    reading->add_option("FILE", w.file, "JSON lines; - for stdin")->required();
    reading->footer(
        "Everything before a broken line is saved, nothing from it on, and the message names the line to go on from. Doing the whole file "
        "again is as good.");
    reading->add_option("--from-line", w.from_line, "pass over the lines before")->check(CLI::PositiveNumber)->capture_default_str();
  }
}

void add_dossiers(CLI::App& app, Words& w) {
  auto* dossier = group(app, "dossier", "dossiers");
  add_writes(*dossier, w);
  auto* list = printing(*dossier, w, "list", "all dossiers, or those that fit", [&] { return dossier_list(w.common, w.list); });
  auto* exported =
      printing(*dossier, w, "export", "as JSON lines, in the form of `import`", [&] { return dossier_export(w.common, w.list); });
  exported->add_option("-o,--out", w.list.out_file, "the file to write, an existing one stays; default: stdout")->type_name("FILE");
  exported->add_option("--query", w.list.search, "words that must occur");
  list->add_option("--search", w.list.search, "words that must occur");
  for (auto* listing : {list, exported}) {
    listing->add_option("--status", w.list.status, "only this status, 1 to 10")->check(CLI::Range(1, 10));
    cli::add_due_options(*listing, w.list.due);
    cli::add_custody_option(*listing, w.list.custody);
    listing->add_flag("--conflict", w.list.conflict, "only those that a person must decide");
    listing->add_flag("--void", w.list.voided, "those too that were made by mistake");
  }
  auto* show = printing(*dossier, w, "show", "one dossier", [&] { return dossier_show(w.common, w.code); });
  auto* history =
      printing(*dossier, w, "history", "everything that was ever said of it", [&] { return dossier_history(w.common, w.code); });
  auto* why = printing(*dossier, w, "why", "every value that one field ever had, and why the present one shows",
                       [&] { return dossier_why(w.common, w.code, w.field); });
  for (auto* with_code : {show, history, why}) with_code->add_option("CODE", w.code, "its code, or id:HEX")->required();
  why->add_option("FIELD", w.field, "as `history` names it: ChuHoSo, TaiLieuNop/ID/TenTepDinhKem")->required();

  cli::add_calendar_commands(app, w, w.calendar, [&] { return calendar_show(w.common, w.calendar.year, w.calendar.csv); });

  cli::add_report_commands(app, w, w.report);
  cli::add_official_commands(app, w, program, w.official);
  cli::add_log_in_commands(app, w, program, w.log_in);
  cli::add_user_commands(app, w, w.unit, [&] { return cli::user_list({program, w.common}, w.unit); });

  cli::add_hand_over_commands(*dossier, w, program, w.desk);
  cli::add_inbox_commands(*group(app, "inbox", "what a person must decide"), w, program, w.desk);
}

}  // namespace

const cli::About about{
    program,
    "A ward office's PC in the city's dossier sync: saves every change here first, and carries it to the centre over whatever link there "
    "is.",
    runtime::default_config("agent.toml"), settings};

void describe(CLI::App& app, Words& words) {
  app.description(about.says);
  app.allow_windows_style_options(false);  // on Windows too, /srv/x is a path
  app.require_subcommand(1);
  add_enrolment(app, words);
  add_daemon(app, words);
  add_keys(app, words);
  add_dossiers(app, words);
  printing(*group(app, "policy", "the city's signed log of units, PCs, accounts and keys"), words, "import",
           "take in what `wardsync-centre policy export` wrote, when the line does not bring it",
           [&] { return policy_import(words.common, words.file); })
      ->add_option("FILE", words.file, "the file")
      ->required()
      ->type_name("FILE");
  cli::add_audit_commands(app, words, words.audit);
  cli::add_config_commands(app, words);
  cli::add_version_command(app, words, WARDSYNC_VERSION);
}

}  // namespace ward::agent
