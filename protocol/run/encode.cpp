#include "protocol/base/overloaded.hpp"
#include "protocol/run/bodies.hpp"
#include "protocol/run/run.hpp"
#include "protocol/run/segments.hpp"
#include "protocol/run/stream.hpp"
#include "protocol/run/wire.hpp"

#include <algorithm>

namespace ward::run {
namespace {

using segment::header_of;
using segment::Row;
using segment::Rows;

/// The rows in the order of their numbers when the receiver can restore the present order, else nothing.
std::vector<std::size_t> order_of_numbers(const Rows& rows) {
  if (rows.subset) return {};
  std::vector<std::size_t> order(rows.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto seq = [&](std::size_t i) { return header_of(rows.rows[i]).position.seq; };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return seq(a) < seq(b); });
  std::vector<record::Header> headers;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (seq(order[i]) != rows.statement.statement.first + i) return {};
    headers.push_back(header_of(rows.rows[order[i]]));
  }
  const auto leaves = segment::leaf_order(headers);
  for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf)
    if (order[leaves[leaf]] != leaf) return {};
  return order;
}

constexpr std::size_t block_bytes_min = 192;

class SegmentWriter {
 public:
  SegmentWriter(Model& model, const Rows& rows) : model_(model), rows_(rows), statement_(rows.statement.statement) {}

  /// Its parts, each to be compressed as a block of its own.
  std::vector<Bytes> write() {
    auto order = order_of_numbers(rows_);
    const bool by_number = !order.empty();
    if (!by_number) {
      order.resize(rows_.rows.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
    }
    put_statement(by_number, header_of(rows_.rows[order.front()]).hlc.value >> 16U);
    for (const auto index : order) {
      const auto& row = rows_.rows[index];
      if (!by_number) columns_.signed_number(Column::seq, static_cast<std::int64_t>(header_of(row).position.seq - next_seq_));
      put_row(row);
      next_seq_ = header_of(row).position.seq + 1;
    }
    std::vector<Bytes> out{std::move(head_)};
    for (auto& part : columns_.finish()) {
      // A block has a price of its own.
      if (out.back().size() < block_bytes_min || part.size() < block_bytes_min) append(out.back(), part);
      else out.push_back(std::move(part));
    }
    return out;
  }

 private:
  std::uint64_t flags(bool by_number) const {
    const auto& last = model_.last_statement;
    std::uint64_t out = 0;
    if (rows_.subset) out |= is_subset;
    if (rows_.key_seed) out |= rows_.key_seed == model_.last_seed ? same_seed : has_seed;
    if (rows_.stamp) out |= has_stamp;
    if (rows_.elided.previous) out |= elides_previous;
    if (rows_.elided.receipt_root) out |= elides_receipt_root;
    if (by_number) out |= in_leaf_order;
    if (last && last->receipt_seen == statement_.receipt_seen) out |= same_receipt;
    if (last && last->device == statement_.device && last->incarnation == statement_.incarnation && last->first + last->count == statement_.first)
      out |= follows;
    return out;
  }

  void put_statement(bool by_number, std::uint64_t first_ms) {
    const auto& s = statement_;
    const auto expected = rows_.subset ? rows_.subset->positions.size() : s.count;
    WARD_ASSERT(s.suite == 1 && s.count != 0 && s.count <= limits::segment_records_max && rows_.rows.size() == expected);
    const auto flag = flags(by_number);
    Writer head;
    auto& opaque = columns_.opaque();
    head.varint(flag);
    head.varint(s.count - 1U);
    head.varint(s.policy_epoch);
    head.zigzag(static_cast<std::int64_t>(first_ms - model_.last_ms));
    model_.last_ms = first_ms;
    if ((flag & follows) == 0) {
      put_origin(columns_, model_, {s.device, s.incarnation});
      head.varint(s.first);
    }
    if ((flag & elides_previous) == 0) opaque.raw(s.previous);
    if ((flag & same_receipt) == 0) {
      head.varint(s.receipt_seen.size);
      opaque.raw(s.receipt_seen.centre);
      if ((flag & elides_receipt_root) == 0) opaque.raw(s.receipt_seen.root);
    }
    opaque.raw(rows_.statement.signature);
    if ((flag & has_seed) != 0) opaque.raw(BytesView(*rows_.key_seed));
    if (rows_.stamp) put_stamp(head, *rows_.stamp);
    if (rows_.subset) put_subset(head, *rows_.subset);
    head_ = std::move(head).take();
    if (rows_.key_seed) model_.last_seed = rows_.key_seed;
    model_.last_statement = s;
    next_seq_ = s.first;
  }

  void put_stamp(Writer& head, const Stamp& stamp) {
    head.zigzag(static_cast<std::int64_t>(stamp.index - model_.last_stamp_index));
    head.zigzag(stamp.time.ms - model_.last_stamp_time.ms);
    model_.last_stamp_index = stamp.index;
    model_.last_stamp_time = stamp.time;
  }

  void put_subset(Writer& head, const segment::Subset& subset) {
    WARD_ASSERT(!subset.positions.empty() && subset.missing.size() <= limits::proof_hashes_max);
    head.varint(subset.positions.size() - 1);
    head.varint(subset.missing.size());
    std::uint8_t next = 0;
    for (const auto position : subset.positions) {
      columns_.number(Column::position, static_cast<std::uint8_t>(position - next));
      next = static_cast<std::uint8_t>(position + 1);
    }
    for (const auto& hash : subset.missing) columns_.opaque().raw(hash);
  }

  void put_row(const Row& row) {
    std::visit(overloaded{
                   [&](const segment::OpenRow& r) { put_open(r); },
                   [&](const segment::SealedRow& r) {
                     WARD_ASSERT(r.record.body.size() == r.record.header.length + record::tag_size);
                     put_header(Form::sealed, r.record.header, {});
                     columns_.opaque().raw(r.record.body);
                   },
                   [&](const segment::HashRow& r) {
                     put_header(Form::hashed, r.header, {});
                     columns_.opaque().raw(r.body_hash);
                   },
                   [&](const segment::GrantRow& r) {
                     WARD_ASSERT(r.header.type == record::Type::grant);
                     put_header(Form::grant, r.header, {});
                     columns_.text(Column::unit, r.unit);
                     columns_.number(Column::unit_epoch, r.unit_epoch);
                   },
               },
               row);
    model_.learn(header_of(row));
    last_did_ = record::dossier_of(header_of(row));
  }

  void put_open(const segment::OpenRow& row) {
    WARD_ASSERT(!row.plain.empty() && row.plain.size() == row.header.length);
    if (row.header.type == record::Type::change) {
      if (const auto change = parse_exactly(row.plain, row.header.position)) {
        put_header(Form::change, row.header, change->seen);
        return put_change(columns_, model_, *change, row.header.position, model_.expected_seen(row.header));
      }
    }
    put_header(Form::open, row.header, {});
    const auto end = std::find_if(row.plain.rbegin(), row.plain.rend(), [](std::uint8_t byte) { return byte != 0; });
    columns_.text(Column::verbatim, text_of(BytesView(row.plain.data(), static_cast<std::size_t>(row.plain.rend() - end))));
  }

  /// `seen`: where the dossier's creating position may be found.
  void put_header(Form form, const record::Header& header, const std::vector<Position>& seen) {
    WARD_ASSERT(header.suite == record::suite_v1 && header.position.device == statement_.device);
    WARD_ASSERT(header.position.incarnation == statement_.incarnation && header.length % limits::body_padding == 0);
    const bool odd = header.policy_epoch != statement_.policy_epoch || header.writer != record::writer_version ||
                     header.reader_min != record::writer_version;
    columns_.number(Column::form, static_cast<std::uint64_t>(form) | (odd ? odd_header : 0));
    if (form != Form::change && form != Form::grant) columns_.number(Column::type, static_cast<std::uint64_t>(header.type));
    if (odd) {
      columns_.number(Column::epoch, header.policy_epoch);
      columns_.number(Column::writer, header.writer);
      columns_.number(Column::reader_min, header.reader_min);
    }
    columns_.begin_row(header.hlc.value >> 16U);
    columns_.signed_number(Column::time, static_cast<std::int64_t>((header.hlc.value >> 16U) - model_.last_ms));
    columns_.number(Column::counter, header.hlc.value & 0xffffU);
    put_dossier(header, seen);
    if (form != Form::change) columns_.number(Column::length, header.length / limits::body_padding);
    const auto expected = model_.expected_key(header, rows_.key_seed);
    if (expected) columns_.number(Column::key, expected == header.key_id ? 0 : 1);
    if (expected != header.key_id) columns_.opaque().raw(header.key_id);
    model_.last_ms = header.hlc.value >> 16U;
  }

  void put_dossier(const record::Header& header, const std::vector<Position>& seen) {
    const auto& did = header.did;
    if (did.is_zero()) return columns_.number(Column::dossier, dossier_none);
    if (did == last_did_) return columns_.number(Column::dossier, dossier_same);
    const auto at = model_.dids.find(did);
    if (at != model_.dids.size()) return columns_.number(Column::dossier, dossier_listed + at);
    const auto creator = std::find_if(seen.begin(), seen.end(), [&](const Position& p) { return record::did_created_by(p) == did; });
    if (creator == seen.end()) {
      columns_.number(Column::dossier, dossier_by_id);
      columns_.opaque().raw(did);
      model_.enter(did);
      return;
    }
    columns_.number(Column::dossier, dossier_by_creator);
    put_position(columns_, model_, *creator, header.position);
    model_.enter(did).last_change = *creator;
  }

  Model& model_;
  const Rows& rows_;
  const segment::Statement& statement_;
  ColumnWriter columns_;
  Bytes head_;
  Seq next_seq_ = 0;
  Did last_did_;
};

}  // namespace

