#include "cli/official.hpp"
#include "cli/desk.hpp"

#include <CLI/CLI.hpp>

/// How the commands of desk.hpp are described.
namespace ward::cli {
namespace {

constexpr const char* a_code = "its code, or id:HEX";

void take_offer(CLI::App& command, HandOverOptions& options) {
  command.add_option("CODE", options.code, a_code)->required();
  command.add_option("--offer", options.offer, "which hand-over, where several wait: as `dossier show` names it")->capture_default_str();
}

}  // namespace

void add_custody_option(CLI::App& command, std::string& custody) {
  command.add_option("--custody", custody, "only those that this unit holds, was offered, has offered, or does not hold")
      ->check(CLI::IsMember({"mine", "offered_to_me", "offered_by_me", "elsewhere"}));
}

void add_edit_commands(CLI::App& dossier, Line& line, const char* program, DeskWords& w) {
  const auto caller = [&line, program] { return Caller{program, line.common}; };
  auto* made = official(dossier, line, "new", "take in one dossier", [&w, caller] { return dossier_new(caller(), w.edit); });
  auto* edit = official(dossier, line, "edit", "change fields of one dossier", [&w, caller] { return dossier_edit(caller(), w.edit); });
  edit->add_option("CODE", w.edit.code, a_code)->required();
  edit->add_option("--seen", w.edit.seen, "the VERSION that the writer saw; default: the newest here");
  edit->add_option("--why", w.edit.why, "the reason, where the act asks for one");
  edit->add_option("--note", w.edit.note, "a note to add");
  for (auto* writing : {made, edit}) writing->add_option("--set", w.edit.sets, "FIELD=VALUE, or LIST/ID/FIELD=VALUE")->expected(1, 512);
}

void add_hand_over_commands(CLI::App& dossier, Line& line, const char* program, DeskWords& w) {
  const auto caller = [&line, program] { return Caller{program, line.common}; };
  auto* offer = official(dossier, line, "hand-over", "offer a dossier to another unit; it stays here until that unit has accepted",
                         [&w, caller] { return hand_over(caller(), w.hand_over); });
  offer->add_option("CODE", w.hand_over.code, a_code)->required();
  offer->add_option("--to", w.hand_over.to, "the unit's code")->required()->type_name("UNIT");
  offer->add_option("--note", w.hand_over.note, "for whoever takes it: what goes with it");
  offer->add_option("--expires", w.hand_over.expires, "a time that is shown with the offer; nothing follows from it")->type_name("TIME");
  offer->footer("The papers go with the messenger. After one working day without an answer both units and the centre see that it is late.");
  auto* accepting = official(dossier, line, "accept", "take a dossier over, after checking its papers",
                             [&w, caller] { return accept(caller(), w.hand_over); });
  take_offer(*accepting, w.hand_over);
  accepting->add_option("--note", w.hand_over.note, "a remark on the papers");
  auto* declining =
      official(dossier, line, "decline", "do not take it over, and say why", [&w, caller] { return decline(caller(), w.hand_over); });
  take_offer(*declining, w.hand_over);
  declining->add_option("--reason", w.hand_over.reason, "a paper is missing, it is the wrong unit, …")->required();
  auto* recalling = official(dossier, line, "recall", "take an offer back, unless it was accepted",
                             [&w, caller] { return recall(caller(), w.hand_over); });
  take_offer(*recalling, w.hand_over);
  recalling->add_option("--reason", w.hand_over.reason, "why");
  for (auto* act : {offer, accepting, declining, recalling}) add_key_options(*act, line);
  auto* listed = printing(dossier, line, "hand-overs", "what is on its way from one unit to another",
                          [&w, caller] { return hand_over_list(caller(), w.hand_overs); });
  listed->add_option("--direction", w.hand_overs.direction, "offered to this unit, by it, or all")
      ->check(CLI::IsMember({"in", "out", "all"}))
      ->capture_default_str();
  listed->add_flag("--late", w.hand_overs.late, "only those that nobody has answered for a working day");
  printing(dossier, line, "slip", "the control slip (form 05): who had the dossier from when to when, and whether in time",
           [&w, caller] { return slip(caller(), w.code); })
      ->add_option("CODE", w.code, a_code)
      ->required();
  printing(dossier, line, "waiting", "changes that came and do not count yet: what each waits for, and what is missing",
           [caller] { return waiting(caller()); });
  printing(dossier, line, "duplicates", "dossiers of one citizen and one procedure that look like one matter, lodged twice",
           [caller] { return duplicates(caller()); });
  printing(dossier, line, "shared-codes", "codes that several dossiers have: a copied disk gave them, or an import brought them",
           [caller] { return shared_codes(caller()); })
      ->footer(
          "None is ever renumbered by itself. A code is gone from here once all of its dossiers but one are void, or have another official "
          "code: `wardsync dossier another-code` at the unit that holds it.");
  auto* linked = official(dossier, line, "link", "say that two dossiers are one matter, or two; neither is merged into the other",
                          [&w, caller] { return link(caller(), w.link); });
  linked->add_option("CODE", w.link.code, a_code)->required();
  linked->add_option("OTHER", w.link.other, "the other one's code, or id:HEX")->required();
  linked->add_option("--why", w.link.why, "the reason, which is kept in both")->required();
  linked->add_flag("--different", w.link.different, "they are two matters");
  auto* fanned =
      official(dossier, line, "fan-out", "make the parts of what was lodged once for several authorities, and offer each to its unit",
               [&w, caller] { return fan_out(caller(), w.fan_out); });
  fanned->add_option("CODE", w.fan_out.code, a_code)->required();
  fanned->add_option("--to", w.fan_out.to, "PART=UNIT: who takes a part instead of the unit of the table")->expected(1, 16);
  fanned->add_option("--note", w.fan_out.note, "for whoever takes a part: what goes with it");
  fanned->add_option("--why", w.fan_out.why, "the reason");
  fanned->add_flag("--preview", w.fan_out.preview, "only show the parts, who takes each, and by when");
  fanned->footer("Again, it makes and offers what is missing by then: a part that waits for another is offered when that one is finished.");
  auto* status = official(dossier, line, "status", "enter the next status with what goes with it; without one, list what can come next",
                          [&w, caller] { return dossier_status(caller(), w.status); });
  status->add_option("CODE", w.status.code, a_code)->required();
  status->add_option("STATUS", w.status.status, "1 to 10");
  status->add_option("--set", w.status.sets, "FIELD=VALUE that stands and falls with the status")->expected(1, 512);
  status->add_option("--why", w.status.why, "the reason; of 5, what must be supplied");
  status->add_option("--seen", w.status.seen, "the VERSION that the writer saw; default: the newest here");
  add_key_options(*status, line);
}

void add_inbox_commands(CLI::App& inbox, Line& line, const char* program, DeskWords& w) {
  const auto caller = [&line, program] { return Caller{program, line.common}; };
  auto* listed = official(inbox, line, "list", "all that is open: questions, notices, proposals, acts that do not apply",
                          [&w, caller] { return inbox_list(caller(), w.inbox); });
  listed->add_flag("--mine", w.inbox.mine, "only what the caller may decide");
  listed->add_option("--level", w.inbox.level, "only what has gone up to there by now")
      ->check(CLI::IsMember({"decider", "leader", "centre"}));
  listed->add_option("--kind", w.inbox.kind, "only this kind: proposal, not_applied, choose_value, …");
  printing(inbox, line, "decided", "what was decided in the last 30 days, by whomever, with what `undo` takes",
           [caller] { return inbox_decided(caller()); });
  official(inbox, line, "set-aside", "what was saved and does not count: why, and what to do",
           [caller] { return inbox_set_aside(caller()); });
  official(inbox, line, "show", "one of them: who wrote what, when, where, what he had seen, and what else he did",
           [&w, caller] { return inbox_show(caller(), w.id); })
      ->add_option("ID", w.id, "as `list` shows it")
      ->required();
  auto* resolve = official(inbox, line, "resolve", "decide one", [&w, caller] { return inbox_resolve(caller(), w.decide); });
  auto* dismiss = official(inbox, line, "dismiss", "a notice, a proposal or an act that does not apply is dealt with",
                           [&w, caller] { return inbox_dismiss(caller(), w.decide); });
  auto* approve = official(inbox, line, "approve", "let a proposal apply as if the caller had written it",
                           [&w, caller] { return inbox_approve(caller(), w.decide); });
  for (auto* deciding : {resolve, dismiss, approve}) {
    deciding->add_option("ID", w.decide.id, "as `list` shows it")->required();
    deciding->add_option("--why", w.decide.why, "the reason; needed");
    deciding->add_flag("--same", w.decide.same, "this and all identical cases at once");
    deciding->add_flag("--preview", w.decide.preview, "only show what would come of it");
  }
  add_key_options(*resolve, line);
  auto* keep = resolve->add_option("--keep", w.decide.keep, "the letter of the value that stays");
  resolve->add_option("--set", w.decide.set, "FIELD=VALUE: another value")->excludes(keep);
  auto* undo = official(inbox, line, "undo", "take a decision back, within 30 days", [&w, caller] { return inbox_undo(caller(), w.id); });
  undo->add_option("ID", w.id, "the resolution, as `resolve` or `decided` printed it")->required();
  add_key_options(*undo, line);
}

}  // namespace ward::cli
