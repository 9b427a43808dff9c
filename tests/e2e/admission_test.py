#!/usr/bin/env python3
"""What a revoked PC had written is brought as a file and let in by a person, with real programs that are killed on the way."""
import json
import unittest

from city import Clock, wait_until
from custody_test import WithTwoWards
from openapi import Description


class Admission(WithTwoWards):
    def setUp(self):
        super().setUp()
        self.code = self.lodge(1, SoDienThoai="0905000001")
        self.cut("a")
        self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905999999")
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị Chưa Gửi")
        self.revoke()

    def revoke(self):
        self.device = self.a.ask("status")["device"]
        self.centre.command("device", "revoke", self.device, "--reason", "hỏng, đã thay máy")
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "now")
        wait_until("the PC to be refused", lambda: self.a.ask("status")["link"]["state"] == "revoked", 60)
        self.city.pcs.pop("a")
        self.addCleanup(self.a.stop)

    def hand_in(self, name="unsent.jsonl"):
        path = self.city.folder / name
        self.a.command("sync", "hand-in", "-o", path)
        return path

    def waiting(self):
        return [one for one in self.centre.ask("quarantine", "list")["handed_in"] if one["state"] == "waiting"]

    def head(self, line):
        return self.centre.get(f"/v1/handed-in/{line['id']}")["head"]

    def phone(self, site):
        return self.show(site, self.code)["fields"].get("SoDienThoai")

    def test_what_a_revoked_pc_wrote_is_brought_looked_at_and_admitted(self):
        path = self.hand_in()
        for personal in ("Chưa Gửi", "0905999999"):
            self.assertNotIn(personal.encode(), path.read_bytes())
        self.a.command("sync", "hand-in", "-o", path, expect=None)  # an existing file stays
        self.assertIn("exist", self.a.said)
        # Killed at any time, the same file again is as good.
        self.a.kill()
        self.a.start()
        brought = self.centre.ask("quarantine", "import", path)
        self.assertEqual(brought["device"], self.device)
        self.assertGreater(brought["taken"], 1)
        self.centre.kill()
        self.centre.start()
        self.assertEqual(self.centre.ask("quarantine", "import", self.hand_in("again.jsonl"))["taken"], 0)
        self.assertEqual(self.phone(self.centre), "0905000001")
        line = self.waiting()[0]
        self.assertEqual(line["device"], self.device)
        shown = self.centre.command("quarantine", "show", line["id"])
        for word in ("0905999999", "Trần Thị Chưa Gửi", self.code):
            self.assertIn(word, shown)
        self.assertEqual(self.phone(self.centre), "0905000001")
        described = Description(self.centre.get("/v1/openapi.json"))
        for path in ("/v1/handed-in", f"/v1/handed-in/{line['id']}"):
            described.check_answer("GET", path, 200, "application/json", self.centre.get(path))
        self.assertIn(self.head(line), shown)
        self.centre.command("quarantine", "admit", line["id"], "--head", "0" * 64, "--reason", "x", expect=None)
        self.assertIn("not what was shown", self.centre.said)
        self.centre.command("quarantine", "admit", line["id"], "--head", self.head(line), "--reason", "đã hỏi chị Lan")
        self.centre.kill()
        self.centre.start()
        self.assertEqual(self.waiting(), [])
        self.settle()
        for site in (self.b, self.centre):
            held = self.show(site, self.code)
            self.assertEqual(held["fields"]["SoDienThoai"], "0905000001")
            self.assertEqual([one["value"] for one in held["proposals"]], ["0905999999"])
            site.command("verify")

    def test_a_pc_that_broke_on_the_desk_is_admitted_in_full(self):
        self.centre.command("quarantine", "import", self.hand_in())
        line = self.waiting()[0]
        self.centre.command("quarantine", "admit", line["id"], "--head", self.head(line), "--reason", "máy hỏng tại quầy", "--in-full")
        self.settle()
        for site in (self.b, self.centre):
            self.assertEqual(self.phone(site), "0905999999")
            self.assertIn("Trần Thị Chưa Gửi", site.command("dossier", "list", "--search", "Chưa Gửi"))
        kinds = [one["kind"] for one in self.centre.ask("audit", "show")["entries"]]
        self.assertIn("records_admitted", kinds)

    def test_what_is_wrong_is_said_and_changes_nothing(self):
        path = self.hand_in()
        text = path.read_text(encoding="utf-8")
        broken = self.city.folder / "broken.jsonl"
        for content in ("no json\n", "{}\n", text.replace('"run":"', '"run":"AAAA'), text.replace('"org":"', '"org":"0')):
            broken.write_text(content, encoding="utf-8")
            self.centre.command("quarantine", "import", broken, expect=None)
            self.assertNotEqual(self.centre.said, "")
            self.assertEqual(self.waiting(), [])
        self.b.command("dossier", "edit", self.code, "--set", "GhiChu=x")
        for words in (("quarantine", "show", "ffff"), ("quarantine", "admit", "ffff", "--head", "0" * 64, "--reason", "x"), ("fork", "show", "ffff"), ("fork", "admit", "ffff", "--reason", "x")):
            self.centre.command(*words, expect=1)
        self.assertEqual(self.centre.ask("fork", "list"), {"forks": []})
        self.centre.command("quarantine", "import", path)
        line = self.waiting()[0]
        self.assertEqual(self.centre.call("POST", f"/v1/handed-in/{line['id']}/admission", {"reason": ""})[0], 422)
        self.assertEqual(self.centre.call("POST", f"/v1/handed-in/{line['id']}/admission", {"reason": "x", "until": 0})[0], 422)
        for head in ("x", "0" * 64):
            self.assertEqual(self.centre.call("POST", f"/v1/handed-in/{line['id']}/rejection", {"reason": "x", "head": head})[0], 422)
        self.centre.command("quarantine", "reject", line["id"], "--reason", "máy bị trộm")
        self.assertEqual(self.waiting(), [])
        self.centre.command("quarantine", "admit", line["id"], "--head", "0" * 64, "--reason", "x", expect=1)
        self.assertEqual(self.centre.ask("quarantine", "import", path)["taken"], 0)
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.phone(self.centre), "0905000001")


