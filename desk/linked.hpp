#pragma once

#include "protocol/course/linked.hpp"
#include "protocol/schema/schema.hpp"
#include "runtime/deadline_json.hpp"
#include "runtime/trouble.hpp"
#include "storage/dossiers.hpp"

#include <boost/json/object.hpp>

/// What was lodged once and several authorities work on (liên thông), as the desk that lodged it sees it: everything follows from the
/// dossiers that are here.
namespace ward::desk {

enum class Stage : std::uint8_t {
  planned,   ///< no dossier was made for it yet
  waits,     ///< for another part; then it is offered
  ready,     ///< its turn has come: it was not offered yet
  offered,   ///< and nobody has answered
  declined,  ///< by the unit that was asked: it lies at the desk, which must decide
  in_work,
  finished,
  refused,   ///< or stopped: it undoes none of the others
  voided,    ///< made by mistake
  disputed,  ///< two desks fanned out at once: somebody must choose which dossier counts
  unknown,   ///< its dossier is not here
};
[[nodiscard]] const char* name_of(Stage stage) noexcept;

struct PartHere {
  std::string key;
  const schema::LinkedPart* row = nullptr;  ///< null: the table of this build does not know it
  UnitCode to;                              ///< that decides it; empty: nobody knows which unit does
  Stage stage = Stage::planned;
  std::optional<Did> did{};
  std::vector<Did> chosen_from{};  ///< while it is disputed
  std::optional<merge::DossierState> state{};
  WallTime since{};                       ///< of the stage
  std::optional<merge::Said> declined{};  ///< the answer, with who gave it, when and why
};
/// In the order of the table. `planned` ones only where the dossier's procedure has them and it is no part itself.
[[nodiscard]] Result<std::vector<PartHere>> parts_here(storage::Store& store, const merge::DossierState& whole);

/// When a part must be finished: never after the one appointment of the whole; before it, where the part waits for no other and its own
/// procedure gives less. As stored; empty: nothing says so.
[[nodiscard]] std::string due_of(const merge::DossierState& whole, const schema::LinkedPart& row, const deadline::Calendar& calendar);

/// Into what `show` answers: `linked`, what is lodged once with its parts and the one status that the citizen is told, and `part_of`; each
/// null where it is none.
[[nodiscard]] Result<void> add_linked(boost::json::object& to, storage::Store& store, const merge::DossierState& state,
                                      const runtime::Today& today);

/// Why a status must wait: parts that have not ended, and 9 or 10 says that all have.
[[nodiscard]] Result<std::optional<runtime::Trouble>> must_have_ended(storage::Store& store, const merge::DossierState& whole,
                                                                      std::string_view status);

}  // namespace ward::desk
