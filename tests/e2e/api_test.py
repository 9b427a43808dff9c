#!/usr/bin/env python3
"""The APIs of both programs: every answer is checked against the program's own description, and what no form should send is refused in words."""
import sys
import unicodedata
import unittest

import invented
from browser import Events
from city import UnixConnection, wait_until, WithCity
from openapi import Description

import json

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


class Described(WithCity):
    """A city whose answers are all checked. The tests use dossiers of their own."""

    desks = {"a": ("--http", "127.0.0.1:0"), "b": ()}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.descriptions = {site: Description(site.get("/v1/openapi.json")) for site in (cls.a, cls.centre)}
        cls.descriptions[cls.b] = cls.descriptions[cls.a]
        cls.serial = 0

    def ask(self, site, method, path, body=None, headers=None):
        """(status, answer), after the answer was checked."""
        connection = UnixConnection(str(site.data / "api.sock"))
        try:
            payload = body if isinstance(body, (bytes, type(None))) else json.dumps(body, ensure_ascii=False).encode()
            connection.request(method, path, payload, headers or {})
            response = connection.getresponse()
            answer = response.read()
            kind = response.getheader("Content-Type", "")
        finally:
            connection.close()
        if "json" in kind and answer:
            answer = json.loads(answer)
        self.descriptions[site].check_answer(method, path, response.status, kind, answer)
        self.etag = response.getheader("ETag")
        return response.status, answer

    def get(self, site, path):
        status, answer = self.ask(site, "GET", path)
        self.assertEqual(status, 200, answer)
        return answer

    def new(self, site, **fields):
        type(self).serial += 1
        dossier = invented.dossiers(1, WARD, 50_000 + self.serial, 1)[0] | fields
        status, answer = self.ask(site, "POST", "/v1/dossiers", dossier)
        self.assertEqual(status, 201, answer)
        return answer["code"]

    def change(self, site, code, change, headers=None):
        return self.ask(site, "POST", f"/v1/dossiers/{code}/changes", change, headers)

    def refused(self, answer, status=422):
        self.assertEqual(answer[0], status, answer)
        for member in ("title", "detail", "safe", "remedy"):
            self.assertTrue(answer[1][member], answer)


