#pragma once

#include "desk/site.hpp"
#include "runtime/http.hpp"
#include "runtime/trouble.hpp"

#include <string>

/// Whose business it is to end what a city knows of a dossier, or to tell all that it knows of a person.
namespace ward::centre {

/// Why this user may not: he is neither a leader nor an administrator of the centre. Nothing when he may, or nobody has an account yet.
[[nodiscard]] std::optional<runtime::Trouble> must_lead(desk::Site& site, const runtime::Request& request, const std::string& user);

/// All that was held about a person is told now; every such telling passes here. The logs say who and how much, not about whom. What cannot
/// be noted must not be told.
[[nodiscard]] Result<void> note_disclosure(desk::Site& site, const std::string& user, std::size_t dossiers);

}  // namespace ward::centre
