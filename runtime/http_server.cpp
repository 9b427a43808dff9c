#include "runtime/http_server.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/clock.hpp"
#include "runtime/events.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

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
  out.set("Cross-Origin-Resource-Policy", "same-origin");
  if (!response.etag.empty()) out.set(http::field::etag, response.etag);
  for (const auto& [name, value] : response.headers) out.set(name, value);
  out.keep_alive(keep);
  if (response.status == 304) return out;
  out.body() = std::move(response.body);
  out.prepare_payload();
  return out;
}

/// What a stream of events begins with. It ends with the connection.
std::string stream_header(const Response& response) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + response.content_type +
         "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n"
         "Connection: close\r\n\r\n";
}

bool asks_for_session(const Request& request) {
  return request.method == "POST" && request.path_parts == std::vector<std::string>{"v1", "session"};
}

/// Whose request it is, or the refusal. `account` is that of the Unix socket's peer; empty at the loopback port.
std::optional<Trouble> identify(const Message& message, const std::string& account, Doorkeeper& doorkeeper, Request& request) {
  if (!account.empty()) {
    request.caller = Caller::account;
    request.account = account;
    return std::nullopt;
  }
  const Knock knock{request.method,
                    header(message, "Host"),
                    header(message, "Origin"),
                    header(message, "Sec-Fetch-Site"),
                    header(message, "Authorization"),
                    header(message, "Cookie"),
                    header(message, "X-CSRF-Token"),
                    asks_for_session(request)};
  auto admitted = doorkeeper.admit(knock, read_clock().monotonic);
  if (auto* trouble = std::get_if<Trouble>(&admitted)) return std::move(*trouble);
  auto& caller = std::get<Admitted>(admitted);
  request.caller = caller.caller;
  request.account = std::move(caller.account);
  request.session = std::move(caller.session);
  return std::nullopt;
}

/// Answers the message. `session`: what names its page's.
Response answer_to(const Router& router, Doorkeeper& doorkeeper, Message message, const std::string& account, std::string& session) {
  const Wiped wiped(message.body());
  Request request;
  request.method = std::string(message.method_string());
  const bool is_path = read_target(message.target(), request);
  // Who may not knock does not learn what is well-formed.
  if (const auto trouble = identify(message, account, doorkeeper, request)) return respond(*trouble);
  if (!is_path) return respond(Trouble{"malformed", ExitCode::failed, 400, "The request's target is not a path.", {}, {}, {}});
  request.idempotency_key = header(message, "Idempotency-Key");
  request.if_none_match = header(message, "If-None-Match");
  request.last_event_id = header(message, "Last-Event-ID");
  request.body = std::move(message.body());
  session = request.session;
  return router.answer(std::move(request));
}

/// A request may have held a passphrase: nothing of it stays in the connection's buffer.
void wipe_read(beast::flat_buffer& buffer) {
  const auto free = buffer.prepare(buffer.capacity() - buffer.size());
  wipe(free.data(), free.size());
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

/// Who is still sending what was refused would lose the answer if the connection just ended.
asio::awaitable<void> let_finish(Stream& stream) {
  constexpr std::size_t passed_over_max = 64 * 1024 * 1024;
  error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  stream.expires_after(std::chrono::seconds(5));
  std::vector<char> passed_over(64 * 1024);
  const auto into = asio::buffer(passed_over);
  for (std::size_t sum = 0; sum < passed_over_max;) {
    const auto [error, size] = co_await stream.async_read_some(into, as_values);
    if (error) co_return;
    sum += size;
  }
}

Response too_many_streams() {
  auto out = respond(Trouble{
      "too_many", ExitCode::failed, 503, "Too many programs and pages listen to events already.", {}, "Close some, then try again.", {}});
  out.headers.emplace_back("Retry-After", "10");
  return out;
}

}  // namespace