class Answers(Described):
    def test_every_read_of_a_ward_is_as_described(self):
        code = self.new(self.a, ChuHoSo="Nguyễn Thị Mỹ")
        self.change(self.a, code, {"append": {"notes": "đã gọi"}})
        seen = self.get(self.a, f"/v1/dossiers/{code}")["version"]
        for name in ("Nguyễn Thị Mỹ A", "Nguyễn Thị Mỹ B"):
            self.assertEqual(self.change(self.a, code, {"set": {"ChuHoSo": name}, "seen": seen})[0], 201)
        conflict = self.get(self.a, f"/v1/dossiers/{code}")["conflicts"][0]["id"]
        self.a.command("sync", "wait", "--timeout", "60")
        for path in ("/v1/status", "/v1/health", "/metrics", "/v1/receipt", "/v1/outbox", "/v1/outbox/sealed", "/v1/units", "/v1/schema", "/v1/statuses", "/v1/procedures",
                     "/v1/causes", "/v1/openapi.json", "/", "/v1/dossiers", "/v1/dossiers?limit=1", "/v1/dossiers/similar?owner=Nguyen",
                     f"/v1/dossiers/{code}", f"/v1/dossiers/{code}?form=national", f"/v1/dossiers/{code}/history", f"/v1/dossiers/{code}/why?field=ChuHoSo", "/v1/inbox", f"/v1/inbox/{conflict}"):
            self.get(self.a, path)
        status, decided = self.ask(self.a, "POST", f"/v1/inbox/{conflict}/resolutions", {"keep": "A", "why": "giấy tờ"})
        self.assertEqual(status, 201)
        self.assertEqual([line["resolution"] for line in self.get(self.a, "/v1/decisions?limit=1")["decisions"]], [decided["resolution"]])
        self.assertIn(decided["resolution"], self.a.command("inbox", "decided"))
        self.assertEqual(self.ask(self.a, "DELETE", f"/v1/inbox/{conflict}/resolutions/{decided['resolution']}")[0], 201)
        self.assertIn(code, [row["dossier"] for row in self.get(self.a, "/v1/inbox")["conflicts"]])
        self.assertEqual(self.ask(self.a, "POST", "/v1/verification")[0], 200)
        self.assertEqual(self.ask(self.a, "POST", "/v1/sync", {"action": "now"})[0], 200)
        self.assertEqual(self.ask(self.a, "POST", "/v1/page-codes")[0], 201)
        self.assertEqual(self.ask(self.a, "GET", "/v1/session")[0], 404)

    def test_every_answer_of_the_centre_is_as_described(self):
        code = self.new(self.a)
        self.a.command("sync", "wait", "--timeout", "60")
        wait_until("the registry", lambda: self.ask(self.centre, "GET", f"/v1/dossiers/{code}")[1].get("state") == "applied")
        device = self.get(self.a, "/v1/status")["device"]
        for path in ("/v1/status", "/v1/health", "/metrics", "/v1/units", "/v1/devices", "/v1/devices?standing=approved", f"/v1/devices/{device}", "/v1/schema",
                     "/v1/statuses", "/v1/procedures", "/v1/causes", "/v1/addresses", "/v1/dossiers", f"/v1/dossiers/{code}", f"/v1/dossiers/{code}/history", f"/v1/dossiers/{code}/why?field=ChuHoSo",
                     f"/v1/dossiers/{code}/erasure", "/v1/erasures", "/v1/retention", "/v1/retention?on=2099-12-31", "/v1/handed-in", "/v1/forks", "/v1/limits"):
            self.get(self.centre, path)
        self.refused(self.ask(self.centre, "POST", f"/v1/devices/{device}/approval"))
        self.assertEqual(self.ask(self.centre, "POST", "/v1/tickets", {"unit": "W-VYDA", "address": "127.0.0.1:1"})[0], 200)
        self.assertEqual(self.ask(self.centre, "POST", "/v1/page-codes")[0], 409)
        self.assertEqual(self.ask(self.centre, "POST", "/v1/citizen-exports", {"identity": "046099000999"})[0], 200)
        for body in ({}, {"identity": ""}, {"identity": 7}, {"identity": "x" * 65}):
            self.refused(self.ask(self.centre, "POST", "/v1/citizen-exports", body))
        for body in ({"dossier": code}, {"dossier": code, "reason": ""}, {"dossier": code, "reason": "a\nb"}, {"dossier": code, "reason": 7}, {"dossier": code, "reason": "x", "sign": "zz"}):
            self.refused(self.ask(self.centre, "POST", "/v1/erasures", body))
        self.refused(self.ask(self.centre, "GET", "/v1/retention?on=2027-02-30"))
        for body in ({"day_bytes": 1}, {"day_bytes": "1"}, {"lease_days": -1}, {"lease_days": 3661}, {"unit": 7}):
            self.refused(self.ask(self.centre, "PUT", "/v1/limits", body))
        self.assertEqual(self.ask(self.centre, "PUT", "/v1/limits", {"unit": "W-VYDA", "day_bytes": 1 << 30})[0], 200)
        self.get(self.centre, "/v1/limits")
        for body in ({}, {"org": "00" * 16, "run": ""}, {"org": "00", "run": ""}):
            self.refused(self.ask(self.centre, "POST", "/v1/handed-in", body), self.ask(self.centre, "POST", "/v1/handed-in", body)[0])
        key = {"Idempotency-Key": "erase it once"}
        status, order = self.ask(self.centre, "POST", "/v1/erasures", {"dossier": code, "reason": "nhập trùng"}, key)
        self.assertEqual(status, 201)
        self.assertEqual(self.ask(self.centre, "POST", "/v1/erasures", {"dossier": code, "reason": "nhập trùng"}, key), (201, order))
        for path in ("/v1/erasures", f"/v1/erasures/{order['number']}", f"/v1/dossiers/{code}", f"/v1/dossiers/{code}/history", f"/v1/dossiers/{code}/erasure"):
            self.get(self.centre, path)
        wait_until("the ward to have erased it", lambda: "erased" in self.ask(self.a, "GET", f"/v1/dossiers/{code}")[1])
        self.get(self.a, f"/v1/dossiers/{code}")
        self.assertEqual(self.ask(self.centre, "POST", "/v1/verification")[0], 200)

    def test_what_several_authorities_work_on_is_as_described_before_it_is_fanned_out_and_after(self):
        code = self.new(self.a, MaTTHC="2.000986", TrangThaiHoSo="2")
        path = f"/v1/dossiers/{code}/parts"
        self.assertEqual([one["part"] for one in self.get(self.a, path)["missing"]], ["khai-sinh", "thuong-tru", "bhyt"])
        self.refused(self.ask(self.a, "POST", path, {}))  # no police here
        to = {"thuong-tru": "W-KIMLONG", "bhyt": "C-TTHCC"}
        status, made = self.ask(self.a, "POST", path, {"to": to, "note": "1 bản chính"})
        self.assertEqual((status, len(made["created"])), (201, 3))
        self.assertEqual(self.ask(self.a, "POST", path, {"to": to})[0], 200)
        self.refused(self.ask(self.a, "POST", path, {"to": {"ho-chieu": "C-TTHCC"}}))
        self.refused(self.ask(self.a, "POST", f"/v1/dossiers/{made['created'][0]['code']}/parts", {}), 409)
        for part in ("", *(f"/{one['code']}" for one in made["created"])):
            self.get(self.a, f"/v1/dossiers{part}")
        self.assertEqual([one["stage"] for one in self.get(self.a, f"/v1/dossiers/{code}")["linked"]["parts"]], ["in_work", "waits", "waits"])
        self.a.command("sync", "wait", "--timeout", "60")
        wait_until("the registry", lambda: self.ask(self.centre, "GET", f"/v1/dossiers/{code}")[1].get("state") == "applied")
        self.assertEqual(self.get(self.centre, path)["linked"]["count"], 3)
        self.refused(self.ask(self.centre, "POST", path, {}), 409)

    def test_reads_are_not_sent_twice(self):
        code = self.new(self.a)
        for path in (f"/v1/dossiers/{code}/history", "/v1/schema", "/v1/inbox"):
            # A receipt between the two changes what is shown, once.
            wait_until(f"{path} to rest", lambda path=path: self.get(self.a, path) and self.ask(self.a, "GET", path, headers={"If-None-Match": self.etag})[0] == 304)

    def test_a_key_writes_once_also_over_a_killed_daemon(self):
        code = self.new(self.b)
        first = self.change(self.b, code, {"append": {"notes": "một lần"}}, {"Idempotency-Key": "k-1"})
        self.b.kill()
        self.b.start()
        self.assertEqual(self.change(self.b, code, {"append": {"notes": "một lần"}}, {"Idempotency-Key": "k-1"}), first)
        self.assertEqual(len(self.get(self.b, f"/v1/dossiers/{code}")["notes"]), 1)
        self.refused(self.change(self.b, code, {"append": {"notes": "hai"}}, {"Idempotency-Key": "k-1"}))

    def test_a_key_acts_once_at_the_centre_also_over_a_killed_daemon(self):
        wanted = [("PUT", "/v1/addresses", {"addresses": ["a.example:7400"]}), ("PUT", "/v1/addresses", {"addresses": ["b.example:7400"]}),
                  ("POST", "/v1/tickets", {"unit": "W-VYDA", "address": "127.0.0.1:1"})]
        key = lambda number: {"Idempotency-Key": f"k-{number}"}
        first = [self.ask(self.centre, *call, key(number)) for number, call in enumerate(wanted)]
        self.assertEqual([status for status, _ in first], [200] * len(wanted))
        self.centre.kill()
        self.centre.start()
        self.assertEqual([self.ask(self.centre, *call, key(number)) for number, call in enumerate(wanted)], first)
        self.assertEqual(self.get(self.centre, "/v1/addresses")["addresses"], ["b.example:7400"])  # the first PUT was not done again
        self.refused(self.ask(self.centre, "PUT", "/v1/addresses", {"addresses": ["c.example:7400"]}, key(0)))

    def test_pages_of_lists_have_no_gap_and_no_repeat(self):
        made = {self.new(self.b) for _ in range(7)}
        seen, cursor = [], ""
        while True:
            page = self.get(self.b, f"/v1/dossiers?limit=3&cursor={cursor}")
            seen += [line["code"] for line in page["dossiers"]]
            cursor = page["next"]
            if not cursor:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertTrue(made <= set(seen))

    def test_a_dossier_made_by_mistake_is_marked_and_kept(self):
        code = self.new(self.a)
        self.a.command("dossier", "void", code, expect=2)
        self.a.command("dossier", "void", code, "--why", "nhập trùng")
        listed = lambda *more: code in self.a.command("dossier", "list", *more)
        self.assertFalse(listed())
        self.assertTrue(listed("--void"))
        self.a.command("dossier", "void", code, "--undo")
        self.assertTrue(listed())


