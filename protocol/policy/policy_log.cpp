#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/policy/policy.hpp"

#include <algorithm>

namespace ward::policy {
namespace {

/// Whether `entry` is what a decoder gives back: an entry made here must pass the same bounds as one that came over a link.
Result<void> check_form(const Entry& entry) {
  WARD_TRY(const auto again, decode_entry(encode_entry(entry)));
  if (!(again == entry)) return fail(Fault::malformed, "policy entry: not in its one form");
  return {};
}

}  // namespace

Hash commitment_to(const SignKey& next_root) { return crypto::hash<Hash>("wsync-next-root", {}, {next_root.view()}); }

Result<PolicyLog> PolicyLog::start(const Entry& genesis, const std::optional<OrgId>& org) {
  WARD_CHECK(check_form(genesis));
  const auto* body = std::get_if<Genesis>(&genesis.body);
  if (body == nullptr || genesis.epoch != 0 || !genesis.previous.is_zero()) return fail(Fault::malformed, "policy log: no genesis");
  PolicyLog out;
  out.org_ = crypto::org_of(body->root);
  if (org && *org != out.org_) return fail(Fault::wrong_organisation, "policy log");
  WARD_CHECK(verify(genesis, out.org_, body->root));
  out.enter(genesis);
  return out;
}

Result<void> PolicyLog::append(const Entry& entry) {
  if (entry.epoch > count()) return fail(Fault::gap, "policy log");
  WARD_CHECK(check_form(entry));
  if (entry.epoch < count()) {
    if (hash_of(entry, org_) == hashes_[entry.epoch]) return {};
    // Only what the right key signed is an alarm: anybody can make up bytes.
    WARD_CHECK(check_signature(entry));
    return fail(Fault::fork, "policy log: two entries with one epoch");
  }
  if (entries_.size() >= limits::policy_entries_max) return fail(Fault::too_large, "policy log");
  WARD_CHECK(check_signature(entry));
  if (entry.previous != last_hash_) return fail(Fault::fork, "policy log: an entry that continues another log");
  WARD_CHECK(check(entry));
  enter(entry);
  return {};
}

SignKey PolicyLog::operations_at(Epoch epoch) const {
  SignKey out = genesis().operations;
  for (Epoch i = 1; i < epoch; ++i) {
    const auto* delegation = std::get_if<Delegation>(&entries_[i].body);
    if (delegation != nullptr && delegation->operations) out = *delegation->operations;
  }
  return out;
}

PolicyLog::Roots PolicyLog::roots_at(Epoch epoch) const {
  Roots out{genesis().root, genesis().next_root};
  for (Epoch i = 1; i < epoch; ++i)
    if (const auto* rotation = std::get_if<RootRotation>(&entries_[i].body)) out = {rotation->root, rotation->next_root};
  return out;
}

bool PolicyLog::was_centre_noise(const DhKey& key) const noexcept {
  const auto names = [&](const Entry& entry) {
    const auto* delegation = std::get_if<Delegation>(&entry.body);
    return delegation != nullptr && delegation->centre_noise == key;
  };
  return genesis().centre_noise == key || std::any_of(entries_.begin(), entries_.end(), names);
}

Result<void> PolicyLog::check_signature(const Entry& entry) const {
  const bool next = entry.epoch == count();
  const auto operations = next ? operations_ : operations_at(entry.epoch);
  const auto roots = next ? roots_ : roots_at(entry.epoch);
  const auto by_root = [&] { return verify(entry, org_, roots.root); };
  const auto by_next_root = [&](const RootRotation& body) {
    if (commitment_to(body.root) != roots.next)
      return Result<void>(fail(Fault::bad_signature, "policy log: the new root key is not the one that the last one committed to"));
    return verify(entry, org_, body.root);
  };
  const auto by_operations = [&] { return verify(entry, org_, operations); };
  return std::visit(overloaded{[&](const Genesis&) { return by_root(); }, [&](const Delegation&) { return by_root(); },
                               [&](const RootRotation& body) { return by_next_root(body); },
                               [&](const Unknown&) { return by_operations().has_value() ? Result<void>{} : by_root(); },
                               [&](const auto&) { return by_operations(); }},
                    entry.body);
}

Result<void> PolicyLog::check(const Entry& entry) const {
  const auto& last = entries_.back();
  if (entry.from_index < last.from_index || entry.time < last.time)
    return fail(Fault::malformed, "policy log: an entry that goes back in time");
  return std::visit(overloaded{[](const Genesis&) -> Result<void> { return fail(Fault::malformed, "policy log: a second genesis"); },
                               [](const Delegation&) -> Result<void> { return {}; },
                               [](const RootRotation&) -> Result<void> { return {}; },
                               [](const Addresses&) -> Result<void> { return {}; },
                               [](const Calendar&) -> Result<void> { return {}; },
                               [](const SharedCode&) -> Result<void> { return {}; },
                               [](const Unknown&) -> Result<void> { return {}; },
                               [&](const Unit& body) { return check(body); },
                               [&](const Device& body) { return check(body); },
                               [&](const RevokeDevice& body) { return check(body); },
                               [&](const CodeBlock& body) { return check(body); },
                               [&](const Succession& body) { return check(body); },
                               [&](const UserStanding& body) { return check(body); },
                               [&](const SeedShares& body) { return check(body); },
                               [&](const Account& body) { return check(body); },
                               [&](const Erasure& body) { return check(body); },
                               [&](const Activation& body) { return check(body); },
                               [&](const Admission& body) { return check(body); },
                               [&](const Limits& body) { return check(body); },
                               [&](const Resend& body) { return check(body); }},
                    entry.body);
}

Result<void> PolicyLog::check(const Unit& body) const {
  const auto* held = unit(body.code);
  if (held == nullptr) return units_.size() < limits::units_max ? Result<void>{} : fail(Fault::too_large, "policy log: units");
  if (body.unit_epoch < held->unit_epoch) return fail(Fault::invalid, "policy log: a seed epoch that goes back");
  const bool same_epoch = body.unit_epoch == held->unit_epoch;
  if (same_epoch != (body.unit_public == held->unit_public))
    return fail(Fault::invalid, "policy log: one key for each seed epoch of a unit");
  return {};
}

Result<void> PolicyLog::check(const Device& body) const {
  const auto* held_unit = unit(body.unit);
  if (held_unit == nullptr) return fail(Fault::not_found, "policy log: the device's unit");
  if (body.unit_epoch != held_unit->unit_epoch) return fail(Fault::invalid, "policy log: a device with an older seed of its unit");
  const bool stands = device(crypto::device_of(body.sign)) != nullptr || device_by_noise(body.noise) != nullptr;
  if (stands || body.noise == centre_noise_) return fail(Fault::invalid, "policy log: a key that stands already");
  return {};
}

Result<void> PolicyLog::check(const RevokeDevice& body) const {
  const auto* held = device(body.device);
  if (held == nullptr) return fail(Fault::not_found, "policy log: the device to revoke");
  if (held->revoked) return fail(Fault::revoked, "policy log: revoked already");
  return {};
}

Result<void> PolicyLog::check(const CodeBlock& body) const {
  const auto* held = device(body.device);
  if (held == nullptr) return fail(Fault::not_found, "policy log: the device that is to number");
  if (held->revoked) return fail(Fault::revoked, "policy log: a block of codes for a revoked device");
  const auto* its_unit = unit(held->device.unit);
  while (its_unit != nullptr && its_unit->identification != body.identification) {
    const auto* next = heir(its_unit->code);
    its_unit = next == nullptr ? nullptr : unit(*next);
  }
  if (its_unit == nullptr)
    return fail(Fault::invalid, "policy log: an identification code that neither the device's unit nor an heir of it has");
  for (const auto& other : code_blocks(body.identification)) {
    const bool meet = other.first <= body.last && body.first <= other.last && other.from <= body.to && body.from <= other.to;
    if (meet && other.device != body.device) return fail(Fault::invalid, "policy log: serials that another device may give");
  }
  return {};
}

Result<void> PolicyLog::check(const Succession& body) const {
  if (unit(body.unit) == nullptr || unit(body.heir) == nullptr) return fail(Fault::not_found, "policy log: the unit, or its heir");
  if (heir(body.unit) != nullptr) return fail(Fault::invalid, "policy log: a second heir");
  for (const auto* next = &body.heir; next != nullptr; next = heir(*next))
    if (*next == body.unit) return fail(Fault::invalid, "policy log: a unit that would be its own heir");
  return {};
}

Result<void> PolicyLog::check(const UserStanding& body) const {
  return unit(body.unit) != nullptr ? Result<void>{} : fail(Fault::not_found, "policy log: the user's unit");
}

Result<void> PolicyLog::check(const Account& body) const {
  return unit(body.unit) != nullptr ? Result<void>{} : fail(Fault::not_found, "policy log: the account's unit");
}

/// As entry number `count()`.
Result<void> PolicyLog::check(const Erasure& body) const {
  if (unit(body.unit) == nullptr) return fail(Fault::not_found, "policy log: the unit of who orders to erase");
  if (erasures_.contains(body.did)) return fail(Fault::invalid, "policy log: the dossier was ordered to be erased before");
  const auto* key = act_key(body.unit, body.user);
  if (key != nullptr) return verify_erasure(body, count(), org_, *key);
  return body.signature ? fail(Fault::invalid, "policy log: a signature of somebody whose key it does not name") : Result<void>{};
}

Result<void> PolicyLog::check(const Activation& body) const {
  return account(body.unit, body.name) != nullptr ? Result<void>{} : fail(Fault::not_found, "policy log: the account to activate");
}

Result<void> PolicyLog::check(const Admission& body) const {
  const auto* held = device(body.device);
  if (held == nullptr) return fail(Fault::not_found, "policy log: the device whose records are let in");
  if (std::holds_alternative<HandedIn>(body.what))
    return held->revoked ? Result<void>{} : fail(Fault::invalid, "policy log: a device that stands hands in nothing, it sends it");
  for (const auto& other : admissions_of(body.device, body.incarnation)) {
    const bool meet = other.first < body.end() && body.first < other.end();
    if (meet && std::holds_alternative<Side>(other.what))
      return fail(Fault::invalid, "policy log: a number of which a record stands already");
  }
  return {};
}

Result<void> PolicyLog::check(const Limits& body) const {
  return body.unit.empty() || unit(body.unit) != nullptr ? Result<void>{} : fail(Fault::not_found, "policy log: the unit of the limits");
}

Result<void> PolicyLog::check(const Resend& body) const {
  return device(body.device) != nullptr ? Result<void>{} : fail(Fault::not_found, "policy log: the device that is to send again");
}

Result<void> PolicyLog::check(const SeedShares& body) const {
  const auto* its_unit = unit(body.unit);
  if (its_unit == nullptr) return fail(Fault::not_found, "policy log: the unit of a seed");
  if (body.unit_epoch != its_unit->unit_epoch) return fail(Fault::invalid, "policy log: shares of an older seed of its unit");
  for (const auto& held : body.held) {
    const auto* of = unit(held.unit);
    if (of == nullptr || held.unit_epoch > of->unit_epoch) return fail(Fault::not_found, "policy log: an earlier seed");
  }
  for (const auto& share : body.shares) {
    const auto* held = device(share.device);
    if (held == nullptr) return fail(Fault::not_found, "policy log: a device that is to have the seed");
    if (held->revoked) return fail(Fault::revoked, "policy log: a seed for a revoked device");
  }
  return {};
}

void PolicyLog::enter(const Entry& entry) {
  std::visit(
      overloaded{[&](const Genesis& body) {
                   roots_ = {body.root, body.next_root};
                   receipt_since_ = entry.time;
                   operations_ = body.operations;
                   receipt_ = body.receipt;
                   centre_noise_ = body.centre_noise;
                 },
                 [&](const Delegation& body) {
                   operations_ = body.operations.value_or(operations_);
                   if (body.receipt) receipt_since_ = entry.time;
                   receipt_ = body.receipt.value_or(receipt_);
                   centre_noise_ = body.centre_noise.value_or(centre_noise_);
                 },
                 [&](const RootRotation& body) { roots_ = {body.root, body.next_root}; },
                 [&](const Unit& body) { units_.insert_or_assign(body.code, body); },
                 [&](const Device& body) {
                   const auto id = crypto::device_of(body.sign);
                   by_noise_.emplace(body.noise, id);
                   devices_.emplace(id, DeviceStanding{id, body, entry.epoch, entry.from_index, {}, {}});
                 },
                 [&](const RevokeDevice& body) {
                   auto& standing = devices_.at(body.device);
                   standing.revoked = entry.epoch;
                   standing.revoked_index = entry.from_index;
                 },
                 [&](const Addresses& body) { addresses_ = body.at; },
                 [&](const CodeBlock& body) { code_blocks_[body.identification].push_back(body); },
                 [&](const Succession& body) { heirs_.emplace(body.unit, body.heir); },
                 [](const UserStanding&) {},
                 [&](const Calendar& body) { enter(body, entry.epoch); },
                 [](const SeedShares&) {},
                 [&](const Account& body) { accounts_.insert_or_assign({body.unit, body.name}, body); },
                 [&](const SharedCode& body) {
                   if (body.dossiers.empty())
                     shared_codes_.erase(body.code);
                   else
                     shared_codes_.insert_or_assign(body.code, body);
                 },
                 [&](const Activation& body) { activations_.insert_or_assign({body.unit, body.name}, Activated{body, entry.epoch}); },
                 [&](const Erasure& body) { erasures_.emplace(body.did, entry.epoch); },
                 [&](const Admission& body) { admissions_[{body.device, body.incarnation}].push_back(body); },
                 [&](const Limits& body) { limits_.insert_or_assign(body.unit, body); },
                 [](const Resend&) {},
                 [](const Unknown&) {}},
      entry.body);
  last_hash_ = hash_of(entry, org_);
  hashes_.push_back(last_hash_);
  entries_.push_back(entry);
}

void PolicyLog::enter(const Calendar& body, Epoch entry) {
  std::map<std::chrono::year, CalendarYear> named;
  for (const auto& one : body.exceptions) {
    auto& year = named[std::chrono::year_month_day{one.day}.year()];
    year.entry = entry;
    year.exceptions.push_back(one);
  }
  for (auto& [year, said] : named) calendar_.insert_or_assign(year, std::move(said));
}

const Genesis& PolicyLog::genesis() const noexcept { return *std::get_if<Genesis>(&entries_.front().body); }

std::vector<ReceiptKey> PolicyLog::receipt_keys() const {
  std::vector<ReceiptKey> out{{genesis().receipt, entries_.front().time, std::nullopt}};
  for (const auto& entry : entries_) {
    const auto* delegation = std::get_if<Delegation>(&entry.body);
    if (delegation == nullptr || !delegation->receipt) continue;
    out.back().until = WallTime{entry.time.ms + std::chrono::milliseconds(receipt_key_overlap).count()};
    out.push_back({*delegation->receipt, entry.time, std::nullopt});
  }
  return out;
}

const DeviceStanding* PolicyLog::device(const DeviceId& id) const noexcept {
  const auto found = devices_.find(id);
  return found == devices_.end() ? nullptr : &found->second;
}

const DeviceStanding* PolicyLog::device_by_noise(const DhKey& noise) const noexcept {
  const auto found = by_noise_.find(noise);
  return found == by_noise_.end() ? nullptr : device(found->second);
}

std::vector<const DeviceStanding*> PolicyLog::devices() const {
  std::vector<const DeviceStanding*> out;
  out.reserve(devices_.size());
  for (const auto& [id, standing] : devices_) out.push_back(&standing);
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->approved < b->approved; });
  return out;
}

