#include "centre/cli/client.hpp"
#include "centre/files.hpp"
#include "cli/deadline.hpp"
#include "cli/desk.hpp"
#include "cli/history.hpp"
#include "cli/verification.hpp"
#include "desk/verification.hpp"
#include "runtime/account.hpp"
#include "runtime/http.hpp"

#include <cstdio>

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::align;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

void show_lines(const std::vector<json::object>& lines) {
  std::vector<std::vector<std::string>> rows{{"CODE", "STATUS", "UNIT", "OWNER", "DUE", "DEADLINE", "LEFT", "STATE", "CONFLICTS"}};
  for (const auto& line : lines)
    rows.push_back({shown(line, "code"), shown(line, "status"), shown(line, "unit"), shown(line, "owner"), shown(line, "due"),
                    shown(line, "deadline", "class"), shown(line, "deadline", "days_left"), shown(line, "state"),
                    shown(line, "conflicts")});
  print(align(rows));
}

void show_fields(const json::value& fields) {
  if (!fields.is_object()) return;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : fields.get_object()) rows.push_back({"  " + std::string(name), shown(value)});
  print(align(rows));
}

const json::value& member(const json::value& from, std::string_view name) {
  static const json::value nothing;
  const auto* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  return found == nullptr ? nothing : *found;
}

void show_dossier(const json::value& dossier) {
  print(shown(dossier, "code") + "  " + shown(dossier, "id") + "  " + shown(dossier, "state") + "\n");
  print(cli::deadline_words(dossier) + "\n");
  cli::show_custody(dossier);
  cli::show_linked(dossier);
  cli::show_waiting(dossier);
  show_fields(member(dossier, "fields"));
  for (const auto* name : {"parts", "payments", "notes"}) {
    for (const auto& element : rows_of(dossier, name)) {
      print(std::string(name) + "\n");
      show_fields(element);
    }
  }
  for (const auto& conflict : rows_of(dossier, "conflicts")) {
    print("conflict over " + shown(conflict, "field") + "\n");
    for (const auto& value : rows_of(conflict, "values"))
      print("  " + shown(value, "value") + "  by " + shown(value, "by") + " at " + shown(value, "at") + "\n");
  }
}

Result<json::object> verify_without_daemon(const Common& common, const std::string& passphrase_file) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " verify"));
  WARD_TRY(auto store, open_store(directory, cli::passphrase_of(common, passphrase_file), storage::OpenMode::read_only));
  WARD_TRY(const auto found, storage::verify_store(store.store()));
  return desk::json_of(found);
}

}  // namespace

int dossier_list(const Common& common, const ListOptions& options) {
  std::string target =
      "/v1/dossiers?limit=500&query=" + runtime::encode_segment(options.search) + "&status=" + runtime::encode_segment(options.status);
  if (!options.due.empty()) target += "&due=" + options.due;
  if (!options.unit.empty()) target += "&unit=" + runtime::encode_segment(options.unit);
  if (!options.custody.empty()) target += "&custody=" + options.custody;
  if (options.conflict) target += "&conflict=true";
  std::vector<json::object> lines;
  std::string cursor;
  do {
    const auto answer = call(common, "GET", target + "&cursor=" + runtime::encode_segment(cursor));
    if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
    const auto& page = std::get<json::value>(answer);
    for (auto& line : rows_of(page, "dossiers")) lines.push_back(std::move(line));
    const auto next = shown(page, "next");
    cursor = next == "-" ? std::string() : next;
  } while (!cursor.empty());
  if (common.json) {
    runtime::print_json(json::object{{"dossiers", json::array(lines.begin(), lines.end())}});
  } else {
    show_lines(lines);
  }
  return static_cast<int>(ExitCode::done);
}

int dossier_show(const Common& common, const std::string& code) {
  return call_and_show(common, "GET", "/v1/dossiers/" + runtime::encode_segment(code), {}, show_dossier);
}

int dossier_history(const Common& common, const std::string& code) {
  return call_and_show(common, "GET", "/v1/dossiers/" + runtime::encode_segment(code) + "/history", {}, cli::show_history);
}

int dossier_why(const Common& common, const std::string& code, const std::string& field) {
  const auto target = "/v1/dossiers/" + runtime::encode_segment(code) + "/why?field=" + runtime::encode_segment(field);
  return call_and_show(common, "GET", target, {}, cli::show_why);
}

int verify(const Common& common, const std::string& passphrase_file) {
  const auto answer = call(common, "POST", "/v1/verification");
  const auto* trouble = std::get_if<runtime::Trouble>(&answer);
  if (trouble == nullptr) return cli::show_verification(common, std::get<json::value>(answer));
  if (trouble->exit != ExitCode::not_reachable) return runtime::report(program, *trouble);
  const auto found = verify_without_daemon(common, passphrase_file);
  return found.has_error() ? runtime::report(program, trouble_of_data(found.error())) : cli::show_verification(common, *found);
}

}  // namespace ward::centre
