#pragma once

#include "cli/caller.hpp"
#include "cli/words.hpp"

/// Commands about dossiers that officials have at a ward and at the centre.
namespace ward::cli {

struct EditOptions {
  std::string code;
  std::vector<std::string> sets;  ///< FIELD=VALUE
  std::string seen, why, note;
};
int dossier_new(const Caller& caller, const EditOptions& options);
int dossier_edit(const Caller& caller, const EditOptions& options);
/// What the daemon filled in by itself, so that it can be changed.
void say_filled(const boost::json::value& saved);
/// The same, and what the daemon says of its clock, and whether what was saved waits for another unit.
void say_saved(const Caller& caller, const boost::json::value& saved);

struct HandOverOptions {
  std::string code, to, note, expires;
  std::string offer = "-";  ///< which; `-`: the only one that waits
  std::string reason;
};
int hand_over(const Caller& caller, const HandOverOptions& options);
int accept(const Caller& caller, const HandOverOptions& options);
int decline(const Caller& caller, const HandOverOptions& options);
int recall(const Caller& caller, const HandOverOptions& options);

struct HandOverListOptions {
  std::string direction = "all";
  bool late = false;
};
int hand_over_list(const Caller& caller, const HandOverListOptions& options);
int slip(const Caller& caller, const std::string& code);

struct StatusOptions {
  std::string code, status, why, seen;
  std::vector<std::string> sets;
};
/// Without a status: lists those that may come next, and what goes with each.
int dossier_status(const Caller& caller, const StatusOptions& options);

struct FanOutOptions {
  std::string code, note, why;
  std::vector<std::string> to;  ///< PART=UNIT
  bool preview = false;         ///< only what would be done
};
int fan_out(const Caller& caller, const FanOutOptions& options);

struct InboxListOptions {
  bool mine = false;
  std::string level, kind;
};
int inbox_list(const Caller& caller, const InboxListOptions& options);
int inbox_show(const Caller& caller, const std::string& id);
int inbox_decided(const Caller& caller);
/// What was saved and does not count, and what to do about it.
int inbox_set_aside(const Caller& caller);

struct DecideOptions {
  std::string id, keep, set, why;
  bool same = false;     ///< all that are alike
  bool preview = false;  ///< only what would come of it
};
int inbox_resolve(const Caller& caller, const DecideOptions& options);
int inbox_dismiss(const Caller& caller, const DecideOptions& options);
int inbox_approve(const Caller& caller, const DecideOptions& options);
/// `id`: the resolution, as `resolve --json` gave it.
int inbox_undo(const Caller& caller, const std::string& id);

int duplicates(const Caller& caller);
int shared_codes(const Caller& caller);
int waiting(const Caller& caller);
struct LinkOptions {
  std::string code, other, why;
  bool different = false;  ///< they are two matters
};
int link(const Caller& caller, const LinkOptions& options);

/// The options of these commands.
struct DeskWords {
  EditOptions edit;
  HandOverOptions hand_over;
  HandOverListOptions hand_overs;
  StatusOptions status;
  InboxListOptions inbox;
  DecideOptions decide;
  LinkOptions link;
  FanOutOptions fan_out;
  std::string code, id;
};
/// Into the groups `dossier` and `inbox` of a program. `line` and `words` outlive the description.
/// `--custody`: where a dossier is, as seen from this unit.
void add_custody_option(CLI::App& command, std::string& custody);
void add_edit_commands(CLI::App& dossier, Line& line, const char* program, DeskWords& words);
void add_hand_over_commands(CLI::App& dossier, Line& line, const char* program, DeskWords& words);
void add_inbox_commands(CLI::App& inbox, Line& line, const char* program, DeskWords& words);

/// What stands between people and a dossier: `dossier show` prints it too.
void show_custody(const boost::json::value& dossier);
void show_waiting(const boost::json::value& dossier);
/// Its parts with the one status that the citizen is told, or of what it is a part.
void show_linked(const boost::json::value& dossier);

}  // namespace ward::cli
