#include "runtime/inbox_words.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace ward;
using namespace ward::runtime;

namespace {

/// From the first to the last, without a gap.
template <class E>
std::vector<E> all_until(E last) {
  std::vector<E> out;
  for (int i = 0; i <= static_cast<int>(last); ++i) out.push_back(static_cast<E>(i));
  return out;
}

void check(const InboxWords& words, const char* name, bool with_todo) {
  CAPTURE(name);
  CHECK(std::string(words.name) == name);
  CHECK(std::string(words.vi) != words.en);
  CHECK_FALSE(std::string(words.vi).empty());
  CHECK(std::string(words.todo_vi).empty() != with_todo);
  CHECK(std::string(words.todo_en).empty() != with_todo);
}

}  // namespace

TEST_CASE("inbox words: every kind, every refusal and every role has words in both languages, and they tell each other apart") {
  std::set<std::string> kinds;
  for (const auto kind : all_until(merge::ConflictKind::fee_does_not_fit_procedure)) {
    check(words_of(kind), merge::name_of(kind), true);
    kinds.insert(words_of(kind).en);
  }
  CHECK(kinds.size() == 18);
  for (const auto refusal : all_until(merge::Refusal::missing_reference)) check(words_of(refusal), merge::name_of(refusal), true);
  for (const auto role : all_until(merge::Decider::Role::centre_admin)) check(words_of(role), merge::name_of(role), false);
}
