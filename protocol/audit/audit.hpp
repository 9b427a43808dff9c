#pragma once

#include "protocol/policy/policy.hpp"

#include <optional>
#include <string>
#include <vector>

/// A site's audit log: who did what there, and when; never about what is in a dossier (WIRE.md §14). Each entry follows from the one
/// before, so that none can be changed, left out, put in or moved without all that come after it being made anew.
namespace ward::audit {

inline constexpr std::size_t who_bytes_max = 64;
inline constexpr std::size_t text_bytes_max = 256;
inline constexpr std::size_t file_entries_max = 100'000;  ///< of one export; more take several

/// Numbers and names are for ever; a new one goes to the end.
enum class Kind : std::uint16_t {
  begun = 1,    ///< this log begins: the site was set up, or updated to a version that keeps one
  started = 2,  ///< the daemon
  incarnation,  ///< the first write after a start
  log_broken,   ///< what is kept beside the database knows another log: an older copy was put back, or it was altered
  log_exported,
  ticket_new,
  device_asked,  ///< with a ticket; it waits
  device_approved,
  device_revoked,
  unit_added,
  unit_merged,
  unit_renewed,
  user_added,
  user_disabled,
  user_reset,
  addresses_set,
  calendar_set,
  codes_given,
  backup_noted,
  restored,
  page_code,
  page_opened,
  page_refused,  ///< with a wrong or old code
  page_closed,
  pages_closed,
  receipts_exported,
  dossiers_exported,
  support_bundle,
  sync_paused,
  sync_resumed,
  damage_found,
  alarm,
  copy_found,  ///< this data is an older copy of itself, or runs twice
  key_requested,
  key_applied,
  root_rotated,
  key_forgotten,
  policy_imported,
  log_in,
  log_in_failed,
  log_in_locked,
  log_out,
  pin_set,
  erasure_ordered,
  erased,
  handed_in,  ///< what a revoked PC wrote before it knew was brought; nobody has admitted it
  records_admitted,
  records_rejected,
  limits_set,
};
inline constexpr Kind kind_last = Kind::limits_set;
[[nodiscard]] const char* name_of(Kind kind) noexcept;
/// Empty for a number that this build does not know.
[[nodiscard]] std::string name_of_number(std::uint64_t kind);
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name) noexcept;

struct Entry {
  std::uint64_t number = 0;  ///< from 0
  WallTime at;               ///< by the site's clock
  bool clock_trusted = true;
  std::uint64_t kind = 0;  ///< a Kind, or one of a newer version
  std::string who;         ///< a user, an account of the operating system; empty: the program by itself
  std::string subject;     ///< what it was done to: ids, unit codes
  std::string detail;
  friend bool operator==(const Entry&, const Entry&) = default;
};
[[nodiscard]] Bytes encode_entry(const Entry& entry);
[[nodiscard]] Result<Entry> decode_entry(BytesView bytes);
/// B(32, "wsync-audit", –, before ‖ entry); `before` is zero for the first.
[[nodiscard]] Hash chain(const Hash& before, BytesView entry);

enum class Site : std::uint8_t { ward = 1, centre = 2 };

/// What is signed of a piece of the log.
struct Head {
  OrgId org;
  Site site = Site::ward;
  DeviceId device;          ///< of a ward; zero of the centre
  std::uint64_t first = 0;  ///< number of the piece's first entry
  std::uint64_t count = 0;
  Hash before;  ///< the chain up to the piece
  Hash end;     ///< and through it
  WallTime at;
  friend bool operator==(const Head&, const Head&) = default;
};
inline constexpr std::size_t head_size = 16 + 1 + 16 + 8 + 8 + 32 + 32 + 6;
[[nodiscard]] Bytes encode_head(const Head& head);
[[nodiscard]] Result<Head> decode_head(BytesView bytes);
[[nodiscard]] Signature sign(const Head& head, const crypto::SignSeed& key);

/// A piece of the log, for whoever looks into it elsewhere.
struct Export {
  std::vector<policy::Entry> policy;
  Head head;
  Signature signature;
  std::vector<Bytes> entries;
};
struct Verdict {
  std::string organisation;
  SignKey root;  ///< of the policy log: whoever has not compared it has checked only that the file is one piece
  Head head;
  std::vector<Entry> entries;
  bool revoked = false;  ///< the policy log of the file revokes the PC that signed; whether it signed before that, the file does not show
};
/// Fails at the first thing that does not verify, and names it. `wrong_organisation`: not of the city whose first root key this is;
/// `not_member`: no device of its policy log signed it; `bad_signature`, `malformed`.
[[nodiscard]] Result<Verdict> check(const Export& exported, const std::optional<SignKey>& root);

}  // namespace ward::audit
