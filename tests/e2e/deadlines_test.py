#!/usr/bin/env python3
"""Deadlines with real programs: the lists that a desk works by, at both sites and over a killed daemon."""
import json
import time
import unittest

from api_test import Described
from city import Refused, wait_until

DAY = 24 * 3600


def stored(seconds, clock="%H%M%S"):
    """That many seconds from now, as dossiers store times of Vietnam."""
    return time.strftime("%Y%m%d" + clock, time.gmtime(time.time() + 7 * 3600 + seconds))


class Lists(Described):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        due = {"late": stored(-10 * DAY), "later-late": stored(-9 * DAY), "evening": stored(0, "235959"), "far": stored(60 * DAY)}
        cls.codes = {name: cls.new(cls(), cls.a, TrangThaiHoSo="4", NgayTiepNhan=stored(-20 * DAY), NgayHenTra=moment) for name, moment in due.items()}
        for name, status in (("supplement", "5"), ("payment", "6")):
            cls.codes[name] = cls.new(cls(), cls.a, TrangThaiHoSo=status, NgayTiepNhan=stored(-20 * DAY), NgayHenTra=stored(60 * DAY))
        cls.a.command("sync", "wait", "--timeout", "60")
        wait_until("the registry", lambda: all(cls.centre.get(f"/v1/dossiers/{code}").get("state") == "applied" for code in cls.codes.values()))

    def listed(self, site, *words):
        return [line["code"] for line in json.loads(site.command("dossier", "list", "--json", *words))["dossiers"]]

    def named(self, *names):
        return [self.codes[name] for name in names]

    def test_the_lists_are_the_same_at_the_ward_and_the_centre(self):
        for site in (self.a, self.centre):
            self.assertEqual(self.listed(site, "--overdue"), self.named("late", "later-late"))
            self.assertEqual(self.listed(site, "--due-today"), self.named("evening"))
            self.assertEqual(self.listed(site, "--waiting"), self.named("supplement"))
            self.assertEqual(self.listed(site, "--waiting", "--status", "6"), [])
            self.assertEqual(self.listed(site, "--status", "6"), self.named("payment"))
        self.assertEqual(self.listed(self.centre, "--overdue", "--unit", "W-KIMLONG"), [])
        self.assertEqual(self.listed(self.centre, "--overdue", "--unit", "W-VYDA"), self.named("late", "later-late"))

    def test_each_count_is_the_length_of_its_list_also_over_a_killed_daemon(self):
        expected = {"overdue": 2, "today": 1, "soon": 0, "waiting": 1, "supplement": 1, "payment": 1}
        for site in (self.a, self.centre):
            self.assertEqual(self.get(site, "/v1/deadlines"), expected)
        self.assertEqual(self.get(self.centre, "/v1/deadlines?unit=W-KIMLONG")["overdue"], 0)
        self.a.kill()
        self.a.start()
        self.assertEqual(self.get(self.a, "/v1/deadlines"), expected)

    def test_a_list_by_deadline_goes_on_from_its_cursor_and_refuses_any_other(self):
        for site in (self.a, self.centre):
            first = self.get(site, "/v1/dossiers?due=overdue&limit=1")
            second = self.get(site, f"/v1/dossiers?due=overdue&limit=1&cursor={first['next']}")
            self.assertEqual([line["code"] for page in (first, second) for line in page["dossiers"]], self.named("late", "later-late"))
            self.assertEqual(second["next"], "")
            for wrong in ("x", "1", "1.2.3", "%00", first["next"] + "9" * 30):
                self.refused(self.ask(site, "GET", f"/v1/dossiers?due=overdue&cursor={wrong}"))
            for wrong in ("late", "ended", "overdue%20", "OVERDUE"):
                self.refused(self.ask(site, "GET", f"/v1/dossiers?due={wrong}"))

    def test_show_says_what_is_left_and_how_it_ended(self):
        for site in (self.a, self.centre):
            self.assertIn("quá hạn", site.command("dossier", "show", self.codes["late"]).splitlines()[1])
            self.assertIn("đến hạn hôm nay (due today)", site.command("dossier", "show", self.codes["evening"]))
            self.assertRegex(site.command("dossier", "show", self.codes["far"]), r"còn \d+ ngày làm việc \(\d+ working days left\)")
            self.assertIn("tạm dừng tính thời hạn", site.command("dossier", "show", self.codes["supplement"]))
        self.assertEqual(self.get(self.a, f"/v1/dossiers/{self.codes['late']}")["deadline"]["judgement"], "open_late")
        ended = self.new(self.b, TrangThaiHoSo="9", NgayTiepNhan=stored(-20 * DAY), NgayHenTra=stored(-9 * DAY), NgayKetThucXuLy=stored(-12 * DAY))
        self.assertIn("trước hạn (early)", self.b.command("dossier", "show", ended))

    def test_one_list_at_a_time(self):
        for site in (self.a, self.centre):
            with self.assertRaises(Refused):
                site.command("dossier", "list", "--overdue", "--waiting")


if __name__ == "__main__":
    unittest.main(verbosity=2)
