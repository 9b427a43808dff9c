#include "protocol/audit/audit.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <array>

namespace ward::audit {
namespace {

constexpr std::string_view prefix{"wsync-audit-v1\0", 15};
constexpr std::uint8_t clock_is_trusted = 1;

/// By their numbers, from 1.
constexpr std::array names{
    "begun",           "started",         "incarnation",     "log_broken",   "log_exported",      "ticket_new",        "device_asked",
    "device_approved", "device_revoked",  "unit_added",      "unit_merged",  "unit_renewed",      "user_added",        "user_disabled",
    "user_reset",      "addresses_set",   "calendar_set",    "codes_given",  "backup_noted",      "restored",          "page_code",
    "page_opened",     "page_refused",    "page_closed",     "pages_closed", "receipts_exported", "dossiers_exported", "support_bundle",
    "sync_paused",     "sync_resumed",    "damage_found",    "alarm",        "copy_found",        "key_requested",     "key_applied",
    "root_rotated",    "key_forgotten",   "policy_imported", "log_in",       "log_in_failed",     "log_in_locked",     "log_out",
    "pin_set",         "erasure_ordered", "erased",          "handed_in",    "records_admitted",  "records_rejected",  "limits_set"};
static_assert(names.size() == static_cast<std::size_t>(kind_last));

std::string read_line(Reader& from, std::size_t size_max) {
  auto out = from.text(size_max);
  if (!text::is_plain(out) || out.find_first_of("\t\n") != std::string::npos) from.reject();
  return out;
}

Error named(const Error& error, const char* what, std::uint64_t number) {
  return {error.fault, std::string(what) + " " + std::to_string(number) + ": " + error.detail};
}

Result<policy::PolicyLog> policy_of(const Export& exported, const std::optional<SignKey>& root) {
  if (exported.policy.empty()) return fail(Fault::malformed, "the policy log is missing");
  WARD_TRY(auto log, policy::PolicyLog::start(exported.policy.front(), exported.head.org));
  if (root && log.genesis().root != *root) return fail(Fault::wrong_organisation, "the file is of another root key's city");
  for (std::size_t i = 1; i < exported.policy.size(); ++i)
    if (auto taken = log.append(exported.policy[i]); taken.has_error()) return named(taken.error(), "policy entry", i);
  return log;
}

Result<void> check_signature(const Export& exported, const policy::PolicyLog& log) {
  const auto& head = exported.head;
  if (head.count == 0) return fail(Fault::malformed, "it holds no entries");
  const auto bytes = encode_head(head);
  const auto signed_by = [&](const SignKey& key) { return crypto::verify(key, prefix, bytes, exported.signature); };
  if (head.site == Site::ward) {
    const auto* device = log.device(head.device);
    return device == nullptr ? fail(Fault::not_member, "the device that signed it is not in the policy log")
                             : signed_by(device->device.sign);
  }
  const auto keys = log.receipt_keys();
  const bool good =
      std::any_of(keys.begin(), keys.end(), [&](const auto& each) { return each.counts_at(head.at) && signed_by(each.key).has_value(); });
  return good ? Result<void>{} : fail(Fault::bad_signature, "no receipt key of its time signed it");
}

}  // namespace

const char* name_of(Kind kind) noexcept { return names[static_cast<std::size_t>(kind) - 1]; }

std::string name_of_number(std::uint64_t kind) {
  return kind >= 1 && kind <= names.size() ? names[static_cast<std::size_t>(kind) - 1] : "";
}

std::optional<Kind> kind_named(std::string_view name) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Kind>(found - names.begin() + 1);
}

Bytes encode_entry(const Entry& entry) {
  Writer out;
  out.varint(entry.number);
  out.u48(static_cast<std::uint64_t>(entry.at.ms));
  out.u8(entry.clock_trusted ? clock_is_trusted : 0);
  out.varint(entry.kind);
  out.text(entry.who);
  out.text(entry.subject);
  out.text(entry.detail);
  return std::move(out).take();
}

Result<Entry> decode_entry(BytesView bytes) {
  Reader from(bytes);
  Entry out;
  out.number = from.varint();
  out.at.ms = static_cast<std::int64_t>(from.u48());
  const auto flags = from.u8();
  if ((flags & ~clock_is_trusted) != 0) from.reject();
  out.clock_trusted = flags != 0;
  out.kind = from.varint();
  if (out.kind == 0) from.reject();
  out.who = read_line(from, who_bytes_max);
  out.subject = read_line(from, text_bytes_max);
  out.detail = read_line(from, text_bytes_max);
  WARD_CHECK(from.finish("audit entry"));
  return out;
}

Hash chain(const Hash& before, BytesView entry) { return crypto::hash<Hash>("wsync-audit", {}, {before.view(), entry}); }

Bytes encode_head(const Head& head) {
  Writer out;
  out.raw(head.org);
  out.u8(static_cast<std::uint8_t>(head.site));
  out.raw(head.device);
  out.u64(head.first);
  out.u64(head.count);
  out.raw(head.before);
  out.raw(head.end);
  out.u48(static_cast<std::uint64_t>(head.at.ms));
  return std::move(out).take();
}

Result<Head> decode_head(BytesView bytes) {
  Reader from(bytes);
  Head out;
  out.org = from.fixed_value<OrgId>();
  const auto site = from.u8();
  if (site != 1 && site != 2) from.reject();
  out.site = static_cast<Site>(site);
  out.device = from.fixed_value<DeviceId>();
  if (out.site == Site::centre && !out.device.is_zero()) from.reject();
  out.first = from.u64();
  out.count = from.u64();
  out.before = from.fixed_value<Hash>();
  out.end = from.fixed_value<Hash>();
  out.at.ms = static_cast<std::int64_t>(from.u48());
  WARD_CHECK(from.finish("audit head"));
  return out;
}

Signature sign(const Head& head, const crypto::SignSeed& key) { return crypto::sign(key, prefix, encode_head(head)); }

Result<Verdict> check(const Export& exported, const std::optional<SignKey>& root) {
  WARD_TRY(const auto log, policy_of(exported, root));
  WARD_CHECK(check_signature(exported, log));
  const auto& head = exported.head;
  if (exported.entries.size() != head.count) return fail(Fault::bad_signature, "it holds more or fewer entries than were signed");
  Verdict out{log.genesis().organisation, log.genesis().root, head, {}, false};
  if (const auto* device = log.device(head.device)) out.revoked = device->revoked.has_value();
  auto reached = head.before;
  for (const auto& bytes : exported.entries) {
    const auto number = head.first + out.entries.size();
    auto entry = decode_entry(bytes);
    if (entry.has_error()) return named(entry.error(), "entry", number);
    if (entry->number != number) return fail(Fault::bad_signature, "entry " + std::to_string(number) + " is another one");
    reached = chain(reached, bytes);
    out.entries.push_back(*std::move(entry));
  }
  const bool whole = reached == head.end && (head.first != 0 || head.before.is_zero());
  if (!whole) return fail(Fault::bad_signature, "the entries are not those that were signed");
  return out;
}

}  // namespace ward::audit
