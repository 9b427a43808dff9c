#include "agent/cli/commands.hpp"
#include "protocol/code/code.hpp"
#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::shown;

std::string serials_of(const json::object& block) {
  return shown(json::value(block), "first") + " to " + shown(json::value(block), "last");
}

int show_codes(const json::value& codes) {
  const bool official = shown(codes, "official") == "true";
  std::vector<std::vector<std::string>> rows{
      {"unit's identification", shown(codes, "identification")},
      {"today", shown(codes, "today") + ": " + shown(codes, "given_today") + " given, " + shown(codes, "left_today") + " left"},
      {"enough until", shown(codes, "until")},
      {"provisional codes", shown(codes, "provisional") + " dossiers wait for an official one"}};
  for (const auto& block : runtime::rows_of(codes, "blocks"))
    rows.push_back(
        {"block", serials_of(block) + " on each day from " + shown(json::value(block), "from") + " to " + shown(json::value(block), "to")});
  if (!official) {
    rows.push_back({"NEW CODES", "provisional: " + shown(codes, "cause", "en")});
    rows.push_back({"to do", shown(codes, "action", "en")});
  }
  if (shown(codes, "shared") != "0")
    rows.push_back({"SHARED", shown(codes, "shared") + " codes stand for several dossiers: wardsync dossier shared-codes"});
  runtime::print(runtime::align(rows));
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace

int codes(const Common& common) { return ask(common, "GET", "/v1/codes", {}, show_codes); }

int dossier_another_code(const Common& common, const WriteOptions& options) {
  const auto body = json::serialize(json::object{{"why", options.why}});
  return ask(common, "POST", "/v1/dossiers/" + runtime::encode_segment(options.code) + "/codes", body, [&](const json::value& saved) {
    runtime::print(shown(saved, "code") + "\n");
    if (!common.quiet) runtime::say("Saved. The codes that it had stay good.");
    return static_cast<int>(runtime::ExitCode::done);
  });
}

std::string code_aloud(const std::string& code) { return code::parse_provisional(code) ? code::grouped(code) : code; }

}  // namespace ward::agent
