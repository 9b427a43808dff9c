"""The cases of tests/data/conflicts.json with real programs: two PCs of one ward, the centre's own officials, and lines that are cut while they write."""
import json
from pathlib import Path

from city import wait_until

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "data/conflicts.json").read_text())["scenarios"]}
UNITS = {"W-PHUHOI": "W-VYDA", "C-TTHCC": "C-TTHCC"}
LISTS = {"NgayThu": "20200812101500", "NguoiThu": "Văn Ngọc Lan"}


class Case:
    """One case on one city. `pcs`: A and B, whose lines have the names `a` and `b`."""

    def __init__(self, city, case):
        self.city, self.case = city, case
        self.sites = {"A": city.pcs["a"], "B": city.pcs["b"], "C": city.centre}
        self.known = {name: set() for name in self.sites}
        self.told = {}

    # the line

    def line(self, order, *names):
        for name in names:
            if name != "C":
                self.city.lines.tell(order, name.lower())

    def exchange(self, *names):
        """Everything that these have goes to all of them, and nobody else hears of it."""
        self.line("heal", *names)
        for name in names:
            if name != "C":
                self.sites[name].command("sync", "wait", "--timeout", "60")
        wait_until("the centre to have merged", lambda: self.sites["C"].get("/v1/status")["log"]["applied"] == self.sites["C"].get("/v1/status")["log"]["size"])
        target = self.sites["C"].get("/v1/status")["log"]["size"]
        for name in names:
            if name != "C":
                wait_until(f"{name} to hear of it", lambda site=self.sites[name]: site.get("/v1/status")["applied"] >= target)
                wait_until(f"{name} to have the dossier", lambda site=self.sites[name]: site.call("GET", self.path)[0] == 200)
        self.line("cut", *names)

    # the dossier

    def begin(self, code):
        initial = self.case["initial"]
        dossier = {**initial["fields"], "MaHoSo": code, "TrangThaiHoSo": str(initial["status"]),
                   "TaiLieuNop": [{"TepDinhKemId": name, "TenTepDinhKem": f"{name}.pdf"} for name in initial["sets"].get("TaiLieuNop", [])]}
        path = self.city.folder / f"{self.case['id']}.jsonl"
        path.write_text(json.dumps(dossier, ensure_ascii=False) + "\n", encoding="utf-8")
        self.sites["A"].command("dossier", "import", path)
        self.id = self.sites["A"].get(f"/v1/dossiers/{code}")["id"]
        self.path = f"/v1/dossiers/{self.id}"
        self.exchange("A", "B")
        if UNITS[initial["custody"]] != "W-VYDA":
            self.say("A", "POST", "/hand-overs", {"to": UNITS[initial["custody"]]}, "clerk_an")
            self.exchange("A", "B")
            self.say("C", "POST", "/hand-overs/-/accept", {}, "officer_centre")
            self.exchange("A", "B")

    def say(self, site, method, what, body, user):
        status, answer = self.sites[site].call(method, f"{self.path}{what}?by={user}", body)
        if status not in (200, 201):
            raise AssertionError(f"{self.case['id']} at {site}: {method} {what}: {status} {answer}")
        return answer

    def do(self, op):
        site, user, value, path = op["site"], op["user"], op["value"], op["path"]
        if op["op"] in ("set", "resolve"):
            return self.say(site, "POST", "/changes", {"set": {path: value}}, user)
        if op["op"] == "remove":
            return self.say(site, "POST", "/changes", {"remove": {path: value}}, user)
        if op["op"] == "pay":
            series, number = path.split("#")
            return self.say(site, "POST", "/changes", {"append": {"BienLai": {"KyHieu": series, "SoBienLai": number, **LISTS, **value}}}, user)
        if op["op"] == "note":
            return self.say(site, "POST", "/changes", {"append": {"notes": value}}, user)
        if op["op"] == "offer":
            return self.say(site, "POST", "/hand-overs", {"to": UNITS[value]}, user)
        if op["op"] == "accept":
            return self.say(site, "POST", "/hand-overs/-/accept", {}, user)
        return self.enter_status(site, str(value), user)

    def enter_status(self, site, value, user):
        """What the program refuses a person is brought in as another program would: it is kept, and shown."""
        status, answer = self.sites[site].call("POST", f"{self.path}/status?by={user}", {"status": value, "why": "theo hồ sơ"})
        if status == 201:
            return answer
        assert status == 409, answer
        path = self.city.folder / "edit.jsonl"
        path.write_text(json.dumps({"dossier": self.id, "set": {"TrangThaiHoSo": value}, "by": user}) + "\n", encoding="utf-8")
        return self.sites[site].command("dossier", "apply", path)

    def run(self, code):
        self.begin(code)
        for op in sorted(self.case["ops"], key=lambda one: (len(self.closure(one)), one["hlc"])):
            missing = self.closure(op) - self.known[op["site"]]
            if missing:
                others = {next(one for one in self.case["ops"] if one["id"] == name)["site"] for name in missing}
                together = sorted(others | {op["site"], "C"})
                self.exchange(*together)
                everything = set().union(*(self.known[name] for name in together))
                for name in together:
                    self.known[name] |= everything
            self.do(op)
            self.known[op["site"]].add(op["id"])
        self.exchange("A", "B")
        self.exchange("A", "B")

    def closure(self, op):
        by_name = {one["id"]: one for one in self.case["ops"]}
        out, left = set(), list(op["pred"])
        while left:
            name = left.pop()
            if name in by_name and name not in out:
                out.add(name)
                left += by_name[name]["pred"]
        return out

    # what is expected

    def holders(self):
        """The sites that must show it: those of the unit that holds it, and the centre."""
        return ("C",) if UNITS[self.case["expect"]["custody"]] == "C-TTHCC" else ("A", "B", "C")

    def check(self, test):
        expect = self.case["expect"]
        for name in self.holders():
            shown = self.sites[name].get(self.path)
            where = f"{self.case['id']} at {name}"
            test.assertEqual(shown["custody"]["unit"], UNITS[expect["custody"]], where)
            test.assertEqual(shown["fields"].get("TrangThaiHoSo"), str(expect["status"]), where)
            fields = {**self.case["initial"]["fields"], **expect["fields"]}
            for field, value in fields.items():
                if field != "MaHoSo" and field not in expect["heads"]:
                    test.assertEqual(self.value_of(shown, field), value, f"{where}: {field}")
            for field in expect["heads"]:
                test.assertNotIn(field, shown["fields"], where)
            for collection, elements in expect["sets"].items():
                test.assertEqual(sorted(part["id"] for part in shown["parts"] if collection == "TaiLieuNop"), sorted(elements), where)
            test.assertEqual(len(shown["payments"]), len(expect["ledger"]), where)
            self.check_waiting(test, shown, where)

    @staticmethod
    def value_of(shown, field):
        collection, _, member = field.partition("/")
        if not member:
            return shown["fields"].get(field)
        element, _, name = member.partition("/")
        assert collection == "TaiLieuNop", field
        return next((part[name] for part in shown["parts"] if part["id"] == element), None)

    def check_waiting(self, test, shown, where):
        expect = self.case["expect"]
        wanted = sorted((one["kind"], one["path"], one["decider"], len(one["ops"]), tuple(one["blocks"])) for one in expect["inbox"])
        found = sorted((one["kind"], one["field"], one["decider"].get("user") or one["decider"]["role"], len(one["values"]), tuple(one["blocks"]))
                       for one in shown["conflicts"])
        test.assertEqual(found, wanted, where)
        test.assertEqual(len(shown["proposals"]), len(expect["proposals"]), where)
        test.assertEqual(len(shown["not_applied"]), len(expect["not_applied"]), where)
