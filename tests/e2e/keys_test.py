#!/usr/bin/env python3
"""The city's keys with real programs: renewed with the root key on a stick, the root key rotated, the last keys brought back by trustees; wards that were away come back by
themselves, and what was receipted before verifies for ever."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import invented
from city import HERE, City, WithFolder, wait_until

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
READER = pathlib.Path(__file__).resolve().parent.parent / "evidence" / "read_evidence.py"


class Keys(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a", "b"])
        self.pc = self.city.add_pc("a", "W-VYDA")
        self.centre = self.city.centre
        self.root = self.centre.get("/v1/status")["root_key"]
        self.root_file = self.city.folder / "centre-root.key"
        self.next_file = self.city.folder / "centre-root.key.next"
        self.made = 0

    def file(self, name):
        self.made += 1
        return self.city.folder / f"{self.made}-{name}"

    def offline(self, *words, expect=0, text=None):
        """On a PC with neither daemon nor data; secrets never stand in the words."""
        done = subprocess.run([self.centre.program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False, input=text)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def request(self, what):
        file = self.file("request")
        self.centre.command("key", "renew", what, "-o", file)
        return file

    def sign(self, request, key):
        signed = self.file("signed")
        self.offline("root", "sign", request, "--root-key", key, "-o", signed, "--yes")
        return signed

    def renew(self, what, key=None):
        self.centre.command("key", "apply", self.sign(self.request(what), key or self.root_file))

    def rotate(self, next_file):
        """The new next root key's file."""
        after, signed = self.file("after"), self.file("signed")
        self.offline("root", "rotate", self.request("root"), "--next-root-key", next_file, "--new-next-root", after, "-o", signed, "--yes")
        self.centre.command("key", "apply", signed)
        return after

    def lodge(self, pc, name):
        self.made += 1
        made = invented.dossiers(5, WARD, self.made, 1)[0] | {"ChuHoSo": name}
        status, answer = pc.call("POST", "/v1/dossiers", made)
        self.assertEqual(status, 201, answer)
        return answer["code"]

    def evidence(self, site, code):
        file = self.file("evidence.json")
        site.command("receipt", "export", code, "-o", file)
        return file

    def check(self, file, confirmed=True):
        told = json.loads(subprocess.run([self.centre.program, "receipt", "verify", str(file), "--root", self.root, "--json"], capture_output=True, text=True, check=True, timeout=60).stdout)
        self.assertEqual(told["confirmed"] > 0, confirmed)
        read = subprocess.run([sys.executable, "-B", str(READER), str(file), self.root], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(read.returncode, 0, read.stdout + read.stderr)

    def test_a_key_is_renewed_with_the_root_key_elsewhere_and_killed_between_nothing_is_lost(self):
        before = self.centre.ask("key", "list")
        request = self.request("receipt")
        self.assertEqual(self.centre.ask("key", "list")["request"]["what"], "receipt")
        self.centre.stop(signal.SIGKILL)
        self.centre.start()
        said = self.offline("root", "sign", request, "--root-key", self.root_file, "-o", self.file("no"), "--no-input", expect=7)
        self.assertIn("RECEIPT", said)
        self.assertIn("hue", said)
        self.offline("root", "sign", request, "--root-key", self.next_file, "-o", self.file("no"), "--yes", expect=1)
        signed = self.file("signed")
        self.offline("root", "sign", request, "--root-key", "-", "-o", signed, "--yes", text=self.root_file.read_text())
        self.centre.command("key", "apply", request, expect=1)
        self.centre.command("key", "apply", signed)
        self.centre.stop(signal.SIGKILL)
        self.centre.start()
        after = self.centre.ask("key", "list")
        self.assertNotEqual(after["receipt"], before["receipt"])
        self.assertEqual((after["noise"], after["operations"], after["root"], after["request"]), (before["noise"], before["operations"], self.root, None))
        self.centre.command("key", "apply", signed)  # again
        old = self.request("operations")
        self.centre.command("unit", "renew", "W-VYDA")
        self.centre.command("key", "apply", self.sign(old, self.root_file), expect=1)
        self.assertIn("void", self.centre.said)
        self.renew("operations")
        self.centre.command("unit", "renew", "W-VYDA")
        self.assertEqual([entry["kind"] for entry in self.centre.ask("audit", "show", "--kind", "key_applied")["entries"]], ["key_applied"] * 2)

    def test_wards_that_were_away_come_back_by_themselves_and_old_receipts_verify(self):
        code = self.lodge(self.pc, "Nguyễn Văn A")
        self.pc.command("sync", "wait", "--timeout", "60")
        early = [self.evidence(self.pc, code), self.evidence(self.centre, code)]
        other = self.city.add_pc("b", "W-VYDA")
        other.stop()
        second = self.lodge(self.pc, "Trần Thị B")
        for what in ("receipt", "noise", "receipt", "noise", "operations"):
            self.renew(what)
        self.assertEqual(self.centre.ask("key", "list")["earlier_noise"], 2)
        third = self.lodge(self.pc, "Lê C")
        self.pc.command("sync", "wait", "--timeout", "90")
        self.centre.stop(signal.SIGKILL)
        self.centre.start()
        other.start()
        wait_until("the other to have all", lambda: len(other.dossiers()) == 3, 90)
        fourth = self.lodge(other, "Phạm D")
        other.command("sync", "wait", "--timeout", "90")
        for file in early + [self.evidence(self.pc, one) for one in (code, second, third)] + [self.evidence(self.centre, one) for one in (code, second, third, fourth)]:
            self.check(file)

    def test_the_root_key_is_rotated_and_the_old_one_can_do_nothing(self):
        code = self.lodge(self.pc, "Nguyễn Văn A")
        self.pc.command("sync", "wait", "--timeout", "60")
        early = self.evidence(self.pc, code)
        self.renew("receipt")
        request = self.request("root")
        refused, after = self.file("no"), self.file("after")
        said = self.offline("root", "rotate", request, "--next-root-key", self.root_file, "--new-next-root", after, "-o", refused, "--yes", expect=1)
        self.assertIn("committed to", said)
        self.offline("root", "sign", request, "--root-key", self.root_file, "-o", refused, "--yes", expect=1)
        self.assertFalse(after.exists() or refused.exists())
        stolen = self.sign(self.request("receipt"), self.root_file)
        after = self.rotate(self.next_file)
        keys = self.centre.ask("key", "list")
        self.assertEqual(keys["first_root"], self.root)
        self.assertNotEqual(keys["root"], self.root)
        self.centre.command("key", "apply", stolen, expect=1)
        self.offline("root", "sign", self.request("receipt"), "--root-key", self.root_file, "-o", refused, "--yes", expect=1)
        self.renew("receipt", self.next_file)
        third = self.rotate(after)
        self.renew("noise", after)
        self.assertTrue(third.exists())
        new = self.lodge(self.pc, "Trần Thị B")
        self.pc.command("sync", "wait", "--timeout", "90")
        for file in (early, self.evidence(self.pc, new), self.evidence(self.centre, code), self.evidence(self.centre, new)):
            self.check(file)
        self.assertEqual(self.pc.get("/v1/status")["root_key"], self.root)
        self.city.add_pc("b", "W-VYDA")  # a new PC believes the first root key, and follows

    def test_a_forgotten_static_is_answered_no_more_and_the_policy_log_on_a_stick_helps(self):
        code = self.lodge(self.pc, "Nguyễn Văn A")
        self.pc.command("sync", "wait", "--timeout", "60")
        self.pc.stop()
        self.renew("noise")
        self.centre.command("key", "forget", "--no-input", expect=7)
        self.centre.command("key", "forget", "--yes")
        self.pc.start()
        self.lodge(self.pc, "Trần Thị B")
        self.pc.command("sync", "wait", "--timeout", "5", expect=6)
        stick = self.file("policy.json")
        self.centre.command("policy", "export", "-o", stick)
        entries = json.loads(stick.read_text())
        forged = self.file("forged.json")
        entries["policy"][-1] = entries["policy"][-1][:-2] + ("00" if entries["policy"][-1][-2:] != "00" else "01")
        forged.write_text(json.dumps(entries))
        self.pc.command("policy", "import", forged, expect=None)
        self.assertNotIn("new here", self.pc.said)
        self.pc.command("policy", "import", stick)
        self.pc.command("sync", "wait", "--timeout", "60")
        self.assertIn("policy_imported", [entry["kind"] for entry in self.pc.ask("audit", "show")["entries"]])
        self.check(self.evidence(self.pc, code))

    def exported_policy(self, name):
        path = self.file(name)
        self.centre.command("policy", "export", "-o", path)
        return path

    def test_sheets_are_made_of_keys_in_force_only_and_of_one_city(self):
        old_keys, keys, box = self.file("keys-before"), self.file("keys-now"), self.city.folder / "sheets"
        before = self.exported_policy("policy-before.json")
        self.centre.command("backup", "-o", self.file("backup-before"), "--keys", old_keys)
        old_root, root = self.root_file, self.next_file
        after = self.rotate(root)
        self.renew("operations", root)
        now = self.exported_policy("policy-now.json")
        self.centre.command("backup", "-o", self.file("backup-now"), "--keys", keys)
        other = City(os.environ["WARDSYNC_PROGRAMS"], tempfile.mkdtemp(prefix="wardsync-"))
        self.addCleanup(shutil.rmtree, other.folder)
        other.centre.command("init", "--org", "hue", "--units", HERE / "units.csv")
        cut = self.file("cut.json")
        cut.write_text(now.read_text()[:-20])
        good = {"--root-key": root, "--next-root-key": after, "--keys": keys, "--policy": now}
        bad = [({"--root-key": old_root}, "not the root key in force"), ({"--next-root-key": root}, "not the next root key"), ({"--root-key": after}, "not the root key"),
               ({"--keys": old_keys}, "keys in force"), ({"--keys": other.centre.data / "centre.key"}, "keys in force"), ({"--policy": before}, "not the root key"),
               ({"--policy": cut}, "no policy log"), ({"--policy": root}, "no policy log")]
        names = ["--trustee", "Chủ tịch", "--trustee", "Văn thư"]
        for change, says in bad:
            with self.subTest(change=change):
                words = [word for option in {**good, **change}.items() for word in option]
                said = self.offline("recovery", "make", "--org", "Huế", "--need", "2", *names, *words, "--out", box, expect=1)
                self.assertIn(says, said)
                self.assertFalse(box.exists())
        words = [word for option in good.items() for word in option]
        self.assertIn("one name", self.offline("recovery", "make", "--org", "Huế", "--need", "2", "--trustee", "Văn thư", "--trustee", "Văn thư", *words, "--out", box, expect=1))
        self.offline("recovery", "make", "--org", "Huế", "--need", "2", *names, *words, "--out", box)
        out = self.city.folder / "opened"
        self.offline("recovery", "open", box / "recovery.txt", "--trustee", box / "trustee-1.txt", box / "trustee-2.txt", "--out", out)
        self.assertEqual((out / "root.key").read_text().splitlines()[1], root.read_text().splitlines()[1])

    def test_m_of_n_trustees_bring_the_last_keys_back_on_a_fresh_machine(self):
        code = self.lodge(self.pc, "Nguyễn Văn A")
        self.pc.command("sync", "wait", "--timeout", "60")
        self.renew("receipt")
        self.pc.command("sync", "wait", "--timeout", "60")
        backup, keys, box = self.file("backup"), self.file("keys"), self.city.folder / "box"
        self.centre.command("backup", "-o", backup, "--keys", keys, "--elsewhere")
        make = ["recovery", "make", "--org", "Thành phố Huế", "--need", "2", "--trustee", "Chủ tịch", "--trustee", "Giám đốc Sở", "--trustee", "Văn thư",
                "--root-key", self.root_file, "--next-root-key", self.next_file, "--keys", keys, "--policy", self.exported_policy("policy.json"), "--out", box]
        self.offline(*make)
        self.offline(*make, expect=1)  # nothing is overwritten
        sheets = [box / f"trustee-{number}.txt" for number in (1, 2, 3)]
        for sheet in sheets:
            self.assertIn("Cất trong két", sheet.read_text())
            self.assertEqual(sheet.stat().st_mode & 0o777, 0o600)
        everything = b"".join(path.read_bytes() for path in box.iterdir())
        self.assertNotIn(re.search(r"WARDSYNC-ROOT-1 (\w+)", self.root_file.read_text()).group(1).encode(), everything)
        out = self.city.folder / "brought-back"
        said = self.offline("recovery", "open", box / "recovery.txt", "--trustee", sheets[2], "--out", out, expect=1)
        self.assertIn("2 keys", said)
        wrong = self.file("wrong.txt")
        text = sheets[0].read_text()
        at = text.index("1: ") + 3
        wrong.write_text(text[:at] + ("Z" if text[at] != "Z" else "Y") + text[at + 1:])
        said = self.offline("recovery", "open", box / "recovery.txt", "--trustee", sheets[1], wrong, "--out", out, expect=1)
        self.assertIn(str(wrong), said)
        typed = self.file("typed.txt")
        typed.write_text("\n".join(line.lower() for line in text.splitlines() if re.match(r"\d: ", line)) + "\n")
        self.offline("recovery", "open", box / "recovery.txt", "--trustee", sheets[2], typed, "--out", out)
        self.assertEqual((out / "root.key").read_text().splitlines()[1], self.root_file.read_text().splitlines()[1])
        self.assertEqual((out / "root.key.next").read_text().splitlines()[1], self.next_file.read_text().splitlines()[1])
        self.assertEqual((out / "centre.key").read_bytes(), keys.read_bytes())
        listen = self.centre.arguments
        self.centre.stop(signal.SIGKILL)
        shutil.rmtree(self.centre.data)
        self.root_file.unlink()
        self.next_file.unlink()
        self.centre.command("restore", backup, "--keys", out / "centre.key")
        self.centre.start(*listen)
        self.pc.command("sync", "now")
        new = self.lodge(self.pc, "Trần Thị B")
        self.pc.command("sync", "wait", "--timeout", "90")
        after = self.rotate(out / "root.key.next")  # the keys were together in one place
        self.renew("receipt", out / "root.key.next")
        self.assertTrue(after.exists())
        wait_until("the new receipt key to be known", lambda: self.pc.get("/v1/status")["link"]["state"] == "open", 60)
        self.check(self.evidence(self.centre, new))
        self.check(self.evidence(self.centre, code))


if __name__ == "__main__":
    unittest.main()