const Unit* PolicyLog::unit(std::string_view code) const noexcept {
  const auto found = units_.find(code);
  return found == units_.end() ? nullptr : &found->second;
}

std::vector<const Unit*> PolicyLog::units() const {
  std::vector<const Unit*> out;
  out.reserve(units_.size());
  for (const auto& [code, unit] : units_) out.push_back(&unit);
  return out;
}

const UnitCode* PolicyLog::heir(std::string_view unit) const noexcept {
  const auto found = heirs_.find(unit);
  return found == heirs_.end() ? nullptr : &found->second;
}

const Account* PolicyLog::account(std::string_view unit, std::string_view name) const noexcept {
  const auto found = accounts_.find({UnitCode(unit), std::string(name)});
  return found == accounts_.end() ? nullptr : &found->second;
}

const PolicyLog::Activated* PolicyLog::activation(std::string_view unit, std::string_view name) const noexcept {
  const auto found = activations_.find({UnitCode(unit), std::string(name)});
  return found == activations_.end() ? nullptr : &found->second;
}

bool PolicyLog::logs_in(std::string_view unit) const noexcept {
  const auto found = activations_.lower_bound({UnitCode(unit), std::string()});
  return found != activations_.end() && found->first.first == unit;
}

std::vector<const Account*> PolicyLog::accounts() const {
  std::vector<const Account*> out;
  out.reserve(accounts_.size());
  for (const auto& [whose, account] : accounts_) out.push_back(&account);
  return out;
}

