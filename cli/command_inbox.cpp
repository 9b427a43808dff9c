#include "cli/desk.hpp"
#include "runtime/command_line.hpp"
#include "runtime/http.hpp"

/// What waits for a person: shown with everything needed to decide, decided, taken back.
namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

std::string item_target(const std::string& id) { return "/v1/inbox/" + runtime::encode_segment(id); }

std::vector<std::string> row_of(const json::object& item) {
  return {shown(item, "id"),
          code_or_id(item, "dossier", "dossier_id"),
          shown(item, "kind"),
          shown(item, "field"),
          std::to_string(rows_of(item, "values").size()),
          shown(item, "decider", "role"),
          shown(item, "mine") == "true" ? "mine" : "",
          shown(item, "level")};
}

/// A side of a case: who, where, when, what he had seen, what else he did.
void show_value(char letter, const json::object& value) {
  print(std::string("  ") + letter + "  " + (shown(value, "kind") == "remove" ? "(removed)" : shown(value, "value")) + "\n     by " +
        shown(value, "by") + ", " + shown(value, "unit") + ", PC " + shown(value, "device").substr(0, 8) + ", at " + shown(value, "at") +
        (shown(value, "clock_good") == "false" ? " (that clock is wrong)" : "") + "\n");
  if (shown(value, "why") != "-") print("     why: " + shown(value, "why") + "\n");
  for (const auto& seen : rows_of(value, "seen"))
    print("     had seen: " + shown(seen, "value") + ", by " + shown(seen, "by") + " at " + shown(seen, "at") + "\n");
  for (const auto& other : rows_of(value, "same_act"))
    print("     in the same act: " + shown(other, "kind") + " " + shown(other, "field") + " = " + shown(other, "value") + "\n");
}

int show_item(const json::value& item) {
  print(shown(item, "dossier") + "  " + shown(item, "dossier_id") + "  " + shown(item, "id") + "\n");
  print(shown(item, "field") + ": " + shown(item, "words", "vi") + "\n  " + shown(item, "words", "en") + "\n");
  if (const auto* before = item.get_object().if_contains("before"); before != nullptr && before->is_object())
    print("  before: " + shown(*before, "value") + ", by " + shown(*before, "by") + " at " + shown(*before, "at") + "\n");
  char letter = 'A';
  for (const auto& value : rows_of(item, "values")) show_value(letter++, value);
  print("To do: " + shown(item, "todo", "vi") + "\n       " + shown(item, "todo", "en") + "\n");
  const auto& decider = item.get_object().at("decider");
  print("For: " + shown(decider, "words", "en") + (shown(decider, "user") == "-" ? "" : " (" + shown(decider, "user") + ")") + "; level " +
        shown(item, "level") + (shown(item, "goes_up_at") == "-" ? "" : ", goes up at " + shown(item, "goes_up_at")) + "\n");
  std::string blocks;
  for (const auto& status : item.get_object().at("blocks").get_array()) blocks += " " + shown(status);
  if (!blocks.empty()) print("Until then no status" + blocks + "\n");
  const auto alike = rows_of(item, "alike").size();
  if (alike > 1) print(std::to_string(alike) + " identical cases: --same decides all of them\n");
  return done;
}

int show_preview(const json::value& answer) {
  if (shown(answer, "applies") != "true") print("This would not be taken: " + shown(answer, "trouble", "detail") + "\n");
  std::vector<std::vector<std::string>> rows{{"FIELD", "BEFORE", "AFTER"}};
  for (const auto& change : rows_of(answer, "changes"))
    rows.push_back({shown(change, "field"), shown(change, "before"), shown(change, "after")});
  print(runtime::align(rows));
  print(std::to_string(rows_of(answer, "left").size()) + " left to decide in this dossier\n");
  return done;
}

/// How many are alike, when all of them are to be decided; nothing when it could not be asked.
std::optional<std::int64_t> count_alike(const Caller& caller, const DecideOptions& options, int& exit) {
  if (!options.same) return 1;
  const auto item = answer_of(caller, "GET", item_target(options.id), {}, exit);
  if (!item) return std::nullopt;
  return static_cast<std::int64_t>(rows_of(*item, "alike").size());
}

