#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "protocol/text/text.hpp"
#include "storage/audit.hpp"
#include "storage/centre_policy.hpp"
#include "storage/desk_writer.hpp"
#include "storage/erasures.hpp"
#include "storage/merged.hpp"
#include "storage/seeds.hpp"
#include "storage/numbering.hpp"
#include "storage/shared_codes.hpp"
#include "storage/twins.hpp"

#include <algorithm>
#include <set>

namespace ward::storage {

namespace centre = engine::centre;

namespace {

constexpr std::size_t shared_codes_told_at_once = 64;
constexpr std::size_t provisional_counted_max = 10'000;
constexpr std::size_t summaries_at_once = 32;  ///< one segment of some 10 KiB on a line: a cut costs no more

struct StoredTicket {
  Array<32> psk{};
  UnitCode unit;
  std::string label;
  WallTime expires;
  bool pre_approved = false;
  std::optional<DhKey> used_by;

  /// Whoever used it may come again, when he lost the answer.
  [[nodiscard]] std::optional<Fault> refusal(const DhKey& noise, WallTime now) const {
    if (used_by) return *used_by == noise ? std::nullopt : std::optional(Fault::ticket_used);
    return now > expires ? std::optional(Fault::ticket_expired) : std::nullopt;
  }
};

std::optional<StoredTicket> find_ticket(Store& store, const KeyId& id) {
  auto found = store.db.query("SELECT psk, unit, label, expires_ms, pre_approved, used_by FROM ticket WHERE id = ?");
  found.bind(id);
  if (!found.step()) return std::nullopt;
  StoredTicket out;
  out.psk = fixed_from<Hash>(or_throw(open_local(store.local, "ticket", id.view(), found.bytes(0)))).bytes;
  out.unit = found.text(1);
  out.label = found.text(2);
  out.expires = {found.number(3)};
  out.pre_approved = found.number(4) != 0;
  if (!found.is_null(5)) out.used_by = found.fixed<DhKey>(5);
  return out;
}

/// The PC with that static, as it is called here.
ticket::Introduction::Used whose(Store& store, const DhKey& noise) {
  if (const auto* member = store.policy.device_by_noise(noise)) return {member->id, member->device.label};
  auto found = store.db.query("SELECT device, label FROM applicant WHERE noise = ?");
  found.bind(noise);
  if (!found.step()) return {};
  return {found.fixed<DeviceId>(0), found.text(1)};
}

}  // namespace

Enrolment::Enrolment(CentreStore& of) : centre(of), store(of.store_) {}

Result<void> Enrolment::append(policy::Body body, WallTime now) {
  if (!centre.keys_.operations) return fail(Fault::missing_key, "the operations key is not on this machine");
  if (meta(store, awaits_policy_key))
    return fail(Fault::gap,
                "this centre was restored from a backup; what was approved or revoked after it comes back with the first PC that calls");
  const auto& last = store.policy.entries().back();
  // After a restore the log is shorter than it was when they were signed.
  auto entry = store.policy.next(std::move(body), std::max(centre.frontier_.size, last.from_index), std::max(now, last.time));
  policy::sign(entry, store.org, *centre.keys_.operations);
  WARD_TRY(const auto count, storage::store_policy(store, {entry}));
  judge_anew(count - 1);
  return {};
}

Result<void> Enrolment::take_back(const std::vector<policy::Entry>& entries) {
  const auto held = store.policy.count();
  WARD_TRY(const auto count, storage::store_policy(store, entries));
  if (count == held) return {};
  judge_anew(held);
  give_resent(held);
  for (const auto* standing : store.policy.devices()) store.db.query("DELETE FROM applicant WHERE device = ?").bind(standing->id).run();
  return {};
}

void Enrolment::judge_anew(Epoch from) {
  for (const auto dossier : dossiers_judged_by(store, from)) mark_dirty(store, dossier, centre.frontier_.size);
}

Result<void> Enrolment::add_device(const Applicant& applicant, WallTime now) {
  const auto& house = context_of(store).house_of(applicant.unit, std::nullopt);
  const auto* unit = store.policy.unit(house);
  if (unit == nullptr) return fail(Fault::not_found, "the unit of the ticket does not exist any more");
  const auto epoch = unit->unit_epoch;
  const auto& seed = store.keys.unit_seeds.at({house, epoch});
  policy::Device device{applicant.sign, applicant.noise, applicant.sealing, house, applicant.label, epoch, {}};
  WARD_TRY(device.wrapped_seed, keys::wrap_seed(seed, store.org, house, epoch, crypto::device_of(applicant.sign), applicant.sealing));
  WARD_CHECK(append(std::move(device), now));
  return give_first_codes(crypto::device_of(applicant.sign), now);
}

Result<void> Enrolment::admit_desk(const DeskKeys& keys, std::string label, WallTime now) {
  return add_device(
      {crypto::public_of(keys.sign), crypto::public_of(keys.noise), crypto::public_of(keys.sealing), keys.unit, std::move(label)}, now);
}

Result<centre::Enrolled> Enrolment::enrol(const centre::Enrol& enrol) {
  const auto ticket = find_ticket(store, enrol.ticket);
  if (!ticket) return centre::Enrolled{Fault::not_found};
  const auto& request = enrol.request;
  if (const auto refusal = ticket->refusal(request.noise, enrol.at)) return centre::Enrolled{*refusal};
  const auto device = crypto::device_of(request.sign);
  const auto* same_link_key = store.policy.device_by_noise(request.noise);
  if (same_link_key != nullptr && same_link_key->id != device) return centre::Enrolled{Fault::invalid};
  const auto answer = [&](bool approved) { return centre::Enrolled{sync::EnrolAnswer{approved, ticket->unit, store.policy.count()}}; };
  if (store.policy.device(device) != nullptr) return answer(true);

  if (ticket->pre_approved && meta(store, awaits_policy_key)) return centre::Enrolled{Fault::gap};
  store.db.query("UPDATE ticket SET used_by = ? WHERE id = ?").bind(request.noise).bind(enrol.ticket).run();
  const auto label = ticket->label.empty() ? request.label : ticket->label;
  if (ticket->pre_approved && centre.keys_.operations) {
    WARD_CHECK(add_device({request.sign, request.noise, request.sealing, ticket->unit, label}, enrol.at));
    note_act(store, {audit::Kind::device_approved,
                     enrol.at,
                     is_plausible(enrol.at),
                     {},
                     hex(device.view()),
                     ticket->unit + ", by a ticket that was approved before"});
    return answer(true);
  }
  store.db
      .query(
          "INSERT OR REPLACE INTO applicant (device, sign, noise, sealing, unit, label, fingerprint, asked_ms) VALUES (?, ?, ?, ?, ?, ?, "
          "?, ?)")
      .bind(device)
      .bind(request.sign)
      .bind(request.noise)
      .bind(request.sealing)
      .bind(ticket->unit)
      .bind(label)
      .bind(enrol.fingerprint)
      .bind(enrol.at.ms)
      .run();
  note_act(store, {audit::Kind::device_asked, enrol.at, is_plausible(enrol.at), {}, hex(device.view()), ticket->unit});
  return answer(false);
}

Result<void> Enrolment::approve(const DeviceId& device, WallTime now) {
  Applicant applicant;
  {
    auto found = store.db.query("SELECT sign, noise, sealing, unit, label FROM applicant WHERE device = ?");
    found.bind(device);
    if (!found.step())
      return store.policy.device(device) == nullptr ? fail(Fault::not_found, "no such device")
                                                    : fail(Fault::invalid, "the device does not wait for approval");
    applicant = {found.fixed<SignKey>(0), found.fixed<DhKey>(1), found.fixed<DhKey>(2), found.text(3), found.text(4)};
  }
  WARD_CHECK(add_device(applicant, now));
  store.db.query("DELETE FROM applicant WHERE device = ?").bind(device).run();
  return {};
}

Result<void> Enrolment::revoke(const DeviceId& device, std::string_view reason, WallTime now) {
  WARD_TRY(auto line, text::to_line("the reason", reason, limits::text_bytes_max));
  const auto* standing = store.policy.device(device);
  if (standing == nullptr) {
    // Who only waits is sent away; the policy log never knew it.
    store.db.query("DELETE FROM applicant WHERE device = ?").bind(device).run();
    if (store.db.changes() == 0) return fail(Fault::not_found, "no such device");
    return {};
  }
  if (standing->revoked) return fail(Fault::invalid, "the device was revoked before");
  const auto unit = standing->device.unit;
  WARD_CHECK(append(policy::RevokeDevice{device, std::move(line)}, now));
  return renew_seed(unit, now);
}

Result<void> Enrolment::renew_seed(const UnitCode& unit, WallTime now, const std::optional<UnitCode>& joined) {
  WARD_TRY(auto next, next_seed(store, centre.keys_.unit_master, unit, joined));
  WARD_CHECK(append(std::move(next.unit), now));
  return append(std::move(next.shares), now);
}

Result<void> Enrolment::add_unit(policy::Unit unit, WallTime now) {
  if (store.policy.unit(unit.code) != nullptr) return fail(Fault::invalid, "there is a unit " + unit.code + " already");
  if (!unit.parent.empty() && store.policy.unit(unit.parent) == nullptr) return fail(Fault::not_found, "there is no unit " + unit.parent);
  for (auto* name : {&unit.name_vi, &unit.name_en}) {
    WARD_TRY(*name, text::to_line("the unit's name", *name, limits::key_bytes_max));
  }
  WARD_TRY(unit.kind, text::to_line("the unit's kind", unit.kind, limits::name_bytes_max));
  if (unit.kind == "centre" && !context_of(store).centres.empty())
    return fail(Fault::invalid, "there is a unit of the kind `centre` already, and its people are who administer");
  unit.unit_epoch = 0;
  const auto seed = keys::derive_unit_seed(centre.keys_.unit_master, unit.code, 0);
  unit.unit_public = crypto::public_of(keys::unit_secret_of(seed, unit.code, 0));
  return append(std::move(unit), now);
}

namespace {

/// Each PC of a house acts for all of it. So its people log in everywhere, or nowhere.
Result<void> must_log_in_alike(Store& store, const UnitCode& unit, const UnitCode& heir) {
  const auto& context = context_of(store);
  const auto house = context.house_of(heir, std::nullopt);
  const UnitCode* logs_in = nullptr;
  std::set<UnitCode> open;
  const auto see = [&](const UnitCode& one) {
    const auto of = context.house_of(one, std::nullopt);
    if (of != unit && of != house) return;
    if (!store.policy.logs_in(one))
      open.insert(one);
    else if (logs_in == nullptr)
      logs_in = &one;
  };
  for (const auto* one : store.policy.units()) see(one->code);
  if (logs_in == nullptr) return {};
  for (const auto* pc : store.policy.devices())
    if (!pc->revoked && open.contains(pc->device.unit))
      return fail(Fault::invalid, "people of " + *logs_in + " log in, those of " + pc->device.unit +
                                      " do not, and its PCs would act for both: give somebody there an activation code first");
  return {};
}

}  // namespace

Result<void> Enrolment::merge_unit(const UnitCode& unit, const UnitCode& heir, std::string_view reason, WallTime now) {
  WARD_TRY(auto line, text::to_line("the reason", reason, limits::text_bytes_max));
  for (const auto& code : {unit, heir})
    if (store.policy.unit(code) == nullptr) return fail(Fault::not_found, "there is no unit " + code);
  if (const auto* has = store.policy.heir(unit)) return fail(Fault::invalid, unit + " was merged into " + *has + " before");
  if (context_of(store).house_of(heir, std::nullopt) == unit) return fail(Fault::invalid, "a unit cannot be merged into itself");
  WARD_CHECK(must_log_in_alike(store, unit, heir));
  join_routes(store, unit, heir);
  WARD_CHECK(append(policy::Succession{unit, heir, std::move(line)}, now));
  WARD_CHECK(give_codes_of_heir(heir, now));
  return renew_seed(heir, now, unit);
}

Result<void> CentreStore::apply_signed(const policy::Entry& entry, WallTime now, const KeepKeys& keep, const Also& also) {
  const auto& held = store_.policy.entries();
  if (entry.epoch < held.size() && held[entry.epoch] == entry) return keep(keys_);
  if (entry.epoch != held.size() || now.ms >= entry.time.ms + std::chrono::milliseconds(key_request_life).count())
    return fail(Fault::gap, "the request is void or too old, as other entries came since it was made; `key renew` makes it again");
  if (const auto* delegation = std::get_if<policy::Delegation>(&entry.body); delegation != nullptr && !has_secrets_for(*delegation))
    return fail(Fault::missing_key, "the key that was signed for is not in this centre's key file");
  const auto taken = change_policy(
      "apply a signed entry",
      [&](Enrolment&) -> Result<void> {
        WARD_TRY(const auto count, storage::store_policy(store_, {entry}));
        WARD_ASSERT(count == entry.epoch + 1);
        drop_key_request();
        return {};
      },
      also);
  if (taken.has_error()) return taken;
  return keep(keys_);
}

Result<centre::Enrolled> CentreStore::enrol(const centre::Enrol& enrol) {
  return change_policy("enrol", [&](Enrolment& enrolment) { return enrolment.enrol(enrol); });
}
Result<void> CentreStore::approve(const DeviceId& device, WallTime now, const Also& also) {
  return change_policy("approve device", [&](Enrolment& enrolment) { return enrolment.approve(device, now); }, also);
}
Result<void> CentreStore::revoke(const DeviceId& device, std::string_view reason, WallTime now, const Also& also) {
  return change_policy("revoke device", [&](Enrolment& enrolment) { return enrolment.revoke(device, reason, now); }, also);
}

std::optional<Author> CentreStore::desk(WallTime now) {
  const auto& centres = context_of(store_).centres;
  if (centres.empty()) return std::nullopt;
  const auto keys = desk_keys(keys_, centres.front());
  return Author{keys.device, keys.unit, now};
}

Result<std::vector<Saved>> CentreStore::save(const std::vector<NewChange>& changes, Now now, const AlsoSave& also) {
  const auto& centres = context_of(store_).centres;
  if (centres.empty()) return fail(Fault::not_found, "the unit tree has no unit of the kind `centre` to write for");
  forget_keys(store_);
  std::optional<DeskWriter> writer;
  const auto keys = [&, unit = centres.front()] { return desk_keys(keys_, unit); };
  auto saved = change_policy("save at the centre", [&](Enrolment& enrolment) -> Result<std::vector<Saved>> {
    writer.emplace(*this, enrolment, keys(), now);
    WARD_CHECK(writer->begin());
    std::vector<Saved> out;
    for (const auto& change : changes) {
      WARD_TRY(auto one, change.complete ? writer->save(completed(change, out)) : writer->save(change));
      out.push_back(std::move(one));
    }
    WARD_CHECK(writer->finish());
    if (also) also(out);
    return out;
  });
  if (saved.has_error()) return saved;
  writer->keep();
  WARD_CHECK(store_.db.read("read what is applied", [&]() -> Result<void> {
    applied_ = read_applied(frontier_.size);
    return {};
  }));
  return saved;
}

Result<bool> CentreStore::give_official_codes(Now now) {
  const auto own = desk(now.wall);
  if (!own || !code_mark_ || store_.policy.device(own->device) == nullptr) return false;
  std::vector<NewChange> wanted;
  WARD_CHECK(store_.db.read("look for provisional codes", [&]() -> Result<void> {
    if (meta(store_, awaits_policy_key)) return {};
    const auto left = Numbering(*this, own->device, now).standing().left_today;
    for (const auto dossier : waiting_for_codes(store_, own->device, std::min<std::size_t>(left, official_at_once))) {
      auto& one = wanted.emplace_back(NewChange{{numbering_user, {}, {}, numbering_reason, {}}, did_of(store_, dossier)});
      one.another_code = true;
    }
    return {};
  }));
  if (wanted.empty()) return false;
  WARD_TRY(const auto saved, save(wanted, now, {}));
  return !saved.empty();
}

Result<CentreStore::Summarised> CentreStore::write_summaries(Now now) {
  const auto& centres = context_of(store_).centres;
  if (centres.empty()) return Summarised{};
  forget_keys(store_);
  std::optional<DeskWriter> writer;
  const auto keys = [&, unit = centres.front()] { return desk_keys(keys_, unit); };
  auto written = change_policy("write summaries", [&](Enrolment& enrolment) -> Result<Summarised> {
    Summarised out;
    const auto resting = resting_dossiers(store_, summary_plan_, now.wall, summaries_at_once);
    out.more = !resting.empty();
    for (const auto dossier : resting) {
      note_looked_at(store_, dossier);
      std::optional<record::SummaryBody> body;
      unless_damaged([&] { body = summarise(store_, dossier, summary_plan_); });
      if (!body) continue;
      if (!writer) {
        writer.emplace(*this, enrolment, keys(), now);
        WARD_CHECK(writer->begin());
      }
      WARD_TRY(const auto put, writer->summarise(dossier, *body));
      out.written += put ? 1U : 0U;
    }
    if (writer) WARD_CHECK(writer->finish());
    return out;
  });
  if (written.has_error() || !writer) return written;
  writer->keep();
  WARD_CHECK(store_.db.read("read what is applied", [&]() -> Result<void> {
    applied_ = read_applied(frontier_.size);
    return {};
  }));
  return written;
}

Result<void> CentreStore::add_unit(policy::Unit unit, WallTime now, const Also& also) {
  return change_policy("add unit", [&](Enrolment& enrolment) { return enrolment.add_unit(std::move(unit), now); }, also);
}
Result<void> CentreStore::merge_unit(const UnitCode& unit, const UnitCode& heir, std::string_view reason, WallTime now, const Also& also) {
  return change_policy("merge unit", [&](Enrolment& enrolment) { return enrolment.merge_unit(unit, heir, reason, now); }, also);
}
Result<void> CentreStore::renew_seed(const UnitCode& unit, WallTime now, const Also& also) {
  return change_policy("renew seed", [&](Enrolment& enrolment) { return enrolment.renew_seed(unit, now); }, also);
}

Result<void> CentreStore::add_account(policy::Account account, WallTime now, const Also& also,
                                      const std::optional<NewActivation>& activation) {
  return change_policy(
      "add account", [&](Enrolment& enrolment) { return enrolment.add_account(std::move(account), now, activation); }, also);
}
Result<void> CentreStore::change_account(policy::Account account, WallTime now, const Also& also,
                                         const std::optional<NewActivation>& activation) {
  return change_policy(
      "change account", [&](Enrolment& enrolment) { return enrolment.change_account(std::move(account), now, activation); }, also);
}

Result<void> CentreStore::order_erasure(const WantedErasure& wanted, WallTime now, const Also& also) {
  forget_keys(store_);
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    WARD_CHECK(enrolment.erase(wanted, now));
    erase_handed_in(store_, wanted.did);
    return {};
  };
  return change_policy("order to erase", work, also);
}

