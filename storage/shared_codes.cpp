#include "storage/shared_codes.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/code/code.hpp"
#include "protocol/course/course.hpp"
#include "storage/dossiers.hpp"
#include "storage/merged.hpp"

#include <algorithm>
#include <map>

namespace ward::storage {
namespace {

constexpr std::size_t told_max = 4'096;  ///< unsettled, in the policy log: who imports a city's codes twice must not flood it

std::size_t dossiers_with(Store& store, std::string_view code) {
  auto found = store.db.query("SELECT count(*) FROM code WHERE code = ?");
  found.bind(code);
  return found.step() ? static_cast<std::size_t>(found.number(0)) : 0;
}

std::vector<std::int64_t> rows_with(Store& store, std::string_view code) {
  std::vector<std::int64_t> out;
  auto found = store.db.query("SELECT dossier FROM code WHERE code = ? LIMIT ?");
  found.bind(code).bind(static_cast<std::int64_t>(policy::sharers_max));
  while (found.step()) out.push_back(found.number(0));
  return out;
}

/// People can name it by a number that no other dossier has.
bool is_told_apart(Store& store, const merge::DossierState& state, std::string_view shared) {
  return std::any_of(state.codes.begin(), state.codes.end(),
                     [&](const auto& code) { return code != shared && code::parse_official(code) && dossiers_with(store, code) == 1; });
}

/// Nothing when it is settled.
std::optional<SharedCode> read_shared(Store& store, const std::string& code) {
  SharedCode out{code, {}};
  std::size_t open = 0;
  for (const auto row : rows_with(store, code)) {
    const auto state = read_state(store, row);
    auto& sharer = out.dossiers.emplace_back(
        Sharer{did_of(store, row), state.custody.unit, true, course::shown_text(state, "ChuHoSo"), course::shown_text(state, void_field)});
    if (sharer.voided.empty() && !state.erased && !is_told_apart(store, state, code)) ++open;
  }
  if (open < 2) return std::nullopt;
  std::sort(out.dossiers.begin(), out.dossiers.end(), [](const auto& a, const auto& b) { return a.did < b.did; });
  return out;
}

std::vector<std::string> codes_noted(Store& store) {
  std::vector<std::string> out;
  auto found = store.db.query("SELECT code FROM shared_code ORDER BY code LIMIT ?");
  found.bind(static_cast<std::int64_t>(shared_codes_max));
  while (found.step()) out.push_back(found.text(0));
  return out;
}

/// What the centre tells of dossiers here and elsewhere.
void add_told(Store& store, std::map<std::string, SharedCode>& to) {
  for (const auto& [code, told] : store.policy.shared_codes()) {
    const auto is_here = [&](const auto& sharer) { return find_dossier_row(store, sharer.did) != 0; };
    if (to.size() == shared_codes_max || std::none_of(told.dossiers.begin(), told.dossiers.end(), is_here)) continue;
    auto& shared = to.try_emplace(code, SharedCode{code, {}}).first->second;
    for (const auto& sharer : told.dossiers) {
      const bool listed =
          std::any_of(shared.dossiers.begin(), shared.dossiers.end(), [&](const auto& one) { return one.did == sharer.did; });
      if (listed) continue;
      const auto row = find_dossier_row(store, sharer.did);
      const auto state = row == 0 ? merge::DossierState{} : read_state(store, row);
      shared.dossiers.push_back(
          {sharer.did, sharer.unit, row != 0, course::shown_text(state, "ChuHoSo"), course::shown_text(state, void_field)});
    }
  }
}

bool in_several_units(const SharedCode& shared) {
  return std::any_of(shared.dossiers.begin(), shared.dossiers.end(),
                     [&](const auto& one) { return one.unit != shared.dossiers.front().unit; });
}

policy::SharedCode entry_of(const SharedCode& shared) {
  policy::SharedCode out{shared.code, {}};
  for (const auto& one : shared.dossiers) out.dossiers.push_back({one.did, one.unit});
  return out;
}

}  // namespace

void note_code(Store& store, std::string_view code) {
  if (dossiers_with(store, code) > 1)
    store.db.query("INSERT OR IGNORE INTO shared_code (code) VALUES (?)").bind(code).run();
  else
    store.db.query("DELETE FROM shared_code WHERE code = ?").bind(code).run();
}

std::vector<SharedCode> shared_codes_in_transaction(Store& store) {
  std::map<std::string, SharedCode> found;
  for (const auto& code : codes_noted(store))
    if (auto shared = read_shared(store, code)) found.emplace(code, *std::move(shared));
  if (store.site == Site::ward) add_told(store, found);
  std::vector<SharedCode> out;
  out.reserve(found.size());
  for (auto& [code, shared] : found) out.push_back(std::move(shared));
  return out;
}

Result<std::vector<SharedCode>> shared_codes(Store& store) {
  forget_keys(store);
  return store.db.read("shared codes", [&]() -> Result<std::vector<SharedCode>> { return shared_codes_in_transaction(store); });
}

std::vector<policy::SharedCode> untold_shared_codes(Store& store, std::size_t limit) {
  const auto& told = store.policy.shared_codes();
  std::vector<policy::SharedCode> out;
  std::map<std::string, policy::SharedCode> wanted;
  for (const auto& shared : shared_codes_in_transaction(store))
    if (in_several_units(shared) && shared.code.size() <= limits::name_bytes_max) wanted.emplace(shared.code, entry_of(shared));
  for (const auto& [code, entry] : told)
    if (out.size() < limit && !wanted.contains(code)) out.push_back({code, {}});
  auto many = told.size();
  for (const auto& [code, entry] : wanted) {
    const auto before = told.find(code);
    if (out.size() == limit || (before == told.end() && many++ >= told_max)) break;
    if (before == told.end() || !(before->second == entry)) out.push_back(entry);
  }
  return out;
}

}  // namespace ward::storage
