#pragma once

#include "protocol/deadline/moment.hpp"

#include <optional>
#include <string>
#include <string_view>

/// How long a finished dossier is kept, as data (retention.csv): by procedure, else by the procedure's field of work. It proposes; nothing
/// is erased by it.
namespace ward::centre {

struct RetentionRule {
  std::string procedure, field;  ///< one of them
  std::optional<int> years;      ///< after the dossier finished; none: for ever
  std::string source;
  std::string certainty;  ///< certain, likely, guess
};
/// Null when the table has none: then nobody is told that it is due.
[[nodiscard]] const RetentionRule* retention_of(std::string_view procedure);
/// The first day on which a dossier that finished then need not be kept any more.
[[nodiscard]] deadline::Day kept_until(deadline::Day finished, int years);

}  // namespace ward::centre
