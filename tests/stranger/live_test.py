#!/usr/bin/env python3
"""The two services under a live systemd, from the installation to its end. Runs inside the machine that `boot` starts, as root, and changes it."""
import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import invented  # noqa: E402
from city import wait_until  # noqa: E402

CENTRE, WARD = "wardsync-centre", "wardsync"
# Both on one machine, which the shipped settings do not foresee.
DATA = {CENTRE: "/var/lib/wardsync", WARD: "/var/lib/wardsync/ward"}


def run(*words, expect=0):
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
    return done.stdout


def ask(service, *words, expect=0):
    return run(service, *words, "--data", DATA[service], expect=expect)


def state(service):
    rows = run("systemctl", "show", service, "-p", "ActiveState,NRestarts,MainPID,Result,ExecMainStatus,UnitFileState")
    return dict(row.split("=", 1) for row in rows.splitlines())


def pid(service):
    return int(state(service)["MainPID"])


def answers(service):
    return state(service)["ActiveState"] == "active" and "not running" not in ask(service, "status", expect=None)


class Live(unittest.TestCase):
    def restarted(self, service, times, seconds):
        wait_until(f"{service} to be started again", lambda: int(state(service)["NRestarts"]) == times and answers(service), seconds)

    def test_a_machine_from_the_installation_to_its_end(self):
        run("./dev", "install")
        ask(CENTRE, "init", "--org", "Thành phố Huế", "--units", "tests/e2e/units.csv")
        run("systemctl", "enable", "--now", CENTRE)
        self.assertTrue(answers(CENTRE))  # Type=notify: started means ready
        self.enrol_a_ward()
        self.write_and_sync()
        self.kill_and_hang()
        self.install_again_and_stop()
        self.read_the_journal()
        run("./dev", "uninstall")
        self.assertIn("0 unit files", run("systemctl", "list-unit-files", "wardsync*", expect=None))
        self.assertTrue(Path("/var/lib/wardsync/centre.db").exists())

    def enrol_a_ward(self):
        folder = Path("/etc/systemd/system/wardsync.service.d")
        folder.mkdir()
        (folder / "data.conf").write_text(f"[Service]\nEnvironment=WARDSYNC_DATA={DATA[WARD]}\n")
        ask(CENTRE, "ticket", "new", "--unit", "W-VYDA", "--label", "Reception", "--pre-approved", "--address", "127.0.0.1:7400", "-o", "/root/ward.ticket")
        run("install", "-d", "-o", "wardsync", "-g", "wardsync", "-m", "0750", DATA[WARD])
        run("systemctl", "daemon-reload")
        run("systemctl", "start", WARD, expect=1)
        found = state(WARD)
        self.assertEqual((found["ActiveState"], found["ExecMainStatus"], found["NRestarts"]), ("failed", "4", "0"))
        ask(WARD, "enrol", "--ticket", "/root/ward.ticket", "--yes")
        run("systemctl", "enable", "--now", WARD)

    def write_and_sync(self):
        """Under all that the units forbid."""
        lines = Path("/root/dossiers.jsonl")
        dossiers = invented.dossiers(3, {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}, 1, 20)
        lines.write_text("".join(json.dumps(dossier, ensure_ascii=False) + "\n" for dossier in dossiers), encoding="utf-8")
        ask(WARD, "dossier", "import", lines)
        ask(WARD, "sync", "wait", "--timeout", "30")
        ask(WARD, "doctor")
        self.assertEqual(len(json.loads(ask(CENTRE, "dossier", "list", "--json"))["dossiers"]), 20)

    def kill_and_hang(self):
        for service in DATA:
            os.kill(pid(service), signal.SIGKILL)
        for service in DATA:
            self.restarted(service, 1, 60)
        for service in DATA:
            os.kill(pid(service), signal.SIGSTOP)  # as a program that hangs: no word to the watchdog any more
        for service in DATA:
            self.restarted(service, 2, 180)

    def install_again_and_stop(self):
        before = [pid(service) for service in DATA]
        run("./dev", "install")
        for service, old in zip(DATA, before):
            self.assertNotEqual(pid(service), old)
            run("systemctl", "stop", service)
            found = state(service)
            self.assertEqual((found["ActiveState"], found["Result"], found["ExecMainStatus"]), ("inactive", "success", "0"))

    def read_the_journal(self):
        ward = run("journalctl", "--no-pager", "-u", WARD)
        for said in ("holds no ward PC", "a PC of W-VYDA", "Watchdog timeout", "code=killed, status=9/KILL"):
            self.assertIn(said, ward)
        self.assertIn("wards call 0.0.0.0:7400", run("journalctl", "--no-pager", "-u", CENTRE))


if __name__ == "__main__":
    sys.exit(unittest.main())
