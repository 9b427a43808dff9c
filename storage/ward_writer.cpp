#include "protocol/base/limits.hpp"
#include "protocol/keys/keys.hpp"
#include "storage/erasures.hpp"
#include "storage/audit.hpp"
#include "storage/merged.hpp"
#include "storage/summaries.hpp"
#include "storage/ward_parts.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

/// Dossiers that saves may leave unmerged: as many as a reader is made to wait for.
constexpr std::size_t unmerged_max = 100;
constexpr std::size_t seen_bytes = 64;  ///< room that the parts of a large dossier leave for naming the part before

std::size_t size_of(const record::Change& change, const Position& own) { return record::encode_change(change, own).size(); }

std::size_t unmerged(Store& store) {
  auto found = store.db.query("SELECT count(*) FROM dossier WHERE dirty > 0");
  return found.step() ? static_cast<std::size_t>(found.number(0)) : 0;
}

/// A new dossier's change, in as many parts as its records need.
std::vector<record::Change> parts_of(const record::Change& change, const Position& own) {
  if (change.ops.size() <= limits::ops_max && size_of(change, own) <= limits::body_bytes_max) return {change};
  const auto frame = size_of({change.user, {}, {}, {}, {}}, own);
  std::vector<record::Change> parts{{change.user, {}, {}, change.reason, change.act}};
  auto bytes = size_of(parts.back(), own) + seen_bytes;
  for (const auto& op : change.ops) {
    const auto size = size_of({change.user, {}, {op}, {}, {}}, own) - frame;
    auto& last = parts.back();
    if (!last.ops.empty() && (bytes + size > limits::body_bytes_max || last.ops.size() == limits::ops_max)) {
      parts.push_back({change.user, {}, {}, {}, {}});
      bytes = frame + seen_bytes;
    }
    parts.back().ops.push_back(op);
    bytes += size;
  }
  return parts;
}

/// Into the last part, or one more; what an official signed is left as it is.
void add_code(std::vector<record::Change>& parts, const std::string& code, const Position& own) {
  auto& last = parts.back();
  auto with = last;
  with.ops.push_back(code_op(code));
  const bool fits = last.act.empty() && with.ops.size() <= limits::ops_max && size_of(with, own) + seen_bytes <= limits::body_bytes_max;
  if (fits)
    last = std::move(with);
  else
    parts.push_back({last.user, {}, {code_op(code)}, {}, {}});
}

}  // namespace

WardWriter::WardWriter(WardStore& ward, Now now)
    : ward_(ward),
      store_(ward.store_),
      now_(now),
      granting_(
          store_, ward.membership_.unit, [this](std::string_view label) { return draw(label); },
          [this](const Did& did, const record::GrantBody& grant) {
            put_grant(did, grant);
            note_grant(store_, find_dossier_row(store_, did), did, grant);
          }) {
  begin();
}

Array<32> WardWriter::draw(std::string_view label) { return storage::draw(store_, ward_.keys_.hedge, label, now_.monotonic); }

void WardWriter::begin() {
  believed_ = ward_.believes(now_);
  if (!ward_.incarnation_) return start_incarnation();
  incarnation_ = *ward_.incarnation_;
  auto found = store_.db.query("SELECT id, written, hlc FROM writer WHERE device = ? AND incarnation = ?");
  found.bind(ward_.membership_.device).bind(incarnation_);
  if (!found.step()) throw Failure{{Fault::storage_damaged, "this run's first record is missing"}};
  writer_ = found.number(0);
  next_ = static_cast<Seq>(found.number(1));
  last_ = {static_cast<std::uint64_t>(found.number(2))};
}

void WardWriter::start_incarnation() {
  record::IncarnationBody body;
  body.version = program_version;
  {
    auto found = store_.db.query("SELECT incarnation, written, head FROM writer WHERE device = ? ORDER BY id DESC LIMIT 1");
    found.bind(ward_.membership_.device);
    if (found.step())
      body.previous.push_back(
          {found.fixed<Incarnation>(0), static_cast<Seq>(found.number(1)), found.is_null(2) ? Hash{} : found.fixed<Hash>(2)});
  }
  {
    auto last = store_.db.query("SELECT hlc FROM writer WHERE device = ? AND hlc > 0 ORDER BY id DESC LIMIT 1");
    last.bind(ward_.membership_.device);
    if (last.step()) last_ = {static_cast<std::uint64_t>(last.number(0))};
  }
  const auto drawn = draw("wsync-incarn");
  incarnation_ = fixed_from<Incarnation>(drawn);
  writer_ = writer_row(store_, ward_.membership_.device, incarnation_);
  put(record::Type::incarnation, {}, record::encode_incarnation(body), record::open_key(store_.org));
  note_act(store_, {audit::Kind::incarnation, now_.wall, believed_, {}, hex(incarnation_.view()), {}});
}

