#include "centre/unit_table.hpp"

#include "centre/csv_table.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ward::centre {
namespace {

constexpr std::size_t title_bytes_max = limits::key_bytes_max;  ///< of a name, in the policy log

constexpr std::string_view unit_columns[] = {"code", "name_vi", "name_en", "kind", "parent"};

Error wrong(std::size_t line, const std::string& what) { return wrong_line("unit table", line, what); }

bool is_unit_code(std::string_view code) {
  const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return !code.empty() && code.size() <= limits::name_bytes_max && std::all_of(code.begin(), code.end(), good);
}

bool looks_like_date(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  const auto fits = [](char c, char s) { return s == '0' ? c >= '0' && c <= '9' : c == s; };
  return text.size() == shape.size() && std::equal(text.begin(), text.end(), shape.begin(), fits);
}

Result<policy::Unit> unit_of(const CsvRow& row) {
  const auto cell = [&](std::string_view name) { return row.cell(name); };
  const auto text = [&](const char* column, std::size_t bytes_max) -> Result<std::string> {
    auto out = text::to_line(column, cell(column), bytes_max);
    if (out.has_error()) return wrong(row.line, out.error().detail);
    return out;
  };
  policy::Unit unit;
  unit.code = cell("code");
  unit.parent = cell("parent");
  if (!is_unit_code(unit.code)) return wrong(row.line, "a unit's code is 1 to 64 of A-Z, 0-9 and -");
  WARD_TRY(unit.name_vi, text("name_vi", title_bytes_max));
  WARD_TRY(unit.name_en, text("name_en", title_bytes_max));
  WARD_TRY(unit.kind, text("kind", limits::name_bytes_max));
  if (!cell("identification_code").empty()) {
    WARD_TRY(unit.identification, text("identification_code", limits::name_bytes_max));
  }
  for (const auto* column : {"valid_from", "valid_to"})
    if (const auto date = cell(column); !date.empty() && !looks_like_date(date))
      return wrong(row.line, std::string(column) + " must be empty or a date as 2025-07-01");
  return unit;
}

struct Lined {
  std::size_t line = 0;
  policy::Unit unit;
};

/// Repeatedly takes what stands directly under what was taken already; what remains then hangs on a loop.
Result<std::vector<policy::Unit>> parents_first(std::vector<Lined> lined) {
  std::set<std::string, std::less<>> codes, taken;
  for (const auto& [line, unit] : lined)
    if (!codes.insert(unit.code).second) return wrong(line, "the unit " + unit.code + " is there twice");
  for (const auto& [line, unit] : lined)
    if (!unit.parent.empty() && !codes.contains(unit.parent)) return wrong(line, "the parent of " + unit.code + " is not in the table");

  std::vector<policy::Unit> ordered;
  while (!lined.empty()) {
    const auto ready = [&](const Lined& l) { return l.unit.parent.empty() || taken.contains(l.unit.parent); };
    const auto waiting = std::stable_partition(lined.begin(), lined.end(), ready);
    if (waiting == lined.begin()) return wrong(lined.front().line, "the unit " + lined.front().unit.code + " stands under itself");
    for (auto unit = lined.begin(); unit != waiting; ++unit) {
      taken.insert(unit->unit.code);
      ordered.push_back(std::move(unit->unit));
    }
    lined.erase(lined.begin(), waiting);
  }
  return ordered;
}

}  // namespace

Result<std::vector<policy::Unit>> read_unit_table(std::string_view csv) {
  WARD_TRY(const auto rows, read_csv_table("unit table", csv, unit_columns, limits::units_max));
  std::vector<Lined> lined;
  for (const auto& row : rows) {
    WARD_TRY(auto unit, unit_of(row));
    lined.push_back({row.line, std::move(unit)});
  }
  if (lined.empty()) return fail(Fault::invalid, "unit table: it names no unit");
  return parents_first(std::move(lined));
}

}  // namespace ward::centre
