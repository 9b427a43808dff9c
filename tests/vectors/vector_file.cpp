#include "tests/vectors/vector_file.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <fstream>

namespace ward::vectors {
namespace {

[[noreturn]] void refuse_at(const std::string& path, std::string_view text, std::size_t offset, const std::string& why) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto column = before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
  throw BadFile(path + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + why);
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw BadFile(path + ": cannot be opened");
  std::string out(file_bytes_max + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (in.bad() || in.gcount() == 0) throw BadFile(path + ": cannot be read, or is empty");
  out.resize(static_cast<std::size_t>(in.gcount()));
  if (out.size() > file_bytes_max) throw BadFile(path + ": larger than 64 MiB");
  return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
  auto out = unhex(text);
  if (out.size() * 2 != text.size()) return std::nullopt;
  return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Bytes out;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size() - padding; ++i) {
    const int digit = base64_digit(text[i]);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    if (i % 4 != 0) out.push_back(static_cast<std::uint8_t>(bits >> (6 - 2 * (i % 4))));
  }
  return out;
}

bool Node::has(std::string_view key) const {
  const auto* object = value_->if_object();
  if (object == nullptr) refuse("not an object");
  const auto* found = object->if_contains(key);
  return found != nullptr && !found->is_null();
}

Node Node::at(std::string_view key) const {
  if (!has(key)) refuse("has no \"" + std::string(key) + "\"");
  return {value_->as_object().at(key), place_ + " ." + std::string(key)};
}

std::vector<Node> Node::list() const {
  if (value_->is_null()) return {};
  const auto* array = value_->if_array();
  if (array == nullptr) refuse("not a list");
  std::vector<Node> out;
  for (std::size_t i = 0; i < array->size(); ++i) out.emplace_back((*array)[i], place_ + "[" + std::to_string(i) + "]");
  return out;
}

std::string Node::text() const {
  const auto* text = value_->if_string();
  if (text == nullptr) refuse("not a text");
  return std::string(*text);
}

bool Node::flag() const {
  const auto* flag = value_->if_bool();
  if (flag == nullptr) refuse("neither true nor false");
  return *flag;
}

std::uint64_t Node::number() const {
  if (const auto* number = value_->if_uint64()) return *number;
  if (const auto* number = value_->if_int64(); number != nullptr && *number >= 0) return static_cast<std::uint64_t>(*number);
  refuse("not a number from 0 to 2^64-1");
}

Bytes Node::hex() const {
  auto bytes = from_hex(text());
  if (!bytes) refuse("not hexadecimal digits");
  return *std::move(bytes);
}

Bytes Node::base64() const {
  auto bytes = from_base64(text());
  if (!bytes) refuse("not base64");
  return *std::move(bytes);
}

void Node::refuse(std::string_view why) const { throw BadFile(place_ + ": " + std::string(why)); }

Document::Document(std::string_view text, std::string path) : path_(std::move(path)) {
  boost::json::stream_parser parser;
  boost::system::error_code error;
  const auto used = parser.write_some(text.data(), text.size(), error);
  if (!error && text.find_first_not_of(" \t\r\n", used) != std::string_view::npos) refuse_at(path_, text, used, "something after the JSON");
  if (!error) parser.finish(error);
  if (error) refuse_at(path_, text, used, "not JSON: " + error.message());
  value_ = parser.release();
}

std::vector<Node> vectors_of(const Document& document, std::initializer_list<std::string_view> keys) {
  const auto root = document.root();
  if (root.is_list()) return root.list();
  if (!root.is_object()) root.refuse("neither an object nor a list of vectors");
  for (const auto key : keys)
    if (root.has(key)) return root.at(key).list();
  return {root};
}

}  // namespace ward::vectors
