#pragma once

#include "storage/store.hpp"

/// Search that tells nothing to who reads the disk: keyed 64-bit hashes of folded words and of their prefixes (records.md §8).
namespace ward::storage {

/// What a dossier is found by: its codes, the names, numbers and addresses of its people, its abstract. Sorted, 8 bytes each, at most 1,024
/// of them.
[[nodiscard]] Bytes hashes_of(const Store& store, const merge::DossierState& state);
/// Whether both states give the same words, without working them out.
[[nodiscard]] bool same_words(const merge::DossierState& a, const merge::DossierState& b);
/// One hash for each word of what a person typed; all must occur.
[[nodiscard]] std::vector<std::uint64_t> hashes_of_query(const Store& store, std::string_view text);
[[nodiscard]] bool contains_all(BytesView hashes, const std::vector<std::uint64_t>& wanted);

}  // namespace ward::storage
