#include "storage/desk_writer.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "storage/erasures.hpp"
#include "storage/merged.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::string_view desk_label = "wardsync-centre";

template <class Secret>
Secret secret_of(const CentreKeys& keys, std::string_view label, const UnitCode& unit) {
  Array<32> out{};
  crypto::blake2b(out, label, keys.unit_master, {view(unit)});
  return Secret(out);
}

}  // namespace

DeskKeys desk_keys(const CentreKeys& keys, const UnitCode& unit) {
  DeskKeys out{unit,
               secret_of<crypto::SignSeed>(keys, "wsync-desk-sign", unit),
               secret_of<crypto::DhSecret>(keys, "wsync-desk-noise", unit),
               secret_of<crypto::DhSecret>(keys, "wsync-desk-seal", unit),
               {}};
  out.device = crypto::device_of(crypto::public_of(out.sign));
  return out;
}

DeskWriter::DeskWriter(CentreStore& centre, Enrolment& enrolment, DeskKeys keys, Now now)
    : centre_(centre),
      enrolment_(enrolment),
      store_(centre.store_),
      keys_(std::move(keys)),
      now_(now),
      granting_(
          store_, keys_.unit, [this](std::string_view label) { return draw(label); },
          [this](const Did& did, const record::GrantBody& grant) { put_grant(did, grant); }) {}

Array<32> DeskWriter::draw(std::string_view label) { return storage::draw(store_, centre_.keys_.unit_master, label, now_.monotonic); }

Result<void> DeskWriter::begin() {
  const auto* standing = store_.policy.device(keys_.device);
  if (standing == nullptr) {
    WARD_CHECK(enrolment_.admit_desk(keys_, std::string(desk_label), now_.wall));
  } else if (standing->revoked) {
    return fail(Fault::revoked, "the centre's own device was revoked");
  }
  if (!centre_.desk_incarnation_) {
    start_incarnation();
    return {};
  }
  incarnation_ = *centre_.desk_incarnation_;
  auto found = store_.db.query("SELECT id, chained, hlc FROM writer WHERE device = ? AND incarnation = ?");
  found.bind(keys_.device).bind(incarnation_);
  if (!found.step()) return fail(Fault::storage_damaged, "this run's first record is missing");
  writer_ = found.number(0);
  next_ = static_cast<Seq>(found.number(1));
  last_ = {static_cast<std::uint64_t>(found.number(2))};
  return {};
}

void DeskWriter::start_incarnation() {
  record::IncarnationBody body;
  body.version = WARD_VERSION;
  {
    auto found =
        store_.db.query("SELECT incarnation, chained, head, hlc FROM writer WHERE device = ? AND chained > 0 ORDER BY id DESC LIMIT 1");
    found.bind(keys_.device);
    if (found.step()) {
      body.previous.push_back({found.fixed<Incarnation>(0), static_cast<Seq>(found.number(1)), found.fixed<Hash>(2)});
      last_ = {static_cast<std::uint64_t>(found.number(3))};
    }
  }
  incarnation_ = fixed_from<Incarnation>(draw("wsync-incarn"));
  writer_ = writer_row(store_, keys_.device, incarnation_);
  put(record::Type::incarnation, {}, record::encode_incarnation(body), record::open_key(store_.org));
}

void DeskWriter::put(record::Type type, const Did& did, BytesView plain, const crypto::DossierKey& key) {
  last_ = std::max(Hlc{last_.value + 1}, Hlc::at(now_.wall));
  record::Header header;
  header.type = type;
  // Keys and incarnations are for every version.
  if (type == record::Type::change) header.writer = header.reader_min = store_.edition.version;
  header.position = next_position();
  header.policy_epoch = store_.policy.count() - 1;
  header.did = did;
  header.hlc = last_;
  auto sealed = record::seal(header, plain, key, store_.org);
  const auto rid = record::rid_of(sealed);
  written_.push_back({std::move(sealed), rid});
  ++next_;
}

void DeskWriter::put_grant(const Did& did, const record::GrantBody& grant) {
  put(record::Type::grant, did, record::encode_grant(grant, next_position()), record::open_key(store_.org));
}

Result<Saved> DeskWriter::save(const NewChange& wanted) {
  if (!wanted.did) return create(wanted.change);
  if (!wanted.another_code) return edit(*wanted.did, wanted);
  WARD_TRY(auto saved, number(*wanted.did, wanted.change.user, wanted.change.reason));
  if (!saved) return fail(Fault::invalid, "no official code can be given now; `codes list` says why");
  return *std::move(saved);
}

Numbering& DeskWriter::numbering() {
  if (!numbering_) numbering_.emplace(centre_, keys_.device, now_);
  return *numbering_;
}

Result<std::optional<Saved>> DeskWriter::number(const Did& did, const std::string& user, const std::string& reason) {
  const auto code = centre_.code_mark_ ? numbering().official() : std::nullopt;
  if (!code) return std::optional<Saved>{};
  WARD_TRY(auto saved, edit(did, {{user, {}, {code_op(*code)}, reason, {}}, did}));
  saved.code = *code;
  return std::optional(std::move(saved));
}

