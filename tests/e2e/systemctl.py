#!/usr/bin/env python3
"""A stand-in for `systemctl` where no systemd runs: starts what an installed unit names, as systemd does it (Type=notify), and stops it.

SERVICES: a folder for the processes' numbers; UNITS: where the units lie; the rest of the environment is the service's.
"""
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def start(name):
    folder = Path(os.environ["SERVICES"])
    if running(name):
        return 0
    unit = (Path(os.environ["UNITS"]) / f"{name}.service").read_text()
    words = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE).group(1).split()
    heard = folder / f"{name}.notify"
    heard.unlink(missing_ok=True)
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind(str(heard))
    ear.settimeout(30)
    with open(folder / f"{name}.out", "ab") as out:
        process = subprocess.Popen([os.environ.get("DESTDIR", "") + words[0], *words[1:]], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                   env={**os.environ, "NOTIFY_SOCKET": str(heard)}, start_new_session=True)
    (folder / f"{name}.pid").write_text(str(process.pid))
    try:
        while ear.recv(4096) != b"READY=1":
            pass
    except TimeoutError:
        print(f"{name} did not say READY=1", file=sys.stderr)
        return 1
    return 0


def running(name):
    try:
        number = int((Path(os.environ["SERVICES"]) / f"{name}.pid").read_text())
        return number if Path(f"/proc/{number}/stat").read_text().split()[2] != "Z" else None
    except OSError:
        return None


def stop(name):
    number = running(name)
    if number:
        os.kill(number, signal.SIGTERM)
        end = time.monotonic() + 20
        while running(name):
            if time.monotonic() > end:
                return 1
            time.sleep(0.05)
    return 0


def main(words):
    action, *names = [word for word in words if not word.startswith("-")]
    for name in names:
        if action in ("stop", "restart") or (action == "disable" and "--now" in words):
            if code := stop(name):
                return code
        if action in ("start", "restart") or (action == "enable" and "--now" in words):
            if code := start(name):
                return code
        if action == "status":
            print(f"{name}: {'running' if running(name) else 'stopped'}")
            return 0 if running(name) else 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
