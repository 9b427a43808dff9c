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
  CHECK(sessions.use(token, start + 12h).has_value());
  CHECK(sessions.use(token, start + 24h).has_value());
  CHECK(sessions.is_open(token, start + 36h));
  CHECK_FALSE(sessions.is_open(token, start + 36h + 1ms));
  CHECK_FALSE(sessions.use(token, start + 36h + 1ms).has_value());
  const auto other = sessions.open(sessions.new_code("lan", start), start)->token;
  sessions.close(other);
  CHECK_FALSE(sessions.use(other, start).has_value());
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
  CHECK(sessions.use(first, start + 2s).has_value());
  for (int i = 0; i < 63; ++i) REQUIRE(sessions.open(sessions.new_code("lan", start + 3s), start + 3s).has_value());
  CHECK_FALSE(sessions.is_open(second, start + 3s));
  CHECK(sessions.is_open(first, start + 3s));
  const auto code = sessions.new_code("lan", start + 3s);
  for (int i = 0; i < 16; ++i) (void)sessions.new_code("lan", start + 4s);
  CHECK(sessions.open(code, start + 4s).error().fault == Fault::not_found);
}

TEST_CASE("sessions: what is kept gives the same sessions after a restart, with the time that they were idle, and holds no secret") {
  const WallTime noon{1'764'000'000'000};
  Sessions before;
  int told = 0;
  before.on_change([&] { ++told; });
  const auto code = before.new_code("trần lan", start);
  const auto opened = *before.open(code, start);
  const auto gone = *before.open(before.new_code("hoa", start), start);
  before.close(gone.token);
  CHECK(told == 3);
  CHECK(before.use(opened.token, start + 1min).has_value());
  CHECK(told == 3);  // not worth a write
  CHECK(before.use(opened.token, start + 11min).has_value());
  CHECK(told == 4);
  const auto lines = before.kept({start + 1h, noon});
  for (const auto& secret : {opened.token, opened.session.csrf, code}) CHECK(lines.find(secret) == std::string::npos);

  Sessions after;
  after.restore(lines, {Instant{5s}, {noon.ms + 60'000}});  // another boot's clock
  CHECK(after.is_open(opened.token, Instant{5s} + 11h));
  CHECK_FALSE(after.is_open(opened.token, Instant{5s} + 11h + 11min));
  CHECK_FALSE(after.is_open(gone.token, Instant{5s}));
  const auto session = after.use(opened.token, Instant{6s});
  REQUIRE(session.has_value());
  CHECK(session->account == "trần lan");
  CHECK(session->csrf == opened.session.csrf);
  CHECK(after.close_all() == 1);
  CHECK(after.kept({Instant{6s}, noon}).empty());
}

TEST_CASE("sessions: a clock that was set back logs nobody out, one that was set far ahead does, and odd lines are left out") {
  const WallTime noon{1'764'000'000'000};
  Sessions before;
  const auto token = before.open(before.new_code("lan", start), start)->token;
  const auto line = before.kept({start, noon});
  const auto open_after = [&](const std::string& lines, WallTime now) {
    Sessions after;
    after.restore(lines, {start, now});
    return after.is_open(token, start);
  };
  CHECK(open_after(line, noon));
  CHECK(open_after("odd\n\n" + line + "more", noon));
  CHECK(open_after(line, {0}));
  CHECK_FALSE(open_after(line, {4'070'908'800'000}));
  const auto space = line.find(' ');
  CHECK_FALSE(open_after(line.substr(0, space) + " -9223372036854775808 lan\n", noon));
  CHECK_FALSE(open_after(line.substr(0, space) + " 9223372036854775807 lan\n", noon));
  CHECK_FALSE(open_after(line.substr(0, space) + "\n", noon));
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += hex(Array<32>{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256)}) + " 1764000000000 lan\n";
  Sessions after;
  after.restore(many, {start, noon});
  CHECK(after.close_all() == 64);
}

TEST_CASE("doorkeeper: an address is written as addresses are") {
  CHECK(authority("127.0.0.1", 80) == "127.0.0.1:80");
  CHECK(authority("::1", 80) == "[::1]:80");
  CHECK(authority("[::1]", 80) == "[::1]:80");
  CHECK(authority("localhost", 80) == "localhost:80");
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
