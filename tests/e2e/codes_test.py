#!/usr/bin/env python3
"""Ward PCs number dossiers by themselves: with a link and without, after a restore, when the day's serials are used up, when a clock is wrong."""
import re
import shutil
import sys
import time
import unittest

from city import HERE, Clock, UnixConnection, WithFolder, wait_until

UNIT = "W-VYDA"
IDENTIFICATION = "000.45.22.H57"
OFFICIAL = re.compile(re.escape(IDENTIFICATION) + r"-(\d{6})-(\d{4})$")
PROVISIONAL = re.compile(r"\d{16}$")
DAY = 86_400


def vietnam(seconds, form="%y%m%d"):
    return time.strftime(form, time.gmtime(seconds + 7 * 3600))


class Codes(WithFolder):
    def found(self, names=("a",), per_day=8, units=None):
        # What is counted here is what one day gives, in Vietnam.
        wait_until("midnight to pass", lambda: (time.time() + 7 * 3600) % DAY < DAY - 240, seconds=300)
        self.city.found(HERE / "units.csv", "--codes-per-day", str(per_day))
        self.centre = self.city.centre
        self.city.lay_lines(names)
        for name in names:
            setattr(self, name, self.city.add_pc(name, (units or {}).get(name, UNIT)))
            wait_until(f"{name} to hold its block", lambda name=name: getattr(self, name).get("/v1/codes")["blocks"])

    def lodge(self, site, **fields):
        status, answer = site.call("POST", "/v1/dossiers", {"ChuHoSo": "Nguyễn Thị An", **fields})
        self.assertEqual(status, 201, answer)
        self.assertEqual(answer["provisional"], bool(PROVISIONAL.match(answer["code"])), answer)
        return answer

    def official(self, site, day=None):
        code = self.lodge(site)["code"]
        self.assertRegex(code, OFFICIAL)
        self.assertEqual(OFFICIAL.match(code).group(1), day or vietnam(time.time()))
        return int(OFFICIAL.match(code).group(2))

    def provisional(self, site, why):
        answer = self.lodge(site)
        self.assertRegex(answer["code"], PROVISIONAL)
        codes = site.get("/v1/codes")
        self.assertEqual((codes["official"], codes["why"]), (False, why))
        self.assertEqual(codes["left_today"], 0)
        self.assertTrue(codes["cause"]["vi"] and codes["action"]["vi"])
        return answer

    def codes_of(self, site, dossier):
        return site.get(f"/v1/dossiers/{dossier['id']}")["codes"]

    def test_the_centre_gives_its_own_officials_codes_and_none_twice_when_an_older_database_is_put_back(self):
        self.found()
        own = re.compile(r"000\.00\.22\.H57-\d{6}-(\d{4})$")
        first = self.lodge(self.centre)
        self.assertRegex(first["code"], own)
        self.centre.stop()
        older = self.city.folder / "older.db"
        shutil.copy(self.centre.data / "centre.db", older)
        self.centre.start()
        second = self.lodge(self.centre)
        self.assertRegex(second["code"], own)
        self.assertNotEqual(first["code"], second["code"])
        self.centre.stop()
        for name in ("centre.db", "centre.db-wal", "centre.db-shm"):
            (self.centre.data / name).unlink(missing_ok=True)
        shutil.copy(older, self.centre.data / "centre.db")
        self.centre.start()
        third = self.lodge(self.centre)
        self.assertRegex(third["code"], PROVISIONAL)  # until tomorrow nobody knows what was given today
        self.centre.stop()
        clock = Clock(self.city.folder / "centre.clock")
        clock.set(DAY)
        clock.rule(self.centre)
        self.centre.start()
        wait_until("an official code", lambda: own.match(self.codes_of(self.centre, third)[0]))
        self.assertEqual(self.codes_of(self.centre, third)[1:], [third["code"]])
        self.assertNotIn(self.codes_of(self.centre, third)[0], (first["code"], second["code"]))

    def wait_for_official(self, site, dossier):
        wait_until(f"an official code of {dossier['id']}", lambda: OFFICIAL.match(self.codes_of(site, dossier)[0]))
        codes = self.codes_of(site, dossier)
        self.assertEqual(codes[1:], [dossier["code"]])  # the provisional one stays, behind
        return int(OFFICIAL.match(codes[0]).group(2))

    def test_two_pcs_number_without_a_link_and_never_meet(self):
        self.found(["a", "b"])
        self.city.lines.tell("cut", "a")
        self.city.lines.tell("cut", "b")
        first = [self.official(self.a) for _ in range(3)]
        second = [self.official(self.b) for _ in range(3)]
        self.assertEqual((first, second), ([1, 2, 3], [9, 10, 11]))
        self.a.kill()
        self.a.start()
        self.assertEqual(self.official(self.a), 4)
        said = self.a.command("codes")
        self.assertIn("4 given, 4 left", said)
        self.assertIn("1 to 8 on each day", said)
        codes = self.a.get("/v1/status")["codes"]
        self.assertEqual((codes["left_today"], codes["official"], codes["why"], codes["provisional"]), (4, True, None, 0))
        self.assertIn("wardsync_codes_left_today 4", self.metrics(self.a))
        self.assertEqual(oct((self.a.data / "codes.mark").stat().st_mode & 0o777), "0o600")
        self.assertEqual(self.lodge(self.a, MaHoSo="H57-201124-0001")["code"], "H57-201124-0001")  # one that has a code keeps it
        self.assertEqual(self.official(self.a), 5)

    def metrics(self, site):
        connection = UnixConnection(str(site.data / "api.sock"))
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def test_what_is_used_up_gives_provisional_codes_until_more_comes(self):
        self.found(per_day=3)
        self.city.lines.tell("cut", "a")
        for serial in (1, 2, 3):
            self.assertEqual(self.official(self.a), serial)
        waiting = [self.provisional(self.a, "used_up") for _ in range(2)]
        said = waiting[0]["code"]
        aloud = " ".join(said[at:at + 4] for at in range(0, 16, 4))
        self.assertEqual(self.a.ask("dossier", "show", aloud)["id"], waiting[0]["id"])
        self.assertEqual(self.a.get("/v1/status")["codes"]["provisional"], 2)
        self.assertIn("2 dossiers wait for an official one", self.a.command("status"))
        self.city.lines.tell("heal", "a")
        given = {self.wait_for_official(self.a, dossier) for dossier in waiting}  # the centre saw it and gave more
        self.assertEqual(given, {4, 5})
        self.assertEqual(self.a.get("/v1/codes")["official"], True)
        wait_until("the centre to know", lambda: [d["provisional"] for d in self.centre.get("/v1/codes/blocks")["devices"]] == [0])
        for name in (waiting[0]["code"], self.codes_of(self.a, waiting[0])[0]):
            self.assertEqual(self.centre.get(f"/v1/dossiers/{name}")["id"], waiting[0]["id"])

    def test_codes_are_given_by_hand_and_listed(self):
        self.found(per_day=5)
        device = self.a.get("/v1/status")["device"]
        today, later = vietnam(time.time(), "%Y-%m-%d"), vietnam(time.time() + 9 * DAY, "%Y-%m-%d")
        said = self.centre.command("codes", "give", "--device", device[:8], "--from", today, "--to", later, "--serials", "20")
        self.assertEqual(said, f"6-25 from {today} to {later}\n")
        wait_until("the PC to hold it", lambda: self.a.get("/v1/codes")["left_today"] == 25)
        self.assertEqual([block["last"] for block in self.a.get("/v1/codes")["blocks"]], [5, 25])
        listed = self.centre.ask("codes", "list", "--unit", UNIT)["devices"]
        self.assertEqual([(d["device"], d["left_today"], len(d["blocks"])) for d in listed], [(device, 25, 2)])
        self.assertIn(f"6-25 from {today} to {later}", self.centre.command("codes", "list"))
        self.centre.command("codes", "list", "--unit", "W-NOWHERE", expect=1)
        good = {"device": device, "from": today, "to": today, "serials": 1}
        key = {"Idempotency-Key": "twice"}
        first = self.centre.call("POST", "/v1/codes/blocks", good, key)
        self.assertEqual(first[0], 201)
        self.assertEqual(self.centre.call("POST", "/v1/codes/blocks", good, key), first)
        for bad in ({"serials": 0}, {"serials": 100_001}, {"serials": "many"}, {"from": later}, {"from": "2026-02-30"}, {"to": "tomorrow"}, {"to": "2099-12-31"},
                    {"device": ""}, {"device": "zzzz"}, {"device": 7}, {"from": None}):
            status, problem = self.centre.call("POST", "/v1/codes/blocks", good | bad)
            self.assertIn(status, (404, 422), (bad, problem))
        self.centre.command("codes", "give", "--device", "ffffffff", "--from", today, "--to", today, "--serials", "1", expect=1)
        self.centre.command("codes", "give", "--device", device, "--from", "heute", "--to", today, "--serials", "1", expect=1)
        self.centre.command("codes", "give", "--device", device, "--from", today, "--to", today, "--serials", "0", expect=2)

    def test_an_older_database_is_put_back_and_no_code_comes_twice(self):
        self.found()
        self.official(self.a)
        self.a.command("sync", "wait", "--timeout", "60")
        self.city.lines.tell("cut", "a")
        self.a.stop()
        for name in ("wardsync.db", "wardsync.db-wal"):
            if (self.a.data / name).exists():
                shutil.copy(self.a.data / name, self.city.folder / name)
        self.a.start()
        lost = [self.official(self.a) for _ in range(3)]
        self.a.stop()
        for name in ("wardsync.db", "wardsync.db-wal", "wardsync.db-shm"):
            (self.a.data / name).unlink(missing_ok=True)
            if (self.city.folder / name).exists():
                shutil.copy(self.city.folder / name, self.a.data / name)
        self.a.start()
        waiting = self.provisional(self.a, "memory")
        self.a.stop()
        self.a.start()  # nor after another start
        self.provisional(self.a, "memory")
        self.city.lines.tell("heal", "a")
        self.assertGreater(self.wait_for_official(self.a, waiting), max(lost))
        self.assertGreater(self.official(self.a), max(lost))

    def test_one_code_at_two_wards_is_shown_to_both_and_to_the_centre_until_people_have_settled_it(self):
        self.found(["a", "b"], units={"b": "W-KIMLONG"})
        mine, theirs = (self.lodge(site, MaHoSo="H57-201124-0001")["id"] for site in (self.a, self.b))
        sites = (self.a, self.b, self.centre)

        def shown(site):
            return [(one["code"], sorted(dossier["id"] for dossier in one["dossiers"])) for one in site.get("/v1/codes/shared")["shared"]]
        for site in sites:
            wait_until(f"{site.data.name} to show it", lambda site=site: shown(site) == [("H57-201124-0001", sorted([mine, theirs]))])
        self.assertEqual(self.a.get("/v1/status")["codes"]["shared"], 1)
        self.assertIn("not here", self.a.command("dossier", "shared-codes"))
        self.assertIn(theirs, self.centre.command("dossier", "shared-codes"))
        self.assertIn("WS-D034", self.a.command("doctor"))
        status, problem = self.centre.call("GET", "/v1/dossiers/H57-201124-0001")
        self.assertEqual(status, 409, problem)
        self.assertEqual([self.codes_of(self.a, {"id": mine}), self.codes_of(self.b, {"id": theirs})], [["H57-201124-0001"]] * 2)  # nothing was renumbered
        for bad in ({}, {"why": ""}, {"why": 7}):
            self.assertEqual(self.a.call("POST", f"/v1/dossiers/{mine}/codes", bad)[0], 422)
        self.a.command("dossier", "another-code", "id:" + "0" * 32, "--why", "x", expect=1)
        given = self.a.command("dossier", "another-code", mine, "--why", "trùng mã").strip()
        self.assertRegex(given, OFFICIAL)
        self.assertEqual(self.codes_of(self.a, {"id": mine}), ["H57-201124-0001", given])
        for site in sites:
            wait_until(f"{site.data.name} to have it settled", lambda site=site: shown(site) == [])

    def test_a_lost_mark_makes_codes_provisional_until_tomorrow(self):
        self.found()
        self.assertEqual(self.official(self.a), 1)
        self.a.command("sync", "wait", "--timeout", "60")
        self.a.stop()
        (self.a.data / "codes.mark").write_bytes(b"torn")
        self.city.lines.tell("cut", "a")
        clock = Clock(self.city.folder / "clock")
        clock.rule(self.a)
        self.a.start()
        waiting = self.provisional(self.a, "memory")
        self.a.stop()
        self.a.start()
        self.provisional(self.a, "memory")
        clock.set(DAY)
        self.assertIn(self.wait_for_official(self.a, waiting), (1, 2))
        self.assertEqual(self.codes_of(self.a, waiting)[0].split("-")[1], vietnam(time.time() + DAY))
        clock.set(0)  # it had gone ahead, and comes back: nobody knows now
        self.provisional(self.a, "clock")

    def test_a_clock_that_is_not_believed_gives_provisional_codes(self):
        self.found()
        self.a.stop()
        self.city.lines.tell("cut", "a")
        clock = Clock(self.city.folder / "clock")
        clock.rule(self.a)
        clock.set_to(1970)
        self.a.start()
        waiting = self.provisional(self.a, "clock")
        clock.set_to(2099)
        self.provisional(self.a, "clock")
        clock.set(0)
        self.assertIn(self.wait_for_official(self.a, waiting), (1, 2))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])
