#!/usr/bin/env python3
"""People's accounts with real programs: who may write and who decides, by the policy log, and what becomes of what was written too late."""
import json
import signal
import unittest

from city import wait_until
from custody_test import WithTwoWards


class Users(WithTwoWards):
    def setUp(self):
        super().setUp()
        self.code = self.lodge()
        for name, role, display in (("lan", "leader", "Trần Thị Lan"), ("an", "clerk", ""), ("tam", "technician", "")):
            self.centre.command("user", "add", name, "--unit", "W-VYDA", "--role", role, *(["--display", display] if display else []))
        for pc in (self.a, self.b):
            wait_until("the accounts to arrive", lambda one=pc: len(one.get("/v1/users?unit=W-VYDA")["users"]) == 3)

    def quarrel(self, value):
        """Two decisions that contradict each other, twice: a leader decides."""
        seen = self.show(self.a, self.code)["version"]
        for one in (value, value + " B"):
            self.assertEqual(self.a.call("POST", f"/v1/dossiers/{self.code}/changes?by=an", {"set": {"ChuHoSo": one}, "seen": seen})[0], 201)

    def fate(self, site, value):
        """How the history judges what said that."""
        found = [entry for entry in site.ask("dossier", "history", self.code)["history"] if entry["value"] == value]
        return [(entry["standing"], entry.get("refusal")) for entry in found]

    def test_the_centre_keeps_the_accounts_and_every_ward_knows_them(self):
        listed = self.centre.ask("user", "list")["users"]
        self.assertEqual([(user["name"], user["role"], user["enabled"], user["display"]) for user in listed],
                         [("an", "clerk", True, ""), ("lan", "leader", True, "Trần Thị Lan"), ("tam", "technician", True, "")])
        self.assertIn("Trần Thị Lan", self.a.command("user", "list", "--unit", "W-VYDA"))
        self.assertEqual(self.k.ask("user", "list", "--unit", "W-KIMLONG")["users"], [])
        self.centre.command("user", "add", "lan", "--unit", "W-VYDA", "--role", "clerk", expect=1)
        self.assertIn("has an account of this name", self.centre.said)
        self.centre.command("user", "add", "hoa", "--unit", "W-VYDA", "--role", "king", expect=2)
        self.centre.command("user", "add", "hoa", "--unit", "W-NONE", "--role", "clerk", expect=1)
        self.centre.command("user", "add", "hoa", "--unit", "W-VYDA", "--role", "administrator", expect=1)
        self.centre.command("user", "add", "ho\na", "--unit", "W-VYDA", "--role", "clerk", expect=1)
        self.centre.command("user", "disable", "nobody", "--why", "x", expect=1)
        self.centre.command("user", "disable", "an", expect=2)
        self.centre.command("user", "add", "an", "--unit", "W-KIMLONG", "--role", "clerk")
        self.centre.command("user", "disable", "an", "--why", "x", expect=7)
        self.assertIn("W-KIMLONG, W-VYDA", self.centre.said)
        self.centre.command("user", "disable", "an", "--unit", "W-KIMLONG", "--why", "chuyển công tác")
        self.centre.stop(signal.SIGKILL)
        self.centre.start()
        again = {(user["name"], user["unit"]): user for user in self.centre.ask("user", "list")["users"]}
        self.assertEqual((again["an", "W-KIMLONG"]["enabled"], again["an", "W-KIMLONG"]["reason"]), (False, "chuyển công tác"))
        self.assertTrue(again["an", "W-VYDA"]["enabled"])
        self.centre.command("user", "reset", "an", "--unit", "W-KIMLONG", "--role", "accountant")
        self.assertEqual(self.centre.ask("user", "list", "--unit", "W-KIMLONG")["users"][0]["role"], "accountant")
        self.assertTrue(self.centre.ask("user", "list", "--unit", "W-KIMLONG")["users"][0]["enabled"])

    def check_counts(self):
        """For each person the count is as long as the list, and others' items are in another list; the leader's count at one ward."""
        def length(site, whose, user):
            page = site.get(f"/v1/inbox?limit=500&for={whose}&by={user}")
            return sum(len(page[name]) for name in ("conflicts", "proposals", "not_applied"))

        for site in (self.a, self.b, self.centre):
            for user in ("an", "lan"):
                for _ in range(2):  # what was counted is remembered
                    status = site.get(f"/v1/status?by={user}")
                    counted = status.get("desk", status)["to_decide"]
                    self.assertEqual(counted, {"mine": length(site, "mine", user), "others": length(site, "others", user)})
                self.assertEqual(sum(counted.values()), length(site, "all", user))
        self.assertEqual(self.a.call("GET", "/v1/inbox?for=nobody")[0], 422)
        return self.b.get("/v1/status?by=lan")["to_decide"]["mine"]

    def test_nobody_writes_in_a_name_that_is_no_account(self):
        before = self.show(self.a, self.code)["version"]
        for words in (("--user", "ai đó"), ()):  # the operating system's account is none either
            self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000111", *words, expect=4)
            self.assertIn("is no account of W-VYDA", self.a.said)
        self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000111", "--user", "tam", expect=4)
        self.assertIn("its role is technician", self.a.said)
        status, problem = self.a.call("POST", f"/v1/dossiers/{self.code}/changes?by=x", {"set": {"SoDienThoai": "0905000111"}})
        self.assertEqual((status, problem["type"], problem["exit"]), (403, "urn:wardsync:problem:unknown_user", 4))
        lines = self.city.folder / "changes.jsonl"
        lines.write_text("".join(json.dumps({"dossier": self.code, "by": by, "set": {"GhiChu": by}}, ensure_ascii=False) + "\n" for by in ("lan", "ai đó", "an")), encoding="utf-8")
        self.a.command("dossier", "apply", lines, expect=4)
        self.assertIn("Line 2", self.a.said)
        self.assertIn("--from-line 2", self.a.said)
        self.assertEqual(self.show(self.a, self.code)["fields"]["GhiChu"], "lan")
        self.assertNotEqual(self.show(self.a, self.code)["version"], before)
        self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000111", "--user", "an")
        history = self.a.ask("dossier", "history", self.code)["history"]
        self.assertIn(("an", "0905000111"), [(entry["by"], entry["value"]) for entry in history])
        self.k.command("dossier", "new", "--set", "ChuHoSo=A", "--user", "ai đó")  # no accounts there yet

    def test_a_decision_of_somebody_without_the_role_is_a_proposal_and_a_leaders_decides(self):
        self.quarrel("Nguyễn A")
        self.quarrel("Nguyễn A")
        item = self.a.ask("inbox", "list", "--user", "an")["conflicts"][0]
        self.assertEqual((item["decider"]["role"], item["mine"]), ("leader", False))
        self.check_counts()
        self.a.command("inbox", "resolve", item["id"], "--keep", "A", "--why", "căn cước", "--user", "an", expect=4)
        self.a.command("dossier", "edit", self.code, "--set", "ChuHoSo=Nguyễn C", "--user", "an")
        self.assertIn("proposal", self.a.said)
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual(self.fate(site, "Nguyễn C"), [("proposed", "not_the_decider")])
        self.assertTrue(self.b.ask("inbox", "list", "--mine", "--user", "lan")["conflicts"])
        self.assertFalse(self.b.ask("inbox", "list", "--mine", "--user", "an")["conflicts"])
        self.assertGreater(self.check_counts(), 0)
        now = self.b.ask("inbox", "list", "--user", "lan")["conflicts"][0]
        self.b.command("inbox", "resolve", now["id"], "--set", "ChuHoSo=Nguyễn D", "--why", "căn cước", "--user", "lan")
        self.settle()
        for site in (self.a, self.b, self.centre):
            self.assertEqual(self.show(site, self.code)["fields"]["ChuHoSo"], "Nguyễn D")
        self.check_counts()

    def test_what_was_written_before_the_account_ended_applies_and_what_came_later_waits_with_its_reason(self):
        self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000111", "--user", "an")
        self.settle()
        self.cut("a")
        self.centre.command("user", "disable", "an", "--unit", "W-VYDA", "--why", "nghỉ việc")
        self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000222", "--user", "an")
        self.a.command("dossier", "status", self.code, "8", "--why", "công dân không đến", "--user", "an")
        self.a.command("dossier", "edit", self.code, "--set", "GhiChu=của Lan", "--user", "lan")
        self.assertEqual(self.show(self.a, self.code)["fields"]["SoDienThoai"], "0905000222")  # it has not heard of it
        self.heal("a")
        for site in (self.a, self.b, self.centre):
            fields = self.show(site, self.code)["fields"]
            self.assertEqual((fields["SoDienThoai"], fields["TrangThaiHoSo"], fields["GhiChu"]), ("0905000111", "4", "của Lan"))
            self.assertEqual(self.fate(site, "0905000222"), [("proposed", "disabled_user")])
        inbox = self.centre.ask("inbox", "list")
        self.assertEqual([(one["refusal"], one["values"][0]["by"]) for one in inbox["proposals"] if one["field"] == "SoDienThoai"], [("disabled_user", "an")])
        self.assertEqual([one["kind"] for one in inbox["conflicts"]], ["act_by_revoked_user"])
        shown = self.centre.command("inbox", "show", inbox["proposals"][0]["id"])
        self.assertIn("right to write", shown)
        self.a.command("dossier", "edit", self.code, "--note", "x", "--user", "an", expect=4)
        self.assertIn("was disabled", self.a.said)
        proposal = next(one for one in self.b.ask("inbox", "list", "--mine", "--user", "lan")["proposals"] if one["field"] == "SoDienThoai")
        self.b.command("inbox", "approve", proposal["id"], "--why", "đã gọi lại", "--user", "lan")
        self.settle()
        self.assertEqual(self.show(self.centre, self.code)["fields"]["SoDienThoai"], "0905000222")


if __name__ == "__main__":
    unittest.main()
