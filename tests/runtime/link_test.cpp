#include "runtime/drive.hpp"
#include "runtime/entropy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <thread>

using namespace ward;
using namespace ward::runtime;
using namespace std::chrono_literals;

namespace {

/// A toy with the shape of the real engines: says hello, counts what comes, asks its store once for every message, ends at a full stop.
struct Noted {};
struct Poked {};
using Event = std::variant<engine::LinkUp, engine::BytesArrived, engine::TimerFired, Noted, Poked>;
struct Note {
  Bytes bytes;
};
using Effect = std::variant<Note, engine::LinkEffect>;

struct Toy {
  Bytes hello;
  std::optional<std::chrono::milliseconds> alarm;
  std::string heard;
  int notes = 0, pokes = 0;

  std::vector<Effect> on(const Event& event, Now now) {
    std::vector<Effect> out;
    const auto send = [&](BytesView bytes) { out.emplace_back(engine::LinkEffect{engine::SendBytes{copy(bytes)}}); };
    if (std::holds_alternative<engine::LinkUp>(event)) {
      send(hello);
      if (alarm) out.emplace_back(engine::LinkEffect{engine::ArmTimer{now.monotonic + *alarm}});
    } else if (const auto* bytes = std::get_if<engine::BytesArrived>(&event)) {
      heard += text_of(bytes->bytes);
      out.emplace_back(Note{bytes->bytes});
    } else if (std::holds_alternative<engine::TimerFired>(event)) {
      send(view("late."));
      out.emplace_back(engine::LinkEffect{engine::CloseLink{fail(Fault::timeout, "the alarm")}});
    } else if (std::holds_alternative<Noted>(event)) {
      ++notes;
      if (heard.ends_with('.')) out.emplace_back(engine::LinkEffect{engine::CloseLink{fail(Fault::gap, "full stop")}});
    } else {
      ++pokes;
      send(view("poked."));
    }
    return out;
  }
};

asio::awaitable<Error> run(Tcp::socket socket, Toy& toy, Link** exposed = nullptr, bool* poke = nullptr) {
  Link link(std::move(socket));
  if (exposed != nullptr) *exposed = &link;
  auto perform = [](Note, Now) -> std::optional<Event> { return Noted{}; };
  auto outside = [poke]() -> std::optional<Event> {
    if (poke == nullptr || !std::exchange(*poke, false)) return std::nullopt;
    return Poked{};
  };
  const Array<32> entropy{};
  co_return co_await drive<Event>(link, toy, entropy, perform, outside);
}

struct Pair {
  asio::io_context io{1};
  Toy caller, answerer;
  std::optional<Error> caller_end, answerer_end;

  /// Two engines, each on its end of one TCP connection.
  void talk(Link** exposed = nullptr, bool* poke = nullptr) {
    Tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    Tcp::socket near_end(io), far_end(io);
    near_end.connect(acceptor.local_endpoint());
    acceptor.accept(far_end);
    std::exception_ptr thrown;
    const auto start = [&](Tcp::socket socket, Toy& toy, std::optional<Error>& end, Link** link, bool* flag) {
      asio::co_spawn(io, run(std::move(socket), toy, link, flag), [&](std::exception_ptr what, Error error) {
        if (what) thrown = what;
        end = std::move(error);
      });
    };
    start(std::move(near_end), caller, caller_end, exposed, poke);
    start(std::move(far_end), answerer, answerer_end, nullptr, nullptr);
    io.run_for(10s);
    if (thrown) std::rethrow_exception(thrown);
    REQUIRE(caller_end);
    REQUIRE(answerer_end);
  }
};

}  // namespace

TEST_CASE("link: what one engine sends, the other gets; a close is flushed, and the other side notices") {
  Pair pair;
  pair.caller.hello = copy(view("good day."));
  pair.talk();
  CHECK(pair.answerer.heard == "good day.");
  CHECK(pair.answerer_end->detail == "full stop");
  CHECK(pair.caller_end->fault == Fault::io);
}

TEST_CASE("link: a large message arrives whole although the other side answers while it is under way") {
  Pair pair;
  pair.caller.hello = Bytes(3'000'000, 'a');
  pair.caller.hello.push_back('.');
  pair.answerer.hello = Bytes(2'000'000, 'b');
  pair.talk();
  CHECK(pair.answerer.heard.size() == 3'000'001);
  CHECK(pair.answerer.notes > 1);
}

TEST_CASE("link: a timer fires, and what is sent with the close still arrives") {
  Pair pair;
  pair.caller.alarm = 30ms;
  pair.talk();
  CHECK(pair.caller_end->detail == "the alarm");
  CHECK(pair.answerer.heard == "late.");
}

TEST_CASE("link: a wake lets the engine hear of what happened outside") {
  Pair pair;
  Link* link = nullptr;
  bool poke = false;
  asio::steady_timer later(pair.io, 20ms);
  later.async_wait([&](boost::system::error_code) {
    poke = true;
    link->wake();
  });
  pair.talk(&link, &poke);
  CHECK(pair.caller.pokes == 1);
  CHECK(pair.answerer.heard == "poked.");
}

