#include "storage/repair.hpp"

#include "storage/audit.hpp"
#include "storage/erasures.hpp"
#include "storage/merged.hpp"
#include "storage/readable.hpp"
#include "storage/repair_tables.hpp"
#include "storage/ward_parts.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace ward::storage {
namespace {

constexpr std::size_t segments_at_once = 64;
constexpr Seq lost_told_max = 10'000;
constexpr std::int64_t places_max = std::int64_t{1} << 40U;  ///< more than any log has

bool is_whole(const StoredRecord& stored, const Position& position) {
  const auto& body = stored.record.body;
  const auto hash = body.empty() ? stored.body_hash : record::body_hash_of(body);
  return stored.record.header.position == position && record::rid_of(stored.record.header, hash) == stored.rid;
}

segment::Verified verified(const StoredRecord& stored) {
  const auto& body = stored.record.body;
  return {stored.record, body.empty() ? stored.body_hash : record::body_hash_of(body), stored.rid, stored.leaf};
}

class Salvage {
 public:
  Salvage(Store& old, WardStore& ward, Now now) : old_(old), ward_(ward), new_(ward.store()), now_(now) {}

  Result<Repair> run() {
    WARD_CHECK(in_one("carry over names", [&] {
      carry_meta();
      carry_writers();
      carry_keys();
      std::map<std::int64_t, std::int64_t> rows;
      for (const auto& [id, writer] : writers_) rows[id] = writer.row;
      carry_tables(old_, new_, rows);
      find_segments();
    }));
    WARD_CHECK(carry_stamped());
    WARD_CHECK(in_one("carry over what waits", [&] {
      load_unstamped();
      for (const auto& [old_writer, writer] : writers_)
        if (writer.own) carry_own(old_writer, writer);
      for (const auto dossier : touched_) {
        learn_from_grants(new_, dossier);
        remerge(new_, dossier);
      }
      ask_again();
    }));
    save_again();
    WARD_CHECK(in_one("forget what is not here", [&] {
      forget_empty_dossiers();
      note_act(new_, {audit::Kind::restored, now_.wall, ward_.believes(now_), {}, {}, in_words()});
    }));
    return std::move(out_);
  }

 private:
  struct Writer {
    DeviceId device;
    Incarnation incarnation;
    std::int64_t row = 0;
    bool own = false;
  };
  /// A segment with its rows as they would travel sealed.
  struct Loaded {
    StoredSegment segment;
    std::vector<segment::Rows> parts;
    std::vector<StoredRecord> records;
  };

  template <class Work>
  Result<void> in_one(const char* name, Work&& work) {
    return new_.db.transact(name, [&]() -> Result<void> {
      work();
      return {};
    });
  }

  void damaged() { out_.from_beginning = true; }

  void carry_meta() {
    const auto whole = each_row(
        old_, "SELECT name, value FROM meta ORDER BY name", "SELECT name, value FROM meta ORDER BY name DESC", [&](const Query& row) {
          const auto name = row.text(0);
          new_.db.query("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)").bind(std::string_view(name)).bind(row.bytes(1)).run();
        });
    if (!whole) damaged();
    const auto keep_if = [&](std::string_view name, auto&& decodes) {
      if (reads(decodes)) return;
      drop_meta(new_, name);
      damaged();
    };
    keep_if("receipt", [&] {
      const auto last = stored_receipt(new_);
      if (last && !is_signed(new_, last->receipt, last->signature)) throw Failure{{Fault::storage_damaged, "receipt"}};
    });
    for (const auto name : {std::string_view("cursor"), fill_key, own_wanted_key, std::string_view("own known"),
                            std::string_view("applied"), std::string_view("archived"), std::string_view("clock offset")})
      keep_if(name, [&] {
        const auto number = meta_number(new_, name, 0);
        const bool is_place = name != "clock offset";
        if (is_place && (number < 0 || number > places_max)) throw Failure{{Fault::storage_damaged, "a place in the log"}};
      });
    keep_if(outbox_seed_key, [&] {
      if (const auto sealed = meta(new_, outbox_seed_key)) (void)or_throw(open_local(new_.local, outbox_seed_key, {}, *sealed));
    });
    keep_if("codes given", [&] { check_given_codes(new_); });
    keep_if("lost heads", [&] { (void)lost_heads(new_); });
    keep_if("own known since", [&] { (void)own_known_since(new_); });
  }

