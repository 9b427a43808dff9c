#include "runtime/json_input.hpp"

#include "protocol/base/wipe.hpp"

#include <boost/json/memory_resource.hpp>
#include <boost/json/parser.hpp>

#include <array>
#include <charconv>

namespace ward::runtime {
namespace {

namespace json = boost::json;

Error must_be(std::string_view name, const std::string& kind) {
  return fail(Fault::invalid, "`" + std::string(name) + "` must be " + kind);
}

/// What a person sends may hold a passphrase: nothing of it stays in memory that is given back.
class Wiping final : public json::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t) override { return ::operator new(bytes); }
  void do_deallocate(void* at, std::size_t bytes, std::size_t) override {
    wipe(at, bytes);
    ::operator delete(at);
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

json::storage_ptr wiping() {
  static Wiping all;
  return &all;
}

json::value parse(std::string_view text, json::error_code& error) {
  std::array<unsigned char, 4096> room{};
  const Wiped wiped(room);
  json::parser parser(wiping(), {}, room.data(), room.size());
  parser.reset(wiping());
  parser.write(text, error);
  return error ? json::value() : parser.release();
}

/// What a string of it may hold.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t more = byte < 0x80 ? 0 : (byte & 0xE0U) == 0xC0 ? 1 : (byte & 0xF0U) == 0xE0 ? 2 : (byte & 0xF8U) == 0xF0 ? 3 : 4;
    if (more == 4 || text.size() - at <= more) return false;
    for (std::size_t i = 1; i <= more; ++i)
      if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80) return false;
    at += more + 1;
  }
  return true;
}

}  // namespace

Result<json::object> parse_object(std::string_view text) {
  if (text.empty()) return json::object();
  json::error_code error;
  auto value = parse(text, error);
  if (error && !is_utf8(text)) return fail(Fault::invalid, "this is not UTF-8: save the file so, or set the terminal to it");
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
