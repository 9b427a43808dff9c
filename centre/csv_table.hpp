#pragma once

#include "protocol/base/error.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Tables as people keep them in spreadsheets: CSV (RFC 4180, UTF-8, with or without BOM, LF or CRLF) whose first row names its columns.
namespace ward::centre {

using CsvColumns = std::map<std::string, std::size_t, std::less<>>;
struct CsvRow {
  std::size_t line = 0;  ///< of the file, from 1
  std::vector<std::string> cells;
  std::shared_ptr<const CsvColumns> columns;

  /// Empty where the table has no such column.
  [[nodiscard]] std::string cell(std::string_view column) const;
};

/// The rows below the first; empty lines are passed over, columns that are not `needed` may be there. `what` names the table in errors.
/// `invalid`: names the line and what is wrong there.
[[nodiscard]] Result<std::vector<CsvRow>> read_csv_table(std::string_view what, std::string_view csv,
                                                         std::span<const std::string_view> needed, std::size_t rows_max);
[[nodiscard]] Error wrong_line(std::string_view what, std::size_t line, const std::string& why);

}  // namespace ward::centre
