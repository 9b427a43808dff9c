#include "desk/verification.hpp"

#include "desk/acts.hpp"
#include "desk/audit.hpp"

namespace ward::desk {

namespace json = boost::json;

json::object json_of(const storage::Verification& found) {
  return {{"records", found.records},
          {"segments", found.segments},
          {"dossiers", found.dossiers},
          {"damage", json::array(found.damage.begin(), found.damage.end())}};
}

runtime::Response verify(Site& site, const runtime::Request& request) {
  const auto found = storage::verify_store(site.store());
  if (found.has_error()) return refuse(found.error());
  if (!found->damage.empty()) {
    const auto detail = std::to_string(found->damage.size()) + " findings, the first: " + found->damage.front();
    note_if_possible(site, audit::Kind::damage_found, who_of(request), {}, detail);
  }
  return runtime::respond(json_of(*found));
}

}  // namespace ward::desk
