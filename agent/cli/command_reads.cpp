#include "agent/cli/commands.hpp"
#include "cli/audit.hpp"
#include "cli/calendar.hpp"
#include "cli/deadline.hpp"
#include "cli/desk.hpp"
#include "cli/history.hpp"
#include "cli/progress.hpp"
#include "cli/secret.hpp"
#include "protocol/schema/schema.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/file_facts.hpp"
#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;
using runtime::Trouble;

std::string label_of(std::string_view parent, std::string_view name) {
  const auto* field = schema::find(parent, name);
  return field == nullptr ? std::string() : field->vi;
}

void show_fields(std::string_view parent, const json::object& fields) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : fields)
    if (value != json::value("")) rows.push_back({"  " + std::string(name), label_of(parent, name), shown(value)});
  print(runtime::align(rows));
}

void show_conflict(const json::value& conflict) {
  print("CONFLICT " + shown(conflict, "id") + " over " + shown(conflict, "field") + "\n");
  char letter = 'A';
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : rows_of(conflict, "values"))
    rows.push_back({std::string("  ") + letter++, shown(value, "value"), "by " + shown(value, "by"), "at " + shown(value, "at"),
                    shown(value, "device")});
  print(runtime::align(rows));
}

int show_dossier(const json::value& dossier) {
  print(shown(dossier, "code") + "  " + shown(dossier, "id") + "  " + shown(dossier, "state") + "\n");
  print(cli::deadline_words(dossier) + "\n");
  if (shown(dossier, "records") == "at_centre") print("its history is at the centre, and is fetched when it is needed\n");
  cli::show_custody(dossier);
  cli::show_linked(dossier);
  cli::show_waiting(dossier);
  if (const auto* fields = dossier.get_object().if_contains("fields"); fields != nullptr && fields->is_object())
    show_fields("", fields->get_object());
  for (const auto& [member, collection] : {std::pair{"parts", "TaiLieuNop"}, std::pair{"payments", "BienLai"}, std::pair{"notes", "notes"}})
    for (const auto& element : rows_of(dossier, member)) {
      print(std::string(member) + "\n");
      show_fields(collection, element);
    }
  for (const auto& conflict : rows_of(dossier, "conflicts")) show_conflict(conflict);
  print("version " + shown(dossier, "version") + "\n");
  return static_cast<int>(ExitCode::done);
}

std::string dossier_target(const std::string& code) { return "/v1/dossiers/" + runtime::encode_segment(code); }

using WithLine = std::function<std::optional<Trouble>(const json::object&)>;

/// All pages of the list at `target`, line by line; the first trouble ends it, as does `with` by giving one.
std::optional<Trouble> each_line(const Common& common, const std::string& target, const char* list, const WithLine& with) {
  std::string cursor;
  do {
    auto answer = runtime::call_daemon({program, common.data}, "GET", target + "&cursor=" + runtime::encode_segment(cursor), {}, call_max);
    if (auto* trouble = std::get_if<Trouble>(&answer)) return std::move(*trouble);
    const auto& page = std::get<json::value>(answer);
    for (const auto& line : rows_of(page, list))
      if (auto trouble = with(line)) return trouble;
    cursor = shown(page, "next");
  } while (cursor != "-");
  return std::nullopt;
}

std::string list_target(const ListOptions& options) {
  std::string target =
      "/v1/dossiers?limit=500&query=" + runtime::encode_segment(options.search) + "&status=" + runtime::encode_segment(options.status);
  if (!options.due.empty()) target += "&due=" + options.due;
  if (!options.custody.empty()) target += "&custody=" + options.custody;
  if (options.conflict) target += "&conflict=true";
  if (options.voided) target += "&void=true";
  return target;
}

/// A whole list as a table, or as one JSON object of that name.
int show_lines(const Common& common, const std::string& target, const char* list, std::vector<std::string> head,
               const std::function<std::vector<std::string>(const json::object&)>& row) {
  json::array lines;
  std::vector<std::vector<std::string>> rows{std::move(head)};
  const auto trouble = each_line(common, target, list, [&](const json::object& line) -> std::optional<Trouble> {
    if (common.json)
      lines.push_back(line);
    else
      rows.push_back(row(line));
    return std::nullopt;
  });
  if (trouble) return runtime::report(program, *trouble);
  if (common.json)
    runtime::print_json(json::object{{list, std::move(lines)}});
  else
    print(runtime::align(rows));
  return static_cast<int>(ExitCode::done);
}

std::string code_or_id(const json::object& line, const char* code, const char* id) {
  return shown(line, code) == "-" ? shown(line, id) : shown(line, code);
}

}  // namespace

