#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>

namespace ward::runtime {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty() && path.front() == '/') {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is_parameter(const std::string& part) { return part.starts_with('{'); }

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& parts) {
  if (pattern.size() != parts.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (is_parameter(pattern[i]) ? parts[i].empty() : pattern[i] != parts[i]) return false;
  return true;
}

}  // namespace

std::string Request::query_or(std::string_view name, std::string otherwise) const {
  const auto found = query.find(name);
  return found == query.end() ? std::move(otherwise) : found->second;
}

Response respond(const boost::json::value& value, unsigned status) {
  return {status, boost::json::serialize(value), "application/json", {}};
}

Response respond(const Trouble& trouble) {
  return {trouble.status, boost::json::serialize(json_of(trouble)), "application/problem+json", {}};
}

Response respond(const Error& error) { return respond(trouble_of(error)); }

void Router::add(std::string method, std::string_view pattern, Handler handler) {
  routes_.push_back({std::move(method), split(pattern), std::move(handler)});
}

Response Router::answer(Request request) const {
  bool known = false;
  for (const auto& route : routes_) {
    if (!fits(route.parts, request.path_parts)) continue;
    known = true;
    if (route.method != request.method) continue;
    for (std::size_t i = 0; i < route.parts.size(); ++i)
      if (is_parameter(route.parts[i])) request.parameters[route.parts[i].substr(1, route.parts[i].size() - 2)] = request.path_parts[i];
    return route.handler(request);
  }
  if (known)
    return respond(Trouble{
        "method_not_allowed", ExitCode::failed, 405, "This address does not take that method.", {}, "See the API's description.", {}});
  return respond(Trouble{"no_such_address", ExitCode::failed, 404, "The API has no such address.", {}, "See the API's description.", {}});
}

std::string encode_segment(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

}  // namespace ward::runtime
