#include "runtime/report_json.hpp"

#include "protocol/deadline/moment.hpp"
#include "protocol/schema/dates.hpp"
#include "runtime/dossier_json.hpp"

#include <utility>

namespace ward::runtime {
namespace {

namespace json = boost::json;
using deadline::Day;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  ///< else spreadsheets take UTF-8 for something else

json::value permille_json(std::uint64_t part, std::uint64_t of) {
  const auto share = deadline::permille(part, of);
  return share ? json::value(*share) : json::value(nullptr);
}

std::string date_of(Day day) { return code::date_text(code::Day{day.time_since_epoch()}); }

Result<Day> day_named(const Request& request, std::string_view name, Day otherwise) {
  const auto text = request.query_or(name, "");
  if (text.empty()) return otherwise;
  const auto stored = schema::stored_date(text);
  const auto day = stored ? code::parse_date(*stored) : std::nullopt;
  if (!day) return fail(Fault::invalid, "`" + std::string(name) + "` must be a day as 2026-03-31 or 31/3/2026");
  return Day{day->time_since_epoch()};
}

/// A spreadsheet computes what begins so.
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

std::string cell_of(const json::value& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return json::serialize(value);
  std::string text(value.get_string());
  if (is_formula(text)) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string line_of(const json::object& row) {
  std::string out;
  const char* between = "";
  for (const auto& member : row) out += std::exchange(between, ",") + cell_of(member.value());
  return out + "\r\n";
}

}  // namespace

Result<Days> days_of(const Request& request, Day today) {
  const Day new_year{std::chrono::year_month_day{today}.year() / std::chrono::January / 1};
  Days out;
  WARD_TRY(out.from, day_named(request, "from", new_year));
  WARD_TRY(out.to, day_named(request, "to", today));
  if (out.to < out.from) return fail(Fault::invalid, "`to` must not be before `from`");
  return out;
}

Result<UnitCode> unit_of(const Request& request, const policy::PolicyLog& log) {
  auto unit = request.query_or("unit", "");
  if (!unit.empty() && log.unit(unit) == nullptr) return fail(Fault::not_found, "there is no unit with that code");
  return unit;
}

json::object punctuality_json(const deadline::Punctuality& punctuality, std::uint64_t apologised) {
  const auto& p = punctuality;
  return {{"accepted", p.accepted},     {"early", p.early},
          {"on_time", p.on_time},       {"late", p.late},
          {"open_good", p.open_good},   {"open_late", p.open_late},
          {"not_judged", p.not_judged}, {"asked_twice", p.asked_twice},
          {"apologised", apologised},   {"in_time_permille", permille_json(p.early + p.on_time, p.ended())}};
}

json::object share_json(const deadline::OnlineShare& share, std::string_view level) {
  const auto offered = deadline::OnlineShare::services_offered(level), used = share.services_used(level);
  const auto points = deadline::points_permille(share.online(), share.accepted());
  return {{"accepted", share.accepted()},
          {"online", share.online()},
          {"online_permille", permille_json(share.online(), share.accepted())},
          {"points_permille", points ? json::value(*points) : json::value(nullptr)},
          {"online_finished", share.online_finished()},
          {"online_with_result", share.online_with_result()},
          {"services_offered", offered},
          {"services_used", used},
          {"services_permille", permille_json(used, offered)}};
}

json::object unit_head(std::string_view code, const policy::PolicyLog& log) {
  const auto* unit = log.unit(code);
  return {{"unit", code}, {"name_vi", unit == nullptr ? "" : unit->name_vi}, {"name_en", unit == nullptr ? "" : unit->name_en}};
}

std::string_view level_of(std::string_view code, const policy::PolicyLog& log) {
  const auto* unit = log.unit(code);
  if (unit == nullptr) return {};
  return unit->kind == "ward" || unit->kind == "commune" ? "ward" : "city";
}

Response report_response(const Request& request, const Days& days, json::array units, json::object total, std::string_view name) {
  const json::value report =
      json::object{{"from", date_of(days.from)}, {"to", date_of(days.to)}, {"units", std::move(units)}, {"total", std::move(total)}};
  const auto form = request.query_or("form", "json");
  if (form == "json") return respond(report);
  if (form != "csv") return respond(fail(Fault::invalid, "`form` must be json or csv"));
  Response out;
  out.body = std::string(byte_order_mark) + report_csv(report);
  out.content_type = "text/csv; charset=utf-8";
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"" + std::string(name) + "_" + date_of(days.from) + "_" + date_of(days.to) + ".csv\"");
  return out;
}

std::string report_csv(const json::value& report) {
  const auto& total = report.at("total").as_object();
  std::string out;
  for (const auto& member : total) out += (out.empty() ? "" : ",") + std::string(member.key());
  out += "\r\n";
  for (const auto& unit : report.at("units").as_array()) out += line_of(unit.as_object());
  return out + line_of(total);
}

}  // namespace ward::runtime
