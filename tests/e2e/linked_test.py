#!/usr/bin/env python3
"""Liên thông with real programs: one lodging at a ward fans out to the ward itself, the police and social insurance, over lines that are cut."""
import json
import re
import unittest

from city import HERE, WithFolder
from custody_test import WithTwoWards

AUTHORITIES = """X-CA,Công an thành phố Huế,City Police,police,C-HUE,,,,
X-BHXH,Bảo hiểm xã hội thành phố Huế,City Social Insurance,insurance,C-HUE,,,,
"""
BIRTH = {"MaTTHC": "2.000986", "TrangThaiHoSo": "2", "NgayTiepNhan": "20260601080000", "NgayHenTra": "20991231170000", "SoGiayToChuHoSo": "046182001234"}


class WithAuthorities(WithTwoWards):
    """Two PCs of a ward, one of the police, one of social insurance."""

    def setUp(self):
        WithFolder.setUp(self)
        table = self.city.folder / "units.csv"
        table.write_text((HERE / "units.csv").read_text(encoding="utf-8") + AUTHORITIES, encoding="utf-8")
        self.city.found(table)
        self.city.lay_lines(("a", "b", "police", "insurance"))
        self.centre = self.city.centre
        self.a = self.city.add_pc("a", "W-VYDA")
        self.b = self.city.add_pc("b", "W-VYDA")
        self.police = self.city.add_pc("police", "X-CA")
        self.insurance = self.city.add_pc("insurance", "X-BHXH")

    def birth(self, **fields):
        return self.lodge(**{**BIRTH, **fields})

    def linked(self, site, code):
        return self.show(site, code)["linked"]

    def parts(self, site, code):
        return {part["part"]: part for part in self.linked(site, code)["parts"]}

    def stages(self, site, code):
        return {key: part["stage"] for key, part in self.parts(site, code).items()}

    def fan_out(self, code, *words, site=None):
        answer = (site or self.a).ask("dossier", "fan-out", code, *words)
        return {part["part"]: part["code"] for part in answer["created"]}

    def with_both_authorities(self):
        """Fanned out, the birth registered, the other two parts offered."""
        code = self.birth()
        made = self.fan_out(code)
        self.a.command("dossier", "status", made["khai-sinh"], "9")
        self.assertEqual(sorted(self.a.ask("dossier", "fan-out", code)["offered"]), ["bhyt", "thuong-tru"])
        self.settle()
        return code, made


class AtTheCentre(WithAuthorities):
    def test_what_the_centre_lodged_and_its_parts_have_codes_of_its_unit_also_after_it_was_killed(self):
        code = re.compile(r"000\.00\.22\.H57-\d{6}-\d{4}$")
        path = "/v1/dossiers"
        made = self.centre.call("POST", path, {"ChuHoSo": "Trần Thị Tại Trung Tâm", **BIRTH}, {"Idempotency-Key": "birth-1"})
        self.assertEqual((made[0], made[1]["provisional"]), (201, False), made)
        whole = made[1]["code"]
        self.assertRegex(whole, code)
        self.centre.kill()
        self.centre.start()
        self.assertEqual(self.centre.call("POST", path, {"ChuHoSo": "Trần Thị Tại Trung Tâm", **BIRTH}, {"Idempotency-Key": "birth-1"}), made)
        parts = self.fan_out(whole, "--to", "khai-sinh=W-VYDA", site=self.centre)
        self.centre.kill()
        self.centre.start()
        given = [whole, *parts.values()]
        self.assertEqual(len(given), 4)
        for one in given:
            self.assertRegex(one, code)
        self.assertIn("Saved as 000.00.22.H57", self.centre.command("dossier", "new", "--set", "ChuHoSo=Người sau") + self.centre.said)
        known = [line["code"] for line in self.centre.get("/v1/dossiers?limit=500")["dossiers"]]
        self.assertEqual(len(known), len(set(known)))
        self.assertTrue(set(given) <= set(known))
        self.settle()
        part = self.a.get("/v1/hand-overs?direction=in")["hand_overs"][0]
        self.assertEqual(part["dossier"], parts["khai-sinh"])
        self.a.command("dossier", "accept", part["dossier"])
        self.settle()
        self.assertEqual(self.show(self.a, parts["khai-sinh"])["part_of"]["code"], whole)
        given = self.centre.call("POST", path, {"ChuHoSo": "Mã giấy", "MaHoSo": "CŨ-1", **BIRTH})[1]
        self.assertEqual((given["code"], given["provisional"]), ("CŨ-1", False))  # what has a code keeps it


