#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound on what comes from outside, in one place, with its reason. Decoders refuse past them with
/// `Fault::too_large`; writers assert.
namespace ward::limits {

inline constexpr std::size_t body_bytes_max = 8 * 1024;  ///< records.md §2; longer text is an attachment
inline constexpr std::size_t body_padding = 32;          ///< P is a multiple of this
inline constexpr std::size_t text_bytes_max = 4 * 1024;  ///< one text value
inline constexpr std::size_t name_bytes_max = 64;        ///< a field's, unit's or user's name
inline constexpr std::size_t key_bytes_max = 256;        ///< the identity of an element
inline constexpr std::size_t ops_max = 512;              ///< operations in one change: a full dossier at import
inline constexpr std::size_t seen_max = 64;              ///< heads named by one change
inline constexpr std::size_t path_depth_max = 6;         ///< field, element, field, …
inline constexpr std::size_t value_depth_max = 4;
inline constexpr std::size_t value_items_max = 256;       ///< entries of one list or map
inline constexpr std::size_t grants_per_record_max = 32;  ///< units in one grant record
inline constexpr std::size_t keys_before_max = 16;        ///< earlier keys that one grant opens: a key for each PC that made one alone
inline constexpr std::size_t segment_records_max = 256;   ///< records.md §3
inline constexpr std::size_t segment_records_min = 16;    ///< the smallest that a slow link may ask for
inline constexpr std::size_t run_segments_max = 64;
inline constexpr std::size_t run_bytes_max = 4 * 1024 * 1024;  ///< after decompression; 256 full bodies and their tables
inline constexpr std::size_t proof_hashes_max = 512;           ///< 256 leaves never need more
inline constexpr std::size_t frame_bytes_max = 65535;          ///< u16 length of a Noise message
inline constexpr std::size_t noise_overhead = 16;
inline constexpr std::size_t message_bytes_max = 6 * 1024 * 1024;  ///< one message, reassembled from its frames
inline constexpr std::size_t hello_bytes_max = 8 * 1024;           ///< the payload of a handshake message
inline constexpr std::size_t policy_body_bytes_max = 64 * 1024;
inline constexpr std::size_t policy_entries_max = 1'000'000;
inline constexpr std::size_t units_max = 10'000;
inline constexpr std::size_t changes_per_dossier_max = 16'384;
inline constexpr std::size_t consistency_hashes_max = 128;  ///< two trees of 2^64 leaves
inline constexpr std::uint64_t seq_max = (std::uint64_t{1} << 48U) - 1;

}  // namespace ward::limits
