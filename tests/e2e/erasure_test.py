#!/usr/bin/env python3
"""Orders to erase, with real programs: PCs that are away, killed, copied, new; a centre from a backup; and nothing of it on any disk afterwards."""
import json
import os
import shutil
import sqlite3
import unittest

from city import Site, files_that_hold, wait_until
from custody_test import WithTwoWards

REASON = "nhập trùng, quyết định 12/QĐ"


def secrets_of(site):
    """Sealed bodies and keys by dossier id, read beside the running program: pieces of 16 bytes, which no chance finds."""
    file = next(site.data.glob("*.db"))
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT hex(d.did), r.body FROM record r JOIN dossier d ON d.id = r.dossier WHERE r.body IS NOT NULL").fetchall()
        rows += db.execute("SELECT hex(d.did), k.sealed FROM dossier_key k JOIN dossier d ON d.id = k.dossier").fetchall()
        rows += db.execute("SELECT hex(d.did), s.sealed FROM state s JOIN dossier d ON d.id = s.dossier").fetchall()
    found = {}
    for did, value in rows:
        found.setdefault("id:" + did.lower(), []).extend(value[at:at + 16] for at in range(0, len(value) - 15, 16))
    return found


def held(pieces, folder):
    """How many of the pieces stand anywhere in the folder's files."""
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return sum(piece in content for piece in pieces)


