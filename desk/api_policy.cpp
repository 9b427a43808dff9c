#include "desk/api.hpp"
#include "runtime/members.hpp"

/// The policy log as a file: its entries are signed, so anybody may carry it (WIRE.md §15).
namespace ward::desk {

runtime::Response Api::export_policy(const Request&) {
  return runtime::respond(
      boost::json::object{{"format", runtime::policy_format}, {"policy", runtime::hexes_of(site_.store().policy.entries())}});
}

}  // namespace ward::desk
