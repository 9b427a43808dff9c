#include "storage/duplicates.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/text/text.hpp"
#include "storage/cursor.hpp"
#include "storage/merged.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t matters_max = 500;
constexpr const char* other_field = "HoSoId";

/// Of whom and what it is; nothing where that is not known.
std::optional<KeyId> matter_of(const Store& store, const merge::DossierState& state) {
  const auto identity = shown_text(state, "SoGiayToChuHoSo");
  const auto procedure = shown_text(state, "MaTTHC");
  if (identity.empty() || procedure.empty() || !shown_text(state, "LyDoHuy").empty()) return std::nullopt;
  return crypto::hash<KeyId>("wsync-matter", store.local.view(), {view(procedure), BytesView(Array<1>{}), view(identity)});
}

/// Somebody said what the two are to each other.
bool is_judged(const merge::DossierState& state, const Did& other) {
  const auto found =
      std::find_if(state.collections.begin(), state.collections.end(), [](const auto& one) { return one.name == related_list; });
  if (found == state.collections.end()) return false;
  const auto wanted = hex(other.view());
  return std::any_of(found->elements.begin(), found->elements.end(), [&](const auto& entry) {
    const auto* id = record::find(entry.fields, other_field);
    return id != nullptr && id->text() != nullptr && *id->text() == wanted;
  });
}

void add_pairs(std::vector<Duplicate>& to, const std::vector<merge::DossierState>& all) {
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i + 1; j < all.size(); ++j)
      if (merge::may_be_duplicates(all[i], all[j]) && !is_judged(all[i], all[j].did) && !is_judged(all[j], all[i].did))
        to.push_back({all[i], all[j]});
}

}  // namespace

Result<DuplicatePage> list_duplicates(Store& store, std::string_view after, std::size_t limit) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("list duplicates", [&]() -> Result<DuplicatePage> {
    WARD_TRY(const auto from, row_of(after, 0));
    const auto most = std::clamp<std::size_t>(limit, 1, matters_max);
    DuplicatePage out;
    std::size_t matters = 0;
    std::int64_t last = 0;
    auto found = store.db.query(
        "SELECT min(dossier), hash FROM matter GROUP BY hash HAVING count(*) > 1 AND min(dossier) > ? ORDER BY min(dossier)");
    found.bind(from);
    while (found.step()) {
      if (matters == most) {
        out.next = std::to_string(last);
        return out;
      }
      std::vector<merge::DossierState> all;
      auto members = store.db.query("SELECT dossier FROM matter WHERE hash = ? ORDER BY dossier");
      const auto hash = found.fixed<KeyId>(1);
      members.bind(hash);
      while (members.step()) all.push_back(read_state(store, members.number(0)));
      const auto before = out.pairs.size();
      add_pairs(out.pairs, all);
      if (out.pairs.size() == before) continue;
      last = found.number(0);
      ++matters;
    }
    return out;
  });
}

record::Op relate(const Did& other, bool same_matter, const std::string& why) {
  record::Map entry{{other_field, record::Value(hex(other.view()))}, {"QuanHe", record::Value(same_matter ? "1" : "2")}};
  if (!why.empty()) entry.push_back({"LyDoLienQuan", record::Value(why)});
  return {record::OpKind::append, {record::Step::field(related_list)}, record::Value(record::canonical(std::move(entry))), std::nullopt};
}

void write_matter(Store& store, std::int64_t dossier, const merge::DossierState& state) {
  const auto matter = matter_of(store, state);
  {
    auto held = store.db.query("SELECT hash FROM matter WHERE dossier = ?");
    held.bind(dossier);
    const bool is_there = held.step();
    if (!is_there && !matter) return;
    if (is_there && matter && held.fixed<KeyId>(0) == *matter) return;
  }
  if (matter)
    store.db.query("INSERT INTO matter (dossier, hash) VALUES (?, ?) ON CONFLICT (dossier) DO UPDATE SET hash = excluded.hash")
        .bind(dossier)
        .bind(*matter)
        .run();
  else
    store.db.query("DELETE FROM matter WHERE dossier = ?").bind(dossier).run();
}

}  // namespace ward::storage
