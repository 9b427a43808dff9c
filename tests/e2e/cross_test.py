#!/usr/bin/env python3
"""A ward PC of another kind of machine, and a centre and a ward PC of this one.

WARDSYNC_PROGRAMS: the folder of this machine's programs; WARDSYNC_ELSEWHERE: the words that start the other machine's wardsync."""
import json
import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import invented
from city import City, Refused, Site, files_that_hold, personal_texts, wait_until

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


class Elsewhere(Site):
    """Reached through its command line alone: its socket is not always one of ours."""

    def answers(self):
        if self.process.poll() is not None:
            raise Refused(f"{self.data.name} ended at once:\n{(self.data.parent / f'{self.data.name}.out').read_text()}")
        self.command("status", "--json", expect=None)
        return "daemon_down" not in self.said and "not running" not in self.said

    def dossiers(self):
        return self.ask("dossier", "list")["dossiers"]


def there(path):
    """A whole path as the other machine writes it."""
    return ("Z:" if "wine" in os.environ["WARDSYNC_ELSEWHERE"] else "") + str(path)


def starter(folder):
    """The words as one program, which is what a Site starts."""
    path = Path(folder) / "wardsync-elsewhere"
    path.write_text("#!/bin/sh\nexec " + shlex.join(shlex.split(os.environ["WARDSYNC_ELSEWHERE"])) + ' "$@"\n')
    path.chmod(0o755)
    return path


class Sync(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(folder.cleanup)
        self.city = City(os.environ["WARDSYNC_PROGRAMS"], folder.name)
        self.addCleanup(self.city.close)
        self.city.found()
        self.city.lay_lines(["elsewhere", "here"])
        self.program = starter(folder.name)
        self.pc = Elsewhere(self.program, self.city.folder / "elsewhere")

    def test_a_pc_of_another_kind_is_a_ward_pc_like_any_other(self):
        pc, city = self.pc, self.city
        self.assertIn("wardsync", pc.command("version"))
        pc.command("status", expect=3)
        pc.command("enrol", "--ticket", city.ticket("elsewhere", "W-VYDA", "--pre-approved"), "--yes")
        pc.start()
        city.pcs["elsewhere"] = pc
        dossiers = invented.dossiers(7, WARD, 1, 60)
        lines = city.folder / "dossiers.jsonl"
        lines.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in dossiers), encoding="utf-8")
        pc.command("dossier", "import", lines)
        pc.command("sync", "wait", "--timeout", 90)
        status = pc.ask("status")
        self.assertEqual((status["queue"]["records"], status["link"]["state"], status["dossiers"]), (0, "open", 60))
        self.assertEqual(len(city.centre.dossiers()), 60)

        # What this machine's PC changes arrives there, what is written there without a line arrives here, letter by letter.
        here = city.add_pc("here", "W-VYDA")
        wait_until("the PC here to hold all", lambda: len(here.dossiers()) == 60)
        code = dossiers[0]["MaHoSo"]
        here.command("dossier", "edit", code, "--set", "ChuHoSo=Nguyễn Thị Ổn")
        wait_until("the edit to arrive elsewhere", lambda: pc.ask("dossier", "show", code)["fields"]["ChuHoSo"] == "Nguyễn Thị Ổn")
        city.lines.tell("cut", "elsewhere")
        pc.command("dossier", "edit", code, "--set", "SoDienThoai=0905123456", "--note", "Đã gọi điện")
        self.assertEqual(pc.ask("dossier", "show", code)["state"], "on_this_pc")

        # It is killed, and goes on where it was.
        pc.kill()
        self.assertEqual(pc.ask("verify")["damage"], [])
        pc.start()
        city.lines.tell("heal", "elsewhere")
        pc.command("sync", "wait", "--timeout", 90)
        seen = wait_until("the note to arrive here", lambda: (found := here.ask("dossier", "show", code))["notes"] and found)
        self.assertEqual(seen["notes"][-1]["text"], "Đã gọi điện")
        theirs = pc.ask("dossier", "show", code)
        for shown in (seen, theirs):
            shown.pop("state")
        self.assertEqual(seen, theirs)
        self.assertEqual(files_that_hold(personal_texts(dossiers), pc.data), [])

    def test_names_keep_their_letters(self):
        folder = self.city.folder / "Phường Vỹ Dạ"
        folder.mkdir()
        pc, ticket, log = Elsewhere(self.program, folder / "dữ liệu"), folder / "Vé của máy.ticket", folder / "Nhật ký.log"
        self.city.ticket("elsewhere", "W-VYDA", "--pre-approved").rename(ticket)
        pc.command("enrol", "--ticket", ticket, "--yes")
        self.city.pcs["elsewhere"] = pc
        pc.start("--log", there(log))
        dossiers = invented.dossiers(8, WARD, 1, 5)
        (folder / "Hồ sơ.jsonl").write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in dossiers), encoding="utf-8")
        pc.command("dossier", "import", folder / "Hồ sơ.jsonl")
        pc.command("dossier", "export", "-o", folder / "Hồ sơ đã xuất.jsonl")
        exported = [json.loads(line) for line in (folder / "Hồ sơ đã xuất.jsonl").read_text(encoding="utf-8").splitlines()]
        self.assertEqual(sorted(d["ChuHoSo"] for d in exported), sorted(d["ChuHoSo"] for d in dossiers))
        pc.command("support-bundle", "--log", there(log), "-o", folder / "Hỗ trợ.txt")
        bundle = (folder / "Hỗ trợ.txt").read_text(encoding="utf-8")
        self.assertRegex(bundle, r"== database version\n[0-9]+\n")
        for found in ("wardsync.db ", log.read_text(encoding="utf-8").splitlines()[-1]):
            self.assertIn(found, bundle)
        for file in ("Nhật ký.log", "Hỗ trợ.txt", "Hồ sơ đã xuất.jsonl"):
            self.assertIn(file, os.listdir(folder))

        # The environment and the configuration file name things, too.
        named = folder / "Cấu hình.toml"
        named.write_text(f'data = "{there(pc.data)}"\n', encoding="utf-8")
        for words, environment in ((("--config", named), {}), ((), {"WARDSYNC_CONFIG": str(named)}), ((), {"WARDSYNC_DATA": there(pc.data)})):
            done = subprocess.run([self.program, "status", "--json", *words], env={**os.environ, **environment}, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["dossiers"], 5)

    def test_what_is_wrong_is_said_and_leaves_nothing(self):
        damaged = self.city.folder / "damaged.ticket"
        damaged.write_text("no ticket")
        self.pc.command("enrol", "--ticket", damaged, "--yes", expect=1)
        self.assertIn("To do:", self.pc.said)
        self.assertFalse(self.pc.data.exists())
        self.pc.command("enrol", "--ticket", self.city.folder / "Đường không có.ticket", "--yes", expect=1)
        self.assertIn("Đường không có.ticket", self.pc.said)
        self.pc.command("run", expect=4)
        self.pc.command("nonsense", expect=2)


if __name__ == "__main__":
    sys.exit(unittest.main())
