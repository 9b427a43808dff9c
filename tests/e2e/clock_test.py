#!/usr/bin/env python3
"""The clock of a ward's PC is set wrong while its daemon runs: saves go on, the clerk is told, nothing is lost, and nobody's good clock loses."""
import sys
import time
import unittest

import invented
from browser import Browser
from city import Clock, WithFolder, wait_until

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
FIELD = "TrichYeuHoSo"  # the newest value shows; nobody is asked
DECADE_MS = 10 * 365 * 86_400_000


class WrongClock(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a", "b"])
        self.a = self.city.add_pc("a", "W-VYDA")
        self.b = self.city.add_pc("b", "W-VYDA")
        self.a.stop()
        self.clock = Clock(self.city.folder / "clock")
        self.clock.rule(self.a)
        self.a.start("--http", "127.0.0.1:0")
        self.a.arguments[-1] = self.a.get("/v1/status")["http"]  # a restart must be found by the page
        self.page = Browser(self.a.command("page"))
        self.made = invented.dossiers(5, WARD, 1, 9)

    def lodge(self, site):
        status, answer = site.call("POST", "/v1/dossiers", self.made.pop())
        self.assertEqual(status, 201, answer)
        return answer["code"]

    def write(self, site, code, text):
        """A change of the field, and a note; what the site says of it."""
        status, answer = site.call("POST", f"/v1/dossiers/{code}/changes", {"set": {FIELD: text}, "append": {"notes": text}})
        self.assertEqual(status, 201, answer)
        return answer

    def show(self, site, code):
        status, answer = site.call("GET", f"/v1/dossiers/{code}")
        return answer if status == 200 else {"fields": {}}

    def wait_for(self, code, text):
        for site in (self.a, self.b, self.city.centre):
            wait_until(f"{site.data.name} to show {text}", lambda site=site: self.show(site, code)["fields"].get(FIELD) == text)

    def assert_told(self, trusted):
        clock = self.a.get("/v1/status")["clock"]
        self.assertEqual(clock["trusted"], trusted)
        self.assertEqual(abs(clock["offset_ms"]) > DECADE_MS, not trusted, clock)
        self.assertEqual("NOT TRUSTED: set it" in self.a.command("status"), not trusted)
        self.assertEqual(self.page.exchange("GET", "/v1/status")[1]["clock"]["trusted"], trusted)  # and nobody is logged out

    def test_it_jumps_back_to_1970_and_ahead_to_2099_and_is_right_again(self):
        code = self.lodge(self.a)
        self.a.command("sync", "wait", "--timeout", "60")
        wait_until("the other desk to hold it", lambda: self.show(self.b, code)["fields"])
        codes = [code]
        for year in (1970, 2099):
            self.city.lines.tell("cut", "a")
            self.clock.set_to(year)
            self.assertFalse(self.write(self.a, code, f"lúc {year}")["clock_believed"])
            codes.append(self.lodge(self.a))
            self.assert_told(False)
            time.sleep(1.1)  # `at` is given in seconds, and the two must differ by one to be told apart
            self.assertTrue(self.write(self.b, code, f"đúng giờ {year}")["clock_believed"])
            self.b.command("sync", "wait", "--timeout", "60")
            self.city.lines.tell("heal", "a")
            self.a.command("sync", "wait", "--timeout", "60")
            self.wait_for(code, f"đúng giờ {year}")  # neither the oldest nor the newest of bad clocks wins
            told = {entry["value"]: entry for entry in self.b.get(f"/v1/dossiers/{code}/history")["history"] if entry["field"] == FIELD}
            # A clock that is not believed dates nothing: its change counts on from the one before.
            self.assertLess(told[f"lúc {year}"]["at"], told[f"đúng giờ {year}"]["at"])
            self.assertFalse(told[f"lúc {year}"]["at"].startswith(str(year)))
        self.clock.set(0)
        self.assertTrue(self.write(self.a, code, "lại đúng")["clock_believed"])
        self.assert_told(True)
        self.wait_for(code, "lại đúng")
        wait_until("all sites to hold all", lambda: all(self.show(site, one)["fields"] for one in codes for site in (self.b, self.city.centre)))
        notes = ["lúc 1970", "đúng giờ 1970", "lúc 2099", "đúng giờ 2099", "lại đúng"]
        for site in (self.a, self.b, self.city.centre):
            self.assertEqual(sorted(note["text"] for note in self.show(site, code)["notes"]), sorted(notes))
            self.assertEqual(site.ask("verify")["damage"], [])

    def test_a_daemon_that_starts_with_a_wrong_clock_saves_and_says_so(self):
        code = self.lodge(self.a)
        self.a.command("sync", "wait", "--timeout", "60")
        self.a.kill()
        self.city.lines.tell("cut", "a")
        self.clock.set_to(1970)
        self.a.start()
        self.assertFalse(self.write(self.a, code, "trước khi nối")["clock_believed"])
        self.assertFalse(self.a.get("/v1/status")["clock"]["trusted"])
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "wait", "--timeout", "60")
        self.assert_told(False)
        self.wait_for(code, "trước khi nối")


if __name__ == "__main__":
    sys.exit(unittest.main())
