#!/usr/bin/env python3
"""Kills real programs, again and again, at any moment of their work, and then asks for everything that was answered.

usage: killing.py [--kills N] [--seed S]        WARDSYNC_PROGRAMS: the folder of the two programs

Two PCs of a ward and their centre write and talk without pause; after each kill the same program starts again on the same data. A write whose
answer was lost is repeated with its Idempotency-Key. At the end no program is killed any more, and every write that was answered must be at
every site, once; all sites must say the same, and their data must verify. Exit 0 only then.
"""
import argparse
import os
import random
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

from city import City, Refused, wait_until

WRITERS_A_PC = 2


class Writer(threading.Thread):
    """A clerk who does not stop: takes in dossiers, edits them, and repeats what was not answered."""

    def __init__(self, site, name, rng):
        super().__init__(daemon=True)
        self.site, self.name, self.rng = site, name, rng
        self.answered = {}  # code: the note that was answered last
        self.serial = 0
        self.stopping = threading.Event()
        self.wrong = None

    def say(self, path, body):
        """Until it is answered, however often the daemon is killed meanwhile; None once it is time to stop."""
        key = str(uuid.UUID(int=self.rng.getrandbits(128)))
        while not self.stopping.is_set():
            try:
                status, answer = self.site.call("POST", path, body, {"Idempotency-Key": key})
            except (OSError, ValueError):  # refused, cut in the middle of the answer
                time.sleep(0.005)
                continue
            if status in (200, 201):
                return answer
            raise Refused(f"{path}: {status} {answer}")
        return None

    def run(self):
        try:
            while not self.stopping.is_set():
                if self.answered and self.rng.random() < 0.6:
                    code = self.rng.choice(list(self.answered))
                    note = f"{self.name} {self.rng.randrange(10**9)}"
                    if self.say(f"/v1/dossiers/{code}/changes", {"set": {"GhiChu": note}}):
                        self.answered[code] = note
                    continue
                self.serial += 1
                code, note = f"KILL-{self.name}-{self.serial}", f"{self.name} {self.serial}"
                if self.say("/v1/dossiers", {"MaHoSo": code, "ChuHoSo": f"Người số {self.serial}", "GhiChu": note}):
                    self.answered[code] = note
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.wrong = error


def start_again(site):
    """The door of a daemon that was killed may still be there, and a killed one may have held the lock until now."""
    for _ in range(20):
        try:
            return site.start()
        except Refused:
            site.kill()
    raise Refused(f"{site.data.name} does not start any more")


def check(city, writers):
    for site in city.pcs.values():
        site.command("sync", "wait", "--timeout", "120")
    answered = {code: note for writer in writers for code, note in writer.answered.items()}
    sites = [city.centre, *city.pcs.values()]
    for site in sites:
        wait_until(f"every dossier at {site.data.name}", lambda site=site: answered.keys() <= {line["code"] for line in site.dossiers()}, 120)
    for code, note in answered.items():
        for site in sites:
            wait_until(f"{code} as it was answered, at {site.data.name}", lambda site=site, code=code, note=note: site.get(f"/v1/dossiers/{code}")["fields"].get("GhiChu") == note, 60)
    codes = [[line["code"] for line in site.dossiers()] for site in sites]
    for found, site in zip(codes, sites):
        if len(set(found)) != len(found):
            raise Refused(f"{site.data.name} holds a dossier twice")
        if sorted(found) != sorted(codes[0]):
            raise Refused(f"{site.data.name} holds other dossiers than the centre")
        if damage := site.ask("verify")["damage"]:
            raise Refused(f"{site.data.name}: {damage}")
    for site in city.pcs.values():
        status = site.get("/v1/status")
        if status["alarm"] or status["queue"]["records"]:
            raise Refused(f"{site.data.name}: {status}")
    return len(answered)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    asked = asked.parse_args()
    print(f"seed {asked.seed}", flush=True)
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(prefix="wardsync-") as folder:
        city = City(os.environ["WARDSYNC_PROGRAMS"], Path(folder))
        try:
            city.found()
            city.lay_lines(["a", "b"])
            for name in ("a", "b"):
                city.add_pc(name, "W-VYDA")
            writers = [Writer(site, f"{name}{i}", random.Random(rng.getrandbits(64))) for name, site in city.pcs.items() for i in range(WRITERS_A_PC)]
            for writer in writers:
                writer.start()
            sites = [city.centre, *city.pcs.values()]
            for _ in range(asked.kills):
                time.sleep(rng.random() * 0.1)
                site = rng.choice(sites)
                site.kill()
                start_again(site)
                for writer in writers:
                    if writer.wrong:
                        raise writer.wrong
            for writer in writers:
                writer.stopping.set()
            for writer in writers:
                writer.join(60)
            count = check(city, writers)
        finally:
            city.close()
    print(f"{asked.kills} kills; {count} dossiers and their newest notes as they were answered, at every site")


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(f"killing: {refused}")