class Told(WithTwoWards):
    """Whoever sits at a ward is told of what was saved and does not count."""

    def set_aside(self, site):
        found = site.get("/v1/set-aside")
        status = site.get("/v1/status")
        self.assertEqual(status.get("desk", status)["set_aside"], len(found["set_aside"]))
        Description(site.get("/v1/openapi.json")).check_answer("GET", "/v1/set-aside", 200, "application/json", found)
        return found

    def reasons(self, site):
        return sorted(one["reason"] for one in site.get("/v1/set-aside")["set_aside"])

    def test_a_revoked_pc_tells_of_what_it_had_not_sent_and_the_others_of_its_unit_of_the_pc(self):
        code = self.lodge(1, SoDienThoai="0905000001")
        for site in (self.a, self.b, self.k, self.centre):
            self.assertEqual(self.set_aside(site), {"set_aside": [], "cut_off": []})
        self.cut("a")
        self.a.command("dossier", "edit", code, "--set", "SoDienThoai=0905999999")
        self.assertEqual(self.reasons(self.a), [])  # it only waits
        device = self.a.ask("status")["device"]
        self.centre.command("device", "revoke", device, "--reason", "hỏng, đã thay máy")
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "now")
        wait_until("the PC to be refused", lambda: self.a.ask("status")["link"]["state"] == "revoked", 60)
        self.a.kill()
        self.a.start()
        wait_until("it to know again", lambda: self.reasons(self.a) == ["revoked"], 60)
        told = self.set_aside(self.a)["set_aside"][0]
        self.assertEqual((told["dossier"], told["said"][0]["value"]), (code, "0905999999"))
        self.assertTrue(told["words"]["vi"] and told["todo"]["vi"])
        self.assertIn("wardsync inbox set-aside", self.a.command("status"))
        said = self.a.command("inbox", "set-aside")
        for word in (code, "0905999999", "hand-in", "Nhập lại"):
            self.assertIn(word, said)
        path = self.city.folder / "unsent.jsonl"
        self.a.command("sync", "hand-in", "-o", path)
        self.city.pcs.pop("a").stop()
        self.settle()
        cut_off = self.set_aside(self.b)["cut_off"]
        self.assertEqual([(one["device"], one["label"], one["reason"], one["let_in"]) for one in cut_off], [(device, "a", "hỏng, đã thay máy", [])])
        self.assertEqual(self.set_aside(self.k)["cut_off"], [])  # of another unit
        self.centre.command("quarantine", "import", path)
        line = self.centre.ask("quarantine", "list")["handed_in"][0]
        head = self.centre.get(f"/v1/handed-in/{line['id']}")["head"]
        self.centre.command("quarantine", "admit", line["id"], "--head", head, "--reason", "đã hỏi chị Lan")
        self.settle()
        let_in = self.set_aside(self.b)["cut_off"][0]["let_in"]
        self.assertEqual([(one["in_full"], one["reason"]) for one in let_in], [(False, "đã hỏi chị Lan")])
        self.assertIn("as proposals: đã hỏi chị Lan", self.b.command("inbox", "set-aside"))

    def test_the_sides_of_a_fork_are_told_until_one_stands_and_then_the_other_and_typed_again_it_counts(self):
        code = self.lodge(1)
        self.a.command("dossier", "edit", code, "--set", "SoDienThoai=0905111111")
        self.settle()
        self.city.fork(self.a, "0905222222")
        wait_until("the other PC to hear of it", lambda: self.reasons(self.b) == ["fork", "fork"], 60)
        self.assertEqual(self.reasons(self.a), [])  # nobody sends a PC what is said to be its own
        self.assertEqual(self.reasons(self.centre), ["fork", "fork"])
        self.assertEqual({one["said"][0]["value"] for one in self.set_aside(self.b)["set_aside"]}, {"0905111111", "0905222222"})
        self.assertEqual(next(row for row in self.centre.ask("health")["devices"] if row["alert"] == "fork")["label"], "a")
        sides = self.centre.ask("fork", "list")["forks"]
        shown = {side["id"]: self.centre.get(f"/v1/forks/{side['id']}") for side in sides}
        Description(self.centre.get("/v1/openapi.json")).check_answer("GET", f"/v1/forks/{sides[0]['id']}", 200, "application/json", shown[sides[0]["id"]])
        later = next(side for side in sides if not side["came_first"])["id"]
        self.centre.command("fork", "admit", later, "--head", "0" * 64, "--reason", "x", expect=None)
        self.assertIn("not what was shown", self.centre.said)
        text = self.centre.command("fork", "show", later)
        self.assertIn(shown[later]["head"], text)
        self.assertIn("Once it is admitted", text)
        self.centre.command("fork", "admit", later, "--head", shown[later]["head"], "--reason", "đã hỏi chị Lan")
        wait_until("the wards to hear", lambda: self.reasons(self.a) == self.reasons(self.b) == ["settled_fork"], 60)
        self.assertNotIn("fork", {row["alert"] for row in self.centre.ask("health")["devices"]})
        told = self.set_aside(self.b)["set_aside"][0]
        self.assertEqual((told["said"][0]["value"], told["detail"]), ("0905111111", "đã hỏi chị Lan"))
        self.b.kill()
        self.b.start()
        self.assertEqual(self.reasons(self.b), ["settled_fork"])
        self.b.command("dossier", "edit", code, "--set", "SoDienThoai=0905111111")
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual(self.show(site, code)["fields"]["SoDienThoai"], "0905111111")


