#include "agent/api.hpp"

#include "runtime/dossier_json.hpp"

#include "runtime/causes.hpp"
#include "runtime/openapi.hpp"
#include "runtime/tables.hpp"

namespace ward::embedded {
extern const std::string_view ward_openapi;
}  // namespace ward::embedded

namespace ward::agent {

void Api::add_routes(runtime::Router& router) {
  router.after_each([this] {
    ward_.fetch_what_was_missed();
    ward_.keep_audit_end();
  });
  const auto plain = [&](const char* method, std::string_view pattern, Response (Api::*handler)()) {
    router.add(method, pattern, [this, handler](const Request&) { return (this->*handler)(); }, runtime::For::callers);
  };
  const auto read = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("GET", pattern, [this, handler](const Request& request) { return (this->*handler)(request); });
  };
  const auto write = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("POST", pattern, [this, handler](const Request& request) {
      return desk::once(ward_.store.store(), request, [&] { return (this->*handler)(request); });
    });
  };
  log_in_.add_routes(router);
  router.add("GET", "/v1/status", [this](const Request& request) { return status(request); }, runtime::For::callers);
  plain("GET", "/v1/health", &Api::health);
  plain("GET", "/metrics", &Api::metrics);
  plain("GET", "/v1/receipt", &Api::receipt);
  plain("GET", "/v1/contradiction", &Api::contradiction);
  plain("GET", "/v1/codes", &Api::codes);
  router.add("POST", "/v1/verification", [this](const Request& request) { return verify(request); }, runtime::For::callers);
  router.add("POST", "/v1/sync", [this](const Request& request) { return sync(request); }, runtime::For::callers);
  router.add("POST", "/v1/policy", [this](const Request& request) { return import_policy(request); }, runtime::For::programs);
  read("/v1/outbox", &Api::outbox);
  router.add("GET", "/v1/outbox/sealed", [this](const Request& request) { return hand_in(request); }, runtime::For::programs);
  router.add("GET", "/v1/units", [this](const Request& request) { return units(request); }, runtime::For::callers);
  read("/v1/dossiers", &Api::list);
  read("/v1/deadlines", &Api::deadlines);
  plain("GET", "/v1/calendar", &Api::calendar);
  read("/v1/reports/online-share", &Api::online_share);
  read("/v1/reports/deadlines", &Api::punctuality);
  read("/v1/dossiers/similar", &Api::similar);  // before {code}: no code is that word
  read("/v1/dossiers/{code}", &Api::show);
  read("/v1/dossiers/{code}/history", &Api::history);
  read("/v1/dossiers/{code}/why", &Api::why);
  read("/v1/dossiers/{code}/evidence", &Api::evidence);
  write("/v1/dossiers", &Api::create);
  write("/v1/dossiers/{code}/changes", &Api::change);
  write("/v1/dossiers/{code}/codes", &Api::add_code);
  router.add("POST", "/v1/filling", [this](const Request& request) { return filling(request); });
  write("/v1/imports", &Api::import_lines);
  write("/v1/edits", &Api::apply_lines);
  desk_.add_routes(router);
  runtime::add_table_routes(router);
  runtime::add_causes_route(router);
  runtime::add_openapi_route(router, embedded::ward_openapi);
}

Result<storage::Author> WardSite::author() {
  const auto& own = ward_.store.membership();
  return storage::Author{own.device, own.unit, now().wall};
}

Result<std::vector<storage::Saved>> WardSite::save(const std::vector<storage::NewChange>& changes, Now now, const storage::AlsoSave& also) {
  auto saved = ward_.store.save(changes, now, also);
  if (saved.has_value())
    ward_.saved(*saved);
  else if (reaction_to(saved.error().fault) == Reaction::stop)
    ward_.fail_with(saved.error());
  return saved;
}

std::optional<runtime::Trouble> WardSite::shut() {
  const auto lease = ward_.store.lease(now());
  if (lease.has_error()) return runtime::trouble_of(lease.error());
  if (!lease->over) return std::nullopt;
  return runtime::Trouble{"lease",
                          runtime::ExitCode::refused,
                          403,
                          "This PC has not heard the centre for " + std::to_string(lease->days) + " days, so it shows no dossiers.",
                          "Nothing is lost: what was saved here stays, and goes to the centre with the next contact.",
                          "Connect this PC to the centre; it opens again by itself. If it cannot be connected, call the centre.",
                          {{"last_contact_at", runtime::time_text(lease->contact)}, {"days", lease->days}}};
}

/// A revoked device hears of it as a refusal only; the policy entry does not reach it any more.
bool WardSite::is_shut_out() {
  const auto* standing = ward_.store.store().policy.device(ward_.store.membership().device);
  return standing != nullptr && (standing->revoked || ward_.link.state == LinkState::revoked);
}

Result<audit::Export> WardSite::export_audit(std::uint64_t from) {
  auto& ward = ward_.store;
  return storage::export_audit(ward.store(), from, ward.membership().device, ward.keys().device.sign, now().wall);
}

}  // namespace ward::agent
