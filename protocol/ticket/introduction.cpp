#include "protocol/ticket/introduction.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"

namespace ward::ticket {
namespace {

Hash tag_of(BytesView said, const Array<32>& psk) { return crypto::hash<Hash>("wsync-intro", psk, {said}); }

Error not_of_this_ticket() { return fail(Fault::bad_signature, "ticket code: who answers there does not know this ticket"); }

Introduction read(Reader& from) {
  Introduction out;
  out.org = from.fixed_value<OrgId>();
  out.root = from.fixed_value<SignKey>();
  out.centre_static = from.fixed_value<DhKey>();
  out.unit = from.text(limits::name_bytes_max);
  out.expires.ms = static_cast<std::int64_t>(from.u48());
  const auto used = from.u8();
  if (used > 1) from.reject();
  if (used == 1) {
    auto& by = out.used.emplace();
    by.device = from.fixed_value<DeviceId>();
    by.label = from.text(limits::name_bytes_max);
  }
  return out;
}

}  // namespace

Bytes encode_introduction(const Introduction& introduction, const Array<32>& psk) {
  Writer out;
  out.raw(introduction.org);
  out.raw(introduction.root);
  out.raw(introduction.centre_static);
  out.text(introduction.unit);
  out.u48(static_cast<std::uint64_t>(introduction.expires.ms));
  out.u8(introduction.used ? 1 : 0);
  if (introduction.used) {
    out.raw(introduction.used->device);
    out.text(introduction.used->label);
  }
  out.raw(tag_of(out.peek(), psk));
  return std::move(out).take();
}

Result<Introduction> decode_introduction(BytesView bytes, const Array<16>& secret) {
  if (bytes.size() < sizeof(Hash::bytes)) return not_of_this_ticket();
  const auto said = bytes.first(bytes.size() - sizeof(Hash::bytes));
  Reader from(said);
  auto out = read(from);
  WARD_CHECK(from.finish("introduction"));
  if (crypto::org_of(out.root) != out.org) return not_of_this_ticket();
  if (tag_of(said, psk_of(secret, out.org)) != fixed_from<Hash>(bytes.last(sizeof(Hash::bytes)))) return not_of_this_ticket();
  return out;
}

Ticket completed(const Typed& typed, const Introduction& introduction) {
  return {typed.secret,  introduction.org,  introduction.root,   introduction.centre_static,
          typed.address, introduction.unit, introduction.expires};
}

}  // namespace ward::ticket
