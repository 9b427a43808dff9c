#include "runtime/http_server.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/clock.hpp"
#include "runtime/events.hpp"
#include "runtime/target.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

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

std::optional<std::string> said(const Message& message, std::string_view name) {
  const auto found = message.find(name);
  if (found == message.end()) return std::nullopt;
  return std::string(found->value());
}

std::string header(const Message& message, std::string_view name) { return said(message, name).value_or(std::string()); }

/// One of two would be judged, and perhaps another reader believe the other one.
bool says_twice_who_asks(const Message& message) {
  constexpr const char* names[] = {"Host", "Origin", "Sec-Fetch-Site", "Authorization", "Cookie", "X-CSRF-Token"};
  return std::any_of(std::begin(names), std::end(names), [&](const char* name) { return message.count(name) > 1; });
}

Trouble malformed(const char* what) { return {"malformed", ExitCode::failed, 400, what, {}, "See RFC 9112.", {}}; }

/// What every answer says of itself, so that nobody keeps it, frames it, runs it, or learns where it was read.
constexpr std::pair<const char*, const char*> said_always[] = {{"Cache-Control", "no-store"},
                                                               {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
                                                               {"Cross-Origin-Opener-Policy", "same-origin"},
                                                               {"Cross-Origin-Resource-Policy", "same-origin"},
                                                               {"Referrer-Policy", "no-referrer"},
                                                               {"X-Content-Type-Options", "nosniff"}};

Answer answer_of(Response response, bool keep) {
  Answer out{static_cast<http::status>(response.status), 11};
  out.set(http::field::content_type, response.content_type);
  for (const auto& [name, value] : said_always) out.set(name, value);
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
  auto out = "HTTP/1.1 200 OK\r\nContent-Type: " + response.content_type + "\r\n";
  for (const auto& [name, value] : said_always) out += std::string(name) + ": " + value + "\r\n";
  return out + "Connection: close\r\n\r\n";
}

bool asks_for_session(const Request& request) {
  return request.method == "POST" && request.path_parts == std::vector<std::string>{"v1", "session"};
}

/// Whose request it is, or the refusal. `visitor` is the Unix socket's peer; without an account at the loopback port.
std::optional<Trouble> identify(const Message& message, const Visitor& visitor, Doorkeeper& doorkeeper, Request& request) {
  if (!visitor.account.empty()) {
    request.caller = Caller::account;
    request.account = visitor.account;
    request.owner = visitor.owner;
    return std::nullopt;
  }
  if (says_twice_who_asks(message)) return malformed("The request says twice who asks.");
  const Knock knock{request.method,
                    header(message, "Host"),
                    said(message, "Origin"),
                    said(message, "Sec-Fetch-Site"),
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

constexpr std::uint64_t stranger_body_bytes_max = 64 * 1024;

/// Who has not shown whose he is may log in, and hold no more memory than that takes: 64 of them fill no small PC.
error_code keep_small(Parser& parser, Doorkeeper& doorkeeper) {
  Request request;
  request.method = std::string(parser.get().method_string());
  (void)read_target(parser.get().target(), request);
  if (!identify(parser.get(), {}, doorkeeper, request) && request.caller != Caller::nobody) return {};
  parser.body_limit(stranger_body_bytes_max);
  return parser.content_length().value_or(0) > stranger_body_bytes_max ? http::error::body_limit : error_code{};
}

/// Answers the message. `session`: what names its page's.
Response answer_to(const Router& router, Doorkeeper& doorkeeper, Message message, const Visitor& visitor, std::string& session) {
  const Wiped wiped(message.body());
  Request request;
  request.method = std::string(message.method_string());
  const bool is_path = read_target(message.target(), request);
  // Who may not knock does not learn what is well-formed.
  if (const auto trouble = identify(message, visitor, doorkeeper, request)) return respond(*trouble);
  if (!is_path) return respond(malformed("The request's target is not a path."));
  request.idempotency_key = header(message, "Idempotency-Key");
  request.if_none_match = header(message, "If-None-Match");
  request.last_event_id = header(message, "Last-Event-ID");
  request.log_in = header(message, "Wardsync-Log-In");
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
  return respond(malformed("This is not HTTP/1.1."));
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

asio::awaitable<void> HttpServer::welcome(Socket socket) {
  auto visitor = co_await door_.admit(socket);
  if (!visitor.account.empty()) co_await serve(std::move(socket), std::move(visitor));
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
    Visitor stranger;
    loopback_connections_.start(serve(Socket(std::move(socket)), std::move(stranger)));
  }
}

asio::awaitable<void> HttpServer::serve(Socket socket, Visitor visitor) {
  Stream stream(std::move(socket));
  beast::flat_buffer buffer(limits_.header_bytes_max + 64 * 1024);
  for (bool keep = true; keep;) {
    Parser parser;
    parser.header_limit(limits_.header_bytes_max);
    parser.body_limit(limits_.body_bytes_max);
    stream.expires_after(limits_.idle_max);
    auto [error, size] = co_await http::async_read_header(stream, buffer, parser, as_values);
    if (!error && visitor.account.empty()) error = keep_small(parser, doorkeeper_);
    if (!error) {
      stream.expires_after(limits_.request_max);
      std::tie(error, size) = co_await http::async_read(stream, buffer, parser, as_values);
    }
    if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::operation_aborted) co_return;
    keep = !error && parser.get().keep_alive();
    std::string session;
    auto response = error ? unreadable(error) : answer_to(router_, doorkeeper_, parser.release(), visitor, session);
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
