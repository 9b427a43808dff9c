#!/usr/bin/env python3
"""Every command of docs/administrator.md and docs/technician.md, run in the order in which two people would type them."""
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from browser import Browser
from city import wait_until

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"]).resolve()
PLACES = r"(?<![\w/])(/(?:etc|var/lib|var/log)/wardsync|/media)"


def blocks_of(name):
    """{section's heading: the commands of its `sh` blocks}"""
    found = {}
    for section in (ROOT / "docs" / name).read_text().split("\n## ")[1:]:
        commands = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        if commands:
            found[section.splitlines()[0]] = "".join(commands)
    return found


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


class Machine:
    """A folder that stands for a machine's root: `sudo`, `systemctl` and `./dev` there act inside it."""

    def __init__(self, folder, program, config, port):
        self.root, self.port, self.config = folder, port, folder / f"etc/wardsync/{config}"
        self.desk, self.bin = folder / "desk", folder / "shims"
        for path in (self.desk, self.bin, folder / "services", folder / "media/stick-1", folder / "media/stick-2"):
            path.mkdir(parents=True)
        script(self.bin / "sudo", 'exec "$@"')
        script(self.bin / "systemctl", f'exec python3 -B {HERE}/systemctl.py "$@"')
        script(self.desk / "dev", f'action=$1; shift; exec {ROOT}/cross/install.sh "$action" $([ "$action" = install ] && echo --build {PROGRAMS.parent}) "$@"')
        self.environment = {**os.environ, "DESTDIR": str(folder), "WARDSYNC_CONFIG": str(self.config), "SERVICES": str(folder / "services"),
                            "UNITS": str(folder / "usr/local/lib/systemd/system"), "PATH": f"{self.bin}:{folder}/usr/local/bin:{os.environ['PATH']}"}
        self.program = folder / "usr/local/bin" / program

    def type(self, commands, **words):
        """Runs the commands one by one as they stand in the text, but for the places and the names that differ here."""
        said = ""
        for command in commands.strip().splitlines():
            here = re.sub(PLACES, lambda found: f"{self.root}{found.group(1)}", command)
            here = re.sub(r"(device approve|unit merge) .*", r"\g<0> --yes", here)  # nobody sits here who could be asked
            for word, instead in words.items():
                here = here.replace({"device": "3f9c2a71", "address": "centre.hue.example:7400"}[word], instead)
            done = subprocess.run(["sh", "-c", here], cwd=self.desk, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
                                  stdin=subprocess.DEVNULL)
            if done.returncode != 0:
                raise AssertionError(f"{command}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
            said += done.stdout + done.stderr
            if command == "sudo ./dev install":
                self.settle()
        return said

    def settle(self):
        """The configuration as installed, with this machine's folders and port."""
        text = re.sub(PLACES, lambda found: f"{self.root}{found.group(1)}", self.config.read_text())
        text = text.replace("0.0.0.0:7400", f"127.0.0.1:{self.port}")
        self.config.write_text(re.sub(r"127\.0\.0\.1:74(11|80)", "127.0.0.1:0", text))

    def ask(self, *words):
        return json.loads(subprocess.run([self.program, *words, "--json"], env=self.environment, capture_output=True, text=True, check=True).stdout)

    def close(self):
        for unit in ("wardsync", "wardsync-centre"):
            subprocess.run([self.bin / "systemctl", "stop", unit], env=self.environment, check=False)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


class Documentation(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(temporary.cleanup)
        self.folder, self.port = Path(temporary.name), free_port()
        self.centre = self.machine("centre", "wardsync-centre", "centre.toml")
        shutil.copy(HERE / "units.csv", self.centre.desk)
        self.admin, self.technician = blocks_of("administrator.md"), blocks_of("technician.md")

    def machine(self, name, program, config):
        machine = Machine(self.folder / name, program, config, self.port)
        self.addCleanup(machine.close)
        return machine

    def administrator(self, title, device="3f9c2a71"):
        return self.centre.type(self.admin.pop(title), device=device, address=f"127.0.0.1:{self.port}")

    def waiting(self):
        return next((device["device"] for device in self.centre.ask("device", "list")["devices"] if device["standing"] == "waiting"), None)

    def test_every_command_in_order(self):
        self.administrator("1. Install")
        made = self.administrator("2. Make the centre")
        self.assertNotIn("NOT OK", made)
        for stick, name in (("stick-1", "wardsync-root.key"), ("stick-2", "wardsync-root.key.next")):
            self.assertEqual(stat.S_IMODE((self.centre.root / "media" / stick / name).stat().st_mode), 0o600)
        self.assert_page_opens(self.administrator("3. Open the page"), self.centre)
        ticket = self.admin["4. Let a PC in"]
        self.administrator("4. Let a PC in")
        first = self.machine("first", "wardsync", "agent.toml")
        self.set_up(first)
        device = wait_until("the PC to wait", self.waiting)
        approve = self.admin["5. Approve it"]
        self.administrator("5. Approve it", device[:8])
        wait_until("the approval", lambda: first.ask("status")["approval"] == "approved")
        self.assert_page_opens(first.type(self.technician["4. Open the page"]), first)
        self.assertIn("open", self.administrator("6. See how all are doing", device[:8]))
        self.assertIn("1-500 from ", self.administrator("7. Dossier codes", device[:8]))
        subprocess.run([first.program, "dossier", "new", "--set", "ChuHoSo=Nguyễn Thị Lan"], env=first.environment, check=True, capture_output=True)
        self.assertNotIn("NOT OK", first.type(self.technician["5. When something is wrong"]))
        self.assertIn("the file's mode", first.type(self.technician["7. The keys of a PC"]))
        first.type(self.technician["6. Replace a PC"])
        self.assertIn("revoked", self.administrator("8. Shut a PC out", device[:8]))
        self.assertIn("accountant", self.administrator("9. Give people accounts"))
        self.administrator("10. Look after it")
        self.assertEqual(self.admin, {})
        # The new PC, with the same words.
        (self.centre.desk / "vyda.ticket").unlink()
        self.centre.type(ticket, address=f"127.0.0.1:{self.port}")
        second = self.machine("second", "wardsync", "agent.toml")
        self.set_up(second)
        self.centre.type(approve, device=wait_until("the new PC to wait", self.waiting)[:8])
        wait_until("the dossier on the new PC", lambda: second.ask("dossier", "list")["dossiers"])
        second.type("sudo systemctl disable --now wardsync")
        second.type(self.technician["8. Take it away"])
        self.assertFalse(second.program.exists())
        self.assertTrue((second.root / "var/lib/wardsync/wardsync.db").exists())
        self.assertEqual(set(self.technician), {"1. Install", "2. Look before you enrol", "3. Enrol", "4. Open the page", "5. When something is wrong", "6. Replace a PC",
                                                "7. The keys of a PC", "8. Take it away"})

    def assert_page_opens(self, said, machine):
        """The section prints an address, and ends all sessions; another address opens the page."""
        self.assertRegex(said, r"http://127\.0\.0\.1:\d+/#code=[0-9a-f]{32}\n")
        self.assertIn("sessions ended", said)
        page = Browser(machine.ask("page")["url"])
        self.assertEqual(page.exchange("GET", "/v1/status")[0], 200)

    def set_up(self, pc):
        shutil.copy(self.centre.desk / "vyda.ticket", pc.desk)
        pc.type(self.technician["1. Install"])
        self.assertIn("WS-D013", pc.type(self.technician["2. Look before you enrol"]))
        self.assertRegex(pc.type(self.technician["3. Enrol"]), r"\d{5}[ -]?\d{5}")


if __name__ == "__main__":
    unittest.main()
