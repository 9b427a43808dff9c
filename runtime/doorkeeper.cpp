#include "runtime/doorkeeper.hpp"

#include "protocol/crypto/keys.hpp"

#include <algorithm>

namespace ward::runtime {
namespace {

Trouble refused(const char* name, unsigned status, const char* what, const char* remedy) {
  return {name, ExitCode::refused, status, what, {}, remedy, {}};
}

bool only_reads(const std::string& method) { return method == "GET" || method == "HEAD"; }

/// The value of the cookie of that name; nothing when there is none or more than one.
std::optional<std::string> cookie_of(std::string_view cookies, std::string_view name) {
  std::optional<std::string> found;
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    auto one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (!one.starts_with(name) || !one.substr(name.size()).starts_with('=')) continue;
    if (found) return std::nullopt;
    found = std::string(one.substr(name.size() + 1));
  }
  return found;
}

}  // namespace

std::string authority(std::string_view host, std::uint16_t port) {
  const bool bare_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return (bare_v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port);
}

void Doorkeeper::open(std::string_view host, std::uint16_t port, std::string token) {
  WARD_ASSERT(!token.empty());
  for (const auto* name : {"127.0.0.1", "localhost", "::1"}) hosts_.push_back(authority(name, port));
  address_ = "http://" + authority(host, port);
  cookie_ = "wardsync_" + std::to_string(port);
  token_ = std::move(token);
}

std::variant<Admitted, Trouble> Doorkeeper::admit(const Knock& knock, Instant now) {
  // A name that somebody else's DNS server points here must not make his page ours.
  if (std::find(hosts_.begin(), hosts_.end(), knock.host) == hosts_.end())
    return refused("wrong_host", 421, "The request's Host is not this machine's loopback address.", "Use the address that `status` shows.");
  if (knock.origin && knock.origin != "http://" + knock.host)
    return refused("foreign_origin", 403, "A page of another origin may not use this API.", "Programs send no Origin.");
  // Another port of this machine is the same site, but not this page.
  if (knock.fetch_site && knock.fetch_site != "same-origin" && knock.fetch_site != "none")
    return refused("foreign_origin", 403, "A page of another origin may not use this API.",
                   "Open the address that the command `page` prints.");
  if (!knock.authorization.empty()) {
    if (crypto::equal(view(knock.authorization), view("Bearer " + token_))) return Admitted{Caller::token, "token", {}};
    return refused("no_login", 401, "The bearer token is wrong.",
                   "Send `Authorization: Bearer` with the content of api.token in the data directory.");
  }
  const auto token = knock.logs_in ? std::nullopt : cookie_of(knock.cookies, cookie_);
  return token ? admit_page(knock, *token, now) : Admitted{};
}

/// A session that has ended is nobody, so that a new one can be opened over it.
std::variant<Admitted, Trouble> Doorkeeper::admit_page(const Knock& knock, const std::string& token, Instant now) {
  const auto session = sessions.use(token, now);
  if (!session) return Admitted{};
  if (!only_reads(knock.method) && !crypto::equal(view(knock.csrf), view(session->csrf)))
    return refused("no_csrf", 403, "A page's write must name its session's token.", "Send X-CSRF-Token as `GET /v1/session` tells it.");
  return Admitted{Caller::page, session->account, token};
}

std::string Doorkeeper::cookie_for(std::string_view token) const {
  return cookie_ + "=" + std::string(token) + "; HttpOnly; SameSite=Strict; Path=/";
}

std::string Doorkeeper::no_cookie() const { return cookie_ + "=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/"; }

}  // namespace ward::runtime