class Bounds(WithTwoWards):
    def queue(self):
        return self.a.get("/v1/status")["queue"]["records"]

    def test_a_pc_over_its_quota_waits_and_goes_on_when_it_may(self):
        self.centre.command("limits", "set", "--day-mib", "1")
        note = "x" * 3500
        lines = [{"MaHoSo": f"Q-{number}", "ChuHoSo": "A", "GhiChu": note} for number in range(600)]
        path = self.city.folder / "many.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        self.a.command("dossier", "import", path)
        wait_until("the quota", lambda: self.a.get("/v1/status")["quota_until"], 60)
        waiting = self.queue()
        self.assertGreater(waiting, 0)
        device = self.a.ask("status")["device"]
        rows = {row["device"]: row["alert"] for row in self.centre.ask("health")["devices"]}
        self.assertEqual(rows[device], "quota")
        self.assertEqual(self.a.get("/v1/outbox")["dossiers"][0]["cause"]["code"], "quota")
        self.centre.kill()
        self.centre.start()
        self.a.kill()
        self.a.start()
        wait_until("it again", lambda: self.a.get("/v1/status")["quota_until"], 60)
        self.assertEqual(len(self.a.dossiers()), 600)
        self.centre.command("limits", "set", "--day-mib", "0")
        self.assertEqual(self.centre.ask("limits", "show")["built_in"], True)
        wait_until("the rest", lambda: self.queue() == 0, 60)
        for words in (("--day-mib", "-1"), ("--lease-days", "99999"), ("--lease-days", "x")):
            self.centre.command("limits", "set", *words, expect=2)
        self.centre.command("limits", "set", "--unit", "W-NONE", "--lease-days", "3", expect=1)
        self.assertEqual(self.centre.call("PUT", "/v1/limits", {"day_bytes": 5})[0], 422)

    def test_a_pc_whose_lease_is_over_is_shut_until_it_hears_the_centre(self):
        code = self.lodge(1)
        self.centre.command("limits", "set", "--unit", "W-VYDA", "--lease-days", "7")
        wait_until("the ward to hear", lambda: self.a.get("/v1/status")["lease"]["days"] == 7)
        self.cut("a")
        self.a.command("dossier", "edit", code, "--set", "GhiChu=chờ gửi")
        self.a.stop()
        clock = Clock(self.city.folder / "clock")
        clock.rule(self.a)
        clock.set(8 * 24 * 3600)
        self.a.start()
        for words in (("dossier", "show", code), ("dossier", "list"), ("dossier", "export")):
            self.a.command(*words, expect=4)
            self.assertIn("Nothing is lost", self.a.said)
        clock.set(0)  # set back, and killed
        self.a.kill()
        self.a.start()
        self.a.command("dossier", "show", code, expect=4)
        self.assertTrue(self.a.get("/v1/status")["lease"]["over"])
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "now")
        wait_until("it to open", lambda: not self.a.get("/v1/status")["lease"]["over"], 60)
        self.settle()
        self.assertEqual(self.show(self.a, code)["fields"]["GhiChu"], "chờ gửi")
        self.assertEqual(self.show(self.b, code)["fields"]["GhiChu"], "chờ gửi")


if __name__ == "__main__":
    unittest.main()
