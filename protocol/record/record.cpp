#include "protocol/record/record.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/siv.hpp"

#include <algorithm>

namespace ward::record {
namespace {

crypto::SivKeys keys_of(const Header& header, const crypto::DossierKey& key, const OrgId& org) {
  Writer seq;
  seq.u64(header.position.seq);
  return crypto::SivKeys::derive("wsync-rec-key", key.view(),
                                 {org.view(), header.position.device.view(), header.position.incarnation.view(), seq.peek()});
}

}  // namespace

Array<header_size> encode_header(const Header& header) {
  Writer out;
  out.u8(header.suite);
  out.u8(static_cast<std::uint8_t>(header.type));
  out.raw(header.position.device);
  out.raw(header.position.incarnation);
  out.u64(header.position.seq);
  out.u32(header.policy_epoch);
  out.raw(header.did);
  out.raw(header.key_id);
  out.u16(header.writer);
  out.u16(header.reader_min);
  out.u64(header.hlc.value);
  out.u32(header.length);
  WARD_ASSERT(out.size() == header_size);
  Array<header_size> bytes{};
  std::copy(out.peek().begin(), out.peek().end(), bytes.begin());
  return bytes;
}

Result<Header> decode_header(BytesView bytes) {
  Reader from(bytes);
  Header out;
  out.suite = from.u8();
  out.type = static_cast<Type>(from.u8());
  out.position.device = from.fixed_value<DeviceId>();
  out.position.incarnation = from.fixed_value<Incarnation>();
  out.position.seq = from.u64();
  out.policy_epoch = from.u32();
  out.did = from.fixed_value<Did>();
  out.key_id = from.fixed_value<KeyId>();
  out.writer = from.u16();
  out.reader_min = from.u16();
  out.hlc.value = from.u64();
  out.length = from.u32();
  if (out.position.seq > limits::seq_max || out.length % limits::body_padding != 0) from.reject();
  if (out.length > limits::body_bytes_max) from.reject(Fault::too_large);
  if (out.suite != suite_v1) from.reject(Fault::unsupported);
  WARD_CHECK(from.finish("record header"));
  return out;
}

Did did_created_by(const Position& position) {
  Writer seq;
  seq.u64(position.seq);
  return crypto::hash<Did>("wsync-did", {}, {position.device.view(), position.incarnation.view(), seq.peek()});
}

Did dossier_of(const Header& header) {
  if (!header.did.is_zero() || header.type == Type::incarnation) return header.did;
  return did_created_by(header.position);
}

Sealed seal(Header header, BytesView plain, const crypto::DossierKey& key, const OrgId& org) {
  WARD_ASSERT(!plain.empty() && plain.size() <= limits::body_bytes_max);
  Bytes padded = copy(plain);
  padded.resize((plain.size() + limits::body_padding - 1) / limits::body_padding * limits::body_padding);
  header.length = static_cast<std::uint32_t>(padded.size());
  header.key_id = crypto::key_id_of(key);
  const auto head = encode_header(header);
  return {header, crypto::siv_seal("wsync-rec-siv", keys_of(header, key, org), head, padded)};
}

Result<Bytes> open(const Sealed& record, const crypto::DossierKey& key, const OrgId& org) {
  if (record.body.size() != record.header.length + tag_size) return fail(Fault::malformed, "open record: length");
  if (crypto::key_id_of(key) != record.header.key_id) return fail(Fault::wrong_key, "open record");
  const auto head = encode_header(record.header);
  return crypto::siv_open("wsync-rec-siv", keys_of(record.header, key, org), head, record.body);
}

Hash body_hash_of(BytesView body) { return crypto::hash<Hash>("wsync-body", {}, {body}); }

Rid rid_of(const Header& header, const Hash& body_hash) {
  const auto head = encode_header(header);
  return crypto::hash<Rid>("wsync-rid", {}, {head, body_hash.view()});
}

Hash past_digest(std::vector<Rid> changes) {
  std::sort(changes.begin(), changes.end());
  Bytes all;
  for (const auto& rid : changes) append(all, rid.view());
  return crypto::hash<Hash>("wsync-past", {}, {all});
}

Rid rid_of(const Sealed& record) { return rid_of(record.header, body_hash_of(record.body)); }

crypto::DossierKey open_key(const OrgId& org) {
  const auto key = crypto::hash<Hash>("wsync-open-key", {}, {org.view()});
  return crypto::DossierKey(key.bytes);
}

Result<void> finish_padded(Reader& from, const char* what) {
  WARD_CHECK(from.so_far(what));
  if (from.remaining() >= limits::body_padding) return fail(Fault::malformed, std::string("decode ") + what + ": trailing bytes");
  for (const auto byte : from.raw(from.remaining()))
    if (byte != 0) return fail(Fault::malformed, std::string("decode ") + what + ": padding");
  return {};
}

}  // namespace ward::record
