#include "runtime/events.hpp"
#include "runtime/http_server.hpp"
#include "runtime/page.hpp"
#include "tests/support/temporary.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <catch2/catch.hpp>

#include <filesystem>
#include <sys/stat.h>
#include <thread>

using namespace ward;
using namespace ward::runtime;
using namespace std::chrono_literals;
using ward::test::Temporary;

namespace {

Router echo_router() {
  Router router;
  router.add("GET", "/v1/things/{name}", [](const Request& request) {
    boost::json::object out{
        {"name", request.parameters.at("name")}, {"account", request.account}, {"limit", request.query_or("limit", "none")}};
    return respond(out);
  });
  router.add("POST", "/v1/things", [](const Request& request) {
    return respond(boost::json::object{{"bytes", request.body.size()}, {"key", request.idempotency_key}}, 201);
  });
  router.add("GET", "/v1/trouble", [](const Request&) { return respond(fail(Fault::revoked, "")); });
  return router;
}

constexpr PageFile page_files[] = {{"index.html", "<gzip>", "text/html; charset=utf-8"},
                                   {"app.js", "<js>", "text/javascript; charset=utf-8"}};

/// A server in a thread of its own, as the daemon is a process of its own.
class Served {
 public:
  explicit Served(const std::string& socket, HttpLimits limits = {}) : server_(io_.get_executor(), router_, limits) {
    add_page_files(router_, page_files);
    add_session_routes(router_, server_.doorkeeper(), "wardsync");
    add_event_route(router_, events_);
    REQUIRE(server_.listen_unix(socket).has_value());
    const auto bound = server_.listen_loopback({"127.0.0.1", 0}, "secret-token");
    REQUIRE(bound.has_value());
    port = *bound;
    tasks_.start(server_.run());
    thread_ = std::thread([this] { io_.run(); });
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    asio::post(io_, [this] {
      server_.stop();
      tasks_.cancel();
    });
    thread_.join();
  }

