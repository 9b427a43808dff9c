#!/usr/bin/env python3
"""What the programs tell a service manager, and a terminal."""
import json
import os
import pty
import socket
import subprocess
import time
import unittest
from pathlib import Path

import invented
from city import WithCity

PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"])
WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


class ServiceManager(WithCity):
    def notices(self, site, name, *arguments):
        """What the program says from its start to its end, with a watchdog of half a second."""
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ear.bind("\0" + name[1:] if name.startswith("@") else name)
        ear.settimeout(20)
        site.stop()
        before = site.environment
        site.environment = {**before, "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "500000"}
        site.start(*arguments)
        heard = []
        while heard.count(b"WATCHDOG=1") < 3:
            heard.append(ear.recv(4096))
        self.assertEqual(site.stop(), 0)
        while heard[-1] != b"STOPPING=1":
            heard.append(ear.recv(4096))
        ear.close()
        site.environment = before
        site.start(*arguments)
        return heard

    def test_ready_then_the_watchdog_then_stopping(self):
        for number, site in enumerate((self.a, self.city.centre)):
            for name in (str(self.city.folder / f"notify-{number}"), f"@wardsync-test-{os.getpid()}-{number}"):
                heard = self.notices(site, name, *site.arguments)
                self.assertEqual(heard[0], b"READY=1")
                self.assertEqual(heard[-1], b"STOPPING=1")
                self.assertEqual(set(heard[1:-1]), {b"WATCHDOG=1"})

    def test_a_program_that_hangs_answers_no_watchdog(self):
        self.a.stop()
        name = str(self.city.folder / "notify-hang")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(name)
            before = self.a.environment
            self.a.environment = {**before, "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"}
            self.a.start()
            os.kill(self.a.process.pid, 19)
            os.waitid(os.P_PID, self.a.process.pid, os.WSTOPPED | os.WNOWAIT)
            ear.setblocking(False)
            try:
                while ear.recv(4096):
                    pass
            except BlockingIOError:
                pass
            ear.settimeout(0.5)
            with self.assertRaises(TimeoutError):
                ear.recv(4096)
            os.kill(self.a.process.pid, 18)
            self.a.stop()
            self.a.environment = before
        self.a.start()


class Terminal(WithCity):
    serial = 0

    def lines(self, count):
        type(self).serial += 10_000
        path = self.city.folder / f"lines-{self.serial}.jsonl"
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in invented.dossiers(1, WARD, self.serial, count)))
        return path

    def on_terminal(self, *words):
        """What a command writes to a terminal on its stderr; its exit code."""
        leader, follower = pty.openpty()
        process = subprocess.Popen([PROGRAMS / "wardsync", *words, "--data", self.a.data], stdout=subprocess.DEVNULL, stderr=follower)
        os.close(follower)
        said = b""
        try:
            while part := os.read(leader, 4096):
                said += part
        except OSError:
            pass
        os.close(leader)
        return said.decode(), process.wait(60)

    def test_bars_are_for_terminals(self):
        said, code = self.on_terminal("dossier", "import", self.lines(450))
        self.assertEqual(code, 0)
        self.assertIn("100 %  450 lines", said)
        self.assertTrue(said.endswith("\r\x1b[K450 dossiers saved.\r\n"), repr(said[-80:]))
        said, _ = self.on_terminal("dossier", "export", "-o", self.city.folder / "out.jsonl")
        self.assertIn("dossiers\x1b[K", said)
        for option in ("--quiet", "--json"):
            self.assertEqual(self.on_terminal("dossier", "import", self.lines(10), option)[0], "")
        self.a.command("dossier", "import", self.lines(10))
        self.assertNotIn("%", self.a.said)

    def test_output_that_cannot_be_written_is_a_failure(self):
        self.a.command("dossier", "import", self.lines(200))
        for words in (("dossier", "list"), ("status", "--json"), ("dossier", "export")):
            with open("/dev/full", "w") as full:
                done = subprocess.run([PROGRAMS / "wardsync", *words, "--data", self.a.data], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertNotEqual(done.stderr, "")
        out = self.city.folder / "limited.jsonl"
        done = subprocess.run(["bash", "-c", f"ulimit -f 8; exec {PROGRAMS / 'wardsync'} dossier export -o {out} --data {self.a.data}"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("The disk is full", done.stderr)

    def test_watching_ends_when_nobody_reads(self):
        for site, words in ((self.a, ("status", "--watch")), (self.city.centre, ("health", "--watch")), (self.city.centre, ("health", "--watch", "--json"))):
            process = subprocess.Popen([site.program, *words, "--data", site.data], stdout=subprocess.PIPE)
            self.assertTrue(process.stdout.readline())
            process.stdout.close()
            end = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < end:
                # The status is only printed when it changes.
                site.call("POST", "/v1/sync", {"action": "now"})
                time.sleep(0.2)
            self.assertEqual(process.wait(1), 1, words)


if __name__ == "__main__":
    unittest.main()
