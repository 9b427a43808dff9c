#include "protocol/base/codec.hpp"
#include "protocol/log/tree.hpp"
#include "storage/audit.hpp"
#include "storage/dossiers.hpp"
#include "storage/merged.hpp"
#include "storage/search.hpp"
#include "storage/segments.hpp"
#include "storage/ward_parts.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t damage_lines_max = 200;

/// Recomputes everything and compares. A line per finding; none holds anything personal.
class Verifier {
 public:
  explicit Verifier(Store& store) : store_(store) {}

  Verification run() {
    for (auto& line : store_.db.check()) damage("database: " + line);
    each("SELECT id FROM record ORDER BY id", "record ", [this](std::int64_t id) { check_record(id); });
    each("SELECT id FROM segment ORDER BY id", "segment ", [this](std::int64_t id) { check_segment(id); });
    each("SELECT id FROM dossier ORDER BY id", "dossier ", [this](std::int64_t id) { check_dossier(id); });
    if (store_.site == Site::centre) check_log();
    for (auto& line : damage_of_audit(store_)) damage(std::move(line));
    if (store_.db.has_table("damaged")) {
      auto aside = store_.db.query("SELECT stamp_index, why FROM damaged ORDER BY stamp_index");
      while (aside.step()) damage("set aside: place " + std::to_string(aside.number(0)) + " of the log: " + aside.text(1));
    }
    if (store_.db.has_table("receipt"))
      each("SELECT writer FROM receipt ORDER BY writer", "receipt for writer ", [this](std::int64_t writer) {
        const auto kept = kept_receipt(store_, writer);
        check_receipt(kept->receipt, kept->signature);
      });
    each("SELECT 0 FROM meta WHERE name = 'receipt'", "last receipt ", [this](std::int64_t) {
      const auto last = stored_receipt(store_);
      check_receipt(last->receipt, last->signature);
    });
    return std::move(out_);
  }

 private:
  void damage(std::string line) {
    if (out_.damage.size() < damage_lines_max) out_.damage.push_back(std::move(line));
  }

  template <class Check>
  void each(std::string_view sql, const std::string& what, Check&& check) {
    try {
      auto found = store_.db.query(sql);
      while (found.step()) {
        const auto id = found.number(0);
        try {
          check(id);
        } catch (const Failure& failure) {
          if (failure.error.fault != Fault::storage_damaged) throw;
          damage(what + std::to_string(id) + ": " + failure.error.detail);
        }
        if (id % keys_every == 0) forget_keys(store_);
      }
    } catch (const Failure& failure) {
      if (failure.error.fault != Fault::storage_damaged) throw;
      damage(what + "list: " + failure.error.detail);
    }
  }

  void check_record(std::int64_t id) {
    ++out_.records;
    auto found = store_.db.query(
        "SELECT r.header, r.body, r.body_hash, r.rid, r.seq, r.type, w.device, w.incarnation, d.did FROM record r JOIN writer w ON w.id = "
        "r.writer "
        "LEFT JOIN dossier d ON d.id = r.dossier WHERE r.id = ?");
    found.bind(id);
    if (!found.step()) throw Failure{{Fault::storage_damaged, "its writer is missing"}};
    const auto header = or_damaged(record::decode_header(found.bytes(0)), "the header does not decode");
    const auto body_hash = found.is_null(1) ? found.fixed<Hash>(2) : record::body_hash_of(found.bytes(1));
    if (record::rid_of(header, body_hash) != found.fixed<Rid>(3))
      throw Failure{{Fault::storage_damaged, "it is not the record that its id names"}};
    const Position position{found.fixed<DeviceId>(6), found.fixed<Incarnation>(7), static_cast<Seq>(found.number(4))};
    const auto did = found.is_null(8) ? Did{} : found.fixed<Did>(8);
    if (header.position != position || static_cast<std::int64_t>(header.type) != found.number(5) || record::dossier_of(header) != did)
      throw Failure{{Fault::storage_damaged, "its row and its header differ"}};
  }

