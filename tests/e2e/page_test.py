#!/usr/bin/env python3
"""The loopback port of both programs against what a hostile page, a hostile program and a browser do to it."""
import gzip
import socket
import sys
import time
import unittest

from browser import Browser
from city import WithCity, wait_until



class Doors(WithCity):
    desks = {"a": ("--http", "127.0.0.1:0")}

    def page(self, **options):
        return Browser(self.a.command("page"), **options)

    def status_of(self, page, *call, **options):
        return page.exchange(*call, **options)[0]


class Pages(Doors):
    def test_the_page_comes_compressed_and_locked_in(self):
        status, body, headers = self.page(log_in=False).exchange("GET", "/", headers={"Sec-Fetch-Site": "none"})
        self.assertEqual(status, 200)
        self.assertIn(b"<html", gzip.decompress(body))
        self.assertEqual(headers["content-encoding"], "gzip")
        for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
            self.assertIn(part, headers["content-security-policy"])
        self.assertEqual((headers["x-content-type-options"], headers["referrer-policy"]), ("nosniff", "no-referrer"))
        again = self.page(log_in=False).exchange("GET", "/", headers={"If-None-Match": headers["etag"]})
        self.assertEqual((again[0], again[1]), (304, b""))

    def test_a_session_reads_and_writes(self):
        page = self.page()
        self.assertEqual(page.exchange("GET", "/v1/status")[1]["unit"], "W-VYDA")
        self.assertEqual(page.exchange("GET", "/v1/session")[1]["csrf"], page.csrf)
        status, answer, _ = page.exchange("POST", "/v1/dossiers", {"ChuHoSo": "Nguyễn Thị Trang"})
        self.assertEqual(status, 201)
        history = self.a.get(f"/v1/dossiers/{answer['id']}/history")["history"]
        self.assertEqual({entry["by"] for entry in history}, {page.exchange("GET", "/v1/session")[1]["account"]})

    def test_nobody_sees_anything_without_a_session(self):
        page = self.page(log_in=False)
        for path in ("/v1/status", "/v1/dossiers", "/v1/events", "/metrics", "/v1/session"):
            status, answer, headers = page.exchange("GET", path)
            self.assertEqual((status, answer["title"]), (401, "no_login"), path)
            self.assertNotIn("access-control-allow-origin", headers)

    def test_a_code_works_once(self):
        page = self.page()
        status, answer, _ = page.exchange("POST", "/v1/session", {"code": page.code}, headers={"Cookie": None})
        self.assertEqual((status, answer["title"]), (401, "no_login"))
        self.assertIn("wardsync page", answer["remedy"])

    def test_a_second_login_in_the_same_browser_works(self):
        page = self.page()
        other = self.page(log_in=False)
        status, answer, headers = page.exchange("POST", "/v1/session", {"code": other.code}, headers={"X-CSRF-Token": None})
        self.assertEqual(status, 200)
        self.assertNotEqual(answer["csrf"], page.csrf)
        self.assertRegex(headers["set-cookie"], rf"^wardsync_{page.port}=[0-9a-f]{{64}}; HttpOnly; SameSite=Strict; Path=/$")

    def test_a_logged_out_session_is_gone(self):
        page = self.page()
        self.assertEqual(self.status_of(page, "DELETE", "/v1/session"), 200)
        self.assertEqual(self.status_of(page, "GET", "/v1/status"), 401)

    def restart(self, page, how):
        """The daemon, at the address that the page knows."""
        how()
        with self.assertRaises(OSError):
            page.exchange("GET", "/v1/status")
        self.a.start("--http", f"127.0.0.1:{page.port}")

    def test_a_session_outlives_the_daemon_with_its_token_for_writes(self):
        page, other, gone = self.page(), self.page(), self.page()
        self.assertEqual(self.status_of(gone, "DELETE", "/v1/session"), 200)
        for how in (self.a.stop, self.a.kill):
            self.restart(page, how)
            self.assertEqual(page.exchange("GET", "/v1/session")[1]["csrf"], page.csrf)
            self.assertEqual(self.status_of(page, "POST", "/v1/sync", {"action": "now"}), 200)
            self.assertEqual(self.status_of(page, "POST", "/v1/sync", {"action": "now"}, headers={"X-CSRF-Token": other.csrf}), 403)
            self.assertEqual(self.status_of(gone, "GET", "/v1/status"), 401)
        self.assertEqual(self.status_of(other, "GET", "/v1/status"), 200)

    def test_whoever_reads_the_file_of_sessions_gets_none(self):
        page = self.page()
        path = self.a.data / "page.sessions"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        text = path.read_text()
        name = page.cookie.partition("=")[0]
        for secret in (page.csrf, page.cookie.partition("=")[2], page.code):
            self.assertNotIn(secret, text)
        for word in text.split():
            self.assertEqual(self.status_of(page, "GET", "/v1/status", headers={"Cookie": f"{name}={word}"}), 401)

    def test_a_file_of_sessions_that_is_odd_logs_out_and_stops_nothing(self):
        page = self.page()
        path = self.a.data / "page.sessions"
        good = path.read_bytes()
        digest, used, account = good.decode().splitlines()[-1].split(" ")
        late = f"{digest} {int(used) - 13 * 3_600_000} {account}\n".encode()
        odd = [b"", b"\x00\xff" * 500, b"x" * 70_000, late, f"{digest} -1 {account}\n".encode(), f"{digest} {10**18} {account}\n".encode(), good.replace(b" ", b"  "),
               f"{digest[:-1]} {used} {account}\n".encode(), f"{digest} {used} \n".encode()]
        for content in odd:
            self.restart(page, lambda content=content: (self.a.stop(), path.write_bytes(content)))
            self.assertEqual(self.status_of(page, "GET", "/v1/status"), 401, content[:80])
        path.write_bytes(good)
        path.chmod(0o644)
        self.restart(page, self.a.stop)
        self.assertEqual(self.status_of(page, "GET", "/v1/status"), 401)
        path.unlink()
        path.mkdir()  # nothing can be written there
        self.restart(page, self.a.stop)
        self.assertEqual(self.status_of(self.page(), "GET", "/v1/status"), 200)
        path.rmdir()

    def test_an_administrator_ends_all_sessions_for_good(self):
        page, other = self.page(), self.page()
        self.assertEqual(self.status_of(page, "DELETE", "/v1/sessions"), 403)
        self.assertGreaterEqual(self.a.ask("page", "--end-sessions")["ended"], 2)
        self.assertEqual([self.status_of(one, "GET", "/v1/status") for one in (page, other)], [401, 401])
        self.restart(page, self.a.stop)
        self.assertEqual(self.status_of(page, "GET", "/v1/status"), 401)

    def test_foreign_pages_are_refused(self):
        page = self.page()
        write = ("POST", "/v1/sync", {"action": "now"})
        self.assertEqual(self.status_of(page, *write), 200)
        self.assertEqual(self.status_of(page, *write, headers={"X-CSRF-Token": None}), 403)
        self.assertEqual(self.status_of(page, *write, headers={"X-CSRF-Token": "0" * 64}), 403)
        for origin in ("null", "https://evil.example", f"http://localhost:{page.port}", f"http://127.0.0.1:{page.port + 1}"):
            self.assertEqual(self.status_of(page, *write, headers={"Origin": origin}), 403, origin)
            self.assertEqual(self.status_of(page, "GET", "/v1/status", headers={"Origin": origin}), 403, origin)
        for site in ("cross-site", "same-site"):
            self.assertEqual(self.status_of(page, "GET", "/", headers={"Sec-Fetch-Site": site}), 403)
        for host in ("evil.example", f"evil.example:{page.port}", "127.0.0.1"):
            self.assertEqual(self.status_of(page, "GET", "/", headers={"Host": host}), 421, host)
        self.assertEqual(self.status_of(page, "OPTIONS", "/v1/sync"), 405)

    def test_a_page_cannot_make_codes(self):
        self.assertEqual(self.status_of(self.page(), "POST", "/v1/page-codes"), 403)

    def test_guessing_codes_is_slowed_down(self):
        page = self.page(log_in=False)
        answers = [self.status_of(page, "POST", "/v1/session", {"code": f"{n:032x}"}) for n in range(30)]
        self.assertIn(429, answers)
        self.assertLessEqual(answers.count(401), 25)
        wait_until("codes to be looked at again", lambda: self.status_of(page, "POST", "/v1/session", {"code": "0" * 32}) == 401)
        wait_until("a login", lambda: self.status_of(page, "POST", "/v1/session", {"code": self.page(log_in=False).code}) == 200, every=1)
        self.a.stop()  # the others need not wait
        self.a.start()

    def test_an_ipv6_port_is_shown_as_addresses_are_written(self):
        self.a.stop()
        self.a.start("--http", "[::1]:0")
        shown = self.a.get("/v1/status")["http"]
        self.assertRegex(shown, r"^\[::1\]:[0-9]+$")
        self.assertTrue(self.a.command("page").startswith(f"http://{shown}/#code="))
        self.a.stop()
        self.a.start("--http", "127.0.0.1:0")

    def test_programs_use_the_token(self):
        page = self.page(log_in=False)
        token = (self.a.data / "api.token").read_text().strip()
        self.assertEqual(self.status_of(page, "GET", "/v1/status", headers={"Authorization": f"Bearer {token}"}), 200)
        self.assertEqual(self.status_of(page, "GET", "/v1/status", headers={"Authorization": f"Bearer {token[:-1]}x"}), 401)
        self.assertEqual(self.status_of(page, "POST", "/v1/page-codes", headers={"Authorization": f"Bearer {token}"}), 201)

    def test_secrets_of_sessions_are_in_no_log(self):
        page = self.page()
        page.exchange("GET", "/v1/status")
        text = (self.city.folder / "a.out").read_text()
        for secret in (page.code, page.csrf, page.cookie.split("=")[1]):
            self.assertNotIn(secret, text)

    def test_the_centre_has_a_page_too(self):
        self.centre.command("page", expect=1)
        self.assertIn("wardsync-centre run --http", self.centre.said)
        self.centre.stop()
        self.centre.start(*self.centre.arguments, "--http", "127.0.0.1:0")
        page = Browser(self.centre.command("page"))
        self.assertEqual(page.exchange("GET", "/v1/status")[1]["organisation"], "hue")
        self.assertEqual(self.status_of(page, "GET", "/v1/health", headers={"Cookie": None}), 401)
        self.centre.kill()
        self.centre.start(*self.centre.arguments[:-1], f"127.0.0.1:{page.port}")
        self.assertEqual(self.status_of(page, "GET", "/v1/health"), 200)
        self.centre.command("page", "--end-sessions")
        self.assertEqual(self.status_of(page, "GET", "/v1/health"), 401)

    def test_the_page_is_off_without_a_port_and_says_so(self):
        self.a.stop()
        self.a.start("--quiet")
        self.a.command("page", expect=1)
        self.assertIn("--http", self.a.said)
        self.a.stop()
        self.a.start("--http", "127.0.0.1:0")


