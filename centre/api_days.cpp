#include "centre/api.hpp"
#include "centre/calendar_table.hpp"
#include "centre/json.hpp"
#include "desk/audit.hpp"
#include "runtime/calendar_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/clock.hpp"

#include <algorithm>
#include <map>

/// Where wards call, and how well the data is kept elsewhere.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

Result<std::vector<std::string>> wanted_addresses(const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  const auto* list = body.if_contains("addresses");
  if (list == nullptr || !list->is_array() || list->get_array().empty() || list->get_array().size() > policy::addresses_max)
    return fail(Fault::invalid,
                "`addresses` must be a list of 1 to " + std::to_string(policy::addresses_max) + " addresses, the best first");
  std::vector<std::string> out;
  for (const auto& one : list->get_array()) {
    std::string text = one.is_string() ? std::string(one.get_string()) : std::string();
    if (!policy::is_address(text) || runtime::parse_host_port(text).has_error())
      return fail(Fault::invalid, "each address must be host:port, as wards reach the centre");
    if (std::find(out.begin(), out.end(), text) != out.end()) return fail(Fault::invalid, "an address stands there twice");
    out.push_back(std::move(text));
  }
  return out;
}

template <class F>
Result<F> id_member(const json::object& body, std::string_view name) {
  WARD_TRY(const auto text, runtime::text_member(body, name, {}));
  const auto bytes = unhex(text);
  if (bytes.size() != F::size) return fail(Fault::invalid, "`" + std::string(name) + "` must be hexadecimal digits");
  return fixed_from<F>(bytes);
}

/// Each year that it names has these days already.
bool is_in_force(const policy::PolicyLog& log, const policy::Calendar& wanted) {
  std::map<std::chrono::year, std::vector<policy::Calendar::Exception>> by_year;
  for (const auto& one : wanted.exceptions) by_year[std::chrono::year_month_day{one.day}.year()].push_back(one);
  return std::all_of(by_year.begin(), by_year.end(), [&](const auto& named) {
    const auto held = log.calendar().find(named.first);
    return held != log.calendar().end() && held->second.exceptions == named.second;
  });
}

struct NewBackup {
  storage::BackupFacts facts;
  WallTime at;
  bool elsewhere = false;
};
Result<NewBackup> wanted_backup(const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  NewBackup out;
  WARD_TRY(out.facts.centre, id_member<Incarnation>(body, "centre"));
  WARD_TRY(out.facts.root, id_member<Hash>(body, "root"));
  WARD_TRY(const auto size, runtime::number_member(body, "size", -1));
  WARD_TRY(out.at.ms, runtime::number_member(body, "at_ms", -1));
  WARD_TRY(out.elsewhere, runtime::truth_member(body, "elsewhere", false));
  if (size < 0 || out.at.ms < 0) return fail(Fault::invalid, "`size` and `at_ms` must be given");
  if (out.at.ms > runtime::read_clock().wall.ms + 86'400'000) return fail(Fault::invalid, "`at_ms` lies in the future");
  out.facts.size = static_cast<std::uint64_t>(size);
  return out;
}

}  // namespace

Response Api::addresses() {
  const auto& list = store_.store().policy.addresses();
  return respond(json::object{{"addresses", json::array(list.begin(), list.end())}});
}

Response Api::set_addresses(const Request& request) {
  auto wanted = wanted_addresses(request);
  if (wanted.has_error()) return respond(wanted.error());
  if (*wanted == store_.store().policy.addresses()) return remembered(request, addresses());
  Response response;
  const auto set = store_.set_addresses(*std::move(wanted), runtime::read_clock().wall, [&] {
    response = addresses();
    std::string all;
    for (const auto& address : store_.store().policy.addresses()) all += (all.empty() ? "" : " ") + address;
    desk::note(site_, audit::Kind::addresses_set, request, {}, all);
    remember(request, response);
  });
  if (set.has_error()) return respond(set.error());
  hub_.policy_changed();
  return response;
}

Response Api::calendar() { return respond(runtime::calendar_json(store_.store().policy, deadline::day_of(today().now))); }

Response Api::set_calendar(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto csv = runtime::text_member(*body, "csv", {});
  if (csv.has_error()) return respond(csv.error());
  auto wanted = read_calendar_table(*csv, deadline::day_of(today().now));
  if (wanted.has_error()) return respond(wanted.error());
  if (is_in_force(store_.store().policy, *wanted)) return remembered(request, calendar());
  Response response;
  const auto set = store_.set_calendar(*std::move(wanted), clock_().wall, [&] {
    response = calendar();
    desk::note(site_, audit::Kind::calendar_set, request);
    remember(request, response);
  });
  if (set.has_error()) return respond(set.error());
  hub_.policy_changed();
  hub_.events.add("calendar", {});
  return response;
}

Response Api::note_backup(const Request& request) {
  const auto made = wanted_backup(request);
  if (made.has_error()) return respond(made.error());
  Response response;
  const auto noted = store_.note_backup(made->facts, made->at, made->elsewhere, [&] {
    response = respond(json_of(store_.keeping_in_transaction(), store_.log_view({}).size));
    desk::note(site_, audit::Kind::backup_noted, request, std::to_string(made->facts.size) + " segments",
               made->elsewhere ? "on another machine or medium" : "");
    remember(request, response);
  });
  return noted.has_error() ? respond(noted.error()) : response;
}

}  // namespace ward::centre
