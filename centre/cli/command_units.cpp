#include "centre/cli/client.hpp"
#include "cli/confirm.hpp"
#include "runtime/http.hpp"

#include <algorithm>
#include <cstdio>

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::align;
using runtime::ExitCode;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

std::string unit_path(const std::string& code, const char* what) { return "/v1/units/" + runtime::encode_segment(code) + what; }

void show_unit(const json::value& unit) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* name : {"code", "name_vi", "name_en", "kind", "parent", "identification_code", "heir"})
    rows.push_back({name, shown(unit, name)});
  print(align(rows));
}

json::object wanted(const UnitOptions& options) {
  return {{"code", options.code}, {"name_vi", options.name_vi}, {"name_en", options.name_en.empty() ? options.name_vi : options.name_en},
          {"kind", options.kind}, {"parent", options.parent},   {"identification_code", options.identification}};
}

}  // namespace

int unit_list(const Common& common) {
  return call_and_show(common, "GET", "/v1/units", {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"CODE", "KIND", "PARENT", "MERGED INTO", "NAME"}};
    for (const auto& unit : rows_of(answer, "units"))
      rows.push_back({shown(unit, "code"), shown(unit, "kind"), shown(unit, "parent"), shown(unit, "heir"), shown(unit, "name_vi")});
    print(align(rows));
  });
}

int unit_add(const Common& common, const UnitOptions& options) {
  return call_and_show(common, "POST", "/v1/units", wanted(options), show_unit);
}

int unit_merge(const Common& common, const UnitOptions& options, bool yes) {
  const auto question =
      "From now on " + options.into + " has everything that " + options.code + " had, and this cannot be taken back. Go on?";
  if (const auto trouble = cli::not_agreed(common, yes, question)) return runtime::report(program, *trouble);
  return call_and_show(common, "POST", unit_path(options.code, "/succession"), {{"heir", options.into}, {"reason", options.reason}},
                       show_unit);
}

int unit_split(const Common& common, const UnitOptions& options) {
  const auto answer = call(common, "GET", "/v1/units");
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto units = rows_of(std::get<json::value>(answer), "units");
  const auto whole = std::find_if(units.begin(), units.end(), [&](const auto& unit) { return shown(unit, "code") == options.parent; });
  if (whole == units.end())
    return runtime::report(program, runtime::trouble_of(fail(Fault::not_found, "there is no unit " + options.parent)));
  auto part = options;
  const auto text = [&](const char* name) {
    const auto value = shown(*whole, name);
    return value == "-" ? std::string() : value;
  };
  part.kind = text("kind");
  part.parent = text("parent");
  const auto exit = call_and_show(common, "POST", "/v1/units", wanted(part), show_unit);
  if (exit == static_cast<int>(ExitCode::done) && !common.quiet)
    std::fprintf(stderr, "%s stands. Let its PCs in with tickets, and have %s offer it the dossiers that are its own from now on.\n",
                 part.code.c_str(), options.parent.c_str());
  return exit;
}

int unit_renew(const Common& common, const std::string& code) {
  return call_and_show(common, "POST", unit_path(code, "/seed"), {}, show_unit);
}

}  // namespace ward::centre
