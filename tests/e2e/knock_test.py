#!/usr/bin/env python3
"""Who is let in at the loopback ports of both programs: every combination of Host, Origin, Sec-Fetch-Site, token, cookie and CSRF token that a hostile page,
a hostile name server or a hostile program can send, byte by byte over TCP. Each row says the answer; whatever it is, it must not lend itself to others."""
import json
import re
import socket
import sys
import unittest

from browser import Browser
from city import WithCity

IN = "in"
WRONG_HOST, FOREIGN, NO_LOGIN, NO_CSRF = (421, "wrong_host"), (403, "foreign_origin"), (401, "no_login"), (403, "no_csrf")
MALFORMED, NO_ADDRESS, NO_METHOD, NOT_FOR_PAGES = (400, "malformed"), (404, "no_such_address"), (405, "method_not_allowed"), (403, "not_for_pages")
REFUSALS = {refusal[1] for refusal in (WRONG_HOST, FOREIGN, NO_LOGIN, NO_CSRF, MALFORMED, NO_ADDRESS, NO_METHOD, NOT_FOR_PAGES)}
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")

# (what it is, the request line's target, its headers, the answer). In all of it: {h} the address, {p} its port, {q} another port, {t} the token, {c} a session's cookie, {n} its
# name, {x} its CSRF token, {y} that of another session, {code} an unused code. A target without a method is asked for with GET.
TOKEN, COOKIE, CSRF = "Authorization: Bearer {t}", "Cookie: {c}", "X-CSRF-Token: {x}"
HOST, ORIGIN = "Host: {h}", "Origin: http://{h}"
READ, WRITE = "/v1/status", "POST /v1/dossiers"
HOSTS = (
    *((f"Host {host}", READ, (f"Host: {host}", TOKEN), IN) for host in ("{h}", "localhost:{p}", "[::1]:{p}")),
    *((f"Host {host!r}", READ, (f"Host: {host}", TOKEN), WRONG_HOST) for host in (
        "evil.example", "evil.example:{p}", "localhost.evil:{p}", "127.0.0.1.evil.example:{p}", "evil.example#{h}", "evil@{h}", "{h}@evil.example", "LOCALHOST:{p}", "localhost.:{p}",
        "127.0.0.1.:{p}", "127.0.0.1", "localhost", "127.0.0.1:{q}", "127.0.0.1:0{p}", "127.1:{p}", "2130706433:{p}", "0x7f000001:{p}", "0177.0.0.1:{p}", "0.0.0.0:{p}", "127.0.0.2:{p}",
        "::1:{p}", "[::ffff:127.0.0.1]:{p}", "[0:0:0:0:0:0:0:1]:{p}", "[::1%25lo]:{p}", "[::]:{p}", "http://{h}", "{h}/", "{h},evil.example", "")),
    ("no Host", READ, (TOKEN,), WRONG_HOST),
    ("two Hosts, the first good", READ, (HOST, "Host: evil.example", TOKEN), MALFORMED),
    ("two Hosts, the last good", READ, ("Host: evil.example", HOST, TOKEN), MALFORMED),
    ("two good Hosts", READ, (HOST, HOST, TOKEN), MALFORMED),
    ("a Host in two lines", READ, ("Host: evil.example\r\n {h}", TOKEN), WRONG_HOST),
    ("X-Forwarded-Host", READ, ("Host: evil.example", "X-Forwarded-Host: {h}", "Forwarded: host={h}", TOKEN), WRONG_HOST),
    ("HTTP/1.0", "HTTP/1.0 GET /v1/status", (HOST, TOKEN), IN),
    ("HTTP/1.0 without Host", "HTTP/1.0 GET /v1/status", (TOKEN,), WRONG_HOST),
)
TARGETS = (
    ("absolute form of this address", "http://{h}/v1/status", (HOST, TOKEN), MALFORMED),
    ("absolute form of another address", "http://evil.example/v1/status", (HOST, TOKEN), MALFORMED),
    ("absolute form of another address, and its Host", "http://evil.example/v1/status", ("Host: evil.example", TOKEN), WRONG_HOST),
    ("absolute form without Host", "http://{h}/v1/status", (TOKEN,), WRONG_HOST),
    ("authority form", "CONNECT evil.example:443", (HOST, TOKEN), MALFORMED),
    ("asterisk form", "OPTIONS *", (HOST, TOKEN), MALFORMED),
    ("two slashes", "//evil.example/v1/status", (HOST, TOKEN), NO_ADDRESS),
    ("dots that climb", "/assets/../v1/status", (HOST, TOKEN), NO_ADDRESS),
    ("encoded dots that climb", "/assets/%2e%2e/v1/status", (HOST, TOKEN), NO_ADDRESS),
    ("an encoded slash", "/v1%2fstatus", (HOST, TOKEN), NO_ADDRESS),
    ("the token in the query", "/v1/status?access_token={t}", (HOST,), NO_LOGIN),
    ("TRACE", "TRACE /v1/status", (HOST, TOKEN), NO_METHOD),
    ("HEAD", "HEAD /v1/status", (HOST, TOKEN), NO_METHOD),
    ("another method by header", "/v1/session", (HOST, COOKIE, "X-HTTP-Method-Override: DELETE"), IN),
    ("two lengths", WRITE, (HOST, TOKEN, "Transfer-Encoding: chunked"), MALFORMED),
)
ORIGINS = (
    *((f"Origin {origin!r}", READ, (HOST, TOKEN, f"Origin: {origin}"), FOREIGN) for origin in (
        "null", "https://{h}", "http://localhost:{p}", "http://127.0.0.1", "http://127.0.0.1:{q}", "http://evil.example", "http://{h}.evil.example", "HTTP://{h}", "http://{h}/",
        "http://{h} http://evil.example", "file://", "moz-extension://0b9c", "{h}", "")),
    ("its own Origin", READ, (HOST, TOKEN, ORIGIN), IN),
    ("two Origins, the first good", READ, (HOST, TOKEN, ORIGIN, "Origin: http://evil.example"), MALFORMED),
    ("its own Origin, rebound", READ, ("Host: evil.example:{p}", "Origin: http://evil.example:{p}", COOKIE), WRONG_HOST),
    *((f"Sec-Fetch-Site {site!r}", READ, (HOST, TOKEN, f"Sec-Fetch-Site: {site}"), FOREIGN) for site in ("cross-site", "same-site", "Same-Origin", "new-one", "")),
    *((f"Sec-Fetch-Site {site}", READ, (HOST, TOKEN, f"Sec-Fetch-Site: {site}"), IN) for site in ("same-origin", "none")),
    ("two Sec-Fetch-Sites", READ, (HOST, TOKEN, "Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site"), MALFORMED),
    ("a bookmark that says where it comes from", READ, (HOST, TOKEN, "Sec-Fetch-Site: none", "Origin: http://evil.example"), FOREIGN),
    ("an image of a foreign page", READ, (HOST, COOKIE, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"), FOREIGN),
    ("a frame of a page at another port", "/", (HOST, COOKIE, "Sec-Fetch-Site: same-site", "Sec-Fetch-Dest: iframe"), FOREIGN),
    ("a script of a foreign page", "/assets/main.js", (HOST, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: script"), FOREIGN),
    ("a form of a foreign page", WRITE, (HOST, COOKIE, "Origin: http://evil.example", "Content-Type: text/plain"), FOREIGN),
    ("a form of a page without an origin", WRITE, (HOST, COOKIE, "Origin: null", "Content-Type: application/x-www-form-urlencoded"), FOREIGN),
    ("a form of an old browser that says nothing", WRITE, (HOST, COOKIE, "Content-Type: multipart/form-data"), NO_CSRF),
    ("a preflight", "OPTIONS /v1/dossiers", (HOST, "Origin: http://evil.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-csrf-token"), FOREIGN),
    ("a preflight for private networks", "OPTIONS /v1/dossiers", (HOST, "Origin: https://evil.example", "Access-Control-Request-Private-Network: true"), FOREIGN),
    ("a foreign page that logs in", "POST /v1/session", (HOST, "Origin: http://evil.example"), FOREIGN),
    ("a WebSocket of a foreign page", "/v1/events", (HOST, COOKIE, "Origin: http://evil.example", *UPGRADE), FOREIGN),
    ("a WebSocket of its own page", READ, (HOST, COOKIE, ORIGIN, *UPGRADE), IN),
    ("a WebSocket of nobody", "/v1/events", (HOST, *UPGRADE), NO_LOGIN),
)
PROOFS = (
    ("nothing", READ, (HOST,), NO_LOGIN),
    ("nothing, for the page itself", "/", (HOST,), IN),
    *((f"Authorization {said!r}", READ, (HOST, f"Authorization: {said}"), NO_LOGIN) for said in (
        "Bearer", "Bearer ", "{t}", "bearer {t}", "Bearer  {t}", "Bearer {t}0", "Bearer {x}", "Basic d2FyZDp3YXJk", "")),
    ("two Authorizations", READ, (HOST, TOKEN, "Authorization: Bearer wrong"), MALFORMED),
    ("a wrong token beside a session", READ, (HOST, COOKIE, "Authorization: Bearer wrong"), NO_LOGIN),
    ("the token as a cookie", READ, (HOST, "Cookie: {n}={t}"), NO_LOGIN),
    ("a token writes", WRITE, (HOST, TOKEN), IN),
    ("a token writes for a page of its own origin", WRITE, (HOST, TOKEN, ORIGIN), IN),
    ("a session reads", READ, (HOST, COOKIE), IN),
    ("a session writes", WRITE, (HOST, COOKIE, CSRF, ORIGIN), IN),
    *((f"a session writes, CSRF {said!r}", WRITE, (HOST, COOKIE, ORIGIN, f"X-CSRF-Token: {said}"), NO_CSRF) for said in ("", "{y}", "{x}0", "{t}")),
    *((f"{method} of a session without CSRF", f"{method} /v1/dossiers", (HOST, COOKIE, ORIGIN), NO_CSRF) for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "MEOW")),
    ("a CSRF token alone", WRITE, (HOST, CSRF, ORIGIN), NO_LOGIN),
    ("two CSRF tokens", WRITE, (HOST, COOKIE, CSRF, "X-CSRF-Token: wrong", ORIGIN), MALFORMED),
    ("a session's cookie twice", READ, (HOST, "Cookie: {c}; {c}"), NO_LOGIN),
    ("two Cookie headers", READ, (HOST, COOKIE, COOKIE), MALFORMED),
    ("a cookie fixed before the log-in", READ, (HOST, "Cookie: {n}=" + "0" * 64), NO_LOGIN),
    ("a session under another port's name", READ, (HOST, "Cookie: wardsync_{q}={s}"), NO_LOGIN),
    ("a session makes a code for another", "POST /v1/page-codes", (HOST, COOKIE, CSRF, ORIGIN), NOT_FOR_PAGES),
    ("a code in the address logs nobody in", "/v1/session?code={code}", (HOST,), NO_LOGIN),
)
ROWS = (*HOSTS, *TARGETS, *ORIGINS, *PROOFS)


class Knocks(WithCity):
    desks = {"a": ("--http", "127.0.0.1:0")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.centre.stop()
        cls.centre.start(*cls.centre.arguments, "--http", "127.0.0.1:0")

    def names(self, site):
        page, other, unused = (Browser(site.command("page"), log_in=log_in) for log_in in (True, True, False))
        name, session = page.cookie.split("=")
        return {"h": f"127.0.0.1:{page.port}", "p": page.port, "q": page.port - 1, "t": (site.data / "api.token").read_text().strip(), "c": page.cookie, "n": name, "s": session,
                "x": page.csrf, "y": other.csrf, "code": unused.code}

    def say(self, row, names):
        """The bytes of the answer."""
        words = row[1].format(**names).split(" ")
        version = words.pop(0) if words[0].startswith("HTTP/") else "HTTP/1.1"
        method = words[0] if len(words) == 2 else "GET"
        body = json.dumps({"code": names["code"]} if words[-1] == "/v1/session" else {})
        headers = [header.format(**names) for header in row[2]]
        if not any(header.startswith("Connection:") for header in headers):
            headers.append("Connection: close")
        if method not in ("GET", "HEAD"):
            headers.append(f"Content-Length: {len(body)}")
        with socket.create_connection(("127.0.0.1", names["p"]), timeout=30) as opened:
            opened.sendall("\r\n".join([f"{method} {words[-1]} {version}", *headers, "", body if method not in ("GET", "HEAD") else ""]).encode())
            opened.shutdown(socket.SHUT_WR)
            answer = b""
            while more := opened.recv(65536):
                answer += more
        return answer

    def check(self, row, names):
        head, _, body = self.say(row, names).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", lines[0])[1])
        title = json.loads(body)["title"] if headers.get("content-type") == "application/problem+json" and body else None
        if row[3] == IN:
            self.assertNotIn(title, REFUSALS)
            self.assertNotIn(status, (101, 400, 401, 403, 404, 405, 421))
        else:
            self.assertEqual((status, title), row[3])
        self.assertFalse([name for name in headers if name.startswith("access-control-")])
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["cross-origin-resource-policy"], "same-origin")
        self.assertEqual(headers["cross-origin-opener-policy"], "same-origin")
        self.assertEqual(headers["referrer-policy"], "no-referrer")
        self.assertIn("frame-ancestors 'none'", headers["content-security-policy"])
        self.assertNotRegex(headers["content-security-policy"], "unsafe|data:|http:|\\*")
        self.assertIn(headers["cache-control"], ("no-store", "no-cache") if row[1] == "/" else ("no-store",))

    def test_every_row_at_both_programs(self):
        self.assertGreaterEqual(len(ROWS), 24)
        self.assertEqual(len({row[0] for row in ROWS}), len(ROWS))
        for site in (self.a, self.centre):
            names = self.names(site)
            for row in ROWS:
                with self.subTest(program=site.program.name, row=row[0]):
                    self.check(row, names)
        print(f"{len(ROWS)} combinations at each of two programs", file=sys.stderr)

    def test_a_code_that_a_foreign_page_tried_still_opens_the_right_one(self):
        for site in (self.a, self.centre):
            page = Browser(site.command("page"), log_in=False)
            login = ("POST", "/v1/session", {"code": page.code})
            self.assertEqual(page.exchange(*login, headers={"Origin": "http://evil.example"})[0], 403)
            self.assertEqual(page.exchange(*login)[0], 200)


if __name__ == "__main__":
    sys.exit(unittest.main())