class Floods(Doors):
    """What costs the server nothing but a connection must not cost others theirs."""

    def connect(self):
        if not hasattr(self, "port"):
            self.port = self.page(log_in=False).port
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.addCleanup(opened.close)
        return opened

    def test_too_many_connections_leave_the_command_line_alone(self):
        held = [self.connect() for _ in range(80)]
        closed = wait_until("the surplus to be closed", lambda: [c for c in held if self.is_closed(c)])
        self.assertLessEqual(len(closed), 20)
        self.a.command("status")

    def is_closed(self, opened):
        opened.settimeout(0.01)
        try:
            return opened.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True

    def test_a_slow_header_does_not_block_others(self):
        slow = [self.connect() for _ in range(20)]
        for connection in slow:
            connection.sendall(b"GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1")
        began = time.monotonic()
        self.page().exchange("GET", "/v1/status")
        self.assertLess(time.monotonic() - began, 2)

    def test_what_is_too_large_is_refused(self):
        page = self.page()
        self.assertEqual(self.status_of(page, "POST", "/v1/dossiers", b"x" * (8 * 1024 * 1024 + 1)), 413)
        self.assertEqual(self.status_of(page, "GET", "/", headers={"X-Long": "x" * 20_000}), 431)
        self.assertEqual(self.status_of(page, "GET", "/" + "x" * 20_000), 431)

    def test_what_is_not_http_is_refused(self):
        for bytes_sent in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 4 + b"\x00" * 10 + b"\r\n\r\n"):
            connection = self.connect()
            connection.sendall(bytes_sent)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while more := connection.recv(65536):
                answer += more
            self.assertRegex(answer, rb"^(HTTP/1.1 4\d\d|$)", bytes_sent)


if __name__ == "__main__":
    sys.exit(unittest.main())
