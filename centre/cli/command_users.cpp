#include "centre/cli/client.hpp"
#include "cli/secret.hpp"
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
  for (const auto* name : {"name", "unit", "display", "role", "enabled", "key", "reason", "activated"})
    rows.push_back({name, shown(user, name)});
  for (const auto* name : {"activation", "activation_expires"})
    if (user.as_object().contains(name)) rows.push_back({name, shown(user, name)});
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

/// Takes the code out of the answer, into its file. It is told once.
Result<void> keep_activation(const UserOptions& options, json::object& user) {
  if (options.activation_file.empty() || options.activation_file == "-") return {};
  auto& code = user["activation"].as_string();
  code += "\n";
  const auto kept = runtime::write_private_file(options.activation_file, view(std::string_view(code)), false);
  user.erase("activation");
  if (kept.has_error()) return fail(kept.error().fault, kept.error().detail + "; the code is lost: make another with `user reset`");
  return {};
}

int call_with_key(const Common& common, const UserOptions& options, const std::string& target, json::object said) {
  const bool to_file = options.activation_file != "-";
  if (const auto free = cli::can_be_made(to_file ? options.activation_file : std::string()); free.has_error())
    return runtime::report(program, runtime::trouble_of(free.error()));
  if (!options.activation_file.empty()) said["activate"] = true;
  const auto body = with_key(options, std::move(said));
  if (body.has_error()) return runtime::report(program, runtime::trouble_of(body.error()));
  auto answer = call(common, "POST", target, *body);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  auto& user = std::get<json::value>(answer);
  if (const auto kept = keep_activation(options, user.as_object()); kept.has_error())
    return runtime::report(program, runtime::trouble_of(kept.error()));
  if (common.json)
    runtime::print_json(user);
  else
    show_user(user);
  return static_cast<int>(runtime::ExitCode::done);
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
