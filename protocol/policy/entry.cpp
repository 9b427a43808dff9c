#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/policy/policy.hpp"

#include <algorithm>
#include <tuple>

namespace ward::policy {
namespace {

constexpr std::string_view prefix{"wsync-policy-v1\0", 16};
constexpr std::size_t title_bytes_max = limits::key_bytes_max;  ///< names that people read: longer than identifiers
constexpr std::size_t wrapped_seed_bytes_max = 256;
constexpr std::size_t share_bytes = 96;
constexpr std::size_t held_bytes = 64;

/// Numbers on the wire; never reused.
enum class Type : std::uint8_t {
  genesis = 1,
  delegation = 2,
  unit = 3,
  device = 4,
  revoke_device = 5,
  addresses = 6,
  code_block = 7,
  succession = 8,
  user = 9,
  calendar = 10,
  seed_shares = 11,
  account = 12,
  shared_code = 13,
  activation = 14,
  erasure = 15,
  root_rotation = 16,
  admission = 17,
  limits = 18,
  resend = 19,
};
constexpr std::uint8_t number_of(Type type) { return static_cast<std::uint8_t>(type); }
constexpr std::uint8_t number_of_role(Role role) { return static_cast<std::uint8_t>(role); }

constexpr std::uint8_t has_operations = 1;
constexpr std::uint8_t has_receipt = 2;
constexpr std::uint8_t has_centre_noise = 4;
constexpr std::uint8_t calendar_works = 1;
constexpr std::uint8_t calendar_decided = 2;
constexpr std::uint8_t calendar_all = calendar_works | calendar_decided;
constexpr std::uint8_t has_all = has_operations | has_receipt | has_centre_noise;

constexpr std::uint8_t is_disabled = 1;
constexpr std::uint8_t is_leader = 2;
constexpr std::uint8_t is_accountant = 4;
constexpr std::uint8_t is_administrator = 8;
constexpr std::uint8_t is_all = is_disabled | is_leader | is_accountant | is_administrator;

constexpr std::uint8_t account_disabled = 1;
constexpr std::uint8_t account_key = 2;
constexpr std::uint8_t account_all = account_disabled | account_key;

std::uint8_t type_of(const Body& body) {
  return std::visit(overloaded{[](const Genesis&) { return number_of(Type::genesis); },
                               [](const Delegation&) { return number_of(Type::delegation); },
                               [](const Unit&) { return number_of(Type::unit); },
                               [](const Device&) { return number_of(Type::device); },
                               [](const RevokeDevice&) { return number_of(Type::revoke_device); },
                               [](const Addresses&) { return number_of(Type::addresses); },
                               [](const CodeBlock&) { return number_of(Type::code_block); },
                               [](const Succession&) { return number_of(Type::succession); },
                               [](const UserStanding&) { return number_of(Type::user); },
                               [](const Calendar&) { return number_of(Type::calendar); },
                               [](const SeedShares&) { return number_of(Type::seed_shares); },
                               [](const Account&) { return number_of(Type::account); },
                               [](const SharedCode&) { return number_of(Type::shared_code); },
                               [](const Erasure&) { return number_of(Type::erasure); },
                               [](const Activation&) { return number_of(Type::activation); },
                               [](const RootRotation&) { return number_of(Type::root_rotation); },
                               [](const Admission&) { return number_of(Type::admission); },
                               [](const Limits&) { return number_of(Type::limits); },
                               [](const Resend&) { return number_of(Type::resend); },
                               [](const Unknown& unknown) { return unknown.type; }},
                    body);
}

/// Writes the fields of one body.
struct BodyEncoder {
  Writer& to;

