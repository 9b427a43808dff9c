#include "runtime/http.hpp"
#include "runtime/local_connection.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <span>

/// A blocking client without Asio: a command line makes one call at a time.
namespace ward::runtime {
namespace {

namespace http = boost::beast::http;

Error unreachable(int error) {
  if (error == ETIMEDOUT) return fail(Fault::timeout, "the daemon did not answer");
  if (error == EACCES || error == EPERM) return fail(Fault::not_member, "this account may not use the daemon's socket");
  if (error == ENOENT || error == ECONNREFUSED) return fail(Fault::not_found, "no daemon listens in this data directory");
  return fail(Fault::io, std::string("talking to the daemon: ") + std::strerror(error));
}

std::string request_of(const Call& call) {
  std::string out = call.method + ' ' + call.target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  if (!call.idempotency_key.empty()) out += "Idempotency-Key: " + call.idempotency_key + "\r\n";
  if (!call.log_in.empty()) out += "Wardsync-Log-In: " + call.log_in + "\r\n";
  if (!call.body.empty() || call.method == "POST") out += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return out + "\r\n" + call.body;
}

Result<Reply> read_reply(LocalConnection& connection) {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(std::numeric_limits<std::uint32_t>::max());
  std::array<char, 16 * 1024> buffer;
  std::string unread;
  while (!parser.is_done()) {
    std::size_t got = 0;
    if (const int error = connection.read(buffer, got); error != 0) return unreachable(error);
    boost::system::error_code malformed;
    if (got == 0) {
      if (!parser.got_some()) return fail(Fault::io, "the daemon ended before it answered");
      parser.put_eof(malformed);
      if (malformed || !parser.is_done()) return fail(Fault::io, "the daemon ended in the middle of its answer");
      break;
    }
    unread.append(buffer.data(), got);
    const auto used = parser.put(boost::asio::buffer(unread), malformed);
    unread.erase(0, used);
    if (malformed && malformed != http::error::need_more) return fail(Fault::malformed, "the daemon's answer is not HTTP");
  }
  return Reply{parser.get().result_int(), std::move(parser.get().body()), std::string(parser.get()[http::field::etag])};
}

}  // namespace

Result<Reply> call_unix(const std::string& socket_path, const Call& call, std::chrono::milliseconds timeout) {
  LocalConnection connection(timeout);
  if (const int error = connection.connect(socket_path); error != 0) return unreachable(error);
  // A daemon that refuses early answers before it has read everything: its answer counts, not the broken pipe.
  if (const int error = connection.write(request_of(call)); error != 0 && error != EPIPE && error != ECONNRESET) return unreachable(error);
  return read_reply(connection);
}

}  // namespace ward::runtime
