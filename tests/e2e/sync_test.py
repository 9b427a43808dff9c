#!/usr/bin/env python3
"""Wards and centre over lines that fail, with processes that die: nothing that was called saved is lost, and all sites agree in the end."""
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import invented
from city import City, Refused, Site, digits_of, files_that_hold, personal_texts, wait_until, WithFolder

PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"])
WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


def shown(site):
    """What a site shows of each dossier, without what is its own business."""
    found = {}
    for line in site.dossiers():
        dossier = site.get(f"/v1/dossiers/{line['id']}")
        for name in ("state", "state_since", "state_reason"):
            dossier.pop(name)
        found[line["code"]] = dossier
    return found


class WithLines(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a", "b"])

    def pcs(self):
        return self.city.add_pc("a", "W-VYDA"), self.city.add_pc("b", "W-VYDA")

    def import_at(self, pc, count, first=1):
        dossiers = invented.dossiers(7, WARD, first, count)
        path = self.city.folder / f"{first}.jsonl"
        path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in dossiers), encoding="utf-8")
        pc.command("dossier", "import", path)
        return dossiers

    def save(self, pc, code, body):
        status, answer = pc.call("POST", f"/v1/dossiers/{code}/changes", body)
        if status != 201:
            raise Refused(f"{status} {answer}")

    def converge(self, *sites):
        for pc in self.city.pcs.values():
            pc.command("sync", "wait", "--timeout", 60)

        def all_the_same():
            states = [shown(site) for site in (self.city.centre, *sites)]
            return all(state == states[0] for state in states)

        wait_until("all sites to agree", all_the_same, 60)


    def alert_of(self, label):
        return next(row["alert"] for row in self.city.centre.ask("health")["devices"] if row["label"] == label)


class Crashes(WithLines):
    def test_what_was_called_saved_survives_kill_9_again_and_again(self):
        pc, _ = self.pcs()
        code = self.import_at(pc, 1)[0]["MaHoSo"]
        saved = []
        for round_number in range(5):
            def clerk():
                try:
                    while True:
                        note = f"note {len(saved)}"
                        self.save(pc, code, {"append": {"notes": note}})
                        saved.append(note)
                except (OSError, ValueError, Refused):
                    pass

            thread = threading.Thread(target=clerk)
            thread.start()
            goal = len(saved) + 5 + random.Random(round_number).randrange(10)
            wait_until("notes", lambda: len(saved) >= goal, every=0.001)
            pc.kill()
            thread.join()
            pc.start()
            held = [note["text"] for note in pc.get(f"/v1/dossiers/{code}")["notes"]]
            # One more may have been committed without its answer having been heard.
            self.assertEqual(held[:len(saved)], saved)
            self.assertLessEqual(len(held), len(saved) + round_number + 1)
            saved[:] = held
        self.converge(*self.city.pcs.values())
        self.assertEqual([note["text"] for note in self.city.centre.get(f"/v1/dossiers/{code}")["notes"]], saved)

    def test_the_centre_may_die_at_any_moment(self):
        a, b = self.pcs()
        for number in range(4):
            self.import_at(a, 40, 1 + 1000 * number)
            time.sleep(0.03 * number)
            self.city.centre.kill()
            self.city.centre.start()
        self.converge(a, b)
        self.assertEqual(len(self.city.centre.dossiers()), 160)
        for site in (self.city.centre, a, b):
            self.assertEqual(site.ask("verify")["damage"], [])


