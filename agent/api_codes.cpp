#include "agent/api.hpp"
#include "desk/edits.hpp"

#include "runtime/causes.hpp"
#include "runtime/clock.hpp"
#include "runtime/json_input.hpp"
#include "storage/shared_codes.hpp"

/// Which codes this PC may give to new dossiers.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

std::string date_or_empty(const std::optional<code::Day>& day) { return day ? code::date_text(*day) : std::string(); }

}  // namespace

json::object codes_json(const storage::CodesStanding& codes, std::uint64_t shared) {
  const bool official = codes.why == storage::NoOfficialCode::none;
  return {{"official", official},
          {"why", official ? json::value() : json::value(storage::name_of(codes.why))},
          {"identification", codes.identification},
          {"left_today", codes.left_today},
          {"given_today", codes.given_today},
          {"until", date_or_empty(codes.until)},
          {"provisional", codes.provisional},
          {"shared", shared}};
}

runtime::Response Api::codes() {
  const auto found = ward_.store.codes(runtime::read_clock());
  if (found.has_error()) return refuse(found.error());
  const auto shared = storage::shared_codes(ward_.store.store());
  if (shared.has_error()) return refuse(shared.error());
  auto out = codes_json(*found, shared->size());
  out["today"] = code::date_text(found->today);
  json::array blocks;
  for (const auto& block : found->blocks)
    blocks.push_back(json::object{
        {"first", block.first}, {"last", block.last}, {"from", code::date_text(block.from)}, {"to", code::date_text(block.to)}});
  out["blocks"] = std::move(blocks);
  if (found->why != storage::NoOfficialCode::none)
    runtime::add_cause(out, runtime::cause_of("codes_" + std::string(storage::name_of(found->why))));
  return respond(out);
}

/// A person's act: two dossiers have one code, and this one is to be told apart.
runtime::Response Api::add_code(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  auto why = runtime::text_member(*body, "why", {});
  if (why.has_error()) return refuse(why.error());
  if (why->empty()) return refuse(fail(Fault::invalid, "say `why` it needs another code"));
  const auto did = storage::find_dossier(ward_.store.store(), request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  storage::NewChange wanted{{}, *did};
  wanted.change.user = *std::move(user);
  wanted.change.reason = *std::move(why);
  wanted.another_code = true;
  const auto saved = save(request, {std::move(wanted)}, [](const auto& all) {
    auto out = desk::saved_json(all.front());
    out["code"] = all.front().code;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::agent
