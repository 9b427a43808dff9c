#include "storage/entitlement.hpp"

#include "protocol/course/linked.hpp"
#include "storage/grants.hpp"
#include "storage/segments.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::string_view places_key = "places";  ///< meta

const UnitCode& house_of(Store& store, const UnitCode& unit) { return context_of(store).house_of(unit, std::nullopt); }

std::int64_t newest_index(Store& store) {
  auto found = store.db.query("SELECT max(stamp_index) FROM segment WHERE stamp_index IS NOT NULL");
  return found.step() && !found.is_null(0) ? found.number(0) : -1;
}

void set_until(Store& store, std::int64_t dossier, const UnitCode& unit, std::optional<std::int64_t> until) {
  auto put = store.db.query(
      "INSERT INTO reader (dossier, unit, until) VALUES (?, ?, ?) ON CONFLICT (dossier, unit) DO UPDATE SET until = excluded.until");
  put.bind(dossier).bind(unit);
  until ? put.bind(*until) : put.bind_null();
  put.run();
}

/// The segments that hold something of a dossier, from a log index on.
std::vector<std::int64_t> past_of(Store& store, std::int64_t dossier, std::int64_t from) {
  std::vector<std::int64_t> out;
  auto found = store.db.query(
      "SELECT DISTINCT s.stamp_index FROM record r JOIN segment s ON s.id = r.segment WHERE r.dossier = ? AND s.stamp_index >= ? ORDER BY "
      "s.stamp_index");
  found.bind(dossier).bind(from);
  while (found.step()) out.push_back(found.number(0));
  return out;
}

void route_past(Store& store, std::int64_t dossier, const UnitCode& unit, std::int64_t from) {
  const auto members = house_members(store, unit);
  auto place = static_cast<std::int64_t>(places(store));
  for (const auto index : past_of(store, dossier, from)) {
    for (const auto& member : members)
      store.db.query("INSERT INTO route (unit, place, stamp_index, dossier, past) VALUES (?, ?, ?, ?, 1)")
          .bind(member)
          .bind(place)
          .bind(index)
          .bind(dossier)
          .run();
    ++place;
  }
  set_meta_number(store, places_key, place);
}

std::int64_t copy_routes(Store& store, const UnitCode& from, const UnitCode& to, std::int64_t place) {
  store.db
      .query(
          "INSERT INTO route (unit, place, stamp_index, dossier, past) SELECT ?1, ?2 + row_number() OVER (ORDER BY place) - 1, "
          "stamp_index, dossier, 1 FROM route WHERE unit = ?3 AND place < ?2")
      .bind(to)
      .bind(place)
      .bind(from)
      .run();
  return place + store.db.changes();
}

/// The keys that were granted to one of these units, and what these open.
std::set<KeyId> opened_by(const std::vector<KeyLine>& keys, const std::set<UnitCode>& units) {
  std::set<KeyId> out;
  const auto ours = [&](const SeedHolder& holder) { return units.contains(holder.unit); };
  for (const auto& key : keys)
    if (!key.known_to || std::any_of(key.known_to->begin(), key.known_to->end(), ours)) out.insert(key.id);
  for (std::size_t before = 0; before != out.size();) {
    before = out.size();
    for (const auto& key : keys)
      if (out.contains(key.id)) out.insert(key.before.begin(), key.before.end());
  }
  return out;
}

/// In the segment by which these units ceased to read a dossier, what the keys of the others open and their own did not.
std::int64_t route_opened(Store& store, const std::set<UnitCode>& units, const std::set<UnitCode>& others, std::int64_t place) {
  std::vector<std::pair<std::int64_t, std::int64_t>> ceased;
  {
    auto found = store.db.query("SELECT dossier, unit, until FROM reader WHERE until IS NOT NULL ORDER BY until");
    while (found.step())
      if (units.contains(UnitCode(found.text(1)))) ceased.emplace_back(found.number(0), found.number(2));
  }
  for (const auto& [dossier, until] : ceased) {
    const auto keys = keys_of(store, dossier);
    const auto open = opened_by(keys, units), opens = opened_by(keys, others);
    if (std::includes(open.begin(), open.end(), opens.begin(), opens.end())) continue;
    for (const auto& unit : units)
      store.db.query("INSERT INTO route (unit, place, stamp_index, dossier, past) VALUES (?, ?, ?, ?, 1)")
          .bind(unit)
          .bind(place)
          .bind(until)
          .bind(dossier)
          .run();
    ++place;
  }
  return place;
}

}  // namespace

std::vector<DossierReader> readers_of(Store& store, std::int64_t dossier) {
  std::vector<DossierReader> out;
  auto found = store.db.query("SELECT unit, until FROM reader WHERE dossier = ?");
  found.bind(dossier);
  while (found.step()) {
    auto& reader = out.emplace_back();
    reader.unit = found.text(0);
    if (!found.is_null(1)) reader.until = static_cast<std::uint64_t>(found.number(1));
  }
  return out;
}

void put_first_reader(Store& store, std::int64_t dossier, const UnitCode& unit) {
  store.db.query("INSERT OR IGNORE INTO reader (dossier, unit, until) VALUES (?, ?, NULL)").bind(dossier).bind(unit).run();
}

