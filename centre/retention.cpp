#include "centre/retention.hpp"

#include "protocol/base/error.hpp"
#include "protocol/schema/csv.hpp"
#include "protocol/schema/schema.hpp"

#include <algorithm>
#include <vector>

namespace ward::embedded {
extern const std::string_view centre_retention;
}  // namespace ward::embedded

namespace ward::centre {
namespace {

std::vector<RetentionRule> read_rules() {
  const auto rows = schema::read_csv(embedded::centre_retention, "procedure,field,years,source,certainty");
  WARD_ASSERT(rows.has_value());
  std::vector<RetentionRule> out;
  for (const auto& row : *rows)
    out.push_back({row[0], row[1], row[2].empty() ? std::nullopt : std::optional(std::stoi(row[2])), row[3], row[4]});
  return out;
}

}  // namespace

const RetentionRule* retention_of(std::string_view procedure) {
  static const auto rules = read_rules();
  const auto* known = schema::find_procedure(procedure);
  const auto by_procedure = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.procedure == procedure; });
  if (!procedure.empty() && by_procedure != rules.end()) return &*by_procedure;
  const auto by_field = std::find_if(
      rules.begin(), rules.end(), [&](const auto& rule) { return known != nullptr && !rule.field.empty() && rule.field == known->field; });
  return by_field == rules.end() ? nullptr : &*by_field;
}

deadline::Day kept_until(deadline::Day finished, int years) {
  using namespace std::chrono;
  auto date = year_month_day{finished} + std::chrono::years(years);
  if (!date.ok()) date = date.year() / date.month() / last;
  return deadline::Day(date) + days(1);
}

}  // namespace ward::centre
