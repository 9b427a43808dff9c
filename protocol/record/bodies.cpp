#include "protocol/base/limits.hpp"
#include "protocol/record/record.hpp"
#include "protocol/record/value.hpp"

#include <algorithm>

namespace ward::record {
namespace {

constexpr std::uint8_t body_version = 1;
constexpr std::uint8_t grant_version_before = 2;  ///< of a grant that opens earlier keys
constexpr std::size_t wrap_own_size = 64;
constexpr std::size_t wrap_other_size = 96;

std::vector<GrantBody::Before> read_before(Reader& from) {
  std::vector<GrantBody::Before> out;
  const auto size = from.count(limits::keys_before_max);
  if (size == 0) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const auto key_id = from.fixed_value<KeyId>();
    if (!out.empty() && key_id <= out.back().key_id) from.reject();
    out.push_back({key_id, copy(from.raw(wrap_own_size))});
  }
  return out;
}

bool is_unit_code(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

Bytes encode_incarnation(const IncarnationBody& body) {
  Writer out;
  out.u8(body_version);
  out.varint(body.previous.size());
  for (const auto& previous : body.previous) {
    out.raw(previous.incarnation);
    out.varint(previous.count);
    out.raw(previous.statement);
  }
  out.text(body.version);
  return std::move(out).take();
}

Result<IncarnationBody> decode_incarnation(BytesView plain) {
  Reader from(plain);
  if (from.u8() != body_version) from.reject(Fault::unsupported);
  IncarnationBody out;
  const auto size = from.count(1);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    IncarnationBody::Previous previous;
    previous.incarnation = from.fixed_value<Incarnation>();
    previous.count = from.varint();
    previous.statement = from.fixed_value<Hash>();
    if (previous.count > limits::seq_max) from.reject();
    out.previous.push_back(previous);
  }
  out.version = decode_text(from, limits::name_bytes_max);
  WARD_CHECK(finish_padded(from, "incarnation"));
  return out;
}

Bytes encode_grant(const GrantBody& body, const Position& own) {
  WARD_ASSERT(body.before.size() <= limits::keys_before_max);
  Writer out;
  out.u8(body.before.empty() ? body_version : grant_version_before);
  out.raw(body.key_id);
  out.varint(body.stands_on.size());
  for (const auto& event : body.stands_on) encode(out, event, own);
  out.varint(body.wraps.size());
  for (const auto& wrap : body.wraps) {
    out.text(wrap.unit);
    out.u32(wrap.unit_epoch);
    out.bytes(wrap.wrapped);
  }
  if (body.before.empty()) return std::move(out).take();
  out.varint(body.before.size());
  for (const auto& before : body.before) {
    WARD_ASSERT(before.sealed.size() == wrap_own_size);
    out.raw(before.key_id);
    out.raw(before.sealed);
  }
  return std::move(out).take();
}

Result<GrantBody> decode_grant(BytesView plain, const Position& own) {
  Reader from(plain);
  const auto version = from.u8();
  if (version != body_version && version != grant_version_before) from.reject(Fault::unsupported);
  GrantBody out;
  out.key_id = from.fixed_value<KeyId>();
  const auto events = from.count(1);
  for (std::size_t i = 0; i < events && from.ok(); ++i) out.stands_on.push_back(decode_position(from, own));
  const auto size = from.count(limits::grants_per_record_max);
  if (size == 0) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    GrantBody::Wrap wrap;
    wrap.unit = from.text(limits::name_bytes_max);
    if (!is_unit_code(wrap.unit)) from.reject();
    wrap.unit_epoch = from.u32();
    wrap.wrapped = copy(from.bytes(wrap_other_size));
    if (wrap.wrapped.size() != wrap_own_size && wrap.wrapped.size() != wrap_other_size) from.reject();
    if (!out.wraps.empty()) {
      const auto& last = out.wraps.back();
      if (std::tie(wrap.unit, wrap.unit_epoch) <= std::tie(last.unit, last.unit_epoch)) from.reject();
    }
    out.wraps.push_back(std::move(wrap));
  }
  if (version == grant_version_before) out.before = read_before(from);
  WARD_CHECK(finish_padded(from, "grant"));
  return out;
}

Bytes encode_summary(const SummaryBody& body) {
  Writer out;
  out.u8(body_version);
  out.varint(body.changes);
  out.raw(body.past);
  out.u48(static_cast<std::uint64_t>(body.changed_at.ms));
  out.bytes(body.state);
  return std::move(out).take();
}

Result<SummaryBody> decode_summary(BytesView plain) {
  Reader from(plain);
  if (from.u8() != body_version) from.reject(Fault::unsupported);
  SummaryBody out;
  out.changes = from.count(limits::changes_per_dossier_max);
  out.past = from.fixed_value<Hash>();
  out.changed_at = {static_cast<std::int64_t>(from.u48())};
  out.state = copy(from.bytes(limits::body_bytes_max));
  if (out.changes == 0 || out.state.empty()) from.reject();
  WARD_CHECK(finish_padded(from, "summary"));
  return out;
}

}  // namespace ward::record
