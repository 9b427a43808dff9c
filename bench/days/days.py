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


STEPS = ({"SoDienThoai": "0905000111"}, {"append": "Đã gọi cho công dân"}, {"TrangThaiHoSo": "4"}, {"append": "Đã chuyển chuyên môn"},
         {"GhiChu": "Chờ xác minh"}, {"TrangThaiHoSo": "9"}, {"append": "Đã nhắn tin mời nhận"}, {"TrangThaiHoSo": "10"})


def post(site, path, body):
    connection = process.UnixConnection(f"{site.data}/api.sock")
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status != 201:
        raise SystemExit(f"bench: POST {path}: {response.status} {answer}")
    return json.loads(answer)


def write(site, path, body):
    """As a clerk does: what he saved before is at the centre by then."""
    answer = post(site, path, body)
    while site.get("/v1/status")["queue"]["records"]:
        time.sleep(0.002)
    return answer


def a_month_on():
    libraries = list(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return {"LD_PRELOAD": str(libraries[0]), "FAKETIME": "+40d", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"} if libraries else None


def filled(programs, name, address, count):
    """What a new PC's link carries until it shows all dossiers."""
    join(programs, name, address)
    pc = process.Daemon(programs.ward, name)
    wait_for_all(pc, count)
    process.wait_for(lambda: len(pc.get("/v1/dossiers?status=10&limit=500")["dossiers"]) == count * 4 // 5)  # the last change of each
    carried = process.ip_bytes(int(address.rsplit(":", 1)[1]))
    pc.stop()
    return carried


def ended(programs, count):
    """A new PC of a ward in which four of five dossiers ended a month ago, each after nine changes that came one by one."""
    later = a_month_on()
    if later is None:
        return say("a new PC's summaries", "not measured: no libfaketime")
    city = workload.City(2)
    programs.run(programs.centre, "centre", "init", "--org", "hue", "--units", HERE.parents[1] / "tests/e2e/units.csv")
    centre = process.Daemon(programs.centre, "centre", "--listen", "127.0.0.1:0")
    address = centre.get("/v1/status")["listen"]
    join(programs, "clerks", address)
    clerks = process.Daemon(programs.ward, "clerks")
    codes = [write(clerks, "/v1/dossiers", {**city.dossier(), "TrangThaiHoSo": "2"})["code"] for _ in range(count)]
    for step in STEPS:
        for code in codes[:count * 4 // 5]:
            write(clerks, f"/v1/dossiers/{code}/changes", {"append": {"notes": step["append"]}} if "append" in step else {"set": step})
    programs.run(programs.ward, "clerks", "sync", "wait", "--timeout", "300")
    clerks.stop()
    everything = filled(programs, "full", address, count)
    process.wait_for(lambda: (lambda log: log["applied"] >= log["size"])(centre.get("/v1/status")["log"]))
    centre.stop()
    centre = process.Daemon(programs.centre, "centre", "--listen", address, environment=later)
    size = centre.get("/v1/status")["log"]["size"]
    process.wait_for(lambda: centre.get("/v1/status")["log"]["size"] > size)
    while size != (size := centre.get("/v1/status")["log"]["size"]):
        time.sleep(4)
    told = filled(programs, "late", address, count)
    say(f"a new PC gets {count} dossiers, {count * 4 // 5} of them by their summaries", f"{told / MIB:.2f} MiB both ways, {told / count:.0f} B a dossier")
    say("the same with all records", f"{everything / MIB:.2f} MiB both ways, {everything / count:.0f} B a dossier")
    centre.stop()


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
    with tempfile.TemporaryDirectory(prefix="wardsync-days-") as folder:
        os.chdir(folder)
        ended(programs, arguments.dossiers // 10)
        os.chdir("/")


if __name__ == "__main__":
    main()
