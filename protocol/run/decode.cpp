#include "protocol/run/bodies.hpp"
#include "protocol/run/run.hpp"
#include "protocol/run/stream.hpp"
#include "protocol/run/wire.hpp"

#include <algorithm>

namespace ward::run {
namespace {

using segment::header_of;
using segment::Row;
using segment::Rows;

class SegmentReader {
 public:
  /// `budget`: bytes of bodies that the whole run may still unpack to.
  SegmentReader(Reader& from, Model& model, std::size_t& budget) : from_(from), model_(model), budget_(budget) {}

  Result<Rows> read() {
    const auto head = read_head();
    WARD_CHECK(from_.so_far("run segment"));
    columns_.emplace(from_);
    read_statement(head);
    const auto size = out_.subset ? out_.subset->positions.size() : statement().count;
    const bool by_number = (head.flags & in_leaf_order) != 0;
    for (std::size_t i = 0; i < size && columns_->ok(); ++i) {
      if (!by_number) next_seq_ += static_cast<std::uint64_t>(columns_->signed_number(Column::seq));
      out_.rows.push_back(read_row());
      ++next_seq_;
    }
    WARD_CHECK(columns_->finish());
    // Unnamed dossiers have no place yet: whoever names them sorts.
    if (by_number && !out_.elided.dossiers) sort_rows();
    return std::move(out_);
  }

 private:
  struct Head {
    std::uint64_t flags = 0, count = 0, receipt_size = 0;
    Epoch policy_epoch = 0;
    Seq first = 0;
    std::int64_t stamp_index = 0, stamp_time = 0;
    std::size_t positions = 0, missing = 0, keys = 0;
  };

  segment::Statement& statement() { return out_.statement.statement; }

