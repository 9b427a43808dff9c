#!/usr/bin/env python3
"""Officials' own keys with real programs: made on a stick, entered at the centre, asked for by every act, verified by every site."""
import json
import stat
import unittest

from city import wait_until
from custody_test import WithTwoWards

PASSPHRASE = "con trâu đi trước cái cày"


class Officials(WithTwoWards):
    def setUp(self):
        super().setUp()
        self.code = self.lodge()
        self.phrase = self.city.folder / "phrase"
        self.phrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
        for unit, name in (("W-VYDA", "lan"), ("W-KIMLONG", "hoa")):
            self.new_key(name)
            self.centre.command("user", "add", name, "--unit", unit, "--role", "leader", "--key", self.city.folder / f"{name}.key.pub")
        for pc in self.city.pcs.values():
            wait_until("the accounts to arrive", lambda one=pc: len(one.get("/v1/users")["users"]) == 2)

    def new_key(self, name, file=None):
        path = self.city.folder / (file or f"{name}.key")
        self.a.command("official", "new-key", "--user", name, "-o", path, "--passphrase-file", self.phrase)
        return path

    def key(self, name):
        return ("--user", name.split(".")[0], "--key", self.city.folder / f"{name}.key", "--passphrase-file", self.phrase)

    def test_the_key_lies_under_its_passphrase(self):
        path = self.city.folder / "lan.key"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertRegex(path.read_text(), r"^wardsync-official-key-1 [0-9a-f]+\n$")
        listed = self.centre.ask("user", "list", "--unit", "W-VYDA")["users"][0]
        self.assertEqual(path.with_suffix(".key.pub").read_text().split()[1], listed["key"])
        self.a.command("official", "new-key", "--user", "lan", "-o", path, "--passphrase-file", self.phrase, expect=1)  # it stays
        self.phrase.write_text("ngắn\n", encoding="utf-8")
        self.a.command("official", "new-key", "--user", "lan", "-o", self.city.folder / "short.key", "--passphrase-file", self.phrase, expect=1)
        self.assertIn("at least 12", self.a.said)
        self.a.command("official", "new-key", "--user", "lan", "-o", self.city.folder / "none.key", "--no-input", expect=1)
        for bad in ("", "wardsync-official-public-1 00", "x" * 5000):
            (self.city.folder / "bad.pub").write_text(bad)
            self.centre.command("user", "reset", "lan", "--key", self.city.folder / "bad.pub", expect=None)
            self.assertNotEqual(self.centre.said, "")
        self.assertEqual(self.centre.ask("user", "list", "--unit", "W-VYDA")["users"][0]["key"], listed["key"])

    def test_a_hand_over_is_signed_by_both_and_the_slip_says_so(self):
        self.a.command("dossier", "hand-over", self.code, "--to", "W-KIMLONG", "--user", "lan", expect=4)
        self.assertIn("needs your signature", self.a.said)
        self.a.command("dossier", "hand-over", self.code, "--to", "W-KIMLONG", *self.key("lan"))
        self.settle()
        self.k.command("dossier", "accept", self.code, "--user", "hoa", "--key", self.city.folder / "lan.key", "--passphrase-file", self.phrase, expect=4)
        self.assertIn("not the key", self.k.said)
        wrong = self.city.folder / "wrong"
        wrong.write_text("không phải câu này\n", encoding="utf-8")
        self.k.command("dossier", "accept", self.code, "--user", "hoa", "--key", self.city.folder / "hoa.key", "--passphrase-file", wrong, expect=1)
        self.assertIn("does not open this key", self.k.said)
        self.k.command("dossier", "accept", self.code, *self.key("hoa"))
        self.settle()
        for site in (self.a, self.k, self.centre):
            stays = site.ask("dossier", "slip", self.code)["stays"]
            self.assertEqual([(stay["given_by"], stay["given_signed"], stay["taken_by"], stay["taken_signed"]) for stay in stays[1:]], [("lan", True, "hoa", True)])
        self.assertIn("hoa (signed)", self.k.command("dossier", "slip", self.code))
        # An edit and a status on the way need no signature, a legal act does.
        self.k.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000333", "--user", "hoa")
        self.k.command("dossier", "status", self.code, "5", "--why", "thiếu giấy", "--user", "hoa")
        self.k.command("dossier", "status", self.code, "8", "--why", "không nộp", "--user", "hoa", expect=4)
        self.k.command("dossier", "status", self.code, "8", "--why", "không nộp", *self.key("hoa"))
        self.settle()
        self.assertEqual(self.show(self.centre, self.code)["fields"]["TrangThaiHoSo"], "8")
        signed = [entry for entry in self.centre.ask("dossier", "history", self.code)["history"] if entry.get("signed")]
        self.assertEqual({entry["by"] for entry in signed}, {"lan", "hoa"})

    def test_what_is_signed_with_a_key_that_was_replaced_meanwhile_does_not_apply_and_says_why(self):
        self.cut("a")
        self.new_key("lan", "lan.new.key")
        self.centre.command("user", "reset", "lan", "--key", self.city.folder / "lan.new.key.pub", "--why", "mất USB")
        self.a.command("dossier", "hand-over", self.code, "--to", "W-KIMLONG", *self.key("lan"))  # it has not heard of it
        self.heal("a")
        for site in (self.a, self.centre):
            shown = self.show(site, self.code)
            self.assertEqual((shown["custody"]["pending"], [one["refusal"] for one in shown["not_applied"]]), ([], ["unsigned_act"]))
        item = next(one for one in self.centre.ask("inbox", "list")["conflicts"] if one["kind"] == "refused_act")
        self.assertEqual(item["values"][0]["by"], "lan")
        self.a.command("dossier", "hand-over", self.code, "--to", "W-KIMLONG", *self.key("lan"), expect=4)
        self.assertIn("not the key", self.a.said)
        self.a.command("dossier", "hand-over", self.code, "--to", "W-KIMLONG", *self.key("lan.new"))
        self.settle()
        self.assertEqual(len(self.show(self.k, self.code)["custody"]["pending"]), 1)

    def test_bad_signatures_of_the_api_are_refused_in_words(self):
        path = f"/v1/dossiers/{self.code}/hand-overs?by=lan"
        for sign in ("zz", "00", "0" * 63, 7, None, {}):
            status, problem = self.a.call("POST", path, {"to": "W-KIMLONG", "sign": sign})
            self.assertEqual(status, 422, (sign, problem))
        status, problem = self.a.call("POST", path, {"to": "W-KIMLONG", "sign": "00" * 32})
        self.assertEqual((status, problem["type"]), (403, "urn:wardsync:problem:not_your_key"))
        self.assertNotIn("00" * 32, json.dumps(problem))
        self.assertEqual(self.show(self.a, self.code)["custody"]["pending"], [])


if __name__ == "__main__":
    unittest.main()
