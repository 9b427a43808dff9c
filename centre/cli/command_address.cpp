#include "centre/cli/client.hpp"

#include <cstdio>

namespace ward::centre {
namespace {

namespace json = boost::json;

void show_addresses(const json::value& answer) {
  const auto& list = answer.at("addresses").get_array();
  for (const auto& address : list) runtime::print(runtime::shown(address) + "\n");
  if (list.empty()) std::fprintf(stderr, "None is set: each PC calls the address of its ticket.\n");
}

}  // namespace

int address_list(const Common& common) { return call_and_show(common, "GET", "/v1/addresses", {}, show_addresses); }

int address_set(const Common& common, const std::vector<std::string>& addresses) {
  return call_and_show(
      common, "PUT", "/v1/addresses", {{"addresses", json::array(addresses.begin(), addresses.end())}}, [](const json::value& answer) {
        show_addresses(answer);
        std::fprintf(stderr, "Each PC learns of it when it calls; keep the old address open until `health` shows that all have.\n");
      });
}

}  // namespace ward::centre
