#!/usr/bin/env python3
"""The main job, with real programs over real TCP: a centre, three ward PCs, two hundred dossiers, cut lines, a kill -9, and healing.

usage: demo.py --bin FOLDER [--keep]
"""
import argparse
import hashlib
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import invented
from city import City, Refused, Site, digits_of, files_that_hold, personal_texts, wait_until

VYDA = {"code": "W-VYDA", "name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
KIMLONG = {"code": "W-KIMLONG", "name": "phường Kim Long", "identification": "000.26.22.H57"}
DESKS = {"vyda-1": (VYDA, 1, 80), "vyda-2": (VYDA, 1001, 50), "kimlong": (KIMLONG, 1, 70)}
EDITED = 20


class Story:
    """Prints each step as a person would tell it, with the seconds that went by."""

    def __init__(self):
        self.begun = time.monotonic()

    def step(self, text):
        print(f"\n[{time.monotonic() - self.begun:5.1f} s] {text}", flush=True)

    @staticmethod
    def say(text):
        print(f"          {text}", flush=True)


class Entered:
    """Everything that anyone entered: what must be findable wherever the dossier may be seen."""

    def __init__(self):
        self.values = []
        self.lock = threading.Lock()

    def add(self, unit, code, field, value):
        with self.lock:
            self.values.append((unit, code, field, str(value)))

    def add_dossier(self, unit, dossier):
        for field, value in dossier.items():
            if not isinstance(value, list):
                self.add(unit, dossier["MaHoSo"], field, value)
                continue
            for element in value:
                for name, inner in element.items():
                    self.add(unit, dossier["MaHoSo"], f"{field}/{name}", inner)


def scalars(value):
    """Every text and number anywhere in a JSON value, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    elif value is not None:
        yield str(value)


def stored_form(field, value):
    """How the schema writes what was entered: codes for words, dates as they are stored."""
    if field == "GioiTinhChuHoSo":
        return {"Nam": "1", "Nữ": "2"}[value]
    return value


def view_of(dossier):
    """What two sites must agree on."""
    return {name: value for name, value in dossier.items() if not name.startswith("state")}


class Demo:
    def __init__(self, city, story):
        self.city, self.story = city, story
        self.entered = Entered()
        self.dossiers = {name: invented.dossiers(20200812, ward, first, count) for name, (ward, first, count) in DESKS.items()}

    def pc(self, name):
        return self.city.pcs[name]

    # ---- the steps ----
    def open_centre(self):
        self.story.step("The city's centre sets up its keys and opens.")
        listen = self.city.found()
        self.city.lay_lines(DESKS)
        self.story.say(f"Wards call {listen}, each over a line of its own that can be cut.")

    def enrol(self):
        self.story.step("Three ward PCs join: two desks of phường Vỹ Dạ, one of phường Kim Long.")
        for name in ("vyda-1", "vyda-2"):
            self.city.add_pc(name, VYDA["code"], *self.page_options())
            self.story.say(f"{name} joined with a ticket that was approved beforehand.")
        pc = Site(self.city.programs / "wardsync", self.city.folder / "kimlong")
        pc.command("enrol", "--ticket", self.city.ticket("kimlong", KIMLONG["code"]), "--yes")
        here = digits_of(pc.said)
        waiting = wait_until("kimlong to ask", lambda: [d for d in self.city.centre.get("/v1/devices")["devices"] if d["standing"] == "waiting"])[0]
        there = digits_of(waiting["fingerprint"])
        if here is None or here != there:
            raise Refused(f"the two screens show different digits: {here} and {there}")
        self.story.say(f"kimlong and the centre both show {waiting['fingerprint']}; the administrator approves it.")
        self.city.centre.command("device", "approve", waiting["device"], "--yes")
        pc.start(*self.page_options())
        self.city.pcs["kimlong"] = pc

    @staticmethod
    def page_options():
        return ("--http", "127.0.0.1:0")

    def import_all(self):
        self.story.step("The desks take in 200 dossiers of invented people, and the lines carry them.")
        for name, dossiers in self.dossiers.items():
            path = self.city.folder / f"{name}.jsonl"
            path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in dossiers), encoding="utf-8")
            self.pc(name).command("dossier", "import", path)
            for dossier in dossiers:
                self.entered.add_dossier(DESKS[name][0]["code"], dossier)
            self.story.say(f"{name}: {len(dossiers)} dossiers saved.")
        for name in DESKS:
            self.pc(name).command("sync", "wait", "--timeout", 30)
        self.wait_for_counts()
        self.show_receipt("vyda-1")

    def wait_for_counts(self):
        wanted = {"vyda-1": 130, "vyda-2": 130, "kimlong": 70}
        for name, count in wanted.items():
            wait_until(f"{name} to hold {count} dossiers", lambda: len(self.pc(name).dossiers()) == count)
        wait_until("the centre to hold 200 dossiers", lambda: len(self.city.centre.dossiers()) == 200)
        self.story.say("Both desks of Vỹ Dạ hold its 130, Kim Long holds its 70, the centre holds 200.")

    def show_receipt(self, name):
        receipted = self.pc(name).ask("status")["receipted"]
        receipt = self.pc(name).get("/v1/receipt")
        self.story.say(f"Receipt at {name}: the centre signed at {receipted['at']} for {receipted['through']} records of this PC, within the first "
                       f"{receipt['size']} segments of its log, root {receipt['root'][:16]}…, signature {receipt['signature'][:16]}…")

    def change(self, name, code, body):
        """One act of a clerk at a desk: saved when this returns."""
        status, answer = self.pc(name).call("POST", f"/v1/dossiers/{code}/changes", body)
        if status not in (200, 201):
            raise Refused(f"{name} did not save a change of {code}: {status} {answer}")
        for field, value in body.get("set", {}).items():
            self.entered.add(DESKS[name][0]["code"], code, field, value)
        for field, value in body.get("append", {}).items():
            for inner in scalars(value):
                self.entered.add(DESKS[name][0]["code"], code, field, inner)

    def edit_apart(self):
        self.story.step("Both lines of Vỹ Dạ are cut; Kim Long's breaks in the middle of frames, again and again.")
        self.city.lines.tell("cut", "vyda-1")
        self.city.lines.tell("cut", "vyda-2")
        self.city.lines.tell("cut-after", "kimlong", 700)
        shared = [d["MaHoSo"] for d in self.dossiers["vyda-1"][:EDITED]]
        for number, code in enumerate(shared):
            for name in ("vyda-1", "vyda-2"):
                desk = name[-1]
                self.change(name, code, {"set": {"SoDienThoai": f"0914{desk}{number:05}", "ThongTinKhac": f"Ghi chú {number} của bàn {desk}"},
                                         "append": {"notes": f"Bàn {desk} đã gọi công dân lần {number}"}})
        self.contested = shared[0]
        self.change("vyda-1", self.contested, {"set": {"ChuHoSo": "Nguyễn Phước Bảo Ân"}})
        self.change("vyda-2", self.contested, {"set": {"ChuHoSo": "Nguyễn Phước Bảo Anh"}})
        for number, dossier in enumerate(self.dossiers["kimlong"][:EDITED]):
            self.change("kimlong", dossier["MaHoSo"], {"set": {"GhiChu": f"Kim Long, lần sửa {number}"}})
            if number % 5 == 4:
                self.city.lines.tell("heal", "kimlong")
                self.city.lines.tell("cut-after", "kimlong", 1500)
        self.story.say(f"{EDITED} dossiers were edited at both desks of Vỹ Dạ, one owner's name in two ways; {EDITED} at Kim Long.")

    def kill_in_the_middle(self):
        self.story.step("vyda-2 is killed (kill -9) while its clerk is saving.")
        codes = [d["MaHoSo"] for d in self.dossiers["vyda-2"]]
        saved = []

        def save_until_it_dies():
            try:
                for number in range(10_000):
                    self.change("vyda-2", codes[number % len(codes)], {"append": {"notes": f"Ghi trước khi mất điện {number}"}})
                    saved.append(number)
            except (OSError, ValueError, Refused):
                pass

        clerk = threading.Thread(target=save_until_it_dies)
        clerk.start()
        wait_until("the clerk to save something", lambda: len(saved) >= 30, every=0.002)
        self.pc("vyda-2").kill()
        clerk.join()
        self.pc("vyda-2").start()
        self.story.say(f"{len(saved)} changes had been called saved before it died. It is up again, and holds every one of them.")
        for number in (0, len(saved) - 1):
            code = codes[number % len(codes)]
            if f"Ghi trước khi mất điện {number}" not in set(scalars(self.pc("vyda-2").get(f"/v1/dossiers/{code}"))):
                raise Refused(f"change {number} was called saved, and is gone")

    def heal(self):
        self.story.step("The lines come back.")
        for name in DESKS:
            self.city.lines.tell("heal", name)
        for name in DESKS:
            self.pc(name).command("sync", "wait", "--timeout", 30)
        wait_until("all sites to agree", self.agree)
        cuts = sum(int(self.city.lines.tell("count", name).split()[3]) for name in DESKS)
        self.story.say(f"After {cuts} cuts everything is receipted, and every site shows the same.")

    def resolve(self):
        self.story.step("One name was written in two ways: a person must decide, and sees both.")
        inboxes = {name: self.pc(name).get("/v1/inbox") for name in ("vyda-1", "vyda-2")}
        conflict = self.only_conflict(inboxes["vyda-1"])
        if self.only_conflict(inboxes["vyda-2"])["id"] != conflict["id"]:
            raise Refused("the two desks show different conflicts")
        for letter, value in zip("AB", conflict["values"]):
            self.story.say(f"{letter}: {value['value']}, by {value['by']} at {value['at']}")
        chosen = "AB"[[v["value"] for v in conflict["values"]].index("Nguyễn Phước Bảo Ân")]
        self.pc("vyda-2").command("inbox", "resolve", conflict["id"], "--keep", chosen, "--why", "Theo giấy khai sinh bản chính")
        self.pc("vyda-2").command("sync", "wait", "--timeout", 30)
        wait_until("the decision to reach every site", lambda: self.agree() and not self.city.centre.get(f"/v1/dossiers/{self.contested}")["conflicts"])
        self.story.say(f"The clerk of vyda-2 keeps {chosen}, with the reason; every site now shows it, and the other stays in the history.")
        self.show_receipt("vyda-2")

    @staticmethod
    def only_conflict(inbox):
        conflicts = inbox["conflicts"]
        if len(conflicts) != 1:
            raise Refused(f"{len(conflicts)} conflicts where one was made")
        return conflicts[0]

    # ---- the verdict ----
    def sites(self):
        return {"centre": self.city.centre, **self.city.pcs}

    def units_at(self, site):
        return {VYDA["code"], KIMLONG["code"]} if site == "centre" else {DESKS[site][0]["code"]}

    def state(self, site):
        """{unit: {id: what is shown}}"""
        shown = {}
        for line in self.sites()[site].dossiers():
            shown.setdefault(line["unit"], {})[line["id"]] = view_of(self.sites()[site].get(f"/v1/dossiers/{line['id']}"))
        return shown

    def agree(self):
        states = {site: self.state(site) for site in self.sites()}
        return all(states[site] == {unit: states["centre"].get(unit) for unit in self.units_at(site)} for site in self.sites())

    def nothing_lost(self):
        """Every value that anyone entered is in the dossier, its history or the inbox, at every site that is entitled to it."""
        for site, at in self.sites().items():
            known = {}
            for line in at.dossiers():
                shown = at.get(f"/v1/dossiers/{line['id']}")
                known[line["code"]] = set(scalars([shown, at.get(f"/v1/dossiers/{line['id']}/history")]))
            for unit, code, field, value in self.entered.values:
                if unit in self.units_at(site) and value and stored_form(field, value) not in known.get(code, ()):
                    raise Refused(f"{site} lost a value of {field} in {code}")
        self.story.say(f"{len(self.entered.values):,} values were entered; each is in its dossier, the history or the inbox wherever it may be seen.")

    def nothing_readable(self):
        texts = personal_texts([d for dossiers in self.dossiers.values() for d in dossiers]) + ["Nguyễn Phước Bảo", "đã gọi công dân"]
        for name in DESKS:
            if found := files_that_hold(texts, self.city.folder / name):
                raise Refused(f"personal text lies readable in {found}")
        self.story.say(f"grep finds none of {len(texts)} names, numbers and addresses in any ward's data directory.")

    def table(self):
        print(f"\n          {'site':<10}{'dossiers':>10}{'conflicts':>11}{'unsent':>8}{'receipted':>11}   digest of Vỹ Dạ / Kim Long")
        for site, at in self.sites().items():
            state = self.state(site)
            digests = [hashlib.sha256(json.dumps(state[unit["code"]], sort_keys=True).encode()).hexdigest()[:12] if unit["code"] in state else "-" * 12
                       for unit in (VYDA, KIMLONG)]
            dossiers = [d for unit in state.values() for d in unit.values()]
            own = at.get("/v1/status")
            unsent = own["queue"]["records"] if "queue" in own else ""
            receipted = own["receipted"]["through"] if "receipted" in own else own["log"]["size"]
            print(f"          {site:<10}{len(dossiers):>10}{sum(len(d['conflicts']) for d in dossiers):>11}{unsent:>8}{receipted:>11}   {' / '.join(digests)}")
        print("          (receipted: records at a ward, segments in the centre's log)")

    def verdict(self):
        self.story.step("Is anything lost, readable, or different?")
        if not self.agree():
            raise Refused("the sites differ")
        self.nothing_lost()
        self.nothing_readable()
        for site in self.sites().values():
            site.command("verify")
        self.story.say("Every seal, id, root and signature verifies at all four sites.")
        self.table()
        print("\ndemo: all sites agree", flush=True)

    def run(self):
        for step in (self.open_centre, self.enrol, self.import_all, self.edit_apart, self.kill_in_the_middle, self.heal, self.resolve, self.verdict):
            step()


def keep_running(city):
    print("\nEverything stays up; Ctrl-C ends it.")
    for name, pc in city.pcs.items():
        print(f"  {name:<8} http://{pc.get('/v1/status').get('http', '')}  data {pc.data}")
    print(f"  centre   wards call {city.centre.get('/v1/status')['listen']}  data {city.centre.data}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.pause()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of wardsync and wardsync-centre")
    parser.add_argument("--keep", action="store_true", help="leave everything running, and print the addresses")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="wardsync-demo-"))
    city = City(options.bin, folder)
    try:
        Demo(city, Story()).run()
        if options.keep:
            keep_running(city)
    except KeyboardInterrupt:
        return 130
    except Refused as problem:
        print(f"\ndemo: FAILED: {problem}\n  The data is kept in {folder}", file=sys.stderr)
        return 1
    finally:
        city.close()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
