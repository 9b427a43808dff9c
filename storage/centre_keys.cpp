#include "storage/centre_parts.hpp"

#include "protocol/base/codec.hpp"

#include <algorithm>

/// The keys of a centre: those in force, those that were, and those that wait for a root key's signature (docs/adr/0013).
namespace ward::storage {
namespace {

constexpr std::string_view key_file_mark = "WARDSYNC-CENTRE-KEY-1";
constexpr std::string_view key_file_mark_with_others = "WARDSYNC-CENTRE-KEY-2";
constexpr std::string_view key_request_name = "key request";
constexpr std::size_t others_max = 32;  ///< of one kind

template <class Secret, class Public>
Secret* find_secret(std::vector<Secret>& among, const Public& wanted) {
  const auto found = std::find_if(among.begin(), among.end(), [&](const auto& one) { return crypto::public_of(one) == wanted; });
  return found == among.end() ? nullptr : &*found;
}

/// The secret of `wanted` in the place of `current`; false: it is not here.
template <class Secret, class Public>
bool put_in_force(Secret& current, std::vector<Secret>& others, const Public& wanted) {
  if (crypto::public_of(current) == wanted) return true;
  auto* found = find_secret(others, wanted);
  if (found != nullptr) std::swap(current, *found);
  return found != nullptr;
}

template <class Names>
bool any_entry(const policy::PolicyLog& policy, Names&& names) {
  return std::any_of(policy.entries().begin(), policy.entries().end(), [&](const auto& entry) {
    const auto* delegation = std::get_if<policy::Delegation>(&entry.body);
    return delegation != nullptr && names(*delegation);
  });
}

bool stands(const policy::PolicyLog& policy, const crypto::DhSecret& noise) { return policy.was_centre_noise(crypto::public_of(noise)); }
bool was_receipt(const policy::PolicyLog& policy, const SignKey& key) {
  return policy.genesis().receipt == key || any_entry(policy, [&](const auto& body) { return body.receipt == key; });
}
bool was_operations(const policy::PolicyLog& policy, const SignKey& key) {
  return policy.genesis().operations == key || any_entry(policy, [&](const auto& body) { return body.operations == key; });
}

/// One that was made for an earlier request and never used, or a new one.
template <class Secret, class Stands>
Result<Secret*> waiting_secret(std::vector<Secret>& others, const Random& random, Stands&& stands_already) {
  const auto unused = std::find_if(others.begin(), others.end(), [&](const auto& one) { return !stands_already(one); });
  if (unused != others.end()) return &*unused;
  if (others.size() == others_max) return fail(Fault::too_large, "there are too many earlier keys: `key forget` drops those of the line");
  random(others.emplace_back().mutable_view());
  return &others.back();
}

template <class Secret>
void write_others(Writer& to, const std::vector<Secret>& others) {
  to.u8(static_cast<std::uint8_t>(others.size()));
  for (const auto& one : others) to.raw(one.view());
}
template <class Secret>
void read_others(Reader& from, std::vector<Secret>& others) {
  const auto count = from.u8();
  if (count > others_max) from.reject();
  for (std::size_t i = 0; i < count && from.ok(); ++i) others.emplace_back(from.raw(32));
}

Bytes encode_waiting(const KeyRequest& waiting) {
  Writer out;
  out.bytes(policy::encode_entry(waiting.entry));
  out.u48(static_cast<std::uint64_t>(waiting.made.ms));
  return std::move(out).take();
}

}  // namespace

CentreKeys CentreKeys::make(const Random& random) {
  CentreKeys out;
  random(out.noise.mutable_view());
  random(out.receipt.mutable_view());
  out.operations.emplace();
  random(out.operations->mutable_view());
  random(out.local.mutable_view());
  random(out.unit_master);
  return out;
}

Bytes CentreKeys::encode() const {
  const bool others = !other_noise.empty() || !other_receipt.empty() || !other_operations.empty();
  Writer out;
  out.raw(view(others ? key_file_mark_with_others : key_file_mark));
  out.raw(noise.view());
  out.raw(receipt.view());
  out.raw(local.view());
  out.raw(unit_master);
  out.u8(operations ? 1 : 0);
  if (operations) out.raw(operations->view());
  if (!others) return std::move(out).take();
  write_others(out, other_noise);
  write_others(out, other_receipt);
  write_others(out, other_operations);
  return std::move(out).take();
}

Result<CentreKeys> CentreKeys::decode(BytesView bytes) {
  Reader from(bytes);
  const auto mark = text_of(from.raw(key_file_mark.size()));
  if (mark != key_file_mark && mark != key_file_mark_with_others) return fail(Fault::malformed, "this is not a centre's key file");
  CentreKeys out;
  out.noise = crypto::DhSecret(from.raw(32));
  out.receipt = crypto::SignSeed(from.raw(32));
  out.local = crypto::LocalKey(from.raw(32));
  out.unit_master = from.fixed_value<Hash>().bytes;
  const auto has_operations = from.u8();
  if (has_operations > 1) from.reject();
  if (has_operations == 1) out.operations.emplace(from.raw(32));
  if (mark == key_file_mark_with_others) {
    read_others(from, out.other_noise);
    read_others(from, out.other_receipt);
    read_others(from, out.other_operations);
  }
  WARD_CHECK(from.finish("centre key file"));
  return out;
}

Result<void> CentreKeys::settle(const policy::PolicyLog& policy) {
  if (!put_in_force(noise, other_noise, policy.centre_noise()) || !put_in_force(receipt, other_receipt, policy.receipt_key()))
    return fail(Fault::wrong_organisation, "the policy log names other keys than those in the key file");
  if (operations && crypto::public_of(*operations) == policy.operations()) return {};
  if (auto* found = find_secret(other_operations, policy.operations())) {
    if (!operations) operations.emplace();
    std::swap(*operations, *found);
  } else if (operations) {
    other_operations.push_back(*std::move(operations));
    operations.reset();
  }
  return {};
}

std::vector<SignKey> CentreKeys::receipt_publics() const {
  std::vector<SignKey> out{crypto::public_of(receipt)};
  for (const auto& one : other_receipt) out.push_back(crypto::public_of(one));
  return out;
}

Result<void> CentreStore::settle_keys() { return keys_.settle(store_.policy); }

bool CentreStore::has_secrets_for(const policy::Delegation& body) {
  const auto has = [](const auto& wanted, const auto& current, auto& others) {
    return !wanted || crypto::public_of(current) == *wanted || find_secret(others, *wanted) != nullptr;
  };
  const bool operations = !body.operations || (keys_.operations && crypto::public_of(*keys_.operations) == *body.operations) ||
                          find_secret(keys_.other_operations, *body.operations) != nullptr;
  return operations && has(body.receipt, keys_.receipt, keys_.other_receipt) && has(body.centre_noise, keys_.noise, keys_.other_noise);
}

std::vector<crypto::DhSecret> CentreStore::earlier_noise() const {
  std::vector<crypto::DhSecret> out;
  for (const auto& one : keys_.other_noise)
    if (stands(store_.policy, one)) out.push_back(one.clone());
  return out;
}

Result<policy::Body> CentreStore::body_for(KeyKind kind) {
  const auto& policy = store_.policy;
  policy::Delegation out;
  if (kind == KeyKind::root) return policy::Body(policy::RootRotation{});
  if (kind == KeyKind::operations) {
    WARD_TRY(const auto* secret, waiting_secret(keys_.other_operations, store_.random,
                                                [&](const auto& one) { return was_operations(policy, crypto::public_of(one)); }));
    out.operations = crypto::public_of(*secret);
  } else if (kind == KeyKind::receipt) {
    WARD_TRY(const auto* secret, waiting_secret(keys_.other_receipt, store_.random,
                                                [&](const auto& one) { return was_receipt(policy, crypto::public_of(one)); }));
    out.receipt = crypto::public_of(*secret);
  } else {
    WARD_TRY(const auto* secret, waiting_secret(keys_.other_noise, store_.random, [&](const auto& one) { return stands(policy, one); }));
    out.centre_noise = crypto::public_of(*secret);
  }
  return policy::Body(out);
}

Result<policy::RootRequest> CentreStore::request_key(KeyKind kind, WallTime now, const KeepKeys& keep, const Also& also) {
  WARD_TRY(auto body, body_for(kind));
  WARD_CHECK(keep(keys_));
  const auto& policy = store_.policy;
  const auto& last = policy.entries().back();
  policy::RootRequest out{policy.genesis().organisation, store_.org, policy.root(), policy.next_root(),
                          policy.next(std::move(body), std::max(frontier_.size, last.from_index), std::max(log_view(now).time, last.time))};
  WARD_CHECK(store_.db.transact("request a key", [&]() -> Result<void> {
    if (meta(store_, awaits_policy_key))
      return fail(Fault::gap, "this centre was restored from a backup; its policy log comes back with the first PC that calls");
    set_meta(store_, key_request_name, encode_waiting({out.entry, now, false}));
    if (also) also();
    return {};
  }));
  return out;
}

std::optional<KeyRequest> CentreStore::key_request_in_transaction() {
  const auto bytes = meta(store_, key_request_name);
  if (!bytes) return std::nullopt;
  Reader from(*bytes);
  KeyRequest out;
  out.entry = or_damaged(policy::decode_entry(from.bytes(limits::policy_body_bytes_max)), "a request for the root key does not decode");
  out.made = {static_cast<std::int64_t>(from.u48())};
  or_damaged(from.finish("key request"), "a request for the root key does not decode");
  out.is_void = out.entry.epoch != store_.policy.count();
  return out;
}

Result<std::optional<KeyRequest>> CentreStore::key_request() {
  return store_.db.read("read the key request", [&]() -> Result<std::optional<KeyRequest>> { return key_request_in_transaction(); });
}

bool CentreStore::waits_for_root(WallTime now) {
  const auto request = key_request_in_transaction();
  return request && !request->is_void && now.ms < request->made.ms + std::chrono::milliseconds(key_request_life).count();
}

void CentreStore::drop_key_request() { drop_meta(store_, key_request_name); }

Result<std::size_t> CentreStore::forget_noise(const KeepKeys& keep, const Also& also) {
  auto kept = std::move(keys_.other_noise);
  keys_.other_noise.clear();
  for (const auto& one : kept)
    if (!stands(store_.policy, one)) keys_.other_noise.push_back(one.clone());
  const auto forgotten = kept.size() - keys_.other_noise.size();
  if (const auto written = keep(keys_); written.has_error()) {
    keys_.other_noise = std::move(kept);
    return written.error();
  }
  if (also)
    WARD_CHECK(store_.db.transact("forget keys", [&]() -> Result<void> {
      also();
      return {};
    }));
  return forgotten;
}

}  // namespace ward::storage