Hlc WardWriter::next_hlc() {
  // A clock that was far ahead once must not condemn every later change of this PC: what the centre's time since then refutes does not
  // count.
  if (believed_ && ward_.centre_time_ && last_.wall().ms > now_.wall.ms + std::chrono::milliseconds(clock_ahead_max).count())
    last_ = Hlc::at(ward_.signed_time_);
  const Hlc wall = believed_ ? Hlc::at(now_.wall) : Hlc{};
  last_ = std::max(Hlc{last_.value + 1}, wall);
  return last_;
}

std::int64_t WardWriter::put(record::Type type, const Did& did, BytesView plain, const crypto::DossierKey& key) {
  record::Header header;
  header.type = type;
  // Keys and incarnations are for every version.
  if (type == record::Type::change) header.writer = header.reader_min = store_.edition.version;
  header.position = next_position();
  header.policy_epoch = store_.policy.count() - 1;
  header.did = did;
  header.hlc = next_hlc();
  segment::Verified verified;
  verified.record = record::seal(header, plain, key, store_.org);
  verified.body_hash = record::body_hash_of(verified.record.body);
  verified.rid = record::rid_of(verified.record.header, verified.body_hash);
  const auto stored = put_record(store_, verified, writer_, 0, now_.wall);
  WARD_ASSERT(stored.fresh);
  if (stored.dossier != 0) touched_.insert(stored.dossier);
  bytes_ += record::header_size + verified.record.body.size();
  ++next_;
  return stored.dossier;
}

const crypto::DossierKey& WardWriter::new_dossier_key() {
  constexpr auto name = outbox_seed_key;
  Array<32> seed{};
  if (const auto sealed = meta(store_, name)) {
    seed = fixed_from<Hash>(or_throw(open_local(store_.local, name, {}, *sealed))).bytes;
  } else {
    seed = draw("wsync-outbox");
    set_meta(store_, name, seal_local(store_.local, name, {}, seed));
  }
  const auto position = next_position();
  const auto key = keys::derive_dossier_key(seed, position);
  const auto id = crypto::key_id_of(key);
  put_first_key(store_, dossier_row(store_, record::did_created_by(position)), id, key, granting_.newest_seed());
  return *find_key(store_, id);
}

void WardWriter::put_grant(const Did& did, const record::GrantBody& grant) {
  put(record::Type::grant, did, record::encode_grant(grant, next_position()), record::open_key(store_.org));
}

Result<Saved> WardWriter::save(const NewChange& wanted) {
  if (!wanted.did) return create(wanted.change);
  if (!wanted.another_code) return edit(*wanted.did, wanted);
  WARD_TRY(auto saved, number(*wanted.did, wanted.change.user, wanted.change.reason));
  if (!saved) return fail(Fault::invalid, "no official code can be given now; `codes` says why");
  return *std::move(saved);
}

Numbering& WardWriter::numbering() {
  if (!numbering_) numbering_.emplace(ward_, now_);
  return *numbering_;
}

Result<Saved> WardWriter::create(const record::Change& change) {
  if (!change.seen.empty()) return fail(Fault::invalid, "a new dossier has no earlier version");
  const auto did = record::did_created_by(next_position());
  auto parts = parts_of(change, next_position());
  if (parts.size() > 1 && !change.act.empty()) return fail(Fault::too_large, "what an official signs must fit one change of 8 KiB");
  GivenCode given;
  if (!has_code(change)) {
    given = numbering().next();
    add_code(parts, given.text, next_position());
  }
  for (auto& part : parts) {
    WARD_CHECK(granting_.complete_offers(part, 0));
    WARD_CHECK(record::check_change(part, next_position()));
  }
  const auto& key = new_dossier_key();
  const auto key_id = crypto::key_id_of(key);
  auto written = next_position();
  const auto dossier = put(record::Type::change, {}, record::encode_change(parts.front(), written), key);
  put_grant(did, granting_.first(did, key_id, *find_key(store_, key_id)));
  granting_.follow_custody(parts.front(), written, dossier, did);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    parts[i].seen = {written};
    written = next_position();
    WARD_CHECK(record::check_change(parts[i], written));
    put(record::Type::change, did, record::encode_change(parts[i], written), *find_key(store_, key_id));
    granting_.follow_custody(parts[i], written, dossier, did);
  }
  for (const auto& part : parts) put_codes(store_, dossier, part);
  const std::vector heads{written};
  set_heads(dossier, &heads);
  return Saved{did, written, believed_, given.text, !given.text.empty() && !given.official};
}

