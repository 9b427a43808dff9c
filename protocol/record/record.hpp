#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"
#include "protocol/crypto/keys.hpp"

#include <string>
#include <vector>

/// Records: sealed, numbered by their device (records.md §2).
namespace ward::record {

inline constexpr std::uint8_t suite_v1 = 1;
inline constexpr std::uint16_t writer_version = 1;
inline constexpr std::size_t header_size = 86;
inline constexpr std::size_t tag_size = 32;

/// An unknown type is verified, kept and carried; only its meaning is missing.
enum class Type : std::uint8_t { change = 1, grant = 2, manifest = 3, incarnation = 4, summary = 5 };

/// Cleartext: enough for a relay that can read nothing else.
struct Header {
  std::uint8_t suite = suite_v1;
  Type type = Type::change;
  Position position;
  Epoch policy_epoch = 0;
  Did did;  ///< zero in the creating record of a dossier and in records that concern none
  KeyId key_id;
  std::uint16_t writer = writer_version;
  std::uint16_t reader_min = writer_version;
  Hlc hlc;
  std::uint32_t length = 0;  ///< of P, a multiple of 32
  friend bool operator==(const Header&, const Header&) = default;
};

[[nodiscard]] Array<header_size> encode_header(const Header& header);
[[nodiscard]] Result<Header> decode_header(BytesView bytes);

/// The dossier that a record with this header belongs to: its `did`, or the one that it creates. Zero for an incarnation record.
[[nodiscard]] Did dossier_of(const Header& header);
[[nodiscard]] Did did_created_by(const Position& position);

/// A record as it is stored and relayed. `body` = C ‖ T.
struct Sealed {
  Header header;
  Bytes body;
  friend bool operator==(const Sealed&, const Sealed&) = default;
};

/// Pads and seals; sets `length` and `key_id`. The same input gives the same bytes always (nothing is drawn).
/// `plain` ≤ limits::body_bytes_max.
[[nodiscard]] Sealed seal(Header header, BytesView plain, const crypto::DossierKey& key, const OrgId& org);

/// P with its padding. `wrong_key` when key ids differ, `bad_signature` when the tag does not verify.
[[nodiscard]] Result<Bytes> open(const Sealed& record, const crypto::DossierKey& key, const OrgId& org);

[[nodiscard]] Hash body_hash_of(BytesView body);
[[nodiscard]] Rid rid_of(const Header& header, const Hash& body_hash);
[[nodiscard]] Rid rid_of(const Sealed& record);

/// What an offer of custody commits to: B(32, "wsync-past", –, the sorted rids of the changes that it builds on).
[[nodiscard]] Hash past_digest(std::vector<Rid> changes);

/// The key under which bodies lie that every member may read (incarnations, grants): derived from public data, so that there is one form of
/// record.
[[nodiscard]] crypto::DossierKey open_key(const OrgId& org);

/// Ends a body's decoding: what remains must be fewer than 32 zeros.
[[nodiscard]] Result<void> finish_padded(Reader& from, const char* what);

/// Where one start of the daemon continues the device's earlier work.
struct IncarnationBody {
  struct Previous {
    Incarnation incarnation;
    Seq count = 0;   ///< records that the earlier incarnation holds here
    Hash statement;  ///< of its last segment; zero when none was cut
    friend bool operator==(const Previous&, const Previous&) = default;
  };
  std::vector<Previous> previous;  ///< 0 or 1
  std::string version;             ///< of the program, for health
  friend bool operator==(const IncarnationBody&, const IncarnationBody&) = default;
};
[[nodiscard]] Bytes encode_incarnation(const IncarnationBody& body);
[[nodiscard]] Result<IncarnationBody> decode_incarnation(BytesView plain);

/// A dossier key, wrapped to units (records.md §7). Sealed under `open_key`: a relay routes by it.
struct GrantBody {
  struct Wrap {
    UnitCode unit;
    Epoch unit_epoch = 0;
    Bytes wrapped;  ///< 64 bytes (own unit's wrap key) or 96 (ephemeral public key first)
    friend bool operator==(const Wrap&, const Wrap&) = default;
  };
  /// A key that whoever holds this one may open too.
  struct Before {
    KeyId key_id;
    Bytes sealed;  ///< 64 bytes (keys::seal_before)
    friend bool operator==(const Before&, const Before&) = default;
  };
  KeyId key_id;
  std::vector<Position> stands_on;  ///< 0 or 1: the custody event; none for the creating unit's own grant
  std::vector<Wrap> wraps;          ///< sorted by unit, then epoch
  std::vector<Before> before{};     ///< of a new key: those that it follows, sorted by key id
  friend bool operator==(const GrantBody&, const GrantBody&) = default;
};
/// `before` at most `limits::keys_before_max`.
[[nodiscard]] Bytes encode_grant(const GrantBody& body, const Position& own);
[[nodiscard]] Result<GrantBody> decode_grant(BytesView plain, const Position& own);

/// What the registry says of a dossier that rests (docs/adr/0010): all of it that the log holds before this record's own segment, merged.
struct SummaryBody {
  std::uint64_t changes = 0;  ///< that it stands for
  Hash past;                  ///< `past_digest` of them
  WallTime changed_at;        ///< when the newest of them was written: its clock, but never past its stamp
  Bytes state;                ///< merge::encode_state
  friend bool operator==(const SummaryBody&, const SummaryBody&) = default;
};
[[nodiscard]] Bytes encode_summary(const SummaryBody& body);
[[nodiscard]] Result<SummaryBody> decode_summary(BytesView plain);

}  // namespace ward::record
