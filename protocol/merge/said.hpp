#pragma once

#include "protocol/merge/document.hpp"

namespace ward::merge {

/// Where a walk through the document stands; becomes a path only when somebody is told.
struct Place {
  const Place* above = nullptr;
  record::Step::Kind kind = record::Step::Kind::name;
  std::string_view text;
};
[[nodiscard]] record::Path path_of(const Place& place);

[[nodiscard]] Said said_by(const Fact& fact, std::uint16_t op);
[[nodiscard]] Said said_by(const OpRef& ref, const Causality& causality);
/// What shows by that write, at its place; of an approval, with the author.
[[nodiscard]] Said said_by(const Write& write, record::Path path, const Causality& causality);

}  // namespace ward::merge
