#include "tests/vectors/signature_vectors.hpp"
#include "tests/vectors/vector_file.hpp"

#include "protocol/crypto/keys.hpp"

#include <sodium/crypto_sign_ed25519.h>

namespace ward::vectors {
namespace {

struct SignatureVector {
  std::string id;
  Bytes key, message, signature;
  std::optional<bool> valid;  ///< absent: the vector has no verdict of its own
  bool open_to_choice = false;
};

bool has_sizes(const SignatureVector& vector) { return vector.key.size() == SignKey::size && vector.signature.size() == Signature::size; }

bool accepts(const SignatureVector& vector) {
  return has_sizes(vector) &&
         crypto::verify(fixed_from<SignKey>(vector.key), "", vector.message, fixed_from<Signature>(vector.signature)).has_value();
}

bool libsodium_accepts(const SignatureVector& vector) {
  return has_sizes(vector) &&
         crypto_sign_ed25519_verify_detached(vector.signature.data(), vector.message.data(), vector.message.size(), vector.key.data()) == 0;
}

SignatureVector cctv(const Node& node) {
  SignatureVector out;
  out.id = node.place();
  if (node.has("number")) out.id += " number " + std::to_string(node.at("number").number());
  out.key = node.at("key").hex();
  out.signature = node.at("sig").hex();
  out.message = copy(view(node.at("msg").text()));
  return out;
}

SignatureVector wycheproof(const Node& node, const Bytes& key) {
  SignatureVector out;
  out.id = node.place() + " tcId " + std::to_string(node.at("tcId").number());
  out.key = key;
  out.message = node.at("msg").hex();
  out.signature = node.at("sig").hex();
  const auto result = node.at("result").text();
  if (result != "valid" && result != "invalid" && result != "acceptable") node.at("result").refuse("none of valid, invalid, acceptable");
  out.open_to_choice = result == "acceptable";
  out.valid = result == "valid";
  return out;
}

std::vector<SignatureVector> parse(const Document& document) {
  const auto root = document.root();
  std::vector<SignatureVector> out;
  if (root.is_object() && root.has("testGroups")) {
    for (const auto& group : root.at("testGroups").list()) {
      const auto key = group.at(group.has("publicKey") ? "publicKey" : "key").at("pk").hex();
      for (const auto& test : group.at("tests").list()) out.push_back(wycheproof(test, key));
    }
    return out;
  }
  for (const auto& node : vectors_of(document, {"vectors"})) out.push_back(cctv(node));
  return out;
}

}  // namespace

Tally run_signature_file(const std::string& path, std::ostream& out) {
  const Document document(read_file(path), path);
  Tally tally;
  std::size_t accepted = 0;
  std::size_t judged = 0;
  for (const auto& vector : parse(document)) {
    if (vector.open_to_choice) {
      ++tally.not_applicable;
      out << "not applicable: " << vector.id << ": acceptable either way\n";
      continue;
    }
    const bool ours = accepts(vector);
    const bool passes = ours == libsodium_accepts(vector) && ours == vector.valid.value_or(ours);
    accepted += ours ? 1 : 0;
    ++judged;
    ++(passes ? tally.passed : tally.failed);
    if (!passes) out << "failed: " << vector.id << ": wrongly " << (ours ? "accepted\n" : "rejected\n");
  }
  out << path << ": " << accepted << " accepted, " << judged - accepted << " rejected; compared with libsodium's verdict\n";
  return tally;
}

}  // namespace ward::vectors
