#include "protocol/record/act.hpp"

#include "protocol/crypto/hash.hpp"

#include <algorithm>

namespace ward::record {
namespace {

constexpr std::string_view prefix{"wsync-act-v1\0", 13};
constexpr std::uint8_t act_version = 1;
constexpr std::string_view status_field = "TrangThaiHoSo";

/// The first operation of the change that is an act; 0: none is. A status counts as one by whatever kind it was entered.
std::uint8_t kind_of_act(const Change& change) {
  for (const auto& op : change.ops) {
    const bool status =
        op.kind == OpKind::status || (op.kind == OpKind::set && op.path.size() == 1 && op.path.front().text == status_field);
    if (status) return static_cast<std::uint8_t>(OpKind::status);
    if (op.kind >= OpKind::offer && op.kind <= OpKind::recall) return static_cast<std::uint8_t>(op.kind);
  }
  return 0;
}

Bytes signed_bytes(const Change& change, const Position& position, const Did& did, Epoch policy_epoch, const Hash& past, const OrgId& org) {
  auto bare = change;
  bare.act.clear();
  Writer out;
  out.raw(org);
  out.raw(did);
  out.text(change.user);
  out.u32(policy_epoch);
  out.raw(position.device);
  out.raw(position.incarnation);
  out.u64(position.seq);
  out.u8(kind_of_act(change));
  out.raw(crypto::hash<Hash>("wsync-act-body", {}, {BytesView(encode_change(bare, position))}));
  out.raw(past);
  return std::move(out).take();
}

}  // namespace

Bytes sign_act(const Change& change, const Position& position, const Did& did, Epoch policy_epoch, const Hash& past, const OrgId& org,
               const crypto::SignSeed& key) {
  Writer out;
  out.u8(act_version);
  out.raw(past);
  out.raw(crypto::sign(key, prefix, signed_bytes(change, position, did, policy_epoch, past, org)));
  return std::move(out).take();
}

Result<void> verify_act(const Change& change, const Header& header, const OrgId& org, const SignKey& key) {
  Reader from(change.act);
  if (from.u8() != act_version) from.reject(Fault::unsupported);
  const auto past = from.fixed_value<Hash>();
  const auto signature = from.fixed_value<Signature>();
  WARD_CHECK(from.finish("act"));
  const auto did = header.did.is_zero() ? did_created_by(header.position) : header.did;
  return crypto::verify(key, prefix, signed_bytes(change, header.position, did, header.policy_epoch, past, org), signature);
}

}  // namespace ward::record
