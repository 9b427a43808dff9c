#include "cli/desk.hpp"
#include "runtime/command_line.hpp"
#include "runtime/http.hpp"

/// Hand-overs, the control slip, the status.
namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

std::string offer_target(const HandOverOptions& options, const char* answer) {
  return dossier_target(options.code) + "/hand-overs/" + runtime::encode_segment(options.offer) + "/" + answer;
}

json::object with(std::initializer_list<std::pair<const char*, const std::string&>> members) {
  json::object out;
  for (const auto& [name, value] : members)
    if (!value.empty()) out[name] = value;
  return out;
}

std::string hours_of(const std::string& minutes) {
  const auto all = std::stoll(minutes);
  return std::to_string(all / 60) + " h " + std::to_string(all % 60) + " min";
}

/// Who gave or took; with a mark when he signed for it with his own key.
std::string by(const json::object& stay, const std::string& what) {
  return shown(stay, what + "_by") + (shown(stay, what + "_signed") == "true" ? " (signed)" : "");
}

int show_slip(const json::value& slip) {
  print(shown(slip, "code") + "  " + shown(slip, "id") + "\n" + shown(slip, "procedure") + "  " + shown(slip, "procedure_name") + "\n");
  print("received " + shown(slip, "received") + "  due " + shown(slip, "due") + "\n");
  std::vector<std::vector<std::string>> rows{
      {"UNIT", "TAKEN BY", "FROM", "GIVEN BY", "OFFERED", "UNTIL", "WORKING TIME", "DUE", "JUDGEMENT", "NOTE"}};
  for (const auto& stay : rows_of(slip, "stays"))
    rows.push_back({shown(stay, "unit"), by(stay, "taken"), shown(stay, "from"), by(stay, "given"), shown(stay, "offered_at"),
                    shown(stay, "until"), hours_of(shown(stay, "working_minutes")),
                    shown(stay, "due") + " (" + shown(stay, "judged_by") + ")", shown(stay, "judgement"), shown(stay, "note")});
  print(runtime::align(rows));
  return done;
}

int show_steps(const json::value& answer) {
  print("now: " + shown(answer, "status") + "\n");
  std::vector<std::vector<std::string>> rows{{"NEXT", "WITH", "REASON", "BLOCKED BY"}};
  for (const auto& step : rows_of(answer, "next")) {
    std::string companions;
    for (const auto& one : rows_of(step, "companions"))
      companions +=
          (companions.empty() ? "" : ", ") + shown(one, "field") + (shown(one, "proposed") == "-" ? "" : "=" + shown(one, "proposed"));
    std::string blocks;
    for (const auto& id : step.at("blocked_by").get_array()) blocks += (blocks.empty() ? "" : ", ") + shown(id);
    rows.push_back({shown(step, "status"), companions, shown(step, "needs_reason") == "true" ? "needed" : "", blocks});
  }
  print(runtime::align(rows));
  return done;
}

}  // namespace

int hand_over(const Caller& caller, const HandOverOptions& options) {
  const auto body = with({{"to", options.to}, {"note", options.note}, {"expires", options.expires}});
  return ask(caller, "POST", dossier_target(options.code) + "/hand-overs", body, [&](const json::value& answer) {
    tell(caller, "Offered. It stays with this unit until " + options.to + " has checked the papers and accepted.\nTake it back with: " +
                     caller.program + " dossier recall " + options.code + " --offer " + shown(answer, "hand_over"));
    return done;
  });
}

int accept(const Caller& caller, const HandOverOptions& options) {
  return ask(caller, "POST", offer_target(options, "accept"), with({{"note", options.note}}), [&](const json::value&) {
    tell(caller, "Accepted: the dossier lies with this unit now.");
    return done;
  });
}

int decline(const Caller& caller, const HandOverOptions& options) {
  return ask(caller, "POST", offer_target(options, "decline"), with({{"reason", options.reason}}), [&](const json::value&) {
    tell(caller, "Declined: the dossier stays where it was. Send the papers back.");
    return done;
  });
}

int recall(const Caller& caller, const HandOverOptions& options) {
  return ask(caller, "POST", offer_target(options, "recall"), with({{"reason", options.reason}}), [&](const json::value&) {
    tell(caller, "Recalled. If the other unit accepted before it heard of this, the dossier is theirs.");
    return done;
  });
}

int hand_over_list(const Caller& caller, const HandOverListOptions& options) {
  const auto target = "/v1/hand-overs?limit=500&direction=" + options.direction + (options.late ? "&late=true" : "");
  return show_lists(
      caller, target, {"DOSSIER", "FROM", "TO", "BY", "OFFERED", "LATE", "NOTE", "OFFER"},
      {{"hand_overs", [](const json::object& line) -> std::vector<std::string> {
          return {code_or_id(line, "dossier", "dossier_id"),   shown(line, "from"), shown(line, "to"), shown(line, "by"), shown(line, "at"),
                  shown(line, "late") == "true" ? "late" : "", shown(line, "note"), shown(line, "id")};
        }}});
}

