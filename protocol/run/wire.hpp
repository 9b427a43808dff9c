#pragma once

#include "protocol/base/limits.hpp"
#include "protocol/segment/rows.hpp"

#include <numeric>

/// Numbers that encoder and decoder share (WIRE.md, "Runs"). Never reused.
namespace ward::run {

/// What a segment says of itself before its columns.
enum SegmentFlag : std::uint64_t {
  is_subset = 1,
  has_seed = 2,  ///< 32 bytes in the opaque part
  has_stamp = 4,
  elides_previous = 8,
  elides_receipt_root = 16,
  in_leaf_order = 32,  ///< rows travel in the order of their numbers; the receiver sorts them
  same_seed = 64,      ///< as the segment before; instead of has_seed
  same_receipt = 128,  ///< the statement's receipt_seen, as the segment before
  follows = 256,       ///< the next records of the incarnation of the segment before
  elides_dossiers = 512,
  gives_keys = 1024,  ///< dossier keys of the rows, 32 bytes each in the opaque part; from version 2 of the link on
};

/// How a row travels, plus `odd_header`.
enum class Form : std::uint8_t { change = 0, open = 1, sealed = 2, hashed = 3, grant = 4 };
inline constexpr std::uint64_t odd_header = 8;  ///< policy epoch, writer or reader differ from what is usual

/// How a row's dossier is named; from `dossier_listed` on, its number in the run's table.
inline constexpr std::uint64_t dossier_none = 0;        ///< header.did is zero
inline constexpr std::uint64_t dossier_same = 1;        ///< of the row before
inline constexpr std::uint64_t dossier_by_creator = 2;  ///< first mention: the position that created it
inline constexpr std::uint64_t dossier_by_id = 3;       ///< first mention: 16 bytes
inline constexpr std::uint64_t dossier_by_head = 4;     ///< first mention: a position in it; dossier and key are left out
inline constexpr std::uint64_t dossier_listed = 5;

}  // namespace ward::run