  /// What the loopback port answers to these bytes, until it closes.
  [[nodiscard]] std::string say(const std::string& bytes) const {
    asio::io_context io(1);
    Tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    asio::write(socket, asio::buffer(bytes));
    std::string out;
    boost::system::error_code ended;
    asio::read(socket, asio::dynamic_buffer(out), ended);
    return out;
  }
  [[nodiscard]] std::string get(const std::string& headers) const {
    return say("GET /v1/things/a HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
  }
  [[nodiscard]] std::string host() const { return "Host: 127.0.0.1:" + std::to_string(port) + "\r\n"; }

  /// Something happens in the daemon.
  void happen(const char* name) {
    asio::post(io_, [this, name] { events_.add(name, {{"n", 1}}); });
  }

  std::uint16_t port = 0;

 private:
  asio::io_context io_{1};
  Router router_ = echo_router();
  EventLog events_;
  HttpServer server_;
  Tasks tasks_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace

TEST_CASE("http: a call over the socket reaches its handler with path, query, body and account") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const auto reply = call_unix(here.file("api.sock"), {"GET", "/v1/things/" + encode_segment("H57/1 ắ") + "?limit=7", {}, {}}, 5s);
  REQUIRE(reply.has_value());
  CHECK(reply->status == 200);
  CHECK(reply->body.find(R"("name":"H57/1 ắ")") != std::string::npos);
  CHECK(reply->body.find(R"("limit":"7")") != std::string::npos);
  CHECK(reply->body.find(R"("account":"")") == std::string::npos);
  const auto posted = call_unix(here.file("api.sock"), {"POST", "/v1/things", std::string(3'000'000, 'x'), "key-1"}, 5s);
  REQUIRE(posted.has_value());
  CHECK(posted->status == 201);
  CHECK(posted->body == R"({"bytes":3000000,"key":"key-1"})");
}

TEST_CASE("http: a path that is too long for a socket address works all the same") {
  const Temporary here;
  const auto deep = here.path() + "/" + std::string(120, 'd');
  std::filesystem::create_directories(deep);
  const Served served(deep + "/api.sock");
  const auto reply = call_unix(deep + "/api.sock", {"GET", "/v1/things/a", {}, {}}, 5s);
  REQUIRE(reply.has_value());
  CHECK(reply->status == 200);
}

TEST_CASE("http: the socket is for this account and its group") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  struct stat found{};
  REQUIRE(::stat(here.file("api.sock").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0660);
}

TEST_CASE("http: a socket file that a killed daemon left behind is replaced") {
  const Temporary here;
  {
    const Served killed(here.file("api.sock"));
  }
  REQUIRE(std::filesystem::exists(here.file("api.sock")));
  const Served served(here.file("api.sock"));
  CHECK(call_unix(here.file("api.sock"), {"GET", "/v1/things/a", {}, {}}, 5s).has_value());
}

TEST_CASE("http: no daemon is told apart from a daemon that does not answer") {
  const Temporary here;
  CHECK(call_unix(here.file("api.sock"), {"GET", "/", {}, {}}, 1s).error().fault == Fault::not_found);
  asio::io_context io(1);
  const asio::local::stream_protocol::acceptor silent(io, here.file("api.sock"));
  CHECK(call_unix(here.file("api.sock"), {"GET", "/", {}, {}}, 100ms).error().fault == Fault::timeout);
}

TEST_CASE("http: unknown addresses and methods are problems") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const auto ask = [&](const char* method, const char* target) { return *call_unix(here.file("api.sock"), {method, target, {}, {}}, 5s); };
  CHECK(ask("GET", "/v1/none").status == 404);
  CHECK(ask("GET", "/v1/things/").status == 404);
  CHECK(ask("GET", "/v1/things/a/b").status == 404);
  CHECK(ask("DELETE", "/v1/things/a").status == 405);
  const auto trouble = trouble_of_json(ask("GET", "/v1/trouble").body, 403);
  CHECK(trouble.name == "revoked");
  CHECK(trouble.exit == ExitCode::refused);
  CHECK(ask("GET", "/v1/things/%zz").status == 400);
  CHECK(ask("GET", "/v1/things/a?limit=1&limit=2").status == 400);
}

TEST_CASE("http: over loopback only the token's bearer is let in, from no other origin, under no other name") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const std::string token = "Authorization: Bearer secret-token\r\n";
  CHECK(served.get(served.host() + token).starts_with("HTTP/1.1 200"));
  CHECK(served.get("Host: localhost:" + std::to_string(served.port) + "\r\n" + token).starts_with("HTTP/1.1 200"));
  CHECK(served.get(served.host()).starts_with("HTTP/1.1 401"));
  CHECK(served.get(served.host() + "Authorization: Bearer secret-tokeN\r\n").starts_with("HTTP/1.1 401"));
  CHECK(served.get("Host: evil.example\r\n" + token).starts_with("HTTP/1.1 421"));
  CHECK(served.get(token).starts_with("HTTP/1.1 421"));
  CHECK(served.get(served.host() + token + "Origin: https://evil.example\r\n").starts_with("HTTP/1.1 403"));
  CHECK(served.get(served.host() + token).find("Access-Control") == std::string::npos);
}

TEST_CASE("http: a request that says twice who asks is refused") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const std::string token = "Authorization: Bearer secret-token\r\n";
  for (const auto& twice : {served.host(), token, std::string("Origin: null\r\n"), std::string("Sec-Fetch-Site: none\r\n"),
                            std::string("Cookie: a=b\r\n"), std::string("X-CSRF-Token: 0\r\n")}) {
    CAPTURE(twice);
    const auto once = twice == served.host() || twice == token ? std::string() : twice;
    CHECK(served.get(served.host() + token + twice + once).starts_with("HTTP/1.1 400"));
  }
  CHECK(served.get(served.host() + token + "Accept: a\r\nAccept: b\r\n").starts_with("HTTP/1.1 200"));
  for (const auto* empty : {"Origin:\r\n", "Sec-Fetch-Site:\r\n"})
    CHECK(served.get(served.host() + token + empty).starts_with("HTTP/1.1 403"));
}

