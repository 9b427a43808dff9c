#!/usr/bin/env python3
"""A dead PC's replacement is filled from the centre; the centre is backed up and restored; and what each dossier takes on the disks.

  days.py --bin DIR [--dossiers N]

Nothing here passes or fails. Times are the wall clock's, over loopback; bytes are the kernel's count of the connection, headers included.
"""
import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIB = 1024 * 1024


def module(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


workload, process = module("workload", HERE.parent / "workload/workload.py"), module("process", HERE.parent / "process/process.py")
say = process.say


class Programs:
    def __init__(self, folder):
        self.ward, self.centre = folder / "wardsync", folder / "wardsync-centre"

    @staticmethod
    def run(program, data, *words):
        began = time.monotonic()
        done = subprocess.run([program, *map(str, words), "--data", data], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"bench: {program.name} {' '.join(map(str, words))}: {done.stderr}")
        return time.monotonic() - began


def on_disk(folder):
    """Of a site that was stopped, so that nothing waits in a WAL."""
    return sum(path.stat().st_size for path in Path(folder).iterdir() if path.is_file())


def wait_for_all(ward, count):
    process.wait_for(lambda: ward.get("/v1/status")["dossiers"] >= count)


def join(programs, name, address):
    programs.run(programs.centre, "centre", "ticket", "new", "--unit", "W-VYDA", "--address", address, "--pre-approved", "-o", f"{name}.ticket")
    programs.run(programs.ward, name, "enrol", "--ticket", f"{name}.ticket", "--yes")


def measure(programs, count):
    city = workload.City(1)
    Path("dossiers.jsonl").write_text("".join(json.dumps(city.dossier(), ensure_ascii=False) + "\n" for _ in range(count)), encoding="utf-8")
    programs.run(programs.centre, "centre", "init", "--org", "hue", "--units", HERE.parents[1] / "tests/e2e/units.csv")
    centre = process.Daemon(programs.centre, "centre", "--listen", "127.0.0.1:0")
    address = centre.get("/v1/status")["listen"]
    port = int(address.rsplit(":", 1)[1])
    join(programs, "first", address)
    empty = {}
    first = process.Daemon(programs.ward, "first")
    first.stop()
    empty["first"] = on_disk("first")
    first = process.Daemon(programs.ward, "first")
    programs.run(programs.ward, "first", "dossier", "import", "dossiers.jsonl")
    programs.run(programs.ward, "first", "sync", "wait", "--timeout", "300")
    first.stop()

    join(programs, "second", address)
    began = time.monotonic()
    second = process.Daemon(programs.ward, "second")
    wait_for_all(second, count)
    took = time.monotonic() - began
    carried = process.ip_bytes(port)
    say(f"a new PC gets {count} dossiers from the centre", f"{took:.1f} s from its start, {carried / MIB:.2f} MiB both ways, {carried / count:.0f} B a dossier")
    say("the same on a line of 2 Mbit/s, by its bytes alone", f"{carried * 8 / 2e6:.0f} s")
    second.stop()

    took = programs.run(programs.centre, "centre", "backup", "-o", "copy", "--keys", "keys", "--elsewhere")
    say("backup while the centre runs, verified", f"{took:.1f} s, {os.path.getsize('copy') / MIB:.1f} MiB")
    centre.stop()
    per_thousand = count / 1000
    say("disk per 1,000 dossiers, centre", f"{on_disk('centre') / MIB / per_thousand:.2f} MiB")
    say("disk per 1,000 dossiers, ward that wrote them", f"{(on_disk('first') - empty['first']) / MIB / per_thousand:.2f} MiB")
    say("disk per 1,000 dossiers, ward that fetched them", f"{(on_disk('second') - empty['first']) / MIB / per_thousand:.2f} MiB")
    changes(programs, city, address)
    shutil.rmtree("centre")
    took = programs.run(programs.centre, "centre", "restore", "copy", "--keys", "keys")
    say("restore, verified", f"{took:.1f} s")


def changes(programs, city, address):
    """Ten small changes to each dossier on top: what a year of work adds."""
    before = on_disk("centre"), on_disk("first")
    dossiers = [json.loads(line) for line in Path("dossiers.jsonl").read_text(encoding="utf-8").splitlines()]
    clerks, at = workload.Clerks(city, dossiers[:1000]), workload.datetime(2021, 6, 1, 7, 30)
    with open("changes.jsonl", "w", encoding="utf-8") as out:
        for _ in range(10_000):
            at += workload.timedelta(seconds=30)
            out.write(json.dumps(clerks.change(at), ensure_ascii=False) + "\n")
    centre, first = process.Daemon(programs.centre, "centre", "--listen", address), process.Daemon(programs.ward, "first")
    programs.run(programs.ward, "first", "dossier", "apply", "changes.jsonl")
    programs.run(programs.ward, "first", "sync", "wait", "--timeout", "300")
    process.wait_for(lambda: (lambda log: log["applied"] >= log["size"])(centre.get("/v1/status")["log"]))
    first.stop()
    centre.stop()
    grown = on_disk("centre") - before[0], on_disk("first") - before[1]
    say("disk per 10,000 small changes to 1,000 dossiers", f"centre {grown[0] / MIB:.2f} MiB, ward {grown[1] / MIB:.2f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--dossiers", type=int, default=5000)
    arguments = parser.parse_args()
    programs = Programs(arguments.bin.resolve())
    with tempfile.TemporaryDirectory(prefix="wardsync-days-") as folder:
        os.chdir(folder)
        measure(programs, arguments.dossiers)
        os.chdir("/")


if __name__ == "__main__":
    main()
