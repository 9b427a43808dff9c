#include "centre/api.hpp"
#include "desk/audit.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// The city's keys: which are in force, new ones, and what the root key signed (docs/adr/0013).
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;
using storage::KeyKind;

constexpr std::pair<KeyKind, const char*> kinds[] = {
    {KeyKind::operations, "operations"}, {KeyKind::receipt, "receipt"}, {KeyKind::noise, "noise"}, {KeyKind::root, "root"}};

const char* name_of(const policy::Body& body) {
  const auto* delegation = std::get_if<policy::Delegation>(&body);
  if (delegation == nullptr) return "root";
  return delegation->operations ? "operations" : delegation->receipt ? "receipt" : "noise";
}

Result<KeyKind> kind_of(const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  WARD_TRY(const auto wanted, runtime::text_member(body, "what", {}));
  for (const auto& [kind, name] : kinds)
    if (wanted == name) return kind;
  return fail(Fault::invalid, "`what` must be operations, receipt, noise or root");
}

Result<policy::Entry> signed_entry(const Request& request, const OrgId& org) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  WARD_TRY(const auto text, runtime::text_member(body, "signed", {}));
  return policy::decode_signed(text, org);
}

}  // namespace

Response Api::keys() {
  const auto& policy = store_.store().policy;
  const auto request = store_.key_request();
  if (request.has_error()) return respond(request.error());
  std::size_t earlier = store_.engine_identity().earlier_noise.size();
  json::value waits;
  if (*request)
    waits = json::object{
        {"what", name_of((*request)->entry.body)}, {"made_at", runtime::time_text((*request)->made)}, {"void", (*request)->is_void}};
  return respond(json::object{{"first_root", hex(policy.genesis().root.view())},
                              {"root", hex(policy.root().view())},
                              {"operations", hex(policy.operations().view())},
                              {"operations_here", store_.keys().operations.has_value()},
                              {"receipt", hex(policy.receipt_key().view())},
                              {"noise", hex(policy.centre_noise().view())},
                              {"earlier_noise", earlier},
                              {"request", std::move(waits)}});
}

Response Api::request_key(const Request& request) {
  const auto kind = kind_of(request);
  if (kind.has_error()) return respond(kind.error());
  const auto made = store_.request_key(*kind, clock_().wall, keep_keys_, [&] {
    desk::note(site_, audit::Kind::key_requested, request,
               std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& one) { return one.first == *kind; })->second);
  });
  if (made.has_error()) return respond(made.error());
  return respond(
      json::object{{"what", name_of(made->entry.body)}, {"epoch", made->entry.epoch}, {"request", policy::encode_request(*made)}}, 201);
}

Response Api::apply_key(const Request& request) {
  const auto entry = signed_entry(request, store_.store().org);
  if (entry.has_error()) return respond(entry.error());
  const auto applied = store_.apply_signed(*entry, clock_().wall, keep_keys_, [&] {
    const bool root = std::holds_alternative<policy::RootRotation>(entry->body);
    desk::note(site_, root ? audit::Kind::root_rotated : audit::Kind::key_applied, request, name_of(entry->body),
               "policy entry " + std::to_string(entry->epoch));
  });
  if (applied.has_error()) return respond(applied.error());
  hub_.policy_changed();
  return keys();
}

Response Api::forget_keys(const Request& request) {
  const auto forgotten = store_.forget_noise(keep_keys_, [&] { desk::note(site_, audit::Kind::key_forgotten, request, "noise"); });
  if (forgotten.has_error()) return respond(forgotten.error());
  return respond(json::object{{"forgotten", *forgotten}});
}

}  // namespace ward::centre