TEST_CASE("http: the page's files are for anyone, compressed, and behind a policy that lets nothing else in") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const auto get = [&](const std::string& target, const std::string& more = {}) {
    return served.say("GET " + target + " HTTP/1.1\r\n" + served.host() + more + "Connection: close\r\n\r\n");
  };
  const auto index = get("/");
  CHECK(index.starts_with("HTTP/1.1 200"));
  for (const auto* part : {"Content-Encoding: gzip\r\n", "Content-Type: text/html; charset=utf-8\r\n", "Referrer-Policy: no-referrer\r\n",
                           "X-Content-Type-Options: nosniff\r\n", "Cache-Control: no-cache\r\n", "Content-Length: 6\r\n", "\r\n\r\n<gzip>",
                           "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n"}) {
    CAPTURE(part);
    CHECK(index.find(part) != std::string::npos);
  }
  const auto from = index.find("ETag: ") + 6;
  const auto etag = index.substr(from, index.find('\r', from) - from);
  CHECK(get("/", "If-None-Match: " + etag + "\r\n").starts_with("HTTP/1.1 304"));
  CHECK(get("/assets/app.js").ends_with("\r\n\r\n<js>"));
  for (const auto* wrong : {"/assets/none.js", "/assets/..%2Findex.html", "/assets/../index.html", "/index.html", "//"}) {
    CAPTURE(wrong);
    CHECK(get(wrong).starts_with("HTTP/1.1 40"));
  }
}

TEST_CASE("http: a page logs in with its code, reads, writes with its token, and logs out") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const auto made = call_unix(here.file("api.sock"), {"POST", "/v1/page-codes", {}, {}}, 5s);
  REQUIRE(made.has_value());
  CHECK(made->status == 201);
  const auto code = made->body.substr(made->body.find("#code=") + 6, 32);
  CHECK(made->body.find("http://127.0.0.1:" + std::to_string(served.port) + "/#code=") != std::string::npos);
  const auto ask = [&](const std::string& method, const std::string& target, const std::string& headers, const std::string& body = {}) {
    return served.say(method + " " + target + " HTTP/1.1\r\n" + served.host() + headers + "Content-Length: " + std::to_string(body.size()) +
                      "\r\nConnection: close\r\n\r\n" + body);
  };
  const auto opened = ask("POST", "/v1/session", {}, R"({"code":")" + code + "\"}");
  REQUIRE(opened.starts_with("HTTP/1.1 200"));
  const auto named = [&](const std::string& from, const std::string& name, char end) {
    const auto at = from.find(name) + name.size();
    return from.substr(at, from.find(end, at) - at);
  };
  const auto cookie = "Cookie: " + named(opened, "Set-Cookie: ", ';') + "\r\n";
  const auto csrf = "X-CSRF-Token: " + named(opened, R"("csrf":")", '"') + "\r\n";
  CHECK(ask("POST", "/v1/session", {}, R"({"code":")" + code + "\"}").starts_with("HTTP/1.1 401"));
  CHECK(ask("GET", "/v1/things/a", cookie).starts_with("HTTP/1.1 200"));
  CHECK(ask("GET", "/v1/session", cookie).find(R"("csrf":")") != std::string::npos);
  CHECK(ask("POST", "/v1/things", cookie, "x").starts_with("HTTP/1.1 403"));
  CHECK(ask("POST", "/v1/things", cookie + csrf, "x").starts_with("HTTP/1.1 201"));
  CHECK(ask("POST", "/v1/page-codes", cookie + csrf).starts_with("HTTP/1.1 403"));
  CHECK(ask("POST", "/v1/things", cookie + csrf + "Origin: http://localhost:1\r\n", "x").starts_with("HTTP/1.1 403"));
  CHECK(ask("DELETE", "/v1/session", cookie + csrf).find("Max-Age=0") != std::string::npos);
  CHECK(ask("GET", "/v1/things/a", cookie).starts_with("HTTP/1.1 401"));
  for (const auto* body : {"", "{}", "[]", "{", R"({"code":7})", R"({"code":""})"})
    CHECK(ask("POST", "/v1/session", {}, body).starts_with("HTTP/1.1 4"));
}

