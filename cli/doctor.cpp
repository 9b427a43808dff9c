#include "cli/doctor.hpp"

#include "runtime/command_line.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;

const char* name_of(Gravity gravity) {
  switch (gravity) {
    case Gravity::notice: return "notice";
    case Gravity::problem: return "problem";
    case Gravity::damage: return "damage";
  }
  return "problem";
}

}  // namespace

void Examination::well(std::string check, std::string detail) { lines_.push_back({std::move(check), nullptr, false, std::move(detail)}); }

void Examination::skipped(std::string check, std::string why) { lines_.push_back({std::move(check), nullptr, true, std::move(why)}); }

void Examination::found(std::string check, Finding finding, std::string detail) {
  lines_.push_back({std::move(check), &entry_of(finding), false, std::move(detail)});
}

bool Examination::has(Finding finding) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) { return line.entry == &entry_of(finding); });
}

int Examination::exit_code() const {
  auto worst = ExitCode::done;
  for (const auto& line : lines_) {
    if (line.entry == nullptr || line.entry->gravity == Gravity::notice) continue;
    if (line.entry->gravity == Gravity::damage) return static_cast<int>(ExitCode::damage_found);
    worst = ExitCode::failed;
  }
  return static_cast<int>(worst);
}

json::object Examination::json() const {
  json::array checks;
  for (const auto& line : lines_) {
    json::object check{{"check", line.check}, {"state", line.skipped ? "skipped" : "well"}, {"detail", line.detail}};
    if (line.entry != nullptr) {
      check["state"] = name_of(line.entry->gravity);
      check["code"] = line.entry->code;
      check["what"] = line.entry->what;
      check["cause"] = line.entry->cause;
      check["remedy"] = line.entry->remedy;
    }
    checks.push_back(std::move(check));
  }
  return {{"ok", exit_code() == 0}, {"checks", std::move(checks)}};
}

std::string Examination::text() const {
  std::vector<std::vector<std::string>> rows;
  std::string advice;
  for (const auto& line : lines_) {
    if (line.entry == nullptr) {
      rows.push_back({line.skipped ? "-" : "ok", line.check, line.detail});
      continue;
    }
    const auto& entry = *line.entry;
    rows.push_back({entry.gravity == Gravity::notice ? "note" : "NOT OK", line.check, std::string(entry.code) + ": " + line.detail});
    advice += std::string("\n") + entry.code + "  " + entry.what + "\n  Cause: " + entry.cause + "\n  To do: " + entry.remedy + "\n";
  }
  return runtime::align(rows) + advice;
}

int show(const Common& common, const Examination& examination) {
  if (common.json)
    runtime::print_json(examination.json());
  else
    runtime::print(examination.text());
  return examination.exit_code();
}

}  // namespace ward::cli
