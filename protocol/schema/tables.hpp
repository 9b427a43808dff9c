#pragma once

#include "protocol/schema/schema.hpp"

namespace ward::schema {

/// One code of an enumeration, and the words for it that people and other systems use.
struct Code {
  std::string code;
  std::vector<std::string> words;  ///< folded (text.hpp)
};

/// What an enumeration accepts.
struct CodeList {
  std::vector<Code> codes;
  std::vector<Choice> choices;  ///< the same, as it is written
  bool open = true;             ///< the list is not certain: any short text is accepted as well
};

/// An open, empty list for an enumeration that codes.csv does not name.
[[nodiscard]] const CodeList& codes_of(const Field& field);

}  // namespace ward::schema
