#!/usr/bin/env python3
"""People log in with real programs: activation codes by the policy log, PINs at each PC, lock-out that neither kill -9 nor a clock ends."""
import json
import signal
import subprocess
import unittest

from city import Clock, Refused, Site, WithFolder, files_that_hold, wait_until

DOSSIER = {"MaHoSo": "H57-LOGIN-1", "MaTTHC": "1.003583", "ChuHoSo": "Nguyễn Văn Kín", "GioiTinhChuHoSo": "Nam", "TrangThaiHoSo": "2", "TongLePhi": 0}
PIN = {"lan": "hoa sen trắng", "an": "thuyền 3 lá", "admin": "cầu Trường Tiền"}
WRONG = "sai bét cả rồi"


class LogIn(WithFolder):
    def setUp(self):
        super().setUp()
        self.folder = self.city.folder
        self.city.found()
        self.city.lay_lines(("a",))
        self.centre = self.city.centre
        self.as_person(self.centre, "office")
        self.a = self.city.add_pc("a", "W-VYDA")
        self.as_person(self.a, "shared")
        self.a.command("dossier", "new", "--json", "-", text=json.dumps(DOSSIER))

    def as_person(self, site, name):
        """Its commands are those of an account of the operating system of its own."""
        site.environment["XDG_RUNTIME_DIR"] = str(self.folder / f"run-{name}")
        return site

    def person(self, name, of):
        """Another account of the operating system at the same PC."""
        other = Site(of.program, of.data, {"XDG_RUNTIME_DIR": str(self.folder / f"run-{name}")})
        return other

    def secret(self, text):
        path = self.folder / f"secret-{len(list(self.folder.glob('secret-*')))}"
        path.write_text(text + "\n", encoding="utf-8")
        return path

    def add_user(self, name, unit, role):
        code = self.folder / f"{name}.code"
        self.centre.command("user", "add", name, "--unit", unit, "--role", role, "--activation-out", code)
        return code

    def heard(self):
        count = self.centre.get("/v1/status")["policy_entries"]
        wait_until("the PC to have the policy log", lambda: self.a.get("/v1/status")["policy_entries"] == count)

    def activate(self, site, name, code, pin=None, expect=0):
        return site.command("login", "--user", name, "--activation-file", code, "--new-pin-file", self.secret(pin or PIN[name]), expect=expect)

    def log_in(self, site, name, pin=None, expect=0):
        return site.command("login", "--user", name, "--pin-file", self.secret(pin or PIN[name]), expect=expect)

    def refused(self, site=None, pin=WRONG, name="an"):
        """What a try over the API is answered."""
        status, problem = (site or self.a).call("POST", "/v1/log-in", {"user": name, "pin": pin})
        return status, problem.get("type", "").rpartition(":")[2], problem

    def history(self):
        return [(entry["by"], entry["value"]) for entry in self.a.ask("dossier", "history", DOSSIER["MaHoSo"])["history"]]

    def edit(self, site, value, *words, expect=0):
        return site.command("dossier", "edit", DOSSIER["MaHoSo"], "--set", f"GhiChu={value}", *words, expect=expect)

    def test_a_code_a_pin_and_two_people_at_one_pc(self):
        self.assertIn("nobody needs to log in", self.a.command("whoami"))
        self.edit(self.a, "trước")
        codes = {name: self.add_user(name, "W-VYDA", role) for name, role in (("lan", "leader"), ("an", "clerk"), ("tam", "technician"))}
        self.assertEqual(oct(codes["lan"].stat().st_mode)[-3:], "600")
        self.heard()
        self.city.lines.tell("cut", "a")  # the code is here; from now on the centre is not
        self.edit(self.a, "nobody", expect=4)
        self.assertIn("login --user NAME", self.a.said)
        self.a.command("dossier", "show", DOSSIER["MaHoSo"], expect=4)
        for words in (("status",), ("doctor",), ("verify",), ("sync", "now"), ("codes",)):
            self.a.command(*words, expect=None)
            self.assertNotIn("Nobody is logged in", self.a.said)
        self.a.command("support-bundle", "-o", self.folder / "bundle.txt")
        self.activate(self.a, "an", codes["lan"], expect=4)  # another's code
        self.activate(self.a, "an", codes["an"], pin="123456", expect=1)
        self.assertIn("guessed at once", self.a.said)
        self.assertIn("an, clerk of W-VYDA", self.activate(self.a, "an", codes["an"]))
        self.edit(self.a, "của an")
        self.edit(self.a, "của lan", "--user", "lan", expect=4)
        self.assertIn("You are logged in as an", self.a.said)
        lan = self.person("lan", self.a)  # another account of the operating system, at the same time
        lan.command("dossier", "list", expect=4)
        self.activate(lan, "lan", codes["lan"])
        self.edit(lan, "của lan")
        self.edit(self.a, "của an nữa")
        self.log_in(self.a, "lan")  # and they change places at one account
        self.edit(self.a, "của lan nữa")
        self.a.command("logout")
        self.edit(self.a, "x", expect=4)
        self.assertIn("nobody", self.a.command("whoami"))
        self.activate(self.a, "tam", codes["tam"], pin="máy in số 7")
        self.a.command("dossier", "show", DOSSIER["MaHoSo"], expect=4)
        self.assertIn("technician", self.a.said)
        self.log_in(self.a, "an", expect=0)
        said = [one for one in self.history() if one[1] and str(one[1]).startswith("của")]
        self.assertEqual(sorted(said), sorted([("an", "của an"), ("lan", "của lan"), ("an", "của an nữa"), ("lan", "của lan nữa")]))
        self.a.kill()
        self.a.start()
        self.edit(self.a, "x", expect=4)  # a log-in ends with the daemon
        self.a.command("login", "--user", "an", "--pin-file", "-", text=PIN["an"] + "\n")
        self.edit(self.a, "sau khi khởi động")
        secrets = [*PIN.values(), "máy in số 7", *(code.read_text().strip() for code in codes.values())]
        secrets += [path.read_text() for path in (self.folder / "run-shared").rglob("*.log-in")]
        for place in ("a", "centre", "a.out", "centre.out", "bundle.txt"):
            self.assertEqual(files_that_hold(secrets, self.folder / place), [])

    def test_killing_the_daemon_gives_no_more_tries_and_setting_the_clock_shortens_no_wait(self):
        code = self.add_user("an", "W-VYDA", "clerk")
        self.heard()
        self.a.stop()
        clock = Clock(self.folder / "clock")
        clock.rule(self.a)
        self.a.start()
        self.activate(self.a, "an", code)
        wrong, unanswered = 0, 0
        for _ in range(8):  # each killed as soon as it is counted: while the daemon looks at the PIN
            pending = subprocess.Popen([self.a.program, "login", "--user", "an", "--pin-file", self.secret(WRONG), "--data", self.a.data],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.a.environment)
            wait_until("the try to be counted", lambda: self.tries() > wrong or pending.poll() is not None, every=0.002)
            self.a.kill()
            unanswered += b"PIN is wrong" not in pending.communicate()[1]
            wrong = self.tries()
            self.a.start()
            if wrong >= 5:
                break
        self.assertEqual(wrong, 5)
        self.assertGreater(unanswered, 0, "a try was counted only when its answer was known")
        self.assertEqual(self.refused(pin=PIN["an"])[:2], (429, "wait"))
        for years in (1, 50, -10):
            clock.set(years * 365 * 86_400)
            status, kind, problem = self.refused(pin=PIN["an"])
            self.assertEqual((status, kind), (429, "wait"))
            self.assertGreater(problem["seconds"], 30)
        self.a.kill()
        self.a.start()
        self.assertGreater(self.refused(pin=PIN["an"])[2]["seconds"], 50)  # a restart begins the wait anew
        self.assertEqual(self.tries(), 5)

    def tries(self):
        import sqlite3
        with sqlite3.connect(f"file:{self.a.data}/wardsync.db?mode=ro", uri=True) as db:
            return max([row[0] for row in db.execute("SELECT failed FROM pin")], default=0)

    def test_nobody_learns_names_and_a_reset_voids_the_pin(self):
        codes = {name: self.add_user(name, "W-VYDA", "clerk") for name in ("an", "lan")}
        self.heard()
        self.activate(self.a, "an", codes["an"])
        answers = [self.refused(name=name) for name in ("an", "lan", "không ai")]
        self.assertEqual(answers[0][0], 403)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
        self.activate(self.a, "an", codes["an"], pin="mật khẩu mới", expect=4)  # it was used here
        again = self.folder / "an-2.code"
        self.centre.command("user", "reset", "an", "--activation-out", again)
        self.centre.command("user", "reset", "an", "--activation-out", again, expect=1)
        self.assertIn("exists already", self.centre.said)
        self.heard()
        self.a.command("dossier", "list", expect=4)  # the log-in ended with the PIN
        self.assertEqual(self.refused(pin=PIN["an"])[1], "wrong_pin")
        self.activate(self.a, "an", codes["an"], pin="mật khẩu mới", expect=4)
        self.activate(self.a, "an", again, pin="mật khẩu mới")
        self.log_in(self.a, "an", pin="mật khẩu mới")
        self.a.command("login", "--user", "an", "--pin-file", self.secret("mật khẩu mới"), "--new-pin-file", self.secret("mật khẩu thứ ba"))
        self.log_in(self.a, "an", pin="mật khẩu mới", expect=4)
        self.log_in(self.a, "an", pin="mật khẩu thứ ba")

    def test_who_is_disabled_while_the_line_is_cut_writes_until_it_is_back(self):
        code = self.add_user("an", "W-VYDA", "clerk")
        self.heard()
        self.activate(self.a, "an", code)
        self.city.lines.tell("cut", "a")
        self.centre.command("user", "disable", "an", "--why", "nghỉ việc")
        self.edit(self.a, "chưa biết")
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "now")
        self.heard()
        self.edit(self.a, "đã biết", expect=4)
        self.assertIn("Nobody is logged in", self.a.said)
        self.log_in(self.a, "an", expect=4)

    def test_the_city_is_for_its_administrators_and_cannot_lock_itself_out(self):
        code = self.folder / "clerk.code"
        self.centre.command("user", "add", "thu", "--unit", "C-TTHCC", "--role", "clerk", "--activation-out", code)
        self.centre.command("unit", "renew", "W-VYDA")  # until an administrator can log in, as ever
        self.centre.command("dossier", "list", expect=4)
        admin = self.add_user("admin", "C-TTHCC", "administrator")
        acts = [("unit", "renew", "W-VYDA"), ("user", "add", "x", "--unit", "W-VYDA", "--role", "clerk"), ("address", "set", "127.0.0.1:1"),
                ("user", "disable", "thu", "--why", "x"), ("ticket", "new", "--unit", "W-VYDA", "--address", "127.0.0.1:1", "-o", self.folder / "t"),
                ("device", "revoke", self.a.get("/v1/status")["device"], "--reason", "x")]
        for act in acts:
            self.centre.command(*act, expect=4)
            self.assertIn("Nobody is logged in", self.centre.said)
        self.activate(self.centre, "thu", code, pin="sông Hương 9")
        for act in acts:
            self.centre.command(*act, expect=4)
            self.assertIn("not for the role clerk", self.centre.said)
        self.activate(self.centre, "admin", admin)
        self.centre.command("unit", "renew", "W-VYDA")
        self.centre.command("user", "disable", "admin", "--why", "x", expect=1)
        self.assertIn("last administrator", self.centre.said)
        self.centre.command("user", "reset", "admin", "--role", "clerk", expect=1)
        self.centre.command("logout")
        self.centre.command("status")
        self.centre.command("health")
        again = self.folder / "again.code"
        self.centre.command("user", "reset", "admin", "--activation-out", again)  # by the daemon's own account: the way back in
        self.log_in(self.centre, "admin", expect=4)
        self.activate(self.centre, "admin", again, pin="PIN thứ hai nhé")
        self.centre.command("user", "add", "phụ", "--unit", "C-TTHCC", "--role", "administrator", "--activation-out", self.folder / "second.code")
        self.centre.command("user", "disable", "admin", "--why", "chuyển công tác")
        self.centre.command("user", "disable", "thu", "--why", "x", expect=4)  # that ended her own log-in
        self.centre.stop(signal.SIGKILL)
        self.centre.start()
        self.centre.command("user", "add", "x", "--unit", "W-VYDA", "--role", "clerk", expect=4)
        self.assertRaises(Refused, self.centre.command, "dossier", "list")


if __name__ == "__main__":
    unittest.main()
