#include "centre/cli/client.hpp"
#include "runtime/http.hpp"

namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::shown;

std::string block_text(const json::value& block) {
  return shown(block, "first") + "-" + shown(block, "last") + " from " + shown(block, "from") + " to " + shown(block, "to");
}

void show_codes(const json::value& answer) {
  std::vector<std::vector<std::string>> rows{
      {"UNIT", "PC", "DEVICE", "STANDING", "IDENTIFICATION", "LEFT TODAY", "UNTIL", "PROVISIONAL", "BLOCKS"}};
  for (const auto& device : runtime::rows_of(answer, "devices")) {
    std::string blocks;
    for (const auto& block : runtime::rows_of(device, "blocks")) blocks += (blocks.empty() ? "" : "; ") + block_text(block);
    rows.push_back({shown(device, "unit"), shown(device, "label"), short_id(device, "device"), shown(device, "standing"),
                    shown(device, "identification"), shown(device, "left_today"), shown(device, "until"), shown(device, "provisional"),
                    blocks.empty() ? "-" : blocks});
  }
  runtime::print(runtime::align(rows));
}

}  // namespace

int codes_list(const Common& common, const std::string& unit) {
  const auto query = unit.empty() ? std::string() : "?unit=" + runtime::encode_segment(unit);
  return call_and_show(common, "GET", "/v1/codes/blocks" + query, {}, show_codes);
}

int codes_give(const Common& common, const CodesOptions& options) {
  const json::object wanted{{"device", options.device}, {"from", options.from}, {"to", options.to}, {"serials", options.serials}};
  return call_and_show(common, "POST", "/v1/codes/blocks", wanted, [](const json::value& block) {
    runtime::print(block_text(block) + "\n");
    runtime::say("Each PC learns of its blocks when it calls.");
  });
}

}  // namespace ward::centre