  void check_segment(std::int64_t id) {
    ++out_.segments;
    const auto segment = find_segment(store_, id);
    if (!segment) throw Failure{{Fault::storage_damaged, "it cannot be read"}};
    check_statement(store_, *segment);
    check_root(*segment);
  }

  void check_root(const StoredSegment& segment) {
    const auto& statement = segment.signed_statement.statement;
    const auto records = records_of_segment(store_, segment);
    std::map<std::uint8_t, Rid> leaves;
    std::vector<Rid> rids;
    for (const auto& stored : records) {
      leaves.emplace(stored.leaf, stored.rid);
      rids.push_back(stored.rid);
    }
    if (records.size() == statement.count) {
      if (segment::root_of(rids) != statement.root) throw Failure{{Fault::storage_damaged, "the records are not those that were signed"}};
      return;
    }
    std::set<std::uint8_t> proved;
    for (const auto& subset : proofs_of(store_, segment.id)) {
      std::vector<Rid> part;
      for (const auto position : subset.positions)
        if (const auto leaf = leaves.find(position); leaf != leaves.end()) part.push_back(leaf->second);
      const auto root = segment::root_of_subset(part, subset, statement.count);
      if (root.has_error() || *root != statement.root)
        throw Failure{{Fault::storage_damaged, "the records are not those that were signed"}};
      proved.insert(subset.positions.begin(), subset.positions.end());
    }
    if (proved.size() != leaves.size()) throw Failure{{Fault::storage_damaged, "records are missing, or not proved"}};
  }

  void check_dossier(std::int64_t id) {
    ++out_.dossiers;
    auto line = store_.db.query("SELECT dirty, waiting, conflicts, attention FROM dossier WHERE id = ?");
    line.bind(id);
    if (!line.step() || line.number(0) > 0) return;
    const auto merged = merged_from_records(store_, id, did_of(store_, id));
    auto found = store_.db.query("SELECT s.sealed, w.hashes FROM state s JOIN words w ON w.dossier = s.dossier WHERE s.dossier = ?");
    found.bind(id);
    const auto same = [](BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); };
    const bool line_same = line.number(1) == merged.waiting && line.number(3) == merged.attention &&
                           line.number(2) == static_cast<std::int64_t>(merged.state.conflicts.size());
    if (!found.step() || !same(found.bytes(0), merged.sealed) || !same(found.bytes(1), hashes_of(store_, merged.state)) || !line_same)
      throw Failure{{Fault::storage_damaged, "what is shown differs from its records; a rebuild repairs it"}};
  }

  void check_log() {
    log::Frontier frontier;
    bool whole = true;
    auto found = store_.db.query("SELECT hash, stamp_index, stamp_ms FROM segment WHERE stamp_index IS NOT NULL ORDER BY stamp_index");
    while (found.step()) {
      whole = whole && static_cast<std::uint64_t>(found.number(1)) == frontier.size;
      frontier.append(log::leaf_of(found.fixed<Hash>(0), {found.number(2)}));
    }
    const auto stored = meta(store_, "frontier");
    const auto bytes = log::encode_frontier(frontier);
    if (!whole || (stored ? *stored != bytes : frontier.size != 0)) damage("log: the stamps do not give the root that was signed");
  }

  /// Signed by a receipt key that the policy log ever named.
  void check_receipt(const log::Receipt& receipt, const Signature& signature) const {
    if (!is_signed(store_, receipt, signature)) throw Failure{{Fault::storage_damaged, "the centre did not sign it"}};
  }

  static constexpr std::int64_t keys_every = 1000;
  Store& store_;
  Verification out_;
};

}  // namespace

Result<Verification> verify_store(Store& store) {
  WARD_CHECK(load_policy(store));
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("verify", [&]() -> Result<Verification> { return Verifier(store).run(); });
}

}  // namespace ward::storage