class FanOut(WithAuthorities):
    def test_without_a_line_all_parts_are_made_at_once_and_each_goes_to_its_unit_when_its_turn_comes(self):
        code = self.birth()
        self.cut("a")
        preview = self.a.get(f"/v1/dossiers/{code}/parts")
        self.assertEqual([(one["part"], one["to"], one["create"], one["offer"]) for one in preview["missing"]],
                         [("khai-sinh", "W-VYDA", True, False), ("thuong-tru", "X-CA", True, False), ("bhyt", "X-BHXH", True, False)])
        self.assertEqual([part["due"] for part in preview["linked"]["parts"]], ["20260601170000", BIRTH["NgayHenTra"], BIRTH["NgayHenTra"]])
        self.assertIn("Đăng ký thường trú", self.a.command("dossier", "fan-out", code, "--preview"))
        self.assertEqual(self.stages(self.a, code), dict.fromkeys(("khai-sinh", "thuong-tru", "bhyt"), "planned"))
        made = self.fan_out(code, "--note", "1 bản chính")
        self.assertEqual(len(set(made.values())), 3)
        self.assertEqual(self.stages(self.a, code), {"khai-sinh": "in_work", "thuong-tru": "waits", "bhyt": "waits"})
        again = self.a.ask("dossier", "fan-out", code)
        self.assertEqual((again["created"], again["offered"]), ([], []))
        self.a.command("dossier", "status", made["khai-sinh"], "9")
        self.assertEqual(self.stages(self.a, code)["thuong-tru"], "ready")
        self.a.command("dossier", "fan-out", code, "--note", "kèm giấy khai sinh")
        self.assertEqual(self.stages(self.a, code), {"khai-sinh": "finished", "thuong-tru": "offered", "bhyt": "offered"})
        self.assertEqual(self.police.ask("dossier", "list")["dossiers"], [])
        self.heal("a")
        for site, part in ((self.police, "thuong-tru"), (self.insurance, "bhyt")):
            with self.subTest(part):
                lines = site.ask("dossier", "list")["dossiers"]
                self.assertEqual([(line["code"], line["part_of"]) for line in lines], [(made[part], code)])
                shown = self.show(site, made[part])
                self.assertEqual((shown["part_of"]["code"], shown["part_of"]["desk"], shown["linked"]), (code, "W-VYDA", None))
                self.assertEqual(shown["fields"]["SoGiayToChuHoSo"], BIRTH["SoGiayToChuHoSo"])
                self.assertEqual(shown["fields"]["NgayHenTra"], BIRTH["NgayHenTra"])
                self.assertEqual(len(shown["parts"]), len(self.show(self.a, code)["parts"]))
                site.command("dossier", "show", code, expect=1)
        self.assertEqual(self.linked(self.b, code), self.linked(self.centre, code))
        self.assertEqual(self.centre.ask("dossier", "duplicates")["duplicates"], [])

    def test_a_kill_between_saving_and_answering_makes_no_part_twice(self):
        code = self.birth()
        path = f"/v1/dossiers/{code}/parts"
        first = self.a.call("POST", path, {}, {"Idempotency-Key": "fan-out-1"})
        self.assertEqual(first[0], 201)
        self.a.kill()
        self.a.start()
        self.assertEqual(self.a.call("POST", path, {}, {"Idempotency-Key": "fan-out-1"}), first)
        self.assertEqual(self.a.call("POST", path, {})[1]["created"], [])
        self.settle()
        self.assertEqual(len(self.centre.dossiers()), 4)
        self.a.command("verify")

    def test_killed_at_any_moment_it_has_made_all_parts_or_none(self):
        for number in range(1, 6):
            code = self.lodge(number, **BIRTH)
            with self.subTest(number):
                self.kill_while_fanning_out(code, number)
                parts = self.linked(self.a, code)["parts"]
                self.assertIn({part["stage"] for part in parts}, ({"planned"}, {"in_work", "waits"}))
                self.fan_out(code)
                self.assertEqual(self.linked(self.a, code)["count"], 3)

    def kill_while_fanning_out(self, code, number):
        import socket
        body = json.dumps({})
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(str(self.a.data / "api.sock"))
        wire.sendall(f"POST /v1/dossiers/{code}/parts HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        if number % 2 == 0:
            wire.recv(1)
        self.a.kill()
        wire.close()
        self.a.start()

    def test_bad_input(self):
        plain = self.lodge(7)
        self.a.command("dossier", "fan-out", plain, expect=1)
        self.assertIn("not one that is lodged once", self.a.said)
        code = self.birth(TrangThaiHoSo="1")
        self.a.command("dossier", "fan-out", code, expect=1)
        self.assertIn("accepted", self.a.said)
        self.a.command("dossier", "status", code, "2")
        self.a.command("dossier", "fan-out", code, "--to", "ho-chieu=X-CA", expect=1)
        self.a.command("dossier", "fan-out", code, "--to", "bhyt=X-MAT", expect=1)
        self.a.command("dossier", "fan-out", code, "--to", "bhyt", expect=2)
        self.assertEqual(self.a.call("POST", f"/v1/dossiers/{code}/parts", {"to": ["bhyt"]})[0], 422)
        self.assertEqual(self.stages(self.a, code), dict.fromkeys(("khai-sinh", "thuong-tru", "bhyt"), "planned"))
        made = self.fan_out(code)
        self.a.command("dossier", "fan-out", made["khai-sinh"], expect=1)
        self.assertIn("itself a part", self.a.said)
        self.settle()
        self.centre.command("dossier", "fan-out", code, expect=4)
        self.assertIn("lies with another unit (W-VYDA)", self.centre.said)

    def test_a_part_whose_authority_the_city_does_not_have_is_asked_for(self):
        code = self.lodge(MaTTHC="2.002913", TrangThaiHoSo="2")
        self.a.command("dossier", "fan-out", code, expect=2)
        self.assertIn("mai-tang", self.a.said)
        self.assertEqual(set(self.stages(self.a, code).values()), {"planned"})
        self.fan_out(code, "--to", "mai-tang=X-BHXH")
        self.assertEqual({key: part["to"] for key, part in self.parts(self.a, code).items()},
                         {"khai-tu": "W-VYDA", "xoa-thuong-tru": "X-CA", "mai-tang": "X-BHXH"})

    def test_a_part_whose_turn_comes_may_go_to_another_unit_than_was_planned_and_the_whole_says_so(self):
        code = self.birth()
        made = self.fan_out(code)
        self.a.command("dossier", "status", made["khai-sinh"], "9")
        self.fan_out(code, "--to", "bhyt=X-CA")
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual({key: part["to"] for key, part in self.parts(site, code).items()},
                             {"khai-sinh": "W-VYDA", "thuong-tru": "X-CA", "bhyt": "X-CA"})
            self.assertEqual(self.show(site, code)["conflicts"], [])
        self.police.command("dossier", "accept", made["bhyt"])
        self.settle()
        self.assertEqual(self.stages(self.b, code)["bhyt"], "in_work")

    def test_two_desks_of_one_ward_that_had_not_heard_of_each_other_are_asked_which_part_counts(self):
        code = self.birth()
        self.cut("a", "b")
        by_a, by_b = self.fan_out(code), self.fan_out(code, site=self.b)
        self.heal("a", "b")
        for site in (self.a, self.b, self.centre):
            self.assertEqual(set(self.stages(site, code).values()), {"disputed"})
        self.a.command("dossier", "status", code, "9", expect=7)
        conflicts = self.show(self.a, code)["conflicts"]
        self.assertEqual([one["kind"] for one in conflicts], ["choose_value"] * 3)
        ids = {made: self.show(self.a, made)["id"] for made in (*by_a.values(), *by_b.values())}
        for part, mine in by_a.items():
            self.assertEqual(sorted(self.parts(self.a, code)[part]["chosen_from"]), sorted((ids[mine], ids[by_b[part]])))
        for conflict in conflicts:
            letters = {value["value"]: "AB"[index] for index, value in enumerate(self.a.ask("inbox", "show", conflict["id"])["values"])}
            kept = next(id.removeprefix("id:") for made, id in ids.items() if made in by_a.values() and id.removeprefix("id:") in letters)
            self.a.command("inbox", "resolve", conflict["id"], "--keep", letters[kept], "--why", "máy a phân hồ sơ trước")
        for made in by_b.values():
            self.a.command("dossier", "edit", made, "--set", "LyDoHuy=phân hồ sơ hai lần")
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual({key: part["code"] for key, part in self.parts(site, code).items()}, by_a)


class Progress(WithAuthorities):
    def test_the_desk_follows_what_it_gave_away_to_its_end_and_tells_the_citizen_one_status(self):
        code, made = self.with_both_authorities()
        self.police.command("dossier", "accept", made["thuong-tru"])
        self.settle()
        self.police.command("dossier", "status", made["thuong-tru"], "4")
        self.police.command("dossier", "status", made["thuong-tru"], "5", "--why", "thiếu giấy chứng nhận chỗ ở")
        self.settle()
        for site in (self.a, self.b, self.centre):
            linked = self.linked(site, code)
            part = self.parts(site, code)["thuong-tru"]
            self.assertEqual((linked["status"], linked["waits_for_citizen"]), ("5", True))
            self.assertEqual((part["unit"], part["status"], part["stage"]), ("X-CA", "5", "in_work"))
            self.assertNotEqual(part["since"], "")
        self.police.command("dossier", "status", made["thuong-tru"], "4")
        self.settle()
        self.assertEqual(self.linked(self.b, code)["status"], "4")
        self.assertEqual(self.police.ask("dossier", "list")["dossiers"][0]["code"], made["thuong-tru"])
        self.assertEqual(self.insurance.ask("dossier", "list")["dossiers"][0]["code"], made["bhyt"])
        self.a.command("dossier", "status", code, "9", expect=4)
        self.assertIn("Đăng ký thường trú (X-CA", self.a.said)
        self.a.command("dossier", "edit", code, "--set", "TrangThaiHoSo=9", expect=4)
        lines = self.city.folder / "lines.jsonl"
        lines.write_text("".join(json.dumps({"dossier": code, "set": entered}) + "\n" for entered in ({"GhiChu": "đã gọi"}, {"TrangThaiHoSo": "9"})))
        self.a.command("dossier", "apply", lines, expect=4)
        self.assertIn("Line 2: This dossier is finished when all of its parts have ended", self.a.said)
        self.assertEqual({name: self.show(self.a, code)["fields"].get(name) for name in ("GhiChu", "TrangThaiHoSo")}, {"GhiChu": "đã gọi", "TrangThaiHoSo": "2"})
        self.police.command("dossier", "status", made["thuong-tru"], "9")
        self.insurance.command("dossier", "accept", made["bhyt"])
        self.insurance.command("dossier", "status", made["bhyt"], "8", "--why", "đã có thẻ")
        self.settle()
        linked = self.linked(self.a, code)
        self.assertEqual({name: linked[name] for name in ("status", "count", "ended", "refused")}, {"status": "9", "count": 3, "ended": 3, "refused": 1})
        self.a.command("dossier", "status", code, "9")
        self.a.command("dossier", "status", code, "10")
        self.settle()
        self.assertEqual(self.linked(self.centre, code)["status"], "10")

    def test_what_is_declined_is_back_at_the_desk_with_its_reason_and_goes_on_from_there(self):
        code, made = self.with_both_authorities()
        self.police.command("dossier", "decline", made["thuong-tru"], "--reason", "thiếu bản chính")
        self.settle()
        linked, part = self.linked(self.b, code), self.parts(self.b, code)["thuong-tru"]
        self.assertEqual((linked["declined"], part["stage"], part["unit"]), (1, "declined", "W-VYDA"))
        self.assertEqual((part["declined"]["unit"], part["declined"]["why"]), ("X-CA", "thiếu bản chính"))
        self.assertIn("declined by X-CA: thiếu bản chính", self.a.command("dossier", "show", code))
        self.assertEqual(self.a.ask("dossier", "fan-out", code)["offered"], [])  # a person decides, and not the button
        self.a.command("dossier", "hand-over", made["thuong-tru"], "--to", "X-CA", "--note", "có bản chính")
        self.settle()
        self.police.command("dossier", "accept", made["thuong-tru"])
        self.settle()
        self.assertEqual(self.stages(self.a, code)["thuong-tru"], "in_work")

    def test_who_is_late_is_judged_and_the_others_are_not(self):
        code = self.birth(NgayHenTra="20260605170000")
        made = self.fan_out(code)
        self.a.command("dossier", "status", made["khai-sinh"], "9", "--set", "NgayKetThucXuLy=01/06/2026 10:00")
        self.a.command("dossier", "fan-out", code)
        self.settle()
        for site, part in ((self.police, "thuong-tru"), (self.insurance, "bhyt")):
            site.command("dossier", "accept", made[part])
        self.insurance.command("dossier", "status", made["bhyt"], "9", "--set", "NgayKetThucXuLy=04/06/2026 10:00")
        self.settle()
        judged = {key: part["deadline"]["judgement"] for key, part in self.parts(self.a, code).items()}
        self.assertEqual(judged, {"khai-sinh": "on_time", "thuong-tru": "open_late", "bhyt": "early"})
        self.assertEqual(self.linked(self.a, code)["late"], 1)
        report = self.centre.get("/v1/reports/deadlines?from=2026-06-01&to=2026-06-30")
        late = {unit["unit"]: (unit["open_late"], unit["early"]) for unit in report["units"]}
        self.assertEqual((late["X-CA"], late["X-BHXH"]), ((1, 0), (0, 1)))
        # Form 04 by the unit that is late; the desk that tells the citizen reads it.
        self.police.command("dossier", "edit", made["thuong-tru"], "--set", "NgayHenTra=20990101170000", "--why", "xin lỗi, hẹn lại")
        self.settle()
        self.assertEqual(self.parts(self.a, code)["thuong-tru"]["due"], "20990101170000")

    def test_whoever_had_a_part_and_gave_it_on_reads_no_more_and_the_desk_still_does(self):
        code, made = self.with_both_authorities()
        self.police.command("dossier", "accept", made["thuong-tru"])
        self.settle()
        self.police.command("dossier", "hand-over", made["thuong-tru"], "--to", "C-TTHCC")
        self.settle()
        self.centre.command("dossier", "accept", made["thuong-tru"])
        self.settle()
        self.centre.command("dossier", "edit", made["thuong-tru"], "--set", "SoDienThoai=0905000777")
        self.settle()
        self.assertEqual(self.show(self.a, made["thuong-tru"])["fields"]["SoDienThoai"], "0905000777")
        self.assertNotIn("0905000777", json.dumps(self.police.ask("dossier", "history", made["thuong-tru"])))
        self.assertEqual(self.parts(self.a, code)["thuong-tru"]["unit"], "C-TTHCC")

    def test_marking_a_dossier_that_was_given_away_as_a_part_gives_nobody_anything(self):
        code = self.lodge(9)
        self.a.command("dossier", "hand-over", code, "--to", "X-CA")
        self.settle()
        self.police.command("dossier", "accept", code)
        self.settle()
        entry = {"HoSoId": "0" * 32, "QuanHe": "3", "MaPhan": "thuong-tru"}
        self.assertEqual(self.a.call("POST", f"/v1/dossiers/{code}/changes", {"append": {"HoSoLienQuan": entry}})[0], 201)
        self.settle()
        self.police.command("dossier", "edit", code, "--set", "SoDienThoai=0905000888")
        self.settle()
        self.assertEqual(self.show(self.police, code)["fields"]["SoDienThoai"], "0905000888")
        for site in (self.a, self.b):
            self.assertNotIn("0905000888", json.dumps(site.ask("dossier", "history", code)))
        self.assertIsNone(self.show(self.police, code)["part_of"])


if __name__ == "__main__":
    unittest.main()
