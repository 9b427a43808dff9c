#pragma once

#include "protocol/merge/merge.hpp"

#include <boost/json/object.hpp>

#include <string_view>

/// What waits for a person, in plain words: one catalogue for pages, command lines, APIs and documents.
namespace ward::runtime {

struct InboxWords {
  const char* name;  ///< of a conflict's kind, a refusal, or a decider's role
  const char *vi, *en;
  const char *todo_vi, *todo_en;  ///< what a person does about it; empty for roles
};
[[nodiscard]] const InboxWords& words_of(merge::ConflictKind kind);
/// Of a proposal, or of an act that does not apply.
[[nodiscard]] const InboxWords& words_of(merge::Refusal refusal);
[[nodiscard]] const InboxWords& words_of(merge::Decider::Role role);
/// Of what was saved and does not count; `cut_off`: of a PC that was revoked.
[[nodiscard]] const InboxWords& words_of_set_aside(std::string_view why);

/// Gives an item its members `words` and `todo`, in both languages.
void add_words(boost::json::object& item, const InboxWords& words);

}  // namespace ward::runtime
