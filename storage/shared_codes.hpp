#pragma once

#include "protocol/policy/policy.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

/// Codes that several dossiers have (records.md §1): a copied PC gave them, or an import brought them. People are shown them; nothing here
/// changes a dossier for that.
namespace ward::storage {

struct Sharer {
  Did did;
  UnitCode unit;
  bool here = false;   ///< this site holds it
  std::string owner;   ///< empty where it is not here, or in conflict
  std::string voided;  ///< why it does not count; empty: it does
};
/// Not settled: at least two of its dossiers count, and have no other official code of their own.
struct SharedCode {
  std::string code;
  std::vector<Sharer> dossiers;  ///< by id
};

inline constexpr std::size_t shared_codes_max = 1'000;  ///< shown at once

/// After a dossier got or lost this code. In a transaction.
void note_code(Store& store, std::string_view code);

/// By their code; at a ward with those that the centre tells of.
[[nodiscard]] Result<std::vector<SharedCode>> shared_codes(Store& store);
[[nodiscard]] std::vector<SharedCode> shared_codes_in_transaction(Store& store);

/// What the policy log must say of codes that dossiers of several units share, and does not say yet; at most `limit`. In a transaction.
[[nodiscard]] std::vector<policy::SharedCode> untold_shared_codes(Store& store, std::size_t limit);

}  // namespace ward::storage
