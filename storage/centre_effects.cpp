#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "storage/centre_parts.hpp"
#include "storage/erasures.hpp"
#include "storage/centre_summaries.hpp"
#include "storage/twins.hpp"

#include <algorithm>

/// What the centre's engine asks of its store; each effect is one transaction.
namespace ward::storage {

namespace centre = engine::centre;

namespace {

constexpr std::size_t policy_entries_at_once = 4096;
constexpr std::size_t segments_at_once = 1'024;  ///< looked at for one delivery, those of which nothing is sent included

Fault standing_fault(const policy::DeviceStanding* standing) { return standing == nullptr ? Fault::not_member : Fault::revoked; }

/// A segment that concerns a unit.
struct Route {
  std::uint64_t stamp_index = 0;
  std::int64_t segment = 0;  ///< 0: it is not there
  bool past = false;         ///< the unit has nothing of it yet
};

std::size_t size_of(const segment::Rows& rows) {
  constexpr std::size_t row_overhead = 16;
  constexpr std::size_t statement_overhead = 160;
  std::size_t out = statement_overhead;
  for (const auto& row : rows.rows) out += row_overhead + segment::header_of(row).length;
  return out;
}

/// Reads the rows that one device may have.
class Delivery {
 public:
  Delivery(Store& store, const centre::ReadDelivery& wanted, const UnitCode& unit)
      : store_(store), wanted_(wanted), entitlement_(store, unit), summaries_(store, wanted.fill) {}

  /// As much as one answer takes, or as many segments as are looked at for it.
  [[nodiscard]] bool is_full() const {
    return bytes_ >= wanted_.bytes_max || out_.size() == limits::run_segments_max || looked_at_ == segments_at_once;
  }
  /// `only`: records of these; empty: of all.
  void add(const Route& route, const std::set<Did>& only) {
    ++looked_at_;
    const auto whole = whole_segment(store_, route.segment);
    if (whole.has_error()) {
      damage_.push_back({route.stamp_index, route.segment, whole.error().detail});
      return;
    }
    auto rows = rows_of(route, *whole, only);
    if (!rows) return;
    bytes_ += size_of(*rows);
    out_.push_back(*std::move(rows));
  }
  /// `dossier`: its records alone; 0: all.
  void add(const Route& route, std::int64_t dossier) {
    std::set<Did> only;
    try {
      if (dossier != 0) only.insert(did_of(store_, dossier));
    } catch (const Failure& failure) {
      if (!is_damaged_row(failure)) throw;
      damage_.push_back({route.stamp_index, route.segment, failure.error.detail, false});
      return;
    }
    add(route, only);
  }
  /// What is left out because it is not as it was written.
  [[nodiscard]] const std::vector<DamagedSegment>& damage() const { return damage_; }
  /// Entries by which the device knows that what is left out is erased.
  [[nodiscard]] Epoch policy_count() const { return policy_count_; }
  [[nodiscard]] std::vector<segment::Rows> take() && { return std::move(out_); }

 private:
  /// Nothing when the device may see none of it, or wrote it and has it.
  [[nodiscard]] std::optional<segment::Rows> rows_of(const Route& route, const WholeSegment& whole, const std::set<Did>& only) {
    const auto& segment = whole.segment;
    const auto& statement = segment.signed_statement.statement;
    const bool own = statement.device == wanted_.device;
    if (own && (!wanted_.own || route.past)) return std::nullopt;
    const auto* writer = store_.policy.device(statement.device);
    std::vector<Rid> rids;
    std::vector<std::uint8_t> positions;
    segment::Rows out;
    for (const auto& stored : whole.records) {
      rids.push_back(stored.rid);
      if (!only.empty() && !only.contains(record::dossier_of(stored.record.header))) continue;
      if (!own && !entitlement_.covers(stored, writer->device.unit, segment.stamp->index)) continue;
      if (!own && !is_sent(stored, segment.stamp->index)) continue;
      positions.push_back(stored.leaf);
      out.rows.push_back(row_or_sealed(stored, out.keys));
      if (std::holds_alternative<segment::HashRow>(out.rows.back())) needs_order(record::dossier_of(stored.record.header));
    }
    if (positions.empty()) return std::nullopt;
    if (positions.size() != rids.size()) out.subset = segment::subset_of(rids, std::move(positions));
    out.statement = segment.signed_statement;
    out.stamp = segment.stamp;
    const auto before = sent_.find(segment.writer);
    out.elided.previous = before != sent_.end() && before->second == statement.first;
    sent_[segment.writer] = segment.end();
    return out;
  }

