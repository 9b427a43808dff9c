#include "centre/cli/client.hpp"
#include "cli/caller.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/http.hpp"

#include <boost/json.hpp>

/// `quarantine …` and `fork …`: what waits for a person's word (docs/adr/0015).
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::align;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

constexpr std::size_t handed_in_file_bytes_max = 256 * 1024 * 1024;

std::string pc_of(const json::value& line) { return shown(line, "unit") + " " + shown(line, "label"); }

void print_changes(const json::value& of) {
  const auto say = [&](const char* name, const char* what) {
    if (const auto count = shown(of, name); count != "0") print(count + what);
  };
  say("grants", " records give keys of dossiers to units.\n");
  say("unread", " records cannot be read here.\n");
  say("more", " more changes are not shown.\n");
  for (const auto& change : rows_of(of, "changes")) {
    print("\n" + cli::code_or_id(change, "code", "id") + "\n");
    std::vector<std::vector<std::string>> rows;
    for (const auto& said : rows_of(change, "said"))
      rows.push_back(
          {"", shown(said, "at"), shown(said, "by"), shown(said, "kind"), shown(said, "field"), json::serialize(said.at("value"))});
    print(align(rows));
  }
}

/// What the admission would make of each dossier.
void print_outcomes(const json::value& of) {
  print("\nOnce it is admitted:\n");
  for (const auto& dossier : rows_of(of, "dossiers")) {
    std::string line = cli::code_or_id(dossier, "code", "id");
    if (shown(dossier, "new") == "true") line += ", new";
    for (const auto& [name, what] : {std::pair{"proposals", " proposals"}, std::pair{"not_applied", " acts not accepted"},
                                     std::pair{"conflicts", " to decide"}, std::pair{"waiting", " records that wait"}})
      if (const auto count = dossier.at(name).to_number<std::int64_t>(); count != 0)
        line += std::string(count > 0 ? ", +" : ", ") + std::to_string(count) + what;
    print(line + "\n");
    std::vector<std::vector<std::string>> rows;
    for (const auto& change : rows_of(dossier, "changes"))
      rows.push_back({"", shown(change, "field"), json::serialize(change.at("before")), "->", json::serialize(change.at("after"))});
    print(align(rows));
  }
  if (rows_of(of, "dossiers").empty()) print("no dossier changes.\n");
}

void print_handed_in(const json::value& line) {
  print(align({{"id", shown(line, "id")},
               {"written by", pc_of(line) + ", revoked (" + short_id(line, "device") + ")"},
               {"records", shown(line, "records") + ", number " + shown(line, "first") + " to before " + shown(line, "end")},
               {"brought", shown(line, "brought_at")},
               {"state", shown(line, "state")},
               {"reason", shown(line, "reason")}}));
  if (line.as_object().contains("obstacle") && !line.at("obstacle").is_null())
    print("It cannot be admitted as it is: " + shown(line, "obstacle") + "\n");
  if (line.as_object().contains("head") && !shown(line, "head").empty())
    print("To admit what ends before number " + shown(line, "end") + ", name its head: --head " + shown(line, "head") + "\n");
}

void print_side(const json::value& side) {
  print(align({{"side", shown(side, "id")},
               {"written by", pc_of(side) + " (" + short_id(side, "device") + ")"},
               {"records", shown(side, "records") + ", number " + shown(side, "first") + " to " + shown(side, "last")},
               {"came", shown(side, "came_at") + (shown(side, "came_first") == "true" ? ", first" : ", later")}}));
}

std::string target(const char* what, const std::string& id, const char* act = "") {
  return std::string("/v1/") + what + "/" + runtime::encode_segment(id) + act;
}

}  // namespace

int quarantine_import(const Common& common, const std::string& file) {
  const cli::Caller caller{program, common};
  const auto text = runtime::read_file(file, handed_in_file_bytes_max);
  if (text.has_error()) return runtime::report(program, runtime::trouble_of(text.error()));
  std::int64_t taken = 0, known = 0;
  std::string device;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    boost::system::error_code broken;
    const auto body = json::parse(line, broken);
    if (broken || !body.is_object())
      return runtime::report(program, runtime::trouble_of(fail(Fault::invalid, "the file is not what `wardsync sync hand-in` wrote")));
    int exit = 0;
    const auto answer = cli::answer_of(caller, "POST", "/v1/handed-in", body.get_object(), exit);
    if (!answer) return exit;
    taken += answer->at("taken").to_number<std::int64_t>();
    known += answer->at("known").to_number<std::int64_t>();
    device = shown(*answer, "device");
  }
  if (common.json) runtime::print_json(json::object{{"device", device}, {"taken", taken}, {"known", known}});
  cli::tell(caller, std::to_string(taken) + " records are kept aside until somebody admits them (`quarantine list`); " +
                        std::to_string(known) + " were here already.");
  return static_cast<int>(ExitCode::done);
}

