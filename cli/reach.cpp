#include "cli/examine.hpp"
#include "runtime/link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <exception>

namespace ward::cli {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using runtime::as_values;
using runtime::Tcp;

constexpr std::chrono::seconds lookup_max{8};
constexpr std::chrono::seconds dial_max{8};

/// Nothing when the name is known, or is an address.
asio::awaitable<std::optional<std::string>> lookup(runtime::HostPort at) {
  boost::system::error_code not_numeric;
  (void)asio::ip::make_address(at.host, not_numeric);
  if (!not_numeric) co_return std::nullopt;
  const auto executor = co_await asio::this_coro::executor;
  Tcp::resolver resolver(executor);
  asio::steady_timer timer(executor, lookup_max);
  const auto port = std::to_string(at.port);
  auto first = co_await (resolver.async_resolve(at.host, port, as_values) || timer.async_wait(asio::use_awaitable));
  if (first.index() == 1) co_return at.host + ": no DNS server answered in time";
  const auto& [error, found] = std::get<0>(first);
  if (error) co_return at.host + ": " + error.message();
  co_return std::nullopt;
}

asio::awaitable<void> reach(Examination& to, runtime::HostPort at) {
  const auto where = at.host + ":" + std::to_string(at.port);
  if (const auto unknown = co_await lookup(at)) {
    to.found("centre's name", Finding::name_unknown, *unknown);
    to.skipped("centre's port", "the name must be known first");
    co_return;
  }
  to.well("centre's name", at.host);
  const auto socket = co_await runtime::dial(std::move(at), dial_max);
  if (socket.has_error())
    to.found("centre's port", Finding::port_unreachable,
             where + ": " + (socket.error().fault == Fault::timeout ? "no answer in time" : socket.error().detail));
  else
    to.well("centre's port", where + " answers");
}

}  // namespace

void examine_centre(Examination& to, const std::string& address) {
  auto at = runtime::parse_host_port(address);
  if (at.has_error()) return to.found("centre's name", Finding::name_unknown, address + ": " + at.error().detail);
  asio::io_context io(1);
  std::exception_ptr thrown;
  asio::co_spawn(io, reach(to, *std::move(at)), [&](std::exception_ptr what) { thrown = what; });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
}

void examine_port_free(Examination& to, const std::string& check, const std::string& address) {
  const auto at = runtime::parse_host_port(address);
  boost::system::error_code error;
  const auto ip = at.has_value() ? asio::ip::make_address(at->host, error) : asio::ip::address();
  if (at.has_error() || error) return to.found(check, Finding::config_broken, address + " is no address of this machine");
  asio::io_context io(1);
  Tcp::acceptor acceptor(io);
  const Tcp::endpoint endpoint(ip, at->port);
  (void)acceptor.open(endpoint.protocol(), error);
  if (!error) (void)acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) (void)acceptor.bind(endpoint, error);
  if (!error) (void)acceptor.listen(1, error);
  if (error)
    to.found(check, Finding::port_taken, address + ": " + error.message());
  else
    to.well(check, address + " is free");
}

}  // namespace ward::cli