  void operator()(const Genesis& genesis) const {
    to.text(genesis.organisation);
    to.raw(genesis.root);
    to.raw(genesis.next_root);
    to.raw(genesis.operations);
    to.raw(genesis.receipt);
    to.raw(genesis.centre_noise);
  }
  void operator()(const Delegation& delegation) const {
    to.u8(static_cast<std::uint8_t>((delegation.operations ? has_operations : 0) | (delegation.receipt ? has_receipt : 0) |
                                    (delegation.centre_noise ? has_centre_noise : 0)));
    if (delegation.operations) to.raw(*delegation.operations);
    if (delegation.receipt) to.raw(*delegation.receipt);
    if (delegation.centre_noise) to.raw(*delegation.centre_noise);
  }
  void operator()(const RootRotation& rotation) const {
    to.raw(rotation.root);
    to.raw(rotation.next_root);
  }
  void operator()(const Unit& unit) const {
    to.text(unit.code);
    to.text(unit.name_vi);
    to.text(unit.name_en);
    to.text(unit.kind);
    to.text(unit.parent);
    to.text(unit.identification);
    to.u32(unit.unit_epoch);
    to.raw(unit.unit_public);
  }
  void operator()(const Device& device) const {
    to.raw(device.sign);
    to.raw(device.noise);
    to.raw(device.sealing);
    to.text(device.unit);
    to.text(device.label);
    to.u32(device.unit_epoch);
    to.bytes(device.wrapped_seed);
  }
  void operator()(const RevokeDevice& revocation) const {
    to.raw(revocation.device);
    to.text(revocation.reason);
  }
  void operator()(const Addresses& addresses) const {
    to.varint(addresses.at.size());
    for (const auto& address : addresses.at) to.text(address);
  }
  void operator()(const CodeBlock& block) const {
    to.text(block.identification);
    to.raw(block.device);
    to.u32(block.first);
    to.u32(block.last);
    to.u16(static_cast<std::uint16_t>(block.from.time_since_epoch().count()));
    to.u16(static_cast<std::uint16_t>(block.to.time_since_epoch().count()));
  }
  void operator()(const Succession& succession) const {
    to.text(succession.unit);
    to.text(succession.heir);
    to.text(succession.reason);
  }
  void operator()(const UserStanding& user) const {
    to.text(user.unit);
    to.text(user.name);
    to.u8(static_cast<std::uint8_t>((user.enabled ? 0 : is_disabled) | (user.leader ? is_leader : 0) |
                                    (user.accountant ? is_accountant : 0) | (user.administrator ? is_administrator : 0)));
    to.text(user.reason);
  }
  void operator()(const Account& account) const {
    to.text(account.unit);
    to.text(account.name);
    to.text(account.display);
    to.u8(number_of_role(account.role));
    to.u8(static_cast<std::uint8_t>((account.enabled ? 0 : account_disabled) | (account.key ? account_key : 0)));
    if (account.key) to.raw(*account.key);
    to.text(account.reason);
  }
  void operator()(const Activation& activation) const {
    to.text(activation.unit);
    to.text(activation.name);
    to.raw(activation.hash);
    to.u48(static_cast<std::uint64_t>(activation.expires.ms));
  }
  void operator()(const Calendar& calendar) const {
    to.varint(calendar.exceptions.size());
    for (const auto& one : calendar.exceptions) {
      to.u16(static_cast<std::uint16_t>(one.day.time_since_epoch().count()));
      to.u8(static_cast<std::uint8_t>((one.works ? calendar_works : 0) | (one.decided ? calendar_decided : 0)));
      to.text(one.name);
    }
  }
  void operator()(const SharedCode& shared) const {
    to.text(shared.code);
    to.varint(shared.dossiers.size());
    for (const auto& [did, unit] : shared.dossiers) {
      to.raw(did);
      to.text(unit);
    }
  }
  void operator()(const SeedShares& seed) const {
    to.text(seed.unit);
    to.u32(seed.unit_epoch);
    to.varint(seed.held.size());
    for (const auto& held : seed.held) {
      to.text(held.unit);
      to.u32(held.unit_epoch);
      to.raw(held.sealed);
    }
    to.varint(seed.shares.size());
    for (const auto& share : seed.shares) {
      to.raw(share.device);
      to.raw(share.wrapped);
    }
  }
  void operator()(const Erasure& erasure) const { encode(to, erasure); }
  void operator()(const Admission& admission) const { encode(to, admission); }
  void operator()(const Resend& resend) const { encode(to, resend); }
  void operator()(const Limits& bounds) const {
    to.text(bounds.unit);
    to.varint(bounds.day_bytes);
    to.u16(bounds.lease_days);
  }
  void operator()(const Unknown& unknown) const { to.raw(unknown.bytes); }
};

Bytes encode_body(const Entry& entry) {
  Writer out;
  out.varint(entry.from_index);
  out.u48(static_cast<std::uint64_t>(entry.time.ms));
  std::visit(BodyEncoder{out}, entry.body);
  return std::move(out).take();
}

Genesis read_genesis(Reader& from) {
  Genesis out;
  out.organisation = read_line(from, title_bytes_max);
  out.root = from.fixed_value<SignKey>();
  out.next_root = from.fixed_value<Hash>();
  out.operations = from.fixed_value<SignKey>();
  out.receipt = from.fixed_value<SignKey>();
  out.centre_noise = from.fixed_value<DhKey>();
  return out;
}

Delegation read_delegation(Reader& from) {
  Delegation out;
  const auto flags = from.u8();
  if (flags == 0 || (flags & ~has_all) != 0) from.reject();
  if ((flags & has_operations) != 0) out.operations = from.fixed_value<SignKey>();
  if ((flags & has_receipt) != 0) out.receipt = from.fixed_value<SignKey>();
  if ((flags & has_centre_noise) != 0) out.centre_noise = from.fixed_value<DhKey>();
  return out;
}

Unit read_unit(Reader& from) {
  Unit out;
  out.code = read_unit_code(from, false);
  out.name_vi = read_line(from, title_bytes_max);
  out.name_en = read_line(from, title_bytes_max);
  out.kind = read_line(from, limits::name_bytes_max);
  out.parent = read_unit_code(from, true);
  out.identification = read_line(from, limits::name_bytes_max);
  out.unit_epoch = from.u32();
  out.unit_public = from.fixed_value<DhKey>();
  return out;
}

Device read_device(Reader& from) {
  Device out;
  out.sign = from.fixed_value<SignKey>();
  out.noise = from.fixed_value<DhKey>();
  out.sealing = from.fixed_value<DhKey>();
  out.unit = read_unit_code(from, false);
  out.label = read_line(from, title_bytes_max);
  out.unit_epoch = from.u32();
  out.wrapped_seed = copy(from.bytes(wrapped_seed_bytes_max));
  return out;
}

RevokeDevice read_revocation(Reader& from) {
  RevokeDevice out;
  out.device = from.fixed_value<DeviceId>();
  out.reason = read_line(from, limits::text_bytes_max);
  return out;
}

Addresses read_addresses(Reader& from) {
  Addresses out;
  const auto size = from.count(addresses_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    auto address = from.text(address_bytes_max);
    if (!is_address(address) || std::find(out.at.begin(), out.at.end(), address) != out.at.end()) from.reject();
    out.at.push_back(std::move(address));
  }
  if (out.at.empty()) from.reject();
  return out;
}

Succession read_succession(Reader& from) {
  Succession out;
  out.unit = read_unit_code(from, false);
  out.heir = read_unit_code(from, false);
  out.reason = read_line(from, limits::text_bytes_max);
  return out;
}

UserStanding read_user(Reader& from) {
  UserStanding out;
  out.unit = read_unit_code(from, false);
  out.name = read_line(from, limits::name_bytes_max);
  if (out.name.empty()) from.reject();
  const auto flags = from.u8();
  if ((flags & ~is_all) != 0) from.reject();
  out.enabled = (flags & is_disabled) == 0;
  out.leader = (flags & is_leader) != 0;
  out.accountant = (flags & is_accountant) != 0;
  out.administrator = (flags & is_administrator) != 0;
  out.reason = read_line(from, limits::text_bytes_max);
  return out;
}

Account read_account(Reader& from) {
  Account out;
  out.unit = read_unit_code(from, false);
  out.name = read_line(from, limits::name_bytes_max);
  if (out.name.empty()) from.reject();
  out.display = read_line(from, title_bytes_max);
  const auto role = from.u8();
  if (role < number_of_role(Role::clerk) || role > number_of_role(Role::accountant)) from.reject();
  out.role = static_cast<Role>(role);
  const auto flags = from.u8();
  if ((flags & ~account_all) != 0) from.reject();
  out.enabled = (flags & account_disabled) == 0;
  if ((flags & account_key) != 0) out.key = from.fixed_value<SignKey>();
  out.reason = read_line(from, limits::text_bytes_max);
  return out;
}

Activation read_activation(Reader& from) {
  Activation out;
  out.unit = read_unit_code(from, false);
  out.name = read_line(from, limits::name_bytes_max);
  if (out.name.empty()) from.reject();
  out.hash = from.fixed_value<Hash>();
  out.expires.ms = static_cast<std::int64_t>(from.u48());
  return out;
}

SeedShares read_seed_shares(Reader& from) {
  SeedShares out;
  out.unit = read_unit_code(from, false);
  out.unit_epoch = from.u32();
  for (auto left = from.count(held_seeds_max); left > 0 && from.ok(); --left) {
    SeedShares::Held held;
    held.unit = read_unit_code(from, false);
    held.unit_epoch = from.u32();
    held.sealed = copy(from.raw(held_bytes));
    if (!out.held.empty() && std::tie(held.unit, held.unit_epoch) <= std::tie(out.held.back().unit, out.held.back().unit_epoch))
      from.reject();
    out.held.push_back(std::move(held));
  }
  for (auto left = from.count(seed_shares_max); left > 0 && from.ok(); --left) {
    SeedShares::Share share{from.fixed_value<DeviceId>(), copy(from.raw(share_bytes))};
    if (!out.shares.empty() && share.device <= out.shares.back().device) from.reject();
    out.shares.push_back(std::move(share));
  }
  return out;
}

CodeBlock read_code_block(Reader& from) {
  CodeBlock out;
  out.identification = from.text(limits::name_bytes_max);
  out.device = from.fixed_value<DeviceId>();
  out.first = from.u32();
  out.last = from.u32();
  out.from = code::Day(std::chrono::days(from.u16()));
  out.to = code::Day(std::chrono::days(from.u16()));
  const bool serials = out.first >= 1 && out.first <= out.last && out.last <= code::serial_max;
  const bool days = out.from >= code::first_day && out.from <= out.to && out.to <= code::last_day &&
                    out.to - out.from < std::chrono::days(code_block_days_max);
  if (!code::is_identification(out.identification) || !serials || !days) from.reject();
  return out;
}

Calendar read_calendar(Reader& from) {
  Calendar out;
  const auto size = from.count(calendar_exceptions_max);
  if (size == 0) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    Calendar::Exception one;
    one.day = code::Day(std::chrono::days(from.u16()));
    const auto flags = from.u8();
    one.works = (flags & calendar_works) != 0;
    one.decided = (flags & calendar_decided) != 0;
    one.name = read_line(from, title_bytes_max);
    const bool in_order = out.exceptions.empty() || out.exceptions.back().day < one.day;
    if ((flags & ~calendar_all) != 0 || one.day < code::first_day || one.day > code::last_day || !in_order) from.reject();
    out.exceptions.push_back(std::move(one));
  }
  return out;
}

SharedCode read_shared_code(Reader& from) {
  SharedCode out;
  out.code = read_line(from, limits::name_bytes_max);
  const auto size = from.count(sharers_max);
  if (out.code.empty() || size == 1) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const auto did = from.fixed_value<Did>();
    if (!out.dossiers.empty() && !(out.dossiers.back().did < did)) from.reject();
    out.dossiers.push_back({did, read_unit_code(from, false)});
  }
  return out;
}