class Lines(WithLines):
    def test_a_line_that_breaks_after_every_few_bytes_still_gets_everything_across(self):
        a, b = self.pcs()
        rng = random.Random(3)
        self.city.lines.tell("cut-after", "a", 400)
        self.city.lines.tell("cut-after", "b", 900)
        self.import_at(a, 60)
        for _ in range(25):
            for name, pc in self.city.pcs.items():
                if self.city.lines.tell("count", name).split()[3] != "0":
                    self.city.lines.tell("heal", name)
                    self.city.lines.tell("cut-after", name, rng.randrange(300, 6000))
                    pc.command("sync", "now")
            time.sleep(0.1)
        for name in self.city.pcs:
            self.city.lines.tell("heal", name)
        self.converge(a, b)
        self.assertEqual(len(b.dossiers()), 60)

    def test_the_same_dossiers_edited_apart_converge_and_a_conflict_is_decided_once(self):
        a, b = self.pcs()
        codes = [d["MaHoSo"] for d in self.import_at(a, 10)]
        self.converge(a, b)
        for name in ("a", "b"):
            self.city.lines.tell("cut", name)
        for code in codes:
            for name, pc in self.city.pcs.items():
                self.save(pc, code, {"set": {"SoDienThoai": f"090000000{'ab'.index(name)}"}, "append": {"notes": f"from {name}"}})
        self.save(a, codes[0], {"set": {"ChuHoSo": "Lê Văn A"}})
        self.save(b, codes[0], {"set": {"ChuHoSo": "Lê Văn B"}})
        for name in ("a", "b"):
            self.city.lines.tell("heal", name)
        self.converge(a, b)
        for code in codes:
            notes = sorted(note["text"] for note in a.get(f"/v1/dossiers/{code}")["notes"])
            self.assertEqual(notes, ["from a", "from b"])
        conflict = a.get("/v1/inbox")["conflicts"]
        self.assertEqual(conflict, b.get("/v1/inbox")["conflicts"])
        self.assertEqual(sorted(value["value"] for value in conflict[0]["values"]), ["Lê Văn A", "Lê Văn B"])
        b.command("inbox", "resolve", conflict[0]["id"], "--set", "ChuHoSo=Lê Văn C", "--why", "as printed")
        self.converge(a, b)
        self.assertEqual(a.get(f"/v1/dossiers/{codes[0]}")["fields"]["ChuHoSo"], "Lê Văn C")
        self.assertEqual(a.get("/v1/inbox")["conflicts"], [])
        a.command("inbox", "resolve", conflict[0]["id"], "--keep", "A", "--why", "late", expect=1)

    def test_two_decisions_apart_are_a_new_conflict(self):
        a, b = self.pcs()
        code = self.import_at(a, 1)[0]["MaHoSo"]
        self.converge(a, b)
        for values in (("Lê Văn A", "Lê Văn B"), (None, None)):
            for name in ("a", "b"):
                self.city.lines.tell("cut", name)
            for (name, pc), value in zip(self.city.pcs.items(), values):
                if value:
                    self.save(pc, code, {"set": {"ChuHoSo": value}})
                else:
                    conflict = pc.get("/v1/inbox")["conflicts"][0]
                    pc.command("inbox", "resolve", conflict["id"], "--set", f"ChuHoSo=Decided at {name}", "--why", "x")
            for name in ("a", "b"):
                self.city.lines.tell("heal", name)
            self.converge(a, b)
        values = [value["value"] for value in a.get("/v1/inbox")["conflicts"][0]["values"]]
        self.assertEqual(sorted(values), ["Decided at a", "Decided at b"])


class Entitlement(WithLines):
    def test_a_ward_gets_its_own_dossiers_only_and_nothing_personal_lies_readable(self):
        a, b = self.city.add_pc("a", "W-VYDA"), self.city.add_pc("b", "W-KIMLONG")
        dossiers = self.import_at(a, 20) + self.import_at(b, 10, 1001)
        for pc in (a, b):
            pc.command("sync", "wait", "--timeout", 60)
        wait_until("the centre to merge all", lambda: len(self.city.centre.dossiers()) == 30)
        self.assertEqual((len(a.dossiers()), len(b.dossiers())), (20, 10))
        wait_until("the registry to say so", lambda: all(line["state"] == "applied" for line in a.dossiers()))
        for pc in (a, b):
            self.assertEqual(files_that_hold(personal_texts(dossiers), pc.data), [])
        self.assertNotEqual(files_that_hold(["GET"], self.city.folder / "1.jsonl") + files_that_hold(["ChuHoSo"], self.city.folder / "1.jsonl"), [])