TEST_CASE("link: closing it here ends the engine's loop") {
  Pair pair;
  Link* link = nullptr;
  asio::steady_timer later(pair.io, 20ms);
  later.async_wait([&](boost::system::error_code) { link->close(); });
  pair.talk(&link);
  CHECK(pair.caller_end->fault == Fault::io);
  CHECK(pair.answerer_end->fault == Fault::io);
}

TEST_CASE("link: a loopback address stays") {
  asio::io_context io(1);
  Tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  Tcp::socket near_end(io);
  near_end.connect(acceptor.local_endpoint());
  Link link(std::move(near_end));
  CHECK_FALSE(link.local_address_gone());
}

namespace {

asio::awaitable<void> dial_into(HostPort to, std::chrono::milliseconds timeout, Result<void>& out) {
  auto socket = co_await dial(std::move(to), timeout);
  if (socket.has_error()) out = socket.error();
}

Result<void> dial_now(const HostPort& to, std::chrono::milliseconds timeout) {
  asio::io_context io(1);
  Result<void> out;
  asio::co_spawn(io, dial_into(to, timeout, out), [](std::exception_ptr) {});
  io.run();
  return out;
}

}  // namespace

TEST_CASE("dial: a port where nobody listens is an error that may pass") {
  std::uint16_t port = 0;
  {
    asio::io_context io(1);
    const Tcp::acceptor taken(io, {asio::ip::make_address("127.0.0.1"), 0});
    port = taken.local_endpoint().port();
  }
  const auto refused = dial_now({"127.0.0.1", port}, 5s);
  CHECK(refused.error().fault == Fault::io);
  CHECK(reaction_to(refused.error().fault) == Reaction::retry);
}

TEST_CASE("dial: a name that does not exist is an error that may pass") {
  CHECK(reaction_to(dial_now({"no-such-host.invalid", 7400}, 20s).error().fault) == Reaction::retry);
}

TEST_CASE("dial: a host that never answers is given up in time") {
  asio::io_context io(1);
  // A full backlog swallows further connections, as a dead line does.
  Tcp::acceptor full(io, Tcp::v4());
  full.bind({asio::ip::make_address("127.0.0.1"), 0});
  full.listen(0);
  std::vector<Tcp::socket> queued;
  for (int i = 0; i < 4; ++i) {
    queued.emplace_back(io, Tcp::v4());
    queued.back().native_non_blocking(true);
    const auto at = full.local_endpoint();
    (void)::connect(queued.back().native_handle(), at.data(), static_cast<socklen_t>(at.size()));
  }
  CHECK(dial_now({"127.0.0.1", full.local_endpoint().port()}, 100ms).error().fault == Fault::timeout);
}

TEST_CASE("address: host and port, an IPv6 address in brackets") {
  CHECK(parse_host_port("centre.hue.gov.vn:7400")->host == "centre.hue.gov.vn");
  CHECK(parse_host_port("127.0.0.1:0")->port == 0);
  CHECK(parse_host_port("[::1]:65535")->host == "::1");
  for (const auto* wrong : {"", "host", "host:", ":7400", "host:65536", "host:-1", "host:7400x", "::1:7400", "host: 7400"}) {
    CAPTURE(wrong);
    CHECK(parse_host_port(wrong).error().fault == Fault::invalid);
  }
}

TEST_CASE("server: a port that is taken is named") {
  asio::io_context io(1);
  LinkServer first(io.get_executor()), second(io.get_executor());
  const auto port = first.listen({"127.0.0.1", 0});
  REQUIRE(port.has_value());
  const auto taken = second.listen({"127.0.0.1", *port});
  REQUIRE(taken.has_error());
  CHECK(taken.error().detail.find(std::to_string(*port)) != std::string::npos);
  CHECK(LinkServer(io.get_executor()).listen({"a-name", 1}).error().fault == Fault::invalid);
}

TEST_CASE("server: serves each connection, and ends them all when it is stopped") {
  asio::io_context io(1);
  LinkServer server(io.get_executor());
  const auto port = server.listen({"127.0.0.1", 0});
  int served = 0, ended = 0;
  struct Counted {
    int& count;
    ~Counted() { ++count; }
  };
  const auto serve = [&](Tcp::socket socket) -> asio::awaitable<void> {
    const Counted counted{ended};
    ++served;
    co_await socket.async_wait(Tcp::socket::wait_read, as_values);
  };
  Tasks tasks(io.get_executor());
  tasks.start(server.run(2, serve));
  std::vector<Tcp::socket> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back(io);
    callers.back().connect({asio::ip::make_address("127.0.0.1"), *port});
  }
  io.run_for(200ms);
  CHECK(served == 2);  // the third was one too many
  server.stop();
  tasks.cancel();
  io.restart();
  io.run_for(5s);
  CHECK(ended == 2);
  CHECK(server.links() == 0);
}

TEST_CASE("entropy: nothing comes twice, and every byte is filled") {
  Array<64> once{}, again{};
  fill_random(once);
  fill_random(again);
  CHECK(once != again);
  CHECK(hedged_random("wsync-test", {}) != hedged_random("wsync-test", {}));
}