TEST_CASE("http: events arrive as they happen, and a stream without a session's cookie or a token is refused") {
  const Temporary here;
  HttpLimits limits;
  limits.event_streams_max = 1;
  Served served(here.file("api.sock"), limits);
  CHECK(served.say("GET /v1/events HTTP/1.1\r\n" + served.host() + "Connection: close\r\n\r\n").starts_with("HTTP/1.1 401"));
  const auto request = "GET /v1/events HTTP/1.1\r\n" + served.host() + "Authorization: Bearer secret-token\r\n\r\n";
  asio::io_context io(1);
  Tcp::socket listening(io);
  listening.connect({asio::ip::make_address("127.0.0.1"), served.port});
  asio::write(listening, asio::buffer(request));
  std::string heard;
  asio::read_until(listening, asio::dynamic_buffer(heard), "event: ready\ndata: {}\n\n");
  CHECK(heard.find("Content-Type: text/event-stream") != std::string::npos);
  served.happen("saved");
  asio::read_until(listening, asio::dynamic_buffer(heard), "event: saved\ndata: {\"n\":1}\n\n");
  CHECK(served.say("GET /v1/events HTTP/1.1\r\n" + served.host() + "Authorization: Bearer secret-token\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 503"));
}

TEST_CASE("http: a stream of events shows that it lives, and ends with the session that opened it") {
  const Temporary here;
  HttpLimits limits;
  limits.heartbeat = 1s;
  const Served served(here.file("api.sock"), limits);
  const auto made = call_unix(here.file("api.sock"), {"POST", "/v1/page-codes", {}, {}}, 5s);
  const auto body = R"({"code":")" + made->body.substr(made->body.find("#code=") + 6, 32) + "\"}";
  const auto opened = served.say("POST /v1/session HTTP/1.1\r\n" + served.host() + "Content-Length: " + std::to_string(body.size()) +
                                 "\r\nConnection: close\r\n\r\n" + body);
  const auto at = opened.find("Set-Cookie: ") + 12;
  const auto cookie = "Cookie: " + opened.substr(at, opened.find(';', at) - at) + "\r\n";
  const auto token = opened.substr(opened.find(R"("csrf":")") + 8, 64);
  asio::io_context io(1);
  Tcp::socket listening(io);
  listening.connect({asio::ip::make_address("127.0.0.1"), served.port});
  asio::write(listening, asio::buffer("GET /v1/events HTTP/1.1\r\n" + served.host() + cookie + "\r\n"));
  std::string heard;
  asio::read_until(listening, asio::dynamic_buffer(heard), "data: {}\n\n:\n\n");
  const auto left =
      served.say("DELETE /v1/session HTTP/1.1\r\n" + served.host() + cookie + "X-CSRF-Token: " + token + "\r\nConnection: close\r\n\r\n");
  REQUIRE(left.starts_with("HTTP/1.1 200"));
  boost::system::error_code ended;
  asio::read(listening, asio::dynamic_buffer(heard), ended);
  CHECK(ended == asio::error::eof);
}

TEST_CASE("http: a listener that does not read is cut, and its place is free again") {
  const Temporary here;
  HttpLimits limits;
  limits.event_streams_max = 1;
  limits.request_max = 1s;
  Served served(here.file("api.sock"), limits);
  const auto request = "GET /v1/events HTTP/1.1\r\n" + served.host() + "Authorization: Bearer secret-token\r\nConnection: close\r\n\r\n";
  asio::io_context io(1);
  Tcp::socket deaf(io);
  deaf.open(asio::ip::tcp::v4());
  deaf.set_option(asio::socket_base::receive_buffer_size(4096));
  deaf.connect({asio::ip::make_address("127.0.0.1"), served.port});
  asio::write(deaf, asio::buffer(request));
  static const std::string long_name(2000, 'x');
  const auto answer = [&] {
    Tcp::socket asking(io);
    asking.connect({asio::ip::make_address("127.0.0.1"), served.port});
    asio::write(asking, asio::buffer(request));
    std::string head;
    asio::read_until(asking, asio::dynamic_buffer(head), "\r\n\r\n");
    return head;
  };
  const auto end = std::chrono::steady_clock::now() + 60s;
  std::string other;
  while (!other.starts_with("HTTP/1.1 200") && std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 200; ++i) served.happen(long_name.c_str());
    other = answer();
  }
  CHECK(other.starts_with("HTTP/1.1 200"));
}