Result<Saved> DeskWriter::create(const record::Change& wanted) {
  if (!wanted.seen.empty()) return fail(Fault::invalid, "a new dossier has no earlier version");
  auto change = wanted;
  const auto position = next_position();
  GivenCode given;
  if (centre_.code_mark_ && change.act.empty() && !has_code(change)) {
    given = numbering().next();
    change.ops.push_back(code_op(given.text));
  }
  WARD_CHECK(granting_.complete_offers(change, 0));
  WARD_CHECK(record::check_change(change, position));
  const auto did = record::did_created_by(position);
  const crypto::DossierKey key(draw("wsync-desk-key"));
  put(record::Type::change, {}, record::encode_change(change, position), key);
  put_grant(did, granting_.first(did, crypto::key_id_of(key), key));
  heads_[did] = {position};
  touched_.insert(did);
  acts_.push_back({did, position, std::move(change)});
  return Saved{did, position, true, given.text, !given.text.empty() && !given.official};
}

Result<Saved> DeskWriter::edit(const Did& did, NewChange wanted) {
  auto& change = wanted.change;
  if (touched_.contains(did)) WARD_CHECK(flush());
  const auto dossier = find_dossier_row(store_, did);
  if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
  WARD_CHECK(must_stand(store_, did));
  auto& heads = heads_[did];
  if (heads.empty()) heads = read_state(store_, dossier).version;
  WARD_TRY(change.seen, seen_of(store_, dossier, heads, std::move(change.seen)));
  WARD_CHECK(granting_.complete_offers(change, dossier));
  WARD_TRY(const auto key_id, granting_.writing_key(dossier, did));
  const auto position = next_position();
  if (wanted.sign) change.act = wanted.sign(change, {did, position, store_.policy.count() - 1, granting_.past(dossier, change.seen)});
  WARD_CHECK(record::check_change(change, position));
  put(record::Type::change, did, record::encode_change(change, position), *find_key(store_, key_id));
  advance(heads, change.seen, position);
  touched_.insert(did);
  acts_.push_back({did, position, std::move(change)});
  return Saved{did, position, true, {}, false};
}

/// Under a key of those who read the dossier: nobody of this unit writes here.
Result<bool> DeskWriter::summarise(std::int64_t dossier, const record::SummaryBody& body) {
  const auto did = did_of(store_, dossier);
  Granting readers(
      store_, read_state(store_, dossier).custody.unit, [this](std::string_view label) { return draw(label); },
      [this](const Did& of, const record::GrantBody& grant) { put_grant(of, grant); });
  const auto key_id = readers.writing_key(dossier, did);
  if (key_id.has_error() && key_id.error().fault == Fault::missing_key) return false;
  WARD_CHECK(key_id);
  put(record::Type::summary, did, record::encode_summary(body), *find_key(store_, *key_id));
  return true;
}

/// A segment of the records from there on.
segment::Rows DeskWriter::cut(std::size_t from, std::size_t count) {
  std::vector<record::Header> headers;
  for (std::size_t i = from; i < from + count; ++i) headers.push_back(written_[i].record.header);
  segment::Rows out;
  std::vector<Rid> rids;
  for (const auto at : segment::leaf_order(headers)) {
    rids.push_back(written_[from + at].rid);
    out.rows.emplace_back(segment::SealedRow{written_[from + at].record});
  }
  const auto chain = chain_of(store_, writer_);
  segment::Statement statement;
  statement.device = keys_.device;
  statement.incarnation = incarnation_;
  statement.first = headers.front().position.seq;
  statement.count = static_cast<std::uint16_t>(count);
  statement.previous = chain.head;
  statement.root = segment::root_of(rids);
  statement.policy_epoch = store_.policy.count() - 1;
  out.statement = segment::sign(statement, store_.org, keys_.sign);
  return out;
}

Result<void> DeskWriter::admit() {
  if (!admission_) admission_.emplace(centre_, keys_.device, now_.wall);
  while (admitted_ < written_.size()) {
    const auto count = std::min(limits::segment_records_max, written_.size() - admitted_);
    auto rows = cut(admitted_, count);
    admission_->admit(rows);
    if (!admission_->out.refused.empty()) return fail(admission_->out.refused.front().fault, "the centre's own segment was not taken");
    admitted_ += count;
  }
  return {};
}

Result<void> DeskWriter::flush() {
  WARD_CHECK(admit());
  for (const auto& act : std::exchange(acts_, {})) granting_.follow_custody(act.change, act.at, find_dossier_row(store_, act.did), act.did);
  return admit();
}

Result<void> DeskWriter::finish() {
  WARD_CHECK(flush());
  if (numbering_) numbering_->write_down();
  admission_->finish();
  store_.db.query("UPDATE writer SET hlc = ? WHERE id = ?").bind(static_cast<std::int64_t>(last_.value)).bind(writer_).run();
  for (const auto& did : touched_)
    if (const auto dossier = find_dossier_row(store_, did); is_dirty(store_, dossier)) remerge(store_, dossier);
  return {};
}

void DeskWriter::keep() {
  centre_.desk_incarnation_ = incarnation_;
  admission_->keep();
}

}  // namespace ward::storage
