#include "centre/cli/client.hpp"
#include "cli/caller.hpp"
#include "cli/confirm.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/http.hpp"

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::align;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

constexpr int done = static_cast<int>(ExitCode::done);

std::string texts(const json::value& from, const char* name) {
  std::string out;
  for (const auto& one : from.at(name).as_array()) out += (out.empty() ? "" : ", ") + shown(one);
  return out.empty() ? "-" : out;
}

std::string who(const json::value& order) {
  return shown(order, "by") + " (" + shown(order, "by_unit") + ")" +
         (shown(order, "signed") == "true" ? ", signed with their own key" : "");
}

int show_order(const json::value& order) {
  print(align({{"order", shown(order, "number")},
               {"dossier", texts(order, "codes")},
               {"id", shown(order, "id")},
               {"ordered", shown(order, "at")},
               {"by", who(order)},
               {"reason", shown(order, "reason")},
               {"this centre", shown(order, "done_here") == "true" ? "done" : "done, but for its write-ahead log, which somebody reads"},
               {"still open", shown(order, "open") + " devices"}}));
  std::vector<std::vector<std::string>> rows{{"UNIT", "PC", "DEVICE", "STATE", "DONE", "LAST CONTACT", "HAD IT"}};
  for (const auto& device : rows_of(order, "devices"))
    rows.push_back({shown(device, "unit"), shown(device, "label"), shown(device, "device").substr(0, 8), shown(device, "state"),
                    shown(device, "done_at"), shown(device, "last_contact_at"), shown(device, "read") == "true" ? "yes" : "no"});
  print(align(rows));
  return done;
}

std::string erasure_question(const json::value& preview) {
  return "Dossier " + texts(preview, "codes") + " of " + shown(preview, "owner") + " (" + shown(preview, "procedure") + "), status " +
         shown(preview, "status") + ", with " + shown(preview, "unit") + ":\n  " + shown(preview, "records") +
         " records, its keys, and all that was made of them are destroyed here now, and on " + shown(preview, "devices") +
         " PCs as soon as each calls; " + texts(preview, "units") +
         " have read it.\nCodes, status and custody stay. Nothing brings the rest back, no backup either. Go on?";
}

}  // namespace

int erase_order(const Common& common, const EraseOptions& options) {
  const cli::Caller caller{program, common};
  if (!options.yes) {
    int exit = done;
    const auto preview = cli::answer_of(caller, "GET", cli::dossier_target(options.code) + "/erasure", {}, exit);
    if (!preview) return exit;
    const bool erased = shown(*preview, "erased") == "true";
    if (const auto trouble = cli::not_agreed(common, erased, erasure_question(*preview))) return runtime::report(program, *trouble);
  }
  return cli::ask(caller, "POST", "/v1/erasures", {{"dossier", options.code}, {"reason", options.reason}}, [&](const json::value& order) {
    return erase_show(common, shown(order, "number"));  // by now the write-ahead log is cut, too
  });
}

int erase_confirm(const Common& common) {
  const cli::Caller caller{program, common};
  return cli::ask(caller, "POST", "/v1/erasures/confirmation", json::object{}, [&](const json::value& answer) {
    cli::tell(caller, "Confirmed: up to " + shown(answer, "more") + " more within a day.");
    return done;
  });
}

int erase_list(const Common& common) {
  return call_and_show(common, "GET", "/v1/erasures", {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"ORDER", "DOSSIER", "ORDERED", "BY", "OPEN", "REASON"}};
    for (const auto& order : rows_of(answer, "erasures"))
      rows.push_back({shown(order, "number"), texts(order, "codes"), shown(order, "at"), shown(order, "by"), shown(order, "open"),
                      shown(order, "reason")});
    print(align(rows));
  });
}

int erase_show(const Common& common, const std::string& number) {
  return call_and_show(common, "GET", "/v1/erasures/" + runtime::encode_segment(number), {}, show_order);
}

int erase_due(const Common& common, const std::string& on) {
  return call_and_show(common, "GET", "/v1/retention?on=" + runtime::encode_segment(on), {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{
        {"DOSSIER", "PROCEDURE", "STATUS", "UNIT", "FINISHED", "DUE SINCE", "YEARS", "CERTAINTY", "SOURCE"}};
    for (const auto& one : rows_of(answer, "due"))
      rows.push_back({cli::code_or_id(one, "code", "id"), shown(one, "procedure"), shown(one, "status"), shown(one, "unit"),
                      shown(one, "finished"), shown(one, "due_since"), shown(one, "years"), shown(one, "certainty"), shown(one, "source")});
    print(align(rows));
  });
}

int citizen_export(const Common& common, const CitizenOptions& options) {
  const cli::Caller caller{program, common};
  constexpr std::size_t identity_file_bytes_max = 4096;
  const auto text = runtime::read_file(options.identity_file, identity_file_bytes_max);
  if (text.has_error()) return runtime::report(program, runtime::trouble_of(text.error()));
  const auto identity = text->substr(0, std::min(text->find_first_of("\r\n"), text->size()));
  int exit = done;
  const auto answer = cli::answer_of(caller, "POST", "/v1/citizen-exports", {{"identity", identity}}, exit);
  if (!answer) return exit;
  const auto wrote = runtime::write_private_file(options.out_file, view(json::serialize(*answer) + "\n"), false);
  if (wrote.has_error()) return runtime::report(program, runtime::trouble_of(wrote.error()));
  const auto dossiers = rows_of(*answer, "dossiers").size();
  if (common.json) runtime::print_json(json::object{{"file", options.out_file}, {"dossiers", dossiers}});
  cli::tell(caller, options.out_file + " has all that is held about this person: " + std::to_string(dossiers) + " dossiers.");
  return done;
}

}  // namespace ward::centre