int dossier_list(const Common& common, const ListOptions& options) {
  return show_lines(common, list_target(options), "dossiers",
                    {"CODE", "STATUS", "UNIT", "OWNER", "DUE", "DEADLINE", "LEFT", "STATE", "CONFLICTS"},
                    [](const json::object& line) -> std::vector<std::string> {
                      return {code_or_id(line, "code", "id"),
                              shown(line, "status"),
                              shown(line, "unit"),
                              shown(line, "owner"),
                              shown(line, "due"),
                              shown(line, "deadline", "class"),
                              shown(line, "deadline", "days_left"),
                              shown(line, "state"),
                              shown(line, "conflicts")};
                    });
}

namespace {

/// A file for people: written beside, and given its name when it is whole. Without a name: stdout.
class Sheet {
 public:
  static Result<Sheet> open(const std::string& path) {
    Sheet out(path);
    if (path.empty()) return out;
    WARD_CHECK(cli::can_be_made(path));
    errno = 0;
    out.file_.open(runtime::path_of(out.beside_), std::ios::binary | std::ios::trunc);
    if (!out.file_) return runtime::file_error("creating " + out.beside_, errno);
    std::error_code refused;
    std::filesystem::permissions(runtime::path_of(out.beside_), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 refused);
    return out;
  }
  Sheet(Sheet&&) = default;
  Sheet& operator=(Sheet&&) = delete;
  ~Sheet() {
    if (file_.is_open()) runtime::remove_file(beside_);
  }

  Result<void> write(std::string_view line) {
    if (to() << line << '\n') return {};
    return runtime::file_error("writing the dossiers", errno);
  }
  Result<void> finish() {
    if (!to().flush()) return runtime::file_error("writing the dossiers", errno);
    if (path_.empty()) return {};
    WARD_CHECK(runtime::append_synced(beside_, {}));
    WARD_CHECK(runtime::rename_file(beside_, path_));
    file_.close();
    return {};
  }

 private:
  explicit Sheet(std::string path) : path_(std::move(path)), beside_(path_ + ".new") {}
  std::ostream& to() { return path_.empty() ? std::cout : file_; }
  std::string path_, beside_;
  std::ofstream file_;
};

}  // namespace

int dossier_export(const Common& common, const ListOptions& options) {
  const auto refuse = [](const Error& error) { return runtime::report(program, runtime::trouble_of(error)); };
  auto sheet = Sheet::open(options.out_file);
  if (sheet.has_error()) return refuse(sheet.error());
  if (const auto refused = cli::tell_audit({program, common.data}, "dossiers_exported")) return runtime::report(program, *refused);
  std::uint64_t count = 0;
  cli::Progress progress(common, 0, "dossiers");
  const auto trouble = each_line(common, list_target(options), "dossiers", [&](const json::object& line) -> std::optional<Trouble> {
    const auto target = dossier_target(shown(line, "id")) + "?form=national";
    auto answer = runtime::call_daemon({program, common.data}, "GET", target, {}, call_max);
    if (auto* failed = std::get_if<Trouble>(&answer)) return std::move(*failed);
    if (const auto wrote = sheet->write(json::serialize(std::get<json::value>(answer))); wrote.has_error())
      return runtime::trouble_of(wrote.error());
    progress.show(0, ++count);
    return std::nullopt;
  });
  progress.done();
  if (trouble) return runtime::report(program, *trouble);
  if (const auto done = sheet->finish(); done.has_error()) return refuse(done.error());
  if (common.json && !options.out_file.empty())
    runtime::print_json(json::object{{"file", options.out_file}, {"dossiers", count}});
  else if (!common.quiet)
    runtime::say(std::to_string(count) + " dossiers written.");
  return static_cast<int>(ExitCode::done);
}

int dossier_show(const Common& common, const std::string& code) { return ask(common, "GET", dossier_target(code), {}, show_dossier); }

int dossier_history(const Common& common, const std::string& code) {
  return ask(common, "GET", dossier_target(code) + "/history", {}, [](const json::value& answer) {
    cli::show_history(answer);
    return static_cast<int>(ExitCode::done);
  });
}

int dossier_why(const Common& common, const std::string& code, const std::string& field) {
  return ask(common, "GET", dossier_target(code) + "/why?field=" + runtime::encode_segment(field), {}, [](const json::value& answer) {
    cli::show_why(answer);
    return static_cast<int>(ExitCode::done);
  });
}

int calendar_show(const Common& common, int year, bool csv) {
  auto shape = common;
  shape.json = false;
  return ask(shape, "GET", "/v1/calendar", {}, [&](const json::value& calendar) {
    if (common.json)
      runtime::print_json(cli::calendar_of(calendar, year));
    else if (csv)
      print(cli::calendar_csv(calendar, year));
    else
      cli::show_calendar(calendar, year);
    return static_cast<int>(ExitCode::done);
  });
}

}  // namespace ward::agent
