#pragma once

#include "tests/protocol/merge/oracle.hpp"
#include "tests/protocol/merge/stories.hpp"

#include <map>
#include <memory>
#include <string>

/// The laws of protocol/merge/MERGE.md §10, each a property under its name. A random history is made once, and every law is tried on it.
///
/// WARD_LAW_CASES: on how many histories each law is tried (20,000 when optimised, fewer under a sanitizer); RC_PARAMS as RapidCheck takes
/// it. WARD_LAW_STORY="seed steps": only on the history of that name, as a failure tells it.
namespace ward::merge::test {

/// A history and what came of it, made by need and once.
class Trial {
 public:
  explicit Trial(Story told) : story(std::move(told)) {}
  Story story;  ///< laws that go on with it take a copy

  [[nodiscard]] const DossierState& state();
  [[nodiscard]] const std::vector<HistoryEntry>& history();
  [[nodiscard]] const Oracle& model();
  [[nodiscard]] bool created() { return state().created.has_value(); }

 private:
  std::optional<DossierState> state_;
  std::optional<std::vector<HistoryEntry>> history_;
  std::unique_ptr<Oracle> model_;
};

/// A law does not hold. What it names is the source's own words.
struct Broken {
  std::string what;
};
#define HOLDS(...)                                                                                                                 \
  do {                                                                                                                             \
    if (!(__VA_ARGS__)) throw ::ward::merge::test::Broken{std::string(#__VA_ARGS__) + " (line " + std::to_string(__LINE__) + ")"}; \
  } while (false)

/// Whether the law had something to say about this history; those that never have are no laws.
enum class Tried : std::uint8_t { yes, no };
using Law = Tried (*)(Trial&);

/// On which histories: with everything that may happen, or those in which nobody lies and nobody is a stranger.
enum class Histories : std::uint8_t { wild, calm, honest };
[[nodiscard]] Mix mix_of(Histories which);

bool know_law(const char* name, Histories histories, Law law);
/// Fails the test case when the law was broken, or never had anything to say.
void require_law(const char* name);

#define LAW(id, name, histories)                                                            \
  static ::ward::merge::test::Tried id(::ward::merge::test::Trial& trial);                  \
  [[maybe_unused]] static const bool id##_known = know_law(name, Histories::histories, id); \
  TEST_CASE(name) { require_law(name); }                                                    \
  static ::ward::merge::test::Tried id([[maybe_unused]] ::ward::merge::test::Trial& trial)

// ---- words that the laws share ----
[[nodiscard]] const Conflict* conflict_at(const DossierState& state, const Path& path);
[[nodiscard]] std::vector<OpId> ops_in(const Conflict& conflict);
[[nodiscard]] const HistoryEntry* entry_at(const std::vector<HistoryEntry>& history, const OpId& id);
/// Facts of which only the operations in `ops` are left.
[[nodiscard]] std::vector<Fact> cut_to(const Oracle& model, const Ops& ops);

}  // namespace ward::merge::test
