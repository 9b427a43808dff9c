#include "desk/api.hpp"

namespace ward::desk {

void Api::add_write(runtime::Router& router, const char* method, std::string_view pattern, Handler handler) {
  router.add(method, pattern,
             [this, handler](const Request& request) { return once(site_.store(), request, [&] { return (this->*handler)(request); }); });
}

void Api::add_writing_routes(runtime::Router& router) {
  add_write(router, "POST", "/v1/dossiers", &Api::create);
  add_write(router, "POST", "/v1/dossiers/{code}/changes", &Api::change);
}

void Api::add_routes(runtime::Router& router) {
  const auto read = [&](std::string_view pattern, Handler handler) {
    router.add("GET", pattern, [this, handler](const Request& request) { return (this->*handler)(request); });
  };
  const auto write = [&](const char* method, std::string_view pattern, Handler handler) { add_write(router, method, pattern, handler); };
  read("/v1/hand-overs", &Api::hand_overs);
  write("POST", "/v1/dossiers/{code}/hand-overs", &Api::offer);
  write("POST", "/v1/dossiers/{code}/hand-overs/{id}/accept", &Api::accept);
  write("POST", "/v1/dossiers/{code}/hand-overs/{id}/decline", &Api::decline);
  write("POST", "/v1/dossiers/{code}/hand-overs/{id}/recall", &Api::recall);
  read("/v1/dossiers/{code}/slip", &Api::slip);
  read("/v1/dossiers/{code}/parts", &Api::linked);
  write("POST", "/v1/dossiers/{code}/parts", &Api::fan_out);
  read("/v1/dossiers/{code}/status", &Api::next_steps);
  write("POST", "/v1/dossiers/{code}/status", &Api::enter_status);
  read("/v1/users", &Api::users);
  read("/v1/audit", &Api::audit);
  router.add("GET", "/v1/policy", [this](const Request& request) { return export_policy(request); }, runtime::For::programs);
  router.add("GET", "/v1/audit/export", [this](const Request& request) { return export_audit(request); });
  router.add("POST", "/v1/audit", [this](const Request& request) { return note_audit(request); }, runtime::For::programs);
  read("/v1/inbox", &Api::inbox);
  read("/v1/inbox/{id}", &Api::item);
  router.add("POST", "/v1/inbox/{id}/preview", [this](const Request& request) { return preview(request); });  // writes nothing
  write("POST", "/v1/inbox/{id}/resolutions", &Api::resolve);
  write("DELETE", "/v1/inbox/{id}/resolutions/{rid}", &Api::undo);
  read("/v1/decisions", &Api::decisions);
  read("/v1/set-aside", &Api::set_aside);
  read("/v1/codes/shared", &Api::shared_codes);
  read("/v1/waiting", &Api::waiting);
  read("/v1/duplicates", &Api::duplicates);
  write("POST", "/v1/dossiers/{code}/links", &Api::link);
}

}  // namespace ward::desk
