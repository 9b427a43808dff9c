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

using Entries = std::unordered_map<Did, std::size_t, FixedHash>;

class SegmentWriter {
 public:
  /// `entries`: the dossiers of the run so far, by number in the model.
  SegmentWriter(Model& model, Entries& entries, const Rows& rows)
      : model_(model), entries_(entries), rows_(rows), statement_(rows.statement.statement) {}

  /// Head and numbers, texts, and what does not compress.
  std::array<Bytes, 3> write() {
    auto order = order_of_numbers(rows_);
    const bool by_number = !order.empty();
    elides_dossiers_ = by_number && rows_.elided.dossiers;
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
    auto parts = columns_.finish();
    append(head_, parts.front());
    parts.front() = std::move(head_);
    return parts;
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
    if (elides_dossiers_) out |= elides_dossiers;
    if (by_number) out |= in_leaf_order;
    if (!rows_.keys.empty()) out |= gives_keys;
    if (last && last->receipt_seen == statement_.receipt_seen) out |= same_receipt;
    if (last && last->device == statement_.device && last->incarnation == statement_.incarnation &&
        last->first + last->count == statement_.first)
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
    if (!rows_.keys.empty()) head.varint(rows_.keys.size() - 1);
    for (const auto& key : rows_.keys) opaque.raw(BytesView(key));
    head_ = std::move(head).take();
    if (rows_.key_seed) model_.last_seed = rows_.key_seed;
    model_.last_statement = s;
    next_seq_ = s.first;
  }

  void put_stamp(Writer& head, const Stamp& stamp) {
    head.zigzag(static_cast<std::int64_t>(stamp.index - model_.last_stamp.index));
    head.zigzag(stamp.time.ms - model_.last_stamp.time.ms);
    model_.last_stamp = stamp;
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
    dossier_.reset();
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
    const auto& header = header_of(row);
    last_dossier_ = model_.learn(header, dossier_);
    if (header.type == record::Type::change && header.did.is_zero()) entries_[record::dossier_of(header)] = *last_dossier_;
  }

  void put_open(const segment::OpenRow& row) {
    WARD_ASSERT(!row.plain.empty() && row.plain.size() == row.header.length);
    if (row.header.type == record::Type::change) {
      if (const auto change = parse_exactly(row.plain, row.header.position)) {
        put_header(Form::change, row.header, change->seen);
        return put_change(columns_, model_, *change, row.header.position, Model::expected_seen(entry()));
      }
    }
    put_header(Form::open, row.header, {});
    const auto end = std::find_if(row.plain.rbegin(), row.plain.rend(), [](std::uint8_t byte) { return byte != 0; });
    columns_.text(Column::verbatim, text_of(BytesView(row.plain.data(), static_cast<std::size_t>(row.plain.rend() - end))));
  }

  const Dossier* entry() const { return dossier_ ? &model_.dossiers[*dossier_] : nullptr; }

  /// `seen`: the heads that a change names, where the receiver may find its dossier.
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
    put_dossier(form, header, seen);
    if (form != Form::change) columns_.number(Column::length, header.length / limits::body_padding);
    if (entry() == nullptr || entry()->did) put_key(header);
    model_.last_ms = header.hlc.value >> 16U;
  }

  void put_key(const record::Header& header) {
    const auto expected = model_.expected_key(header, entry(), rows_.key_seed);
    if (expected) columns_.number(Column::key, expected == header.key_id ? 0 : 1);
    if (expected != header.key_id) columns_.opaque().raw(header.key_id);
  }

  void put_dossier(Form form, const record::Header& header, const std::vector<Position>& seen) {
    const auto& did = header.did;
    if (did.is_zero()) return columns_.number(Column::dossier, dossier_none);
    const auto known = entries_.find(did);
    // Where the receiver's store names the dossier, only what it reads in the open is named so.
    const bool usable = known != entries_.end() && (model_.dossiers[known->second].did || (elides_dossiers_ && form == Form::change));
    if (!usable) return put_new_dossier(form, header, seen);
    dossier_ = known->second;
    columns_.number(Column::dossier, dossier_ == last_dossier_ ? dossier_same : dossier_listed + known->second);
  }

  void put_new_dossier(Form form, const record::Header& header, const std::vector<Position>& seen) {
    dossier_ = model_.dossiers.size();
    entries_[header.did] = *dossier_;
    if (elides_dossiers_ && form == Form::change && !seen.empty()) {
      columns_.number(Column::dossier, dossier_by_head);
      put_position(columns_, model_, seen.front(), header.position);
      model_.dossiers.push_back({{}, {}, seen.front()});
      return;
    }
    const auto creator = std::find_if(seen.begin(), seen.end(), [&](const Position& p) { return record::did_created_by(p) == header.did; });
    if (creator == seen.end()) {
      columns_.number(Column::dossier, dossier_by_id);
      columns_.opaque().raw(header.did);
      model_.dossiers.push_back({header.did, {}, {}});
      return;
    }
    columns_.number(Column::dossier, dossier_by_creator);
    put_position(columns_, model_, *creator, header.position);
    model_.dossiers.push_back({header.did, {}, *creator});
  }

  Model& model_;
  Entries& entries_;
  const Rows& rows_;
  const segment::Statement& statement_;
  ColumnWriter columns_;
  Bytes head_;
  Seq next_seq_ = 0;
  bool elides_dossiers_ = false;
  std::optional<std::size_t> dossier_;       ///< of the row
  std::optional<std::size_t> last_dossier_;  ///< of the row before
};

/// A block of zstd has a price of its own: what is small shares one with its neighbour.
std::vector<Bytes> joined(std::vector<Bytes> parts) {
  constexpr std::size_t block_bytes_min = 192;
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool begins_segment = i % parts_of_segment == 0;
    const bool small = !out.empty() && (out.back().size() < block_bytes_min || parts[i].size() < block_bytes_min);
    if (begins_segment || !small)
      out.push_back(std::move(parts[i]));
    else
      append(out.back(), parts[i]);
  }
  return out;
}

}  // namespace

std::vector<Bytes> parts_of(const std::vector<Rows>& segments) {
  WARD_ASSERT(!segments.empty() && segments.size() <= limits::run_segments_max);
  Model model;
  Entries entries;
  std::vector<Bytes> out;
  for (const auto& rows : segments)
    for (auto& part : SegmentWriter(model, entries, rows).write()) out.push_back(std::move(part));
  Writer count;
  count.varint(segments.size());
  out.front().insert(out.front().begin(), count.peek().begin(), count.peek().end());
  return out;
}

Bytes encode_run(const std::vector<Rows>& segments) { return compress(joined(parts_of(segments))); }

}  // namespace ward::run
