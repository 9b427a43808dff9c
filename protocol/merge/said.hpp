#pragma once

#include "protocol/merge/document.hpp"

namespace ward::merge {

[[nodiscard]] Said said_by(const Fact& fact, std::uint16_t op);
[[nodiscard]] Said said_by(const OpRef& ref, const Causality& causality);

}  // namespace ward::merge