class Happenings(Described):
    def test_events_tell_what_happens_on_both_sides(self):
        here, there, office = (Events(site.data / "api.sock") for site in (self.a, self.b, self.centre))
        for listener in (here, there, office):
            self.addCleanup(listener.close)
            self.assertEqual(listener.next()[1], "ready")
        code = self.new(self.a)
        saved = here.wait_for("saved")[2]
        identity = self.get(self.a, f"/v1/dossiers/{code}")["id"]
        self.assertEqual(saved, {"count": 1, "dossiers": [identity]})
        here.wait_for("receipted")
        here.wait_for("applied")
        self.assertEqual(there.wait_for("arrived")[2], {"count": 1, "dossiers": [identity]})
        office.wait_for("arrived")
        office.wait_for("applied")
        self.b.command("sync", "pause")
        self.assertEqual(there.wait_for("link")[2], {"state": "paused"})
        self.b.command("sync", "resume")

    def test_who_comes_back_misses_nothing(self):
        listener = Events(self.b.data / "api.sock")
        last = listener.next()[0]
        listener.close()
        made = [self.new(self.b) for _ in range(5)]
        listener = Events(self.b.data / "api.sock", after=last)
        self.addCleanup(listener.close)
        numbers = []
        told = 0
        while told < len(made):
            number, name, _ = listener.next()
            numbers.append(int(number.rpartition("-")[2]))
            told += name == "saved"
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.assertEqual(numbers[0], int(last.rpartition("-")[2]) + 1)

    def test_after_a_restart_the_first_event_says_to_read_anew(self):
        listener = Events(self.b.data / "api.sock")
        last = listener.next()[0]
        self.b.stop()
        with self.assertRaises(EOFError):
            while True:
                listener.next()
        listener.close()
        self.b.start()
        listener = Events(self.b.data / "api.sock", after=last)
        self.addCleanup(listener.close)
        self.assertEqual(listener.next()[1], "resync")
        self.new(self.b)
        listener.wait_for("saved")

    def test_a_cut_line_shows_in_the_outbox_and_its_healing_empties_it(self):
        listener = Events(self.b.data / "api.sock")
        self.addCleanup(listener.close)
        self.b.command("sync", "wait", "--timeout", "60")
        self.city.lines.tell("cut", "b")
        wait_until("the link to end", lambda: self.get(self.b, "/v1/status")["link"]["state"] != "open")
        code = self.new(self.b)
        row = next(row for row in self.get(self.b, "/v1/outbox")["dossiers"] if row["code"] == code)
        self.assertEqual((row["cause"]["code"], row["stuck"]), ("link_down", False))
        self.assertEqual(self.get(self.b, "/v1/status")["exposure"]["dossiers"], 1)
        self.city.lines.tell("heal", "b")
        wait_until("the outbox to be empty", lambda: self.get(self.b, "/v1/outbox")["dossiers"] == [])
        listener.wait_for("receipted")