  /// A summary goes to who takes it in place of what it stands for, and to nobody else.
  bool is_sent(const StoredRecord& stored, std::uint64_t index) {
    const auto type = stored.record.header.type;
    const bool summary = type == record::Type::summary;
    if (wanted_.fill == 0 || (!summary && type != record::Type::change && type != record::Type::grant)) return !summary;
    // Of a number of which a person said who has it, a summary may know something else.
    if (store_.policy.standing_at(stored.record.header.position) != nullptr) return !summary;
    const auto did = record::dossier_of(stored.record.header);
    const auto& standing = summaries_.of(did);
    if (!standing || !entitlement_.covers_all_before(did, standing->index)) return !summary;
    return summary ? stored.id == standing->record : index >= standing->index;
  }

  const crypto::DossierKey* key_beside(const StoredRecord& stored) {
    const auto& header = stored.record.header;
    if (header.type == record::Type::grant || stored.record.body.empty()) return nullptr;
    // The grants that give its keys may be among what a summary stands for.
    if (summaries_.of(record::dossier_of(header))) return find_key(store_, header.key_id);
    return entitlement_.missing_key(stored);
  }

  void needs_order(const Did& did) {
    const auto order = store_.policy.erasures().find(did);
    if (order == store_.policy.erasures().end()) throw Failure{{Fault::storage_damaged, "a record's body is missing"}};
    policy_count_ = std::max(policy_count_, order->second + 1);
  }

  /// A key that the disk changed keeps nothing else back.
  segment::Row row_or_sealed(const StoredRecord& stored, std::vector<Array<32>>& keys) {
    try {
      return row_of(stored, keys);
    } catch (const Failure& failure) {
      if (!is_damaged_row(failure)) throw;
      return sealed_row(stored);
    }
  }

  segment::Row row_of(const StoredRecord& stored, std::vector<Array<32>>& keys) {
    const auto* key = key_beside(stored);
    if (key != nullptr && !wanted_.keys) return sealed_row(stored);
    if (key != nullptr && given_.insert(stored.record.header.key_id).second)
      std::copy_n(key->view().begin(), key->view().size(), keys.emplace_back().begin());
    return open_row(store_, stored);
  }