Result<void> CentreStore::set_addresses(std::vector<std::string> addresses, WallTime now, const Also& also) {
  return change_policy(
      "set addresses", [&](Enrolment& enrolment) { return enrolment.append(policy::Addresses{std::move(addresses)}, now); }, also);
}

Result<void> CentreStore::set_calendar(policy::Calendar calendar, WallTime now, const Also& also) {
  return change_policy("set calendar", [&](Enrolment& enrolment) { return enrolment.append(std::move(calendar), now); }, also);
}

Result<policy::CodeBlock> CentreStore::give_codes(const WantedBlock& wanted, WallTime now,
                                                  const std::function<void(const policy::CodeBlock&)>& also) {
  return change_policy("give codes", [&](Enrolment& enrolment) -> Result<policy::CodeBlock> {
    WARD_TRY(auto block, enrolment.give_codes(wanted, now));
    if (also) also(block);
    return block;
  });
}

Result<bool> CentreStore::give_all(const std::vector<WantedBlock>& all, WallTime now) {
  return change_policy("refill codes", [&](Enrolment& enrolment) -> Result<bool> {
    bool gave = false;
    for (const auto& wanted : all) {
      const auto given = enrolment.give_codes(wanted, now);
      // No room: a person sees it in `codes list`.
      if (given.has_error() && given.error().fault != Fault::invalid) return given.error();
      gave = gave || given.has_value();
    }
    return gave;
  });
}

