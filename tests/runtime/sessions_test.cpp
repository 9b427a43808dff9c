#include "runtime/doorkeeper.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ward;
using namespace ward::runtime;
using namespace std::chrono_literals;

namespace {

constexpr Instant start{1h};

/// A door with one page logged in.
struct Door {
  Door() {
    keeper.open("127.0.0.1", 7411, "secret-token");
    session = *keeper.sessions.open(keeper.sessions.new_code("lan", start), start);
  }
  [[nodiscard]] Knock page(const char* method) const {
    Knock knock;
    knock.method = method;
    knock.host = "127.0.0.1:7411";
    knock.cookies = "other=1; wardsync_7411=" + session.token + "; more=2";
    return knock;
  }
  [[nodiscard]] unsigned refusal(const Knock& knock, Instant now = start) {
    const auto admitted = keeper.admit(knock, now);
    const auto* trouble = std::get_if<Trouble>(&admitted);
    return trouble == nullptr ? 0 : trouble->status;
  }
  [[nodiscard]] Caller caller(const Knock& knock, Instant now = start) { return std::get<Admitted>(keeper.admit(knock, now)).caller; }

  Doorkeeper keeper;
  Sessions::Opened session;
};

}  // namespace

TEST_CASE("sessions: a code opens one session, once, within a minute") {
  Sessions sessions;
  const auto code = sessions.new_code("lan", start);
  CHECK(code.size() == 32);
  const auto later = start + page_code_life;
  const auto opened = sessions.open(code, later);
  REQUIRE(opened.has_value());
  CHECK(opened->session.account == "lan");
  CHECK(sessions.open(code, later).error().fault == Fault::not_found);
  const auto late = sessions.new_code("lan", start);
  CHECK(sessions.open(late, later + 1ms).error().fault == Fault::not_found);
  CHECK(sessions.open("", later + 1ms).error().fault == Fault::not_found);
}

TEST_CASE("sessions: no two codes, tokens or CSRF tokens are the same") {
  Sessions sessions;
  std::set<std::string> drawn;
  for (int i = 0; i < 20; ++i) {
    const auto code = sessions.new_code("lan", start);
    const auto opened = *sessions.open(code, start);
    for (const auto& secret : {code, opened.token, opened.session.csrf}) CHECK(drawn.insert(secret).second);
  }
}

TEST_CASE("sessions: a session ends after twelve idle hours, and each use keeps it alive") {
  Sessions sessions;
  const auto token = sessions.open(sessions.new_code("lan", start), start)->token;
  CHECK(sessions.use(token, start + 12h) != nullptr);
  CHECK(sessions.use(token, start + 24h) != nullptr);
  CHECK(sessions.is_open(token, start + 36h));
  CHECK_FALSE(sessions.is_open(token, start + 36h + 1ms));
  CHECK(sessions.use(token, start + 36h + 1ms) == nullptr);
  const auto other = sessions.open(sessions.new_code("lan", start), start)->token;
  sessions.close(other);
  CHECK(sessions.use(other, start) == nullptr);
}

TEST_CASE("sessions: after twenty wrong codes nobody may try for a while, then again") {
  Sessions sessions;
  for (int i = 0; i < 20; ++i) CHECK(sessions.open("wrong", start).error().fault == Fault::not_found);
  const auto code = sessions.new_code("lan", start + 1s);
  CHECK(sessions.open(code, start + 1s).error().fault == Fault::too_large);
  CHECK(sessions.open(code, start + 3s).has_value());
}

TEST_CASE("sessions: their number is bounded, and the one that was used least lately goes first") {
  Sessions sessions;
  const auto first = sessions.open(sessions.new_code("lan", start), start)->token;
  const auto second = sessions.open(sessions.new_code("lan", start), start + 1s)->token;
  CHECK(sessions.use(first, start + 2s) != nullptr);
  for (int i = 0; i < 63; ++i) REQUIRE(sessions.open(sessions.new_code("lan", start + 3s), start + 3s).has_value());
  CHECK_FALSE(sessions.is_open(second, start + 3s));
  CHECK(sessions.is_open(first, start + 3s));
  const auto code = sessions.new_code("lan", start + 3s);
  for (int i = 0; i < 16; ++i) (void)sessions.new_code("lan", start + 4s);
  CHECK(sessions.open(code, start + 4s).error().fault == Fault::not_found);
}

TEST_CASE("doorkeeper: a page reads with its cookie, and writes only with the token that no other page knows") {
  Door door;
  CHECK(door.caller(door.page("GET")) == Caller::page);
  CHECK(door.refusal(door.page("POST")) == 403);
  auto write = door.page("POST");
  write.csrf = std::string(64, '0');
  CHECK(door.refusal(write) == 403);
  write.csrf = door.session.session.csrf;
  CHECK(door.caller(write) == Caller::page);
  CHECK(door.refusal(door.page("DELETE")) == 403);
  CHECK(door.caller(door.page("GET"), start + 13h) == Caller::nobody);
}

TEST_CASE("doorkeeper: a login does not trip over the session that the browser still has") {
  Door door;
  auto login = door.page("POST");
  login.logs_in = true;
  CHECK(door.caller(login) == Caller::nobody);
}

TEST_CASE("doorkeeper: neither another name for this machine nor another page of it comes in") {
  Door door;
  for (const auto* host : {"", "evil.example", "evil.example:7411", "127.0.0.1", "127.0.0.1:80", "127.0.0.2:7411", "LOCALHOST:7411"}) {
    CAPTURE(host);
    auto knock = door.page("GET");
    knock.host = host;
    CHECK(door.refusal(knock) == 421);
  }
  for (const auto* origin : {"null", "https://evil.example", "http://127.0.0.1:8080", "https://127.0.0.1:7411", "http://localhost:7411"}) {
    CAPTURE(origin);
    auto knock = door.page("GET");
    knock.origin = origin;
    CHECK(door.refusal(knock) == 403);
  }
  for (const auto* site : {"cross-site", "same-site", "anything"}) {
    CAPTURE(site);
    auto knock = door.page("GET");
    knock.fetch_site = site;
    CHECK(door.refusal(knock) == 403);
  }
  auto own = door.page("GET");
  own.origin = "http://127.0.0.1:7411";
  own.fetch_site = "same-origin";
  CHECK(door.caller(own) == Caller::page);
}

TEST_CASE("doorkeeper: two cookies of one name are none, and another's cookie is nobody") {
  Door door;
  auto knock = door.page("GET");
  knock.cookies += "; wardsync_7411=" + door.session.token;
  CHECK(door.caller(knock) == Caller::nobody);
  for (const auto* cookies : {"", "wardsync_7411", "wardsync_7411=", "wardsync_7412=x", ";;; =", "xwardsync_7411=y"}) {
    knock.cookies = cookies;
    CHECK(door.caller(knock) == Caller::nobody);
  }
}

TEST_CASE("doorkeeper: a wrong token is refused, even beside a good cookie") {
  Door door;
  auto knock = door.page("GET");
  knock.authorization = "Bearer secret-tokeN";
  CHECK(door.refusal(knock) == 401);
  knock.authorization = "Bearer secret-token";
  CHECK(door.caller(knock) == Caller::token);
  CHECK(door.keeper.cookie_for("abc") == "wardsync_7411=abc; HttpOnly; SameSite=Strict; Path=/");
  CHECK(door.keeper.address() == "http://127.0.0.1:7411");
}
