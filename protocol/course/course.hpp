#pragma once

#include "protocol/deadline/judgement.hpp"
#include "protocol/merge/merge.hpp"

#include <string>
#include <string_view>

/// What of a merged dossier its time and its figures follow from.
namespace ward::course {

/// The field that marks a dossier as made by mistake; its text is the reason.
inline constexpr std::string_view void_field = "LyDoHuy";

/// Nothing here names a person, so lists and reports may keep it in clear. Texts are as dossiers store them; times are canonical. Empty:
/// the dossier has none, a conflict hides it, or it is no time.
struct Row {
  bool voided = false;  ///< made by mistake: it counts nowhere
  deadline::Clock clock = deadline::Clock::none;
  std::string status, procedure, channel;
  std::string received, due, ended;
  std::string asked;        ///< the newest request for a supplement
  int rounds = 0;           ///< such requests
  std::string promised;     ///< the appointment that counts: of `due`, that before the first apology
  int apologies = 0;        ///< slips of form 04
  bool has_result = false;  ///< a result paper with its code and its link
};
[[nodiscard]] Row row_of(const merge::DossierState& state);

[[nodiscard]] deadline::Course course_of(const Row& row);
[[nodiscard]] deadline::Lodged lodged_of(const Row& row);

/// The rounds of supplements.
inline constexpr std::string_view rounds_list = "DanhSachHoSoBoSung";

/// The code by which people call it: the official one where it has that; empty: it has none.
[[nodiscard]] const std::string& code_of(const merge::DossierState& state);
/// The text of a shown field; empty when it has none.
[[nodiscard]] std::string shown_text(const merge::DossierState& state, std::string_view field);
[[nodiscard]] std::string text_in(const record::Map& fields, std::string_view name);  ///< the same, of any map
/// The elements of a collection; none when it is empty.
[[nodiscard]] const std::vector<merge::Element>& elements_of(const merge::DossierState& state, std::string_view collection);

}  // namespace ward::course
