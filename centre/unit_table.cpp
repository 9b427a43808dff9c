#include "centre/unit_table.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ward::centre {
namespace {

struct Row {
  std::size_t line = 0;
  std::vector<std::string> cells;
};

Error wrong(std::size_t line, const std::string& what) {
  return fail(Fault::invalid, "unit table, line " + std::to_string(line) + ": " + what);
}

/// RFC 4180. A quoted cell may hold commas, doubled quotes and line breaks.
class Table {
 public:
  explicit Table(std::string_view csv) : rest_(csv) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  Result<Row> next() {
    Row row{line_, {}};
    bool more = true;
    while (more) {
      WARD_TRY(auto cell, rest_.starts_with('"') ? quoted() : plain());
      row.cells.push_back(std::move(cell));
      more = rest_.starts_with(',');
      if (more) rest_.remove_prefix(1);
    }
    WARD_CHECK(end_line());
    return row;
  }

 private:
  Result<std::string> plain() {
    const auto end = std::min(rest_.find_first_of(",\r\n\""), rest_.size());
    if (end < rest_.size() && rest_[end] == '"') return wrong(line_, "a quotation mark inside a cell without quotation marks");
    std::string cell(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return cell;
  }

  Result<std::string> quoted() {
    const auto begun = line_;
    std::string cell;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '\n') ++line_;
      if (rest_[at] == '"' && !rest_.substr(at + 1).starts_with('"')) {
        rest_.remove_prefix(at + 1);
        return cell;
      }
      if (rest_[at] == '"') ++at;
      cell.push_back(rest_[at]);
    }
    return wrong(begun, "a quotation mark that is never closed");
  }

  Result<void> end_line() {
    if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() != '\n') return wrong(line_, "text after a closing quotation mark");
    if (!rest_.empty()) rest_.remove_prefix(1);
    ++line_;
    return {};
  }

  std::string_view rest_;
  std::size_t line_ = 1;
};

constexpr std::size_t title_bytes_max = limits::key_bytes_max;  ///< of a name, in the policy log

constexpr std::string_view needed[] = {"code", "name_vi", "name_en", "kind", "parent"};

Result<std::map<std::string, std::size_t, std::less<>>> columns_of(const Row& header) {
  std::map<std::string, std::size_t, std::less<>> columns;
  for (std::size_t i = 0; i < header.cells.size(); ++i)
    if (!columns.emplace(header.cells[i], i).second) return wrong(header.line, "the column " + header.cells[i] + " is there twice");
  for (const auto name : needed)
    if (!columns.contains(name)) return wrong(header.line, "the column " + std::string(name) + " is missing");
  return columns;
}

bool is_unit_code(std::string_view code) {
  const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return !code.empty() && code.size() <= limits::name_bytes_max && std::all_of(code.begin(), code.end(), good);
}

bool looks_like_date(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  const auto fits = [](char c, char s) { return s == '0' ? c >= '0' && c <= '9' : c == s; };
  return text.size() == shape.size() && std::equal(text.begin(), text.end(), shape.begin(), fits);
}

Result<policy::Unit> unit_of(const Row& row, const std::map<std::string, std::size_t, std::less<>>& columns) {
  const auto cell = [&](std::string_view name) {
    const auto column = columns.find(name);
    return column == columns.end() ? std::string() : row.cells[column->second];
  };
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
  Table table(csv);
  WARD_TRY(const auto header, table.next());
  WARD_TRY(const auto columns, columns_of(header));
  std::vector<Lined> lined;
  while (!table.at_end()) {
    WARD_TRY(auto row, table.next());
    if (row.cells.size() == 1 && row.cells.front().empty()) continue;
    if (row.cells.size() != header.cells.size())
      return wrong(row.line, std::to_string(row.cells.size()) + " cells, but the first line has " + std::to_string(header.cells.size()));
    if (lined.size() == limits::units_max) return wrong(row.line, "more than " + std::to_string(limits::units_max) + " units");
    WARD_TRY(auto unit, unit_of(row, columns));
    lined.push_back({row.line, std::move(unit)});
  }
  if (lined.empty()) return fail(Fault::invalid, "unit table: it names no unit");
  return parents_first(std::move(lined));
}

}  // namespace ward::centre
