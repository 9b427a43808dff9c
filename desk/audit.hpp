#pragma once

#include "desk/site.hpp"
#include "runtime/page.hpp"

/// What people do at a site goes into its audit log.
namespace ward::desk {

/// Who did it: the person who is logged in, else the account of the operating system.
[[nodiscard]] inline const std::string& who_of(const runtime::Request& request) noexcept {
  return request.user.empty() ? request.account : request.user;
}

[[nodiscard]] storage::Act act_of(Site& site, audit::Kind kind, std::string who, std::string subject = {}, std::string detail = {});
/// In the transaction of what was asked for.
void note(Site& site, audit::Kind kind, const runtime::Request& request, std::string subject = {}, std::string detail = {});
/// Where that is none. `who` empty: the program by itself.
[[nodiscard]] Result<void> note_alone(Site& site, audit::Kind kind, std::string who, std::string subject = {}, std::string detail = {});
/// The same where a disk that takes nothing must stop nobody: that is logged.
void note_if_possible(Site& site, audit::Kind kind, std::string who, std::string subject = {}, std::string detail = {});
/// What comes and goes through the page. The site outlives it.
[[nodiscard]] runtime::PageWatch page_watch(Site& site);

}  // namespace ward::desk
