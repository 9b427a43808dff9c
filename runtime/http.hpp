#pragma once

#include "runtime/trouble.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Requests and answers of a local API, and which handler takes which. JSON in, JSON out, problem+json for whatever fails. No CORS, no
/// redirects. `http_server.hpp` carries them.
namespace ward::runtime {

class EventLog;

/// How the one who asks has proved who he is.
enum class Caller {
  nobody,
  account,  ///< of the operating system, over the Unix socket
  token,    ///< the bearer token, over loopback
  page,     ///< a page's session, over loopback
};

struct Request {
  std::string method;
  std::vector<std::string> path_parts;                         ///< between the slashes, decoded; without the query
  std::map<std::string, std::string, std::less<>> parameters;  ///< from the pattern's {name} parts, decoded
  std::map<std::string, std::string, std::less<>> query;
  std::string body;
  std::string idempotency_key;
  std::string if_none_match;
  std::string last_event_id;
  Caller caller = Caller::nobody;
  std::string account;  ///< who asks: the operating system's account over the Unix socket and of a page's session, `token` for a token
  std::string session;  ///< what names the page's session; empty but for `Caller::page`
  std::string log_in;   ///< what names a program's log-in, as it was given when a person logged in; may be empty
  bool owner = false;   ///< over the Unix socket, by root or by the daemon's own account
  std::string user;     ///< the person who is logged in; the router's guard sets it, empty where nobody needs to

  [[nodiscard]] std::string query_or(std::string_view name, std::string otherwise) const;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::string etag;                                            ///< with quotes; empty: none
  std::vector<std::pair<std::string, std::string>> headers{};  ///< further ones, and those that replace what is usual
  EventLog* events = nullptr;  ///< not null: instead of a body its events are sent, for as long as the connection lives
  std::string resume_after{};  ///< the id of the event after which they begin
};
[[nodiscard]] Response respond(const boost::json::value& value, unsigned status = 200);
[[nodiscard]] Response respond(const Trouble& trouble);
/// An ambiguous code with the ids as a list, `ids`.
[[nodiscard]] Response respond(const Error& error);
/// 200 with an ETag of the body, or 304 when the caller holds that already.
[[nodiscard]] Response respond_unless_held(const boost::json::value& value, const Request& request);
/// `limit` of a list: 1 to 500, 50 unless told. `invalid`.
[[nodiscard]] Result<std::size_t> limit_of(const Request& request);
/// `true` or `false` (also when it is absent). `invalid`.
[[nodiscard]] Result<bool> flag_of(const Request& request, std::string_view name);

/// Handlers run to their end on the one thread; each is short (a transaction).
using Handler = std::function<Response(const Request&)>;

/// Who may call a route.
enum class For {
  anyone,                  ///< also without any proof: what a page must get before it has a session
  callers,                 ///< whoever has proved who he is: nothing personal, nothing that stays
  programs,                ///< the same without pages
  officials,               ///< people who are logged in and whose role reads dossiers, or writes them where the call is no GET
  administrators,          ///< those of the centre
  administrators_or_owner  ///< the same, and whoever has the data directory anyway
};

class Router {
 public:
  /// `pattern` as `/v1/dossiers/{code}/changes`; a {part} matches one segment.
  void add(std::string method, std::string_view pattern, Handler handler, For whom = For::officials);
  /// Asked before each handler but those for anyone, about whoever has proved who he is; what it says is the answer.
  using Guard = std::function<std::optional<Trouble>(Request& request, For whom)>;
  void guard(Guard guard) { guard_ = std::move(guard); }
  /// Runs after each handler.
  void after_each(std::function<void()> work) { after_ = std::move(work); }
  /// 401, 403, 404 and 405 are answers too.
  [[nodiscard]] Response answer(Request request) const;
  /// `GET /v1/status`, …, as they were added.
  [[nodiscard]] std::vector<std::string> routes() const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> parts;
    Handler handler;
    For whom;
  };
  std::vector<Route> routes_;
  Guard guard_;
  std::function<void()> after_;
};

struct Reply {
  unsigned status = 0;
  std::string body;
  std::string etag;
};
struct Call {
  std::string method;
  std::string target;  ///< path and query, percent-encoded (`encode_segment`)
  std::string body;
  std::string idempotency_key;
  std::string log_in{};  ///< of the person in whose name it is
};
/// One request over a Unix socket; blocks, at most `timeout`. `not_found`: no daemon listens there; `not_member`: this account may not;
/// `timeout`, `io`.
[[nodiscard]] Result<Reply> call_unix(const std::string& socket_path, const Call& call, std::chrono::milliseconds timeout);
[[nodiscard]] std::string encode_segment(std::string_view text);

}  // namespace ward::runtime
