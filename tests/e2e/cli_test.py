#!/usr/bin/env python3
"""What the command lines promise to scripts: whose word counts, exit codes, and that nothing grave is done unasked."""
import os
import pty
import socket
import stat
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from city import City, Site, WithFolder, wait_until

HERE = Path(__file__).resolve().parent
PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"]).resolve()


def run(program, *words, environment=None, **more):
    return subprocess.run([PROGRAMS / program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(environment or {})}, **more)


class WithoutCity(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def says(self, done, exit_code, *parts):
        self.assertEqual(done.returncode, exit_code, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)


class Words(WithoutCity):
    def test_a_flag_wins_over_the_environment(self):
        for program in ("wardsync", "wardsync-centre"):
            done = run(program, "status", "--data", self.folder / "flag", environment={"WARDSYNC_DATA": str(self.folder / "environment")})
            self.says(done, 3, f"{self.folder}/flag does not exist")
            done = run(program, "status", environment={"WARDSYNC_DATA": str(self.folder / "environment")})
            self.says(done, 3, f"{self.folder}/environment does not exist")
            for name in ("flag", "environment"):
                (self.folder / name).write_text(f"{name} = 1\n")
            done = run(program, "status", "--config", self.folder / "flag", environment={"WARDSYNC_CONFIG": str(self.folder / "environment")})
            self.says(done, 2, "line 1: `flag`")
            for name in ("flag", "environment"):
                (self.folder / name).unlink()

    def test_an_unknown_word_is_named_with_the_nearest(self):
        self.says(run("wardsync", "statsu"), 2, "`statsu` is no command of `wardsync`", "`wardsync status`")
        self.says(run("wardsync", "dossier", "lst", "--json"), 2, "`lst` is no command of `wardsync dossier`", "`wardsync dossier list`")
        self.says(run("wardsync-centre", "frobnicate"), 2, "`frobnicate` is no command", "--help")
        self.says(run("wardsync", "dossier"), 2)
        self.says(run("wardsync", "--help"), 0)

    def test_a_setting_that_is_wrong_is_wrong_usage(self):
        for program in ("wardsync", "wardsync-centre"):
            for words in (("--http", "somewhere"), ("--http", "0.0.0.0:0"), ("--idle-lock-minutes", "0"), ("--idle-lock-minutes", "soon")):
                self.says(run(program, "run", "--data", self.folder, *words), 2, words[0], "For example")
            self.says(run(program, "run", "--data", self.folder, environment={"WARDSYNC_IDLE_LOCK_MINUTES": "-1"}), 2, "WARDSYNC_IDLE_LOCK_MINUTES")

    def test_config_check_says_that_there_is_no_file(self):
        done = run("wardsync", "config", "check", environment={"WARDSYNC_CONFIG": ""})
        if not Path("/etc/wardsync/agent.toml").exists():
            self.says(done, 0, "There is no /etc/wardsync/agent.toml")

    def test_a_daemon_that_hangs_up_is_one_that_does_not_answer(self):
        for said in (b"", b"HTTP/1.1 200 OK\r\nContent-Le"):
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(self.folder / "api.sock"))
                listening.listen()

                def answer():
                    while True:
                        try:
                            caller = listening.accept()[0]
                        except OSError:
                            return
                        with caller:
                            caller.recv(4096)
                            caller.sendall(said)

                threading.Thread(target=answer, daemon=True).start()
                for words in (("status",), ("status", "--watch"), ("dossier", "new", "--set", "ChuHoSo=Lan")):
                    self.says(run("wardsync", *words, "--data", self.folder), 3, "does not answer", "not known")
                self.says(run("wardsync-centre", "health", "--data", self.folder), 3, "does not answer")
                listening.shutdown(socket.SHUT_RDWR)
            (self.folder / "api.sock").unlink()