const Erasure* PolicyLog::erasure(const Did& did) const noexcept {
  const auto found = erasures_.find(did);
  return found == erasures_.end() ? nullptr : std::get_if<Erasure>(&entries_[found->second].body);
}

Limits PolicyLog::limits_of(std::string_view unit) const {
  auto found = limits_.find(unit);
  if (found == limits_.end()) found = limits_.find(std::string_view());
  return found == limits_.end() ? Limits{} : found->second;
}

const std::vector<Admission>& PolicyLog::admissions_of(const DeviceId& device, const Incarnation& incarnation) const noexcept {
  static const std::vector<Admission> none;
  const auto found = admissions_.find({device, incarnation});
  return found == admissions_.end() ? none : found->second;
}

const Rid* PolicyLog::standing_at(const Position& position) const noexcept {
  for (const auto& one : admissions_of(position.device, position.incarnation)) {
    const auto* side = std::get_if<Side>(&one.what);
    if (side != nullptr && one.holds(position)) return &side->rids[position.seq - one.first];
  }
  return nullptr;
}

bool PolicyLog::admitted_in_full(const Position& position) const noexcept {
  const auto& all = admissions_of(position.device, position.incarnation);
  return std::any_of(all.begin(), all.end(), [&](const auto& one) {
    const auto* handed_in = std::get_if<HandedIn>(&one.what);
    return handed_in != nullptr && handed_in->in_full && one.holds(position);
  });
}

const SignKey* PolicyLog::act_key(std::string_view unit, std::string_view name) const noexcept {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (const auto* user = std::get_if<UserStanding>(&entry->body); user != nullptr && user->unit == unit && user->name == name)
      return nullptr;
    const auto* account = std::get_if<Account>(&entry->body);
    if (account != nullptr && account->unit == unit && account->name == name) return account->key ? &*account->key : nullptr;
  }
  return nullptr;
}

const std::vector<CodeBlock>& PolicyLog::code_blocks(std::string_view identification) const noexcept {
  static const std::vector<CodeBlock> none;
  const auto found = code_blocks_.find(identification);
  return found == code_blocks_.end() ? none : found->second;
}

bool administers(const PolicyLog& log, const Account& account) {
  return account.enabled && account.role == Role::administrator && log.activation(account.unit, account.name) != nullptr;
}

Entry PolicyLog::next(Body body, std::uint64_t from_index, WallTime time) const {
  Entry out;
  out.epoch = count();
  out.previous = last_hash_;
  out.from_index = from_index;
  out.time = time;
  out.body = std::move(body);
  return out;
}

}  // namespace ward::policy
