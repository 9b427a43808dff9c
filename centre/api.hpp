#pragma once

#include "centre/health.hpp"
#include "centre/desk_site.hpp"
#include "centre/hub.hpp"
#include "desk/api.hpp"
#include "desk/log_in.hpp"
#include "runtime/clock.hpp"
#include "runtime/deadline_json.hpp"

#include <boost/json/object.hpp>

#include <string>

/// The administration API under /v1: devices, units, tickets, health, and dossiers to read. No handler shows a secret but the one that
/// makes a ticket.
namespace ward::centre {

inline constexpr std::size_t id_digits_min = 4;  ///< fewer name one by luck

/// What `status` tells of this process.
struct Served {
  std::string data;
  std::string listen;  ///< host:port as bound
  std::string http;    ///< the same, empty when the loopback port is off
  std::string log;     ///< the log's file; empty: stderr
};

class Api {
 public:
  /// All references outlive the API, and the router its handlers' last call. `clock`: what deadlines are judged by.
  Api(storage::CentreStore& store, Hub& hub, const Served& served, std::function<Now()> clock = runtime::read_clock)
      : store_(store), hub_(hub), served_(served), clock_(std::move(clock)) {}
  void add_routes(runtime::Router& router);
  [[nodiscard]] desk::Site& site() noexcept { return site_; }
  void keep_tries_in(storage::SpareTries spare) { log_in_.keep_tries_in(std::move(spare)); }
  void set_idle_lock(std::chrono::minutes idle) { log_in_.set_idle_lock(idle); }
  /// Where new keys are written; before the first request.
  void keep_keys_by(storage::KeepKeys keep) { keep_keys_ = std::move(keep); }

