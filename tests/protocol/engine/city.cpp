#include "tests/protocol/engine/city.hpp"

#include "protocol/base/overloaded.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "protocol/run/run.hpp"
#include "tests/support/made.hpp"

#include <array>

namespace ward::test {
namespace {

using namespace engine;

constexpr WallTime morning{1'760'000'000'000};
constexpr auto unit = "W-VYDA";

policy::PolicyLog first_log(const crypto::SignSeed& root, const crypto::SignSeed& operations, const crypto::SignSeed& receipt,
                            const crypto::DhSecret& noise) {
  policy::Genesis genesis{
      "Hue", crypto::public_of(root), made<Hash>(9), crypto::public_of(operations), crypto::public_of(receipt), crypto::public_of(noise)};
  policy::Entry entry{0, {}, 0, morning, genesis, {}};
  policy::sign(entry, crypto::org_of(genesis.root), root);
  return policy::PolicyLog::start(entry).value();
}

crypto::UnitSeed unit_seed() { return made_secret<crypto::UnitSeed>(77); }

std::set<Rid> rids_of(const segment::Rows& rows, const OrgId& org, const SignKey& key) {
  segment::KeyRing ring;
  ring.dossier_keys.emplace(crypto::key_id_of(dossier_key()), dossier_key());
  auto checked = rows;
  std::set<Rid> out;
  const auto verified = segment::verify_rows(checked, org, key, ring);
  for (const auto& one : verified.value()) out.insert(one.rid);
  return out;
}

}  // namespace

City::City()
    : root(made_secret<crypto::SignSeed>(1)),
      operations(made_secret<crypto::SignSeed>(2)),
      receipt(made_secret<crypto::SignSeed>(3)),
      centre_noise(made_secret<crypto::DhSecret>(4)),
      policy(first_log(root, operations, receipt, centre_noise)) {
  policy::Unit ward;
  ward.code = unit;
  ward.unit_public = crypto::public_of(keys::unit_secret_of(unit_seed(), unit, 0));
  enter(ward);
}

void City::enter(policy::Body body) {
  const bool roots = std::holds_alternative<policy::Delegation>(body);
  auto entry = policy.next(std::move(body), 0, morning);
  policy::sign(entry, org(), roots ? root : operations);
  policy.append(entry).value();
}

void City::renew_noise(std::uint8_t number) {
  earlier_noise.push_back(std::move(centre_noise));
  centre_noise = made_secret<crypto::DhSecret>(number);
}

centre::Identity City::centre_identity() const {
  centre::Identity out{org(), centre_noise.clone(), receipt.clone(), crypto::public_of(root)};
  for (const auto& earlier : earlier_noise) out.earlier_noise.push_back(earlier.clone());
  return out;
}

Pc::Pc(std::uint8_t number)
    : keys{made_secret<crypto::SignSeed>(number), made_secret<crypto::DhSecret>(static_cast<std::uint8_t>(number + 1)),
           made_secret<crypto::DhSecret>(static_cast<std::uint8_t>(number + 2))},
      id(crypto::device_of(crypto::public_of(keys.sign))) {}

policy::Device Pc::entry(const City& city) const {
  policy::Device out{crypto::public_of(keys.sign), crypto::public_of(keys.noise), crypto::public_of(keys.sealing), unit, "desk", 0, {}};
  out.wrapped_seed = keys::wrap_seed(unit_seed(), city.org(), unit, 0, id, out.sealing).value();
  return out;
}

agent::Identity Pc::identity(const City& city) const {
  return {{city.org(), id}, city.policy.centre_noise(), keys.noise.clone(), city.policy.receipt_key()};
}

crypto::DossierKey dossier_key() { return made_secret<crypto::DossierKey>(99); }

segment::Rows made_segment(const Pc& pc, const OrgId& org, const Incarnation& incarnation, Seq first, std::uint16_t count) {
  segment::Rows out;
  std::vector<Rid> rids;
  for (std::uint16_t i = 0; i < count; ++i) {
    record::Header header;
    header.position = {pc.id, incarnation, first + i};
    header.policy_epoch = 1;
    header.did = made<Did>(5);
    header.hlc = Hlc::at(morning, i);
    Bytes plain(32, static_cast<std::uint8_t>(first + i));
    const auto sealed = record::seal(header, plain, dossier_key(), org);
    rids.push_back(record::rid_of(sealed));
    out.rows.emplace_back(segment::OpenRow{sealed.header, std::move(plain)});
  }
  segment::Statement statement;
  statement.device = pc.id;
  statement.incarnation = incarnation;
  statement.first = first;
  statement.count = count;
  statement.root = segment::root_of(rids);
  statement.policy_epoch = 1;
  out.statement = segment::sign(statement, org, pc.keys.sign);
  return out;
}

segment::Rows sealed_form(segment::Rows rows, const OrgId& org) {
  for (auto& row : rows.rows) {
    const auto& open = std::get<segment::OpenRow>(row);
    row = segment::SealedRow{record::seal(open.header, open.plain, dossier_key(), org)};
  }
  return rows;
}

std::size_t WardDisk::unreceipted() const {
  std::size_t out = 0;
  for (const auto& own : outbox) out += own.receipted ? 0U : 1U;
  return out;
}

void FakeWard::save(std::uint8_t incarnation, std::uint16_t records) {
  Seq first = 0;
  for (const auto& own : disk.outbox) {
    const auto& statement = own.rows.statement.statement;
    if (statement.incarnation == made<Incarnation>(incarnation)) first = statement.first + statement.count;
  }
  disk.outbox.push_back({made_segment(*pc, city->org(), made<Incarnation>(incarnation), first, records)});
}

void FakeWard::take(const agent::StoreReceipt& stored) {
  const auto& receipt = stored.receipted.receipt;
  for (const auto& own_stamp : stored.receipted.stamps)
    for (auto& own : disk.outbox)
      if (own.rows.statement.statement.first == own_stamp.first && own.rows.statement.statement.incarnation == own_stamp.incarnation)
        own.rows.stamp = own_stamp.stamp;
  for (const auto& head : receipt.heads) {
    for (auto& own : disk.outbox) {
      const auto& statement = own.rows.statement.statement;
      if (statement.incarnation == head.incarnation && statement.first + statement.count <= head.count) own.receipted = true;
    }
  }
  disk.receipt = receipt;
}

void FakeWard::take(const agent::StoreHeads& stored) {
  ++disk.heads_stored;
  for (auto& own : disk.outbox) {
    const auto& statement = own.rows.statement.statement;
    own.receipted = std::any_of(stored.heads.begin(), stored.heads.end(), [&](const auto& head) {
      return head.incarnation == statement.incarnation && statement.first + statement.count <= head.count;
    });
  }
}

agent::LinkPrepared FakeWard::prepare() {
  for (auto& own : disk.outbox) own.postponed = false;
  agent::LinkPrepared out;
  out.cursor = disk.cursor;
  out.fill = disk.fill;
  out.holds_nothing = disk.holds_nothing;
  out.report.restored = std::any_of(disk.outbox.begin(), disk.outbox.end(), [](const auto& own) { return own.held_back; });
  out.wanted = disk.wanted;
  out.resting = disk.resting_at_once;
  out.doubts = disk.urgent_doubts;
  out.audit = disk.audit;
  out.hello.version = version;
  out.hello.policy_count = static_cast<Epoch>(disk.policy.size());
  for (const auto& own : disk.outbox) {
    if (own.receipted) continue;
    const auto& statement = own.rows.statement.statement;
    auto& named = out.hello.unreceipted;
    if (named.empty() || named.back().incarnation != statement.incarnation) named.push_back({statement.incarnation, statement.first});
    if (small_first && out.hello.segment.empty() && own.rows.rows.size() == 1)
      out.hello.segment = run::encode_small(sealed_form(own.rows, city->org()));
  }
  return out;
}

agent::Event FakeWard::perform(const agent::StoreEffect& effect) {
  return std::visit(overloaded{
                        [&](const agent::PrepareLink&) -> agent::Event { return prepare(); },
                        [&](const agent::ReadOutbox& e) -> agent::Event {
                          agent::OutboxRead out;
                          for (const auto& own : disk.outbox)
                            if (!own.receipted && !own.refused && !own.postponed && !own.held_back && out.rows.size() < e.segments)
                              out.rows.push_back(e.sealed ? sealed_form(own.rows, city->org()) : own.rows);
                          out.wanted = disk.wanted;
                          return out;
                        },
                        [&](const agent::StoreReceipt& e) -> agent::Event {
                          const bool is_new = disk.receipt && disk.receipt->centre != e.receipted.receipt.centre;
                          take(e);
                          std::size_t sendable = 0;
                          for (const auto& own : disk.outbox)
                            sendable += own.receipted || own.refused || own.postponed || own.held_back ? 0U : 1U;
                          return agent::ReceiptStored{sendable > 0, is_new, {}};
                        },
                        [&](const agent::StorePolicy& e) -> agent::Event {
                          for (const auto& entry : e.entries)
                            if (entry.epoch == disk.policy.size()) disk.policy.push_back(entry);
                          return agent::PolicyStored{static_cast<Epoch>(disk.policy.size())};
                        },
                        [&](const agent::ReadPolicy& e) -> agent::Event {
                          return agent::PolicyRead{{disk.policy.begin() + static_cast<std::ptrdiff_t>(e.from), disk.policy.end()}};
                        },
                        [&](const agent::ApplyDelivery& e) -> agent::Event {
                          for (const auto& rows : e.rows) {
                            const auto* writer = city->policy.device(rows.statement.statement.device);
                            disk.received.merge(rids_of(rows, city->org(), writer->device.sign));
                          }
                          disk.cursor = e.cursor;
                          disk.fill = e.fill;
                          for (auto& own : disk.outbox) own.postponed = own.held_back = false;
                          return agent::DeliveryApplied{disk.cursor, {}, disk.wanted, disk.audit};
                        },
                        [&](const agent::ApplyFetched& e) -> agent::Event {
                          for (const auto& rows : e.rows) {
                            const auto* writer = city->policy.device(rows.statement.statement.device);
                            disk.fetched.merge(rids_of(rows, city->org(), writer->device.sign));
                          }
                          auto& done = e.summaries ? disk.resting : disk.wanted;
                          if (e.all)
                            for (const auto& did : e.dossiers) std::erase(done, did);
                          if (e.all && e.summaries) disk.let_go.insert(disk.let_go.end(), e.dossiers.begin(), e.dossiers.end());
                          return agent::FetchedApplied{disk.wanted, e.summaries ? disk.resting : std::vector<Did>{}};
                        },
                        [&](const agent::StoreApplied& e) -> agent::Event {
                          disk.applied = e.applied.index;
                          return agent::Done{};
                        },
                        [&](const agent::StoreRefused& e) -> agent::Event {
                          for (auto& own : disk.outbox)
                            if (own.rows.statement.statement.first == e.refused.first)
                              (reaction_to(e.refused.fault) == Reaction::retry ? own.postponed : own.refused) = true;
                          return agent::Done{};
                        },
                        [&](const agent::StoreHeads& e) -> agent::Event {
                          take(e);
                          return agent::HeadsStored{};
                        },
                        [&](const agent::ReadDoubts&) -> agent::Event { return agent::DoubtsRead{disk.doubts, disk.resting}; },
                        [&](const agent::StoreJoins& e) -> agent::Event {
                          disk.joins.push_back(e);
                          return agent::Done{};
                        },
                    },
                    effect);
}

FakeCentre::FakeCentre(City& of) : city(&of), incarnation(made<Incarnation>(200)) {}

centre::LogView FakeCentre::view() const {
  return {incarnation, disk.frontier.size, disk.frontier.root(), 0, morning, city->policy.count(), applied, {}};
}

centre::PeerRead FakeCentre::read_peer(const centre::ReadPeer& wanted) const {
  const auto* standing = city->policy.device_by_noise(wanted.noise);
  if (standing == nullptr) return {Fault::not_member};
  if (standing->revoked) return {Fault::revoked};
  centre::PeerRead::Known known{standing->id, standing->device.unit, {}, view(), {}};
  for (const auto& own : wanted.incarnations) {
    const auto found = disk.heads.find({standing->id, own.incarnation});
    if (found != disk.heads.end()) known.heads.push_back(found->second);
    for (const auto& entry : disk.log) {
      const auto& statement = entry.rows.statement.statement;
      const bool unheard = entry.device == standing->id && statement.incarnation == own.incarnation && statement.first >= own.from;
      if (unheard) known.stamps.push_back({own.incarnation, statement.first, entry.stamp});
    }
  }
  return {known};
}

void FakeCentre::admit_one(const centre::Admit& admit, segment::Rows rows, centre::Admitted& out) {
  segment::KeyRing ring;
  if (holds_keys) ring.dossier_keys.emplace(crypto::key_id_of(dossier_key()), dossier_key());
  const auto* writer = city->policy.device(admit.device);
  const auto verified = segment::verify_rows(rows, city->org(), writer->device.sign, ring);
  const auto& statement = rows.statement.statement;
  auto& head = disk.heads[{admit.device, statement.incarnation}];
  head.incarnation = statement.incarnation;
  const auto refuse = [&](Fault fault) { out.refused.push_back({statement.incarnation, statement.first, fault}); };
  if (verified.has_error() && verified.error().fault == Fault::missing_key) {
    out.need_sealed.emplace_back(statement.incarnation, statement.first);
  } else if (verified.has_error()) {
    refuse(verified.error().fault);
  } else if (refuses.contains(statement.first)) {
    refuse(refuses_as);
  } else if (statement.first > head.count) {
    refuse(Fault::gap);
  } else if (statement.first == head.count) {
    const Stamp stamp{disk.log.size(), {admit.at.ms + static_cast<std::int64_t>(disk.log.size())}};
    head.count = statement.first + statement.count;
    head.statement = segment::hash_of(statement, city->org());
    disk.frontier.append(log::leaf_of(head.statement, stamp.time));
    CentreDisk::Entry entry{rows, admit.device, stamp, {}};
    for (const auto& one : *verified) entry.rids.insert(one.rid);
    disk.rids.insert(entry.rids.begin(), entry.rids.end());
    entry.rows.stamp = stamp;
    disk.log.push_back(std::move(entry));
  }
  for (const auto& entry : disk.log)
    if (entry.device == admit.device && entry.rows.statement.statement == statement)
      out.stamps.push_back({statement.incarnation, statement.first, entry.stamp});
  std::erase_if(out.heads, [&](const auto& old) { return old.incarnation == head.incarnation; });
  out.heads.push_back(head);
}

centre::DeliveryRead FakeCentre::read_delivery(const centre::ReadDelivery& wanted) {
  centre::DeliveryRead out;
  out.cursor = wanted.cursor;
  disk.fills.push_back(wanted.fill);
  while (out.cursor < disk.log.size() && out.rows.size() < 2) {
    const auto& entry = disk.log[out.cursor++];
    if (entry.device != wanted.device) out.rows.push_back(entry.rows);
  }
  out.more = out.cursor < disk.log.size();
  return out;
}

centre::TicketRead FakeCentre::read_ticket(const centre::ReadTicket& wanted) const {
  if (!ticket || wanted.ticket != ticket::ticket_id(ticket->secret)) return {};
  centre::TicketRead out{ticket::psk_of(ticket->secret, city->org()), std::nullopt, ticket->unit, ticket->expires};
  const auto used = disk.used_tickets.find(wanted.ticket);
  if (used != disk.used_tickets.end() && used->second != wanted.noise) out.refused = Fault::ticket_used;
  return out;
}

centre::Enrolled FakeCentre::enrol(const centre::Enrol& wanted) {
  disk.used_tickets.emplace(wanted.ticket, wanted.request.noise);
  disk.applicants.push_back(wanted.fingerprint);
  const auto id = crypto::device_of(wanted.request.sign);
  const bool approved = city->policy.device(id) != nullptr;
  return {sync::EnrolAnswer{approved, ticket->unit, city->policy.count()}};
}

centre::JoinsRead FakeCentre::read_joins(const centre::ReadJoins& wanted) const {
  centre::JoinsRead out{{}, view()};
  const log::LeafAt leaf = [&](std::uint64_t at) {
    const auto& entry = disk.log.at(at);
    return log::leaf_of(segment::hash_of(entry.rows.statement.statement, city->org()), entry.stamp.time);
  };
  for (const auto& head : wanted.heads)
    if (head.size <= disk.log.size())
      out.joins.push_back({true, log::consistency_path(leaf, head.size, disk.log.size())});
    else
      out.joins.emplace_back();
  return out;
}

centre::Event FakeCentre::perform(const centre::StoreEffect& effect) {
  return std::visit(overloaded{
                        [&](const centre::ReadPeer& e) -> centre::Event { return read_peer(e); },
                        [&](const centre::Admit& e) -> centre::Event {
                          centre::Admitted out;
                          for (const auto& rows : e.rows) admit_one(e, rows, out);
                          out.log = view();
                          return out;
                        },
                        [&](const centre::ReadDelivery& e) -> centre::Event { return read_delivery(e); },
                        [&](const centre::ReadDossiers& e) -> centre::Event {
                          disk.asked_for.insert(disk.asked_for.end(), e.dossiers.begin(), e.dossiers.end());
                          disk.asked_how.emplace_back(e.own, e.summaries);
                          centre::DossiersRead out;
                          if (e.from < disk.log.size()) out.rows.push_back(disk.log[e.from].rows);
                          out.next = e.from + 1 < disk.log.size() ? e.from + 1 : 0;
                          return out;
                        },
                        [&](const centre::ReadPolicy& e) -> centre::Event {
                          const auto& all = city->policy.entries();
                          const auto from = std::min<std::size_t>(e.from, all.size());
                          return centre::PolicyRead{{all.begin() + static_cast<std::ptrdiff_t>(from), all.end()}};
                        },
                        [&](const centre::StorePolicy& e) -> centre::Event {
                          for (const auto& entry : e.entries)
                            if (const auto taken = city->policy.append(entry); taken.has_error())
                              return centre::PolicyStored{city->policy.count(), taken.error().fault};
                          return centre::PolicyStored{city->policy.count(), std::nullopt};
                        },
                        [&](const centre::StoreReport& e) -> centre::Event {
                          disk.reports.push_back(hex(e.device.view()));
                          return centre::ReportStored{};
                        },
                        [&](const centre::ReadHeads& e) -> centre::Event {
                          centre::HeadsRead out;
                          for (const auto& [name, head] : disk.heads)
                            if (name.first == e.device) out.heads.push_back(head);
                          return out;
                        },
                        [&](const centre::ReadJoins& e) -> centre::Event { return read_joins(e); },
                        [&](const centre::StoreAuditEnd& e) -> centre::Event {
                          disk.audit_ends.push_back(e.end);
                          return centre::AuditEndStored{};
                        },
                        [&](const centre::ReadTicket& e) -> centre::Event { return read_ticket(e); },
                        [&](const centre::Enrol& e) -> centre::Event { return enrol(e); },
                    },
                    effect);
}

std::string name_of(const agent::StoreEffect& effect) {
  static constexpr std::array names{"PrepareLink",  "ReadOutbox",   "StoreReceipt", "StorePolicy", "ReadPolicy", "ApplyDelivery",
                                    "ApplyFetched", "StoreApplied", "StoreRefused", "StoreHeads",  "ReadDoubts", "StoreJoins"};
  static_assert(names.size() == std::variant_size_v<agent::StoreEffect>);
  return names.at(effect.index());
}

std::string name_of(const centre::StoreEffect& effect) {
  static constexpr std::array names{"ReadPeer",    "Admit",     "ReadDelivery", "ReadDossiers",  "ReadPolicy", "StorePolicy",
                                    "StoreReport", "ReadHeads", "ReadJoins",    "StoreAuditEnd", "ReadTicket", "Enrol"};
  static_assert(names.size() == std::variant_size_v<centre::StoreEffect>);
  return names.at(effect.index());
}

}  // namespace ward::test