Limits read_limits(Reader& from) {
  Limits out;
  out.unit = read_unit_code(from, true);
  out.day_bytes = from.varint();
  out.lease_days = from.u16();
  if (out.lease_days > lease_days_max) from.reject();
  return out;
}

Body read_body(std::uint8_t type, Reader& from) {
  switch (static_cast<Type>(type)) {
    case Type::genesis: return read_genesis(from);
    case Type::delegation: return read_delegation(from);
    case Type::unit: return read_unit(from);
    case Type::device: return read_device(from);
    case Type::revoke_device: return read_revocation(from);
    case Type::addresses: return read_addresses(from);
    case Type::code_block: return read_code_block(from);
    case Type::succession: return read_succession(from);
    case Type::user: return read_user(from);
    case Type::calendar: return read_calendar(from);
    case Type::seed_shares: return read_seed_shares(from);
    case Type::account: return read_account(from);
    case Type::shared_code: return read_shared_code(from);
    case Type::erasure: return read_erasure(from);
    case Type::activation: return read_activation(from);
    case Type::admission: return read_admission(from);
    case Type::limits: return read_limits(from);
    case Type::resend: return read_resend(from);
    case Type::root_rotation: return RootRotation{from.fixed_value<SignKey>(), from.fixed_value<Hash>()};
  }
  return Unknown{type, copy(from.raw(from.remaining()))};
}