/// Sends one listener's events, until it is gone, too slow, or logged out.
class HttpServer::Streaming {
 public:
  Streaming(HttpServer& server, Stream& stream, Response response, std::string session)
      : server_(server),
        stream_(stream),
        session_(std::move(session)),
        news_(stream.get_executor()),
        reader_(*response.events, response.resume_after, [this] { news_.raise(); }),
        header_(stream_header(response)) {
    ++server_.event_streams_;
  }
  Streaming(const Streaming&) = delete;
  Streaming& operator=(const Streaming&) = delete;
  ~Streaming() { --server_.event_streams_; }

  asio::awaitable<void> run() {
    using namespace asio::experimental::awaitable_operators;
    co_await (send() || is_gone());
  }

 private:
  asio::awaitable<void> send() {
    auto text = header_ + reader_.take();
    while (true) {
      stream_.expires_after(server_.limits_.request_max);
      const auto [error, sent] = co_await asio::async_write(stream_, asio::buffer(text), as_values);
      if (error) co_return;
      text = reader_.take();
      if (!text.empty()) continue;
      (void)co_await news_.wait_for(server_.limits_.heartbeat);
      if (!session_.empty() && !server_.doorkeeper_.sessions.is_open(session_, read_clock().monotonic)) co_return;
      text = reader_.take();
      if (text.empty()) text = ":\n\n";
    }
  }
  /// Who listens says nothing more: what comes from there is the end.
  asio::awaitable<void> is_gone() { (void)co_await stream_.socket().async_wait(asio::socket_base::wait_read, as_values); }

  HttpServer& server_;
  Stream& stream_;
  std::string session_;
  Signal news_;
  EventReader reader_;
  std::string header_;
};

HttpServer::HttpServer(asio::any_io_executor executor, const Router& router, HttpLimits limits)
    : router_(router),
      limits_(limits),
      door_(executor),
      loopback_(executor),
      unix_connections_(executor),
      loopback_connections_(executor) {}

Result<void> HttpServer::listen_unix(const std::string& path) { return door_.open(path); }

Result<std::uint16_t> HttpServer::listen_loopback(const HostPort& at, std::string token) {
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
  doorkeeper_.open(address.is_v6() ? "[::1]" : "127.0.0.1", port, std::move(token));
  return port;
}

asio::awaitable<void> HttpServer::run() {
  using namespace asio::experimental::awaitable_operators;
  co_await (accept_unix() && accept_loopback());
}

void HttpServer::stop() {
  error_code ignored;
  door_.close();
  loopback_.close(ignored);
  unix_connections_.cancel();
  loopback_connections_.cancel();
}

asio::awaitable<void> HttpServer::accept_unix() {
  asio::steady_timer pause(loopback_.get_executor());
  while (door_.is_open()) {
    auto [error, socket] = co_await door_.accept();
    if (error) {
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_values);
      continue;
    }
    if (unix_connections_.running() < limits_.connections_max) unix_connections_.start(welcome(std::move(socket)));
  }
}

asio::awaitable<void> HttpServer::welcome(Socket visitor) {
  auto account = co_await door_.admit(visitor);
  if (!account.empty()) co_await serve(std::move(visitor), std::move(account));
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
    if (loopback_connections_.running() >= limits_.connections_max) continue;
    loopback_connections_.start(serve(Socket(std::move(socket)), std::string()));
  }
}

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
    std::string session;
    auto response = error ? unreadable(error) : answer_to(router_, doorkeeper_, parser.release(), account, session);
    wipe_read(buffer);
    if (response.events != nullptr && event_streams_ < limits_.event_streams_max) {
      Streaming streaming(*this, stream, std::move(response), std::move(session));
      co_await streaming.run();
      co_return;
    }
    if (response.events != nullptr) response = too_many_streams();
    const auto answer = answer_of(std::move(response), keep);
    stream.expires_after(limits_.request_max);
    const auto [unsent, sent] = co_await http::async_write(stream, answer, as_values);
    if (unsent) co_return;
    if (error) co_await let_finish(stream);
  }
}

}  // namespace ward::runtime