  Head read_head() {
    Head head;
    head.flags = from_.count(2 * gives_keys - 1);
    const auto has = [&](std::uint64_t flag) { return (head.flags & flag) != 0; };
    head.count = from_.count(limits::segment_records_max - 1) + 1;
    head.policy_epoch = static_cast<Epoch>(from_.count(0xffff'ffffU));
    model_.last_ms += static_cast<std::uint64_t>(from_.zigzag());
    if (!has(follows)) head.first = from_.varint();
    if (!has(same_receipt)) head.receipt_size = from_.varint();
    if (has(has_stamp)) {
      head.stamp_index = from_.zigzag();
      head.stamp_time = from_.zigzag();
    }
    if (has(is_subset)) {
      head.positions = from_.count(limits::segment_records_max - 1) + 1;
      head.missing = from_.count(limits::proof_hashes_max);
    }
    if (has(gives_keys)) head.keys = from_.count(limits::segment_records_max - 1) + 1;
    const bool needs_last = has(follows) || has(same_receipt);
    if ((needs_last && !model_.last_statement) || (has(same_seed) && (has(has_seed) || !model_.last_seed))) from_.reject();
    if ((has(is_subset) && has(in_leaf_order)) || (has(elides_dossiers) && !has(in_leaf_order))) from_.reject();
    return head;
  }

  void read_statement(const Head& head) {
    const auto has = [&](std::uint64_t flag) { return (head.flags & flag) != 0; };
    auto& s = statement();
    auto& opaque = columns_->opaque();
    s.count = static_cast<std::uint16_t>(head.count);
    s.policy_epoch = head.policy_epoch;
    out_.elided = {has(elides_previous), has(elides_receipt_root), has(elides_dossiers)};
    if (has(follows)) {
      s.device = model_.last_statement->device;
      s.incarnation = model_.last_statement->incarnation;
      s.first = model_.last_statement->first + model_.last_statement->count;
    } else {
      const auto origin = read_origin(*columns_, model_);
      s.device = origin.device;
      s.incarnation = origin.incarnation;
      s.first = head.first;
    }
    if (s.first > limits::seq_max - s.count) columns_->reject();
    if (!has(elides_previous)) s.previous = opaque.fixed_value<Hash>();
    if (has(same_receipt)) {
      s.receipt_seen = model_.last_statement->receipt_seen;
    } else {
      s.receipt_seen.size = head.receipt_size;
      s.receipt_seen.centre = opaque.fixed_value<Incarnation>();
      if (!has(elides_receipt_root)) s.receipt_seen.root = opaque.fixed_value<Hash>();
    }
    out_.statement.signature = opaque.fixed_value<Signature>();
    read_rest(head);
    model_.last_statement = s;
    next_seq_ = s.first;
  }

  void read_rest(const Head& head) {
    if ((head.flags & has_seed) != 0) out_.key_seed = columns_->opaque().fixed_value<Hash>().bytes;
    if ((head.flags & same_seed) != 0) out_.key_seed = model_.last_seed;
    if (out_.key_seed) model_.last_seed = out_.key_seed;
    if ((head.flags & has_stamp) != 0) {
      auto& last = model_.last_stamp;
      last.index += static_cast<std::uint64_t>(head.stamp_index);
      last.time.ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(last.time.ms) + static_cast<std::uint64_t>(head.stamp_time));
      out_.stamp = last;
    }
    if ((head.flags & is_subset) != 0) read_subset(head);
    for (std::size_t i = 0; i < head.keys && columns_->ok(); ++i) out_.keys.push_back(columns_->opaque().fixed_value<Hash>().bytes);
  }

  void read_subset(const Head& head) {
    auto& subset = out_.subset.emplace();
    std::size_t next = 0;
    for (std::size_t i = 0; i < head.positions && columns_->ok(); ++i) {
      const auto position = next + columns_->count(Column::position, limits::segment_records_max);
      if (position >= head.count) columns_->reject();
      subset.positions.push_back(static_cast<std::uint8_t>(position));
      next = position + 1;
    }
    for (std::size_t i = 0; i < head.missing && columns_->ok(); ++i) subset.missing.push_back(columns_->opaque().fixed_value<Hash>());
  }

  Row read_row() {
    const auto code = columns_->count(Column::form, odd_header | static_cast<std::uint64_t>(Form::grant));
    const auto form = static_cast<Form>(code & ~odd_header);
    dossier_.reset();
    auto header = read_header(form, (code & odd_header) != 0);
    auto row = read_content(form, header);
    if (columns_->ok()) last_dossier_ = model_.learn(header_of(row), dossier_);
    return row;
  }

  Row read_content(Form form, record::Header& header) {
    switch (form) {
      case Form::change: {
        auto plain = read_change(*columns_, model_, header.position, Model::expected_seen(entry()));
        header.length = static_cast<std::uint32_t>(plain.size());
        spend(plain.size());
        return segment::OpenRow{header, std::move(plain)};
      }
      case Form::open: {
        const auto text = columns_->text(Column::verbatim, header.length);
        Bytes plain = copy(view(text));
        if (header.length == 0) columns_->reject();
        plain.resize(header.length);
        return segment::OpenRow{header, std::move(plain)};
      }
      case Form::sealed: return segment::SealedRow{{header, copy(columns_->opaque().raw(header.length + record::tag_size))}};
      case Form::hashed: return segment::HashRow{header, columns_->opaque().fixed_value<Hash>()};
      case Form::grant: {
        segment::GrantRow out{header, columns_->text(Column::unit, limits::name_bytes_max), 0};
        out.unit_epoch = static_cast<Epoch>(columns_->count(Column::unit_epoch, 0xffff'ffffU));
        return out;
      }
    }
    columns_->reject();
    return segment::HashRow{};
  }

  record::Header read_header(Form form, bool odd) {
    record::Header out;
    out.position = {statement().device, statement().incarnation, next_seq_};
    if (next_seq_ > limits::seq_max) columns_->reject();
    out.type = form == Form::change ? record::Type::change : record::Type::grant;
    if (form != Form::change && form != Form::grant) out.type = static_cast<record::Type>(columns_->count(Column::type, 0xff));
    out.policy_epoch = statement().policy_epoch;
    if (odd) {
      out.policy_epoch = static_cast<Epoch>(columns_->count(Column::epoch, 0xffff'ffffU));
      out.writer = static_cast<std::uint16_t>(columns_->count(Column::writer, 0xffff));
      out.reader_min = static_cast<std::uint16_t>(columns_->count(Column::reader_min, 0xffff));
    }
    const auto ms = model_.last_ms + static_cast<std::uint64_t>(columns_->signed_number(Column::time));
    if (ms >> 48U != 0) columns_->reject();
    columns_->begin_row(ms);
    out.hlc.value = ms << 16U | columns_->count(Column::counter, 0xffff);
    read_dossier(out.position);
    if (entry() != nullptr && entry()->did) out.did = *entry()->did;
    if (form != Form::change)
      out.length =
          static_cast<std::uint32_t>(columns_->count(Column::length, limits::body_bytes_max / limits::body_padding) * limits::body_padding);
    if (form != Form::change) spend(out.length);
    if (entry() == nullptr || entry()->did) {
      const auto expected = model_.expected_key(out, entry(), out_.key_seed);
      out.key_id = expected && columns_->count(Column::key, 1) == 0 ? *expected : columns_->opaque().fixed_value<KeyId>();
    } else if (form != Form::change) {
      columns_->reject();
    }
    model_.last_ms = ms;
    return out;
  }

  const Dossier* entry() const { return dossier_ ? &model_.dossiers[*dossier_] : nullptr; }

  void read_dossier(const Position& own) {
    const auto code = columns_->number(Column::dossier);
    switch (code) {
      case dossier_none: return;
      case dossier_same: dossier_ = last_dossier_; return;
      case dossier_by_creator: {
        const auto creator = read_position(*columns_, model_, own);
        return enter({record::did_created_by(creator), {}, creator});
      }
      case dossier_by_id: return enter({columns_->opaque().fixed_value<Did>(), {}, {}});
      case dossier_by_head:
        if (!out_.elided.dossiers) columns_->reject();
        return enter({{}, {}, read_position(*columns_, model_, own)});
      default: break;
    }
    if (code - dossier_listed < model_.dossiers.size())
      dossier_ = static_cast<std::size_t>(code - dossier_listed);
    else
      columns_->reject();
  }

  void enter(Dossier dossier) {
    dossier_ = model_.dossiers.size();
    model_.dossiers.push_back(std::move(dossier));
  }

  void spend(std::size_t bytes) {
    if (bytes > budget_) columns_->reject(Fault::too_large);
    budget_ -= std::min(budget_, bytes);
  }

  void sort_rows() {
    std::vector<record::Header> headers;
    headers.reserve(out_.rows.size());
    for (const auto& row : out_.rows) headers.push_back(header_of(row));
    std::vector<Row> sorted;
    for (const auto index : segment::leaf_order(headers)) sorted.push_back(std::move(out_.rows[index]));
    out_.rows = std::move(sorted);
  }

  Reader& from_;
  Model& model_;
  std::size_t& budget_;
  std::optional<ColumnReader> columns_;
  Rows out_;
  Seq next_seq_ = 0;
  std::optional<std::size_t> dossier_;       ///< of the row
  std::optional<std::size_t> last_dossier_;  ///< of the row before
};

}  // namespace

Result<std::vector<Rows>> decode_run(BytesView bytes) {
  WARD_TRY(const auto unpacked, decompress(bytes));
  Reader from(unpacked);
  const auto size = from.count(limits::run_segments_max);
  if (size == 0) from.reject();
  Model model;
  std::size_t budget = limits::run_bytes_max;
  std::vector<Rows> out;
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    WARD_TRY(auto rows, SegmentReader(from, model, budget).read());
    out.push_back(std::move(rows));
  }
  WARD_CHECK(from.finish("run"));
  return out;
}

}  // namespace ward::run
