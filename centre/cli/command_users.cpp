#include "centre/cli/client.hpp"
#include "protocol/keys/official.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/http.hpp"

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::shown;

constexpr std::size_t key_file_bytes_max = 4096;

void show_user(const json::value& user) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* name : {"name", "unit", "display", "role", "enabled", "key", "reason"}) rows.push_back({name, shown(user, name)});
  runtime::print(runtime::align(rows));
}

std::string user_path(const std::string& name, const char* what) { return "/v1/users/" + runtime::encode_segment(name) + what; }

/// The key that the file names is added to what is said.
Result<json::object> with_key(const UserOptions& options, json::object body) {
  if (options.key_file.empty()) return body;
  WARD_TRY(const auto text, runtime::read_file(options.key_file, key_file_bytes_max));
  WARD_TRY(const auto key, keys::decode_official_public(text));
  body["key"] = hex(key.view());
  return body;
}

int call_with_key(const Common& common, const UserOptions& options, const std::string& target, json::object said) {
  const auto body = with_key(options, std::move(said));
  if (body.has_error()) return runtime::report(program, runtime::trouble_of(body.error()));
  return call_and_show(common, "POST", target, *body, show_user);
}

/// What was said; of the rest the daemon keeps what it has.
json::object said(std::initializer_list<std::pair<const char*, const std::string&>> members) {
  json::object out;
  for (const auto& [name, value] : members)
    if (!value.empty()) out[name] = value;
  return out;
}

}  // namespace

int user_add(const Common& common, const UserOptions& options) {
  return call_with_key(common, options, "/v1/users",
                       said({{"name", options.name}, {"unit", options.unit}, {"role", options.role}, {"display", options.display}}));
}

int user_disable(const Common& common, const UserOptions& options) {
  return call_and_show(common, "POST", user_path(options.name, "/disabling"), said({{"unit", options.unit}, {"reason", options.reason}}),
                       show_user);
}

int user_reset(const Common& common, const UserOptions& options) {
  return call_with_key(common, options, user_path(options.name, "/reset"),
                       said({{"unit", options.unit}, {"role", options.role}, {"display", options.display}, {"reason", options.reason}}));
}

}  // namespace ward::centre
