#include "agent/cli/commands.hpp"
#include "agent/line_file.hpp"
#include "protocol/deadline/moment.hpp"
#include "runtime/clock.hpp"
#include "cli/desk.hpp"
#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::shown;
using runtime::Trouble;

constexpr std::size_t dossier_bytes_max = 1024 * 1024;

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

}  // namespace

int dossier_new(const Common& common, const WriteOptions& options) {
  if (options.sets.empty() == options.json_file.empty())
    return wrong_usage(fail(Fault::invalid, "a dossier comes from --set, or from --json"));
  std::string body;
  if (options.json_file.empty()) {
    const auto fields = cli::fields_of(options.sets);
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
      cli::say_filled(saved);
      say_clock(saved);
    }
    return static_cast<int>(ExitCode::done);
  });
}

int dossier_edit(const Common& common, const WriteOptions& options) {
  return cli::dossier_edit({program, common}, {options.code, options.sets, options.seen, options.why, options.note});
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

}  // namespace ward::agent
