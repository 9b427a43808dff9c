#include "centre/cli/client.hpp"

#include "runtime/data_dir.hpp"
#include "runtime/http.hpp"

#include <cstdio>

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::Trouble;

constexpr std::chrono::seconds call_max{120};  ///< `verify` of a large city takes its time

std::string text_of_value(const json::value* value) {
  if (value == nullptr || value->is_null()) return "-";
  if (value->is_string()) return value->get_string().empty() ? "-" : std::string(value->get_string());
  return json::serialize(*value);
}

Trouble unreachable(const Common& common, const Error& error) {
  if (!runtime::file_exists(common.data))
    return {"not_found", ExitCode::failed, 404, common.data + " does not exist.", "", "Name the centre's data directory with --data.", {}};
  if (error.fault != Fault::not_found) return runtime::trouble_of(error);
  return {"daemon_down",
          ExitCode::not_reachable,
          503,
          "The centre's daemon for " + common.data + " is not running.",
          "Nothing was changed.",
          "Start it: wardsync-centre run --data " + common.data,
          {}};
}

}  // namespace

std::variant<json::object, Trouble> call(const Common& common, const std::string& method, const std::string& target,
                                         const json::object& body) {
  const runtime::Call request{method, target, body.empty() ? std::string() : json::serialize(body), {}};
  const auto reply = runtime::call_unix(common.data + "/api.sock", request, call_max);
  if (reply.has_error()) return unreachable(common, reply.error());
  if (reply->status >= 400) return runtime::trouble_of_json(reply->body, reply->status);
  json::error_code error;
  auto value = json::parse(reply->body, error);
  if (error || !value.is_object()) return runtime::trouble_of(fail(Fault::malformed, "the daemon's answer"));
  return std::move(value.get_object());
}

std::string shown(const json::object& from, std::string_view name) { return text_of_value(from.if_contains(name)); }

std::string shown(const json::object& from, std::string_view name, std::string_view inner) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_object() ? shown(found->get_object(), inner) : "-";
}

std::vector<json::object> rows_of(const json::object& from, std::string_view name) {
  std::vector<json::object> out;
  const auto* found = from.if_contains(name);
  if (found == nullptr || !found->is_array()) return out;
  for (const auto& row : found->get_array())
    if (row.is_object()) out.push_back(row.get_object());
  return out;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_json(const json::value& value) { print(json::serialize(value) + "\n"); }

}  // namespace ward::centre
