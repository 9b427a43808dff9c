#include "centre/leaders.hpp"

#include "desk/accounts.hpp"
#include "desk/audit.hpp"
#include "runtime/log.hpp"

namespace ward::centre {

using runtime::ExitCode;
using runtime::Trouble;

std::optional<Trouble> must_lead(desk::Site& site, const runtime::Request& request, const std::string& user) {
  if (auto trouble = desk::must_be_account(site, request, user)) return trouble;
  const auto author = site.author();
  if (author.has_error()) return runtime::trouble_of(author.error());
  const auto standing = storage::context_of(site.store()).standing_of(author->unit, user, std::nullopt);
  if (standing.leader || standing.admin) return std::nullopt;
  return Trouble{
      "not_the_decider",         ExitCode::refused, 403, "This is for a leader or an administrator of the centre.", "Nothing was changed.",
      "Have one of them do it.", {{"user", user}}};
}

Result<void> note_disclosure(desk::Site& site, const std::string& user, std::size_t dossiers) {
  WARD_CHECK(
      desk::note_alone(site, audit::Kind::dossiers_exported, user, {}, "all about one person: " + std::to_string(dossiers) + " dossiers"));
  const auto author = site.author();
  runtime::log_info(runtime::Happened::person_exported,
                    {runtime::Field::unit(author.has_value() ? author->unit : UnitCode()), runtime::Field::count(dossiers)});
  return {};
}

}  // namespace ward::centre