Bytes signed_bytes(const Entry& entry, const OrgId& org) {
  Writer out;
  out.raw(org);
  out.u32(entry.epoch);
  out.raw(entry.previous);
  out.u8(type_of(entry.body));
  out.raw(encode_body(entry));
  return std::move(out).take();
}

}  // namespace

bool is_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = text.substr(colon + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto of_a_name = [&](char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("-._:[]%").find(c) != std::string_view::npos;
  };
  constexpr std::size_t port_digits_max = 5;
  constexpr unsigned port_max = 65'535;
  if (port.empty() || port.size() > port_digits_max || port.front() == '0' || !std::all_of(port.begin(), port.end(), digit)) return false;
  unsigned number = 0;
  for (const char c : port) number = number * 10 + static_cast<unsigned>(c - '0');
  return number <= port_max && std::all_of(text.begin(), text.end(), of_a_name);
}

const char* name_of(Role role) noexcept {
  switch (role) {
    case Role::clerk: return "clerk";
    case Role::desk_head: return "desk_head";
    case Role::leader: return "leader";
    case Role::technician: return "technician";
    case Role::administrator: return "administrator";
    case Role::auditor: return "auditor";
    case Role::accountant: return "accountant";
  }
  return "";
}

std::optional<Role> role_named(std::string_view name) noexcept {
  for (const auto role : all_roles)
    if (name == name_of(role)) return role;
  return std::nullopt;
}

