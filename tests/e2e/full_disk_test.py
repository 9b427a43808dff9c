#!/usr/bin/env python3
"""A disk that takes nothing any more, under a real daemon: what people can still do, and what nobody gains by it."""
import os
import signal
import subprocess
import unittest

from city import WithFolder, wait_until

PIN, WRONG = "thuyền 3 lá", "sai bét cả rồi"


class FullDisk(WithFolder):
    """The PC's data lie on a small disk of their own, which needs root to be made."""

    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(("a",))
        self.data = self.city.folder / "a"
        self.data.mkdir(mode=0o700)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "none", self.data], capture_output=True, check=False).returncode != 0:
            self.skipTest("no file system may be mounted here")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", self.data], check=False))
        self.a = self.city.add_pc("a", "W-VYDA")
        self.addCleanup(self.a.stop)  # before the disk goes
        self.a.environment["XDG_RUNTIME_DIR"] = str(self.city.folder / "run")
        self.secrets = 0

    def secret(self, text):
        self.secrets += 1
        path = self.city.folder / f"secret-{self.secrets}"
        path.write_text(text + "\n", encoding="utf-8")
        return path

    def let_log_in(self, *names):
        for name in names:
            self.city.centre.command("user", "add", name, "--unit", "W-VYDA", "--role", "clerk", "--activation-out", self.city.folder / f"{name}.code")
        count = self.city.centre.get("/v1/status")["policy_entries"]
        wait_until("the PC to have the policy log", lambda: self.a.get("/v1/status")["policy_entries"] == count)
        for name in names:
            self.a.command("login", "--user", name, "--activation-file", self.city.folder / f"{name}.code", "--new-pin-file", self.secret(PIN))

    def fill(self):
        """To the last byte, and the journal too: until the database itself says so."""
        with open(self.data / "filler", "ab", buffering=0) as file:
            for size in (1 << 16, 1 << 10, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue
        for number in range(3000):
            done = subprocess.run([self.a.program, "dossier", "new", "--set", f"ChuHoSo=Người {number}", "--data", self.data], capture_output=True, text=True,
                                  env=self.a.environment, check=False)
            if done.returncode != 0:
                self.assertIn("The disk is full", done.stderr)
                return
        self.fail("the disk does not fill")

    def tried(self, name="an", pin=WRONG):
        status, answer = self.a.call("POST", "/v1/log-in", {"user": name, "pin": pin})
        return status, answer.get("tries_left")

    def test_people_log_in_and_each_try_counts_over_a_kill_and_after_there_is_room(self):
        self.let_log_in("an")
        self.fill()
        self.assertEqual([self.tried() for _ in range(2)], [(403, 4), (403, 3)])
        self.assertEqual([self.tried("nobody") for _ in range(2)], [(403, 4), (403, 3)])
        self.a.command("login", "--user", "an", "--pin-file", self.secret(PIN))
        self.assertEqual(self.a.ask("whoami")["user"], "an")
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B", expect=1)
        self.assertIn("The disk is full", self.a.said)
        self.assertEqual([self.tried() for _ in range(3)], [(403, 4), (403, 3), (403, 2)])
        self.a.stop(signal.SIGKILL)
        (self.data / "filler").unlink()
        self.a.start()
        self.assertEqual(self.tried(), (403, 1))  # what was counted beside the database counts
        self.a.stop(signal.SIGKILL)
        self.a.start()
        self.assertEqual(self.tried(), (403, 0))  # and the database has it now
        self.assertEqual(self.tried(pin=PIN)[0], 429)
        self.a.stop(signal.SIGKILL)
        os.unlink(self.data / "pins.tries")
        self.a.start()
        self.assertEqual(self.tried(pin=PIN)[0], 429)

    def test_saving_says_that_the_disk_is_full_and_goes_on_when_there_is_room(self):
        self.fill()
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B", expect=1)
        self.assertIn("Free some space", self.a.said)
        (self.data / "filler").unlink()
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B")
        self.a.command("sync", "wait", "--timeout", "90")
        self.a.command("verify")


if __name__ == "__main__":
    unittest.main()
