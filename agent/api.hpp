#pragma once

#include "agent/ward.hpp"
#include "protocol/course/filling.hpp"
#include "desk/api.hpp"
#include "desk/log_in.hpp"
#include "runtime/clock.hpp"
#include "runtime/deadline_json.hpp"
#include "runtime/http.hpp"
#include "storage/hand_overs.hpp"
#include "storage/inbox.hpp"

#include <boost/json.hpp>

/// The ward's local API under /v1 (interfaces.md). Handlers decide nothing about merging: they turn requests into changes, and states into
/// JSON.
namespace ward::agent {

/// What officials write at this PC goes into its outbox.
class WardSite : public desk::Site {
 public:
  WardSite(Ward& ward, const std::function<Now()>& clock) : ward_(ward), clock_(clock) {}
  [[nodiscard]] storage::Store& store() override { return ward_.store.store(); }
  [[nodiscard]] Now now() override { return clock_(); }
  [[nodiscard]] Result<storage::Author> author() override;
  [[nodiscard]] Result<std::vector<storage::Saved>> save(const std::vector<storage::NewChange>& changes, Now now,
                                                         const storage::AlsoSave& also) override;
  [[nodiscard]] std::optional<runtime::Trouble> shut() override;
  [[nodiscard]] bool is_shut_out() override;
  [[nodiscard]] bool believes(Now now) override { return ward_.store.believes(now); }
  [[nodiscard]] Result<audit::Export> export_audit(std::uint64_t from) override;

 private:
  Ward& ward_;
  const std::function<Now()>& clock_;
};

class Api {
 public:
  /// `ward` outlives the API, and the router its handlers' last call. `clock`: what deadlines are judged by.
  explicit Api(Ward& ward, std::function<Now()> clock = runtime::read_clock) : ward_(ward), clock_(std::move(clock)) {}
  void add_routes(runtime::Router& router);
  [[nodiscard]] desk::Site& site() noexcept { return site_; }
  void keep_tries_in(storage::SpareTries spare) { log_in_.keep_tries_in(std::move(spare)); }
  void set_idle_lock(std::chrono::minutes idle) { log_in_.set_idle_lock(idle); }

 private:
  using Request = runtime::Request;
  using Response = runtime::Response;
  using TellHistory = Response(const Did&, const std::vector<merge::HistoryEntry>&, const Request&);
  using Answer = std::function<Response(const std::vector<storage::Saved>&)>;

  // the PC itself
  [[nodiscard]] Response status(const Request& request);
  [[nodiscard]] Response health();
  [[nodiscard]] Response metrics();
  [[nodiscard]] Response receipt();
  [[nodiscard]] Response contradiction();
  [[nodiscard]] Response units(const Request& request);
  [[nodiscard]] Response codes();
  [[nodiscard]] Response add_code(const Request& request);
  [[nodiscard]] Response outbox(const Request& request);
  [[nodiscard]] Response hand_in(const Request& request);
  [[nodiscard]] Response sync(const Request& request);
  [[nodiscard]] Response import_policy(const Request& request);
  [[nodiscard]] Response verify(const Request& request);

  // dossiers
  [[nodiscard]] Response list(const Request& request);
  [[nodiscard]] Response deadlines(const Request& request);
  [[nodiscard]] Response calendar();
  [[nodiscard]] Response online_share(const Request& request);
  [[nodiscard]] Response punctuality(const Request& request);
  [[nodiscard]] Response similar(const Request& request);
  [[nodiscard]] Response show(const Request& request);
  [[nodiscard]] Response history(const Request& request);
  [[nodiscard]] Response why(const Request& request);
  [[nodiscard]] Response evidence(const Request& request);
  [[nodiscard]] Response create(const Request& request);
  [[nodiscard]] Response change(const Request& request);

  /// What would be filled in, so that a person sees it first.
  [[nodiscard]] Response filling(const Request& request);
  [[nodiscard]] Result<course::Filling> filling_for(const std::optional<Did>& did, const record::Change& change);
  /// Adds it to a change, unless the request says `fill=false`; how it is told.
  [[nodiscard]] Result<boost::json::object> fill(const Request& request, const std::optional<Did>& did, record::Change& change);

  // many at once
  [[nodiscard]] Response import_lines(const Request& request);
  [[nodiscard]] Response apply_lines(const Request& request);

  [[nodiscard]] Response told(const Request& request, TellHistory tell);

  /// As `desk::save`.
  [[nodiscard]] Result<Response> save(const Request& request, const std::vector<storage::NewChange>& changes, const Answer& answer) {
    return desk::save(site_, request, changes, answer);
  }

  [[nodiscard]] runtime::Today today();

  Ward& ward_;
  std::function<Now()> clock_;
  WardSite site_{ward_, clock_};
  desk::Api desk_{site_};
  desk::LogIn log_in_{site_};
};

/// The facts of `status`, for the API and for metrics.
struct Standing {
  sync::Report report;
  storage::WardStore::Progress progress;
  storage::Exposure exposure;
  storage::CodesStanding codes;
  storage::HandOverCounts hand_overs;
  storage::InboxCounts inbox;
  storage::WardStore::Lease lease;
  std::uint64_t shared_codes = 0;
  std::uint64_t disk_free_bytes = 0;
};
[[nodiscard]] Result<Standing> standing_of(Ward& ward);

// How things look to programs.
[[nodiscard]] boost::json::object status_json(Ward& ward, const Standing& standing, bool shut_out);
[[nodiscard]] boost::json::object codes_json(const storage::CodesStanding& codes, std::uint64_t shared);
[[nodiscard]] boost::json::object receipt_json(const sync::Receipted& receipted);
/// A dossier that no receipt covers: why not, and what a person can do. `now` by this PC's clock.
[[nodiscard]] boost::json::object outbox_json(const storage::WaitingDossier& dossier, const LinkStanding& link, bool over_quota,
                                              WallTime now);

/// What was filled in: `set` and `append` as a change has them, and whether the calendar was `certain`.
[[nodiscard]] boost::json::object filling_json(const course::Filling& filling);

using desk::refuse;
using desk::user_of;

}  // namespace ward::agent
