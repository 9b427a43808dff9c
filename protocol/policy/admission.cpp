#include "protocol/policy/admission.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/policy/erasure.hpp"

namespace ward::policy {
namespace {

constexpr std::uint8_t kind_handed_in = 1;
constexpr std::uint8_t kind_handed_in_full = 2;
constexpr std::uint8_t kind_side = 3;

HandedIn read_handed_in(Reader& from, bool in_full) {
  HandedIn out;
  out.count = static_cast<std::uint32_t>(from.count(handed_in_records_max));
  if (out.count == 0) from.reject();
  out.head = from.fixed_value<Hash>();
  out.in_full = in_full;
  return out;
}

Side read_side(Reader& from) {
  Side out;
  for (auto left = from.count(limits::segment_records_max); left > 0 && from.ok(); --left) out.rids.push_back(from.fixed_value<Rid>());
  if (out.rids.empty()) from.reject();
  return out;
}

}  // namespace

Seq Admission::end() const noexcept {
  return first + std::visit(overloaded{[](const HandedIn& one) -> Seq { return one.count; },
                                       [](const Side& one) -> Seq { return one.rids.size(); }},
                            what);
}

bool Admission::holds(const Position& position) const noexcept {
  return position.device == device && position.incarnation == incarnation && position.seq >= first && position.seq < end();
}

void encode(Writer& to, const Admission& admission) {
  to.raw(admission.device);
  to.raw(admission.incarnation);
  to.varint(admission.first);
  std::visit(overloaded{[&](const HandedIn& one) {
                          to.u8(one.in_full ? kind_handed_in_full : kind_handed_in);
                          to.varint(one.count);
                          to.raw(one.head);
                        },
                        [&](const Side& one) {
                          to.u8(kind_side);
                          to.varint(one.rids.size());
                          for (const auto& rid : one.rids) to.raw(rid);
                        }},
             admission.what);
  to.text(admission.reason);
}

Admission read_admission(Reader& from) {
  Admission out;
  out.device = from.fixed_value<DeviceId>();
  out.incarnation = from.fixed_value<Incarnation>();
  out.first = from.varint();
  switch (const auto kind = from.u8(); kind) {
    case kind_handed_in:
    case kind_handed_in_full: out.what = read_handed_in(from, kind == kind_handed_in_full); break;
    case kind_side: out.what = read_side(from); break;
    default: from.reject();
  }
  if (out.first > limits::seq_max || out.end() > limits::seq_max) from.reject();
  out.reason = read_line(from, limits::text_bytes_max);
  if (out.reason.empty()) from.reject();
  return out;
}

}  // namespace ward::policy
