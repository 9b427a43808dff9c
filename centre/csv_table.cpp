#include "centre/csv_table.hpp"

#include <algorithm>

namespace ward::centre {
namespace {

/// RFC 4180. A quoted cell may hold commas, doubled quotes and line breaks.
class Table {
 public:
  Table(std::string_view what, std::string_view csv) : what_(what), rest_(csv) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  Result<CsvRow> next() {
    CsvRow row{line_, {}, {}};
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
    if (end < rest_.size() && rest_[end] == '"') return wrong_line(what_, line_, "a quotation mark inside a cell without quotation marks");
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
    return wrong_line(what_, begun, "a quotation mark that is never closed");
  }

  Result<void> end_line() {
    if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() != '\n') return wrong_line(what_, line_, "text after a closing quotation mark");
    if (!rest_.empty()) rest_.remove_prefix(1);
    ++line_;
    return {};
  }

  std::string_view what_;
  std::string_view rest_;
  std::size_t line_ = 1;
};

Result<CsvColumns> columns_of(std::string_view what, const CsvRow& header, std::span<const std::string_view> needed) {
  CsvColumns columns;
  for (std::size_t i = 0; i < header.cells.size(); ++i)
    if (!columns.emplace(header.cells[i], i).second)
      return wrong_line(what, header.line, "the column " + header.cells[i] + " is there twice");
  for (const auto name : needed)
    if (!columns.contains(name)) return wrong_line(what, header.line, "the column " + std::string(name) + " is missing");
  return columns;
}

}  // namespace

Error wrong_line(std::string_view what, std::size_t line, const std::string& why) {
  return fail(Fault::invalid, std::string(what) + ", line " + std::to_string(line) + ": " + why);
}

std::string CsvRow::cell(std::string_view column) const {
  const auto found = columns->find(column);
  return found == columns->end() ? std::string() : cells[found->second];
}

Result<std::vector<CsvRow>> read_csv_table(std::string_view what, std::string_view csv, std::span<const std::string_view> needed,
                                           std::size_t rows_max) {
  Table table(what, csv);
  WARD_TRY(const auto header, table.next());
  WARD_TRY(auto named, columns_of(what, header, needed));
  const auto columns = std::make_shared<const CsvColumns>(std::move(named));
  std::vector<CsvRow> out;
  while (!table.at_end()) {
    WARD_TRY(auto row, table.next());
    if (row.cells.size() == 1 && row.cells.front().empty()) continue;
    if (row.cells.size() != header.cells.size())
      return wrong_line(what, row.line,
                        std::to_string(row.cells.size()) + " cells, but the first line has " + std::to_string(header.cells.size()));
    if (out.size() == rows_max) return wrong_line(what, row.line, "more than " + std::to_string(rows_max) + " rows");
    row.columns = columns;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace ward::centre
