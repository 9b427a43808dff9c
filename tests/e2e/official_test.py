#!/usr/bin/env python3
"""Officials' own keys with real programs: made on a stick, entered at the centre, asked for by every act, verified by every site."""
import json
import stat
import unicodedata
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
        self.k.command("dossier", "accept", self.code, "--user", "hoa", "--key", self.city.folder / "hoa.key", "--passphrase-file", wrong, expect=4)
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
        file = (self.city.folder / "lan.key").read_text()
        half = {"key_file": file}
        for sign in ("zz", "00", "0" * 63, 7, None, {}, [], half, {"passphrase": PASSPHRASE}, {**half, "passphrase": None}, {"key_file": 7, "passphrase": PASSPHRASE}):
            status, problem = self.a.call("POST", path, {"to": "W-KIMLONG", "sign": sign})
            self.assertEqual((status, problem["type"].rpartition(":")[2]), (422, "invalid"), (sign, problem))
        status, problem = self.a.call("POST", path, {"to": "W-KIMLONG", "sign": "00" * 32})
        self.assertEqual((status, problem["type"]), (403, "urn:wardsync:problem:not_your_key"))
        self.assertNotIn("00" * 32, json.dumps(problem))
        self.assertEqual(self.show(self.a, self.code)["custody"]["pending"], [])

    def signing(self, file, passphrase=PASSPHRASE, headers=None):
        """An offer in lan's name, signed as a page does it."""
        sign = {"key_file": file, "passphrase": passphrase}
        return self.a.call("POST", f"/v1/dossiers/{self.code}/hand-overs?by=lan", {"to": "W-KIMLONG", "sign": sign}, headers)

    def test_what_does_not_open_the_key_is_refused_in_words_that_repeat_none_of_it(self):
        file = (self.city.folder / "lan.key").read_text()
        kind, digits = file.split()
        costly = bytearray.fromhex(digits)
        costly[1 + len("lan") + 32 + 16 + 1] = 2  # the memory's second byte: more than an honest file asks for
        cases = [
            ("wrong_passphrase", 403, file, "không phải câu này"), ("wrong_passphrase", 403, file, ""), ("wrong_passphrase", 403, file, PASSPHRASE + " "),
            ("wrong_passphrase", 403, file, "\0" + PASSPHRASE), ("wrong_passphrase", 403, file[:-3] + ("0" if file[-3] != "0" else "1") + file[-2:], PASSPHRASE),
            ("passphrase_too_long", 422, file, "x" * 1025), ("not_your_key", 403, (self.city.folder / "hoa.key").read_text(), PASSPHRASE),
        ]
        cases += [("not_a_key_file", 422, bad, PASSPHRASE) for bad in (
            "", "con mèo", "\0" * 300, (self.city.folder / "lan.key.pub").read_text(), file[:80], kind + " ", kind + " zz", file + "x" * 4096, f"{kind} {costly.hex()}\n")]
        for name, expected, text, passphrase in cases:
            status, problem = self.signing(text, passphrase)
            self.assertEqual((status, problem["type"].rpartition(":")[2]), (expected, name), (text[:40], passphrase[:40], problem))
            said = json.dumps(problem, ensure_ascii=False)
            for secret in (digits[:32], passphrase[:200]):
                self.assertTrue(secret.strip() == "" or secret not in said, problem)
        self.assertEqual(self.show(self.a, self.code)["custody"]["pending"], [])

    def test_a_page_s_signature_counts_like_the_command_s_and_is_kept_nowhere(self):
        file = (self.city.folder / "lan.key").read_text()
        key = {"Idempotency-Key": "sign-1"}
        # As an editor and another keyboard may have it: a byte order mark, CRLF, accents in parts.
        first = self.signing("\ufeff" + file.replace("\n", "\r\n"), unicodedata.normalize("NFD", PASSPHRASE), key)
        self.assertEqual(first[0], 201, first)
        # What the database remembers of the request has no trace of the signature: the same with another one is a repeat.
        self.assertEqual(self.signing(file, "không phải câu này", key), first)
        self.settle()
        sign = {"key_file": (self.city.folder / "hoa.key").read_text(), "passphrase": PASSPHRASE}
        status, answer = self.k.call("POST", f"/v1/dossiers/{self.code}/hand-overs/-/accept?by=hoa", {"sign": sign})
        self.assertEqual(status, 201, answer)
        self.settle()
        for site in (self.a, self.k, self.centre):
            stay = site.ask("dossier", "slip", self.code)["stays"][-1]
            self.assertEqual((stay["given_by"], stay["given_signed"], stay["taken_by"], stay["taken_signed"]), ("lan", True, "hoa", True))
        bundle = self.city.folder / "bundle.txt"
        self.a.command("support-bundle", "-o", bundle)
        digits = file.split()[1]
        secrets = [form.encode() for secret in (PASSPHRASE, digits) for form in (secret, unicodedata.normalize("NFD", secret), json.dumps(secret)[1:-1])]
        kept = [bundle, *self.a.data.rglob("*"), *self.k.data.rglob("*"), *self.city.folder.glob("*.out"), *self.city.folder.rglob("*.log")]
        for one in kept:
            if one.is_file() and not one.is_symlink():
                content = one.read_bytes()
                self.assertEqual([secret for secret in secrets if secret in content], [], one)
        self.assertTrue(any(one.name.endswith((".db", ".sqlite", ".db-wal")) for one in kept), kept)

    def test_a_page_is_told_beforehand_what_must_be_signed(self):
        steps = {step["status"]: step["legal_act"] for step in self.a.get(f"/v1/dossiers/{self.code}/status")["next"]}
        self.assertEqual({status for status, legal in steps.items() if legal}, set(steps) & {"3", "8", "9", "10"})
        self.assertTrue({True, False} <= set(steps.values()), steps)

    def test_decisions_on_legal_acts_are_signed_one_by_one_together_and_when_they_are_taken_back(self):
        codes = (self.code, "H57-201124-0002")
        self.assertEqual(self.a.call("POST", "/v1/dossiers?by=lan", {"MaHoSo": codes[1], "ChuHoSo": "Bùi Thị Hai", "TrangThaiHoSo": "4"})[0], 201)
        self.settle()
        self.cut("a", "b")
        for pc, status in ((self.a, "9"), (self.b, "8")):
            for code in codes:
                pc.command("dossier", "status", code, status, "--set", "NgayKetThucXuLy=14/08/2020 16:00", "--why", "hai nơi cùng ghi", *self.key("lan"))
        self.heal("a", "b")
        item = self.show(self.a, codes[0])["conflicts"][0]["id"]
        decision = {"set": {"TrangThaiHoSo": "9"}, "why": "lãnh đạo đồng ý"}
        path = f"/v1/inbox/{item}/resolutions"
        status, preview = self.a.call("POST", f"/v1/inbox/{item}/preview?by=lan", {"set": decision["set"]})
        self.assertEqual((status, preview["must_sign"], preview["applies"]), (200, True, True), preview)
        sign = {"key_file": (self.city.folder / "lan.key").read_text(), "passphrase": PASSPHRASE}
        for same in (1, 2):
            status, problem = self.a.call("POST", path + "?by=lan", {**decision, "same": same})
            self.assertEqual((status, problem["type"].rpartition(":")[2]), (403, "unsigned_act"), problem)
            status, problem = self.a.call("POST", path + "?by=lan", {**decision, "same": same, "sign": {**sign, "passphrase": "sai"}})
            self.assertEqual((status, problem["type"].rpartition(":")[2]), (403, "wrong_passphrase"), problem)
        status, answer = self.a.call("POST", path + "?by=lan", {**decision, "same": 2, "sign": sign})
        self.assertEqual((status, len(answer["resolutions"])), (201, 2), answer)
        self.assertEqual([self.show(self.a, code)["fields"]["TrangThaiHoSo"] for code in codes], ["9", "9"])
        undo = f"/v1/inbox/-/resolutions/{answer['resolution']}?by=lan"
        status, problem = self.a.call("DELETE", undo, {})
        self.assertEqual((status, problem["type"].rpartition(":")[2]), (403, "unsigned_act"), problem)
        self.assertEqual(self.a.call("DELETE", undo, {"sign": sign})[0], 201)
        again = [conflict["id"] for code in codes for conflict in self.show(self.a, code)["conflicts"]]
        self.assertEqual(len(again), 1)
        self.assertEqual(self.a.call("POST", f"/v1/inbox/{again[0]}/resolutions?by=lan", {**decision, "sign": sign})[0], 201)
        self.settle()
        self.assertEqual([self.show(self.centre, code)["fields"]["TrangThaiHoSo"] for code in codes], ["9", "9"])


if __name__ == "__main__":
    unittest.main()