 private:
  [[nodiscard]] runtime::Response addresses();
  [[nodiscard]] runtime::Response set_addresses(const runtime::Request& request);
  [[nodiscard]] runtime::Response calendar();
  [[nodiscard]] runtime::Response online_share(const runtime::Request& request);
  [[nodiscard]] runtime::Response punctuality(const runtime::Request& request);
  [[nodiscard]] runtime::Response set_calendar(const runtime::Request& request);
  [[nodiscard]] runtime::Response codes(const runtime::Request& request);
  [[nodiscard]] runtime::Response give_codes(const runtime::Request& request);
  [[nodiscard]] runtime::Response note_backup(const runtime::Request& request);
  [[nodiscard]] runtime::Response keys();
  [[nodiscard]] runtime::Response request_key(const runtime::Request& request);
  [[nodiscard]] runtime::Response apply_key(const runtime::Request& request);
  [[nodiscard]] runtime::Response forget_keys(const runtime::Request& request);
  [[nodiscard]] runtime::Response status(const runtime::Request& request);
  [[nodiscard]] Result<boost::json::object> desk_json(const runtime::Request& request);
  [[nodiscard]] runtime::Response health();
  [[nodiscard]] runtime::Response devices(const runtime::Request& request);
  [[nodiscard]] runtime::Response device(const runtime::Request& request);
  [[nodiscard]] runtime::Response approve(const runtime::Request& request);
  [[nodiscard]] runtime::Response revoke(const runtime::Request& request);
  [[nodiscard]] runtime::Response metrics();
  [[nodiscard]] runtime::Response units(const runtime::Request& request);
  [[nodiscard]] runtime::Response add_unit(const runtime::Request& request);
  [[nodiscard]] runtime::Response merge_unit(const runtime::Request& request);
  [[nodiscard]] runtime::Response renew_seed(const runtime::Request& request);
  [[nodiscard]] boost::json::object unit_json(const UnitCode& code);
  [[nodiscard]] storage::Also telling_unit(const runtime::Request& request, UnitCode code, runtime::Response& response, audit::Kind kind,
                                           std::string detail = {});
  [[nodiscard]] runtime::Response unit_changed(const Result<void>& done, runtime::Response response);
  [[nodiscard]] runtime::Response add_user(const runtime::Request& request);
  [[nodiscard]] runtime::Response disable_user(const runtime::Request& request);
  [[nodiscard]] runtime::Response reset_user(const runtime::Request& request);
  [[nodiscard]] runtime::Response order_erasure(const runtime::Request& request);
  [[nodiscard]] runtime::Response confirm_erasures(const runtime::Request& request);
  [[nodiscard]] runtime::Response erasures();
  [[nodiscard]] runtime::Response erasure(const runtime::Request& request);
  /// How many orders there are, how many of them are not obeyed everywhere, and how many not after a week.
  [[nodiscard]] Result<boost::json::object> erasures_json();
  [[nodiscard]] runtime::Response retention(const runtime::Request& request);
  [[nodiscard]] runtime::Response export_citizen(const runtime::Request& request);
  [[nodiscard]] runtime::Response erasure_preview(const runtime::Request& request);
  void add_admission_routes(runtime::Router& router);
  /// How much waits for an administrator: `handed_in`, and `fork_sides`.
  [[nodiscard]] Result<boost::json::object> to_admit_json();
  [[nodiscard]] runtime::Response handed_in();
  [[nodiscard]] runtime::Response take_handed_in(const runtime::Request& request);
  [[nodiscard]] runtime::Response look_at_handed_in(const runtime::Request& request);
  [[nodiscard]] runtime::Response admit_handed_in(const runtime::Request& request);
  [[nodiscard]] runtime::Response reject_handed_in(const runtime::Request& request);
  [[nodiscard]] runtime::Response forks();
  [[nodiscard]] runtime::Response look_at_side(const runtime::Request& request);
  [[nodiscard]] runtime::Response admit_side(const runtime::Request& request);
  [[nodiscard]] runtime::Response limits();
  [[nodiscard]] runtime::Response set_limits(const runtime::Request& request);
  using PutAccount = Result<void> (storage::CentreStore::*)(policy::Account account, WallTime now, const storage::Also& also,
                                                            const std::optional<storage::NewActivation>& activation);
  [[nodiscard]] runtime::Response put_account(const runtime::Request& request, const policy::Account& wanted,
                                              const boost::json::object& body, PutAccount put, audit::Kind kind);
  [[nodiscard]] runtime::Response new_ticket(const runtime::Request& request);
  [[nodiscard]] runtime::Response list(const runtime::Request& request);
  [[nodiscard]] runtime::Response deadlines(const runtime::Request& request);
  [[nodiscard]] runtime::Response show(const runtime::Request& request);
  [[nodiscard]] runtime::Response history(const runtime::Request& request);
  [[nodiscard]] runtime::Response why(const runtime::Request& request);
  [[nodiscard]] runtime::Response evidence(const runtime::Request& request);
  using TellHistory = runtime::Response(const Did&, const std::vector<merge::HistoryEntry>&, const runtime::Request&);
  [[nodiscard]] runtime::Response told(const runtime::Request& request, TellHistory tell);
  [[nodiscard]] runtime::Response verify(const runtime::Request& request);

  /// A write is answered once: a repeat of its Idempotency-Key gets the first answer.
  [[nodiscard]] runtime::Response once(const runtime::Request& request, runtime::Response (Api::*write)(const runtime::Request&));
  /// In the transaction of what the request asked for: its answer, remembered under its key.
  void remember(const runtime::Request& request, const runtime::Response& response);
  /// The same where nothing had to be done.
  [[nodiscard]] runtime::Response remembered(const runtime::Request& request, runtime::Response response);
  /// The device as the act leaves it, in the act's transaction; `before` when nothing is left of it.
  [[nodiscard]] boost::json::object device_after(const DeviceHealth& before);
  [[nodiscard]] runtime::Today today();
  /// The one device whose id begins so; of a request, as its `id`.
  [[nodiscard]] Result<DeviceHealth> find_device(std::string digits);
  [[nodiscard]] Result<DeviceHealth> find_device(const runtime::Request& request) { return find_device(request.parameters.at("id")); }
  [[nodiscard]] Result<std::vector<DeviceHealth>> judged();

  storage::CentreStore& store_;
  Hub& hub_;
  const Served& served_;
  std::function<Now()> clock_;
  storage::KeepKeys keep_keys_ = [](const auto&) { return Result<void>(fail(Fault::storage_read_only, "keys are kept nowhere")); };
  DeskSite site_{store_, hub_, clock_};
  desk::Api desk_{site_};
  desk::LogIn log_in_{site_};
};

}  // namespace ward::centre
