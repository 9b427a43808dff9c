#include "storage/persons.hpp"

#include "protocol/text/text.hpp"
#include "storage/erasures.hpp"
#include "storage/search.hpp"
#include "storage/summaries.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t dossiers_of_one_max = 1'000;
constexpr std::size_t digits_min = 4;  ///< fewer are nobody's number

bool names(const record::Map& fields, const std::vector<std::string>& identity) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& member) {
    const auto* text = member.value.text();
    return text != nullptr && text::words(*text) == identity;
  });
}

bool names(const merge::DossierState& state, const std::vector<std::string>& identity) {
  if (names(state.fields, identity)) return true;
  for (const auto& collection : state.collections)
    for (const auto& element : collection.elements)
      if (names(element.fields, identity)) return true;
  for (const auto& conflict : state.conflicts)
    for (const auto& said : conflict.values)
      if (const auto* text = said.value.text(); text != nullptr && text::words(*text) == identity) return true;
  return false;
}

}  // namespace

Result<std::vector<HeldDossier>> dossiers_about(Store& store, std::string_view identity) {
  forget_keys(store);
  const auto words = text::words(identity);
  if (words.size() != 1 || words.front().size() < digits_min)
    return fail(Fault::invalid, "an identity number has at least 4 digits or letters, and no spaces");
  WARD_TRY(const auto found, store.db.read("find a person's dossiers", [&]() -> Result<std::vector<Did>> {
    const auto wanted = hashes_of_query(store, identity);
    std::vector<Did> out;
    auto rows = store.db.query("SELECT d.id, d.did, w.hashes, d.dirty FROM dossier d LEFT JOIN words w ON w.dossier = d.id ORDER BY d.id");
    while (rows.step()) {
      // Of what is not merged yet only merging tells.
      const bool merged = rows.number(3) == 0 && !rows.is_null(2);
      if ((merged && !contains_all(rows.bytes(2), wanted)) || !names(read_state(store, rows.number(0)), words)) continue;
      if (out.size() == dossiers_of_one_max) return fail(Fault::too_large, "more than 1,000 dossiers name this number");
      out.push_back(rows.fixed<Did>(1));
    }
    return out;
  }));
  std::vector<HeldDossier> out;
  for (const auto& did : found) {
    auto& held = out.emplace_back();
    WARD_TRY(held.view, show_dossier(store, did));
    WARD_TRY(held.history, dossier_history(store, did));
    WARD_TRY(held.readers, store.db.read("who reads a dossier", [&]() -> Result<std::vector<DossierReader>> {
      return readers_of(store, find_dossier_row(store, did));
    }));
  }
  return out;
}

Result<std::vector<EndedDossier>> ended_dossiers(Store& store) {
  return store.db.read("list ended dossiers", [&]() -> Result<std::vector<EndedDossier>> {
    std::vector<EndedDossier> out;
    auto rows = store.db.query(
        "SELECT d.did, d.code, d.procedure, d.status, d.unit, d.ended, s.changed_ms FROM dossier d JOIN state s ON s.dossier = d.id WHERE "
        "d.status IN ('3', '8', '10') OR d.voided = 1 ORDER BY d.id");
    while (rows.step()) {
      const auto did = rows.fixed<Did>(0);
      if (!is_erased(store, did))
        out.push_back({did, rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5), {rows.number(6)}});
    }
    return out;
  });
}

}  // namespace ward::storage
