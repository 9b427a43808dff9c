#include "tests/protocol/merge/laws.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

/// RapidCheck allocates at ever new depths: with whole stacks kept, the sanitizer takes most of the time.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "malloc_context_size=3"; }

namespace ward::merge::test {
namespace {

constexpr std::size_t steps_max = 14;
#ifdef __SANITIZE_ADDRESS__
constexpr const char* everyday_cases = "500";
#else
constexpr const char* everyday_cases = "20000";
#endif

/// Before the first property reads it.
const bool parameters_set = [] {
  const auto* wanted = std::getenv("WARD_LAW_CASES");
  static std::string params;
  params = std::string("RC_PARAMS=max_success=") + (wanted == nullptr ? everyday_cases : wanted);
  if (std::getenv("RC_PARAMS") == nullptr) putenv(params.data());
  return true;
}();

struct Known {
  Histories histories = Histories::wild;
  Law law = nullptr;
  std::size_t tried = 0, silent = 0;
  std::string broken;
};
std::map<std::string, Known>& laws() {
  static std::map<std::string, Known> all;
  return all;
}

/// Tries those that still hold. Names the first that does not, and says why.
std::pair<std::string, std::string> try_all(Trial& trial, Histories histories) {
  for (auto& [name, known] : laws()) {
    if (known.histories != histories || !known.broken.empty()) continue;
    try {
      ++(known.law(trial) == Tried::yes ? known.tried : known.silent);
    } catch (const Broken& broken) {
      return {name, broken.what};
    }
  }
  return {};
}

/// The history that WARD_LAW_STORY names, if it does: "seed steps".
std::optional<std::pair<std::uint64_t, std::size_t>> wanted_story() {
  const auto* wanted = std::getenv("WARD_LAW_STORY");
  std::pair<std::uint64_t, std::size_t> out;
  std::istringstream text(wanted == nullptr ? "" : wanted);
  if (wanted == nullptr || !(text >> out.first >> out.second)) return std::nullopt;
  return out;
}

void run_one(Histories histories, std::uint64_t seed, std::size_t steps) {
  for (;;) {
    Trial trial(Story(seed, steps, mix_of(histories)));
    const auto [name, what] = try_all(trial, histories);
    if (name.empty()) return;
    laws().at(name).broken = what;
  }
}

/// A law that was broken is tried no more, so that the others have their turn.
void run(Histories histories) {
  if (const auto one = wanted_story()) return run_one(histories, one->first, one->second);
  for (;;) {
    std::pair<std::string, std::string> failure;  // RapidCheck's last is the shortest history that it found
    std::string where;
    const bool held = rc::check("every law, on each history", [&] {
      const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
      const auto steps = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, steps_max + 1));  // long ones from the start
      Trial trial(Story(seed, steps, mix_of(histories)));
      const auto found = try_all(trial, histories);
      if (found.first.empty()) return;
      failure = found;
      where = "Story(" + std::to_string(seed) + "U, " + std::to_string(steps) + ")";
      RC_FAIL(found.first + ": " + found.second);
    });
    if (held) return;
    laws().at(failure.first).broken = where + ": " + failure.second;
  }
}

void run_once(Histories histories) {
  static std::set<Histories> done;
  if (done.insert(histories).second) run(histories);
}

}  // namespace

const DossierState& Trial::state() {
  if (!state_) state_ = story.state();
  return *state_;
}
const std::vector<HistoryEntry>& Trial::history() {
  if (!history_) history_ = story.history();
  return *history_;
}
const Oracle& Trial::model() {
  if (!model_) model_ = std::make_unique<Oracle>(story.did(), story.facts(), story.context());
  return *model_;
}

Mix mix_of(Histories which) {
  switch (which) {
    case Histories::wild: return {};
    case Histories::calm: return {.strangers = false, .oddities = false};
    case Histories::honest: return {.clocks = false, .undos = false, .strangers = false, .oddities = false, .politics = false};
  }
  return {};
}

bool know_law(const char* name, Histories histories, Law law) { return laws().emplace(name, Known{histories, law, 0, 0, {}}).second; }

void require_law(const char* name) {
  auto& known = laws().at(name);
  run_once(known.histories);
  INFO(known.broken);
  CHECK(known.broken.empty());
  if (!wanted_story()) CHECK(known.tried > 0);
  std::printf("%-70s tried %zu times, %zu histories said nothing about it\n", name, known.tried, known.silent);
}

const Conflict* conflict_at(const DossierState& state, const Path& path) {
  for (const auto& conflict : state.conflicts)
    if (conflict.path == path && is_question(conflict.kind)) return &conflict;
  return nullptr;
}

std::vector<OpId> ops_in(const Conflict& conflict) {
  std::vector<OpId> out;
  for (const auto& said : conflict.values) out.push_back(said.op);
  return out;
}

const HistoryEntry* entry_at(const std::vector<HistoryEntry>& history, const OpId& id) {
  for (const auto& entry : history)
    if (entry.said.op == id) return &entry;
  return nullptr;
}

std::vector<Fact> cut_to(const Oracle& model, const Ops& ops) {
  std::vector<Fact> out;
  const auto& all = model.operations();
  std::map<Position, std::size_t> kept;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (ops.has(i)) ++kept[all[i].id.change];
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto at = kept.find(all[i].id.change);
    if (at == kept.end() || all[i].id.index != 0) continue;
    out.push_back(*all[i].fact);
    out.back().change.ops.resize(at->second);
  }
  return out;
}

}  // namespace ward::merge::test
