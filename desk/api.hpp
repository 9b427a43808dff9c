#pragma once

#include "desk/acts.hpp"

/// The calls about dossiers that both programs answer. Handlers decide nothing about merging: they turn requests into changes, and states
/// into JSON.
namespace ward::desk {

class Api {
 public:
  /// `site` outlives the API, and the router its handlers' last call.
  explicit Api(Site& site) : site_(site) {}
  void add_routes(runtime::Router& router);
  /// New dossiers and changes, where the program has no calls of its own for them.
  void add_writing_routes(runtime::Router& router);
  /// What waits, as both programs' status tells it: `to_decide` {`mine`, `others`} for whoever asks, and how much was `set_aside`.
  [[nodiscard]] Result<boost::json::object> counts(const runtime::Request& request);

 private:
  using Request = runtime::Request;
  using Response = runtime::Response;

  // dossiers
  [[nodiscard]] Response create(const Request& request);
  [[nodiscard]] Response change(const Request& request);

  // hand-overs
  [[nodiscard]] Response hand_overs(const Request& request);
  [[nodiscard]] Response offer(const Request& request);
  [[nodiscard]] Response accept(const Request& request);
  [[nodiscard]] Response decline(const Request& request);
  [[nodiscard]] Response recall(const Request& request);
  [[nodiscard]] Response slip(const Request& request);

  // several authorities
  [[nodiscard]] Response linked(const Request& request);
  [[nodiscard]] Response fan_out(const Request& request);

  // the status
  [[nodiscard]] Response next_steps(const Request& request);
  [[nodiscard]] Response enter_status(const Request& request);

  [[nodiscard]] Response users(const Request& request);

  [[nodiscard]] Response export_policy(const Request& request);

  // what was done here
  [[nodiscard]] Response audit(const Request& request);
  [[nodiscard]] Response export_audit(const Request& request);
  [[nodiscard]] Response note_audit(const Request& request);

  // what a person must decide
  [[nodiscard]] Response inbox(const Request& request);
  [[nodiscard]] Response item(const Request& request);
  [[nodiscard]] Response preview(const Request& request);
  [[nodiscard]] Response resolve(const Request& request);
  [[nodiscard]] Response decisions(const Request& request);
  [[nodiscard]] Response undo(const Request& request);
  [[nodiscard]] Response set_aside(const Request& request);

  // one matter lodged twice
  [[nodiscard]] Response shared_codes(const Request& request);
  [[nodiscard]] Response waiting(const Request& request);
  [[nodiscard]] Response duplicates(const Request& request);
  [[nodiscard]] Response link(const Request& request);

  using Handler = Response (Api::*)(const Request&);
  void add_write(runtime::Router& router, const char* method, std::string_view pattern, Handler handler);

  Site& site_;
};

}  // namespace ward::desk
