#pragma once

#include "storage/store.hpp"

#include <string>
#include <vector>

/// Dossiers that look like one matter, lodged twice: one citizen's identity number, one procedure (MERGE.md §7). They are suggested until
/// somebody says what they are to each other (HoSoLienQuan); nothing ever merges them.
namespace ward::storage {

struct Duplicate {
  merge::DossierState one, other;
};
struct DuplicatePage {
  std::vector<Duplicate> pairs;
  std::string next;  ///< cursor; empty: no more
};
/// Those about which nobody has said anything yet. `limit`: in matters, at most 500; one may have several pairs.
[[nodiscard]] Result<DuplicatePage> list_duplicates(Store& store, std::string_view after, std::size_t limit);

inline constexpr const char* related_list = "HoSoLienQuan";
/// What is said of `other` in a dossier: the entry that says it.
[[nodiscard]] record::Op relate(const Did& other, bool same_matter, const std::string& why);

/// Writes down of what matter a dossier is, as a keyed hash; inside the transaction that writes the merged dossier.
void write_matter(Store& store, std::int64_t dossier, const merge::DossierState& state);

}  // namespace ward::storage
