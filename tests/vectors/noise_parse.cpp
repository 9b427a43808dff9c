#include "tests/vectors/noise_vectors.hpp"
#include "tests/vectors/vector_file.hpp"

#include "protocol/crypto/keys.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace ward::vectors {
namespace {

/// `key=value` lines of one vector, each with its line number.
struct Line {
  std::string_view value;
  std::size_t number = 0;
};
using Block = std::map<std::string_view, Line>;

[[noreturn]] void refuse_line(const std::string& path, std::size_t line, const std::string& why) {
  throw BadFile(path + ":" + std::to_string(line) + ": " + why);
}

Bytes hex_of(const Line& line, const std::string& path) {
  auto bytes = from_hex(line.value);
  if (!bytes) refuse_line(path, line.number, "not hexadecimal digits");
  return *std::move(bytes);
}

Bytes take(const Block& block, std::string_view key, const std::string& path) {
  const auto found = block.find(key);
  return found == block.end() ? Bytes{} : hex_of(found->second, path);
}

NoiseVector vector_of(const Block& block, const std::string& path) {
  const auto name = block.find("handshake");
  if (name == block.end()) refuse_line(path, block.begin()->second.number, "a vector without handshake=");
  NoiseVector out;
  out.protocol = std::string(name->second.value);
  out.id = path + ":" + std::to_string(name->second.number) + " " + out.protocol;
  if (!is_spoken(out)) return out;
  out.initiator.prologue = out.responder.prologue = take(block, "prologue", path);
  out.initiator.static_secret = take(block, "init_static", path);
  out.responder.static_secret = take(block, "resp_static", path);
  out.initiator.ephemeral = take(block, "gen_init_ephemeral", path);
  out.responder.ephemeral = take(block, "gen_resp_ephemeral", path);
  if (block.contains("preshared_key")) out.initiator.psks = out.responder.psks = {take(block, "preshared_key", path)};
  for (std::size_t i = 0;; ++i) {
    const auto prefix = "msg_" + std::to_string(i);
    const auto ciphertext = block.find(prefix + "_ciphertext");
    if (ciphertext == block.end()) return out;
    out.messages.push_back({take(block, prefix + "_payload", path), hex_of(ciphertext->second, path)});
  }
}

std::vector<NoiseVector> parse_text(std::string_view text, const std::string& path) {
  std::vector<NoiseVector> out;
  Block block;
  std::size_t number = 0;
  const auto end_block = [&] {
    if (!block.empty()) out.push_back(vector_of(block, path));
    block.clear();
  };
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      end_block();
      continue;
    }
    if (line.starts_with('#')) continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) refuse_line(path, number, "neither key=value nor blank");
    if (!block.emplace(line.substr(0, equals), Line{line.substr(equals + 1), number}).second)
      refuse_line(path, number, "the same key twice in one vector");
  }
  end_block();
  return out;
}

Bytes optional_hex(const Node& node, const std::string& key) { return node.has(key) ? node.at(key).hex() : Bytes{}; }

NoiseVector::Side side_of(const Node& node, const std::string& role) {
  NoiseVector::Side out;
  out.prologue = optional_hex(node, role + "_prologue");
  out.static_secret = optional_hex(node, role + "_static");
  out.ephemeral = optional_hex(node, role + "_ephemeral");
  if (node.has(role + "_remote_static")) out.remote_static = node.at(role + "_remote_static").hex();
  if (node.has(role + "_psk")) out.psks.push_back(node.at(role + "_psk").hex());
  if (node.has(role + "_psks"))
    for (const auto& psk : node.at(role + "_psks").list()) out.psks.push_back(psk.hex());
  return out;
}

NoiseVector vector_of(const Node& node) {
  NoiseVector out;
  out.protocol = node.at(node.has("protocol_name") ? "protocol_name" : "name").text();
  out.id = node.place() + " " + out.protocol;
  // Fallback and failure vectors reuse the plain names for another course of messages.
  for (const auto* special : {"fallback", "fail"})
    if (node.has(special) && node.at(special).flag()) out.protocol += std::string("+") + special;
  if (!is_spoken(out)) return out;
  out.initiator = side_of(node, "init");
  out.responder = side_of(node, "resp");
  for (const auto& message : node.at("messages").list())
    out.messages.push_back({message.at("payload").hex(), message.at("ciphertext").hex()});
  if (node.has("handshake_hash")) out.hash = node.at("handshake_hash").hex();
  return out;
}

}  // namespace

std::vector<NoiseVector> parse_noise_vectors(std::string_view text, const std::string& path) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) return parse_text(text, path);
  const Document document(text, path);
  std::vector<NoiseVector> out;
  for (const auto& node : vectors_of(document, {"vectors"})) out.push_back(vector_of(node));
  return out;
}

}  // namespace ward::vectors
