#include "storage/audit.hpp"
#include "storage/centre_policy.hpp"
#include "storage/erasures.hpp"

#include <tuple>

/// What the centre's disk changed: found when it is needed, kept from everybody, and in nobody's way (docs/adr/0016).
namespace ward::storage {
namespace {

constexpr std::string_view aside_key = "dossiers aside";  ///< meta: some could not be merged, and are to be tried again

[[noreturn]] void damaged(const char* what) { throw Failure{{Fault::storage_damaged, what}}; }

/// When each segment was asked for last.
using Asked = std::map<std::tuple<DeviceId, Incarnation, Seq>, WallTime>;
Asked asked_for(const policy::PolicyLog& log) {
  Asked out;
  for (const auto& entry : log.entries())
    if (const auto* resend = std::get_if<policy::Resend>(&entry.body))
      for (const auto first : resend->firsts) out.insert_or_assign({resend->device, resend->incarnation, first}, entry.time);
  return out;
}

/// Set aside, and not asked for since.
std::vector<policy::Resend> unasked(Store& store) {
  std::vector<policy::Resend> out;
  std::optional<Asked> asked;
  auto found = store.db.query(
      "SELECT w.device, w.incarnation, s.first, d.found_ms FROM damaged d JOIN segment s ON s.stamp_index = d.stamp_index JOIN writer w ON "
      "w.id = s.writer ORDER BY w.id, s.first");
  while (found.step()) {
    if (!asked) asked = asked_for(store.policy);
    const auto device = found.fixed<DeviceId>(0);
    const auto incarnation = found.fixed<Incarnation>(1);
    const auto first = static_cast<Seq>(found.number(2));
    const auto at = asked->find({device, incarnation, first});
    if (store.policy.device(device) == nullptr || (at != asked->end() && WallTime{found.number(3)} <= at->second)) continue;
    const bool same = !out.empty() && out.back().device == device && out.back().incarnation == incarnation &&
                      out.back().firsts.size() < policy::resend_segments_max;
    if (!same) out.push_back({device, incarnation, {}});
    if (out.back().firsts.empty() || out.back().firsts.back() < first) out.back().firsts.push_back(first);
  }
  return out;
}

void check_segment(Store& store, const StoredSegment& segment, const std::vector<StoredRecord>& records) {
  const auto& statement = segment.signed_statement.statement;
  std::vector<Rid> rids;
  for (const auto& stored : records) {
    const auto& record = stored.record;
    if (record.body.empty() && !is_erased(store, record::dossier_of(record.header))) damaged("a record's body is missing");
    const auto body_hash = record.body.empty() ? stored.body_hash : record::body_hash_of(record.body);
    if (record::rid_of(record.header, body_hash) != stored.rid) damaged("a record is not the one that its id names");
    rids.push_back(stored.rid);
  }
  if (rids.size() != statement.count) damaged("records of a segment are missing");
  if (segment::root_of(rids) != statement.root) damaged("the records are not those that were signed");
  check_statement(store, segment);
}

}  // namespace

bool is_damaged_row(const Failure& failure) noexcept { return failure.error.fault == Fault::storage_damaged && !failure.of_file; }

Result<WholeSegment> whole_segment(Store& store, std::int64_t id) {
  if (id == 0) return fail(Fault::storage_damaged, "a segment is missing");
  try {
    auto segment = find_segment(store, id);
    if (!segment) return fail(Fault::storage_damaged, "a segment is missing");
    WholeSegment out{*std::move(segment), {}};
    out.records = records_of_segment(store, out.segment);
    check_segment(store, out.segment, out.records);
    return out;
  } catch (const Failure& failure) {
    if (!is_damaged_row(failure)) throw;
    return failure.error;
  }
}

void put_damaged(Store& store, const DamagedSegment& found, WallTime at) {
  store.db.query("INSERT OR IGNORE INTO damaged (stamp_index, segment, found_ms, why) VALUES (?, ?, ?, ?)")
      .bind(static_cast<std::int64_t>(found.stamp_index))
      .bind(found.id)
      .bind(at.ms)
      .bind(std::string_view(found.why))
      .run();
  if (store.db.changes() != 0)
    note_act(store, {audit::Kind::damage_found, at, is_plausible(at), {}, "segment " + std::to_string(found.stamp_index), found.why});
}

Result<void> CentreStore::quarantine(const std::vector<DamagedSegment>& found) {
  if (found.empty()) return {};
  const auto at = log_view({}).time;
  auto noted = store_.db.transact("set damage aside", [&]() -> Result<void> {
    for (const auto& one : found) {
      if (one.withheld)
        put_damaged(store_, one, at);
      else
        note_act(store_, {audit::Kind::damage_found, at, is_plausible(at), {}, "segment " + std::to_string(one.stamp_index), one.why});
    }
    return {};
  });
  // A full disk keeps nothing whole from anybody; whoever reads it next finds the rest again.
  if (noted.has_error() && reaction_to(noted.error().fault) == Reaction::retry) return {};
  return noted;
}

/// A dossier that cannot be merged as its records lie here: it stays as it was merged last, and holds up no other. It is tried again when
/// the data is next opened.
void CentreStore::set_aside(std::int64_t dossier, std::string_view why) {
  const auto at = log_view({}).time;
  std::vector<DamagedSegment> segments;
  {
    auto found = store_.db.query(
        "SELECT DISTINCT s.stamp_index, s.id FROM record r JOIN segment s ON s.id = r.segment WHERE r.dossier = ? AND s.stamp_index IS NOT "
        "NULL");
    found.bind(dossier);
    while (found.step()) segments.push_back({static_cast<std::uint64_t>(found.number(0)), found.number(1), {}});
  }
  bool named = false;
  for (auto& one : segments) {
    const auto whole = whole_segment(store_, one.id);
    if (whole.has_value()) continue;
    one.why = whole.error().detail;
    put_damaged(store_, one, at);
    named = true;
  }
  if (!named)
    note_act(store_, {audit::Kind::damage_found, at, is_plausible(at), {}, "dossier " + std::to_string(dossier), std::string(why)});
  store_.db.query("UPDATE dossier SET dirty = 0, waiting = max(waiting, 1) WHERE id = ?").bind(dossier).run();
  set_meta_number(store_, aside_key, 1);
}

void CentreStore::give_again(std::int64_t index, std::int64_t id, std::string_view why) {
  store_.db.query("DELETE FROM damaged WHERE stamp_index = ?").bind(index).run();
  route_again(store_, index);
  std::vector<std::int64_t> dossiers;
  {
    auto found = store_.db.query("SELECT DISTINCT dossier FROM record WHERE segment = ? AND dossier IS NOT NULL");
    found.bind(id);
    while (found.step()) dossiers.push_back(found.number(0));
  }
  for (const auto dossier : dossiers) mark_dirty(store_, dossier, frontier_.size);
  const auto at = last_stamp_;
  note_act(store_, {audit::Kind::damage_found, at, is_plausible(at), {}, "segment " + std::to_string(index), std::string(why)});
}

Result<bool> CentreStore::ask_again(WallTime now) {
  if (!keys_.operations) return false;
  std::vector<policy::Resend> wanted;
  WARD_CHECK(store_.db.read("look for what is to be asked again", [&]() -> Result<void> {
    if (!meta(store_, awaits_policy_key) && !waits_for_root(now)) wanted = unasked(store_);
    return {};
  }));
  if (wanted.empty()) return false;
  return change_policy("ask for segments again", [&](Enrolment& enrolment) -> Result<bool> {
    for (auto& one : wanted) WARD_CHECK(enrolment.append(std::move(one), now));
    return true;
  });
}

/// A centre that was restored holds them as they were before its disk changed them; who pulled past them has none of them.
void Enrolment::give_resent(Epoch from) {
  for (auto epoch = from; epoch < store.policy.count(); ++epoch) {
    const auto* resend = std::get_if<policy::Resend>(&store.policy.entries()[epoch].body);
    if (resend == nullptr) continue;
    const auto writer = find_writer(store, resend->device, resend->incarnation);
    for (const auto first : resend->firsts) {
      auto found = store.db.query("SELECT stamp_index FROM segment WHERE writer = ? AND first = ? AND stamp_index IS NOT NULL");
      found.bind(writer).bind(static_cast<std::int64_t>(first));
      std::vector<std::int64_t> places;
      while (found.step()) places.push_back(found.number(0));
      for (const auto place : places) route_again(store, place);
    }
  }
}

/// What is whole again goes to everybody whom it concerns, under new places: whoever pulled past the old ones did not get it.
void CentreStore::take_back_what_is_whole() {
  std::vector<std::pair<std::int64_t, std::int64_t>> aside;  // place in the log, and segment
  {
    auto found = store_.db.query("SELECT d.stamp_index, s.id FROM damaged d JOIN segment s ON s.stamp_index = d.stamp_index");
    while (found.step()) aside.emplace_back(found.number(0), found.number(1));
  }
  for (const auto& [index, id] : aside) {
    if (whole_segment(store_, id).has_error()) continue;
    give_again(index, id, "it is whole again");
  }
  if (meta_number(store_, aside_key, 0) == 0) return;
  drop_meta(store_, aside_key);
  store_.db.query("UPDATE dossier SET dirty = ? WHERE dirty = 0 AND waiting > 0").bind(static_cast<std::int64_t>(frontier_.size + 1)).run();
}

Result<std::uint64_t> CentreStore::damaged_segments() {
  return store_.db.read("count damage", [&]() -> Result<std::uint64_t> {
    auto found = store_.db.query("SELECT count(*) FROM damaged");
    return found.step() ? static_cast<std::uint64_t>(found.number(0)) : 0;
  });
}

}  // namespace ward::storage
