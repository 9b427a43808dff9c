#!/usr/bin/env python3
"""The audit log with real programs: what people do at a ward and at the centre stands in it, leaves as a signed file, and no part of it can be changed unseen."""
import json
import shutil
import signal
import sqlite3
import subprocess
import unittest

import invented
from city import WithFolder


class Audit(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a"])
        self.pc = self.city.add_pc("a", "W-VYDA", "--http", "127.0.0.1:0")
        self.centre = self.city.centre

    def kinds(self, site, *words):
        return [entry["kind"] for entry in reversed(site.ask("audit", "show", "--limit", "1000", *words)["entries"])]

    def export(self, site, name, *words):
        file = self.city.folder / name
        site.command("audit", "export", "-o", file, *words)
        return file

    def verify(self, file, *words):
        done = subprocess.run([self.centre.program, "audit", "verify", str(file), "--json", *words], capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout or done.stderr

    def test_what_was_done_is_told_by_kind_and_day_and_names_who(self):
        device = self.pc.get("/v1/status")["device"]
        made = invented.dossiers(5, {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}, 1, 1)[0]
        code = self.pc.call("POST", "/v1/dossiers", made)[1]["code"]
        self.centre.command("user", "add", "lan", "--unit", "W-VYDA", "--role", "clerk")
        self.centre.command("user", "disable", "lan", "--why", "left")
        self.centre.command("unit", "renew", "W-VYDA")
        self.centre.command("address", "set", self.city.lines.address("a"))
        self.centre.command("backup", "-o", self.city.folder / "backup")
        self.pc.command("sync", "wait", "--timeout", "60")
        self.pc.command("sync", "pause")
        self.pc.command("sync", "resume")
        self.pc.command("receipt", "export", code, "-o", self.city.folder / "receipt")
        self.pc.command("dossier", "export", "-o", self.city.folder / "all.jsonl")
        self.pc.command("support-bundle", "-o", self.city.folder / "bundle")
        self.pc.command("page")
        self.assertEqual(self.kinds(self.pc), ["begun", "started", "incarnation", "sync_paused", "sync_resumed", "receipts_exported", "dossiers_exported",
                                               "support_bundle", "page_code"])
        at_centre = self.kinds(self.centre)
        self.assertEqual(at_centre, ["begun", "started", "ticket_new", "device_approved", "user_added", "user_disabled", "unit_renewed", "addresses_set", "backup_noted"])
        approved = self.centre.ask("audit", "show", "--kind", "device_approved")["entries"][0]
        self.assertEqual(approved["subject"], device)
        self.assertEqual(self.kinds(self.centre, "--since", "2099-01-01"), [])
        self.assertTrue(all(entry["clock_trusted"] for entry in self.centre.ask("audit", "show")["entries"]))
        self.assertTrue(self.pc.ask("audit", "show", "--kind", "sync_paused")["entries"][0]["who"])
        self.assertNotIn(made["ChuHoSo"], self.pc.command("audit", "show"))
        self.pc.command("audit", "show", "--since", "yesterday", expect=1)
        self.pc.command("audit", "show", "--kind", "nonsense", expect=1)
        status, problem = self.pc.call("POST", "/v1/audit", {"kind": "restored"})
        self.assertEqual(status, 422, problem)

    def test_the_exported_file_verifies_offline_and_any_change_of_it_is_found(self):
        root = self.centre.get("/v1/status")["root_key"]
        for _ in range(4):
            self.pc.command("sync", "pause")
        for site in (self.pc, self.centre):
            file = self.export(site, f"{site.data.name}.audit")
            self.assertEqual(self.verify(file)[0], 0)
            code, out = self.verify(file, "--root", root)
            self.assertEqual(code, 0, out)
            told = json.loads(out)
            self.assertEqual((told["organisation"], told["root_key"]), ("hue", root))
            self.assertEqual(self.verify(file, "--root", "00" * 32)[0], 5)
            good = json.loads(file.read_text())
            for change in (lambda f: f["entries"].pop(), lambda f: f["entries"].pop(0), lambda f: f["entries"].insert(1, f["entries"][0]),
                           lambda f: f["entries"].reverse(), lambda f: f["policy"].pop(2), lambda f: f["entries"].clear()):
                bad = json.loads(json.dumps(good))
                change(bad)
                changed = self.city.folder / "changed"
                changed.write_text(json.dumps(bad))
                self.assertEqual(self.verify(changed)[0], 5, change)
            text = file.read_text()
            for at in range(text.index('"head"') + 9, len(text) - 4, 97):
                if text[at] not in "0123456789abcdef":
                    continue
                changed.write_text(text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1:])
                self.assertNotEqual(self.verify(changed)[0], 0, at)
        again = self.export(self.pc, "later.audit", "--from", "3")
        self.assertEqual(json.loads(self.verify(again)[1])["first"], 3)
        self.pc.command("audit", "export", "-o", again, expect=1)
        self.pc.command("audit", "export", "-o", self.city.folder / "none", "--from", "1000", expect=1)
        (self.city.folder / "no.json").write_text("{}")
        self.assertEqual(self.verify(self.city.folder / "no.json")[0], 1)

    def test_killed_at_any_time_the_chain_stands_and_an_older_database_put_back_is_noticed(self):
        for _ in range(5):
            self.pc.command("sync", "pause")
            self.pc.stop(signal.SIGKILL)
            self.pc.start()
        self.assertEqual(self.pc.ask("verify")["damage"], [])
        self.assertNotIn("log_broken", self.kinds(self.pc))
        self.pc.stop()
        old = self.city.folder / "old"
        old.mkdir()
        for path in self.pc.data.glob("wardsync.db*"):
            shutil.copy(path, old)
        self.pc.start()
        self.pc.command("sync", "resume")
        self.pc.command("sync", "pause")
        self.pc.stop()
        for path in self.pc.data.glob("wardsync.db*"):
            path.unlink()
        for path in old.iterdir():
            shutil.copy(path, self.pc.data)
        self.pc.start()
        broken = self.pc.ask("audit", "show", "--kind", "log_broken")["entries"]
        self.assertEqual(len(broken), 1)
        self.assertIn("shorter", broken[0]["detail"])
        self.assertEqual(self.verify(self.export(self.pc, "after.audit"))[0], 0)
        self.pc.stop()
        with sqlite3.connect(self.pc.data / "wardsync.db") as db:
            db.execute("DELETE FROM audit WHERE number = 4")
        db.close()
        self.pc.start()
        self.assertTrue(any("audit log" in line for line in json.loads(self.pc.command("verify", "--json", expect=5))["damage"]))
        self.assertIn("damage_found", self.kinds(self.pc))


if __name__ == "__main__":
    unittest.main()