Result<bool> CentreStore::tell_shared_codes(WallTime now) {
  if (!keys_.operations) return false;
  std::vector<policy::SharedCode> untold;
  WARD_CHECK(store_.db.read("look for shared codes", [&]() -> Result<void> {
    if (!meta(store_, awaits_policy_key) && !waits_for_root(now)) untold = untold_shared_codes(store_, shared_codes_told_at_once);
    return {};
  }));
  if (untold.empty()) return false;
  return change_policy("tell shared codes", [&](Enrolment& enrolment) -> Result<bool> {
    for (auto& shared : untold) WARD_CHECK(enrolment.append(std::move(shared), now));
    return true;
  });
}

Result<centre::PolicyStored> CentreStore::store_policy(const centre::StorePolicy& given) {
  const auto taken = change_policy("take policy entries", [&](Enrolment& enrolment) { return enrolment.take_back(given.entries); });
  if (taken.has_value()) return centre::PolicyStored{store_.policy.count(), std::nullopt};
  const auto fault = taken.error().fault;
  if (const auto reaction = reaction_to(fault); reaction == Reaction::retry || reaction == Reaction::stop) return taken.error();
  WARD_CHECK(store_.db.transact("note refusal", [&]() -> Result<void> {
    note_refusal(store_, given.device, given.at, fault);
    return {};
  }));
  return centre::PolicyStored{store_.policy.count(), fault};
}

