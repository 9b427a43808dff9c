#include "centre/cli/words.hpp"
#include "storage/centre_codes.hpp"
#include "protocol/policy/policy.hpp"

#include <CLI/CLI.hpp>

namespace ward::centre {
namespace {

using cli::group;
using cli::printing;
using Kind = cli::Setting::Kind;

constexpr cli::Setting settings[] = {
    {"data", Kind::directory, "the centre's data directory", "/var/lib/wardsync"},
    {"listen", Kind::address, "where wards call, IP:PORT; port 0 picks a free one", "0.0.0.0:7400"},
    {"http", Kind::loopback, "the administration API on this machine's loopback too, IP:PORT; programs send the token of DATA/api.token",
     "127.0.0.1:7480"},
    {"codes_per_day", Kind::count, "serials that each PC gets for its dossier codes, on every day", "500", storage::CodePlan::serials_max},
    {"codes_days", Kind::count, "days for which it gets them; more follow before half of them are over", "365",
     policy::code_block_days_max},
    {"log", Kind::file, "the log's file: five of 5 MB, the oldest overwritten; default: stderr", "/var/log/wardsync/centre.log"},
    cli::idle_lock_setting,
    cli::passphrase_setting,
};

void add_served(CLI::App& to, Words& w) {
  configurable(to, w, "--listen", "listen", w.run.listen)->capture_default_str();
  configurable(to, w, "--http", "http", w.run.http);
  configurable(to, w, "--log", "log", w.run.log);
  cli::add_passphrase_option(to, w, w.run.passphrase_file);
}

void add_server(CLI::App& app, Words& w) {
  auto* init_command = printing(app, w, "init", "make a city's centre: keys, policy log, database", [&] { return init(w.common, w.init); });
  init_command->add_option("--org", w.init.organisation, "the city's name")->required();
  init_command->add_option("--units", w.init.units_file, "the unit tree as CSV: code,name_vi,name_en,kind,parent,…")
      ->required()
      ->type_name("FILE");
  init_command->add_option("--root-key", w.init.root_key_file, "where the root key goes; default: beside the data directory")
      ->type_name("FILE");
  init_command->footer(
      "The root key and the next root key are written to two files outside the data directory. Each belongs on a stick of its own, "
      "in a safe of its own, and nowhere else.");

  auto* run_command = cli::add_run_command(app, w, [&] { return run(w.common, w.run); });
  add_served(*run_command, w);
  configurable(*run_command, w, "--codes-per-day", "codes_per_day", w.run.codes_per_day)->capture_default_str();
  configurable(*run_command, w, "--codes-days", "codes_days", w.run.codes_days)->capture_default_str();
  cli::add_idle_lock_option(*run_command, w, w.run.idle_lock);
  add_served(*cli::add_doctor_command(app, w, "what is wrong with this centre, why, and what to do", "WS-D028",
                                      [&] { return doctor(w.common, w.run); }),
             w);
  add_served(*cli::add_bundle_command(app, w, w.out_file, [&] { return support_bundle(w.common, w.run, w.out_file); }), w);
}

void add_devices(CLI::App& app, Words& w) {
  auto* ticket = command(*group(app, "ticket", "enrolment tickets"), w, "new", "let one PC ask to join a unit",
                         [&] { return ticket_new(w.common, w.ticket); });
  ticket->add_option("--unit", w.ticket.unit, "the unit's code")->required();
  ticket->add_option("--address", w.ticket.address, "host:port, as the ward reaches this centre")->required();
  ticket->add_option("-o,--out", w.ticket.out_file, "the file to write, for a stick")->type_name("FILE");
  ticket->add_flag("--qr", w.ticket.qr, "its QR code on the terminal, to be scanned at the PC or photographed");
  ticket->add_flag("--code", w.ticket.code, "its 28 letters, to be read out and typed at the PC (wardsync enrol --code)");
  ticket->add_option("--qr-out", w.ticket.qr_file, "its QR code as a picture to print (SVG)")->type_name("FILE");
  ticket->add_option("--label", w.ticket.label, "what people call the PC");
  ticket->add_option("--expires", w.ticket.hours, "hours until it expires")->capture_default_str()->check(CLI::Range(1, 24 * 31));
  ticket->add_flag("--pre-approved", w.ticket.pre_approved, "whoever holds it joins without comparing digits: for automation");
  ticket->add_flag("--json", w.common.json, "as JSON")->excludes("--qr")->excludes("--code");
  ticket->footer("At least one of -o, --qr, --qr-out, --code. All are the same ticket: whoever reads one of them can use it once.");

  auto* device = group(app, "device", "the PCs that sync, or ask to");
  printing(*device, w, "list", "all devices", [&] { return device_list(w.common); });
  auto* show = printing(*device, w, "show", "one device", [&] { return device_show(w.common, w.id); });
  auto* approve = printing(*device, w, "approve", "let a waiting device in, after comparing 30 digits by telephone",
                           [&] { return device_approve(w.common, w.id, w.yes); });
  approve->add_flag("--yes", w.yes, "the digits were compared already");
  auto* revoke = printing(*device, w, "revoke", "shut a device out", [&] { return device_revoke(w.common, w.id, w.reason); });
  revoke->add_option("--reason", w.reason, "why; whoever asks later finds it")->required();
  for (auto* with_id : {show, approve, revoke}) with_id->add_option("ID", w.id, "the device's id, or its first digits")->required();

  auto* health_command = printing(app, w, "health", "how each device is doing, worst first", [&] { return health(w.common, w.watch); });
  health_command->add_flag("--watch", w.watch, "again every two seconds");
}

void add_units(CLI::App& app, Words& w) {
  auto* unit = group(app, "unit", "the unit tree");
  printing(*unit, w, "list", "all units", [&] { return unit_list(w.common); });
  auto* add = printing(*unit, w, "add", "a unit that was founded", [&] { return unit_add(w.common, w.unit); });
  auto* merge = printing(*unit, w, "merge", "a unit becomes part of another, with its dossiers, keys and PCs; for ever",
                         [&] { return unit_merge(w.common, w.unit, w.yes); });
  auto* split = printing(*unit, w, "split", "found a unit beside this one; its dossiers come to it by hand-over",
                         [&] { return unit_split(w.common, w.unit); });
  auto* renew = printing(*unit, w, "renew", "a new key for the unit's PCs; revoking a PC does it too",
                         [&] { return unit_renew(w.common, w.unit.code); });
  for (auto* with_code : {add, merge, renew}) with_code->add_option("CODE", w.unit.code, "the unit's code")->required();
  split->add_option("CODE", w.unit.parent, "the unit that is split")->required();
  split->add_option("--new", w.unit.code, "the new unit's code")->required();
  for (auto* founds : {add, split}) {
    founds->add_option("--name", w.unit.name_vi, "its name in Vietnamese")->required();
    founds->add_option("--name-en", w.unit.name_en, "and in English; default: the same");
    founds->add_option("--identification", w.unit.identification, "the identification code that its dossiers are numbered under");
  }
  add->add_option("--kind", w.unit.kind, "ward, department, centre, …")->capture_default_str();
  add->add_option("--parent", w.unit.parent, "the unit above it");
  merge->add_option("--into", w.unit.into, "the unit that inherits")->required();
  merge->add_option("--reason", w.unit.reason, "the decision that says so")->required();
  merge->add_flag("--yes", w.yes, "do not ask");
}

void add_users(CLI::App& app, Words& w) {
  auto* users = cli::add_user_commands(app, w, w.user.unit, [&] { return cli::user_list({program, w.common}, w.user.unit); });
  auto* add = printing(*users, w, "add", "an account for somebody of a unit", [&] { return user_add(w.common, w.user); });
  auto* disable = printing(*users, w, "disable", "end an account: what it writes from now on applies nowhere",
                           [&] { return user_disable(w.common, w.user); });
  auto* reset = printing(*users, w, "reset", "let an account stand again, or give it another role or name",
                         [&] { return user_reset(w.common, w.user); });
  for (auto* with_name : {add, disable, reset}) with_name->add_option("NAME", w.user.name, "as it stands in the history")->required();
  add->add_option("--unit", w.user.unit, "the unit's code")->required();
  for (auto* one_of : {disable, reset}) one_of->add_option("--unit", w.user.unit, "where several units have this name");
  std::vector<std::string> roles;
  for (const auto role : policy::all_roles) roles.emplace_back(policy::name_of(role));
  for (auto* with_role : {add, reset}) {
    auto* role = with_role->add_option("--role", w.user.role, "what it is for")->check(CLI::IsMember(roles));
    if (with_role == add) role->required();
    with_role->add_option("--display", w.user.display, "the full name, as people call them")->type_name("NAME");
  }
  for (auto* with_key : {add, reset})
    with_key->add_option("--key", w.user.key_file, "the public half of the key that signs their acts, as `official new-key` wrote it")
        ->type_name("FILE.pub");
  disable->add_option("--why", w.user.reason, "the reason; whoever asks later finds it")->required();
  reset->add_option("--why", w.user.reason, "the reason");
  for (auto* activating : {add, reset})
    activating
        ->add_option("--activation-out", w.user.activation_file,
                     "write an activation code there, with which its owner chooses a PIN at each PC within 14 days; - for stdout")
        ->type_name("FILE");
  reset->footer(
      "A new activation code ends the PINs that were chosen with an earlier one, at each PC as soon as it hears of it. Root and the "
      "daemon's "
      "own account may do this without a log-in: the way back in when no administrator can.");
  add->footer(
      "From a unit's first account on, its PCs take nothing in another name than its accounts', and decisions are for those whose role it "
      "is: a leader's for `leader`, of the till for `accountant`, `desk_head` or `leader`, the city's for an `administrator` of the "
      "centre. A "
      "`technician` and an `auditor` write no dossiers. A name that is no account, from a PC that had not heard of it, is a clerk's.");
}

void add_days(CLI::App& app, Words& w) {
  auto* backup_command = printing(app, w, "backup", "one verified file of all data, while the centre runs; without the keys",
                                  [&] { return backup(w.common, w.backup); });
  auto* out = backup_command->add_option("-o,--out", w.backup.out_file, "the file to write; an existing one stays")->type_name("FILE");
  auto* check = backup_command->add_option("--check", w.backup.check_file, "check a backup that was made earlier, every byte of it")
                    ->type_name("FILE");
  out->excludes(check);
  backup_command->add_option("--keys", w.backup.keys_file, "write the centre's keys into this file too: for a stick in a safe")
      ->type_name("FILE");
  backup_command->add_flag("--elsewhere", w.backup.elsewhere, "it lies on another machine or medium: wards may rely on it");

  cli::add_passphrase_option(*backup_command, w, w.backup.passphrase_file);
  auto* restore_command = printing(app, w, "restore", "make the centre of an empty data directory out of a backup",
                                   [&] { return restore(w.common, w.restore); });
  restore_command->add_option("FILE", w.restore.file, "the backup")->required()->type_name("FILE");
  restore_command->add_option("--keys", w.restore.keys_file, "the keys, as `backup --keys` wrote them")->required()->type_name("FILE");
  cli::add_passphrase_option(*restore_command, w, w.restore.passphrase_file);
  restore_command->add_flag("--alone", w.restore.alone, "no PC is left that could bring what is newer: wait for none");

  auto* calendar = cli::add_calendar_commands(app, w, w.calendar, [&] { return calendar_show(w.common, w.calendar.year, w.calendar.csv); });
  auto* decided = printing(*calendar, w, "set", "tell all wards what was decided on the days off of whole years",
                           [&] { return calendar_set(w.common, w.calendar_file); });
  decided->add_option("FILE", w.calendar_file, "CSV: date,kind[,name_vi][,certainty]")->required()->type_name("FILE");
  decided->footer(
      "`kind` is holiday, substitute or swap_off for a day off, makeup_workday for a Saturday that is worked; `certainty` is guess while "
      "nothing is decided. The file replaces all that was known of each year in it, so it holds every day off of that year. Appointments "
      "that were given do not move.");

  auto* address = group(app, "address", "where wards reach this centre");
  printing(*address, w, "list", "the addresses that wards try, the best first", [&] { return address_list(w.common); });
  printing(*address, w, "set", "tell all wards where to call from now on", [&] { return address_set(w.common, w.addresses); })
      ->add_option("ADDRESS", w.addresses, "host:port, the best first; a ward's ticket's address stays its last resort")
      ->required()
      ->expected(1, static_cast<int>(policy::addresses_max));
}

void add_keys(CLI::App& app, Words& w) {
  auto* key = group(app, "key", "the keys of the city and of its centre");
  printing(*key, w, "list", "which are in force", [&] { return key_list(w.common); });
  auto* protect = cli::add_protection_commands(
      *key, w, w.protect, [&] { return key_show(w.common); }, [&] { return key_protect(w.common, w.protect, w.copy_file); });
  protect->add_option("--copy", w.copy_file, "the plain copy of the keys, as `backup --keys` wrote it: nothing is sealed without it")
      ->type_name("FILE");
  protect->footer(
      "Seals centre.key, which holds the centre's own keys. `system`: under the secret that the operating system keeps for this machine; "
      "nothing is asked at a start. `passphrase`: each start needs it. A passphrase that is forgotten, or a machine that broke, opens "
      "nothing any more: then the copy takes the file's place. It is compared, and nothing in it is changed. Earlier bytes are "
      "overwritten, as far as a disk lets a program do that.");
  auto* renew = printing(*key, w, "renew", "make a new key, and what the root key must sign before it counts",
                         [&] { return key_renew(w.common, w.key); });
  renew->add_option("WHAT", w.key.what, "operations, receipt, noise or root")
      ->required()
      ->check(CLI::IsMember({"operations", "receipt", "noise", "root"}));
  renew->add_option("-o,--out", w.key.out_file, "the request; an existing file stays")->required()->type_name("REQUEST");
  auto* apply =
      printing(*key, w, "apply", "put in force what the root key signed", [&] { return key_apply(w.common, w.root.request_file); });
  apply->add_option("SIGNED", w.root.request_file, "the file that `root sign` or `root rotate` wrote")->required()->type_name("FILE");
  auto* forget = printing(*key, w, "forget", "answer no more to earlier keys of the line, as when one was stolen",
                          [&] { return key_forget(w.common, w.yes); });
  forget->add_flag("--yes", w.yes, "do not ask");
}

void add_root(CLI::App& app, Words& w) {
  auto* root = group(app, "root", "on a PC without a network: what the root key signs");
  auto* sign = printing(*root, w, "sign", "show a request, and sign it", [&] { return root_sign(w.common, w.root); });
  sign->add_option("--root-key", w.root.key_file, "the root key's file; - for stdin")->required()->type_name("FILE");
  auto* rotate =
      printing(*root, w, "rotate", "put the next root key in the root key's place", [&] { return root_rotate(w.common, w.root); });
  rotate->add_option("--next-root-key", w.root.key_file, "the next root key's file; - for stdin")->required()->type_name("FILE");
  rotate->add_option("--new-next-root", w.root.new_next_file, "where the one after it goes, a new key; an existing file stays")
      ->required()
      ->type_name("FILE");
  for (auto* signing : {sign, rotate}) {
    signing->add_option("REQUEST", w.root.request_file, "the file that `key renew` wrote")->required()->type_name("FILE");
    signing->add_option("-o,--out", w.root.out_file, "the signed entry; an existing file stays")->required()->type_name("SIGNED");
    signing->add_flag("--yes", w.root.yes, "do not ask");
    cli::without_config(*signing, w);
  }

  auto* recovery = group(app, "recovery", "on a PC without a network: the last keys, for several people together");
  auto* make = printing(*recovery, w, "make", "a sheet for each trustee, and the file that enough of them open",
                        [&] { return recovery_make(w.common, w.recovery); });
  make->add_option("--org", w.recovery.organisation, "the city's name, for the sheets")->required();
  make->add_option("--need", w.recovery.need, "how many must come together")
      ->required()
      ->check(CLI::Range(2, static_cast<int>(recovery::trustees_max)));
  make->add_option("--trustee", w.recovery.trustees, "who keeps a key; once for each")
      ->required()
      ->expected(1, static_cast<int>(recovery::trustees_max));
  make->add_option("--root-key", w.recovery.root_file, "the root key's file")->required()->type_name("FILE");
  make->add_option("--next-root-key", w.recovery.next_root_file, "the next root key's file")->required()->type_name("FILE");
  make->add_option("--keys", w.recovery.keys_file, "the centre's keys, as `backup --keys` wrote them")->required()->type_name("FILE");
  make->add_option("--policy", w.recovery.policy_file, "the policy log, as `policy export` wrote it: only keys in force are taken")
      ->required()
      ->type_name("FILE");
  auto* open = printing(*recovery, w, "open", "bring the keys back", [&] { return recovery_open(w.common, w.recovery); });
  open->add_option("RECOVERY", w.recovery.box_file, "the recovery file")->required()->type_name("FILE");
  open->add_option("--trustee", w.recovery.trustees, "a trustee's sheet, typed or scanned; once for each")
      ->required()
      ->expected(1, static_cast<int>(recovery::trustees_max));
  for (auto* offline : {make, open}) {
    offline->add_option("--out", w.recovery.out, "the directory for the files; existing ones stay")->required()->type_name("DIR");
    cli::without_config(*offline, w);
  }

  auto* policy = group(app, "policy", "the signed log of units, PCs, accounts and keys");
  printing(*policy, w, "export", "as a file that a PC can take on a stick", [&] { return policy_export(w.common, w.out_file); })
      ->add_option("-o,--out", w.out_file, "the file to write; an existing one stays")
      ->required()
      ->type_name("FILE");
}

void add_codes(CLI::App& app, Words& w) {
  auto* codes = group(app, "codes", "the dossier codes that each PC may give by itself");
  auto* list = printing(*codes, w, "list", "each PC's blocks of serials, how many are left today, and until which day they last",
                        [&] { return codes_list(w.common, w.codes.unit); });
  list->add_option("--unit", w.codes.unit, "only the PCs of this unit");
  auto* give =
      printing(*codes, w, "give", "give a PC serials of its own, on each day of a period", [&] { return codes_give(w.common, w.codes); });
  give->add_option("--device", w.codes.device, "the device's id, or its first digits")->required();
  give->add_option("--from", w.codes.from, "the first day, YYYY-MM-DD")->required();
  give->add_option("--to", w.codes.to, "the last day, YYYY-MM-DD")->required();
  give->add_option("--serials", w.codes.serials, "how many, on each day")
      ->required()
      ->check(CLI::Range(1U, storage::CodePlan::serials_max));
  give->footer(
      "Each PC gets a block at its approval, and more in good time; this is for what is out of the ordinary. The least free serials of the "
      "unit are taken. A block that was given is never taken back, nor are those of a revoked PC given to another.");
}

void add_erasures(CLI::App& app, Words& w) {
  auto* erase = group(app, "erase", "orders to destroy what is held of a dossier");
  auto* order = cli::official(*erase, w, "order", "destroy a dossier here, and on every PC as soon as it calls; for ever",
                              [&] { return erase_order(w.common, w.erase); });
  order->add_option("CODE", w.erase.code, "its code, or id:HEX")->required();
  order->add_option("--reason", w.erase.reason, "the decision that says so; it stays, so name nobody in it")->required();
  order->add_flag("--yes", w.erase.yes, "do not show what would be destroyed, and do not ask");
  cli::add_key_options(*order, w);
  order->footer(
      "For a leader or an administrator of the centre. Bodies, keys and all that was made of them go; codes, status, custody, the ids, "
      "signatures and receipts of its records stay, and so does this order. It comes again wherever an older copy is used again. What it "
      "does not reach: backups on a shelf and prints; see docs/administrator.md.");
  cli::official(*erase, w, "confirm", "let another twenty be ordered within a day: for somebody who ordered none of them",
                [&] { return erase_confirm(w.common); });
  printing(*erase, w, "list", "all orders, and how many PCs have not obeyed yet", [&] { return erase_list(w.common); });
  printing(*erase, w, "show", "one order, and each PC's confirmation", [&] { return erase_show(w.common, w.id); })
      ->add_option("NUMBER", w.id, "the order's number, as `erase list` shows it")
      ->required();
  auto* due = printing(*erase, w, "due", "finished dossiers that need not be kept any more; nothing is erased by it",
                       [&] { return erase_due(w.common, w.on); });
  due->add_option("--on", w.on, "on that day, YYYY-MM-DD; default: today");
  due->footer(
      "By centre/retention.csv, which names the source of each period and how certain it is. Ask the archive before you order anything.");

  auto* citizen = group(app, "citizen", "what a person may ask to see");
  auto* exported = cli::official(*citizen, w, "export", "all that is held about one person, as one JSON file",
                                 [&] { return citizen_export(w.common, w.citizen); });
  exported->add_option("--identity-file", w.citizen.identity_file, "a file with the identity number in its first line")
      ->required()
      ->type_name("FILE");
  exported->add_option("-o,--out", w.citizen.out_file, "the file to write; an existing one stays")->required()->type_name("FILE");
  exported->footer(
      "For a leader or an administrator of the centre: dossiers with all fields, who wrote what when, the control slip, and which units "
      "read "
      "them. The number is never in the command line. Delete both files when the person has theirs.");
}

void add_admissions(CLI::App& app, Words& w) {
  auto* quarantine = group(app, "quarantine", "what revoked PCs wrote before they knew");
  printing(*quarantine, w, "import", "keep aside what `wardsync sync hand-in` wrote at the revoked PC",
           [&] { return quarantine_import(w.common, w.code); })
      ->add_option("FILE", w.code, "the file")
      ->required()
      ->type_name("FILE");
  printing(*quarantine, w, "list", "what waits, and what was rejected", [&] { return quarantine_list(w.common); });
  auto* show = printing(*quarantine, w, "show", "the changes in it, and whether they can be admitted",
                        [&] { return quarantine_show(w.common, w.admit); });
  auto* admit =
      printing(*quarantine, w, "admit", "take it into the log, by a signed entry", [&] { return quarantine_admit(w.common, w.admit); });
  for (auto* one : {show, admit})
    one->add_flag("--in-full", w.admit.in_full, "as if the PC stood; else its edits are proposals, and its legal acts are not applied");
  admit->add_option("--head", w.admit.head, "as `show` printed it: what is admitted is what was looked at")->required();
  for (auto* one : {show, admit})
    one->add_option("--until", w.admit.until, "only what ends before this number of a record")->check(CLI::PositiveNumber);
  admit->footer(
      "When it was written nobody can prove: a thief's changes look like the clerk's. So look (`show`), ask whose name stands there, and "
      "admit in full only what you know; proposals are decided one by one, by who holds the dossier.");
  auto* reject =
      printing(*quarantine, w, "reject", "it is never admitted; the reason stays", [&] { return quarantine_reject(w.common, w.admit); });
  auto* fork = group(app, "fork", "records of one PC with one number");
  printing(*fork, w, "list", "the sides of each fork, of which none counts yet", [&] { return fork_list(w.common); });
  auto* look = printing(*fork, w, "show", "the changes of one side", [&] { return fork_show(w.common, w.admit.id); });
  auto* stands = printing(*fork, w, "admit", "these records stand, the others with their numbers never; they stay in the history",
                          [&] { return fork_admit(w.common, w.admit); });
  stands->add_option("--head", w.admit.head, "as `show` printed it: only if the sides are still what was looked at");
  auto* limits = group(app, "limits", "what PCs may bring in a day, and how long they show dossiers without having heard the centre");
  printing(*limits, w, "show", "what is in force", [&] { return limits_show(w.common); });
  auto* set = printing(*limits, w, "set", "tell all PCs what is in force from now on; what is not named stays",
                       [&] { return limits_set(w.common, w.limits); });
  set->add_option("--unit", w.limits.unit, "only for the PCs of this unit; else for all whose unit has none of its own");
  set->add_option("--day-mib", w.limits.day_mib, "what the centre takes of one PC in a day, in MiB; 0: 1024, as built in")
      ->check(CLI::Range(0, 1024 * 1024));
  set->add_option("--lease-days", w.limits.lease_days, "days without the centre after which a PC shows no dossiers; 0: it always does")
      ->check(CLI::Range(0, static_cast<int>(policy::lease_days_max)));
  set->footer(
      "A PC that is over its day's bound keeps what it has, and goes on tomorrow. One whose lease is over keeps it, too, and opens with "
      "its "
      "next contact. A lease is no lock: whoever takes the disk and its key file apart reads what the PC could read.");
  for (auto* one : {show, admit, reject}) one->add_option("ID", w.admit.id, "as `quarantine list` shows it")->required();
  for (auto* one : {look, stands}) one->add_option("SIDE", w.admit.id, "as `fork list` shows it")->required();
  for (auto* one : {admit, reject, stands})
    one->add_option("--reason", w.admit.reason, "why; it stays, so name no citizen in it")->required();
}

void add_dossiers(CLI::App& app, Words& w) {
  auto* dossier = group(app, "dossier", "dossiers");
  auto* list = printing(*dossier, w, "list", "all dossiers, or those that fit", [&] { return dossier_list(w.common, w.list); });
  list->add_option("--status", w.list.status, "only this status, 1 to 10")->check(CLI::Range(1, 10));
  list->add_option("--search", w.list.search, "words that must occur");
  list->add_option("--unit", w.list.unit, "only those that this unit holds");
  cli::add_due_options(*list, w.list.due);
  cli::add_custody_option(*list, w.list.custody);
  list->add_flag("--conflict", w.list.conflict, "only those that a person must decide");
  auto* show = printing(*dossier, w, "show", "one dossier", [&] { return dossier_show(w.common, w.code); });
  auto* history =
      printing(*dossier, w, "history", "everything that was ever said of it", [&] { return dossier_history(w.common, w.code); });
  auto* why = printing(*dossier, w, "why", "every value that one field ever had, and why the present one shows",
                       [&] { return dossier_why(w.common, w.code, w.field); });
  for (auto* with_code : {show, history, why}) with_code->add_option("CODE", w.code, "its code, or id:HEX")->required();
  cli::add_edit_commands(*dossier, w, program, w.desk);
  cli::add_hand_over_commands(*dossier, w, program, w.desk);
  cli::add_inbox_commands(*group(app, "inbox", "what a person must decide"), w, program, w.desk);
  why->add_option("FIELD", w.field, "as `history` names it: ChuHoSo, TaiLieuNop/ID/TenTepDinhKem")->required();
  cli::add_report_commands(app, w, w.report);
  cli::add_evidence_commands(*group(app, "receipt", "what this centre has signed for"), w, w.evidence);
}

}  // namespace

const cli::About about{program,
                       "The centre of a city's wardsync: receives, merges and hands out dossiers, and shows how every ward is doing.",
                       runtime::default_config("centre.toml"), settings};

void describe(CLI::App& app, Words& words) {
  app.description(about.says);
  app.require_subcommand(1);
  add_server(app, words);
  add_devices(app, words);
  add_units(app, words);
  add_users(app, words);
  cli::add_official_commands(app, words, program, words.official);
  cli::add_log_in_commands(app, words, program, words.log_in);
  add_days(app, words);
  add_keys(app, words);
  add_root(app, words);
  add_codes(app, words);
  add_admissions(app, words);
  add_erasures(app, words);
  add_dossiers(app, words);
  printing(app, words, "status", "this centre at a glance", [&] { return status(words.common); });
  cli::add_page_command(app, words, "a one-time address that opens the administrator's page, logged in");
  cli::add_passphrase_option(*printing(app, words, "verify", "check every seal, id, root and signature that is stored here",
                                       [&] { return verify(words.common, words.passphrase_file); }),
                             words, words.passphrase_file);
  cli::add_audit_commands(app, words, words.audit);
  cli::add_config_commands(app, words);
  cli::add_version_command(app, words, WARDSYNC_VERSION);
}

}  // namespace ward::centre
