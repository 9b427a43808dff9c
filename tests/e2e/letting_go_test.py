#!/usr/bin/env python3
"""A PC that has run for long lets go of the records of dossiers that ended, once a backup elsewhere has them; it shows the same, and has them again when it needs them."""
import sqlite3
import sys
import unittest
from contextlib import closing

import invented
from city import Clock, UnixConnection, WithFolder, wait_until

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
ENDED, OPEN = 40, 3
DAY = 86_400
STEPS = ({"TrangThaiHoSo": "4"}, {"TrangThaiHoSo": "9"}, {"TrangThaiHoSo": "10"})


class LettingGo(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a", "b"])
        self.a = self.city.add_pc("a", "W-VYDA")
        self.b = self.city.add_pc("b", "W-VYDA", "--keep-records-days", "36500")
        self.codes = [self.lodge(dossier) for dossier in invented.dossiers(9, WARD, 1, ENDED + OPEN)]
        for step in STEPS:
            for code in self.codes[:ENDED]:
                self.change(self.a, code, {"set": step, "append": {"notes": f"trạng thái {step['TrangThaiHoSo']}"}})
        wait_until("all of it at the other PC", lambda: self.lines(self.b) == self.lines(self.a), 60)

    def lodge(self, dossier):
        dossier = {name: value for name, value in dossier.items() if name not in ("TrangThaiHoSo", "NgayKetThucXuLy", "NgayTra")} | {"TrangThaiHoSo": "2"}
        status, answer = self.a.call("POST", "/v1/dossiers", dossier)
        self.assertEqual(status, 201, answer)
        return answer["code"]

    def change(self, site, code, change):
        status, answer = site.call("POST", f"/v1/dossiers/{code}/changes", change)
        self.assertEqual(status, 201, answer)
        wait_until("its receipt", lambda: site.get("/v1/status")["queue"]["records"] == 0, every=0.005)

    def back_up(self, name):
        self.city.centre.command("backup", "-o", str(self.city.folder / name), "--elsewhere")

    def let_months_pass(self):
        """The centre's clock alone: what it signs is the time by which PCs go."""
        centre = self.city.centre
        wait_until("the registry to be done", lambda: centre.get("/v1/status")["log"]["applied"] == centre.get("/v1/status")["log"]["size"])
        size = centre.get("/v1/status")["log"]["size"]
        centre.stop()
        clock = Clock(self.city.folder / "clock")
        clock.set(120 * DAY)
        clock.rule(centre)
        centre.start()
        last = [0, 0]

        def at_rest():
            last[:] = [last[1], centre.get("/v1/status")["log"]["size"]]
            return last[0] == last[1] > size

        wait_until("the summaries", at_rest, 60, 2)

    def at_centre(self, site):
        return site.get("/v1/status")["records_at_centre"]

    @staticmethod
    def metrics(site):
        connection = UnixConnection(str(site.data / "api.sock"))
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    @staticmethod
    def lines(site):
        return sorted((line["code"], line["status"], line["owner"], line["unit"], line["state"], line["changed_at"]) for line in site.dossiers())

    def bodies(self, site):
        """Bytes of what is sealed of dossiers in the file itself: records, and what is shown."""
        with closing(sqlite3.connect(f"file:{site.data}/wardsync.db?mode=ro", uri=True)) as db:
            return db.execute("SELECT (SELECT sum(length(body)) FROM record) + (SELECT sum(length(sealed)) FROM state)").fetchone()[0]

    def test_what_ended_long_ago_is_at_the_centre_only_and_comes_when_it_is_needed(self):
        before, all_of_it = self.lines(self.a), self.bodies(self.a)
        self.let_months_pass()
        wait_until("the links", lambda: all(site.get("/v1/status")["link"]["state"] == "open" for site in (self.a, self.b)), 60)
        # Nobody has a copy yet, so nothing goes, whatever is written.
        self.change(self.a, self.codes[-1], {"append": {"notes": "chưa có bản sao"}})
        self.assertEqual(self.at_centre(self.a), 0)
        self.back_up("copy")

        def gone():
            self.change(self.a, self.codes[-1], {"append": {"notes": "một ngày nữa"}})  # its receipt tells of the copy
            self.a.stop()
            self.a.start()
            wait_until("the link", lambda: self.a.get("/v1/status")["link"]["state"] == "open")
            return self.at_centre(self.a) >= ENDED

        wait_until("old records to go", gone, 60, 0.5)
        left = self.bodies(self.a)
        print(f"\n{ENDED} of {ENDED + OPEN} dossiers let go: {all_of_it} B of records and states before, {left} B after", file=sys.stderr)
        self.assertLess(left, all_of_it * 0.7)
        self.assertEqual(self.at_centre(self.b), 0)
        self.assertEqual([line for line in self.lines(self.a) if line[0] != self.codes[-1]], [line for line in before if line[0] != self.codes[-1]])
        self.assertIn(f"of {ENDED} the records are at the centre only", self.a.command("status"))
        self.assertIn(f"those of {ENDED} dossiers are at the centre only", self.a.command("doctor", expect=None))
        self.assertIn(f"wardsync_dossiers_at_centre {ENDED}", self.metrics(self.a))
        self.a.command("verify")

        code = self.codes[3]
        here, there = self.a.get(f"/v1/dossiers/{code}"), self.b.get(f"/v1/dossiers/{code}")
        self.assertEqual((here.pop("records"), there.pop("records")), ("at_centre", "here"))
        for one in (here, there):
            one.pop("state_since")
        self.assertEqual(here, there)
        # Without a line it is shown, and not changed; and the program may die.
        self.city.lines.tell("stall", "a")
        status, answer = self.a.call("POST", f"/v1/dossiers/{code}/changes", {"append": {"notes": "không có mạng"}})
        self.assertEqual((status, answer["type"]), (503, "urn:wardsync:problem:at_centre"), answer)
        self.a.kill()
        self.city.lines.tell("heal", "a")
        self.a.start()
        self.assertEqual(len(self.a.ask("dossier", "history", code)["history"]), len(self.b.ask("dossier", "history", code)["history"]))
        self.a.command("dossier", "edit", code, "--set", "GhiChu=sau bốn tháng")
        self.a.command("sync", "wait", "--timeout", "60")
        wait_until("the edit at the other PC", lambda: self.b.get(f"/v1/dossiers/{code}")["fields"].get("GhiChu") == "sau bốn tháng")
        self.assertEqual(self.a.get(f"/v1/dossiers/{code}")["records"], "here")
        self.assertEqual(self.at_centre(self.a), ENDED - 1)
        self.assertEqual(self.a.get("/v1/status")["alarm"], "")
        self.a.command("verify")


if __name__ == "__main__":
    unittest.main()
