#include "agent/api.hpp"

#include "runtime/causes.hpp"
#include "runtime/clock.hpp"

/// Which codes this PC may give to new dossiers.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

std::string date_or_empty(const std::optional<code::Day>& day) { return day ? code::date_text(*day) : std::string(); }

}  // namespace

json::object codes_json(const storage::CodesStanding& codes) {
  const bool official = codes.why == storage::NoOfficialCode::none;
  return {{"official", official},
          {"why", official ? json::value() : json::value(storage::name_of(codes.why))},
          {"identification", codes.identification},
          {"left_today", codes.left_today},
          {"given_today", codes.given_today},
          {"until", date_or_empty(codes.until)},
          {"provisional", codes.provisional}};
}

runtime::Response Api::codes() {
  const auto found = ward_.store.codes(runtime::read_clock());
  if (found.has_error()) return refuse(found.error());
  auto out = codes_json(*found);
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

}  // namespace ward::agent
