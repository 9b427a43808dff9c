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

    def counts(self, site):
        return {name: count for name, count in self.get(site, "/v1/deadlines").items() if name != "calendar"}

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
            self.assertEqual(self.counts(site), expected)
        self.assertEqual(self.get(self.centre, "/v1/deadlines?unit=W-KIMLONG")["overdue"], 0)
        self.a.kill()
        self.a.start()
        self.assertEqual(self.counts(self.a), expected)

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


class Calendar(Described):
    """The decision on next year's days off, from a file at the centre to the appointments of a ward."""

    def table(self, year, *more):
        fixed = [f"{year}-01-01,holiday,Tết Dương lịch", f"30/4/{year},holiday,", f"{year}-05-01,holiday,", f"{year}-09-02,holiday,Quốc khánh"]
        path = self.city.folder / "calendar.csv"
        path.write_text("\ufeffdate,kind,name_vi\r\n" + "\r\n".join([*fixed, *more]) + "\r\n", encoding="utf-8")
        return path

    def test_a_decision_reaches_the_wards_and_survives_their_end(self):
        year = time.gmtime(time.time() + 7 * 3600).tm_year + 1
        held = self.get(self.centre, "/v1/calendar")
        self.assertNotIn(year, [one["year"] for one in held["years"] if one["entry"] is not None])
        self.centre.command("calendar", "set", self.table(year, f"{year}-11-24,holiday,Ngày Văn hóa"))
        self.a.command("sync", "now")
        known = lambda: {one["year"]: one for one in self.a.get("/v1/calendar")["years"]}.get(year, {}).get("entry") is not None
        wait_until("the calendar at the ward", known)
        self.a.kill()
        self.a.start()
        self.assertTrue(known())
        for site in (self.a, self.centre):
            self.assertIn("Ngày Văn hóa", site.command("calendar", "show", "--year", str(year)))
            self.assertTrue(self.get(site, "/v1/status")["calendar"]["enough"])
            self.assertIn("decided up to", site.command("doctor", expect=None))
        # What is shown as CSV can be set again, and is the same.
        entries = self.get(self.centre, "/v1/status")["policy_entries"]
        again = self.city.folder / "again.csv"
        again.write_text(self.a.command("calendar", "show", "--csv", "--year", str(year)), encoding="utf-8")
        self.centre.command("calendar", "set", again)
        self.assertEqual(self.get(self.centre, "/v1/status")["policy_entries"], entries)

    def test_a_broken_table_is_named_by_its_line_and_changes_nothing(self):
        year = time.gmtime().tm_year + 2
        entries = self.get(self.centre, "/v1/status")["policy_entries"]
        for row, said in ((f"{year}-02-30,holiday,", "line 6"), (f"{year}-01-01,holiday,", "twice"), ("2001-01-01,holiday,", "is over"), (f"{year}-02-01,party,", "makeup_workday")):
            self.centre.command("calendar", "set", self.table(year, row), expect=1)
            self.assertIn(said, self.centre.said)
        path = self.city.folder / "broken.csv"
        for content in (b"", b"date,kind\n", b"\x00\xff\xfe", b"date,kind\n2027-01-01,holiday\n", b"x" * 300_000):
            path.write_bytes(content)
            self.centre.command("calendar", "set", path, expect=1)
        self.centre.command("calendar", "set", self.city.folder / "none.csv", expect=1)
        self.assertEqual(self.get(self.centre, "/v1/status")["policy_entries"], entries)
        self.refused(self.ask(self.centre, "PUT", "/v1/calendar", {"csv": 7}))
        self.refused(self.ask(self.centre, "PUT", "/v1/calendar", {}))


