#include "cli/history.hpp"

#include "runtime/command_line.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ward::cli {
namespace {

using runtime::print;
using runtime::shown;

struct Reason {
  std::string_view code, words;
};
constexpr std::array reasons{
    Reason{"nothing_entered", "Nobody ever entered anything there."},
    Reason{"not_merged", "What was entered there does not apply, or not yet: see STANDING."},
    Reason{"only_value", "It is the only value that was ever entered."},
    Reason{"newest", "Whoever entered it had seen what it replaced."},
    Reason{"agreed", "Several people entered the same without knowing of each other."},
    Reason{"later_clock", "Several values were entered without knowledge of each other; in this field the later one shows."},
    Reason{"believed_clock", "A value with a later time was entered on a PC whose clock was wrong; a right clock wins over a wrong one."},
    Reason{"taken_back", "A decision was undone: what it had replaced stands again."},
    Reason{"weightier", "Two statuses were entered without knowledge of each other; the one with more weight shows."},
    Reason{"custodian", "Another was written where the dossier no longer was; the value of the unit that holds it shows."},
    Reason{"approved", "Another unit proposed it, and somebody who may accepted it."},
    Reason{"undecided", "Different values were entered without knowledge of each other; a person must decide (wardsync inbox list)."},
    Reason{"removed", "It was removed by somebody who had seen it."},
    Reason{"each_element", "It is a list: ask about one element, as FIELD in the lines below."},
};

std::string words_of(std::string_view code) {
  for (const auto& reason : reasons)
    if (reason.code == code) return std::string(reason.words);
  return std::string(code);
}

}  // namespace

void show_history(const boost::json::value& answer) {
  std::vector<std::vector<std::string>> rows{{"AT", "BY", "UNIT", "STANDING", "FIELD", "VALUE"}};
  for (const auto& entry : runtime::rows_of(answer, "history"))
    rows.push_back({shown(entry, "at"), shown(entry, "by"), shown(entry, "unit"), shown(entry, "standing"), shown(entry, "field"),
                    shown(entry, "kind") == "remove" ? "(removed)" : shown(entry, "value")});
  print(runtime::align(rows));
}

void show_why(const boost::json::value& answer) {
  print(shown(answer, "field") + ": " + words_of(shown(answer, "because")) + "\n");
  if (!runtime::rows_of(answer, "history").empty()) show_history(answer);
}

}  // namespace ward::cli
