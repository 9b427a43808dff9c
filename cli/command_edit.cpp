#include "cli/desk.hpp"
#include "runtime/command_line.hpp"

#include <boost/json/serialize.hpp>

/// New dossiers, and changes of their fields.
namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::shown;

}  // namespace

void say_filled(const json::value& saved) {
  const auto* filled = saved.is_object() ? saved.get_object().if_contains("filled") : nullptr;
  if (filled == nullptr || !filled->is_object()) return;
  for (const auto* part : {"set", "append"})
    for (const auto& [field, value] : filled->at(part).as_object())
      runtime::say("Filled in: " + std::string(field) + " = " + (value.is_object() ? json::serialize(value) : shown(value)));
  if (shown(*filled, "certain") == "false")
    runtime::say("The days off until that appointment are not decided yet (wardsync calendar show); it stays as it is when they are.");
}

void say_saved(const Caller& caller, const json::value& saved) {
  if (caller.common.quiet) return;
  say_filled(saved);
  if (shown(saved, "clock_believed") == "false")
    runtime::say(
        "This PC's clock is not believed; set it. The change is safe, but loses against one that was made at the same time elsewhere.");
  if (shown(saved, "proposed") == "true")
    runtime::say(
        "What was changed is a proposal, until it is accepted: by the unit that holds the dossier, or by whoever decides that place.");
}

int dossier_new(const Caller& caller, const EditOptions& options) {
  const auto fields = fields_of(options.sets);
  if (fields.has_error()) return wrong_usage(caller, fields.error());
  if (fields->empty()) return wrong_usage(caller, fail(Fault::invalid, "a dossier comes from --set"));
  return ask(caller, "POST", "/v1/dossiers", *fields, [&](const json::value& saved) {
    runtime::print(shown(saved, "id") + "\n");
    tell(caller,
         shown(saved, "code") == "-" ? "Saved. It has no code; name it by its id."
                                     : "Saved as " + shown(saved, "code") +
                                           (shown(saved, "provisional") == "true" ? ", a provisional code; the official one comes beside it." : "."));
    say_saved(caller, saved);
    return done;
  });
}

int dossier_edit(const Caller& caller, const EditOptions& options) {
  if (options.sets.empty() && options.note.empty())
    return wrong_usage(caller, fail(Fault::invalid, "nothing to change: use --set or --note"));
  const auto fields = fields_of(options.sets);
  if (fields.has_error()) return wrong_usage(caller, fields.error());
  json::object body;
  if (!fields->empty()) body["set"] = *fields;
  if (!options.note.empty()) body["append"] = json::object{{"notes", options.note}};
  if (!options.seen.empty()) body["seen"] = options.seen;
  if (!options.why.empty()) body["why"] = options.why;
  return ask(caller, "POST", dossier_target(options.code) + "/changes", body, [&](const json::value& saved) {
    tell(caller, "Saved.");
    say_saved(caller, saved);
    return done;
  });
}

}  // namespace ward::cli