int slip(const Caller& caller, const std::string& code) { return ask(caller, "GET", dossier_target(code) + "/slip", {}, show_slip); }

int dossier_status(const Caller& caller, const StatusOptions& options) {
  const auto target = dossier_target(options.code) + "/status";
  if (options.status.empty()) return ask(caller, "GET", target, {}, show_steps);
  const auto fields = fields_of(options.sets);
  if (fields.has_error()) return wrong_usage(caller, fields.error());
  auto body = with({{"status", options.status}, {"why", options.why}, {"seen", options.seen}});
  if (!fields->empty()) body["set"] = *fields;
  return ask(caller, "POST", target, body, [&](const json::value& saved) {
    tell(caller, "Saved: the dossier is " + shown(saved, "status") + " now.");
    return done;
  });
}

int duplicates(const Caller& caller) {
  return show_lists(caller, "/v1/duplicates?limit=500", {"DOSSIER", "UNIT", "OTHER", "UNIT", "OWNER", "PROCEDURE"},
                    {{"duplicates", [](const json::object& pair) -> std::vector<std::string> {
                        const auto& one = pair.at("one").get_object();
                        const auto& other = pair.at("other").get_object();
                        return {code_or_id(one, "code", "id"), shown(one, "unit"),  code_or_id(other, "code", "id"),
                                shown(other, "unit"),          shown(one, "owner"), shown(one, "procedure")};
                      }}});
}

int waiting(const Caller& caller) {
  const auto position = [](const json::value& at) {
    return at.is_object() ? shown(at, "device").substr(0, 8) + "/" + shown(at, "incarnation").substr(0, 8) + "/" + shown(at, "number")
                          : std::string();
  };
  return ask(caller, "GET", "/v1/waiting?limit=100", {}, [&](const json::value& page) {
    std::vector<std::vector<std::string>> rows{{"DOSSIER", "UNIT", "CHANGE", "OF", "WHY", "MISSING", ""}};
    for (const auto& dossier : rows_of(page, "dossiers"))
      for (const auto& one : rows_of(json::value(dossier), "changes"))
        rows.push_back({code_or_id(dossier, "code", "id"), shown(dossier, "unit"), position(one.at("change")), shown(one, "unit"),
                        shown(one, "why"), position(one.at("missing")), shown(one, "cause", "en") + ". " + shown(one, "action", "en")});
    print(runtime::align(rows));
    if (shown(page, "next") != "-") tell(caller, "More dossiers wait than are shown: --json, and the cursor `next`.");
    return done;
  });
}

int shared_codes(const Caller& caller) {
  return ask(caller, "GET", "/v1/codes/shared", {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"CODE", "DOSSIER", "UNIT", "OWNER", ""}};
    for (const auto& shared : runtime::rows_of(answer, "shared"))
      for (const auto& one : runtime::rows_of(json::value(shared), "dossiers"))
        rows.push_back({shown(shared, "code"), shown(one, "id"), shown(one, "unit"), shown(one, "owner"),
                        one.contains("void")           ? "void"
                        : shown(one, "here") == "true" ? ""
                                                       : "not here"});
    runtime::print(runtime::align(rows));
    return done;
  });
}

int link(const Caller& caller, const LinkOptions& options) {
  const json::object body{{"other", options.other}, {"same", !options.different}, {"why", options.why}};
  return ask(caller, "POST", dossier_target(options.code) + "/links", body, [&](const json::value&) {
    tell(caller, options.different ? "Noted in both: they are two matters."
                                   : "Noted in both: they are one matter. Each keeps its code and its receipt.");
    return done;
  });
}

void show_custody(const json::value& dossier) {
  if (const auto* erased = dossier.get_object().if_contains("erased"))
    print("ERASED (đã xóa theo lệnh) at " + shown(*erased, "at") + " by order of " + shown(*erased, "by") + ", " +
          shown(*erased, "by_unit") + ": " + shown(*erased, "reason") + "\n");
  const auto* custody = dossier.get_object().if_contains("custody");
  if (custody == nullptr) return;
  print("held by " + shown(*custody, "unit") + " since " + shown(*custody, "since") + "\n");
  for (const auto& offer : rows_of(*custody, "pending"))
    print("  offered to " + shown(offer, "to") + " by " + shown(offer, "by") + " at " + shown(offer, "at") + ": " + shown(offer, "note") +
          "  (" + shown(offer, "id") + ")\n");
}

void show_waiting(const json::value& dossier) {
  for (const auto& [list, what] : {std::pair{"proposals", "PROPOSED, not accepted: "}, std::pair{"not_applied", "NOT APPLIED: "}})
    for (const auto& one : rows_of(dossier, list))
      print(std::string(what) + shown(one, "field") + " = " + shown(one, "value") + "  by " + shown(one, "by") + ", " + shown(one, "unit") +
            ", at " + shown(one, "at") + "  (" + shown(one, "refusal") + "; " + shown(one, "item") + ")\n");
}

}  // namespace ward::cli
