#include "cli/desk.hpp"
#include "runtime/command_line.hpp"
#include "runtime/http.hpp"

/// Linked dossiers: what was lodged once fans out to the authorities that work on it.
namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

std::string text_in(const json::value& from, const char* name) {
  const auto* member = from.get_object().if_contains(name);
  return member == nullptr || !member->is_string() ? std::string() : std::string(member->get_string());
}

/// Who has a part, or who shall.
std::string unit_of(const json::value& part) {
  const auto holder = text_in(part, "unit"), to = text_in(part, "to");
  if (holder.empty() || holder == to) return to.empty() ? "?" : to;
  return to.empty() ? holder : holder + " → " + to;
}

std::string remark_of(const json::value& part) {
  if (const auto* declined = part.get_object().if_contains("declined"); declined != nullptr && declined->is_object())
    return "declined by " + text_in(*declined, "unit") + ": " + text_in(*declined, "why");
  if (text_in(part, "stage") == "waits") return "waits for " + text_in(part, "after");
  std::string out;
  for (const auto& id : rows_of(part, "chosen_from")) out += (out.empty() ? "one of " : ", ") + shown(id);
  return out;
}

void show_parts(const json::value& linked) {
  const auto count = [&](const char* name) { return shown(linked, name); };
  print("the citizen is told: status " + count("status") + ", due " + count("due") + "  (" + count("ended") + " of " + count("count") +
        " parts ended, " + count("refused") + " refused, " + count("declined") + " declined, " + count("late") + " late)\n");
  std::vector<std::vector<std::string>> rows{{"  PART", "CODE", "UNIT", "STAGE", "STATUS", "SINCE", "DUE", "JUDGEMENT", ""}};
  for (const auto& part : rows_of(linked, "parts")) {
    const auto& deadline = part.at("deadline");
    const auto code = text_in(part, "code");
    rows.push_back({"  " + text_in(part, "part") + "  " + text_in(part, "name"), code.empty() ? text_in(part, "id") : code, unit_of(part),
                    text_in(part, "stage"), text_in(part, "status"), text_in(part, "since"), text_in(part, "due"),
                    deadline.is_object() ? text_in(deadline, "judgement") : std::string(), remark_of(part)});
  }
  print(runtime::align(rows));
}

}  // namespace

void show_linked(const json::value& dossier) {
  const auto& members = dossier.get_object();
  if (const auto* whole = members.if_contains("part_of"); whole != nullptr && whole->is_object())
    print("a part (" + shown(*whole, "part") + ") of " + shown(*whole, "code") + "; the desk that lodged it is " + shown(*whole, "desk") +
          "\n");
  if (const auto* linked = members.if_contains("linked"); linked != nullptr && linked->is_object()) show_parts(*linked);
}

int fan_out(const Caller& caller, const FanOutOptions& options) {
  const auto target = dossier_target(options.code) + "/parts";
  if (options.preview)
    return ask(caller, "GET", target, {}, [](const json::value& answer) {
      show_linked(answer);
      for (const auto& one : rows_of(answer, "missing"))
        print("to do: " + std::string(one.at("create") == true ? "make " : "") + (one.at("offer") == true ? "offer " : "") +
              shown(one, "part") + " (" + shown(one, "to") + ")\n");
      return done;
    });
  const auto to = fields_of(options.to);
  if (to.has_error()) return wrong_usage(caller, to.error());
  json::object body{{"to", *to}};
  if (!options.note.empty()) body["note"] = options.note;
  if (!options.why.empty()) body["why"] = options.why;
  return ask(caller, "POST", target, body, [&](const json::value& answer) {
    for (const auto& part : rows_of(answer, "created"))
      print(shown(part, "part") + "  " + (shown(part, "code") == "-" ? shown(part, "id") : shown(part, "code")) + "  " + shown(part, "to") +
            "\n");
    const auto made = rows_of(answer, "created").size(), offered = rows_of(answer, "offered").size();
    if (made + offered == 0)
      tell(caller, "Nothing is missing: every part has its dossier, and was offered where its turn has come.");
    else
      tell(caller, "Saved: " + std::to_string(made) + " parts made, " + std::to_string(offered) + " offered.");
    return done;
  });
}

}  // namespace ward::cli
