#include "cli/config.hpp"

#include "protocol/text/text.hpp"
#include "runtime/file_facts.hpp"
#include "runtime/json_input.hpp"
#include "runtime/link.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace ward::cli {
namespace {

bool holds_controls(std::string_view value) { return !text::is_plain(value) || value.find_first_of("\t\n") != std::string_view::npos; }

std::string wrong_with_address(std::string_view value, bool loopback) {
  const auto at = runtime::parse_host_port(value);
  if (at.has_error()) return "is no address: " + at.error().detail;
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(at->host, error);
  if (error) return "must begin with an IP address";
  if (loopback && !ip.is_loopback()) return "must be an address of this machine alone, as 127.0.0.1";
  return {};
}

}  // namespace

std::string wrong_with(const Setting& setting, std::string_view value) {
  const auto kind = setting.kind;
  if (holds_controls(value)) return "holds control characters";
  if (kind == Setting::Kind::count)
    return runtime::number_of(value, "", 1, setting.most).has_value() ? "" : "must be a whole number, 1 to " + std::to_string(setting.most);
  const bool path = kind == Setting::Kind::directory || kind == Setting::Kind::file;
  const bool may_be_empty = kind == Setting::Kind::file || kind == Setting::Kind::loopback;
  if (value.empty()) return may_be_empty ? "" : "is empty";
  if (path) return runtime::path_of(value).is_absolute() ? "" : "must be a whole path, from the top on";
  return wrong_with_address(value, kind == Setting::Kind::loopback);
}

}  // namespace ward::cli