int decide(const Caller& caller, const DecideOptions& options, json::object body) {
  if (!options.why.empty()) body["why"] = options.why;
  if (options.preview) return ask(caller, "POST", item_target(options.id) + "/preview", body, show_preview);
  if (options.why.empty()) return wrong_usage(caller, fail(Fault::invalid, "say why: --why REASON; whoever asks later must find it"));
  int exit = done;
  const auto same = count_alike(caller, options, exit);
  if (!same) return exit;
  if (*same != 1) body["same"] = *same;
  return ask(caller, "POST", item_target(options.id) + "/resolutions", body, [&](const json::value& saved) {
    tell(caller, (*same == 1 ? std::string("Decided") : std::to_string(*same) + " identical cases decided") +
                     " and saved. What the others wrote stays in the history.\nFor 30 days it can be taken back: " + caller.program +
                     " inbox undo " + shown(saved, "resolution"));
    return done;
  });
}

}  // namespace

int inbox_list(const Caller& caller, const InboxListOptions& options) {
  const auto target = "/v1/inbox?limit=500&for=" + std::string(options.mine ? "mine" : "all") +
                      "&level=" + runtime::encode_segment(options.level) + "&kind=" + runtime::encode_segment(options.kind);
  return show_lists(caller, target, {"ID", "DOSSIER", "KIND", "FIELD", "VALUES", "FOR", "MINE", "LEVEL"},
                    {{"conflicts", row_of}, {"proposals", row_of}, {"not_applied", row_of}});
}

int inbox_set_aside(const Caller& caller) {
  return ask(caller, "GET", "/v1/set-aside", {}, [](const json::value& answer) {
    for (const auto& one : rows_of(answer, "set_aside")) {
      print(code_or_id(one, "dossier", "dossier_id") + ": " + shown(one, "words", "en") +
            (shown(one, "detail") == "-" ? "" : " (" + shown(one, "detail") + ")") + ", since " + shown(one, "since") + "\n");
      for (const auto& said : rows_of(one, "said"))
        print("  " + shown(said, "field") + " = " + shown(said, "value") + ", by " + shown(said, "by") + ", " + shown(said, "unit") +
              ", PC " + shown(said, "device").substr(0, 8) + ", at " + shown(said, "at") + "\n");
      print("  To do: " + shown(one, "todo", "vi") + "\n         " + shown(one, "todo", "en") + "\n");
    }
    for (const auto& pc : rows_of(answer, "cut_off")) {
      print("PC " + shown(pc, "label") + " (" + shown(pc, "device").substr(0, 8) + "), " + shown(pc, "at") + ", " + shown(pc, "reason") +
            ": " + shown(pc, "words", "en") + "\n");
      for (const auto& one : rows_of(pc, "let_in"))
        print("  of it " + shown(one, "records") + " records were admitted at " + shown(one, "at") +
              (shown(one, "in_full") == "true" ? ", in full: " : ", as proposals: ") + shown(one, "reason") + "\n");
      print("  To do: " + shown(pc, "todo", "vi") + "\n         " + shown(pc, "todo", "en") + "\n");
    }
    if (rows_of(answer, "set_aside").empty() && rows_of(answer, "cut_off").empty()) print("Nothing.\n");
    return done;
  });
}

int inbox_show(const Caller& caller, const std::string& id) { return ask(caller, "GET", item_target(id), {}, show_item); }

int inbox_decided(const Caller& caller) {
  return show_lists(caller, "/v1/decisions?limit=500", {"RESOLUTION", "DOSSIER", "FIELD", "VALUE", "BY", "AT", "STANDING"},
                    {{"decisions", [](const json::object& line) -> std::vector<std::string> {
                        const auto& decided = line.at("decided");
                        return {shown(line, "resolution"), code_or_id(line, "dossier", "dossier_id"),
                                shown(decided, "field"),   shown(decided, "value"),
                                shown(decided, "by"),      shown(decided, "at"),
                                shown(decided, "standing")};
                      }}});
}

int inbox_resolve(const Caller& caller, const DecideOptions& options) {
  if (options.keep.empty() == options.set.empty())
    return wrong_usage(caller, fail(Fault::invalid, "decide by --keep LETTER or by --set FIELD=VALUE, with --why REASON"));
  if (!options.keep.empty()) return decide(caller, options, {{"keep", options.keep}});
  const auto fields = fields_of({options.set});
  if (fields.has_error()) return wrong_usage(caller, fields.error());
  return decide(caller, options, {{"set", *fields}});
}

int inbox_dismiss(const Caller& caller, const DecideOptions& options) { return decide(caller, options, {{"dismiss", true}}); }
int inbox_approve(const Caller& caller, const DecideOptions& options) { return decide(caller, options, {{"approve", true}}); }

int inbox_undo(const Caller& caller, const std::string& id) {
  return ask(caller, "DELETE", "/v1/inbox/-/resolutions/" + runtime::encode_segment(id), {}, [&](const json::value&) {
    tell(caller, "Taken back: what the decision replaced stands again.");
    return done;
  });
}

}  // namespace ward::cli
