#!/usr/bin/env python3
"""Where settings come from: flags, environment, file; and what is said of a broken file."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from city import City, Site, wait_until

PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"])
EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"


def run(program, *words, environment=None):
    return subprocess.run([PROGRAMS / program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, **(environment or {})})


class Checking(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(temporary.cleanup)
        self.file = Path(temporary.name) / "ward.toml"

    def check(self, content, exit_code, *parts, program="wardsync"):
        self.file.write_bytes(content.encode() if isinstance(content, str) else content)
        done = run(program, "config", "check", self.file)
        self.assertEqual(done.returncode, exit_code, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)
        self.assertEqual(done.stdout, "")

    def test_a_sound_file(self):
        self.check('data = "/srv/ward"\n', 0, "nothing is wrong")
        self.check(b'\xef\xbb\xbfdata = "/srv/ward"\r\nlog = ""\r\n', 0, "sets 2 of 6")
        self.check("", 0)

    def test_each_problem_names_file_line_and_remedy(self):
        self.check('data = "/srv"\nhtpp = "127.0.0.1:1"\nlog = 7\n', 1, f"{self.file}, line 2: `htpp` is no key", "Write `http`",
                   f"{self.file}, line 3: `log` is a number", "To do: For example: log = ")
        self.check('listen = "0.0.0.0:7400"\n', 1, "line 1: `listen` is no key")
        self.check('listen = "0.0.0.0:74000"\n', 1, "line 1: `listen`", program="wardsync-centre")
        for minutes in ("0", "1441", "-1", "15m", ""):
            self.check(f'idle_lock_minutes = "{minutes}"\n', 1, "line 1: `idle_lock_minutes` must be a whole number, 1 to 1440")
        self.check("data = \n", 1, "line 1")
        self.check(b"data = \"/srv\"\n\xff\xfe\n", 1, "line 2: this is no text")
        self.check(b"\x00" * 64, 1, "line 1")
        self.check("#" * 70_000, 1, "more than 64 KiB")

    def test_json(self):
        self.file.write_text('dta = "/srv"\n')
        done = run("wardsync", "config", "check", self.file, "--json")
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, found["ok"], found["problems"][0]["line"], found["problems"][0]["key"]), (1, False, 1, "dta"))
        self.assertIn("`data`", found["problems"][0]["remedy"])

    def test_what_is_no_file_to_read(self):
        for path, part in ((self.file.parent, "Is a directory"), (self.file, "there is no such file"), ("/dev/zero", "64 KiB")):
            done = run("wardsync", "config", "check", path)
            self.assertEqual(done.returncode, 1)
            self.assertIn(part, done.stderr)

    @unittest.skipIf(os.geteuid() != 0, "only root can become another account")
    def test_a_file_that_this_account_may_not_read(self):
        self.file.write_text("")
        self.file.chmod(0o600)
        self.file.parent.chmod(0o755)
        program = shutil.copy(PROGRAMS / "wardsync", self.file.parent / "wardsync")  # where `nobody` reaches it
        done = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "config", "check", self.file],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("may not read it", done.stderr)

    def test_a_broken_file_stops_every_command_but_those_that_need_none(self):
        self.file.write_text("nonsense = 1\n")
        for words in (("status",), ("run",), ("dossier", "list")):
            done = run("wardsync", *words, "--config", self.file)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("line 1: `nonsense`", done.stderr)
            self.assertIn("Safe:", done.stderr)
        self.assertEqual(run("wardsync", "version", "--config", self.file).returncode, 0)
        self.assertEqual(run("wardsync", "status", environment={"WARDSYNC_CONFIG": str(self.file)}).returncode, 2)
        self.assertEqual(run("wardsync", "status", "--config", self.file.parent / "none.toml").returncode, 2)


class Example(unittest.TestCase):
    def test_the_examples_are_sound_and_show_every_key(self):
        for program, name in (("wardsync", "agent.toml"), ("wardsync-centre", "centre.toml")):
            done = run(program, "config", "check", EXAMPLES / name)
            self.assertEqual(done.returncode, 0, done.stderr)
            all_on = re.sub(r"^# (\w+ = )", r"\1", (EXAMPLES / name).read_text(), flags=re.MULTILINE)
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
                file.write(all_on)
                file.flush()
                done = run(program, "config", "check", file.name)
                said = re.search(r"it sets (\d+) of (\d+) keys", done.stderr)
                self.assertEqual(said.group(1), said.group(2), done.stderr)


class Precedence(unittest.TestCase):
    def test_the_flag_wins_over_the_environment_and_this_over_the_file(self):
        with tempfile.TemporaryDirectory(prefix="wardsync-") as folder:
            city = City(PROGRAMS, folder)
            self.addCleanup(city.close)
            city.found()
            city.lay_lines(["a"])
            pc = city.add_pc("a", "W-VYDA")
            log = Path(folder) / "logs/a.log"
            config = Path(folder) / "a.toml"
            config.write_text(f'data = "{pc.data}"\nhttp = "127.0.0.1:0"\nlog = "{log}"\n')

            def served(environment, *words):
                pc.stop()
                pc.environment = {**os.environ, **environment}
                pc.start(*words)
                return pc.get("/v1/status")

            status = served({}, "--config", config)
            self.assertRegex(status["http"], r"^127\.0\.0\.1:\d+$")
            self.assertEqual(status["log_file"], str(log))
            self.assertIn("info started", log.read_text())
            self.assertEqual(log.stat().st_mode & 0o777, 0o600)
            self.assertTrue(served({"WARDSYNC_HTTP": "[::1]:0"}, "--config", config)["http"].startswith("[::1]:"))
            self.assertTrue(served({"WARDSYNC_HTTP": "[::1]:0"}, "--config", config, "--http", "127.0.0.1:0")["http"].startswith("127.0.0.1:"))
            # The clients take the directory from the file, too.
            done = run("wardsync", "status", "--config", config, "--json")
            self.assertEqual(json.loads(done.stdout)["unit"], "W-VYDA")
            self.assertEqual(run("wardsync", "status", "--config", config, environment={"WARDSYNC_DATA": "/nowhere"}).returncode, 3)
            # Without a file named, the log goes to stderr.
            pc.stop()
            pc.arguments = []
            served({})
            self.assertEqual(pc.get("/v1/status")["log_file"], "")
            wait_until("the log", lambda: "info started" in (pc.data.parent / "a.out").read_text())


class FullDisk(unittest.TestCase):
    def test_a_log_that_cannot_grow_does_not_end_the_daemon(self):
        with tempfile.TemporaryDirectory(prefix="wardsync-") as folder:
            city = City(PROGRAMS, folder)
            self.addCleanup(city.close)
            city.found()
            city.lay_lines(["a"])
            pc = city.add_pc("a", "W-VYDA")
            pc.stop()
            pc.start("--log", "/dev/full")
            pc.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Thị Lan")
            self.assertIsNone(pc.process.poll())


if __name__ == "__main__":
    unittest.main()
