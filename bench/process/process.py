#!/usr/bin/env python3
"""What the ward's program costs on its PC: its size, and the daemon's start, memory, and idle CPU and traffic, on the city that bench_store left.

  process.py --bin DIR --city DIR --port N

Nothing here passes or fails. Times are the wall clock's where nothing else is said.
"""
import argparse
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

STARTS = 5
IDLE_SECONDS = 61  # an idle ward says one ping in every 60 s, so this holds exactly one
QUIET_SECONDS = 12  # the daemon gives memory back every 10 s
PACKET_HEADER = 52  # IP 20, TCP 20, its timestamps 12
MIB = 1024 * 1024


def say(what, figure, goal=""):
    print(f"{what:<46} {figure:<62} {goal}".rstrip(), flush=True)


class UnixConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.host)


class Daemon:
    """One program, running in its data directory, told apart from its start to its end by the service manager's protocol."""

    def __init__(self, program, data, *words, environment=None):
        with tempfile.TemporaryDirectory(prefix="wardsync-bench-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(f"{folder}/notify")
            manager.settimeout(60)
            began = time.monotonic()
            self.process = subprocess.Popen([program, "run", "--data", data, *words], env={**os.environ, **(environment or {}), "NOTIFY_SOCKET": f"{folder}/notify"},
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while b"READY=1" not in manager.recv(100):
                pass
            self.ready_s = time.monotonic() - began
        self.data = data

    def get(self, path):
        connection = UnixConnection(f"{self.data}/api.sock")  # a short path: this process stands in the city's folder
        connection.request("GET", path)
        response = connection.getresponse()
        body = json.loads(response.read())
        connection.close()
        if response.status != 200:
            raise SystemExit(f"bench: GET {path}: {response.status} {body}")
        return body

    def memory(self):
        """(resident now, of that not backed by a file, resident at most) in MiB."""
        found = dict(re.findall(r"^(\w+):\s+(\d+) kB$", Path(f"/proc/{self.process.pid}/status").read_text(), re.M))
        return [int(found[name]) * 1024 / MIB for name in ("VmRSS", "RssAnon", "VmHWM")]

    def cpu_seconds(self):
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def ip_bytes(port):
    """What the ward's connection to its centre has carried both ways, by the kernel's own counters."""
    said = subprocess.run(["ss", "-tinH", f"dport = :{port}"], capture_output=True, text=True, check=True).stdout
    count = {name: int(value) for name, value in re.findall(r"\b(bytes_sent|bytes_received|segs_out|segs_in):(\d+)", said)}
    return count.get("bytes_sent", 0) + count.get("bytes_received", 0) + PACKET_HEADER * (count["segs_out"] + count["segs_in"])


def measure_size(programs):
    with tempfile.TemporaryDirectory(prefix="wardsync-bench-") as folder:
        subprocess.run(["strip", "-o", f"{folder}/wardsync", programs / "wardsync"], check=True)
        say("agent binary, stripped", f"{os.path.getsize(f'{folder}/wardsync') / MIB:.2f} MiB", "<= 6 MiB")


def tell_memory(when, ward):
    now, own, most = ward.memory()
    say(f"ward RSS, {when}", f"{now:.1f} MiB (its own {own:.1f}, the rest files); at most {most:.1f}", "<= 24 MiB")


def measure_start(program):
    ready = []
    for _ in range(STARTS):
        ward = Daemon(program, "ward")
        ready.append(ward.ready_s)
        ward.stop()
    say("ward ready", f"median {statistics.median(ready):.3f} s, slowest {max(ready):.3f} s of {STARTS} starts, files in the page cache", "<= 1 s")


def measure_idle(ward, port):
    before, cpu, began = ip_bytes(port), ward.cpu_seconds(), time.monotonic()
    time.sleep(IDLE_SECONDS)
    took = time.monotonic() - began
    share, carried = (ward.cpu_seconds() - cpu) / took, ip_bytes(port) - before
    say("ward idle CPU", f"{share * 100:.3f} % of one core, over {took:.0f} s", "<= 0.1 %")
    say("idle link", f"{carried} B in {took:.0f} s, so {carried * 60 / 1024:.1f} KiB/h at one ping a minute", "<= 24 KiB/h")


def wait_for(what):
    while not what():
        time.sleep(0.1)


def measure_daemon(programs, port):
    measure_start(programs / "wardsync")
    ward = Daemon(programs / "wardsync", "ward")
    queue = ward.get("/v1/status")["queue"]["records"]
    tell_memory("just started", ward)
    found = ward.get("/v1/dossiers?limit=100"), ward.get("/v1/dossiers?limit=100&query=nguyen")
    tell_memory(f"after a list and a search ({len(found[0]['dossiers'])}, {len(found[1]['dossiers'])} lines)", ward)
    centre = Daemon(programs / "wardsync-centre", "centre", "--listen", f"127.0.0.1:{port}")
    began = time.monotonic()
    wait_for(lambda: ward.get("/v1/status")["queue"]["records"] == 0)
    tell_memory(f"after a queue of {queue} went", ward)
    say("the queue's way to its last receipt (no goal)", f"{time.monotonic() - began:.1f} s, with the pause before the next try")
    time.sleep(QUIET_SECONDS)
    tell_memory("when that has settled", ward)
    measure_idle(ward, port)
    tell_memory("after all that", ward)
    ward.stop()
    centre.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--city", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    programs = arguments.bin.resolve()
    measure_size(programs)
    os.chdir(arguments.city)
    measure_daemon(programs, arguments.port)


if __name__ == "__main__":
    main()
