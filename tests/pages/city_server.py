#!/usr/bin/env python3
"""A city for tests in another language: one JSON command a line on stdin, one JSON answer a line on stdout. Ends with stdin.

  {"do": "add_pc", "name": "a", "unit": "W-VYDA", "run": ["--http", "127.0.0.1:0"]}
  {"do": "command", "site": "a", "words": ["page"]}         stdout and stderr of one command of that site's program
  {"do": "call", "site": "a", "method": "GET", "path": "/v1/status", "body": null}
  {"do": "start" | "stop" | "kill", "site": "a"}
  {"do": "set_clock", "site": "a", "seconds": -3600}        how far ahead of the truth; the first time, the daemon is started anew
  {"do": "line", "words": ["cut", "a"]}                     see tests/e2e/cutter.py
  {"do": "ticket", "name": "c", "unit": "W-VYDA", "options": []}
  {"do": "hand_in", "site": "a", "name": "unsent.jsonl"}    the file of a revoked PC; its path
  {"do": "fork", "site": "a", "value": "0905000002"}        see tests/e2e/city.py
  {"do": "dossiers", "seed": 1, "first": 1, "count": 20}    invented ones
"""
import json
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import invented
from city import City, Clock, Refused, Site

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
LINES = ("a", "b", "c", "k")


class Server:
    def __init__(self, city):
        self.city = city
        self.clocks = {}

    def site(self, order):
        name = order["site"]
        return self.city.centre if name == "centre" else self.city.pcs[name]

    def add_pc(self, order):
        self.city.add_pc(order["name"], order["unit"], *order["run"])

    def set_clock(self, order):
        """Of a site that is started anew for that, the first time."""
        site = self.site(order)
        if order["site"] not in self.clocks:
            self.clocks[order["site"]] = Clock(self.city.folder / f"{order['site']}.clock")
            self.clocks[order["site"]].rule(site)
            site.stop()
            site.start()
        self.clocks[order["site"]].set(order["seconds"])

    def known_pc(self, order):
        """A PC that enrols by commands of the test itself."""
        self.city.pcs[order["name"]] = Site(self.city.programs / "wardsync", self.city.folder / order["name"])

    def command(self, order):
        site = self.site(order)
        out = site.command(*order["words"], expect=order.get("expect", 0))
        return {"out": out, "err": site.said}

    def call(self, order):
        status, answer = self.site(order).call(order["method"], order["path"], order.get("body"))
        return {"status": status, "answer": answer}

    def start(self, order):
        self.site(order).start(*order.get("run", []))

    def stop(self, order):
        self.site(order).stop()

    def kill(self, order):
        self.site(order).kill()

    def line(self, order):
        return self.city.lines.tell(*order["words"])

    def ticket(self, order):
        return str(self.city.ticket(order["name"], order["unit"], *order["options"]))

    def hand_in(self, order):
        path = self.city.folder / order["name"]
        self.site(order).command("sync", "hand-in", "-o", path)
        return str(path)

    def fork(self, order):
        self.city.fork(self.site(order), order["value"])

    def folder(self, _):
        return str(self.city.folder)

    @staticmethod
    def dossiers(order):
        return invented.dossiers(order["seed"], WARD, order["first"], order["count"])


def main():
    with tempfile.TemporaryDirectory(prefix="wardsync-pages-") as folder:
        city = City(Path(os.environ["WARDSYNC_PROGRAMS"]), folder)
        try:
            city.found(HERE.parent / "e2e" / "units.csv", "--http", "127.0.0.1:0")
            city.lay_lines(LINES)
            server = Server(city)
            print(json.dumps({"ready": True}), flush=True)
            for line in sys.stdin:
                order = json.loads(line)
                try:
                    answer = {"ok": getattr(server, order["do"])(order)}
                except (Refused, OSError) as problem:
                    answer = {"error": str(problem)}
                print(json.dumps(answer), flush=True)
        finally:
            city.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