Result<centre::TicketRead> CentreStore::read_ticket(const centre::ReadTicket& wanted) {
  return store_.db.read("read ticket", [&]() -> Result<centre::TicketRead> {
    const auto ticket = find_ticket(store_, wanted.ticket);
    if (!ticket) return centre::TicketRead{};
    centre::TicketRead out{ticket->psk, ticket->refusal(wanted.noise, wanted.at), ticket->unit, ticket->expires};
    if (ticket->used_by) out.used = whose(store_, *ticket->used_by);
    return out;
  });
}

Result<ticket::Ticket> CentreStore::new_ticket(const NewTicket& wanted, const std::function<void(const ticket::Ticket&)>& also) {
  if (store_.policy.unit(wanted.unit) == nullptr) return fail(Fault::not_found, "there is no unit " + wanted.unit);
  std::string label;
  if (!wanted.label.empty()) {
    WARD_TRY(label, text::to_line("the label", wanted.label, limits::name_bytes_max));
  }
  ticket::Ticket out;
  store_.random(out.secret);
  out.org = store_.org;
  out.root = store_.policy.genesis().root;
  out.centre_static = store_.policy.centre_noise();
  out.address = wanted.address;
  out.unit = wanted.unit;
  out.expires = wanted.expires;
  const auto id = ticket::ticket_id(out.secret);
  const auto psk = seal_local(store_.local, "ticket", id.view(), ticket::psk_of(out.secret, store_.org));
  WARD_CHECK(store_.db.transact("new ticket", [&]() -> Result<void> {
    store_.db.query("INSERT INTO ticket (id, psk, unit, label, expires_ms, pre_approved) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(id)
        .bind(BytesView(psk))
        .bind(wanted.unit)
        .bind(label)
        .bind(wanted.expires.ms)
        .bind(std::int64_t{wanted.pre_approved})
        .run();
    if (also) also(out);
    return {};
  }));
  return out;
}

Result<std::vector<DeviceLine>> CentreStore::devices() {
  return store_.db.read("list devices", [&]() -> Result<std::vector<DeviceLine>> { return devices_in_transaction(); });
}

std::vector<DeviceLine> CentreStore::devices_in_transaction() {
  std::vector<DeviceLine> out;
  auto waiting = store_.db.query("SELECT device, unit, label, fingerprint, asked_ms FROM applicant ORDER BY asked_ms");
  while (waiting.step()) {
    auto& line = out.emplace_back();
    line.device = waiting.fixed<DeviceId>(0);
    line.unit = waiting.text(1);
    line.label = waiting.text(2);
    line.fingerprint = waiting.text(3);
    line.contact = {waiting.number(4)};
  }
  const auto own = desk({});
  std::map<DeviceId, std::uint64_t> sides;
  for (const auto& side : fork_sides(store_)) ++sides[side.device];
  for (const auto* standing : store_.policy.devices())
    if (!own || standing->id != own->device) {
      out.push_back(line_of(*standing));
      const auto found = sides.find(standing->id);
      if (found != sides.end()) out.back().fork_sides = found->second;
    }
  return out;
}

DeviceLine CentreStore::line_of(const policy::DeviceStanding& standing) {
  DeviceLine line;
  line.device = standing.id;
  line.unit = standing.device.unit;
  line.label = standing.device.label;
  line.standing = standing.revoked ? DeviceLine::Standing::revoked : DeviceLine::Standing::approved;
  auto peer = store_.db.query(
      "SELECT cursor, contact_ms, accepted_ms, refused_ms, refused, heard, audit_back_ms, forked_ms FROM peer WHERE device = ?");
  peer.bind(standing.id);
  if (peer.step()) {
    line.cursor = static_cast<std::uint64_t>(peer.number(0));
    line.contact = {peer.number(1)};
    line.accepted = {peer.number(2)};
    line.refused = {peer.number(3)};
    line.refused_why = peer.text(4);
    line.audit_back = {peer.number(6)};
    line.forked = {peer.number(7)};
    if (!peer.is_null(5)) {
      line.report = decode_report(peer.bytes(5));
      line.report_at = line.contact;
    }
  }
  line.copied = twins_seen(store_, standing.id);
  line.provisional = waiting_for_codes(store_, standing.id, provisional_counted_max).size();
  if (const auto identification = identification_of(store_, standing.id); !identification.empty()) {
    line.numbers = true;
    for (const auto& block : store_.policy.code_blocks(identification))
      if (block.device == standing.id) line.codes_until = std::max(line.codes_until, block.to);
  }
  auto records = store_.db.query("SELECT coalesce(sum(chained), 0) FROM writer WHERE device = ?");
  records.bind(standing.id);
  if (records.step()) line.records = static_cast<std::uint64_t>(records.number(0));
  return line;
}

}  // namespace ward::storage
