#include "tests/sim/code_judge.hpp"

#include "storage/dossiers.hpp"
#include "storage/numbering.hpp"
#include "storage/shared_codes.hpp"
#include "tests/sim/founding.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ward::sim {
namespace {

std::size_t official(const std::vector<std::string>& codes) {
  return static_cast<std::size_t>(
      std::count_if(codes.begin(), codes.end(), [](const auto& code) { return code::parse_official(code).has_value(); }));
}

bool has(const std::vector<std::string>& codes, const std::string& code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// Nothing where the store does not hold it. An erased one takes no code from anybody.
std::optional<std::vector<std::string>> codes_of(storage::Store& store, const Did& did) {
  const auto shown = storage::show_dossier(store, did);
  if (shown.has_error()) return std::nullopt;
  return shown->state.erased ? std::vector<std::string>() : shown->state.codes;
}

}  // namespace

std::string CodeJudge::unnumbered() {
  auto& store = centre_.store().store();
  for (auto* ward : members_) {
    const auto waiting = demand(
        store.db.read("waiting", [&]() -> Result<std::size_t> { return storage::waiting_for_codes(store, ward->device(), 1'000).size(); }),
        "waiting");
    if (waiting == 0) continue;
    const auto codes = demand(ward->store().codes(ward->now()), "codes");
    return "a PC of " + ward->unit() + " left " + std::to_string(waiting) +
           " dossiers without an official code: " + storage::name_of(codes.why);
  }
  return {};
}

void CodeJudge::is_shown(storage::Store& store, const std::string& where, const std::string& code, const std::set<Did>& dossiers) {
  std::size_t open = 0;
  for (const auto& did : dossiers) {
    const auto codes = codes_of(store, did);
    if (!codes) return;
    // One that has more official codes may be told apart by them; one that lost it with the disk that was put back shares nothing.
    if (official(*codes) == 1 && has(*codes, code)) ++open;
  }
  if (open < 2) return;
  const auto all = demand(storage::shared_codes(store), "shared codes " + where);
  const auto shown = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.code == code; });
  if (shown == all.end()) throw Complaint("a code of two dossiers is not shown " + where + ": " + code);
  for (const auto& did : dossiers)
    if (has(*codes_of(store, did), code) &&
        std::none_of(shown->dossiers.begin(), shown->dossiers.end(), [&](const auto& one) { return one.did == did; }))
      throw Complaint("a dossier that shares its code is not named " + where);
}

void CodeJudge::none_came_twice() {
  struct Uses {
    std::set<Did> dossiers;
    bool copied = false;
  };
  std::map<std::string, Uses> uses;
  for (const auto& given : given_) {
    auto& use = uses[given.code];
    use.dossiers.insert(given.did);
    use.copied = use.copied || given.copied;
  }
  for (const auto& [code, use] : uses) {
    if (use.dossiers.size() == 1) continue;
    if (!use.copied) throw Complaint("an official code was given twice: " + code);
    is_shown(centre_.store().store(), "at the centre", code, use.dossiers);
    for (auto* ward : members_) is_shown(ward->store().store(), "at a ward of " + ward->unit(), code, use.dossiers);
  }
}

void CodeJudge::all_are_of_their_blocks() {
  const auto& policy = centre_.store().store().policy;
  for (const auto& given : given_) {
    const auto code = *code::parse_official(given.code);
    if (!policy::Serials(policy.code_blocks(code.identification), given.device, code.day).contains(code.serial))
      throw Complaint("a code that is not of its PC's blocks: " + given.code);
  }
}

}  // namespace ward::sim
