#include "runtime/link.hpp"

#include "protocol/base/overloaded.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace ward::runtime {
namespace {

using namespace asio::experimental::awaitable_operators;
using boost::system::error_code;

constexpr std::size_t outgoing_bytes_max = 16 * 1024 * 1024;  ///< a peer that reads nothing while it asks for more
constexpr std::chrono::seconds flush_max{5};
constexpr std::size_t read_bytes_max = 64 * 1024;

asio::awaitable<Result<Tcp::socket>> connect(HostPort to) {
  const auto executor = co_await asio::this_coro::executor;
  Tcp::socket socket(executor);
  error_code not_numeric;
  const auto address = asio::ip::make_address(to.host, not_numeric);
  if (!not_numeric) {
    const Tcp::endpoint endpoint(address, to.port);
    const auto [error] = co_await socket.async_connect(endpoint, as_values);
    if (error) co_return fail(Fault::io, "connecting to the centre: " + error.message());
    co_return std::move(socket);
  }
  Tcp::resolver resolver(executor);
  const auto port = std::to_string(to.port);
  const auto [unknown, found] = co_await resolver.async_resolve(to.host, port, as_values);
  if (unknown) co_return fail(Fault::io, "looking up the centre's name: " + unknown.message());
  const auto [error, at] = co_await asio::async_connect(socket, found, as_values);
  if (error) co_return fail(Fault::io, "connecting to the centre: " + error.message());
  co_return std::move(socket);
}

}  // namespace

Error cannot_listen(const char* whom, const HostPort& at, error_code error) {
  auto detail = std::string("listening for ") + whom + " at " + at.host + ":" + std::to_string(at.port) + ": " + error.message();
  if (error == asio::error::address_in_use) detail += "; stop the program that holds that port, or choose another";
  return fail(Fault::io, std::move(detail));
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return fail(Fault::invalid, "an address is written host:port");
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return fail(Fault::invalid, "a port is a number from 0 to 65535");
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return fail(Fault::invalid, "an IPv6 address is written in brackets: [::1]:7400");
  return HostPort{std::string(host), port};
}

asio::awaitable<Result<Tcp::socket>> dial(HostPort to, std::chrono::milliseconds timeout) {
  asio::steady_timer timer(co_await asio::this_coro::executor, timeout);
  auto first = co_await (connect(std::move(to)) || timer.async_wait(asio::use_awaitable));
  if (first.index() == 1) co_return fail(Fault::timeout, "connecting to the centre");
  co_return std::get<0>(std::move(first));
}

Link::Link(Tcp::socket socket)
    : socket_(std::move(socket)), happened_(socket_.get_executor()), taken_(socket_.get_executor()), to_send_(socket_.get_executor()) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
}

asio::awaitable<Link::Happening> Link::next() {
  while (true) {
    if (!arrived_.empty()) {
      taken_.raise();
      co_return engine::BytesArrived{std::exchange(arrived_, {})};
    }
    if (lost_) co_return Lost{*lost_};
    if (std::exchange(woken_, false)) co_return Woken{};
    if (!armed_) {
      co_await happened_.wait();
      continue;
    }
    const auto left = *armed_ - read_clock().monotonic;
    if (left.count() <= 0) {
      armed_.reset();
      co_return engine::TimerFired{};
    }
    co_await happened_.wait_for(left);
  }
}

void Link::obey(engine::LinkEffect effect) {
  std::visit(overloaded{
                 [&](engine::SendBytes& send) {
                   if (closed_ || send.bytes.empty()) return;
                   outgoing_bytes_ += send.bytes.size();
                   outgoing_.push_back(std::move(send.bytes));
                   if (outgoing_bytes_ > outgoing_bytes_max) return lose(fail(Fault::io, "the peer does not read what it asks for"));
                   to_send_.raise();
                 },
                 [&](engine::ArmTimer& arm) { armed_ = arm.at; },
                 [&](engine::CloseLink& close) { closing_ = std::move(close.reason); },
             },
             effect);
}

bool Link::local_address_gone() {
  error_code error;
  const auto own = socket_.local_endpoint(error);
  if (error) return true;
  asio::ip::udp::socket probe(socket_.get_executor());
  const asio::ip::udp::endpoint at(own.address(), 0);
  probe.open(at.protocol(), error);
  if (!error) probe.bind(at, error);
  return error == boost::system::errc::address_not_available;
}

void Link::wake() {
  woken_ = true;
  happened_.raise();
}

asio::awaitable<void> Link::pump() { co_await (read() && write()); }

asio::awaitable<void> Link::read() {
  static std::array<std::uint8_t, read_bytes_max> buffer;  // one thread; an idle link holds no buffer of its own
  while (!closed_) {
    const auto [waiting] = co_await socket_.async_wait(Tcp::socket::wait_read, as_values);
    if (closed_) co_return;
    error_code error = waiting;
    const auto got = error ? 0 : socket_.read_some(asio::buffer(buffer), error);
    if (error == asio::error::would_block) continue;
    if (error) {
      lose(fail(Fault::io, error == asio::error::eof ? "the other side closed the link" : "the link broke: " + error.message()));
      co_return;
    }
    append(arrived_, BytesView(buffer).first(got));
    happened_.raise();
    while (!arrived_.empty() && !closed_) co_await taken_.wait();
  }
}

asio::awaitable<void> Link::write() {
  while (!closed_) {
    if (outgoing_.empty()) {
      co_await to_send_.wait();
      continue;
    }
    const auto [error, wrote] = co_await asio::async_write(socket_, asio::buffer(outgoing_.front()), as_values);
    if (closed_) co_return;
    if (error) {
      lose(fail(Fault::io, "the link broke: " + error.message()));
      co_return;
    }
    outgoing_bytes_ -= outgoing_.front().size();
    outgoing_.pop_front();
    if (outgoing_.empty()) happened_.raise();
  }
}

void Link::lose(Error reason) {
  if (!lost_) lost_ = std::move(reason);
  happened_.raise();
}

asio::awaitable<void> Link::finish() {
  const auto until = read_clock().monotonic + flush_max;
  while (!outgoing_.empty() && !lost_) {
    const auto left = until - read_clock().monotonic;
    if (left.count() <= 0) break;
    co_await happened_.wait_for(left);
  }
  error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  close();
}

void Link::close() {
  closed_ = true;
  lose(fail(Fault::io, "the link was closed here"));
  error_code ignored;
  socket_.close(ignored);
  for (auto* signal : {&happened_, &taken_, &to_send_}) signal->raise();
}

Result<std::uint16_t> LinkServer::listen(const HostPort& at) {
  error_code error;
  const auto address = asio::ip::make_address(at.host, error);
  if (error) return fail(Fault::invalid, "listening needs an IP address, e.g. 0.0.0.0:7400");
  const Tcp::endpoint endpoint(address, at.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(Tcp::acceptor::max_listen_connections, error);
  if (error) return cannot_listen("wards", at, error);
  return acceptor_.local_endpoint().port();
}

asio::awaitable<void> LinkServer::run(std::size_t links_max, std::function<asio::awaitable<void>(Tcp::socket)> serve) {
  asio::steady_timer pause(acceptor_.get_executor());
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(as_values);
    if (error) {  // out of descriptors: those that end free some
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_values);
      continue;
    }
    if (links_.running() >= links_max) continue;
    tune(socket, centre_unacknowledged_max);
    links_.start(serve(std::move(socket)));
  }
}

void LinkServer::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  links_.cancel();
}

}  // namespace ward::runtime