Result<std::optional<Saved>> WardWriter::number(const Did& did, const std::string& user, const std::string& reason) {
  const auto dossier = find_dossier_row(store_, did);
  // Before a code is spent on it.
  if (dossier == 0 || !key_of_dossier(store_, dossier)) return fail(Fault::missing_key, "this PC holds no key of the dossier");
  WARD_TRY(auto seen, seen_of(store_, dossier, heads_of(dossier), {}));
  const auto code = numbering().official();
  if (!code) return std::optional<Saved>{};
  WARD_TRY(auto saved, edit(did, {{user, std::move(seen), {code_op(*code)}, reason, {}}, did}));
  saved.code = *code;
  return std::optional(std::move(saved));
}

std::vector<Position> WardWriter::heads_of(std::int64_t dossier) {
  {
    auto known = store_.db.query("SELECT heads FROM dossier WHERE id = ?");
    known.bind(dossier);
    if (known.step() && !known.is_null(0)) return decode_heads(known.bytes(0));
  }
  return read_state(store_, dossier).version;
}

/// Null: only merging tells them.
void WardWriter::set_heads(std::int64_t dossier, const std::vector<Position>* heads) {
  auto put = store_.db.query("UPDATE dossier SET dirty = 1, heads = ? WHERE id = ?");
  const auto bytes = heads == nullptr ? Bytes{} : encode_heads(*heads);
  heads == nullptr ? put.bind_null() : put.bind(BytesView(bytes));
  put.bind(dossier).run();
}

Result<Saved> WardWriter::edit(const Did& did, NewChange wanted) {
  auto& change = wanted.change;
  const auto dossier = find_dossier_row(store_, did);
  if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
  WARD_CHECK(must_stand(store_, did));
  require_records(store_, dossier);
  auto heads = heads_of(dossier);
  WARD_TRY(change.seen, seen_of(store_, dossier, heads, std::move(change.seen)));
  if (change.ops.size() > limits::ops_max) return fail(Fault::too_large, "one change holds at most 512 operations; split it");
  WARD_CHECK(granting_.complete_offers(change, dossier));
  WARD_TRY(const auto key_id, granting_.writing_key(dossier, did));
  const auto position = next_position();
  if (wanted.sign) change.act = wanted.sign(change, {did, position, store_.policy.count() - 1, granting_.past(dossier, change.seen)});
  WARD_CHECK(record::check_change(change, position));
  put(record::Type::change, did, record::encode_change(change, position), *find_key(store_, key_id));
  granting_.follow_custody(change, position, dossier, did);
  put_codes(store_, dossier, change);
  // What replaces older changes than the newest may build on one that waits itself: then only merging tells the heads.
  const bool on_heads = std::includes(heads.begin(), heads.end(), change.seen.begin(), change.seen.end());
  advance(heads, change.seen, position);
  set_heads(dossier, on_heads ? &heads : nullptr);
  return Saved{did, position, believed_, {}, false};
}

void WardWriter::finish() {
  if (unmerged(store_) > unmerged_max)
    for (const auto dossier : touched_) remerge(store_, dossier);
  if (numbering_) numbering_->write_down();
  store_.db.query("UPDATE writer SET written = ?, waiting_bytes = waiting_bytes + ?, hlc = ? WHERE id = ?")
      .bind(static_cast<std::int64_t>(next_))
      .bind(static_cast<std::int64_t>(bytes_))
      .bind(static_cast<std::int64_t>(last_.value))
      .bind(writer_)
      .run();
}

void WardWriter::keep() {
  ward_.incarnation_ = incarnation_;
  ward_.clock_believed_ = believed_;
}

}  // namespace ward::storage
