#include "runtime/http.hpp"
#include "runtime/unix_socket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <limits>

namespace ward::runtime {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Stream = beast::basic_stream<asio::local::stream_protocol>;

Error unreachable(error_code error) {
  if (error == beast::error::timeout) return fail(Fault::timeout, "the daemon did not answer");
  if (error == asio::error::access_denied) return fail(Fault::not_member, "this account may not use the daemon's socket");
  if (error == boost::system::errc::no_such_file_or_directory || error == asio::error::connection_refused)
    return fail(Fault::not_found, "no daemon listens in this data directory");
  return fail(Fault::io, "talking to the daemon: " + error.message());
}

asio::awaitable<void> exchange(Stream& stream, const std::string& path, const Call& call, error_code& failed, Reply& reply) {
  const SocketPath reachable(path);
  const asio::local::stream_protocol::endpoint at(reachable.text());
  std::tie(failed) = co_await stream.async_connect(at, as_values);
  if (failed) co_return;
  http::request<http::string_body> request{http::string_to_verb(call.method), call.target, 11};
  request.set(http::field::host, "localhost");
  if (!call.idempotency_key.empty()) request.set("Idempotency-Key", call.idempotency_key);
  request.keep_alive(false);
  request.body() = call.body;
  request.prepare_payload();
  std::size_t size = 0;
  std::tie(failed, size) = co_await http::async_write(stream, request, as_values);
  // A daemon that refuses early answers before it has read everything: its answer counts, not the broken pipe.
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::numeric_limits<std::uint32_t>::max());
  std::tie(failed, size) = co_await http::async_read(stream, buffer, parser, as_values);
  if (failed) co_return;
  reply = {parser.get().result_int(), std::move(parser.get().body()), std::string(parser.get()[http::field::etag])};
}

}  // namespace

Result<Reply> call_unix(const std::string& socket_path, const Call& call, std::chrono::milliseconds timeout) {
  if (SocketPath(socket_path).text().size() > 107) return fail(Fault::invalid, "the data directory's path is too long for a socket");
  asio::io_context io(1);
  Stream stream(io);
  stream.expires_after(timeout);
  error_code failed;
  Reply reply;
  std::exception_ptr thrown;
  asio::co_spawn(io, exchange(stream, socket_path, call, failed, reply), [&](std::exception_ptr what) { thrown = what; });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  if (failed) return unreachable(failed);
  return reply;
}

}  // namespace ward::runtime
