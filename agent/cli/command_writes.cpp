#include "agent/cli/commands.hpp"
#include "agent/line_file.hpp"
#include "protocol/deadline/moment.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::shown;
using runtime::Trouble;

constexpr std::size_t dossier_bytes_max = 1024 * 1024;

/// {FIELD: VALUE}; the daemon knows what each field takes.
Result<json::object> fields_of(const std::vector<std::string>& sets) {
  json::object out;
  for (const auto& set : sets) {
    const auto equals = set.find('=');
    if (equals == std::string::npos || equals == 0) return fail(Fault::invalid, "what follows --set is FIELD=VALUE");
    if (out.contains(set.substr(0, equals))) return fail(Fault::invalid, "--set names " + set.substr(0, equals) + " twice");
    out[set.substr(0, equals)] = set.substr(equals + 1);
  }
  return out;
}

Result<std::string> whole_file(const std::string& path) {
  WARD_TRY(auto file, LineFile::open(path));
  WARD_TRY(auto all, file.next(100'000, dossier_bytes_max));
  if (all.text.size() >= dossier_bytes_max) return fail(Fault::too_large, path + " has more than 1 MiB");
  return std::move(all.text);
}

int wrong_usage(const Error& error) {
  auto trouble = runtime::trouble_of(error);
  trouble.exit = ExitCode::wrong_usage;
  return runtime::report(program, trouble);
}

void say_clock(const json::value& saved) {
  if (shown(saved, "clock_believed") == "false")
    runtime::say(
        "This PC's clock is not believed; set it. The change is safe, but loses against one that was made at the same time elsewhere.");
}

/// What was filled in, so that it can be changed.
void say_filled(const json::value& saved) {
  const auto* filled = saved.is_object() ? saved.get_object().if_contains("filled") : nullptr;
  if (filled == nullptr || !filled->is_object()) return;
  for (const auto* part : {"set", "append"})
    for (const auto& [field, value] : filled->at(part).as_object())
      runtime::say("Filled in: " + std::string(field) + " = " + (value.is_object() ? json::serialize(value) : shown(value)));
  if (shown(*filled, "certain") == "false")
    runtime::say("The days off until that appointment are not decided yet (wardsync calendar show); it stays as it is when they are.");
}

}  // namespace

int dossier_new(const Common& common, const WriteOptions& options) {
  if (options.sets.empty() == options.json_file.empty())
    return wrong_usage(fail(Fault::invalid, "a dossier comes from --set, or from --json"));
  std::string body;
  if (options.json_file.empty()) {
    const auto fields = fields_of(options.sets);
    if (fields.has_error()) return wrong_usage(fields.error());
    body = json::serialize(*fields);
  } else {
    auto text = whole_file(options.json_file);
    if (text.has_error()) return runtime::report(program, runtime::trouble_of(text.error()));
    body = *std::move(text);
  }
  return ask(common, "POST", "/v1/dossiers", body, [&](const json::value& saved) {
    runtime::print(shown(saved, "id") + "\n");
    if (!common.quiet) {
      runtime::say(shown(saved, "provisional") == "true"
                       ? "Saved. Its code is provisional: " + code_aloud(shown(saved, "code")) +
                             ". The official one comes beside it by itself; both stay good. Why: wardsync codes"
                       : "Saved as " + shown(saved, "code") + ".");
      say_filled(saved);
      say_clock(saved);
    }
    return static_cast<int>(ExitCode::done);
  });
}

int dossier_edit(const Common& common, const WriteOptions& options) {
  if (options.sets.empty() && options.note.empty()) return wrong_usage(fail(Fault::invalid, "nothing to change: use --set or --note"));
  const auto fields = fields_of(options.sets);
  if (fields.has_error()) return wrong_usage(fields.error());
  json::object body;
  if (!fields->empty()) body["set"] = *fields;
  if (!options.note.empty()) body["append"] = json::object{{"notes", options.note}};
  if (!options.seen.empty()) body["seen"] = options.seen;
  if (!options.why.empty()) body["why"] = options.why;
  return ask(common, "POST", "/v1/dossiers/" + runtime::encode_segment(options.code) + "/changes", json::serialize(body),
             [&](const json::value& saved) {
               if (!common.quiet) {
                 runtime::say("Saved.");
                 say_filled(saved);
                 say_clock(saved);
               }
               return static_cast<int>(ExitCode::done);
             });
}

int dossier_void(const Common& common, const WriteOptions& options) {
  if (options.undo != options.why.empty()) return wrong_usage(fail(Fault::invalid, "say --why it is void, or --undo"));
  const json::object body{{"set", json::object{{"LyDoHuy", options.why}}}};
  return ask(common, "POST", "/v1/dossiers/" + runtime::encode_segment(options.code) + "/changes", json::serialize(body),
             [&](const json::value&) {
               if (!common.quiet)
                 runtime::say(options.undo ? "It counts again." : "It is marked as void and kept; lists show it with --void.");
               return static_cast<int>(ExitCode::done);
             });
}

int dossier_apologise(const Common& common, const WriteOptions& options) {
  const auto target = "/v1/dossiers/" + runtime::encode_segment(options.code);
  const auto answer = runtime::call_daemon({program, common.data}, "GET", target, {}, call_max);
  if (const auto* trouble = std::get_if<Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& dossier = std::get<json::value>(answer);
  const auto& collections = dossier.at("collections").as_object();
  const auto* slips = collections.if_contains("DanhSachXinLoi");
  const auto number = slips == nullptr ? 1 : slips->as_array().size() + 1;
  const auto before = shown(dossier, "deadline", "due");
  if (before == "-")
    return runtime::report(program, runtime::trouble_of(fail(Fault::invalid, "this dossier has no appointment that could be given anew")));
  if (options.due.empty())
    return runtime::report(program, runtime::trouble_of(fail(Fault::invalid, "`--due` must say the new appointment")));
  const json::object slip{{"XinLoiId", std::to_string(number)},
                          {"NgayXinLoi", deadline::stored(deadline::moment_of(runtime::read_clock().wall))},
                          {"LyDoXinLoi", options.why},
                          {"NgayHenTraTruoc", before},
                          {"NgayHenTraMoi", options.due}};
  const json::object body{{"append", json::object{{"DanhSachXinLoi", slip}}},
                          {"set", json::object{{"NgayHenTra", options.due}}},
                          {"seen", shown(dossier, "version")},
                          {"why", options.why}};
  return ask(common, "POST", target + "/changes", json::serialize(body), [&](const json::value&) {
    if (!common.quiet) runtime::say("Saved. The lists go by the new appointment; whether it is late is still judged by the first.");
    return static_cast<int>(ExitCode::done);
  });
}

int inbox_resolve(const Common& common, const ResolveOptions& options) {
  if (options.keep.empty() == options.set.empty())
    return wrong_usage(fail(Fault::invalid, "decide by --keep LETTER, or by --set FIELD=VALUE --why REASON"));
  json::object body;
  if (options.keep.empty()) {
    const auto fields = fields_of({options.set});
    if (fields.has_error()) return wrong_usage(fields.error());
    body["set"] = *fields;
  } else {
    body["keep"] = options.keep;
  }
  if (!options.why.empty()) body["why"] = options.why;
  return ask(
      common, "POST", "/v1/inbox/" + runtime::encode_segment(options.id) + "/resolutions", json::serialize(body),
      [&](const json::value& saved) {
        if (!common.quiet)
          runtime::say(
              "Decided and saved. What the others wrote stays in the history.\nFor 30 days it can be taken back: wardsync inbox undo " +
              shown(saved, "resolution"));
        return static_cast<int>(ExitCode::done);
      });
}

int inbox_undo(const Common& common, const std::string& id) {
  return ask(common, "DELETE", "/v1/inbox/-/resolutions/" + runtime::encode_segment(id), {}, [&](const json::value&) {
    if (!common.quiet) runtime::say("Taken back: what the decision replaced stands again.");
    return static_cast<int>(ExitCode::done);
  });
}

}  // namespace ward::agent
