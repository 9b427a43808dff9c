#include "runtime/http.hpp"

#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "runtime/json_input.hpp"

#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <optional>
#include <sstream>

namespace ward::runtime {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  if (path == "/") return parts;
  while (!path.empty() && path.front() == '/') {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is_parameter(const std::string& part) { return part.starts_with('{'); }

std::optional<Trouble> not_for(For whom, Caller caller) {
  if (whom == For::anyone) return std::nullopt;
  if (caller == Caller::nobody)
    return Trouble{"no_login",
                   ExitCode::refused,
                   401,
                   "Nobody is logged in.",
                   {},
                   "A page: open it anew with the command `page`. A program: send `Authorization: Bearer` with the content of api.token in "
                   "the data directory.",
                   {}};
  if (whom == For::programs && caller == Caller::page)
    return Trouble{"not_for_pages", ExitCode::refused, 403, "A page may not ask for this.", {}, "Use the command line.", {}};
  return std::nullopt;
}

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

Response respond(const Error& error) {
  auto trouble = trouble_of(error);
  if (error.fault == Fault::ambiguous) {
    boost::json::array ids;
    std::istringstream words(error.detail);
    for (std::string word; words >> word;)
      if (word.starts_with("id:")) ids.emplace_back(word);
    trouble.more["ids"] = std::move(ids);
  }
  return respond(trouble);
}

Response respond_unless_held(const boost::json::value& value, const Request& request) {
  auto out = respond(value);
  out.etag = '"' + hex(crypto::hash<KeyId>("wsync-etag", {}, {view(out.body)}).view()) + '"';
  if (out.etag != request.if_none_match) return out;
  out.status = 304;
  out.body.clear();
  return out;
}

Result<std::size_t> limit_of(const Request& request) {
  WARD_TRY(const auto limit, number_of(request.query_or("limit", "50"), "limit", 1, 500));
  return static_cast<std::size_t>(limit);
}

Result<bool> flag_of(const Request& request, std::string_view name) {
  const auto said = request.query_or(name, "false");
  if (said == "true" || said == "false") return said == "true";
  return fail(Fault::invalid, "`" + std::string(name) + "` must be true or false");
}

void Router::add(std::string method, std::string_view pattern, Handler handler, For whom) {
  routes_.push_back({std::move(method), split(pattern), std::move(handler), whom});
}

Response Router::answer(Request request) const {
  const Wiped wiped(request.body);
  std::string methods;
  for (const auto& route : routes_) {
    if (!fits(route.parts, request.path_parts)) continue;
    methods += (methods.empty() ? "" : ", ") + route.method;
    if (route.method != request.method) continue;
    if (auto trouble = not_for(route.whom, request.caller)) return respond(*trouble);
    for (std::size_t i = 0; i < route.parts.size(); ++i)
      if (is_parameter(route.parts[i])) request.parameters[route.parts[i].substr(1, route.parts[i].size() - 2)] = request.path_parts[i];
    if (guard_ && route.whom != For::anyone)
      if (const auto trouble = guard_(request, route.whom)) return respond(*trouble);
    auto answer = route.handler(request);
    if (after_) after_();
    return answer;
  }
  if (methods.empty())
    return respond(Trouble{"no_such_address", ExitCode::failed, 404, "The API has no such address.", {}, "See the API's description.", {}});
  auto out = respond(Trouble{
      "method_not_allowed", ExitCode::failed, 405, "This address does not take that method.", {}, "See the API's description.", {}});
  out.headers.emplace_back("Allow", std::move(methods));
  return out;
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> out;
  for (const auto& route : routes_) {
    out.push_back(route.method + ' ');
    if (route.parts.empty()) out.back() += '/';
    for (const auto& part : route.parts) out.back() += '/' + part;
  }
  return out;
}

std::string encode_segment(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

}  // namespace ward::runtime
