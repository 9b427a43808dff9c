#include "cli/report.hpp"

#include "runtime/command_line.hpp"
#include "runtime/http.hpp"
#include "runtime/report_json.hpp"

#include <algorithm>
#include <cctype>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::shown;

/// 987 permille as 98.7 %.
std::string percent(const std::string& permille) {
  if (permille == "-") return permille;
  const auto padded = permille.size() < 2 ? "0" + permille : permille;
  return padded.substr(0, padded.size() - 1) + "." + padded.back() + " %";
}

std::vector<std::string> row_of(const json::object& unit, const std::string& name) {
  std::vector<std::string> out{name};
  for (const auto& member : unit) {
    const std::string_view key = member.key();
    if (key == "unit" || key == "name_vi" || key == "name_en") continue;
    out.push_back(key.ends_with("_permille") ? percent(shown(member.value())) : shown(member.value()));
  }
  return out;
}

std::vector<std::string> head_of(const json::object& total) {
  std::vector<std::string> out{"UNIT"};
  for (const auto& member : total) {
    std::string key(member.key());
    if (key == "unit" || key == "name_vi" || key == "name_en") continue;
    if (key.ends_with("_permille")) key.resize(key.size() - std::string_view("_permille").size());
    std::replace(key.begin(), key.end(), '_', ' ');
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    out.push_back(key);
  }
  return out;
}

}  // namespace

int report(const Common& common, const char* program, const char* name, const ReportOptions& options) {
  constexpr std::chrono::minutes longest{2};
  const auto part = [](const char* key, const std::string& value) { return key + runtime::encode_segment(value); };
  const auto target =
      "/v1/reports/" + std::string(name) + part("?from=", options.from) + part("&to=", options.to) + part("&unit=", options.unit);
  const auto answer = runtime::call_daemon({program, common.data}, "GET", target, {}, longest);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& report = std::get<json::value>(answer);
  if (common.json) {
    runtime::print_json(report);
  } else if (options.csv) {
    runtime::print(runtime::report_csv(report));
  } else {
    const auto& total = report.at("total").as_object();
    std::vector<std::vector<std::string>> rows{head_of(total)};
    for (const auto& unit : runtime::rows_of(report, "units")) rows.push_back(row_of(unit, shown(unit, "unit")));
    rows.push_back(row_of(total, "TOTAL"));
    runtime::print(runtime::align(rows));
    if (!common.quiet) runtime::say("Accepted from " + shown(report, "from") + " to " + shown(report, "to") + ".");
  }
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace ward::cli