  /// In the order of the old rows: the newest of this device is the one that its next incarnation continues.
  void carry_writers() {
    const auto whole = each_row(old_, "SELECT id, device, incarnation, hlc FROM writer ORDER BY id",
                                "SELECT id, device, incarnation, hlc FROM writer ORDER BY id DESC", [&](const Query& row) {
                                  clocks_[row.number(0)] = row.number(3);
                                  writers_[row.number(0)] = {row.fixed<DeviceId>(1), row.fixed<Incarnation>(2)};
                                });
    if (!whole) damaged();
    name_writers_by_their_records();
    for (auto& [id, writer] : writers_) {
      writer.own = writer.device == ward_.membership().device;
      writer.row = writer_row(new_, writer.device, writer.incarnation);
      new_.db.query("UPDATE writer SET hlc = ? WHERE id = ?").bind(clocks_[id]).bind(writer.row).run();
    }
  }

  /// Every record names who wrote it, so that a damaged row of a writer hides nothing.
  void name_writers_by_their_records() {
    std::map<std::int64_t, std::map<std::pair<DeviceId, Incarnation>, std::uint64_t>> named;
    (void)each_row(old_, "SELECT writer, header FROM record ORDER BY id", "SELECT writer, header FROM record ORDER BY id DESC",
                   [&](const Query& row) {
                     const auto header = record::decode_header(row.bytes(1));
                     if (header.has_value()) ++named[row.number(0)][{header->position.device, header->position.incarnation}];
                   });
    for (const auto& [id, names] : named) {
      const auto most = std::max_element(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
      writers_[id] = {most->first.first, most->first.second};
    }
  }

  void carry_keys() {
    std::map<std::int64_t, Did> dids;
    bool whole = each_row(old_, "SELECT id, did FROM dossier ORDER BY id", "SELECT id, did FROM dossier ORDER BY id DESC",
                          [&](const Query& row) { dids[row.number(0)] = row.fixed<Did>(1); });
    const auto carry = [&](const Query& row) {
      const auto did = dids.find(row.number(1));
      const auto id = row.fixed<KeyId>(0);
      const auto plain = open_local(old_.local, "key", id.view(), row.bytes(2));
      if (did == dids.end() || plain.has_error()) {
        whole = false;
        return;
      }
      put_key(new_, dossier_row(new_, did->second), id, crypto::DossierKey(*plain));
      auto put = new_.db.query("UPDATE dossier_key SET known_to = ?, before = ? WHERE key_id = ?");
      for (const int column : {3, 4}) row.is_null(column) ? put.bind_null() : put.bind(row.bytes(column));
      put.bind(id).run();
    };
    whole = each_row(old_, "SELECT key_id, dossier, sealed, known_to, before FROM dossier_key ORDER BY key_id",
                     "SELECT key_id, dossier, sealed, known_to, before FROM dossier_key ORDER BY key_id DESC", carry) &&
            whole;
    // Their grants, which bring them again, may lie before anything else that is damaged.
    if (!whole) damaged();
    forget_keys(new_);
  }

  void find_segments() {
    const auto whole = each_row(old_, "SELECT id, stamp_index FROM segment ORDER BY id",
                                "SELECT id, stamp_index FROM segment ORDER BY id DESC", [&](const Query& row) {
                                  if (row.is_null(1))
                                    unstamped_.insert(row.number(0));
                                  else
                                    stamped_.emplace(row.number(1), row.number(0));
                                });
    if (!whole) damaged();
  }

  /// Throws where something of it cannot be read.
  Loaded load(std::int64_t id) {
    auto segment = find_segment(old_, id);
    if (!segment) throw Failure{{Fault::storage_damaged, "segment"}};
    Loaded out{*std::move(segment), {}, {}};
    out.records = records_of_segment(old_, out.segment);
    segment::Rows rows;
    rows.statement = out.segment.signed_statement;
    rows.stamp = out.segment.stamp;
    if (out.records.size() == rows.statement.statement.count) {
      for (const auto& stored : out.records) rows.rows.push_back(sealed_row(stored));
      out.parts.push_back(std::move(rows));
      return out;
    }
    for (auto& proof : proofs_of(old_, id)) {
      auto part = rows;
      part.subset = std::move(proof);
      for (const auto& stored : out.records) {
        const auto& positions = part.subset->positions;
        if (std::binary_search(positions.begin(), positions.end(), stored.leaf)) part.rows.push_back(sealed_row(stored));
      }
      out.parts.push_back(std::move(part));
    }
    if (out.parts.empty()) throw Failure{{Fault::storage_damaged, "segment"}};
    return out;
  }

  /// Nothing where it is not as it was signed, or cannot be read.
  std::optional<Loaded> load_whole(std::int64_t id) {
    std::optional<Loaded> out;
    (void)reads([&] { out = load(id); });
    if (!out) return std::nullopt;
    const auto* device = new_.policy.device(out->segment.signed_statement.statement.device);
    if (device == nullptr || segment::hash_of(out->segment.signed_statement.statement, new_.org) != out->segment.hash) return std::nullopt;
    for (auto& part : out->parts)
      if (!leaves_out_only_what_is_erased(new_, part) || segment::verify_rows(part, new_.org, device->device.sign, new_.keys).has_error())
        return std::nullopt;
    return out;
  }

  /// What the centre has: as if it came from there.
  Result<void> carry_stamped() {
    auto next = stamped_.begin();
    while (next != stamped_.end()) {
      forget_keys(new_);
      WARD_CHECK(in_one("carry over segments", [&] {
        for (std::size_t i = 0; i < segments_at_once && next != stamped_.end(); ++i, ++next) {
          if (auto loaded = load_whole(next->second)) {
            or_throw(Deliveries(ward_, now_).apply(loaded->parts));
            note_carried(*loaded);
          } else {
            ++out_.fetched_again;
            first_missing_ = std::min(first_missing_, next->first);
            note_missing(next->second);
          }
        }
      }));
    }
    return {};
  }

  /// Of an own segment the centre will be asked.
  void note_missing(std::int64_t id) {
    (void)reads([&] {
      const auto segment = find_segment(old_, id);
      if (!segment || segment->forked) return;
      const auto& statement = segment->signed_statement.statement;
      const auto* device = new_.policy.device(statement.device);
      if (statement.device != ward_.membership().device) return;
      const auto hash = segment::hash_of(statement, new_.org);
      const bool is_signed = device != nullptr && segment::verify(segment->signed_statement, new_.org, device->device.sign).has_value();
      if (hash != segment->hash && !is_signed) return;
      missing_.push_back({statement.incarnation, segment->end(), hash});
    });
  }

  void note_carried(const Loaded& loaded) {
    ++out_.segments;
    out_.records += loaded.records.size();
  }

  /// What no stamp came for yet, up to the first record that is missing; what stands behind that cannot be sent under its numbers.
  void carry_own(std::int64_t old_writer, const Writer& writer) {
    const auto loose = own_records(old_writer, writer);
    for (const auto& head : missing_) {
      const auto chain = chain_of(new_, writer.row);
      if (head.incarnation == writer.incarnation && head.count > chain.count)
        set_chain(new_, writer.row, {head.count, head.statement, chain.segment});
    }
    auto next = chain_of(new_, writer.row).count;
    const auto pass_what_the_centre_has = [&] {
      while (is_receipted(old_writer, next)) ++next;
    };
    for (const auto& [first, loaded] : unreceipted_[old_writer]) {
      pass_what_the_centre_has();
      if (first != next && !loaded.segment.receipted) break;
      put_own(writer, loaded);
      next = loaded.segment.end();
    }
    pass_what_the_centre_has();
    // A new dossier's key travels as the grant beside its first record: one does not go without the other.
    const auto goes = [&](Seq seq) {
      const auto found = loose.find(seq);
      const bool creates =
          found != loose.end() && found->second.record.header.did.is_zero() && found->second.record.header.type == record::Type::change;
      return found != loose.end() && (!creates || loose.contains(seq + 1));
    };
    for (; goes(next); ++next) put_loose(writer, loose.at(next));
    for (const auto& [seq, stored] : loose)
      if (seq >= next) again_.push_back(stored);
    count_lost(old_writer, next, loose);
    count_waiting(new_, writer.row);
  }

  void load_unstamped() {
    for (const auto id : unstamped_) {
      auto loaded = load_whole(id);
      if (loaded && loaded->parts.size() == 1 && !loaded->segment.forked) {
        unreceipted_[loaded->segment.writer].emplace(loaded->segment.signed_statement.statement.first, *std::move(loaded));
        continue;
      }
      // Where the centre has it in its log is not known.
      bool receipted = true;
      (void)reads([&] {
        const auto segment = find_segment(old_, id);
        receipted = !segment || segment->receipted;
      });
      if (receipted) damaged();
    }
  }

  /// Those that no segment with a stamp holds, and that are what their id names.
  std::map<Seq, StoredRecord> own_records(std::int64_t old_writer, const Writer& writer) {
    std::map<Seq, StoredRecord> out;
    std::set<Seq> seqs;
    // The index alone answers this, so that no damaged row ends it.
    for (const auto* sql :
         {"SELECT seq FROM record WHERE writer = ? ORDER BY seq", "SELECT seq FROM record WHERE writer = ? ORDER BY seq DESC"}) {
      const bool whole = reads([&] {
        auto found = old_.db.query(sql);
        found.bind(old_writer);
        while (found.step()) seqs.insert(static_cast<Seq>(found.number(0)));
      });
      if (whole) break;
      damaged();
    }
    for (const auto seq : seqs) {
      (void)reads([&] {
        for (auto& stored : waiting_records(old_, old_writer, seq, 1))
          if (!stored.stamp && is_whole(stored, {writer.device, writer.incarnation, seq})) out.emplace(seq, std::move(stored));
      });
    }
    return out;
  }

  void put(const Writer& writer, std::int64_t segment, const segment::Verified& one, WallTime saved_at) {
    const auto stored = put_record(new_, one, writer.row, segment, saved_at);
    if (stored.dossier == 0) return;
    touched_.insert(stored.dossier);
    if (const auto grant = read_grant(new_, one)) note_grant(new_, stored.dossier, record::dossier_of(one.record.header), *grant);
    if (const auto change = read_change(new_, one)) put_codes(new_, stored.dossier, *change);
  }

  void put_own(const Writer& writer, const Loaded& loaded) {
    const auto& segment = loaded.segment;
    std::uint64_t bytes = 0;
    for (const auto& stored : loaded.records) bytes += record::header_size + stored.record.body.size();
    const auto id = put_segment(
        new_, {writer.row, segment.signed_statement, segment.hash, std::nullopt, segment.receipted, false, bytes, segment.key_seed});
    for (const auto& stored : loaded.records) put(writer, id, verified(stored), stored.saved_at);
    set_chain(new_, writer.row, {segment.end(), segment.hash, id});
    note_carried(loaded);
  }

  void put_loose(const Writer& writer, const StoredRecord& stored) {
    put(writer, 0, verified(stored), stored.saved_at);
    ++out_.records;
  }

  /// From `next` on what was written and is not there.
  void count_lost(std::int64_t old_writer, Seq next, const std::map<Seq, StoredRecord>& held) {
    Seq written = held.empty() ? next : std::max(next, held.rbegin()->first + 1);
    (void)reads([&] {
      auto found = old_.db.query("SELECT written FROM writer WHERE id = ?");
      found.bind(old_writer);
      if (!found.step()) return;
      // A number that the disk changed is no count of what was saved.
      const auto said = static_cast<Seq>(found.number(0));
      if (said <= next + lost_told_max)
        written = std::max(written, said);
      else
        damaged();
    });
    for (auto seq = next; seq < written; ++seq) {
      if (held.contains(seq) || is_receipted(old_writer, seq)) continue;
      ++out_.lost;
      (void)reads([&] { note_lost_of(old_writer, seq); });
    }
  }

  bool is_receipted(std::int64_t old_writer, Seq seq) {
    bool out = false;
    (void)reads([&] {
      auto found = old_.db.query(
          "SELECT 1 FROM segment WHERE writer = ? AND first <= ? AND first + count > ? AND count BETWEEN 1 AND 256 AND receipted = 1");
      found.bind(old_writer).bind(static_cast<std::int64_t>(seq)).bind(static_cast<std::int64_t>(seq));
      out = found.step();
    });
    return out;
  }

  void note_lost_of(std::int64_t old_writer, Seq seq) {
    auto found = old_.db.query("SELECT d.did FROM record r JOIN dossier d ON d.id = r.dossier WHERE r.writer = ? AND r.seq = ?");
    found.bind(old_writer).bind(static_cast<std::int64_t>(seq));
    if (found.step()) note_lost_of(found.fixed<Did>(0));
  }
  void note_lost_of(const Did& did) {
    if (std::find(out_.lost_of.begin(), out_.lost_of.end(), did) == out_.lost_of.end()) out_.lost_of.push_back(did);
  }

  /// Makes the next links bring what is missing.
  void ask_again() {
    const auto cursor = meta_number(new_, "cursor", 0);
    const auto from = out_.from_beginning ? 0 : std::min(cursor, first_missing_);
    auto lost = lost_heads(new_);
    lost.insert(lost.end(), missing_.begin(), missing_.end());
    for (const auto& [id, writer] : writers_)
      if (writer.own) find_holes(writer, lost);
    if (const auto last = stored_receipt(new_); last && last->receipt.device == ward_.membership().device)
      for (const auto& head : last->receipt.heads)
        if (head.count > 0 && !accounts_for(new_, find_writer(new_, last->receipt.device, head.incarnation), head)) lost.push_back(head);
    set_lost_heads(new_, lost);
    if (!out_.from_beginning && from == cursor && lost.empty()) return;
    const auto end = stamped_.empty() ? 0 : stamped_.rbegin()->first + 1;
    set_meta_number(new_, own_wanted_key, std::max(cursor, end));
    set_meta_number(new_, "cursor", from);
    set_meta_number(new_, "own known", std::min(meta_number(new_, "own known", 0), from));
    drop_meta(new_, "own known since");
  }

  void find_holes(const Writer& writer, std::vector<log::DeviceHead>& lost) {
    std::vector<std::int64_t> ids;
    {
      auto found = new_.db.query("SELECT id FROM segment WHERE writer = ? AND forked = 0 ORDER BY first");
      found.bind(writer.row);
      while (found.step()) ids.push_back(found.number(0));
    }
    Seq next = 0;
    for (const auto id : ids) {
      const auto segment = find_segment(new_, id);
      const auto& statement = segment->signed_statement.statement;
      if (statement.first > next) lost.push_back({writer.incarnation, statement.first, statement.previous});
      next = segment->end();
    }
  }

  /// Their keys came first, and their records did not; those that the centre sends bring the keys as well.
  void forget_empty_dossiers() {
    new_.db.run("DELETE FROM dossier_key WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.dossier = dossier_key.dossier)");
    new_.db.run("DELETE FROM dossier WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.dossier = dossier.id)");
    new_.keys.dossier_keys.clear();
    forget_keys(new_);
  }

  /// Under new numbers.
  void save_again() {
    std::map<Did, Did> renamed;
    std::map<Position, Position> moved;
    for (const auto& stored : again_) {
      const auto& header = stored.record.header;
      if (header.type != record::Type::change) continue;
      const auto did = record::dossier_of(header);
      const auto saved = save_one(stored, renamed, moved);
      if (!saved) {
        ++out_.lost;
        note_lost_of(did);
        continue;
      }
      ++out_.saved_again;
      moved[header.position] = saved->position;
      if (saved->did != did) renamed[did] = saved->did;
    }
  }

  std::optional<Saved> save_one(const StoredRecord& stored, const std::map<Did, Did>& renamed, const std::map<Position, Position>& moved) {
    const auto change = new_.db.read("what was saved", [&]() -> Result<record::Change> {
      auto read = read_change(new_, verified(stored));
      if (!read) return fail(Fault::missing_key, "it cannot be read");
      return *std::move(read);
    });
    // What an official signed names the place that it had.
    if (change.has_error() || !change->act.empty()) return std::nullopt;
    NewChange again{*change, std::nullopt};
    if (!stored.record.header.did.is_zero()) {
      const auto name = renamed.find(stored.record.header.did);
      again.did = name == renamed.end() ? stored.record.header.did : name->second;
    }
    for (auto& seen : again.change.seen)
      if (const auto to = moved.find(seen); to != moved.end()) seen = to->second;
    if (again.did) keep_what_is_here(again);
    auto saved = ward_.save({again}, now_);
    if (saved.has_error() || saved->empty()) return std::nullopt;
    return saved->front();
  }

  /// Of what its writer had seen. Where that is nothing, he had seen the beginning at least: so it replaces nothing that he did not see.
  void keep_what_is_here(NewChange& again) {
    (void)new_.db.read("what was seen", [&]() -> Result<void> {
      std::erase_if(again.change.seen, [&](const auto& position) { return !find_holding(new_, position); });
      if (!again.change.seen.empty()) return {};
      for (const auto& stored : records_of_dossier(new_, find_dossier_row(new_, *again.did)))
        if (record::did_created_by(stored.record.header.position) == *again.did) again.change.seen.push_back(stored.record.header.position);
      return {};
    });
  }

  [[nodiscard]] std::string in_words() const {
    return "repaired: " + std::to_string(out_.records) + " records carried over, " + std::to_string(out_.saved_again) +
           " changes saved again, " + std::to_string(out_.lost) + " records lost";
  }

  Store& old_;
  WardStore& ward_;
  Store& new_;
  Now now_;
  Repair out_;
  std::map<std::int64_t, Writer> writers_;  ///< by their old rows
  std::map<std::int64_t, std::int64_t> clocks_;
  std::multimap<std::int64_t, std::int64_t> stamped_;  ///< by stamp
  std::set<std::int64_t> unstamped_, touched_;
  std::map<std::int64_t, std::map<Seq, Loaded>> unreceipted_;  ///< of each old writer what no stamp came for, whole, by the first number
  std::vector<log::DeviceHead> missing_;
  std::int64_t first_missing_ = std::numeric_limits<std::int64_t>::max();
  std::vector<StoredRecord> again_;
};

/// As far as the entries go that can be read and follow each other.
Result<policy::PolicyLog> readable_policy(Database& db, const OrgId& org) {
  std::optional<policy::PolicyLog> log;
  const auto take = [&] {
    auto found = db.query("SELECT entry FROM policy ORDER BY epoch");
    while (found.step()) {
      const auto entry = policy::decode_entry(found.bytes(0));
      if (entry.has_error()) return;
      if (log) {
        if (log->append(*entry).has_error()) return;
      } else {
        auto begun = policy::PolicyLog::start(*entry, org);
        if (begun.has_error()) return;
        log = *std::move(begun);
      }
    }
  };
  try {
    (void)reads(take);
  } catch (const Failure& failure) {
    return failure.error;
  }
  if (!log) return fail(Fault::storage_damaged, "the beginning of the policy log cannot be read");
  return *std::move(log);
}

}  // namespace

Result<Repair> repair_ward(const std::string& damaged, const std::string& fresh, const WardKeys& keys, const Random& random, Now now) {
  WARD_TRY(auto db, Database::open(damaged, OpenMode::read_write));
  WARD_TRY(const auto membership, stored_membership(db));
  WARD_TRY(auto log, readable_policy(db, membership.org));
  WARD_CHECK(WardStore::create(fresh, keys, membership, log.entries()));
  WARD_TRY(auto own_keys, WardKeys::decode(keys.encode()));
  WARD_TRY(auto ward, WardStore::open(fresh, std::move(own_keys), random));
  Store old{std::move(db), Site::ward, membership.org, keys.local.clone(), std::move(log), random};
  WARD_TRY(auto out, Salvage(old, ward, now).run());
  try {
    if (!ward.store().db.checkpoint() || !old.db.checkpoint()) return fail(Fault::storage_locked, "another program reads the data");
  } catch (const Failure& failure) {
    return failure.error;
  }
  return out;
}

}  // namespace ward::storage
