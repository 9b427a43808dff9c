#include "runtime/json_input.hpp"

#include <boost/json/parse.hpp>

#include <charconv>

namespace ward::runtime {
namespace {

namespace json = boost::json;

Error must_be(std::string_view name, const std::string& kind) {
  return fail(Fault::invalid, "`" + std::string(name) + "` must be " + kind);
}

}  // namespace

Result<json::object> parse_object(std::string_view text) {
  if (text.empty()) return json::object();
  json::error_code error;
  auto value = json::parse(text, error);
  if (error) return fail(Fault::invalid, "this is not JSON: " + error.message());
  if (!value.is_object()) return fail(Fault::invalid, "this must be a JSON object: {…}");
  return std::move(value.get_object());
}

Result<std::string> text_member(const json::object& from, std::string_view name, std::string otherwise) {
  const auto* found = from.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_string()) return must_be(name, "a text");
  return std::string(found->get_string());
}

Result<std::int64_t> number_member(const json::object& from, std::string_view name, std::int64_t otherwise) {
  const auto* found = from.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_int64()) return must_be(name, "a whole number");
  return found->get_int64();
}

Result<bool> truth_member(const json::object& from, std::string_view name, bool otherwise) {
  const auto* found = from.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_bool()) return must_be(name, "true or false");
  return found->get_bool();
}

Result<std::uint64_t> number_of(std::string_view text, std::string_view name, std::uint64_t least, std::uint64_t most) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < least || out > most)
    return must_be(name, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  return out;
}

}  // namespace ward::runtime
