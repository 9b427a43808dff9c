#include "cli/verification.hpp"

#include "runtime/command_line.hpp"
#include "runtime/trouble.hpp"

namespace ward::cli {

using runtime::print;
using runtime::shown;

int show_verification(const Common& common, const boost::json::value& found) {
  const auto* list = found.get_object().if_contains("damage");
  const auto damage = list != nullptr && list->is_array() ? list->get_array() : boost::json::array();
  if (common.json) {
    runtime::print_json(found);
  } else {
    print(shown(found, "records") + " records in " + shown(found, "segments") + " segments, " + shown(found, "dossiers") +
          " dossiers: " + (damage.empty() ? "all seals, ids, roots and signatures verify\n" : "DAMAGED\n"));
    for (const auto& line : damage) print("  " + shown(line) + "\n");
  }
  return static_cast<int>(damage.empty() ? runtime::ExitCode::done : runtime::ExitCode::damage_found);
}

}  // namespace ward::cli