void settle_readers(Store& store, std::int64_t dossier, const merge::DossierState& state) {
  // Before its beginning is here nobody can say who holds it.
  if (state.custody.unit.empty()) return;
  std::set<UnitCode> wanted{house_of(store, state.custody.unit)};
  for (const auto& offer : state.custody.pending) wanted.insert(house_of(store, offer.to));
  if (const auto part = course::part_of(state)) wanted.insert(house_of(store, part->desk));
  std::map<UnitCode, std::int64_t> from;  // of those who are wanted and do not read yet
  for (const auto& unit : wanted)
    if (store.policy.unit(unit) != nullptr) from.emplace(unit, 0);
  for (const auto& reader : readers_of(store, dossier)) {
    const auto& house = house_of(store, reader.unit);
    if (reader.until) {
      if (const auto again = from.find(house); again != from.end()) again->second = static_cast<std::int64_t>(*reader.until);
    } else if (wanted.contains(house)) {
      from.erase(house);
    } else {
      set_until(store, dossier, reader.unit, newest_index(store));
    }
  }
  for (const auto& [unit, index] : from) {
    set_until(store, dossier, unit, std::nullopt);
    route_past(store, dossier, unit, index);
  }
}

std::vector<UnitCode> house_members(Store& store, const UnitCode& unit) {
  if (context_of(store).successions.empty()) return {unit};
  std::vector<UnitCode> out;
  const auto& house = house_of(store, unit);
  for (const auto* other : store.policy.units())
    if (house_of(store, other->code) == house) out.push_back(other->code);
  return out;
}

std::uint64_t places(Store& store) { return static_cast<std::uint64_t>(meta_number(store, places_key, newest_index(store) + 1)); }

void route_again(Store& store, std::int64_t stamp_index) {
  std::vector<std::pair<UnitCode, std::int64_t>> routes;
  {
    auto found = store.db.query("SELECT unit, place FROM route WHERE stamp_index = ? ORDER BY place");
    found.bind(stamp_index);
    while (found.step()) routes.emplace_back(found.text(0), found.number(1));
  }
  auto place = static_cast<std::int64_t>(places(store));
  for (const auto& [unit, before] : routes)
    store.db.query("UPDATE route SET place = ? WHERE unit = ? AND place = ?").bind(place++).bind(unit).bind(before).run();
  set_meta_number(store, places_key, place);
}

void put_route(Store& store, const std::set<UnitCode>& units, std::uint64_t stamp_index) {
  const auto place = meta_number(store, places_key, static_cast<std::int64_t>(stamp_index));
  for (const auto& unit : units)
    store.db.query("INSERT INTO route (unit, place, stamp_index, dossier, past) VALUES (?, ?, ?, NULL, 0)")
        .bind(unit)
        .bind(place)
        .bind(static_cast<std::int64_t>(stamp_index))
        .run();
  set_meta_number(store, places_key, place + 1);
}

void join_routes(Store& store, const UnitCode& unit, const UnitCode& heir) {
  const auto set_of = [](const std::vector<UnitCode>& units) { return std::set<UnitCode>(units.begin(), units.end()); };
  const auto ours = set_of(house_members(store, unit)), theirs = set_of(house_members(store, heir));
  auto place = static_cast<std::int64_t>(places(store));
  auto end = place;
  for (const auto& member : ours) end = std::max(end, copy_routes(store, heir, member, place));
  for (const auto& member : theirs) end = std::max(end, copy_routes(store, unit, member, place));
  end = route_opened(store, ours, theirs, end);
  end = route_opened(store, theirs, ours, end);
  set_meta_number(store, places_key, end);
}

Entitlement::Entitlement(Store& store, const UnitCode& unit) : store_(store), unit_(unit) {
  for (auto& member : house_members(store, unit)) house_.insert(std::move(member));
}

const Entitlement::Reach& Entitlement::reach(const Did& did) {
  const auto [found, fresh] = reach_.try_emplace(did);
  auto& out = found->second;
  const auto dossier = fresh ? find_dossier_row(store_, did) : 0;
  if (dossier == 0) return out;
  const auto readers = readers_of(store_, dossier);
  out.stayed = readers.size() == 1 && readers.front().unit == unit_;
  for (const auto& reader : readers) {
    if (!house_.contains(reader.unit)) continue;
    out.ever = true;
    out.reader = out.reader || !reader.until;
    if (reader.until) out.until = std::max(out.until, *reader.until);
  }
  if (!out.ever) return out;
  const auto keys = keys_of(store_, dossier);
  if (out.stayed && keys.size() > 1) out.given = given_by_grants(store_, dossier, house_);
  out.open = opened_by(keys, house_);
  return out;
}

KeyId Entitlement::key_of(const StoredRecord& record) {
  if (record.record.header.type != record::Type::grant) return record.record.header.key_id;
  segment::Verified verified;
  verified.record = record.record;
  const auto grant = read_grant(store_, verified);
  return grant ? grant->key_id : record.record.header.key_id;
}

bool Entitlement::covers(const StoredRecord& record, const UnitCode& writer, std::uint64_t stamp_index) {
  const auto did = record::dossier_of(record.record.header);
  if (did.is_zero()) return false;
  const auto& has = reach(did);
  if (!has.ever || has.reader) return has.ever;
  if (stamp_index < has.until) return true;
  // In the very segment by which they ceased to read, what followed lies under a key that they were not given.
  return (stamp_index == has.until || house_.contains(writer)) && has.open.contains(key_of(record));
}

bool Entitlement::covers_all_before(const Did& did, std::uint64_t index) {
  const auto& has = reach(did);
  return has.ever && (has.reader || index < has.until);
}

const crypto::DossierKey* Entitlement::missing_key(const StoredRecord& record) {
  const auto& header = record.record.header;
  if (header.type == record::Type::grant || record.record.body.empty()) return nullptr;
  const auto& has = reach(record::dossier_of(header));
  const auto given = has.given.find(header.key_id);
  const bool came = has.stayed && (has.given.empty() || (given != has.given.end() && record.stamp && given->second <= record.stamp->index));
  return came ? nullptr : find_key(store_, header.key_id);
}

}  // namespace ward::storage
