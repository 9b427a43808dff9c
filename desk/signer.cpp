#include "desk/signer.hpp"

#include "protocol/base/wipe.hpp"
#include "protocol/keys/official.hpp"
#include "protocol/record/act.hpp"

namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::Trouble;

constexpr std::size_t key_file_bytes_max = 4096;
constexpr std::size_t passphrase_bytes_max = 1024;

Trouble malformed() {
  return runtime::trouble_of(fail(
      Fault::invalid, "`sign` must be an official's key, as 64 hexadecimal digits, or an object of the texts `key_file` and `passphrase`"));
}

Trouble not_a_key_file() {
  return {"not_a_key_file",
          ExitCode::failed,
          422,
          "This is not the file of an official's key, or it is damaged.",
          runtime::nothing_changed,
          "Choose the file that `official new-key` wrote; the one that ends in .pub is for the centre.",
          {}};
}

Trouble why_locked(const Error& error) {
  if (error.fault == Fault::storage_failed)
    return {"no_memory_for_key",
            ExitCode::failed,
            503,
            "There is not enough memory to open the key.",
            runtime::nothing_changed,
            "Close some programs, then do it again.",
            {}};
  return {"wrong_passphrase",
          ExitCode::refused,
          403,
          "The passphrase does not open this key.",
          runtime::nothing_changed,
          "Type it again. One that is forgotten opens nothing any more: make another key, and have it entered.",
          {}};
}

/// Nothing when it is the key that the policy log names for the user.
std::optional<Trouble> must_be_own(Site& site, const std::string& user, const SignKey& key) {
  const auto author = site.author();
  if (author.has_error()) return std::nullopt;  // whoever saves says why
  const auto own = storage::context_of(site.store()).standing_of(author->unit, user, std::nullopt).key;
  if (own && *own == key) return std::nullopt;
  return Trouble{"not_your_key",
                 ExitCode::refused,
                 403,
                 own ? "This is not the key that the centre has for " + user + "." : "The centre has no key for " + user + ".",
                 runtime::nothing_changed,
                 "The centre's administrator enters its public half: `user reset NAME --key FILE.pub`.",
                 {{"user", user}}};
}

/// No file may ask for more of this machine than an honest one.
bool is_bearable(const crypto::PassphraseCost& cost) {
  const crypto::PassphraseCost honest;
  return cost.memory_kib <= honest.memory_kib && cost.passes <= honest.passes;
}

std::variant<Signer, Trouble> signer_of_file(Site& site, const std::string& user, const json::object& sign) {
  const auto* file = sign.if_contains("key_file");
  const auto* passphrase = sign.if_contains("passphrase");
  if (file == nullptr || !file->is_string() || passphrase == nullptr || !passphrase->is_string()) return malformed();
  if (file->get_string().size() > key_file_bytes_max) return not_a_key_file();
  const auto key = keys::decode_official_key(file->get_string());
  if (key.has_error() || !is_bearable(key->cost)) return not_a_key_file();
  if (auto trouble = must_be_own(site, user, key->key)) return *std::move(trouble);
  if (passphrase->get_string().size() > passphrase_bytes_max)
    return Trouble{"passphrase_too_long",
                   ExitCode::failed,
                   422,
                   "The passphrase is longer than 1,024 bytes.",
                   runtime::nothing_changed,
                   "Type the passphrase of the key.",
                   {}};
  auto seed = keys::unlock_official_key(*key, passphrase->get_string());
  if (seed.has_error()) return why_locked(seed.error());
  return std::make_shared<const crypto::SignSeed>(*std::move(seed));
}

}  // namespace

std::variant<Signer, Trouble> signer_of(Site& site, const std::string& user, const json::object& body) {
  const auto* sign = body.if_contains("sign");
  if (sign == nullptr) return Signer();
  if (const auto* file = sign->if_object()) return signer_of_file(site, user, *file);
  auto bytes = sign->is_string() ? unhex(sign->get_string()) : Bytes();
  const Wiped wiped(bytes);
  if (bytes.size() != SignKey::size) return malformed();
  auto out = std::make_shared<const crypto::SignSeed>(BytesView(bytes));
  if (auto trouble = must_be_own(site, user, crypto::public_of(*out))) return *std::move(trouble);
  return out;
}

storage::NewChange signed_by(const Signer& signer, storage::NewChange change, const OrgId& org) {
  if (!signer) return change;
  change.change.act.clear();
  change.sign = [signer, org](const record::Change& stored, const storage::ActPlace& at) {
    return record::sign_act(stored, at.position, at.did, at.policy_epoch, at.past, org, *signer);
  };
  return change;
}

}  // namespace ward::desk
