#include "protocol/crypto/keys.hpp"
#include "runtime/http.hpp"
#include "runtime/unix_socket.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <unistd.h>

#include <algorithm>

namespace ward::runtime {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Parser = http::request_parser<http::string_body>;
using Message = http::request<http::string_body>;
using Answer = http::response<http::string_body>;

Trouble refused(unsigned status, const char* what, const char* remedy) {
  return {"refused", ExitCode::refused, status, what, {}, remedy, {}};
}

std::string header(const Message& message, std::string_view name) {
  const auto found = message.find(name);
  return found == message.end() ? std::string() : std::string(found->value());
}

/// Fills in the path and the query. False when the target is not a path, or names a parameter twice.
bool read_target(std::string_view target, Request& request) {
  const auto url = boost::urls::parse_origin_form(target);
  if (url.has_error()) return false;
  for (const auto& segment : url->segments()) request.path_parts.emplace_back(segment);
  for (const auto& param : url->params())
    if (!request.query.emplace(param.key, param.value).second) return false;
  return true;
}

Answer answer_of(Response response, bool keep) {
  Answer out{static_cast<http::status>(response.status), 11};
  out.set(http::field::content_type, response.content_type);
  out.set(http::field::cache_control, "no-store");
  out.set("X-Content-Type-Options", "nosniff");
  if (!response.etag.empty()) out.set(http::field::etag, response.etag);
  out.keep_alive(keep);
  if (response.status == 304) return out;
  out.body() = std::move(response.body);
  out.prepare_payload();
  return out;
}

Response answer_to(const Router& router, Message message, std::string account) {
  Request request;
  if (!read_target(message.target(), request))
    return respond(Trouble{"malformed", ExitCode::failed, 400, "The request's target is not a path.", {}, {}, {}});
  request.method = std::string(message.method_string());
  request.idempotency_key = header(message, "Idempotency-Key");
  request.if_none_match = header(message, "If-None-Match");
  request.account = std::move(account);
  request.body = std::move(message.body());
  return router.answer(std::move(request));
}

/// A request through the loopback door: any program and any web page of this machine can knock there.
Response answer_to_knock(const Router& router, Message message, const std::vector<std::string>& hosts, const std::string& token) {
  if (std::find(hosts.begin(), hosts.end(), header(message, "Host")) == hosts.end())
    return respond(refused(421, "The request's Host is not this machine's loopback address.", "Use the address that `status` shows."));
  if (!header(message, "Origin").empty())
    return respond(refused(403, "A page of another origin may not use this API.", "Programs send no Origin."));
  const auto wanted = "Bearer " + token;
  if (!crypto::equal(view(header(message, "Authorization")), view(wanted)))
    return respond(refused(401, "The bearer token is missing or wrong.",
                           "Send `Authorization: Bearer` with the content of api.token in the data directory."));
  return answer_to(router, std::move(message), "token");
}

/// What a request that could not even be read is told.
Response unreadable(error_code error) {
  if (error == http::error::body_limit)
    return respond(
        Trouble{"too_large", ExitCode::failed, 413, "The request's body is larger than what is accepted.", {}, "Send it in parts.", {}});
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return respond(Trouble{
        "too_large", ExitCode::failed, 431, "The request's header is larger than what is accepted.", {}, "Send a shorter one.", {}});
  return respond(Trouble{"malformed", ExitCode::failed, 400, "This is not HTTP/1.1.", {}, "See RFC 9112.", {}});
}

}  // namespace

HttpServer::HttpServer(asio::any_io_executor executor, const Router& router, HttpLimits limits)
    : router_(router), limits_(limits), unix_(executor), loopback_(executor), connections_(executor) {}

Result<void> HttpServer::listen_unix(const std::string& path) {
  const SocketPath reachable(path);
  ::unlink(path.c_str());
  error_code error;
  unix_.open(asio::local::stream_protocol(), error);
  if (!error && reachable.text().size() > 107) error = asio::error::name_too_long;
  if (!error) unix_.bind(asio::local::stream_protocol::endpoint(reachable.text()), error);
  if (!error && !open_to_group(path)) error.assign(errno, boost::system::system_category());
  if (!error) unix_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(Fault::io, "opening the socket " + path + ": " + error.message());
  return {};
}

Result<std::uint16_t> HttpServer::listen_loopback(const HostPort& at, std::string token) {
  WARD_ASSERT(!token.empty());
  error_code error;
  const auto address = asio::ip::make_address(at.host == "localhost" ? "127.0.0.1" : at.host, error);
  if (error || !address.is_loopback()) return fail(Fault::invalid, "plain HTTP is only for this machine: use 127.0.0.1 or [::1]");
  const Tcp::endpoint endpoint(address, at.port);
  loopback_.open(endpoint.protocol(), error);
  if (!error) loopback_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) loopback_.bind(endpoint, error);
  if (!error) loopback_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen("programs", at, error);
  const auto port = loopback_.local_endpoint().port();
  token_ = std::move(token);
  for (const auto* host : {"127.0.0.1:", "localhost:", "[::1]:"}) hosts_.push_back(host + std::to_string(port));
  return port;
}

asio::awaitable<void> HttpServer::run() {
  using namespace asio::experimental::awaitable_operators;
  co_await (accept_unix() && accept_loopback());
}

void HttpServer::stop() {
  error_code ignored;
  unix_.close(ignored);
  loopback_.close(ignored);
  connections_.cancel();
}

asio::awaitable<void> HttpServer::accept_unix() {
  asio::steady_timer pause(unix_.get_executor());
  while (unix_.is_open()) {
    auto [error, socket] = co_await unix_.async_accept(as_values);
    if (error) {
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_values);
      continue;
    }
    auto account = permitted_account(socket.native_handle());
    if (account.empty() || connections_.running() >= limits_.connections_max) continue;
    connections_.start(serve(Socket(std::move(socket)), std::move(account)));
  }
}

asio::awaitable<void> HttpServer::accept_loopback() {
  asio::steady_timer pause(loopback_.get_executor());
  while (loopback_.is_open()) {
    auto [error, socket] = co_await loopback_.async_accept(as_values);
    if (error) {
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_values);
      continue;
    }
    if (connections_.running() >= limits_.connections_max) continue;
    connections_.start(serve(Socket(std::move(socket)), std::string()));
  }
}

/// `account` empty: the request must prove itself by a token.
asio::awaitable<void> HttpServer::serve(Socket socket, std::string account) {
  Stream stream(std::move(socket));
  beast::flat_buffer buffer(limits_.header_bytes_max + 64 * 1024);
  for (bool keep = true; keep;) {
    Parser parser;
    parser.header_limit(limits_.header_bytes_max);
    parser.body_limit(limits_.body_bytes_max);
    stream.expires_after(limits_.idle_max);
    auto [error, size] = co_await http::async_read_header(stream, buffer, parser, as_values);
    if (!error) {
      stream.expires_after(limits_.request_max);
      std::tie(error, size) = co_await http::async_read(stream, buffer, parser, as_values);
    }
    if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::operation_aborted) co_return;
    keep = !error && parser.get().keep_alive();
    auto response = error             ? unreadable(error)
                    : account.empty() ? answer_to_knock(router_, parser.release(), hosts_, token_)
                                      : answer_to(router_, parser.release(), account);
    const auto answer = answer_of(std::move(response), keep);
    stream.expires_after(limits_.request_max);
    const auto [unsent, sent] = co_await http::async_write(stream, answer, as_values);
    if (unsent) co_return;
  }
}

}  // namespace ward::runtime