TEST_CASE("http: what is too large is refused with a problem, and what is not HTTP with another") {
  const Temporary here;
  HttpLimits limits;
  limits.body_bytes_max = 1000;
  const Served served(here.file("api.sock"), limits);
  const auto large = call_unix(here.file("api.sock"), {"POST", "/v1/things", std::string(1001, 'x'), {}}, 5s);
  REQUIRE(large.has_value());
  CHECK(large->status == 413);
  CHECK(served.get(served.host() + "X-Long: " + std::string(20'000, 'x') + "\r\n").starts_with("HTTP/1.1 431"));
  CHECK(served.say("MEOW\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_CASE("http: a stranger's large body is refused before it is read") {
  const Temporary here;
  const Served served(here.file("api.sock"));
  const auto post = [&](const std::string& headers, const std::string& body) {
    return served.say("POST /v1/things HTTP/1.1\r\n" + served.host() + headers + "Connection: close\r\n\r\n" + body);
  };
  const std::string token = "Authorization: Bearer secret-token\r\n";
  CHECK(post("Content-Length: 1000000\r\n", {}).starts_with("HTTP/1.1 413"));
  CHECK(post("Content-Length: 1000000\r\nOrigin: null\r\n" + token, {}).starts_with("HTTP/1.1 413"));
  CHECK(post("Transfer-Encoding: chunked\r\n", "20000\r\n" + std::string(0x20000, 'x')).starts_with("HTTP/1.1 413"));
  CHECK(post("Content-Length: 60000\r\n", std::string(60'000, 'x')).starts_with("HTTP/1.1 401"));
  CHECK(post("Content-Length: 1000000\r\n" + token, std::string(1'000'000, 'x')).starts_with("HTTP/1.1 201"));
}

TEST_CASE("http: a connection that asks nothing is closed in time") {
  const Temporary here;
  HttpLimits limits;
  limits.idle_max = 1s;
  const Served served(here.file("api.sock"), limits);
  CHECK(served.say("GET /v1/thi").empty());
}

TEST_CASE("http: more connections than allowed are closed at once, and the others go on") {
  const Temporary here;
  HttpLimits limits;
  limits.connections_max = 4;
  const Served served(here.file("api.sock"), limits);
  asio::io_context io(1);
  std::vector<Tcp::socket> open;
  for (std::size_t i = 0; i < limits.connections_max; ++i) {
    open.emplace_back(io);
    open.back().connect({asio::ip::make_address("127.0.0.1"), served.port});
  }
  std::this_thread::sleep_for(50ms);
  CHECK(served.get(served.host()).empty());
  open.clear();
  std::this_thread::sleep_for(50ms);
  CHECK_FALSE(served.get(served.host()).empty());
}

TEST_CASE("http: plain HTTP is only for this machine") {
  asio::io_context io(1);
  const Router router;
  HttpServer server(io.get_executor(), router);
  for (const auto* host : {"0.0.0.0", "192.168.1.1", "::", "a.name"})
    CHECK(server.listen_loopback({host, 0}, "t").error().fault == Fault::invalid);
  const Tcp::acceptor taken(io, {asio::ip::make_address("127.0.0.1"), 0});
  const auto port = taken.local_endpoint().port();
  const auto refused = server.listen_loopback({"127.0.0.1", port}, "t");
  CHECK(refused.error().fault == Fault::io);
  CHECK(refused.error().detail.find(std::to_string(port)) != std::string::npos);
}