class Membership(WithLines):
    def test_a_waiting_device_holds_no_key_and_starts_when_it_is_approved(self):
        pc = Site(self.city.programs / "wardsync", self.city.folder / "a")
        pc.command("enrol", "--ticket", self.city.ticket("a", "W-VYDA"), "--yes")
        digits = digits_of(pc.said)
        self.assertIsNotNone(digits)
        device = self.city.centre.ask("device", "list")["devices"][0]
        self.assertEqual(device["standing"], "waiting")
        self.assertEqual(digits_of(device["fingerprint"]), digits)
        pc.start()
        self.city.pcs["a"] = pc
        pc.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Văn A", expect=4)
        self.city.centre.command("device", "approve", device["device"][:8], "--yes")
        self.city.centre.command("device", "approve", device["device"][:8], "--yes", expect=1)
        pc.command("sync", "now")
        wait_until("the PC to learn of its approval", lambda: pc.ask("status")["approval"] == "approved")
        self.import_at(pc, 3)
        self.converge(pc)

    def test_a_revoked_device_is_shut_out_at_once_and_shown_when_it_calls(self):
        a, b = self.pcs()
        self.import_at(a, 3)
        self.converge(a, b)
        device = a.ask("status")["device"]
        self.city.centre.command("device", "revoke", device, "--reason", "stolen")
        wait_until("the PC to learn that it is revoked", lambda: a.ask("status")["link"]["state"] == "revoked")
        wait_until("the alert", lambda: [row["alert"] for row in self.city.centre.ask("health")["devices"]][0] == "revoked_contact")
        a.command("sync", "wait", "--timeout", 5, expect=None)
        self.import_at(b, 2, 1001)
        self.city.pcs.pop("a")
        self.converge(b)
        self.assertEqual(len(self.city.centre.dossiers()), 5)
        a.stop()

    def test_a_ticket_works_once(self):
        ticket = self.city.ticket("a", "W-VYDA", "--pre-approved")
        first, second = (Site(self.city.programs / "wardsync", self.city.folder / name) for name in ("a", "b"))
        first.command("enrol", "--ticket", ticket, "--yes")
        second.command("enrol", "--ticket", ticket, "--yes", expect=4)
        self.assertIn("used before", second.said)
        first.command("enrol", "--ticket", ticket, "--yes", expect=None)
        self.assertEqual(len(self.city.centre.ask("device", "list")["devices"]), 1)

    def test_a_ticket_of_another_city_or_a_damaged_one_gains_nothing(self):
        other = City(PROGRAMS, tempfile.mkdtemp(prefix="wardsync-"))
        self.addCleanup(shutil.rmtree, other.folder)
        self.addCleanup(other.close)
        other.found()
        foreign = other.folder / "foreign.ticket"
        # It names this city's centre, and was made by another.
        other.centre.command("ticket", "new", "--unit", "W-VYDA", "--address", self.city.lines.address("a"), "-o", foreign)
        pc = Site(self.city.programs / "wardsync", self.city.folder / "a")
        pc.command("enrol", "--ticket", foreign, "--yes", expect=None)
        self.assertIn("To do:", pc.said)
        self.assertEqual(self.city.centre.ask("device", "list")["devices"], [])
        damaged = self.city.folder / "damaged.ticket"
        text = self.city.ticket("b", "W-VYDA").read_text()
        for wrong in ("", "hello", text[:40], text.replace(text[30], "A" if text[30] != "A" else "B", 1)):
            damaged.write_text(wrong)
            pc.command("enrol", "--ticket", damaged, "--yes", expect=1)
        self.assertEqual(self.city.centre.ask("device", "list")["devices"], [])

    def test_a_copied_disk_becomes_a_branch_and_both_arrive(self):
        a, b = self.pcs()
        code = self.import_at(a, 1)[0]["MaHoSo"]
        self.converge(a, b)
        a.stop()
        copy = Site(a.program, self.city.folder / "copy")
        shutil.copytree(a.data, copy.data, ignore=shutil.ignore_patterns("api.sock"))
        for site, note in ((a, "written on the original"), (copy, "written on the copy")):
            site.start()
            self.save(site, code, {"append": {"notes": note}})
            site.command("sync", "wait", "--timeout", 60)
            site.stop()
        wait_until("both notes", lambda: len(b.get(f"/v1/dossiers/{code}")["notes"]) == 2)
        self.assertNotEqual(self.alert_of("a"), "copy")  # one after the other is what a repaired PC looks like, too
        for site in (a, copy):
            site.start()
        for number in range(2):
            for site in (a, copy):
                self.save(site, code, {"append": {"notes": f"{site.data.name} {number}"}})
                site.command("sync", "wait", "--timeout", 60)
        self.assertEqual(self.alert_of("a"), "copy")
        self.assertIn("runs twice", json.dumps(self.city.centre.ask("device", "list"), ensure_ascii=False))
        self.assertEqual(len(self.city.centre.ask("audit", "show", "--kind", "copy_found")["entries"]), 1)
        copy.stop()


if __name__ == "__main__":
    sys.exit(unittest.main())
