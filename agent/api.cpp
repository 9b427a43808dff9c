#include "agent/api.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"
#include "runtime/causes.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"
#include "runtime/openapi.hpp"
#include "runtime/repeats.hpp"
#include "runtime/tables.hpp"

namespace ward::embedded {
extern const std::string_view ward_openapi;
}  // namespace ward::embedded

namespace ward::agent {

using runtime::respond;

void Api::add_routes(runtime::Router& router) {
  const auto plain = [&](const char* method, std::string_view pattern, Response (Api::*handler)()) {
    router.add(method, pattern, [this, handler](const Request&) { return (this->*handler)(); });
  };
  const auto read = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("GET", pattern, [this, handler](const Request& request) { return (this->*handler)(request); });
  };
  const auto write = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("POST", pattern, [this, handler](const Request& request) { return once(request, handler); });
  };
  plain("GET", "/v1/status", &Api::status);
  plain("GET", "/v1/health", &Api::health);
  plain("GET", "/metrics", &Api::metrics);
  plain("GET", "/v1/receipt", &Api::receipt);
  plain("GET", "/v1/codes", &Api::codes);
  plain("POST", "/v1/verification", &Api::verify);
  router.add("POST", "/v1/sync", [this](const Request& request) { return sync(request); });
  read("/v1/outbox", &Api::outbox);
  read("/v1/units", &Api::units);
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
  read("/v1/inbox", &Api::inbox);
  read("/v1/inbox/{id}", &Api::conflict);
  read("/v1/decisions", &Api::decisions);
  router.add("DELETE", "/v1/inbox/{id}/resolutions/{rid}", [this](const Request& request) { return once(request, &Api::undo); });
  write("/v1/dossiers", &Api::create);
  write("/v1/dossiers/{code}/changes", &Api::change);
  write("/v1/inbox/{id}/resolutions", &Api::resolve);
  router.add("POST", "/v1/filling", [this](const Request& request) { return filling(request); });
  write("/v1/imports", &Api::import_lines);
  write("/v1/edits", &Api::apply_lines);
  runtime::add_table_routes(router);
  runtime::add_causes_route(router);
  runtime::add_openapi_route(router, embedded::ward_openapi);
}

runtime::Response Api::once(const Request& request, Response (Api::*write)(const Request&)) {
  if (request.idempotency_key.empty()) return (this->*write)(request);
  const auto named = runtime::name_of_request(request);
  if (named.has_error()) return refuse(named.error());
  auto before = storage::answered_before(ward_.store.store(), request.idempotency_key, *named);
  if (before.has_error()) return refuse(before.error());
  if (*before) return runtime::decode_answer(**before);
  return (this->*write)(request);
}

Result<runtime::Response> Api::save(const Request& request, const std::vector<storage::NewChange>& changes, const Answer& answer) {
  const auto now = runtime::read_clock();
  if (changes.empty()) return answer({});  // a repeat finds nothing to save either
  Response response;
  const auto remember = [&](const std::vector<storage::Saved>& saved) {
    response = answer(saved);
    if (request.idempotency_key.empty()) return;
    storage::put_answer(ward_.store.store(), request.idempotency_key, *runtime::name_of_request(request), runtime::encode_answer(response),
                        now.wall);
  };
  const auto saved = ward_.store.save(changes, now, remember);
  if (saved.has_error()) {
    if (reaction_to(saved.error().fault) == Reaction::stop) ward_.fail_with(saved.error());
    return saved.error();
  }
  ward_.saved(*saved);
  return response;
}

Result<std::string> user_of(const runtime::Request& request) {
  return text::to_line("`by`", request.query_or("by", request.account), limits::name_bytes_max);
}

runtime::Response refuse(const Error& error) {
  if (reaction_to(error.fault) == Reaction::stop) runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(error)});
  return respond(error);
}

}  // namespace ward::agent