  Store& store_;
  const centre::ReadDelivery& wanted_;
  Entitlement entitlement_;
  Summaries summaries_;
  std::set<KeyId> given_;
  std::map<std::int64_t, Seq> sent_;  ///< writer → where the last segment of this delivery ends
  std::vector<segment::Rows> out_;
  std::vector<DamagedSegment> damage_;
  std::size_t bytes_ = 0, looked_at_ = 0;
  Epoch policy_count_ = 0;
};

}  // namespace

/// Of those that are named, and of such as came since the device had all that came before one of these: another copy of it wrote them.
/// Which it names from its beginning it has heard nothing of, perhaps not either what came before.
std::vector<log::DeviceHead> CentreStore::heads_of(const DeviceId& device, const std::vector<sync::Unstamped>& named) {
  std::vector<log::DeviceHead> out;
  std::int64_t oldest = 0;
  for (const auto& own : named) {
    const auto writer = find_writer(store_, device, own.incarnation);
    const auto chain = writer == 0 ? Chain{} : chain_of(store_, writer);
    out.push_back({own.incarnation, chain.count, chain.head});
    if (chain.count == 0 || own.from == 0) continue;
    auto first = store_.db.query("SELECT id FROM segment WHERE writer = ? ORDER BY first LIMIT 1");
    first.bind(writer);
    if (first.step() && (oldest == 0 || first.number(0) < oldest)) oldest = first.number(0);
  }
  auto strangers = oldest == 0 ? 1 : strangers_told_max;
  auto newer = store_.db.query("SELECT incarnation, chained, head FROM writer WHERE device = ? AND newest > ? ORDER BY newest DESC");
  newer.bind(device).bind(oldest);
  while (strangers > 0 && newer.step()) {
    const log::DeviceHead head{newer.fixed<Incarnation>(0), static_cast<Seq>(newer.number(1)), newer.fixed<Hash>(2)};
    if (std::any_of(named.begin(), named.end(), [&](const auto& own) { return own.incarnation == head.incarnation; })) continue;
    out.push_back(head);
    --strangers;
  }
  return out;
}

std::vector<sync::OwnStamp> CentreStore::stamps_of(const DeviceId& device, const std::vector<sync::Unstamped>& wanted) {
  std::vector<sync::OwnStamp> out;
  for (const auto& own : wanted) {
    const auto writer = find_writer(store_, device, own.incarnation);
    if (writer == 0) continue;
    auto found = store_.db.query(
        "SELECT first, stamp_index, stamp_ms FROM segment WHERE writer = ? AND first >= ? AND forked = 0 AND stamp_index IS NOT NULL ORDER "
        "BY first LIMIT ?");
    found.bind(writer).bind(static_cast<std::int64_t>(std::min(own.from, limits::seq_max)));
    found.bind(static_cast<std::int64_t>(limits::run_segments_max - out.size()));
    while (found.step())
      out.push_back({own.incarnation, static_cast<Seq>(found.number(0)), {static_cast<std::uint64_t>(found.number(1)), {found.number(2)}}});
  }
  return out;
}

Result<centre::PeerRead> CentreStore::read_peer(const centre::ReadPeer& wanted, WallTime now) {
  const auto* standing = store_.policy.device_by_noise(wanted.noise);
  if (standing == nullptr) return centre::PeerRead{Fault::not_member};
  return store_.db.transact("read peer", [&]() -> Result<centre::PeerRead> {
    if (!standing->revoked) {
      return centre::PeerRead{centre::PeerRead::Known{standing->id, standing->device.unit, heads_of(standing->id, wanted.incarnations),
                                                      log_view(now), stamps_of(standing->id, wanted.incarnations)}};
    }
    note_refusal(store_, standing->id, now, Fault::revoked);
    return centre::PeerRead{Fault::revoked};
  });
}

Result<centre::Admitted> CentreStore::admit(centre::Admit admit) {
  forget_keys(store_);
  std::vector<sync::Unstamped> named;
  for (const auto& rows : admit.rows) {
    const auto& statement = rows.statement.statement;
    const bool again = std::any_of(named.begin(), named.end(), [&](const auto& one) { return one.incarnation == statement.incarnation; });
    if (!again) named.push_back({statement.incarnation, statement.first});
  }
  Admission admission(*this, admit.device, admit.at);
  Applied applied;
  auto done = store_.db.transact("admit", [&]() -> Result<centre::Admitted> {
    // Before anything is added, so that what another copy of this device added since is seen.
    auto heads = heads_of(admit.device, named);
    for (auto& rows : admit.rows) admission.admit(rows);
    admission.finish();
    for (auto& head : heads) {
      const auto writer = find_writer(store_, admit.device, head.incarnation);
      if (writer == 0) continue;
      const auto chain = chain_of(store_, writer);
      head = {head.incarnation, chain.count, chain.head};
    }
    admission.out.heads = std::move(heads);
    applied = read_applied(admission.log_size());
    return std::move(admission.out);
  });
  if (done.has_error()) return done;
  admission.keep();
  if (admission.full) full_[admit.device] = code::day_of(admit.at);
  applied_ = std::move(applied);
  done->log = log_view(admit.at);
  return done;
}

Result<centre::DeliveryRead> CentreStore::read_delivery(const centre::ReadDelivery& wanted) {
  forget_keys(store_);
  const auto* standing = store_.policy.device(wanted.device);
  if (standing == nullptr || standing->revoked) return fail(standing_fault(standing), "read delivery");
  std::vector<DamagedSegment> damage;
  auto read = store_.db.read("read delivery", [&]() -> Result<centre::DeliveryRead> {
    Delivery delivery(store_, wanted, standing->device.unit);
    centre::DeliveryRead out;
    out.cursor = std::max(wanted.cursor, places(store_));
    auto route = store_.db.query(
        "SELECT r.place, s.id, r.dossier, r.past, r.stamp_index FROM route r LEFT JOIN segment s ON s.stamp_index = r.stamp_index WHERE "
        "r.unit = ? AND r.place >= ? AND NOT EXISTS (SELECT 1 FROM damaged d WHERE d.stamp_index = r.stamp_index) ORDER BY r.place");
    route.bind(standing->device.unit).bind(static_cast<std::int64_t>(wanted.cursor));
    while (route.step()) {
      if (delivery.is_full()) {
        out.cursor = static_cast<std::uint64_t>(route.number(0));
        out.more = true;
        break;
      }
      delivery.add({static_cast<std::uint64_t>(route.number(4)), route.is_null(1) ? 0 : route.number(1), route.number(3) != 0},
                   route.is_null(2) ? 0 : route.number(2));
    }
    damage = delivery.damage();
    out.policy_count = delivery.policy_count();
    out.rows = std::move(delivery).take();
    return out;
  });
  WARD_CHECK(quarantine(damage));
  return read;
}

Result<centre::DossiersRead> CentreStore::read_dossiers(const centre::ReadDossiers& wanted) {
  forget_keys(store_);
  const auto* standing = store_.policy.device(wanted.device);
  if (standing == nullptr || standing->revoked) return fail(standing_fault(standing), "read dossiers");
  std::vector<DamagedSegment> damage;
  auto read = store_.db.read("read dossiers", [&]() -> Result<centre::DossiersRead> {
    std::map<std::int64_t, std::int64_t> segments;  // by log index
    for (const auto& did : wanted.dossiers) {
      auto found = store_.db.query(
          "SELECT DISTINCT s.stamp_index, s.id FROM record r JOIN segment s ON s.id = r.segment WHERE r.dossier = ?1 AND s.stamp_index >= "
          "?2 AND (?3 = 0 OR r.type = ?3) AND NOT EXISTS (SELECT 1 FROM damaged d WHERE d.stamp_index = s.stamp_index)");
      found.bind(find_dossier_row(store_, did)).bind(static_cast<std::int64_t>(std::min(wanted.from, limits::seq_max)));
      found.bind(wanted.summaries ? static_cast<std::int64_t>(record::Type::summary) : 0);
      while (found.step()) segments.emplace(found.number(0), found.number(1));
    }
    // By the end of the log: those that stand now.
    const auto fill = wanted.summaries ? limits::seq_max : 0;
    const centre::ReadDelivery asked{wanted.device, 0, wanted.bytes_max, wanted.own && !wanted.summaries, true, fill};
    Delivery delivery(store_, asked, standing->device.unit);
    const std::set<Did> only(wanted.dossiers.begin(), wanted.dossiers.end());
    centre::DossiersRead out;
    for (const auto& [index, segment] : segments) {
      if (delivery.is_full()) {
        out.next = static_cast<std::uint64_t>(index);
        break;
      }
      delivery.add({static_cast<std::uint64_t>(index), segment, false}, only);
    }
    damage = delivery.damage();
    out.policy_count = delivery.policy_count();
    out.rows = std::move(delivery).take();
    return out;
  });
  WARD_CHECK(quarantine(damage));
  return read;
}

Result<centre::PolicyRead> CentreStore::read_policy(const centre::ReadPolicy& wanted) {
  centre::PolicyRead out;
  const auto& entries = store_.policy.entries();
  for (std::size_t at = wanted.from; at < entries.size() && out.entries.size() < policy_entries_at_once; ++at)
    out.entries.push_back(entries[at]);
  return out;
}

Result<void> CentreStore::store_report(const centre::StoreReport& report) {
  return store_.db.transact("store report", [&]() -> Result<void> {
    const auto heard = encode_report(report.report);
    store_.db
        .query(
            "INSERT INTO peer (device, cursor, contact_ms, heard) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET "
            "cursor = excluded.cursor, contact_ms = excluded.contact_ms, heard = excluded.heard")
        .bind(report.device)
        .bind(static_cast<std::int64_t>(report.cursor))
        .bind(report.at.ms)
        .bind(BytesView(heard))
        .run();
    note_policy_count(report.policy_count);
    note_obeyed(store_, report.device, report.policy_count, report.obeys, report.at);
    return {};
  });
}

/// A log that only grows does not get shorter, nor another end at one length. What is told next is compared with what was told last, so
/// that each step back is noted. An older copy that was put back steps back once; two machines by turns.
Result<void> CentreStore::store_audit_end(const centre::StoreAuditEnd& told) {
  return store_.db.transact("store audit end", [&]() -> Result<void> {
    const auto count = static_cast<std::int64_t>(std::min<std::uint64_t>(told.end.count, limits::seq_max));
    auto found = store_.db.query("SELECT audit_count, audit_end, audit_back_ms FROM peer WHERE device = ?");
    found.bind(told.device);
    const bool known = found.step() && !found.is_null(1);
    const bool back = known && (count < found.number(0) || (count == found.number(0) && found.fixed<Hash>(1) != told.end.hash));
    if (known && !back && count == found.number(0)) return {};
    const bool again = back && found.number(2) != 0 && told.at.ms - found.number(2) < std::chrono::milliseconds(twins_remembered).count();
    if (again) note_twins(store_, told.device, told.at);
    if (back)
      store_.db.query("UPDATE peer SET audit_back_ms = ?, audit_back = ? WHERE device = ?")
          .bind(told.at.ms)
          .bind(count)
          .bind(told.device)
          .run();
    store_.db
        .query(
            "INSERT INTO peer (device, audit_count, audit_end) VALUES (?, ?, ?) ON CONFLICT (device) DO UPDATE SET audit_count = "
            "excluded.audit_count, audit_end = excluded.audit_end")
        .bind(told.device)
        .bind(count)
        .bind(told.end.hash)
        .run();
    return {};
  });
}

Result<centre::HeadsRead> CentreStore::read_heads(const centre::ReadHeads& wanted) {
  return store_.db.read("read heads", [&]() -> Result<centre::HeadsRead> {
    centre::HeadsRead out;
    auto found = store_.db.query("SELECT incarnation, chained, head FROM writer WHERE device = ? AND chained > 0 ORDER BY incarnation");
    found.bind(wanted.device);
    while (found.step()) out.heads.push_back({found.fixed<Incarnation>(0), static_cast<Seq>(found.number(1)), found.fixed<Hash>(2)});
    return out;
  });
}

centre::Event perform(centre::StoreEffect effect, CentreStore& store, WallTime now) {
  const auto event = [](auto result) -> centre::Event {
    if (result.has_error()) return engine::StorageFailed{std::move(result).error()};
    return *std::move(result);
  };
  return std::visit(overloaded{
                        [&](centre::ReadPeer& e) { return event(store.read_peer(e, now)); },
                        [&](centre::Admit& e) { return event(store.admit(std::move(e))); },
                        [&](centre::ReadDelivery& e) { return event(store.read_delivery(e)); },
                        [&](centre::ReadDossiers& e) { return event(store.read_dossiers(e)); },
                        [&](centre::ReadPolicy& e) { return event(store.read_policy(e)); },
                        [&](centre::StorePolicy& e) { return event(store.store_policy(e)); },
                        [&](centre::StoreReport& e) -> centre::Event {
                          if (auto stored = store.store_report(e); stored.has_error()) return engine::StorageFailed{stored.error()};
                          return centre::ReportStored{};
                        },
                        [&](centre::ReadHeads& e) { return event(store.read_heads(e)); },
                        [&](centre::ReadJoins& e) { return event(store.read_joins(e, now)); },
                        [&](centre::StoreAuditEnd& e) -> centre::Event {
                          if (auto stored = store.store_audit_end(e); stored.has_error()) return engine::StorageFailed{stored.error()};
                          return centre::AuditEndStored{};
                        },
                        [&](centre::ReadTicket& e) { return event(store.read_ticket(e)); },
                        [&](centre::Enrol& e) { return event(store.enrol(e)); },
                    },
                    effect);
}

}  // namespace ward::storage
