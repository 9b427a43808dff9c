#include "tests/vectors/merkle_vectors.hpp"
#include "tests/vectors/vector_file.hpp"

#include "protocol/log/tree.hpp"

namespace ward::vectors {
namespace {

/// Nothing when it is not 32 bytes: such a vector must not verify.
std::optional<Hash> hash_of(const Node& node) {
  const auto bytes = node.base64();
  if (bytes.size() != Hash::size) return std::nullopt;
  return fixed_from<Hash>(bytes);
}

std::optional<Hash> hash_at(const Node& vector, std::string_view key) {
  if (!vector.has(key)) return std::nullopt;
  return hash_of(vector.at(key));
}

std::optional<std::vector<Hash>> proof_of(const Node& vector) {
  std::vector<Hash> out;
  if (!vector.has("proof")) return out;
  for (const auto& node : vector.at("proof").list()) {
    const auto hash = hash_of(node);
    if (!hash) return std::nullopt;
    out.push_back(*hash);
  }
  return out;
}

bool includes(const Node& vector) {
  const auto index = vector.at(vector.has("leafIdx") ? "leafIdx" : "leafIndex").number();
  const auto size = vector.at("treeSize").number();
  const auto root = hash_at(vector, "root");
  const auto leaf = hash_at(vector, "leafHash");
  const auto proof = proof_of(vector);
  return root && leaf && proof && log::verify_inclusion(*leaf, index, size, *proof, *root).has_value();
}

bool is_consistent(const Node& vector) {
  const auto old_size = vector.at("size1").number();
  const auto size = vector.at("size2").number();
  const auto old_root = hash_at(vector, "root1");
  const auto root = hash_at(vector, "root2");
  const auto proof = proof_of(vector);
  return old_root && root && proof && log::verify_consistency(old_size, *old_root, size, *root, *proof).has_value();
}

/// Some vectors have "don't care" for a root, and expect that it is never looked at. A root of ours is always 32 bytes.
bool has_hashes(const Node& vector) {
  for (const auto* key : {"root", "leafHash", "root1", "root2"})
    if (vector.has(key) && !hash_at(vector, key)) return false;
  return true;
}

}  // namespace

Tally run_merkle_file(const std::string& path, std::ostream& out) {
  const Document document(read_file(path), path);
  Tally tally;
  for (const auto& vector : vectors_of(document, {"vectors"})) {
    const bool expected = !vector.at("wantErr").flag();
    const auto id = vector.place() + (vector.has("desc") ? " " + vector.at("desc").text() : "");
    if (expected && !has_hashes(vector)) {
      ++tally.not_applicable;
      out << "not applicable: " << id << ": a root or leaf that is not 32 bytes\n";
      continue;
    }
    const bool verifies = vector.has("treeSize") ? includes(vector) : is_consistent(vector);
    ++(verifies == expected ? tally.passed : tally.failed);
    if (verifies != expected) out << "failed: " << id << (verifies ? ": wrongly accepted\n" : ": wrongly rejected\n");
  }
  return tally;
}

}  // namespace ward::vectors