bool writes(Role role) noexcept { return role != Role::technician && role != Role::auditor; }

bool reads(Role role) noexcept { return role != Role::technician; }

Hash activation_hash(const Array<16>& secret, const OrgId& org, std::string_view unit, std::string_view name) {
  Writer whose;
  whose.raw(org);
  whose.text(unit);
  whose.text(name);
  return crypto::hash<Hash>("wsync-activate", secret, {whose.peek()});
}

Bytes encode_entry(const Entry& entry) {
  Writer out;
  out.u32(entry.epoch);
  out.raw(entry.previous);
  out.u8(type_of(entry.body));
  out.bytes(encode_body(entry));
  out.raw(entry.signature);
  return std::move(out).take();
}

Result<Entry> decode_entry(BytesView bytes) {
  Reader from(bytes);
  Entry out;
  out.epoch = from.u32();
  out.previous = from.fixed_value<Hash>();
  const auto type = from.u8();
  Reader body(from.bytes(limits::policy_body_bytes_max));
  out.signature = from.fixed_value<Signature>();
  WARD_CHECK(from.finish("policy entry"));
  out.from_index = body.varint();
  out.time.ms = static_cast<std::int64_t>(body.u48());
  out.body = read_body(type, body);
  WARD_CHECK(body.finish("policy entry"));
  return out;
}

Hash hash_of(const Entry& entry, const OrgId& org) {
  const auto bytes = encode_entry(entry);
  return crypto::hash<Hash>("wsync-policy", {}, {org.view(), bytes});
}

void sign(Entry& entry, const OrgId& org, const crypto::SignSeed& key) {
  entry.signature = crypto::sign(key, prefix, signed_bytes(entry, org));
}

Result<void> verify(const Entry& entry, const OrgId& org, const SignKey& key) {
  return crypto::verify(key, prefix, signed_bytes(entry, org), entry.signature);
}

}  // namespace ward::policy