class Filled(Described):
    def test_a_desk_that_accepts_gets_the_dates_and_may_change_them(self):
        out = self.a.command("dossier", "new", "--set", "MaHoSo=H57-F1", "MaTTHC=1.000689", "ChuHoSo=Nguyễn An", "TrangThaiHoSo=2")
        self.assertTrue(out)
        self.assertIn("Filled in: NgayHenTra = ", self.a.said)
        fields = self.get(self.a, "/v1/dossiers/H57-F1")["fields"]
        self.assertGreater(fields["NgayHenTra"], fields["NgayTiepNhan"])
        self.a.command("dossier", "edit", "H57-F1", "--set", "TrangThaiHoSo=5", "--why", "thiếu giấy chứng sinh")
        round_ = self.get(self.a, "/v1/dossiers/H57-F1")["collections"]["DanhSachHoSoBoSung"][0]
        self.assertEqual((round_["NoiDungBoSung"], round_["NgayHenTraTruoc"]), ("thiếu giấy chứng sinh", fields["NgayHenTra"]))
        self.a.kill()
        self.a.start()
        before = self.ask(self.a, "POST", "/v1/filling", {"dossier": "H57-F1", "set": {"TrangThaiHoSo": "4"}})[1]["set"]
        self.a.command("dossier", "edit", "H57-F1", "--set", "TrangThaiHoSo=4")
        self.a.command("sync", "wait", "--timeout", "60")
        wait_until("the registry", lambda: self.centre.get("/v1/dossiers/H57-F1").get("state") == "applied")
        for site in (self.a, self.centre):
            held = self.get(site, "/v1/dossiers/H57-F1")
            self.assertEqual(held["fields"]["NgayHenTra"][:8], before.get("NgayHenTra", fields["NgayHenTra"])[:8])
            self.assertTrue(held["collections"]["DanhSachHoSoBoSung"][0]["TrangThaiBoSung"])
        self.a.command("dossier", "edit", "H57-F1", "--set", "TrangThaiHoSo=9", "NgayKetThucXuLy=2020-01-01 09:00")
        self.assertEqual(self.get(self.a, "/v1/dossiers/H57-F1")["fields"]["NgayKetThucXuLy"], "20200101090000")

    def test_an_apology_gives_another_appointment_and_the_first_still_counts(self):
        code = self.new(self.b, TrangThaiHoSo="4", NgayTiepNhan=stored(-20 * DAY), NgayHenTra=stored(-9 * DAY))
        self.b.command("dossier", "apologise", code, "--due", "31/12/2030 10:00", "--why", "mất điện")
        self.b.command("dossier", "apologise", code, "--due", "30/12/2031 10:00", "--why", "vẫn mất điện")
        held = self.get(self.b, f"/v1/dossiers/{code}")
        self.assertEqual(held["fields"]["NgayHenTra"], "20311230100000")
        self.assertEqual([slip["NgayHenTraTruoc"][:4] for slip in held["collections"]["DanhSachXinLoi"]][1:], ["2030"])
        self.assertEqual((held["deadline"]["class"], held["deadline"]["judgement"]), ("later", "open_late"))
        self.assertIn("tính là quá hạn", self.b.command("dossier", "show", code))
        for due in ("morgen", "31/02/2030", ""):
            self.b.command("dossier", "apologise", code, "--due", due, "--why", "x", expect=1)
        bare = self.new(self.b, TrangThaiHoSo="1", NgayHenTra="")
        self.b.command("dossier", "apologise", bare, "--due", "31/12/2030 10:00", "--why", "x", expect=1)

    def test_what_is_asked_wrongly_is_refused(self):
        for body in (b"", {}, {"set": {"TrangThaiHoSo": "99"}}, {"set": 1}, {"dossier": "none", "set": {"TrangThaiHoSo": "2"}}, {"x": 1}):
            status, answer = self.ask(self.a, "POST", "/v1/filling", body)
            self.refused((status, answer), 404 if body and isinstance(body, dict) and body.get("dossier") else 422)
        self.refused(self.ask(self.a, "POST", "/v1/dossiers?fill=1", {"ChuHoSo": "A"}))


class Reports(Described):
    def test_reports_of_both_sites_agree_in_every_form(self):
        for number, channel in enumerate(("1", "2", "2", None)):
            fields = {"NgayTiepNhan": stored(0), "TrangThaiHoSo": "9", "NgayHenTra": stored(-DAY), "NgayKetThucXuLy": stored(-3 * DAY * (number % 2))}
            self.new(self.a, **fields, **({"KenhThucHien": channel} if channel else {"KenhThucHien": ""}))
        self.a.command("sync", "wait", "--timeout", "60")
        wait_until("the registry", lambda: self.get(self.centre, "/v1/reports/deadlines")["total"]["accepted"] == 4)
        for site in (self.a, self.centre):
            kept = json.loads(site.command("report", "deadlines", "--json"))
            self.assertEqual((kept["total"]["accepted"], kept["total"]["early"], kept["total"]["late"], kept["total"]["in_time_permille"]), (4, 2, 2, 500))
            share = self.get(site, "/v1/reports/online-share")
            self.assertEqual((share["total"]["online"], share["total"]["online_permille"], share["units"][0]["unit"]), (2, 500, "W-VYDA"))
            self.assertIn("50.0 %", site.command("report", "online-share"))
            table = site.command("report", "online-share", "--csv")
            self.assertEqual(len({line.count(",") for line in table.strip().splitlines()}), 1)
            self.get(site, "/v1/reports/online-share?form=csv")
            self.assertEqual(self.get(site, "/v1/reports/deadlines?to=2020-01-01&from=2020-01-01")["total"]["accepted"], 0)
            self.assertEqual(self.get(site, "/v1/reports/deadlines?unit=W-KIMLONG")["units"], [])
            for query in ("from=x", "from=2020", "to=31/2/2026", "from=2026-02-01&to=2026-01-31", "form=xls", "from=%00"):
                self.refused(self.ask(site, "GET", f"/v1/reports/online-share?{query}"))
            self.refused(self.ask(site, "GET", "/v1/reports/deadlines?unit=W-NONE"), 404)
            site.command("report", "deadlines", "--from", "gestern", expect=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
