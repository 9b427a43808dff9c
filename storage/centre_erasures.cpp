#include "protocol/base/limits.hpp"
#include "protocol/course/course.hpp"
#include "protocol/text/text.hpp"
#include "storage/audit.hpp"
#include "storage/centre_parts.hpp"
#include "storage/erasures.hpp"

#include <algorithm>
#include <map>

/// Who orders to erase, and who has done it.
namespace ward::storage {
namespace {

bool is_line(const std::string& text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && text::is_plain(text) && text.find_first_of("\t\n") == std::string::npos;
}

policy::Erasure order_of(const merge::DossierState& state) {
  policy::Erasure out;
  out.did = state.did;
  for (const auto& code : state.codes)
    if (is_line(code, limits::key_bytes_max) && out.codes.size() < policy::erased_codes_max) out.codes.push_back(code);
  if (const auto status = course::shown_text(state, "TrangThaiHoSo"); is_line(status, limits::name_bytes_max)) out.status = status;
  out.custodian = state.custody.unit;
  const auto& slip = state.slip;
  for (auto i = slip.size() - std::min(slip.size(), policy::erased_stays_max); i < slip.size(); ++i)
    out.stays.push_back({slip[i].unit, slip[i].from});
  return out;
}

constexpr std::string_view confirmed_key = "erasures confirmed";
constexpr std::int64_t day_ms = std::chrono::milliseconds(std::chrono::hours(24)).count();

bool is_of_today(WallTime at, WallTime now) { return at.ms > now.ms - day_ms; }

/// Who ordered each erasure of the last day.
std::vector<std::string> ordered_today(const policy::PolicyLog& policy, WallTime now) {
  std::vector<std::string> out;
  for (const auto& [did, epoch] : policy.erasures())
    if (is_of_today(policy.entries()[epoch].time, now)) out.push_back(policy.erasure(did)->user);
  return out;
}

/// What one account may do, a second one that whoever stole the first has made could do too.
bool is_younger_than_a_day(const policy::PolicyLog& policy, const UnitCode& unit, const std::string& name, WallTime now) {
  const auto names_it = [&](const auto& said) { return said.unit == unit && said.name == name; };
  return std::any_of(policy.entries().begin(), policy.entries().end(), [&](const policy::Entry& entry) {
    const auto* account = std::get_if<policy::Account>(&entry.body);
    const auto* activation = std::get_if<policy::Activation>(&entry.body);
    return is_of_today(entry.time, now) && ((account != nullptr && names_it(*account)) || (activation != nullptr && names_it(*activation)));
  });
}

Result<void> must_be_few(Store& store, WallTime now) {
  const auto ordered = ordered_today(store.policy, now).size();
  const bool confirmed = is_of_today({meta_number(store, confirmed_key, 0)}, now);
  if (ordered < erasures_a_day * (confirmed ? 2 : 1)) return {};
  return fail(Fault::invalid, std::to_string(ordered) + " dossiers were ordered to be erased within a day, which is as many as " +
                                  (confirmed ? "two people's words suffice for; go on tomorrow"
                                             : "one person's word suffices for; another leader or administrator says `erase confirm`, or "
                                               "go on tomorrow"));
}

std::set<UnitCode> houses_that_read(Store& store, const Did& did) {
  std::set<UnitCode> out;
  for (const auto& reader : readers_of(store, find_dossier_row(store, did)))
    for (auto& member : house_members(store, reader.unit)) out.insert(std::move(member));
  return out;
}

std::map<std::pair<Epoch, DeviceId>, WallTime> confirmations(Store& store) {
  std::map<std::pair<Epoch, DeviceId>, WallTime> out;
  auto found = store.db.query("SELECT epoch, device, at_ms FROM erased");
  while (found.step()) out.emplace(std::pair(static_cast<Epoch>(found.number(0)), found.fixed<DeviceId>(1)), WallTime{found.number(2)});
  return out;
}

std::map<DeviceId, WallTime> contacts_of(Store& store) {
  std::map<DeviceId, WallTime> out;
  auto found = store.db.query("SELECT device, contact_ms FROM peer");
  while (found.step()) out.emplace(found.fixed<DeviceId>(0), WallTime{found.number(1)});
  return out;
}

}  // namespace

Result<void> Enrolment::erase(const WantedErasure& wanted, WallTime now) {
  const auto dossier = find_dossier_row(store, wanted.did);
  if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
  WARD_CHECK(must_stand(store, wanted.did));
  const auto author = centre.desk(now);
  if (!author) return fail(Fault::invalid, "the unit tree has no unit of the kind `centre`, whose officials order it");
  WARD_CHECK(must_be_few(store, now));
  auto order = order_of(read_state(store, dossier));
  order.did = wanted.did;
  order.unit = author->unit;
  WARD_TRY(order.user, text::to_line("the user's name", wanted.user, limits::name_bytes_max));
  WARD_TRY(order.reason, text::to_line("the reason", wanted.reason, limits::text_bytes_max));
  if (order.reason.empty()) return fail(Fault::invalid, "an order to erase needs its reason; whoever asks later must find it");
  order.past = record::past_digest(changes_of_dossier(store, dossier));
  if (wanted.sign) order.signature = wanted.sign(order, store.policy.count());
  note_act(store, {audit::Kind::erasure_ordered, now, is_plausible(now), order.user, hex(order.did.view()), {}});
  return append(std::move(order), now);
}

Result<void> CentreStore::confirm_erasures(const std::string& user, WallTime now, const Also& also) {
  const auto author = desk(now);
  if (!author) return fail(Fault::invalid, "the unit tree has no unit of the kind `centre`, whose officials confirm it");
  return store_.db.transact("confirm erasures", [&]() -> Result<void> {
    const auto ordered = ordered_today(store_.policy, now);
    if (ordered.size() < erasures_a_day) return fail(Fault::invalid, "there is nothing to confirm: one person's word suffices still");
    if (std::find(ordered.begin(), ordered.end(), user) != ordered.end())
      return fail(Fault::invalid, "whoever ordered some of them confirms none: another leader or administrator must");
    if (is_younger_than_a_day(store_.policy, author->unit, user, now))
      return fail(Fault::invalid, "an account confirms no erasures on the day on which it was made, changed, or given an activation code");
    set_meta_number(store_, confirmed_key, now.ms);
    note_act(
        store_,
        {audit::Kind::erasure_ordered, now, is_plausible(now), user, {}, "up to " + std::to_string(erasures_a_day) + " more within a day"});
    if (also) also();
    return {};
  });
}

/// Whoever says less than before is an older copy of himself, and holds again what he had erased.
void note_obeyed(Store& store, const DeviceId& device, Epoch policy_count, bool obeys, WallTime at) {
  const auto& orders = store.policy.erasures();
  if (orders.empty()) return;
  const auto below = std::count_if(orders.begin(), orders.end(), [&](const auto& order) { return order.second < policy_count; });
  auto known = store.db.query("SELECT count(*), coalesce(max(epoch), -1) FROM erased WHERE device = ?");
  known.bind(device);
  if (known.step() && known.number(0) == below && known.number(1) < std::int64_t{policy_count}) return;
  store.db.query("DELETE FROM erased WHERE device = ? AND epoch >= ?").bind(device).bind(std::int64_t{policy_count}).run();
  for (const auto& [did, epoch] : orders) {
    if (!obeys || epoch >= policy_count) continue;
    store.db.query("INSERT OR IGNORE INTO erased (epoch, device, at_ms) VALUES (?, ?, ?)")
        .bind(std::int64_t{epoch})
        .bind(device)
        .bind(at.ms)
        .run();
  }
}

Result<std::vector<ErasureStanding>> CentreStore::erasures() {
  return store_.db.read("list erasures", [&]() -> Result<std::vector<ErasureStanding>> { return erasures_in_transaction(); });
}

std::vector<ErasureStanding> CentreStore::erasures_in_transaction() {
  std::vector<ErasureStanding> out;
  if (store_.policy.erasures().empty()) return out;
  const auto own = desk({});
  const bool erasing = is_erasing(store_);
  const auto done = confirmations(store_);
  const auto contacts = contacts_of(store_);
  for (const auto& [did, epoch] : store_.policy.erasures()) {
    auto& line = out.emplace_back();
    line.number = epoch;
    line.order = *store_.policy.erasure(did);
    line.at = store_.policy.entries()[epoch].time;
    line.done_here = !erasing;
    const auto readers = houses_that_read(store_, did);
    for (const auto* standing : store_.policy.devices()) {
      if (standing->approved > epoch || (own && standing->id == own->device)) continue;
      auto& of = line.devices.emplace_back();
      of.device = standing->id;
      of.unit = standing->device.unit;
      of.label = standing->device.label;
      of.revoked = standing->revoked.has_value();
      of.read = readers.contains(of.unit);
      if (const auto said = done.find({epoch, of.device}); said != done.end()) of.done = said->second;
      if (const auto heard = contacts.find(of.device); heard != contacts.end()) of.contact = heard->second;
    }
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.number > b.number; });
  return out;
}

}  // namespace ward::storage
