#!/usr/bin/env python3
"""What the centre has signed for, shown to outsiders: export, the programs' own check, and a reader in another language, written from WIRE.md."""
import json
import pathlib
import subprocess
import sys
import unittest

import invented
from city import WithFolder, wait_until

READER = pathlib.Path(__file__).resolve().parent.parent / "evidence" / "read_evidence.py"
WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
NOTES = 600  # more than two segments hold
MANY = 9_990  # with the others 10,000 records


class Receipts(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a"])
        self.pc = self.city.add_pc("a", "W-VYDA")
        made = invented.dossiers(5, WARD, 1, 1)[0]
        status, answer = self.pc.call("POST", "/v1/dossiers", made)
        self.assertEqual(status, 201, answer)
        self.code, self.owner = answer["code"], made["ChuHoSo"]
        self.add_notes(0, NOTES)
        self.root = self.pc.get("/v1/status")["root_key"]

    def add_notes(self, first, end):
        lines = "\n".join(json.dumps({"dossier": self.code, "append": {"notes": f"ghi chú {i}"}}) for i in range(first, end))
        file = self.city.folder / "notes.jsonl"
        file.write_text(lines + "\n", encoding="utf-8")
        self.pc.command("dossier", "apply", str(file))
        self.pc.command("sync", "wait", "--timeout", "110")

    def read(self, file, root, *more):
        done = subprocess.run([sys.executable, "-B", str(READER), str(file), root, *more], capture_output=True, text=True, check=False, timeout=240)
        return done.returncode, done.stdout

    def export(self, site, name, *more):
        file = self.city.folder / name
        site.command("receipt", "export", self.code, "-o", str(file), *more)
        return file

    def verify(self, site, file, root):
        done = subprocess.run([site.program, "receipt", "verify", str(file), "--root", root, "--json"], capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout

    def test_both_sides_export_and_strangers_check_it_with_the_root_key_alone(self):
        self.assertEqual(self.city.centre.get("/v1/status")["root_key"], self.root)
        for site, name in ((self.pc, "ward.json"), (self.city.centre, "centre.json")):
            wait_until("the dossier to be merged", lambda site=site: len(site.get(f"/v1/dossiers/{self.code}").get("notes", [])) == NOTES)
            file = self.export(site, name)
            text = file.read_text(encoding="utf-8")
            self.assertNotIn("ghi chú", text)
            self.assertNotIn('"keys"', text)
            code, out = self.verify(site, file, self.root)
            self.assertEqual(code, 0, out)
            verdict = json.loads(out)
            self.assertGreater(len(verdict["records"]), NOTES)
            self.assertEqual(verdict["confirmed"], len(verdict["records"]))
            code, out = self.read(file, self.root)
            self.assertEqual(code, 0, out)
            self.assertIn(f"{len(verdict['records'])} records verify, {len(verdict['records'])} of them confirmed, 0 read", out)
            site.command("receipt", "export", self.code, "-o", str(file), expect=1)  # an existing file stays

    def test_with_its_keys_the_other_reader_reads_every_record(self):
        self.add_notes(NOTES, MANY)
        file = self.export(self.pc, "readable.json", "--readable")
        code, out = self.read(file, self.root, "--read")
        self.assertEqual(code, 0, out)
        values = [operation[2] for line in out.splitlines()[:-1] for operation in json.loads(line)["operations"] if isinstance(operation[2], str)]
        self.assertIn(self.owner, values)
        self.assertLessEqual({f"ghi chú {i}" for i in range(MANY)}, set(values))

    def test_what_was_altered_is_refused_by_both(self):
        file = self.export(self.pc, "good.json")
        good = json.loads(file.read_text(encoding="utf-8"))

        def flipped(text):
            return text[:-1] + ("0" if text[-1] != "0" else "1")

        def alter(change):
            bad = json.loads(json.dumps(good))
            change(bad)
            altered = self.city.folder / "bad.json"
            altered.write_text(json.dumps(bad), encoding="utf-8")
            self.assertEqual(self.verify(self.pc, altered, self.root)[0], 5, change)
            self.assertEqual(self.read(altered, self.root)[0], 1, change)

        alter(lambda bad: bad["segments"][0]["leaves"][0].update(body=flipped(bad["segments"][0]["leaves"][0]["body"])))
        alter(lambda bad: bad["segments"][0].update(signature=flipped(bad["segments"][0]["signature"])))
        alter(lambda bad: bad["segments"].__setitem__(0, dict(bad["segments"][0], leaves=bad["segments"][0]["leaves"][1:])))
        alter(lambda bad: bad["receipts"][0].update(signature=flipped(bad["receipts"][0]["signature"])))
        alter(lambda bad: bad["policy"].pop(1))
        alter(lambda bad: bad.update(receipts=[]))
        self.assertEqual(self.read(file, "00" * 32)[0], 1)
        self.assertEqual(self.verify(self.pc, file, "00" * 32)[0], 5)

    def test_bad_input_is_told_in_words(self):
        for content in ("", "[]", "{", '{"format": "wsync-evidence-v1"}', '{"format": "wsync-evidence-v2"}', "[" * 100_000):
            file = self.city.folder / "wrong.json"
            file.write_text(content, encoding="utf-8")
            code, _ = self.verify(self.pc, file, self.root)
            self.assertEqual(code, 1, content[:40])
        self.assertEqual(self.verify(self.pc, self.city.folder / "none.json", self.root)[0], 1)
        self.assertEqual(self.verify(self.pc, file, "abc")[0], 1)
        status, problem = self.pc.call("GET", f"/v1/dossiers/{self.code}/evidence?readable=maybe")
        self.assertEqual((status, "readable" in problem["detail"]), (422, True), problem)
        self.assertEqual(self.pc.call("GET", "/v1/dossiers/H57-none/evidence")[0], 404)


if __name__ == "__main__":
    sys.exit(unittest.main())
