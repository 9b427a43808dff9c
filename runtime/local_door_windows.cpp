#include "protocol/crypto/keys.hpp"
#include "runtime/door_file_windows.hpp"
#include "runtime/local_door.hpp"
#include "runtime/system_windows.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <windows.h>

#include <array>

namespace ward::runtime {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::chrono::seconds knock_max{5};

std::string own_account() {
  std::array<wchar_t, 257> name{};
  auto size = static_cast<DWORD>(name.size());
  return GetUserNameW(name.data(), &size) ? narrow(name.data()) : std::string("unknown");
}

asio::awaitable<bool> knocks(LocalDoor::Socket& visitor, const std::string& knock, const std::string& answer) {
  std::array<char, DoorFile::secret_size> heard{};
  const auto into = asio::buffer(heard);
  const auto [error, size] = co_await asio::async_read(visitor, into, as_values);
  if (error || !crypto::equal(view(std::string_view(heard.data(), heard.size())), view(knock))) co_return false;
  const auto said = asio::buffer(answer);
  const auto [unsaid, sent] = co_await asio::async_write(visitor, said, as_values);
  co_return !unsaid;
}

}  // namespace

Result<void> LocalDoor::open(const std::string& path) {
  boost::system::error_code error;
  const asio::ip::tcp::endpoint at(asio::ip::address_v4::loopback(), 0);
  acceptor_.open(at.protocol(), error);
  if (!error) acceptor_.bind(at, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(Fault::io, "opening a port of this machine: " + error.message());
  asio::ip::tcp::endpoint bound;
  const auto generic = acceptor_.local_endpoint(error);
  if (error || generic.size() > bound.capacity()) return fail(Fault::io, "opening a port of this machine");
  bound.resize(generic.size());
  std::copy_n(reinterpret_cast<const char*>(generic.data()), generic.size(), reinterpret_cast<char*>(bound.data()));
  auto door = new_door_file(bound.port());
  WARD_CHECK(write_door_file(path, door));
  knock_ = std::move(door.knock);
  answer_ = std::move(door.answer);
  return {};
}

asio::awaitable<Visitor> LocalDoor::admit(Socket& visitor) {
  asio::steady_timer timer(visitor.get_executor(), knock_max);
  auto known = co_await (knocks(visitor, knock_, answer_) || timer.async_wait(asio::use_awaitable));
  const auto* let_in = std::get_if<0>(&known);
  Visitor out;
  out.owner = let_in != nullptr && *let_in;
  if (out.owner) out.account = own_account();
  co_return out;
}

void LocalDoor::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace ward::runtime
