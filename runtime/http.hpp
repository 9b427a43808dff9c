#pragma once

#include "runtime/asio.hpp"
#include "runtime/link.hpp"
#include "runtime/trouble.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

/// HTTP/1.1 for local APIs: over a Unix socket for accounts of this machine, over loopback TCP with a bearer token. JSON in, JSON out,
/// problem+json for whatever fails. No CORS, no redirects, no files.
namespace ward::runtime {

struct Request {
  std::string method;
  std::vector<std::string> path_parts;                         ///< between the slashes, decoded; without the query
  std::map<std::string, std::string, std::less<>> parameters;  ///< from the pattern's {name} parts, decoded
  std::map<std::string, std::string, std::less<>> query;
  std::string body;
  std::string idempotency_key;
  std::string if_none_match;
  std::string account;  ///< who asks: the operating system's account over the Unix socket, `token` over loopback

  [[nodiscard]] std::string query_or(std::string_view name, std::string otherwise) const;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::string etag;  ///< with quotes; empty: none
};
[[nodiscard]] Response respond(const boost::json::value& value, unsigned status = 200);
[[nodiscard]] Response respond(const Trouble& trouble);
[[nodiscard]] Response respond(const Error& error);

/// Handlers run to their end on the one thread; each is short (a transaction).
using Handler = std::function<Response(const Request&)>;

class Router {
 public:
  /// `pattern` as `/v1/dossiers/{code}/changes`; a {part} matches one segment.
  void add(std::string method, std::string_view pattern, Handler handler);
  /// 404 and 405 are answers too.
  [[nodiscard]] Response answer(Request request) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> parts;
    Handler handler;
  };
  std::vector<Route> routes_;
};

struct HttpLimits {
  std::uint32_t header_bytes_max = 16 * 1024;
  std::uint64_t body_bytes_max = 8 * 1024 * 1024;
  std::size_t connections_max = 64;
  std::chrono::seconds idle_max{60};     ///< waiting for a request
  std::chrono::seconds request_max{30};  ///< a request's whole arrival; an answer's whole departure
};

/// `router` must outlive it.
class HttpServer {
 public:
  HttpServer(asio::any_io_executor executor, const Router& router, HttpLimits limits = {});

  /// A socket file of mode 0660 and, where it exists, of group `wardsync`. Peers are root, this process's own account, or members of the
  /// socket's group. A path too long for a socket address is reached through /proc/self/fd. A stale file is replaced: hold the data
  /// directory's lock.
  [[nodiscard]] Result<void> listen_unix(const std::string& path);
  /// Only loopback addresses (`invalid` otherwise). The port that was bound; `io` when it is taken. `Host` must name it, `Origin` must be
  /// absent.
  [[nodiscard]] Result<std::uint16_t> listen_loopback(const HostPort& at, std::string token);
  /// Serves until cancelled. To end: `stop`, then let io_context::run return.
  [[nodiscard]] asio::awaitable<void> run();
  void stop();

 private:
  using Socket = asio::generic::stream_protocol::socket;
  [[nodiscard]] asio::awaitable<void> accept_unix();
  [[nodiscard]] asio::awaitable<void> accept_loopback();
  [[nodiscard]] asio::awaitable<void> serve(Socket socket, std::string account);

  const Router& router_;
  HttpLimits limits_;
  asio::local::stream_protocol::acceptor unix_;
  Tcp::acceptor loopback_;
  std::string token_;
  std::vector<std::string> hosts_;
  Tasks connections_;
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
};
/// One request over a Unix socket; blocks, at most `timeout`. `not_found`: no daemon listens there; `not_member`: this account may not;
/// `timeout`, `io`.
[[nodiscard]] Result<Reply> call_unix(const std::string& socket_path, const Call& call, std::chrono::milliseconds timeout);
[[nodiscard]] std::string encode_segment(std::string_view text);

}  // namespace ward::runtime
