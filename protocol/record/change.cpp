#include "protocol/record/change.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/record/record.hpp"
#include "protocol/text/text.hpp"

namespace ward::record {
namespace {

constexpr std::uint8_t change_version = 1;
constexpr std::uint8_t flag_replaces = 1;
constexpr std::uint8_t flag_reason = 1;
constexpr std::uint8_t flag_act = 2;
constexpr std::size_t act_bytes_max = 512;

void put_op(Writer& to, const Op& op, const Position& own) {
  to.u8(static_cast<std::uint8_t>(op.kind));
  to.u8(op.replaces ? flag_replaces : 0);
  encode(to, op.path);
  encode(to, op.value, own);
  if (!op.replaces) return;
  to.varint(op.replaces->size());
  for (const auto& id : *op.replaces) {
    encode(to, id.change, own);
    to.varint(id.index);
  }
}

std::vector<OpId> read_replaces(Reader& from, const Position& own) {
  std::vector<OpId> out;
  const auto size = from.count(limits::seen_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    OpId id{decode_position(from, own), static_cast<std::uint16_t>(from.count(limits::ops_max - 1))};
    if (!out.empty() && id <= out.back()) from.reject();
    out.push_back(id);
  }
  return out;
}

Op read_op(Reader& from, const Position& own) {
  Op op;
  op.kind = static_cast<OpKind>(from.u8());
  const auto flags = from.u8();
  if ((flags & ~flag_replaces) != 0) from.reject();
  op.path = decode_path(from);
  op.value = decode_value(from, own);
  if ((flags & flag_replaces) != 0) op.replaces = read_replaces(from, own);
  return op;
}

bool is_nfc(const Value& value) {
  if (const auto* text = value.text()) return text::is_nfc(*text);
  if (const auto* list = value.list()) {
    for (const auto& item : *list)
      if (!is_nfc(item)) return false;
  }
  if (const auto* map = value.map()) {
    for (const auto& member : *map)
      if (!text::is_nfc(member.name) || !is_nfc(member.value)) return false;
  }
  return true;
}

std::string shown(const Path& path) {
  std::string out;
  for (const auto& step : path)
    if (step.kind == Step::Kind::name) out += (out.empty() ? "" : ".") + step.text;
  return out;
}

}  // namespace

Bytes encode_change(const Change& change, const Position& own) {
  Writer out;
  out.u8(change_version);
  out.u8(static_cast<std::uint8_t>((change.reason.empty() ? 0 : flag_reason) | (change.act.empty() ? 0 : flag_act)));
  out.text(change.user);
  out.varint(change.seen.size());
  for (const auto& head : change.seen) encode(out, head, own);
  out.varint(change.ops.size());
  for (const auto& op : change.ops) put_op(out, op, own);
  if (!change.reason.empty()) out.text(change.reason);
  if (!change.act.empty()) out.bytes(change.act);
  return std::move(out).take();
}

Result<Change> decode_change(BytesView plain, const Position& own) {
  Reader from(plain);
  if (from.u8() != change_version) from.reject(Fault::unsupported);
  const auto flags = from.u8();
  if ((flags & ~(flag_reason | flag_act)) != 0) from.reject();
  Change out;
  out.user = decode_text(from, limits::name_bytes_max);
  if (out.user.empty()) from.reject();
  const auto heads = from.count(limits::seen_max);
  for (std::size_t i = 0; i < heads && from.ok(); ++i) {
    const auto head = decode_position(from, own);
    if (head == own || (!out.seen.empty() && head <= out.seen.back())) from.reject();
    out.seen.push_back(head);
  }
  const auto ops = from.count(limits::ops_max);
  if (ops == 0) from.reject();
  for (std::size_t i = 0; i < ops && from.ok(); ++i) out.ops.push_back(read_op(from, own));
  if ((flags & flag_reason) != 0) {
    out.reason = decode_lines(from, limits::text_bytes_max);
    if (out.reason.empty()) from.reject();
  }
  if ((flags & flag_act) != 0) {
    out.act = copy(from.bytes(act_bytes_max));
    if (out.act.empty()) from.reject();
  }
  WARD_CHECK(finish_padded(from, "change"));
  return out;
}

Result<void> check_change(const Change& change, const Position& own) {
  if (change.user.empty() || change.user.size() > limits::name_bytes_max)
    return fail(Fault::invalid, "a change names its user in 1 to 64 bytes");
  if (change.ops.empty()) return fail(Fault::invalid, "a change without operations");
  if (!text::is_nfc(change.user) || !text::is_nfc(change.reason)) return fail(Fault::invalid, "text is not NFC");
  for (const auto& op : change.ops) {
    if (!is_nfc(op.value)) return fail(Fault::invalid, shown(op.path) + ": text is not NFC");
    if (const auto* text = op.value.text(); text != nullptr && text->size() > limits::text_bytes_max)
      return fail(Fault::too_large, shown(op.path) + ": longer than 4096 bytes; attach long text as a file");
  }
  const auto body = encode_change(change, own);
  if (body.size() > limits::body_bytes_max)
    return fail(Fault::too_large, "one change holds at most 8 KiB; split it or attach long text as a file");
  // What does not decode again would be refused by every peer: better now, by name, than after it was saved.
  const auto again = decode_change(body, own);
  if (again.has_error() && again.error().fault == Fault::too_large)
    return fail(Fault::too_large, "a list, path or name of the change is over its bound");
  if (again.has_error() || !(*again == change)) return fail(Fault::invalid, "the change is not in its canonical form");
  return {};
}

}  // namespace ward::record
