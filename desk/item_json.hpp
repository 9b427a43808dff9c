#pragma once

#include "protocol/deadline/calendar.hpp"
#include "storage/inbox.hpp"

#include <boost/json/object.hpp>

/// What waits for a person, as programs see it.
namespace ward::desk {

/// What a conflict's API name is: its 32 digits; of anything else the dossier's, a dot, and the operation.
[[nodiscard]] std::string item_id(const Did& did, const storage::InboxItem& item);

/// To whom an open item has gone up by now. Nothing of it is stored, and it gives nobody a right: it only shows who should look.
enum class Level { decider, leader, centre };
[[nodiscard]] const char* name_of(Level level) noexcept;
inline constexpr int leader_after_hours = 8;  ///< working hours
inline constexpr int centre_after_hours = 16;
[[nodiscard]] Level level_of(const storage::InboxItem& item, const deadline::Calendar& calendar, WallTime now);

/// Who looks at it, and when.
struct Reader {
  const merge::Context& context;
  const deadline::Calendar& calendar;
  UnitCode unit;
  std::string user;
  WallTime now;
};
[[nodiscard]] bool may_decide(const storage::InboxItem& item, const merge::DossierState& state, const Reader& reader);
/// What lists show.
[[nodiscard]] boost::json::object item_json(const storage::InboxItem& item, const merge::DossierState& state, const Reader& reader);
/// What is shown of one item beyond that.
struct Background {
  std::vector<merge::HistoryEntry> history;            ///< of the dossier
  std::vector<std::vector<merge::HistoryEntry>> seen;  ///< of each value: the history as its writer had it before the eyes
};
/// That, and of each value what stood there when it was written (`seen`) and what else was done in the `same_act`; `before`: what stood
/// there last before anybody disagreed.
[[nodiscard]] boost::json::object whole_item_json(const storage::InboxItem& item, const merge::DossierState& state, const Reader& reader,
                                                  const Background& background);

}  // namespace ward::desk
