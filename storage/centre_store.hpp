#pragma once

#include "protocol/engine/centre_engine.hpp"
#include "protocol/log/tree.hpp"
#include "protocol/ticket/ticket.hpp"
#include "storage/dossiers.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>
#include <vector>

/// The centre's durable side on SQLite: relay and registry in one process. One thread; one process per file.
namespace ward::storage {

/// What lies in DATA/centre.key (mode 0600). `operations` signs approvals; it may be kept elsewhere and then is absent.
struct CentreKeys {
  crypto::DhSecret noise;
  crypto::SignSeed receipt;
  std::optional<crypto::SignSeed> operations;
  crypto::LocalKey local;
  Array<32> unit_master{};  ///< the registry's: every unit seed derives from it

  [[nodiscard]] static CentreKeys make(const Random& random);
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<CentreKeys> decode(BytesView bytes);
};

struct NewTicket {
  UnitCode unit;
  std::string label;
  std::string address;  ///< host:port that the device will call
  bool pre_approved = false;
  WallTime expires;
};

struct DeviceLine {
  DeviceId device;
  UnitCode unit;
  std::string label;
  enum class Standing { waiting, approved, revoked } standing = Standing::waiting;
  std::string fingerprint;              ///< while waiting
  WallTime contact, accepted, refused;  ///< 0: never
  std::string refused_why;
  sync::Report report;
  WallTime report_at;
  std::uint64_t cursor = 0;
  std::uint64_t records = 0;  ///< of this device, stored here
};

class CentreStore {
 public:
  /// `entries`: the policy log that `init` made, genesis first. Fails if there is a data file.
  [[nodiscard]] static Result<void> create(const std::string& path, const CentreKeys& keys, const std::vector<policy::Entry>& entries);
  [[nodiscard]] static Result<CentreStore> open(const std::string& path, CentreKeys keys, Random random,
                                                OpenMode mode = OpenMode::read_write);

  [[nodiscard]] Store& store() noexcept { return store_; }
  [[nodiscard]] const CentreKeys& keys() const noexcept { return keys_; }
  [[nodiscard]] engine::centre::Identity engine_identity() const;
  [[nodiscard]] engine::centre::LogView log_view(WallTime now) const;

  // For the administrator.
  [[nodiscard]] Result<ticket::Ticket> new_ticket(const NewTicket& wanted);
  [[nodiscard]] Result<std::vector<DeviceLine>> devices();
  /// `not_found`, or `invalid` when it does not wait for approval.
  [[nodiscard]] Result<void> approve(const DeviceId& device, WallTime now);
  [[nodiscard]] Result<void> revoke(const DeviceId& device, std::string_view reason, WallTime now);
  /// Merges up to `dossiers` of those whose records changed (the registry's work). True while more waits.
  [[nodiscard]] Result<bool> apply_pending(std::size_t dossiers);

  // What the engine asks for; each is one transaction.
  [[nodiscard]] Result<engine::centre::PeerRead> read_peer(const engine::centre::ReadPeer& wanted, WallTime now);
  [[nodiscard]] Result<engine::centre::Admitted> admit(engine::centre::Admit admit);
  [[nodiscard]] Result<engine::centre::DeliveryRead> read_delivery(const engine::centre::ReadDelivery& wanted);
  [[nodiscard]] Result<engine::centre::PolicyRead> read_policy(const engine::centre::ReadPolicy& wanted);
  [[nodiscard]] Result<void> store_report(const engine::centre::StoreReport& report);
  [[nodiscard]] Result<engine::centre::HeadsRead> read_heads(const engine::centre::ReadHeads& wanted);
  [[nodiscard]] Result<engine::centre::TicketRead> read_ticket(const engine::centre::ReadTicket& wanted);
  [[nodiscard]] Result<engine::centre::Enrolled> enrol(const engine::centre::Enrol& enrol);

 private:
  CentreStore(Store store, CentreKeys keys);
  friend struct Admission;
  friend struct Enrolment;

  /// How far the registry has merged, and which dossiers it cannot merge as they are.
  struct Applied {
    std::uint64_t index = 0;
    std::vector<Did> exceptions;
  };
  [[nodiscard]] Applied read_applied(std::uint64_t log_size);
  [[nodiscard]] Result<void> load(OpenMode mode);
  void learn_unit_seeds();
  [[nodiscard]] DeviceLine line_of(const policy::DeviceStanding& standing);
  /// One transaction whose work may append policy entries; they are forgotten when it fails.
  template <class Work>
  [[nodiscard]] auto change_policy(const char* name, Work&& work) -> decltype(work(std::declval<struct Enrolment&>()));
  /// What of a device's other incarnations is newer than those that it names: a device whose data is an older copy, or runs twice, learns
  /// of it so.
  [[nodiscard]] std::vector<log::DeviceHead> heads_of(const DeviceId& device, const std::vector<Incarnation>& named);
  [[nodiscard]] std::vector<sync::OwnStamp> stamps_of(const DeviceId& device, const std::vector<sync::Unstamped>& wanted);

  Store store_;
  CentreKeys keys_;
  log::Frontier frontier_;
  Incarnation centre_;   ///< drawn at the first opening of the data file, and again at each restore
  WallTime last_stamp_;  ///< stamps strictly increase
  Applied applied_;
};

[[nodiscard]] engine::centre::Event perform(engine::centre::StoreEffect effect, CentreStore& store, WallTime now);

}  // namespace ward::storage