std::size_t weight_of(const Rows& segment) {
  constexpr std::size_t statement_weight = 1024;  // columns' names and lengths, hashes, signature
  constexpr std::size_t row_weight = 512;         // header fields, 64 heads
  constexpr std::size_t body_share = 3;           // a reference of 2 bytes in a body takes at most 6 in columns
  std::size_t out = statement_weight + (segment.subset ? segment.subset->missing.size() * Hash::size : 0);
  for (const auto& row : segment.rows) out += row_weight + body_share * header_of(row).length;
  return out;
}

std::size_t fitting(const std::vector<Rows>& segments) {
  std::size_t weight = 0, count = 0;
  for (const auto& segment : segments) {
    weight += weight_of(segment);
    if (count != 0 && (weight > limits::run_bytes_max || count == limits::run_segments_max)) break;
    ++count;
  }
  return count;
}

std::vector<Bytes> blocks_of(const std::vector<Rows>& segments) {
  WARD_ASSERT(!segments.empty() && fitting(segments) == segments.size());
  Model model;
  Writer count;
  count.varint(segments.size());
  std::vector<Bytes> blocks;
  for (const auto& rows : segments)
    for (auto& part : SegmentWriter(model, rows).write()) blocks.push_back(std::move(part));
  blocks.front().insert(blocks.front().begin(), count.peek().begin(), count.peek().end());
  return blocks;
}

Bytes encode_run(const std::vector<Rows>& segments) { return compress(blocks_of(segments)); }

}  // namespace ward::run
