#include "protocol/policy/resend.hpp"

#include "protocol/base/limits.hpp"

namespace ward::policy {

void encode(Writer& to, const Resend& resend) {
  to.raw(resend.device);
  to.raw(resend.incarnation);
  to.varint(resend.firsts.size());
  for (const auto first : resend.firsts) to.varint(first);
}

Resend read_resend(Reader& from) {
  Resend out;
  out.device = from.fixed_value<DeviceId>();
  out.incarnation = from.fixed_value<Incarnation>();
  for (auto left = from.count(resend_segments_max); left > 0 && from.ok(); --left) {
    const auto first = from.varint();
    if (first > limits::seq_max || (!out.firsts.empty() && first <= out.firsts.back())) from.reject();
    out.firsts.push_back(first);
  }
  if (out.firsts.empty()) from.reject();
  return out;
}

}  // namespace ward::policy
