#include "cli/examine.hpp"
#include "runtime/link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

/// Handlers, not coroutines: they would be the largest part of the program.
namespace ward::cli {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Tcp;
using Endpoints = Tcp::resolver::results_type;

constexpr std::chrono::seconds lookup_max{8};
constexpr std::chrono::seconds dial_max{8};

/// The addresses of a name; an address is its own.
error_code lookup(const runtime::HostPort& at, Endpoints& out) {
  asio::io_context io(1);
  Tcp::resolver resolver(io);
  error_code outcome = asio::error::timed_out;
  resolver.async_resolve(at.host, std::to_string(at.port), [&](error_code error, Endpoints found) {
    outcome = error;
    out = std::move(found);
  });
  io.run_for(lookup_max);
  return outcome;
}

/// To the first that answers; the last one's error when none does.
error_code dial(const Endpoints& all) {
  error_code outcome = asio::error::host_unreachable;
  for (const auto& one : all) {
    asio::io_context io(1);
    Tcp::socket socket(io);
    outcome = asio::error::timed_out;
    socket.async_connect(one.endpoint(), [&](error_code error) { outcome = error; });
    io.run_for(dial_max);
    if (!outcome) break;
  }
  return outcome;
}

}  // namespace

void examine_centre(Examination& to, const std::string& address) {
  const auto at = runtime::parse_host_port(address);
  if (at.has_error()) return to.found("centre's name", Finding::name_unknown, address + ": " + at.error().detail);
  Endpoints found;
  if (const auto unknown = lookup(*at, found)) {
    to.found("centre's name", Finding::name_unknown, at->host + ": " + unknown.message());
    return to.skipped("centre's port", "the name must be known first");
  }
  to.well("centre's name", at->host);
  if (const auto silent = dial(found))
    to.found("centre's port", Finding::port_unreachable, address + ": " + silent.message());
  else
    to.well("centre's port", address + " answers");
}

void examine_port_free(Examination& to, const std::string& check, const std::string& address) {
  const auto at = runtime::parse_host_port(address);
  error_code error;
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
