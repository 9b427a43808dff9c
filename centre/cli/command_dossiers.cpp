#include "centre/cli/client.hpp"
#include "centre/files.hpp"
#include "centre/cli/table.hpp"
#include "runtime/http.hpp"

#include <cstdio>

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::ExitCode;

void show_lines(const std::vector<json::object>& lines) {
  std::vector<std::vector<std::string>> rows{{"CODE", "STATUS", "UNIT", "OWNER", "DUE", "STATE", "CONFLICTS"}};
  for (const auto& line : lines)
    rows.push_back({shown(line, "code"), shown(line, "status"), shown(line, "unit"), shown(line, "owner"), shown(line, "due"),
                    shown(line, "state"), shown(line, "conflicts")});
  print(align(rows));
}

void show_fields(const json::object& fields) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : fields) rows.push_back({"  " + std::string(name), shown(fields, name)});
  print(align(rows));
}

void show_dossier(const json::object& dossier) {
  print(shown(dossier, "code") + "  " + shown(dossier, "id") + "  " + shown(dossier, "state") + "\n");
  if (const auto* fields = dossier.if_contains("fields"); fields != nullptr && fields->is_object()) show_fields(fields->get_object());
  for (const auto* name : {"parts", "payments", "notes"})
    for (const auto& element : rows_of(dossier, name)) print(std::string(name) + "\n"), show_fields(element);
  for (const auto& conflict : rows_of(dossier, "conflicts")) {
    print("conflict over " + shown(conflict, "field") + "\n");
    for (const auto& value : rows_of(conflict, "values"))
      print("  " + shown(value, "value") + "  by " + shown(value, "by") + " at " + shown(value, "at") + "\n");
  }
}

void show_history(const json::object& answer) {
  std::vector<std::vector<std::string>> rows{{"AT", "BY", "UNIT", "FIELD", "VALUE", "STANDING"}};
  for (const auto& entry : rows_of(answer, "history"))
    rows.push_back({shown(entry, "at"), shown(entry, "by"), shown(entry, "unit"), shown(entry, "field"), shown(entry, "value"),
                    shown(entry, "standing")});
  print(align(rows));
}

int show_verification(const Common& common, const json::object& found) {
  const auto* damage = found.if_contains("damage");
  const bool sound = damage == nullptr || !damage->is_array() || damage->get_array().empty();
  if (common.json) {
    print_json(found);
  } else {
    print(shown(found, "records") + " records in " + shown(found, "segments") + " segments, " + shown(found, "dossiers") +
          " dossiers: " + (sound ? "all seals, ids, roots and signatures verify\n" : "DAMAGED\n"));
    if (!sound)
      for (const auto& line : damage->get_array()) print("  " + std::string(line.is_string() ? line.get_string() : "") + "\n");
  }
  return static_cast<int>(sound ? ExitCode::done : ExitCode::damage_found);
}

Result<json::object> verify_without_daemon(const Common& common) {
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " verify"));
  WARD_TRY(auto store, open_store(directory, storage::OpenMode::read_only));
  WARD_TRY(const auto found, storage::verify_store(store.store()));
  return json::object{{"records", found.records},
                      {"segments", found.segments},
                      {"dossiers", found.dossiers},
                      {"damage", json::array(found.damage.begin(), found.damage.end())}};
}

}  // namespace

int dossier_list(const Common& common, const ListOptions& options) {
  std::string target =
      "/v1/dossiers?limit=500&query=" + runtime::encode_segment(options.search) + "&status=" + runtime::encode_segment(options.status);
  if (options.conflict) target += "&conflict=true";
  std::vector<json::object> lines;
  std::string cursor;
  do {
    auto answer = call(common, "GET", target + "&cursor=" + runtime::encode_segment(cursor));
    if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
    const auto& page = std::get<json::object>(answer);
    for (auto& line : rows_of(page, "dossiers")) lines.push_back(std::move(line));
    const auto next = shown(page, "next");
    cursor = next == "-" ? std::string() : next;
  } while (!cursor.empty());
  if (common.json) {
    print_json(json::object{{"dossiers", json::array(lines.begin(), lines.end())}});
  } else {
    show_lines(lines);
  }
  return static_cast<int>(ExitCode::done);
}

int dossier_show(const Common& common, const std::string& code) {
  return call_and_show(common, "GET", "/v1/dossiers/" + runtime::encode_segment(code), {}, show_dossier);
}

int dossier_history(const Common& common, const std::string& code) {
  return call_and_show(common, "GET", "/v1/dossiers/" + runtime::encode_segment(code) + "/history", {}, show_history);
}

int verify(const Common& common) {
  auto answer = call(common, "POST", "/v1/verification");
  const auto* trouble = std::get_if<runtime::Trouble>(&answer);
  if (trouble == nullptr) return show_verification(common, std::get<json::object>(answer));
  if (trouble->exit != ExitCode::not_reachable) return runtime::report(program, *trouble);
  const auto found = verify_without_daemon(common);
  return found.has_error() ? runtime::report(program, runtime::trouble_of(found.error())) : show_verification(common, *found);
}

}  // namespace ward::centre
