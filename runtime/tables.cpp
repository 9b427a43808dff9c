#include "runtime/tables.hpp"

#include "protocol/schema/schema.hpp"

#include <boost/json.hpp>

namespace ward::runtime {
namespace {

namespace json = boost::json;

json::object json_of_field(const schema::Field& field) {
  json::object out{
      {"name", field.name}, {"parent", field.parent}, {"type", schema::name_of(field.type)}, {"required", field.required},
      {"vi", field.vi},     {"en", field.en},         {"personal", field.personal},          {"policy", schema::name_of(field.policy)},
      {"key", field.key}};
  if (field.type != schema::Type::enumeration) return out;
  json::array codes;
  for (const auto& choice : schema::choices(field))
    codes.push_back(json::object{{"code", choice.code}, {"words", json::array(choice.words.begin(), choice.words.end())}});
  out["codes"] = std::move(codes);
  return out;
}

Response schema_response(const Request& request) {
  json::array fields;
  for (const auto& field : schema::fields()) fields.push_back(json_of_field(field));
  return respond_unless_held(json::object{{"version", 1}, {"fields", std::move(fields)}}, request);
}

Response statuses_response(const Request& request) {
  json::array statuses, transitions;
  for (const auto& status : schema::statuses())
    statuses.push_back(json::object{{"code", status.code}, {"vi", status.vi}, {"en", status.en}, {"terminal", status.terminal}});
  for (const auto& step : schema::transitions())
    transitions.push_back(json::object{{"from", step.from}, {"to", step.to}, {"priority", step.priority}});
  return respond_unless_held(json::object{{"statuses", std::move(statuses)}, {"transitions", std::move(transitions)}}, request);
}

Response procedures_response(const Request& request) {
  json::array out;
  for (const auto& one : schema::procedures())
    out.push_back(json::object{{"code", one.code},
                               {"name", one.name},
                               {"field", one.field},
                               {"level", one.level},
                               {"handler", one.handler},
                               {"time", one.time_value},
                               {"time_unit", one.time_unit},
                               {"working_days", one.working_days},
                               {"same_day", one.same_day},
                               {"fee_vnd", one.fee_vnd}});
  return respond_unless_held(json::object{{"procedures", std::move(out)}}, request);
}

}  // namespace

void add_table_routes(Router& router) {
  router.add("GET", "/v1/schema", schema_response, For::callers);
  router.add("GET", "/v1/statuses", statuses_response, For::callers);
  router.add("GET", "/v1/procedures", procedures_response, For::callers);
}

json::object json_of(const policy::Unit& unit, const UnitCode* heir) {
  json::object out{{"code", unit.code},       {"name_vi", unit.name_vi}, {"name_en", unit.name_en},
                   {"kind", unit.kind},       {"parent", unit.parent},   {"identification_code", unit.identification},
                   {"epoch", unit.unit_epoch}};
  if (heir != nullptr) out["heir"] = *heir;
  return out;
}

}  // namespace ward::runtime
