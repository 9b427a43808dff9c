#!/usr/bin/env python3
"""A centre whose database is another than it was: exchanged for a fork under one incarnation, and changed by its disk."""
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import unittest

import invented
from city import WithFolder, wait_until

READER = pathlib.Path(__file__).resolve().parent.parent / "evidence" / "read_evidence.py"
WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


class Faces(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a", "b"])
        self.a = self.city.add_pc("a", "W-VYDA")
        self.made = invented.dossiers(5, WARD, 1, 10)

    def write(self, pc):
        status, answer = pc.call("POST", "/v1/dossiers", self.made.pop())
        self.assertEqual(status, 201, answer)
        pc.command("sync", "wait", "--timeout", "60")
        return answer["code"]

    def database(self):
        return self.city.centre.data / "centre.db"

    def copy_database(self, source, target):
        for end in ("-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        shutil.copy(source, target)

    def test_a_database_that_was_exchanged_is_an_alarm_that_can_be_shown_to_others(self):
        self.write(self.a)
        self.a.command("receipt", "contradiction", "-o", str(self.city.folder / "none.json"), expect=1)
        self.city.centre.stop()
        kept = self.city.folder / "kept.db"
        self.copy_database(self.database(), kept)
        self.city.centre.start()
        wait_until("the link", lambda: self.a.get("/v1/status")["link"]["state"] == "open")
        self.write(self.a)
        self.city.centre.stop()
        self.copy_database(kept, self.database())
        self.city.centre.start()
        wait_until("the alarm", lambda: self.a.get("/v1/status")["alarm"] == "rollback")
        file = self.city.folder / "contradiction.json"
        self.a.command("receipt", "contradiction", "-o", str(file))
        root = self.a.get("/v1/status")["root_key"]

        def verify(path, key):
            return subprocess.run([self.a.program, "receipt", "verify", str(path), "--root", key], capture_output=True, text=True, check=False, timeout=60)

        done = verify(file, root)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("a later log that is shorter", done.stdout + done.stderr)
        self.assertNotEqual(verify(file, "0" * 64).returncode, 0)

        def read_by_others(path, key):
            """By the reader that was written from WIRE.md alone."""
            return subprocess.run([sys.executable, READER, path, key], capture_output=True, text=True, check=False, timeout=60)

        read = read_by_others(file, root)
        self.assertEqual((read.returncode, "a later log that is shorter" in read.stdout), (0, True), read.stdout + read.stderr)
        self.assertEqual(read_by_others(file, "0" * 64).returncode, 1)
        told = json.loads(file.read_text(encoding="utf-8"))
        word = told["contradiction"]
        told["contradiction"] = word[:200] + ("0" if word[200] != "0" else "1") + word[201:]
        changed = self.city.folder / "changed.json"
        changed.write_text(json.dumps(told), encoding="utf-8")
        self.assertEqual(verify(changed, root).returncode, 5)
        self.assertEqual(read_by_others(changed, root).returncode, 1)
        self.a.stop()
        self.a.start()
        self.assertEqual(self.a.get("/v1/status")["alarm"], "rollback")

    def test_a_segment_that_the_disk_changed_stops_nobody_and_comes_back_from_its_writer(self):
        lost, whole = self.write(self.a), self.write(self.a)
        self.city.centre.stop()
        with sqlite3.connect(self.database()) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            body = database.execute(
                "SELECT body FROM record WHERE type = 1 AND body IS NOT NULL AND dossier = (SELECT dossier FROM code WHERE code = ?)", (lost,)).fetchone()[0]
        database.close()
        raw = bytearray(self.database().read_bytes())
        at = raw.find(body[:64])
        self.assertGreater(at, 0)
        raw[at + 40] ^= 0x10
        self.database().write_bytes(raw)
        self.city.centre.start()
        b = self.city.add_pc("b", "W-VYDA")
        wait_until("the other dossier", lambda: whole in {one["code"] for one in b.get("/v1/dossiers")["dossiers"]})
        self.assertNotIn(lost, {one["code"] for one in b.get("/v1/dossiers")["dossiers"]})
        later = self.write(b)
        wait_until("it at the first PC", lambda: later in {one["code"] for one in self.a.get("/v1/dossiers")["dossiers"]})
        self.assertEqual(b.get("/v1/status")["alarm"], "")
        self.assertEqual(self.city.centre.get("/v1/status")["damaged_segments"], 1)
        self.assertIn("damage_found", {entry["kind"] for entry in self.city.centre.get("/v1/audit?limit=50")["entries"]})
        self.city.centre.kill()
        self.city.centre.start()
        # Whoever wrote it is asked for it again, and by that everybody has it.
        wait_until("it to be whole", lambda: self.city.centre.get("/v1/status")["damaged_segments"] == 0, 90)
        wait_until("the lost dossier", lambda: lost in {one["code"] for one in b.get("/v1/dossiers")["dossiers"]}, 60)
        self.assertEqual(self.city.centre.ask("verify")["damage"], [])


if __name__ == "__main__":
    unittest.main()
