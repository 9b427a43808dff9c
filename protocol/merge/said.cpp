#include "protocol/merge/said.hpp"

namespace ward::merge {

record::Path path_of(const Place& place) {
  auto out = place.above == nullptr ? record::Path{} : path_of(*place.above);
  out.push_back({place.kind, std::string(place.text)});
  return out;
}

Said said_by(const Fact& fact, std::uint16_t op) {
  const auto& what = fact.change.ops[op];
  return {.op = {fact.position, op},
          .kind = what.kind,
          .path = what.path,
          .value = what.value,
          .user = fact.change.user,
          .unit = fact.unit,
          .hlc = fact.hlc,
          .clock_good = clock_good(fact.hlc, fact.stamp),
          .stamp = fact.stamp,
          .reason = fact.change.reason,
          .author = {},
          .author_unit = {},
          .is_signed = fact.act_verified};
}

Said said_by(const OpRef& ref, const Causality& causality) { return said_by(causality.at(ref.change), ref.op); }

Said said_by(const Write& write, record::Path path, const Causality& causality) {
  auto out = said_by(write.by, causality);
  out.path = std::move(path);
  if (write.value != nullptr) out.value = shown_by(write);
  if (write.said != write.by) {
    const auto& author = causality.at(write.said.change);
    out.author = author.change.user;
    out.author_unit = author.unit;
  }
  return out;
}

}  // namespace ward::merge