class BadInput(Described):
    def test_text_that_is_odd_but_text_comes_back_as_it_was(self):
        for text in ("<script>alert(1)</script>", "Lê \u202eVăn\u202c An", "🏠 nhà", "=HYPERLINK(\"x\")", "a\"b\\c/d", "'; DROP TABLE record; --", "dòng một\ndòng hai"):
            code = self.new(self.a, GhiChu=text)
            self.assertEqual(self.get(self.a, f"/v1/dossiers/{code}")["fields"]["GhiChu"], text)

    def test_decomposed_text_is_stored_composed(self):
        name = "Nguyễn Phước Bửu Lộc"
        code = self.new(self.a, ChuHoSo=unicodedata.normalize("NFD", name))
        self.assertEqual(self.get(self.a, f"/v1/dossiers/{code}")["fields"]["ChuHoSo"], name)
        self.assertIn(code, [line["code"] for line in self.get(self.a, "/v1/dossiers?query=nguyen%20phuoc%20buu%20loc")["dossiers"]])

    def test_what_cannot_be_is_refused_in_words(self):
        code = self.new(self.a)
        before = self.get(self.a, f"/v1/dossiers/{code}")["version"]
        for value in ("x\x00y", "x\x1by", "x\x7fy", "x\r", 7, True, ["a"], {"a": 1}, 1.5):
            self.refused(self.change(self.a, code, {"set": {"ChuHoSo": value}}))
        for change in ({"set": []}, {"set": {"": "x"}}, {"put": {}}, {"set": {"ChuHoSo": "x"}, "seen": "zz"}, {"set": {"ChuHoSo": "x"}, "by": "x" * 65},
                       {"set": {"ChuHoSo": "x"}, "why": 7}, {"append": {"BienLai": "x"}}, {"add": {"ChuHoSo": "x"}}, {}):
            self.refused(self.change(self.a, code, change))
        answer = self.change(self.a, code, {"set": {"ChuHoSo": "x" * 5000}})
        self.refused(answer)
        for body in (b"\xff\xfe", b"{", b"[]", b"null", b"\xef\xbb\xbf{}", b'{"set":{"ChuHoSo":"\\ud800"}}', b"[" * 10_000, b'{"a":' * 10_000):
            self.refused(self.ask(self.a, "POST", f"/v1/dossiers/{code}/changes", body))
        self.assertEqual(self.get(self.a, f"/v1/dossiers/{code}")["version"], before)

    def test_queries_that_cannot_be_are_refused_in_words(self):
        for query in ("limit=0", "limit=501", "limit=x", "cursor=x", "conflict=yes", "void=1"):
            self.refused(self.ask(self.a, "GET", f"/v1/dossiers?{query}"))
        self.refused(self.ask(self.a, "GET", "/v1/dossiers/similar"))
        self.refused(self.ask(self.a, "GET", "/v1/dossiers/id:12"))
        self.refused(self.ask(self.a, "GET", "/v1/dossiers/no-such-code"), 404)
        self.refused(self.ask(self.centre, "GET", "/v1/devices/abc"))
        self.refused(self.ask(self.centre, "POST", "/v1/tickets", {"unit": "W-NONE", "address": "127.0.0.1:1"}), 404)
        for body in ({"unit": 7}, {"unit": "W-VYDA"}, {"unit": "W-VYDA", "address": "x"}, {"unit": "W-VYDA", "address": "a:1", "hours": 0},
                     {"unit": "W-VYDA", "address": "a:1", "label": "x" * 65}):
            self.refused(self.ask(self.centre, "POST", "/v1/tickets", body))

    def test_no_value_is_repeated_in_a_refusal(self):
        secret = "không phải giới tính"
        answer = self.ask(self.a, "POST", "/v1/dossiers", {"GioiTinhChuHoSo": secret})
        self.refused(answer)
        self.assertNotIn(secret, json.dumps(answer[1], ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(unittest.main())
