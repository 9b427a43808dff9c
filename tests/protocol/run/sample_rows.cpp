#include "tests/protocol/run/sample_rows.hpp"

#include "protocol/record/names.hpp"

#include <algorithm>

namespace ward::test {
namespace {

Bytes padded(Bytes body) {
  body.resize((body.size() + 31) / 32 * 32);
  return body;
}

}  // namespace

record::Value RowMaker::value(std::size_t depth) {
  const std::vector<std::string> texts{
      "", "0901234567", "Nguyễn Thị Lan", "20210601170000", std::string(200, 'x'), std::string("\0\xff", 2)};
  switch (below(depth == 0 ? 5 : 7)) {
    case 0: return {};
    case 1: return chance(50);
    case 2: return static_cast<std::int64_t>(chance(20) ? random_() : below(100'000));
    case 3:
    case 4: return texts[below(texts.size())];
    case 5: {
      record::List list;
      for (std::size_t i = below(4); i > 0; --i) list.push_back(value(depth - 1));
      return list;
    }
    default: break;
  }
  record::Map map;
  for (std::size_t i = below(4); i > 0; --i) {
    const auto known = record::name_of_number(below(101));
    map.push_back({chance(20) ? "TruongMoi" + std::to_string(below(5)) : std::string(known), value(depth - 1)});
  }
  return record::canonical(std::move(map));
}

record::Change RowMaker::change(const Position& own, std::vector<Position> seen) {
  record::Change out;
  out.user = "vyda." + std::to_string(below(4));
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  out.seen = std::move(seen);
  for (std::size_t i = 1 + below(4); i > 0; --i) {
    record::Op op;
    op.kind = static_cast<record::OpKind>(1 + below(5));
    op.path.push_back(record::Step::field(chance(10) ? "TruongMoi" : std::string(record::name_of_number(below(101)))));
    if (chance(20)) op.path.push_back(record::Step::element(record::element_id({record::Value(std::to_string(below(5)))})));
    op.value = value(3);
    if (chance(10)) op.replaces = std::vector<OpId>{{{own.device, own.incarnation, own.seq / 2}, 3}};
    if (chance(5)) op.value = record::Heads{{{{fixed<DeviceId>(), incarnation_, below(1U << 20U)}, 1}}};
    out.ops.push_back(std::move(op));
  }
  if (chance(10)) out.reason = "theo đơn";
  if (chance(5)) out.act = copy(fixed<Signature>().view());
  return out;
}

record::Header RowMaker::header(Seq seq) {
  record::Header out;
  out.position = {device_, incarnation_, seq};
  ms_ += below(170'000);
  out.hlc = Hlc::at(WallTime{static_cast<std::int64_t>(ms_)}, static_cast<std::uint16_t>(chance(10) ? below(70) : 0));
  out.policy_epoch = chance(5) ? 9 : 4;
  out.key_id = fixed<KeyId>();
  if (chance(3)) out.writer = 2;
  return out;
}

segment::Row RowMaker::row(const record::Header& header, BytesView plain) {
  const auto form = below(10);
  auto named = header;
  named.length = static_cast<std::uint32_t>(plain.size());
  if (form == 0)
    return segment::SealedRow{{named, [&] {
                                 Bytes body(plain.size() + record::tag_size);
                                 for (auto& byte : body) byte = static_cast<std::uint8_t>(random_());
                                 return body;
                               }()}};
  if (form == 1) return segment::HashRow{named, fixed<Hash>()};
  if (form == 2 && named.type == record::Type::grant) return segment::GrantRow{named, "W-VYDA", static_cast<Epoch>(below(3))};
  return segment::OpenRow{named, copy(plain)};
}

segment::Rows RowMaker::begin(std::size_t records) {
  segment::Rows out;
  auto& statement = out.statement.statement;
  statement.device = device_;
  statement.incarnation = incarnation_;
  statement.first = next_;
  statement.count = static_cast<std::uint16_t>(records);
  statement.policy_epoch = 4;
  statement.receipt_seen = {fixed<Incarnation>(), below(100'000), Hash{}};
  out.elided.receipt_root = true;
  out.elided.previous = chance(50);
  if (!out.elided.previous) statement.previous = fixed<Hash>();
  out.statement.signature = fixed<Signature>();
  if (chance(50)) out.key_seed = fixed<Hash>().bytes;
  return out;
}

void RowMaker::end(segment::Rows& rows, std::vector<segment::Row> made) {
  std::vector<record::Header> headers;
  for (const auto& each : made) headers.push_back(segment::header_of(each));
  for (const auto index : segment::leaf_order(headers)) rows.rows.push_back(std::move(made[index]));
}

/// Sets dossier and key of a record, of an older dossier or of none; gives heads, not always of that dossier.
std::vector<Position> RowMaker::find_dossier(record::Header& named) {
  if (chance(60) && !dossiers_.empty()) {
    const auto& [did, key] = dossiers_[below(dossiers_.size())];
    named.did = did;
    if (chance(95)) named.key_id = key;
    return {chance(80) ? changes_[below(changes_.size())] : Position{fixed<DeviceId>(), fixed<Incarnation>(), below(1U << 30U)}};
  }
  if (!chance(30)) return {};
  named.did = fixed<Did>();
  dossiers_.emplace_back(named.did, named.key_id);
  return {};
}

segment::Rows RowMaker::segment(std::size_t records) {
  auto out = begin(records);
  std::vector<segment::Row> rows;
  for (std::size_t i = 0; i < records; ++i) {
    auto named = header(next_++);
    const auto seen = find_dossier(named);
    if (chance(10)) named.type = static_cast<record::Type>(2 + below(6));
    const auto body = chance(10) ? Bytes{7, 1, 2, 3} : record::encode_change(change(named.position, seen), named.position);
    rows.push_back(row(named, padded(body)));
    if (named.type == record::Type::change && named.did.is_zero()) dossiers_.emplace_back(record::dossier_of(named), named.key_id);
    changes_.push_back(named.position);
  }
  end(out, std::move(rows));
  return out;
}

segment::Rows RowMaker::chained(std::size_t records) {
  auto out = begin(records);
  out.elided.dossiers = true;
  std::vector<segment::Row> rows;
  for (std::size_t i = 0; i < records; ++i) {
    auto named = header(next_++);
    std::vector<Position> seen;
    if (chance(70)) {
      const Position elsewhere{device_, chance(50) ? incarnation_ : fixed<Incarnation>(), below(1U << 20U)};
      if (held.empty() || chance(20)) held.emplace(elsewhere, segment::Holding{fixed<Did>(), fixed<KeyId>()});
      auto at = held.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(below(held.size())));
      seen.push_back(at->first);
      named.did = at->second.did;
      named.key_id = at->second.key_id;
    }
    rows.push_back(row(named, padded(record::encode_change(change(named.position, seen), named.position))));
    held.insert_or_assign(named.position, segment::Holding{record::dossier_of(named), named.key_id});
  }
  end(out, std::move(rows));
  return out;
}

segment::Rows RowMaker::subset(std::size_t records) {
  auto out = segment(records);
  out.key_seed.reset();
  auto& subset = out.subset.emplace();
  std::vector<segment::Row> kept;
  for (std::size_t i = 0; i < records; ++i) {
    if (!chance(40) && !(kept.empty() && i + 1 == records)) continue;
    subset.positions.push_back(static_cast<std::uint8_t>(i));
    kept.push_back(out.rows[i]);
  }
  for (std::size_t i = below(8); i > 0; --i) subset.missing.push_back(fixed<Hash>());
  out.rows = std::move(kept);
  if (chance(30))
    for (std::size_t i = 1 + below(3); i > 0; --i) out.keys.push_back(fixed<Hash>().bytes);
  out.stamp = Stamp{below(1'000'000), WallTime{static_cast<std::int64_t>(ms_)}};
  return out;
}

}  // namespace ward::test
