#include "desk/verification.hpp"

namespace ward::desk {

namespace json = boost::json;

json::object json_of(const storage::Verification& found) {
  return {{"records", found.records},
          {"segments", found.segments},
          {"dossiers", found.dossiers},
          {"damage", json::array(found.damage.begin(), found.damage.end())}};
}

}  // namespace ward::desk
