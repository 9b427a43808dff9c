#!/usr/bin/env python3
"""Hand-overs, proposals, statuses and the inbox with real programs: two wards, the centre's own officials, and lines that are cut."""
import json
import unittest

import invented
from city import wait_until, WithFolder
from conflict_cases import CASES, Case

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


class WithTwoWards(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(("a", "b", "k"))
        self.centre = self.city.centre
        self.a = self.city.add_pc("a", "W-VYDA")
        self.b = self.city.add_pc("b", "W-VYDA")
        self.k = self.city.add_pc("k", "W-KIMLONG")

    def lodge(self, number=1, **fields):
        dossier = {**invented.dossiers(3, WARD, number, 1)[0], "TrangThaiHoSo": "4", **fields}
        path = self.city.folder / "lodged.jsonl"
        path.write_text(json.dumps(dossier, ensure_ascii=False) + "\n", encoding="utf-8")
        self.a.command("dossier", "import", path)
        self.settle()
        return dossier["MaHoSo"]

    def settle(self):
        """Until everybody whose line is up has everything."""
        for pc in self.city.pcs.values():
            pc.command("sync", "now")
        for pc in self.city.pcs.values():
            wait_until(f"{pc.data.name} to have sent all", lambda one=pc: one.get("/v1/status")["queue"]["records"] == 0)
        log = wait_until("the centre to have merged", self.merged)
        for pc in self.city.pcs.values():
            wait_until(f"{pc.data.name} to have heard", lambda one=pc: one.get("/v1/status")["applied"] >= log)

    def merged(self):
        log = self.centre.get("/v1/status")["log"]
        return log["size"] if log["applied"] == log["size"] else None

    def show(self, site, code):
        return site.ask("dossier", "show", code)

    def holder(self, site, code):
        return self.show(site, code)["custody"]["unit"]

    def cut(self, *names):
        for name in names:
            self.city.lines.tell("cut", name)

    def heal(self, *names):
        for name in names:
            self.city.lines.tell("heal", name)
        self.settle()


class HandOvers(WithTwoWards):
    def test_offered_without_a_line_taken_over_by_the_centre_and_back_with_a_reason(self):
        code = self.lodge()
        self.cut("a")
        self.a.command("dossier", "hand-over", code, "--to", "C-TTHCC", "--note", "3 giấy tờ, 1 bản chính")
        self.assertEqual(self.holder(self.a, code), "W-VYDA")
        self.assertEqual(self.centre.ask("dossier", "hand-overs")["hand_overs"], [])
        self.heal("a")
        incoming = wait_until("the offer to reach the centre", lambda: self.centre.ask("dossier", "hand-overs", "--direction", "in")["hand_overs"])
        self.assertEqual((incoming[0]["dossier"], incoming[0]["from"], incoming[0]["note"]), (code, "W-VYDA", "3 giấy tờ, 1 bản chính"))
        self.assertEqual({name: self.centre.get("/v1/status")["desk"]["hand_overs"][name] for name in ("to_us", "by_us", "late")}, {"to_us": 1, "by_us": 0, "late": 0})
        self.assertEqual([line["code"] for line in self.centre.ask("dossier", "list", "--custody", "offered_to_me")["dossiers"]], [code])
        self.assertEqual([line["code"] for line in self.a.ask("dossier", "list", "--custody", "offered_by_me")["dossiers"]], [code])
        self.centre.command("dossier", "decline", code, expect=2)
        self.centre.command("dossier", "decline", code, "--reason", "thiếu bản chính")
        self.settle()
        self.assertEqual(self.show(self.a, code)["custody"]["pending"], [])
        self.a.command("dossier", "hand-over", code, "--to", "C-TTHCC")
        self.settle()
        self.centre.command("dossier", "accept", code)
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual(self.holder(site, code), "C-TTHCC")
        stays = self.centre.ask("dossier", "slip", code)["stays"]
        self.assertEqual([(stay["unit"], stay["given_by_unit"]) for stay in stays], [("W-VYDA", ""), ("C-TTHCC", "W-VYDA")])
        self.assertNotEqual(stays[0]["until"], "")
        self.assertIn("C-TTHCC", self.centre.command("dossier", "slip", code))
        self.a.command("dossier", "accept", code, expect=1)
        self.a.command("dossier", "hand-over", code, "--to", "W-KIMLONG", expect=4)
        self.assertIn("lies with another unit (C-TTHCC)", self.a.said)
        self.centre.command("dossier", "hand-over", code, "--to", "W-VYDA")  # back to where it was taken in
        self.settle()
        self.b.command("dossier", "accept", code)
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual(self.holder(site, code), "W-VYDA")

    def test_from_ward_to_ward_with_its_past_and_nothing_after_that(self):
        code = self.lodge(SoDienThoai="0905000111")
        self.assertEqual(self.k.ask("dossier", "list")["dossiers"], [])
        self.a.command("dossier", "hand-over", code, "--to", "W-KIMLONG", "--note", "1 bản chính")
        self.settle()
        shown = self.show(self.k, code)
        self.assertEqual((shown["fields"]["SoDienThoai"], shown["custody"]["unit"], shown["custody"]["pending"][0]["to"]), ("0905000111", "W-VYDA", "W-KIMLONG"))
        self.k.command("dossier", "edit", code, "--set", "SoDienThoai=0905000222")
        self.assertIn("proposal", self.k.said)
        self.k.command("dossier", "accept", code)
        self.settle()
        for site in (self.a, self.b, self.k, self.centre):
            self.assertEqual(self.holder(site, code), "W-KIMLONG")
        self.k.command("dossier", "edit", code, "--set", "SoDienThoai=0905000333", "--why", "sau khi tiếp nhận")
        self.settle()
        self.assertEqual(self.show(self.k, code)["fields"]["SoDienThoai"], "0905000333")
        self.assertEqual(self.show(self.centre, code)["fields"]["SoDienThoai"], "0905000333")
        for site in (self.a, self.b):  # what came later is not theirs
            self.assertNotIn("0905000333", json.dumps(site.ask("dossier", "history", code), ensure_ascii=False))
        self.b.command("dossier", "edit", code, "--note", "công dân gọi lại")
        self.settle()
        self.assertIn("công dân gọi lại", json.dumps(self.show(self.k, code)["notes"], ensure_ascii=False))

    def test_an_accept_beats_a_recall_that_had_not_heard_of_it(self):
        code = self.lodge()
        self.a.command("dossier", "hand-over", code, "--to", "C-TTHCC")
        self.settle()
        self.cut("a")
        self.a.command("dossier", "recall", code, "--reason", "nhầm")
        self.centre.command("dossier", "accept", code)
        self.assertEqual(self.show(self.a, code)["custody"]["pending"], [])
        self.heal("a")
        for site in (self.a, self.centre):
            self.assertEqual(self.holder(site, code), "C-TTHCC")

    def test_a_kill_between_accept_and_answer_accepts_once(self):
        code = self.lodge()
        self.a.command("dossier", "hand-over", code, "--to", "C-TTHCC")
        self.settle()
        offer = self.centre.ask("dossier", "hand-overs")["hand_overs"][0]
        path = f"/v1/dossiers/{offer['dossier_id']}/hand-overs/{offer['id']}/accept"
        first = self.centre.call("POST", path, {}, {"Idempotency-Key": "accept-1"})
        self.centre.kill()
        self.centre.start()
        self.assertEqual(self.centre.call("POST", path, {}, {"Idempotency-Key": "accept-1"}), first)
        self.settle()
        self.assertEqual(len(self.centre.ask("dossier", "slip", code)["stays"]), 2)


class Proposals(WithTwoWards):
    def given_to_the_centre(self):
        code = self.lodge(SoDienThoai="0905000111")
        self.a.command("dossier", "hand-over", code, "--to", "C-TTHCC")
        self.settle()
        self.centre.command("dossier", "accept", code)
        self.settle()
        return code

    def test_an_edit_from_outside_is_a_proposal_until_the_holder_accepts_it(self):
        code = self.given_to_the_centre()
        self.a.command("dossier", "edit", code, "--set", "SoDienThoai=0905999888", "--why", "công dân đổi số")
        self.assertIn("proposal", self.a.said)
        self.settle()
        shown = self.show(self.centre, code)
        self.assertEqual(shown["fields"]["SoDienThoai"], "0905000111")
        self.assertEqual([(one["value"], one["refusal"], one["why"]) for one in shown["proposals"]], [("0905999888", "outside_custody", "công dân đổi số")])
        item = shown["proposals"][0]["item"]
        self.a.command("inbox", "approve", item, "--why", "tự duyệt", expect=4)
        preview = self.centre.ask("inbox", "approve", item, "--preview")
        self.assertEqual([(one["field"], one["before"], one["after"]) for one in preview["changes"]], [("SoDienThoai", "0905000111", "0905999888")])
        self.centre.command("inbox", "approve", item, expect=2)
        resolution = self.centre.ask("inbox", "approve", item, "--why", "đã gọi lại")["resolution"]
        self.settle()
        for site in (self.centre,):
            self.assertEqual(self.show(site, code)["fields"]["SoDienThoai"], "0905999888")
            self.assertEqual(self.show(site, code)["proposals"], [])
        self.centre.command("inbox", "undo", resolution)
        self.assertEqual(self.show(self.centre, code)["fields"]["SoDienThoai"], "0905000111")

    def test_a_dismissed_proposal_is_gone_and_comes_back_when_that_is_undone(self):
        code = self.given_to_the_centre()
        self.a.command("dossier", "edit", code, "--set", "SoDienThoai=0905999888")
        self.settle()
        item = self.show(self.centre, code)["proposals"][0]["item"]
        self.assertIn(item, self.centre.command("inbox", "list", "--mine", "--kind", "proposal"))
        resolution = self.centre.ask("inbox", "dismiss", item, "--why", "số sai")["resolution"]
        self.assertEqual(self.show(self.centre, code)["proposals"], [])
        self.centre.command("inbox", "undo", resolution)
        self.assertEqual(len(self.show(self.centre, code)["proposals"]), 1)


class Statuses(WithTwoWards):
    def test_only_what_may_come_next_and_the_dates_that_go_with_it(self):
        code = self.lodge()
        listed = self.a.ask("dossier", "status", code)
        self.assertEqual([step["status"] for step in listed["next"]], ["5", "6", "7", "8", "9"])
        self.a.command("dossier", "status", code, "10", expect=1)
        self.assertIn("Đang xử lý (4) cannot become Đã trả kết quả (10)", self.a.said)
        self.a.command("dossier", "status", code, "8", expect=1)
        self.assertIn("reason", self.a.said)
        self.a.command("dossier", "status", code, "9", "--set", "NgayKetThucXuLy=14/08/2020 16:00")
        self.assertEqual(self.show(self.a, code)["fields"]["NgayKetThucXuLy"], "20200814160000")

    def test_two_decisions_that_contradict_each_other_block_the_result_until_one_is_chosen(self):
        code = self.lodge()
        self.cut("a", "b")
        self.a.command("dossier", "status", code, "9")
        self.b.command("dossier", "status", code, "8", "--why", "không đủ điều kiện")
        self.heal("a", "b")
        conflict = self.show(self.a, code)["conflicts"][0]
        self.assertEqual((conflict["kind"], conflict["blocks"]), ("contradicting_decisions", ["10"]))
        self.a.command("dossier", "status", code, "10", expect=7)
        self.assertIn("contradicting_decisions", self.a.said)
        letters = {value["value"]["TrangThaiHoSo"] if isinstance(value["value"], dict) else value["value"]: "ABC"[index]
                   for index, value in enumerate(self.a.ask("inbox", "show", conflict["id"])["values"])}
        self.a.command("inbox", "resolve", conflict["id"], "--keep", letters["9"], "--why", "lãnh đạo đồng ý cấp")
        self.a.command("dossier", "status", code, "10")
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual(self.show(site, code)["fields"]["TrangThaiHoSo"], "10")


class Centre(WithTwoWards):
    def test_the_centres_officials_take_in_and_edit_dossiers_of_their_own(self):
        code = "000.00.01.H57-200812-0001"
        self.centre.command("dossier", "new", "--set", f"MaHoSo={code}", "--set", "ChuHoSo=Nguyễn Thị Trung Tâm", "--set", "TrangThaiHoSo=2")
        self.centre.command("dossier", "edit", code, "--set", "SoDienThoai=0905123123", "--why", "bổ sung", "--note", "đã gọi")
        self.centre.kill()
        self.centre.start()
        self.centre.command("dossier", "edit", code, "--note", "sau khi khởi động lại")
        shown = self.show(self.centre, code)
        self.assertEqual((shown["fields"]["SoDienThoai"], shown["custody"]["unit"]), ("0905123123", "C-TTHCC"))
        self.assertIn("sau khi khởi động lại", json.dumps(shown["notes"], ensure_ascii=False))
        self.assertEqual(len(self.centre.ask("device", "list")["devices"]), 3)  # its own is no PC
        self.centre.command("dossier", "hand-over", code, "--to", "W-KIMLONG")
        self.settle()
        self.k.command("dossier", "accept", code)
        self.settle()
        self.assertEqual((self.show(self.k, code)["fields"]["SoDienThoai"], self.holder(self.centre, code)), ("0905123123", "W-KIMLONG"))
        self.centre.command("verify")

    def test_one_matter_that_was_lodged_twice_is_suggested_and_linked_never_merged(self):
        first = self.lodge(1, SoGiayToChuHoSo="046182001234", MaTTHC="1.003583")
        dossier = {**invented.dossiers(4, WARD, 900, 1)[0], "SoGiayToChuHoSo": "046182001234", "MaTTHC": "1.003583"}
        path = self.city.folder / "second.jsonl"
        path.write_text(json.dumps(dossier, ensure_ascii=False) + "\n", encoding="utf-8")
        self.k.command("dossier", "import", path)
        self.settle()
        pairs = self.centre.ask("dossier", "duplicates")["duplicates"]
        self.assertEqual([{pair["one"]["code"], pair["other"]["code"]} for pair in pairs], [{first, dossier["MaHoSo"]}])
        self.assertEqual(self.a.ask("dossier", "duplicates")["duplicates"], [])
        self.centre.command("dossier", "link", first, dossier["MaHoSo"], expect=2)
        self.centre.command("dossier", "link", first, dossier["MaHoSo"], "--why", "cùng một việc, nộp ở hai phường")
        self.assertEqual(self.centre.ask("dossier", "duplicates")["duplicates"], [])
        self.settle()
        for site, code in ((self.a, first), (self.k, dossier["MaHoSo"])):
            self.assertEqual(self.show(site, code)["collections"]["HoSoLienQuan"][0]["QuanHe"], "1")


class Cases(WithFolder):
    """What experienced officials expect, through real programs."""

    chosen = ("c01", "c04", "c05", "c07", "c10", "c11", "c13", "c14", "c21", "c30", "c35", "c38")

    def test_each_ends_as_expected_at_every_site(self):
        self.city.found()
        self.city.lay_lines(("a", "b"))
        for name in ("a", "b"):
            self.city.add_pc(name, "W-VYDA")
            self.city.lines.tell("cut", name)
        for number, name in enumerate(self.chosen):
            with self.subTest(name):
                case = Case(self.city, CASES[name])
                case.run(f"000.45.22.H57-200812-{number + 1:04}")
                case.check(self)


if __name__ == "__main__":
    unittest.main()