class Starts(WithFolder):
    """A service manager starts again what ends, but for exit 2 and 4: there the next start would find the same."""

    def test_what_no_start_mends_is_refused(self):
        centre = self.city.centre
        centre.command("run", expect=4)
        self.assertIn("wardsync-centre init", centre.said)
        self.city.found()
        self.city.lay_lines(["a"])
        pc = self.city.add_pc("a", "W-VYDA")
        for site in (pc, centre):
            site.stop()
        Site(pc.program, centre.data).command("run", expect=4)
        other = Site(centre.program, pc.data)
        other.command("run", expect=4)
        self.assertIn("ward PC's data directory", other.said)
        for site, name in ((pc, "device.key"), (centre, "centre.key")):
            key = site.data / name
            key.chmod(0o644)
            site.command("run", expect=4)
            self.assertIn("chmod 600", site.said)
            key.chmod(0o600)


class Unasked(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a"])
        self.centre = self.city.centre

    def unasked(self, *words):
        for more in ((), ("--json",), ("--no-input",)):
            done = run("wardsync-centre", *words, *more, "--data", self.centre.data)
            self.assertEqual(done.returncode, 7, done.stderr)
            self.assertIn("--yes", done.stderr)

    def answered(self, answer, *words):
        """At a terminal."""
        ours, theirs = pty.openpty()
        os.write(ours, answer.encode() + b"\n")
        done = subprocess.run([self.centre.program, *words, "--data", self.centre.data], stdin=theirs, capture_output=True, text=True, timeout=60, check=False)
        os.close(theirs)
        os.close(ours)
        return done.returncode

    def test_nothing_grave_happens_where_nobody_can_be_asked(self):
        pc = Site(self.city.programs / "wardsync", self.city.folder / "a")
        pc.command("enrol", "--ticket", self.city.ticket("a", "W-VYDA"), "--yes")
        pc.start()
        self.addCleanup(pc.stop)
        device = self.centre.ask("device", "list")["devices"][0]["device"]
        approve = ("device", "approve", device)
        self.unasked(*approve)
        self.assertEqual(self.answered("n", *approve), 7)
        self.assertEqual(self.centre.ask("device", "show", device)["standing"], "waiting")
        self.assertEqual(self.answered("y", *approve), 0)
        self.assertEqual(self.centre.ask("device", "show", device)["standing"], "approved")
        self.unasked("unit", "merge", "W-KIMLONG", "--into", "W-VYDA", "--reason", "12/NQ")
        self.assertEqual({unit.get("heir") for unit in self.centre.ask("unit", "list")["units"]}, {None})
        self.centre.command("unit", "merge", "W-KIMLONG", "--into", "W-VYDA", "--reason", "12/NQ", "--yes")
        self.unasked("key", "forget")
        wait_until("the PC to be let in", lambda: pc.ask("status")["link"]["state"] == "open", 60)
        pc.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Thị Lan")
        pc.command("sync", "wait", "--timeout", "60")
        self.unasked("erase", "order", pc.ask("dossier", "list")["dossiers"][0]["id"], "--reason", "12/QĐ")
        self.assertEqual(self.centre.ask("erase", "list")["erasures"], [])


class Files(WithFolder):
    def test_a_file_is_written_whole_and_only_where_there_is_a_folder(self):
        self.city.found()
        self.city.lay_lines(["a"])
        pc, folder = self.city.add_pc("a", "W-VYDA"), self.city.folder
        pc.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Thị Lan")
        out = folder / "all.jsonl"
        pc.command("dossier", "export", "-o", out)
        before = out.read_bytes()
        self.assertEqual((before.count(b"\n"), stat.S_IMODE(out.stat().st_mode)), (1, 0o600))
        pc.command("dossier", "export", "-o", out, expect=1)
        self.assertIn("exists already", pc.said)
        self.assertEqual(out.read_bytes(), before)
        pc.stop()
        pc.command("dossier", "export", "-o", folder / "none.jsonl", expect=3)
        self.assertEqual(list(folder.glob("none*")), [])
        for words in (("-o", folder / "stick/centre.backup"), ("-o", folder / "b", "--keys", folder / "stick/keys")):
            self.city.centre.command("backup", *words, expect=1)
        self.assertEqual(list(folder.glob("stick*")) + list(folder.glob("b*")), [])


if __name__ == "__main__":
    unittest.main()
