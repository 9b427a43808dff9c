#include "protocol/run/run.hpp"
#include "protocol/run/wire.hpp"

#include <algorithm>

namespace ward::run {
namespace {

using segment::Rows;

enum SmallFlag : std::uint8_t { small_elides_previous = 1, small_elides_receipt_root = 2 };

enum RowFlag : std::uint8_t {
  row_open = 1,  ///< the body in clear: for what every member may read (records under the open key)
  row_no_dossier = 2,
  row_other_type = 4,  ///< than a change; the type follows
  row_odd = 8,         ///< policy epoch, writer or reader differ from what is usual, and follow
};

/// Milliseconds and counter apart: both are short.
void put_hlc(Writer& to, Hlc hlc, std::uint64_t last_ms) {
  to.zigzag(static_cast<std::int64_t>((hlc.value >> 16U) - last_ms));
  to.varint(hlc.value & 0xffffU);
}
Hlc read_hlc(Reader& from, std::uint64_t last_ms) {
  const auto ms = last_ms + static_cast<std::uint64_t>(from.zigzag());
  if (ms >> 48U != 0) from.reject();
  return {ms << 16U | from.count(0xffff)};
}

/// The ones of a row with this header: a reader refuses all others.
std::uint8_t flags_of(const record::Header& header, bool open, const segment::Statement& statement) {
  const bool other = header.type != record::Type::change;
  const bool odd = header.policy_epoch != statement.policy_epoch || header.writer != record::writer_version ||
                   header.reader_min != record::writer_version;
  return static_cast<std::uint8_t>((open ? row_open : 0) | (header.did.is_zero() ? row_no_dossier : 0) | (other ? row_other_type : 0) |
                                   (odd ? row_odd : 0));
}

void put_header(Writer& to, const record::Header& header, bool open, const segment::Statement& statement, std::uint64_t last_ms) {
  const auto flags = flags_of(header, open, statement);
  to.u8(flags);
  if (statement.count > 1) to.varint(header.position.seq - statement.first);
  if ((flags & row_other_type) != 0) to.u8(static_cast<std::uint8_t>(header.type));
  if ((flags & row_odd) != 0) {
    to.varint(header.policy_epoch);
    to.u16(header.writer);
    to.u16(header.reader_min);
  }
  if (!header.did.is_zero()) to.raw(header.did);
  to.raw(header.key_id);
  put_hlc(to, header.hlc, last_ms);
  to.varint(header.length / limits::body_padding);
}

record::Header read_header(Reader& from, std::uint8_t flags, const segment::Statement& statement, std::uint64_t last_ms) {
  record::Header out;
  out.position = {statement.device, statement.incarnation, statement.first};
  if (statement.count > 1) out.position.seq += from.count(statement.count - 1U);
  out.policy_epoch = statement.policy_epoch;
  if ((flags & row_other_type) != 0) out.type = static_cast<record::Type>(from.u8());
  if ((flags & row_odd) != 0) {
    out.policy_epoch = static_cast<Epoch>(from.count(0xffff'ffffU));
    out.writer = from.u16();
    out.reader_min = from.u16();
  }
  if ((flags & row_no_dossier) == 0) out.did = from.fixed_value<Did>();
  if (flags_of(out, (flags & row_open) != 0, statement) != flags) from.reject();
  out.key_id = from.fixed_value<KeyId>();
  out.hlc = read_hlc(from, last_ms);
  out.length = static_cast<std::uint32_t>(from.count(limits::body_bytes_max / limits::body_padding) * limits::body_padding);
  return out;
}

segment::Row read_row(Reader& from, const segment::Statement& statement, std::uint64_t last_ms) {
  const auto flags = from.u8();
  const auto header = read_header(from, flags, statement, last_ms);
  if ((flags & row_open) == 0) return segment::SealedRow{{header, copy(from.raw(header.length + record::tag_size))}};
  Bytes plain = copy(from.bytes(header.length));
  if (header.length == 0 || (!plain.empty() && plain.back() == 0)) from.reject();
  plain.resize(header.length);
  return segment::OpenRow{header, std::move(plain)};
}

Bytes without_padding(Bytes plain) {
  while (!plain.empty() && plain.back() == 0) plain.pop_back();
  return plain;
}

segment::SignedStatement read_statement(Reader& from, const DeviceId& device, segment::Elided& elided) {
  segment::SignedStatement out;
  auto& statement = out.statement;
  statement.device = device;
  statement.incarnation = from.fixed_value<Incarnation>();
  const auto flags = from.u8();
  if ((flags & ~(small_elides_previous | small_elides_receipt_root)) != 0) from.reject();
  elided = {(flags & small_elides_previous) != 0, (flags & small_elides_receipt_root) != 0};
  statement.first = from.varint();
  statement.count = static_cast<std::uint16_t>(from.count(limits::segment_records_max - 1) + 1);
  if (statement.first > limits::seq_max - statement.count) from.reject();
  statement.policy_epoch = static_cast<Epoch>(from.count(0xffff'ffffU));
  if (!elided.previous) statement.previous = from.fixed_value<Hash>();
  statement.receipt_seen.size = from.varint();
  statement.receipt_seen.centre = from.fixed_value<Incarnation>();
  if (!elided.receipt_root) statement.receipt_seen.root = from.fixed_value<Hash>();
  out.signature = from.fixed_value<Signature>();
  return out;
}

}  // namespace

Bytes encode_small(const Rows& segment) {
  const auto& statement = segment.statement.statement;
  WARD_ASSERT(!segment.subset && !segment.stamp && segment.rows.size() == statement.count);
  Writer out;
  // First, so that the hello, which names the incarnation too, can leave it out.
  out.raw(statement.incarnation);
  out.u8(static_cast<std::uint8_t>((segment.elided.previous ? small_elides_previous : 0) |
                                   (segment.elided.receipt_root ? small_elides_receipt_root : 0)));
  out.varint(statement.first);
  out.varint(statement.count - 1U);
  out.varint(statement.policy_epoch);
  if (!segment.elided.previous) out.raw(statement.previous);
  out.varint(statement.receipt_seen.size);
  out.raw(statement.receipt_seen.centre);
  if (!segment.elided.receipt_root) out.raw(statement.receipt_seen.root);
  out.raw(segment.statement.signature);
  std::uint64_t last_ms = 0;
  for (const auto& row : segment.rows) {
    const auto& header = segment::header_of(row);
    const auto* open = std::get_if<segment::OpenRow>(&row);
    put_header(out, header, open != nullptr, statement, last_ms);
    if (open != nullptr) {
      WARD_ASSERT(!open->plain.empty() && open->plain.size() == header.length);
      out.bytes(without_padding(open->plain));
    } else {
      const auto* sealed = std::get_if<segment::SealedRow>(&row);
      WARD_ASSERT(sealed != nullptr && sealed->record.body.size() == header.length + record::tag_size);
      out.raw(sealed->record.body);
    }
    last_ms = header.hlc.value >> 16U;
  }
  return std::move(out).take();
}

Result<Rows> decode_small(BytesView bytes, const DeviceId& device) {
  Reader from(bytes);
  Rows out;
  out.statement = read_statement(from, device, out.elided);
  const auto& statement = out.statement.statement;
  std::uint64_t last_ms = 0;
  for (std::size_t i = 0; i < statement.count && from.ok(); ++i) {
    out.rows.push_back(read_row(from, statement, last_ms));
    last_ms = segment::header_of(out.rows.back()).hlc.value >> 16U;
  }
  WARD_CHECK(from.finish("small segment"));
  return out;
}

}  // namespace ward::run