int quarantine_list(const Common& common) {
  return call_and_show(common, "GET", "/v1/handed-in", {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"ID", "PC", "RECORDS", "BYTES", "BROUGHT", "STATE", "REASON"}};
    for (const auto& line : rows_of(answer, "handed_in"))
      rows.push_back({short_id(line, "id"), pc_of(line), shown(line, "records"), shown(line, "bytes"), shown(line, "brought_at"),
                      shown(line, "state"), shown(line, "reason")});
    print(align(rows));
  });
}

int quarantine_show(const Common& common, const AdmitOptions& options) {
  const std::string how = std::string("?in_full=") + (options.in_full ? "true" : "false") +
                          (options.until > 0 ? "&until=" + std::to_string(options.until) : std::string());
  return call_and_show(common, "GET", target("handed-in", options.id, how.c_str()), {}, [](const json::value& line) {
    print_handed_in(line);
    if (const auto& cut = line.at("revoked"); cut.is_object())
      print("The PC was revoked " + shown(cut, "at") + ": " + shown(cut, "reason") + "\n");
    print_changes(line);
    print_outcomes(line);
  });
}

int quarantine_admit(const Common& common, const AdmitOptions& options) {
  json::object body{{"reason", options.reason}, {"in_full", options.in_full}, {"head", options.head}};
  if (options.until > 0) body["until"] = options.until;
  return call_and_show(common, "POST", target("handed-in", options.id, "/admission"), body, print_handed_in);
}

int quarantine_reject(const Common& common, const AdmitOptions& options) {
  return call_and_show(common, "POST", target("handed-in", options.id, "/rejection"), {{"reason", options.reason}}, print_handed_in);
}

int limits_show(const Common& common) {
  return call_and_show(common, "GET", "/v1/limits", {}, [](const json::value& limits) {
    std::vector<std::vector<std::string>> rows{{"UNIT", "BYTES A DAY", "LEASE"}};
    const auto add = [&](const json::value& one, const std::string& unit) {
      const auto days = shown(one, "lease_days");
      rows.push_back({unit, shown(one, "day_bytes"), days == "0" ? "none" : days + " days"});
    };
    add(limits, "all others");
    for (const auto& one : rows_of(limits, "units")) add(one, shown(one, "unit"));
    print(align(rows));
  });
}

int limits_set(const Common& common, const LimitOptions& options) {
  constexpr std::uint64_t mib = 1024 * 1024;
  json::object body{{"unit", options.unit}};
  if (options.day_mib) body["day_bytes"] = *options.day_mib * mib;
  if (options.lease_days) body["lease_days"] = *options.lease_days;
  return call_and_show(common, "PUT", "/v1/limits", body, [&](const json::value& set) {
    print("From now on: " + shown(set, "day_bytes") + " bytes a day of each PC; " +
          (shown(set, "lease_days") == "0" ? "no lease" : "a lease of " + shown(set, "lease_days") + " days") + ".\n");
  });
}

int fork_list(const Common& common) {
  return call_and_show(common, "GET", "/v1/forks", {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"SIDE", "PC", "INCARNATION", "NUMBERS", "CAME", ""}};
    for (const auto& side : rows_of(answer, "forks"))
      rows.push_back({short_id(side, "id"), pc_of(side), short_id(side, "incarnation"), shown(side, "first") + "-" + shown(side, "last"),
                      shown(side, "came_at"), shown(side, "came_first") == "true" ? "first" : "later"});
    print(align(rows));
  });
}

int fork_show(const Common& common, const std::string& id) {
  return call_and_show(common, "GET", target("forks", id), {}, [](const json::value& side) {
    print_side(side);
    print_changes(side);
    print("\nOnce it is admitted, these never count:\n");
    print_changes(side.at("set_aside"));
    if (const auto waiting = shown(side, "waiting"); waiting != "0")
      print("\n" + waiting + " records of the same dossiers wait until then.\n");
    print_outcomes(side);
    print("\nTo admit exactly this, name its head: --head " + shown(side, "head") + "\n");
  });
}

int fork_admit(const Common& common, const AdmitOptions& options) {
  const json::object body{{"reason", options.reason}, {"head", options.head}};
  return call_and_show(common, "POST", target("forks", options.id, "/admission"), body, print_side);
}

}  // namespace ward::centre
