#pragma once

#include "protocol/merge/merge.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What was lodged once and several authorities work on (liên thông): the dossier that the citizen knows names its parts, and each part
/// names it. Nothing here is stored; it follows from the merged dossiers (docs/adr/0009).
namespace ward::course {

/// What a part says of the dossier of which it is one.
struct PartOf {
  Did whole;
  std::string code;  ///< of that one, as people call it
  std::string part;  ///< schema::LinkedPart::key
  UnitCode desk;     ///< that lodged both, and reads this one to its end whoever holds it
};
/// Nothing unless the very first thing that was said of the dossier says so: no later entry makes one, so nobody gets to read by it what he
/// gave away, and none ends it.
[[nodiscard]] std::optional<PartOf> part_of(const merge::DossierState& state);
/// What a new part must say first.
[[nodiscard]] record::Op say_part_of(const Did& whole, const std::string& code, const std::string& part);

/// What the dossier that was lodged says of one of its parts.
struct Part {
  std::string key;
  std::optional<Did> dossier;    ///< none: two are named, and somebody must choose
  std::vector<Did> chosen_from;  ///< those; else empty
  UnitCode to;                   ///< that decides it
};
[[nodiscard]] std::vector<Part> parts_of(const merge::DossierState& state);
[[nodiscard]] record::Op say_part(const std::string& key, const Did& dossier, const UnitCode& to);

/// Finished, refused or stopped: nobody works on it any more.
[[nodiscard]] bool has_ended(std::string_view status);
/// The one status that the citizen is told: what the desk itself entered, and while it is merely accepted or in process, what follows from
/// its parts: waiting if any waits for the citizen, finished when all have ended (and not all were refused), else in process.
[[nodiscard]] std::string joint_status(const std::string& own, const std::vector<std::string>& parts);

}  // namespace ward::course
