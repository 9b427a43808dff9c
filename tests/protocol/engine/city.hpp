#pragma once

#include "protocol/engine/agent_engine.hpp"
#include "protocol/engine/centre_engine.hpp"
#include "protocol/engine/enrol_engine.hpp"
#include "protocol/log/tree.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// An invented city with stores in memory, for the engines alone: real keys, real signatures, no disk. What is called a disk here is what
/// would survive.
namespace ward::test {

struct City {
  crypto::SignSeed root, operations, receipt;
  crypto::DhSecret centre_noise;
  std::vector<crypto::DhSecret> earlier_noise;
  policy::PolicyLog policy;

  City();
  [[nodiscard]] const OrgId& org() const { return policy.org(); }
  void enter(policy::Body body);
  /// The centre has another static; the policy log does not say so yet.
  void renew_noise(std::uint8_t number);
  [[nodiscard]] engine::centre::Identity centre_identity() const;
};

/// One ward PC's keys. `number` makes them.
struct Pc {
  engine::enrol::DeviceKeys keys;
  DeviceId id;
  explicit Pc(std::uint8_t number);
  [[nodiscard]] policy::Device entry(const City& city) const;
  [[nodiscard]] engine::agent::Identity identity(const City& city) const;
};

/// A signed segment of `count` records of 32 bytes each, as open rows under one dossier key.
[[nodiscard]] segment::Rows made_segment(const Pc& pc, const OrgId& org, const Incarnation& incarnation, Seq first, std::uint16_t count);
[[nodiscard]] crypto::DossierKey dossier_key();
/// The same in sealed form.
[[nodiscard]] segment::Rows sealed_form(segment::Rows rows, const OrgId& org);

struct WardDisk {
  struct Own {
    segment::Rows rows;
    bool receipted = false;
    bool refused = false;
    bool postponed = false;
    bool held_back = false;  ///< until a delivery brought what is missing here
  };
  std::vector<Own> outbox;
  std::set<Rid> received;
  std::uint64_t cursor = 0;
  std::uint64_t applied = 0;
  std::vector<policy::Entry> policy;
  std::optional<log::Receipt> receipt;
  std::size_t heads_stored = 0;
  std::uint64_t fill = 0;
  bool holds_nothing = false;
  std::vector<Did> wanted;
  std::vector<Did> resting;          ///< could be let go
  std::vector<Did> resting_at_once;  ///< said when a link begins
  std::vector<Did> let_go;           ///< asked about
  std::set<Rid> fetched;
  engine::agent::Doubts doubts;         ///< told on a quiet line
  engine::agent::Doubts urgent_doubts;  ///< told when a link begins
  std::vector<engine::agent::StoreJoins> joins;
  sync::AuditEnd audit;

  [[nodiscard]] std::size_t unreceipted() const;
};

struct FakeWard {
  const City* city;
  const Pc* pc;
  WardDisk disk;
  bool small_first = true;  ///< offer a segment in message 1
  std::uint8_t version = sync::protocol_version;
  void save(std::uint8_t incarnation, std::uint16_t records);
  [[nodiscard]] engine::agent::Event perform(const engine::agent::StoreEffect& effect);

 private:
  [[nodiscard]] engine::agent::LinkPrepared prepare();
  void take(const engine::agent::StoreReceipt& stored);
  void take(const engine::agent::StoreHeads& stored);
};

struct CentreDisk {
  struct Entry {
    segment::Rows rows;
    DeviceId device;
    Stamp stamp;
    std::set<Rid> rids;
  };
  std::vector<Entry> log;
  std::map<std::pair<DeviceId, Incarnation>, log::DeviceHead> heads;
  log::Frontier frontier;
  std::set<Rid> rids;
  std::vector<std::string> reports;  ///< of proved devices
  std::map<KeyId, DhKey> used_tickets;
  std::vector<std::string> applicants;  ///< fingerprints
  std::vector<std::uint64_t> fills;     ///< of the deliveries that were read
  std::vector<Did> asked_for;
  std::vector<std::pair<bool, bool>> asked_how;  ///< own, summaries           ///< dossiers
  std::vector<sync::AuditEnd> audit_ends;
};

struct FakeCentre {
  City* city;
  CentreDisk disk;
  Incarnation incarnation;
  bool holds_keys = true;  ///< false: open rows cannot be checked
  std::set<Seq> refuses;   ///< segments that begin there
  Fault refuses_as = Fault::malformed;
  std::optional<ticket::Ticket> ticket;
  std::uint64_t applied = 0;

  explicit FakeCentre(City& of);
  [[nodiscard]] engine::centre::Event perform(const engine::centre::StoreEffect& effect);
  [[nodiscard]] engine::centre::LogView view() const;

 private:
  void admit_one(const engine::centre::Admit& admit, segment::Rows rows, engine::centre::Admitted& out);
  [[nodiscard]] engine::centre::PeerRead read_peer(const engine::centre::ReadPeer& wanted) const;
  [[nodiscard]] engine::centre::DeliveryRead read_delivery(const engine::centre::ReadDelivery& wanted);
  [[nodiscard]] engine::centre::JoinsRead read_joins(const engine::centre::ReadJoins& wanted) const;
  [[nodiscard]] engine::centre::TicketRead read_ticket(const engine::centre::ReadTicket& wanted) const;
  [[nodiscard]] engine::centre::Enrolled enrol(const engine::centre::Enrol& wanted);
};

[[nodiscard]] std::string name_of(const engine::agent::StoreEffect& effect);
[[nodiscard]] std::string name_of(const engine::centre::StoreEffect& effect);

}  // namespace ward::test
