#!/usr/bin/env python3
"""A new PC of a ward whose dossiers ended long ago begins from summaries: it is told less, shows the same, and has the records when it needs them."""
import sys
import unittest

import invented
from city import Clock, WithFolder, wait_until

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
ENDED, OPEN = 120, 5
DAY = 86_400
STEPS = ({"TrangThaiHoSo": "4"}, {"TrangThaiHoSo": "9"}, {"TrangThaiHoSo": "10"})


class Summaries(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a", "b", "c"])
        self.a = self.city.add_pc("a", "W-VYDA")
        made = invented.dossiers(9, WARD, 1, ENDED + OPEN)
        self.codes = [self.lodge(dossier) for dossier in made]
        for step in STEPS:
            for code in self.codes[:ENDED]:
                self.change(self.a, code, {"set": step, "append": {"notes": f"trạng thái {step['TrangThaiHoSo']}"}})
        self.a.command("sync", "wait", "--timeout", "110")
        self.rest_a_month()

    def lodge(self, dossier):
        dossier = {name: value for name, value in dossier.items() if name not in ("TrangThaiHoSo", "NgayKetThucXuLy", "NgayTra")} | {"TrangThaiHoSo": "2"}
        status, answer = self.a.call("POST", "/v1/dossiers", dossier)
        self.assertEqual(status, 201, answer)
        return answer["code"]

    def change(self, site, code, change):
        status, answer = site.call("POST", f"/v1/dossiers/{code}/changes", change)
        self.assertEqual(status, 201, answer)
        # One by one, as clerks write.
        wait_until("its receipt", lambda: site.get("/v1/status")["queue"]["records"] == 0, every=0.005)

    def rest_a_month(self):
        """The full fetch of a PC from today's centre; then the centre's clock is a month on, and it has written its summaries."""
        self.b = self.city.add_pc("b", "W-VYDA")
        self.wait_for_all(self.b)
        centre = self.city.centre
        wait_until("the registry to be done", lambda: centre.get("/v1/status")["log"]["applied"] == centre.get("/v1/status")["log"]["size"])
        size = centre.get("/v1/status")["log"]["size"]
        centre.stop()
        self.clock = Clock(self.city.folder / "clock")
        self.clock.set(40 * DAY)
        self.clock.rule(centre)
        centre.start()
        wait_until("the summaries", lambda: centre.get("/v1/status")["log"]["size"] >= size + ENDED // 32, 60)
        last = [0, 0]

        def at_rest():
            last[:] = [last[1], centre.get("/v1/status")["log"]["size"]]
            return last[0] == last[1]

        wait_until("no more summaries to come", at_rest, 60, 3)

    def wait_for_all(self, site):
        wait_until(f"all dossiers at {site.data.name}", lambda: len(site.dossiers()) == ENDED + OPEN, 60)

    def received(self, name):
        return int(self.city.lines.tell("count", name).split()[1])

    def add_c(self):
        c = self.city.add_pc("c", "W-VYDA")
        self.wait_for_all(c)
        return c

    @staticmethod
    def lines(site):
        """What a list shows, but for when the PC heard of it."""
        return sorted((line["code"], line["status"], line["owner"], line["unit"], line["state"], line["changed_at"]) for line in site.dossiers())

    def test_a_new_pc_is_told_less_and_shows_the_same(self):
        c = self.add_c()
        told, everything = self.received("c"), self.received("b")
        print(f"\n{ENDED + OPEN} dossiers: {everything} B with all records, {told} B with summaries", file=sys.stderr)
        self.assertLess(told, everything * 0.8)
        self.assertEqual(self.lines(c), self.lines(self.b))
        code = self.codes[3]
        here, there = c.get(f"/v1/dossiers/{code}"), self.b.get(f"/v1/dossiers/{code}")
        self.assertEqual((here.pop("records"), there.pop("records")), ("at_centre", "here"))
        for one in (here, there):
            one.pop("state_since")
        self.assertEqual(here, there)
        self.assertEqual(c.get(f"/v1/dossiers/{self.codes[-1]}")["records"], "here")
        owner = there["fields"]["ChuHoSo"]
        self.assertIn(code, c.command("dossier", "list", "--search", owner))
        self.assertIn("at_centre", c.command("dossier", "show", code, "--json"))
        c.command("verify")

    def test_what_needs_the_records_fetches_them(self):
        c = self.add_c()
        code = self.codes[0]
        self.assertEqual(len(c.ask("dossier", "history", code)["history"]), len(self.b.ask("dossier", "history", code)["history"]))
        self.assertEqual(c.get(f"/v1/dossiers/{code}")["records"], "here")
        c.command("dossier", "edit", self.codes[1], "--set", "GhiChu=sau một tháng")
        c.command("sync", "wait", "--timeout", "60")
        wait_until("the edit at the other PC", lambda: self.b.get(f"/v1/dossiers/{self.codes[1]}")["fields"].get("GhiChu") == "sau một tháng")

    def test_without_a_line_it_is_shown_and_not_changed_and_a_killed_program_goes_on(self):
        c = self.add_c()
        code = self.codes[7]
        self.city.lines.tell("stall", "c")
        self.assertEqual(c.get(f"/v1/dossiers/{code}")["fields"], self.b.get(f"/v1/dossiers/{code}")["fields"])
        status, answer = c.call("POST", f"/v1/dossiers/{code}/changes", {"append": {"notes": "không có mạng"}})
        self.assertEqual((status, answer["type"]), (503, "urn:wardsync:problem:at_centre"), answer)
        c.kill()
        self.city.lines.tell("heal", "c")
        c.start()
        self.assertEqual(c.get(f"/v1/dossiers/{code}")["records"], "at_centre")
        # A PC that was silent all the time wrote into it: it comes, and everybody shows the same.
        self.change(self.a, code, {"append": {"notes": "từ máy cũ"}})
        wait_until("the records", lambda: c.get(f"/v1/dossiers/{code}")["records"] == "here")
        wait_until("the note", lambda: [note["text"] for note in c.get(f"/v1/dossiers/{code}")["notes"]][-1:] == ["từ máy cũ"])
        self.assertEqual(self.lines(c), self.lines(self.b))
        self.assertEqual(c.get("/v1/status")["alarm"], "")


if __name__ == "__main__":
    unittest.main()
