#include "runtime/target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace ward::runtime {

bool read_target(std::string_view target, Request& request) {
  const auto url = boost::urls::parse_origin_form(target);
  if (url.has_error()) return false;
  for (const auto& segment : url->segments()) request.path_parts.emplace_back(segment);
  for (const auto& param : url->params())
    if (!request.query.emplace(param.key, param.value).second) return false;
  return true;
}

}  // namespace ward::runtime