class Erasure(WithTwoWards):
    def setUp(self):
        super().setUp()
        self.code = self.lodge(1, ChuHoSo="Nguyễn Thị Xóa Hết")
        self.other = self.lodge(2)
        self.id = self.show(self.a, self.code)["id"]

    def order(self, *options, expect=0):
        return self.centre.command("erase", "order", self.code, "--reason", REASON, "--yes", *options, expect=expect)

    def erased(self, site):
        status, shown = site.call("GET", f"/v1/dossiers/{self.id}")
        return status == 200 and "erased" in shown

    def wait_erased(self, *sites):
        for site in sites:
            wait_until(f"{site.data.name} to have erased it", lambda one=site: self.erased(one), 60)

    def states(self):
        order = self.centre.ask("erase", "list")["erasures"][0]
        order = self.centre.ask("erase", "show", order["number"])
        return {device["label"]: device["state"] for device in order["devices"]}

    def test_it_is_gone_everywhere_and_everything_still_verifies(self):
        secrets = {site: secrets_of(site) for site in (self.a, self.b, self.centre)}
        for site, found in secrets.items():
            self.assertGreater(held(found[self.id], site.data), 0)
        self.order()
        self.wait_erased(self.a, self.b)
        wait_until("all to have confirmed", lambda: set(self.states().values()) == {"done"})
        for site, found in secrets.items():
            self.assertEqual(held(found[self.id], site.data), 0, site.data.name)
            self.assertGreater(held(found[self.show(site, self.other)["id"]], site.data), 0)
            shown = self.show(site, self.code)
            self.assertEqual((shown["erased"]["reason"], list(shown["fields"]), shown["custody"]["unit"]), (REASON, ["TrangThaiHoSo"], "W-VYDA"))
            self.assertIn("đã xóa theo lệnh", site.command("dossier", "show", self.code))
            self.assertIn("erased", site.command("dossier", "history", self.code))
            site.command("verify")
        evidence = self.city.folder / "evidence.json"
        self.centre.command("receipt", "export", self.code, "-o", evidence)
        root = self.centre.ask("status")["root_key"]
        self.centre.command("receipt", "verify", evidence, "--root", root)
        self.assertEqual(files_that_hold(["Nguyễn Thị Xóa Hết"], self.city.folder / "a"), [])

    def test_every_way_to_write_to_it_is_refused_in_words(self):
        self.order()
        self.wait_erased(self.a)
        for site in (self.a, self.centre):
            site.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905000111", expect=4)
            self.assertIn("erased by order", site.said)
            status, problem = site.call("POST", f"/v1/dossiers/{self.id}/changes", {"append": {"notes": "x"}})
            self.assertEqual((status, problem["title"], problem["exit"]), (410, "erased", 4))
        self.a.command("dossier", "hand-over", self.code, "--to", "W-KIMLONG", expect=4)
        self.order(expect=4)
        self.assertIn("erased by order", self.centre.said)
        self.centre.command("erase", "order", self.code, "--reason", "", "--yes", expect=None)
        self.centre.command("erase", "order", "no-such-code", "--reason", "x", "--yes", expect=1)
        self.centre.command("erase", "order", self.other, "--reason", "x", expect=7)  # nobody to ask
        self.centre.command("erase", "show", "999999", expect=1)
        self.assertNotIn("erased", self.show(self.centre, self.other))
        # Its code stays taken.
        path = self.city.folder / "again.jsonl"
        path.write_text(json.dumps({"MaHoSo": self.code, "ChuHoSo": "Ai Khác"}) + "\n", encoding="utf-8")
        self.a.command("dossier", "import", path)
        self.assertTrue(self.erased(self.a))
        self.assertEqual(len([one for one in self.a.dossiers() if one["code"] == self.code]), 1)

    def test_a_pc_that_was_away_with_unsent_edits_is_taken_and_erased_and_goes_on(self):
        self.cut("a")
        self.a.command("dossier", "edit", self.code, "--set", "SoDienThoai=0905123456")
        fresh = self.lodge_at_home("hồ sơ mới")
        secrets = secrets_of(self.a)[self.id]
        self.order()
        self.wait_erased(self.b)
        wait_until("b to have confirmed", lambda: self.states()["b"] == "done")
        self.assertEqual(self.states()["a"], "open")
        self.heal("a")
        self.wait_erased(self.a)
        wait_until("a to have confirmed", lambda: self.states()["a"] == "done")
        self.assertEqual(held(secrets, self.a.data), 0)
        self.assertEqual(self.a.get("/v1/status")["queue"]["records"], 0)
        self.assertEqual(self.show(self.b, fresh)["fields"]["ChuHoSo"], "hồ sơ mới")
        self.assertFalse({device["alert"] for device in self.centre.ask("health")["devices"]} & {"fork", "rollback", "no_progress"})
        for site in (self.a, self.b, self.centre):
            site.command("verify")

    def lodge_at_home(self, owner):
        status, answer = self.a.call("POST", "/v1/dossiers", {"ChuHoSo": owner, "TrangThaiHoSo": "2"})
        self.assertEqual(status, 201, answer)
        return answer["code"]

    def test_killed_when_it_has_erased_and_not_yet_cut_its_journal(self):
        secrets = secrets_of(self.a)[self.id]
        file = next(self.a.data.glob("*.db"))
        # Somebody reads the write-ahead log for as long as this lasts, so that it cannot be cut.
        reader = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        self.order()
        wait_until("a to have erased it", lambda: self.erased(self.a))
        self.assertEqual(self.states()["a"], "open")
        self.a.kill()
        reader.close()
        self.assertGreater(held(secrets, self.a.data), 0)
        self.a.start()
        wait_until("a to have confirmed", lambda: self.states()["a"] == "done")
        self.assertEqual(held(secrets, self.a.data), 0)

    def test_a_copy_from_before_and_a_new_pc_come_to_the_same(self):
        self.a.stop()
        shutil.copytree(self.a.data, self.city.folder / "copy", symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
        self.a.start()
        self.order()
        self.wait_erased(self.a)
        self.a.stop()
        shutil.rmtree(self.a.data)
        shutil.copytree(self.city.folder / "copy", self.a.data, symlinks=True)
        self.a.start()
        self.wait_erased(self.a)
        late = Site(self.city.programs / "wardsync", self.city.folder / "late")
        late.command("enrol", "--ticket", self.city.ticket("a", "W-VYDA", "--pre-approved"), "--yes")
        late.start()
        self.city.pcs["late"] = late
        self.settle()
        self.wait_erased(late)
        self.assertEqual(late.ask("dossier", "show", self.code)["erased"]["reason"], REASON)
        self.assertNotIn("late", {label for label, state in self.states().items() if state == "open"})
        late.command("verify")

    def test_a_centre_from_a_backup_has_the_order_back_from_a_ward(self):
        copy, keys = self.city.folder / "backup", self.city.folder / "keys"
        self.centre.command("backup", "-o", copy, "--keys", keys)
        self.order()
        self.wait_erased(self.a, self.b)
        self.city.centre.kill()
        shutil.rmtree(self.centre.data)
        self.centre.command("restore", copy, "--keys", keys)
        self.centre.start()
        self.wait_erased(self.centre)
        self.settle()
        wait_until("all to have confirmed again", lambda: self.states()["a"] == self.states()["b"] == "done")
        self.centre.command("verify")

    def test_only_a_leader_with_his_own_key_orders_it(self):
        phrase = self.city.folder / "phrase"
        phrase.write_text("con trâu đi trước cái cày\n", encoding="utf-8")
        key = self.city.folder / "minh.key"
        self.a.command("official", "new-key", "--user", "minh", "-o", key, "--passphrase-file", phrase)
        self.centre.command("user", "add", "minh", "--unit", "C-TTHCC", "--role", "leader", "--key", f"{key}.pub")
        self.centre.command("user", "add", "tam", "--unit", "C-TTHCC", "--role", "clerk")
        self.order("--user", "tam", expect=4)
        self.assertIn("leader or an administrator", self.centre.said)
        self.order("--user", "minh", expect=4)
        self.assertIn("needs your signature", self.centre.said)
        self.order("--user", "minh", "--key", key, "--passphrase-file", phrase)
        self.wait_erased(self.a)
        order = self.centre.ask("erase", "list")["erasures"][0]
        self.assertEqual((order["by"], order["by_unit"], order["signed"]), ("minh", "C-TTHCC", True))

    def test_retention_is_data_and_a_citizen_gets_what_is_held(self):
        self.assertEqual(self.centre.ask("erase", "due", "--on", "2090-01-01")["due"], [])
        self.centre.command("erase", "due", "--on", "tomorrow", expect=None)
        done = {"MaTTHC": "2.000884", "TrangThaiHoSo": "10", "NgayKetThucXuLy": "20250302090000", "SoGiayToChuHoSo": "046099000111"}
        code = self.lodge(3, **done)
        due = self.centre.ask("erase", "due", "--on", "2027-03-03")["due"]
        self.assertEqual([(one["code"], one["years"], one["finished"]) for one in due], [(code, 2, "2025-03-02")])
        self.assertEqual(self.centre.ask("erase", "due", "--on", "2027-03-02")["due"], [])
        number, out = self.city.folder / "number", self.city.folder / "all.json"
        number.write_text("046099000111\n", encoding="utf-8")
        self.centre.command("citizen", "export", "--identity-file", number, "-o", out)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        told = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual([one["dossier"]["code"] for one in told["dossiers"]], [code])
        self.assertTrue(told["dossiers"][0]["history"] and told["dossiers"][0]["slip"]["stays"])
        self.assertEqual(told["dossiers"][0]["readers"], [{"unit": "W-VYDA", "reads_on": True}])
        self.centre.command("citizen", "export", "--identity-file", number, "-o", out, expect=1)  # an existing one stays
        number.write_text("\n", encoding="utf-8")
        self.centre.command("citizen", "export", "--identity-file", number, "-o", self.city.folder / "none.json", expect=1)
        self.code = code
        self.order()
        number.write_text("046099000111\n", encoding="utf-8")
        self.centre.command("citizen", "export", "--identity-file", number, "-o", self.city.folder / "after.json")
        self.assertEqual(json.loads((self.city.folder / "after.json").read_text())["dossiers"], [])
        self.centre.command("user", "add", "thu", "--unit", "C-TTHCC", "--role", "clerk")
        self.centre.command("citizen", "export", "--identity-file", number, "-o", self.city.folder / "refused.json", "--user", "thu", expect=4)
        noted = [entry["detail"] for entry in self.centre.get("/v1/audit?kind=dossiers_exported")["entries"]]
        self.assertEqual(noted[0], "all about one person: refused")
        self.assertEqual(noted[-1], "all about one person: 1 dossiers")


if __name__ == "__main__":
    os.environ.setdefault("WARDSYNC_PROGRAMS", "build/dev/bin")
    unittest.main()
