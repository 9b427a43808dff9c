#!/usr/bin/env python3
"""The centre's program: what it does for an administrator, and what it says when something is wrong."""
import json
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import unittest

from city import HERE, Site, WithFolder



class WithCentre(WithFolder):
    def setUp(self):
        super().setUp()
        self.centre, self.folder = self.city.centre, self.city.folder

    def says(self, site, words, exit_code, *parts):
        """The command ends so, and its words hold all the parts: what happened, what is safe, what to do."""
        site.command(*words, expect=exit_code)
        for part in parts:
            self.assertIn(part, site.said)


class Init(WithCentre):
    def init(self, *more, expect=0):
        return self.centre.command("init", "--org", "hue", "--units", HERE / "units.csv", *more, expect=expect)

    def test_makes_keys_that_nobody_else_can_read_and_says_where_the_root_key_belongs(self):
        self.init()
        for path in (self.folder / "centre" / "centre.key", self.folder / "centre-root.key", self.folder / "centre-root.key.next"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
        self.assertIn("safe", self.centre.said)
        self.assertIn("centre-root.key", self.centre.said)
        root = (self.folder / "centre-root.key").read_text().split()[-1]
        self.assertEqual(len(bytes.fromhex(root)), 32)
        inside = b"".join(path.read_bytes() for path in (self.folder / "centre").iterdir())
        self.assertNotIn(bytes.fromhex(root), inside)
        self.assertNotIn(root.encode(), inside)

    def test_twice_changes_nothing(self):
        self.init()
        before = {path: path.read_bytes() for path in (self.folder / "centre").iterdir() if path.name != "lock"}
        self.says(self.centre, ("init", "--org", "other", "--units", HERE / "units.csv"), 1, "holds a centre already", "To do:")
        self.assertEqual(before, {path: path.read_bytes() for path in (self.folder / "centre").iterdir() if path.name != "lock"})

    def test_a_bad_unit_table_is_named_by_its_line_and_leaves_nothing(self):
        bad = self.folder / "bad.csv"
        bad.write_text("code,name_vi,name_en,kind,parent\nW-A,A,A,ward,\nw-b,B,B,ward,\n", encoding="utf-8")
        self.says(self.centre, ("init", "--org", "hue", "--units", bad), 1, "line 3", "A-Z")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["bad.csv"])
        self.says(self.centre, ("init", "--org", "hue", "--units", self.folder / "none.csv"), 1, "none.csv")

    def test_does_not_overwrite_a_root_key(self):
        root = self.folder / "root.key"
        root.write_text("precious")
        self.init("--root-key", root, expect=1)
        self.assertEqual(root.read_text(), "precious")
        self.assertFalse((self.folder / "centre" / "centre.db").exists())
        self.init("--root-key", self.folder / "stick.key")
        self.assertTrue((self.folder / "stick.key").exists())

    def test_wrong_usage_is_exit_2(self):
        for words in ((), ("init",), ("init", "--org", "hue"), ("device",), ("ticket", "new"), ("frobnicate",), ("run", "--listen")):
            done = subprocess.run([self.centre.program, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(done.stdout, "")
            self.assertNotEqual(done.stderr, "")
        for words in (("--help",), ("init", "--help"), ("ticket", "new", "--help")):
            self.assertEqual(subprocess.run([self.centre.program, *words], capture_output=True, check=False).returncode, 0)


class Run(WithCentre):
    def test_without_init_it_says_what_to_do(self):
        self.says(self.centre, ("run",), 4, "wardsync-centre init")
        (self.folder / "centre").mkdir()
        self.says(self.centre, ("run",), 4, "wardsync-centre init")

    def test_a_port_that_is_taken_is_named(self):
        self.centre.command("init", "--org", "hue", "--units", HERE / "units.csv")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.says(self.centre, ("run", "--listen", address), 1, address, "in use")
            self.says(self.centre, ("run", "--listen", "127.0.0.1:0", "--http", address), 1, address, "in use")
        self.says(self.centre, ("run", "--listen", "127.0.0.1:0", "--http", "0.0.0.0:0"), 2, "127.0.0.1")
        for wrong in ("127.0.0.1", "127.0.0.1:70000", ":1", "somewhere:x"):
            self.says(self.centre, ("run", "--listen", wrong), 2, "To do:")

    def test_a_second_process_on_the_same_data_is_turned_away(self):
        self.city.found()
        for words in (("run", "--listen", "127.0.0.1:0"), ("init", "--org", "x", "--units", HERE / "units.csv")):
            self.says(self.centre, words, 1, "wardsync-centre run, process", "Nothing was changed")

    def test_data_of_a_newer_version_is_left_alone(self):
        self.centre.command("init", "--org", "hue", "--units", HERE / "units.csv")
        with sqlite3.connect(self.folder / "centre" / "centre.db") as db:
            db.execute("PRAGMA user_version = 9999")
        db.close()
        self.says(self.centre, ("run", "--listen", "127.0.0.1:0"), 1, "newer version")

    def test_a_database_of_something_else_is_refused(self):
        self.centre.command("init", "--org", "hue", "--units", HERE / "units.csv")
        (self.folder / "centre" / "centre.db").write_bytes(b"not a database" * 1000)
        self.says(self.centre, ("run", "--listen", "127.0.0.1:0"), 5, "To do:")

    def test_a_key_file_that_others_can_read_is_refused(self):
        self.centre.command("init", "--org", "hue", "--units", HERE / "units.csv")
        (self.folder / "centre" / "centre.key").chmod(0o644)
        self.says(self.centre, ("run", "--listen", "127.0.0.1:0"), 4, "chmod 600")

    def test_ends_on_a_signal_and_comes_back(self):
        self.city.found()
        self.assertEqual(self.centre.stop(signal.SIGTERM), 0)
        self.centre.start()
        self.assertEqual(self.centre.stop(signal.SIGINT), 130)
        self.centre.start()
        self.centre.kill()
        self.centre.start()
        self.assertEqual(self.centre.ask("status")["organisation"], "hue")

    def test_noise_from_strangers_does_not_hurt(self):
        host, port = self.city.found().split(":")
        for rubbish in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100_000, b"WSYN\x01" + b"\xff\xff" + b"\0" * 65535):
            with socket.create_connection((host, int(port)), timeout=5) as stranger:
                try:
                    stranger.sendall(rubbish)
                except OSError:
                    pass
        self.assertEqual(self.centre.ask("status")["organisation"], "hue")


class Administration(WithCentre):
    def setUp(self):
        super().setUp()
        self.city.found(HERE / "units.csv", "--http", "127.0.0.1:0")

    def test_clients_say_when_no_daemon_runs(self):
        self.centre.stop()
        for words in (("status",), ("device", "list"), ("unit", "list"), ("health",), ("dossier", "list"), ("dossier", "show", "x")):
            self.says(self.centre, words, 3, "not running", "wardsync-centre run")
        self.says(Site(self.centre.program, self.folder / "nowhere"), ("status",), 3, "does not exist")

    def test_tickets(self):
        path = self.folder / "a.ticket"
        new = ("ticket", "new", "--unit", "W-VYDA", "--address", "127.0.0.1:7400", "-o", path)
        self.centre.command(*new)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertTrue(path.read_text().startswith("WARDSYNC-TICKET-1 "))
        self.says(self.centre, new, 1, "exists already")
        self.says(self.centre, ("ticket", "new", "--unit", "W-NOWHERE", "--address", "a:1", "-o", self.folder / "b"), 1, "unit")
        self.says(self.centre, ("ticket", "new", "--unit", "W-VYDA", "--address", "nowhere", "-o", self.folder / "b"), 1, "host:port")
        self.says(self.centre, ("ticket", "new", "--unit", "W-VYDA", "--address", "a:1", "--expires", "0", "-o", self.folder / "b"), 2)
        self.assertFalse((self.folder / "b").exists())

    def test_units_and_an_unknown_device(self):
        units = self.centre.ask("unit", "list")["units"]
        self.assertEqual([unit["code"] for unit in units], ["C-HUE", "C-TTHCC", "W-KIMLONG", "W-VYDA"])
        self.assertIn("Vỹ Dạ", self.centre.command("unit", "list"))
        self.assertEqual(self.centre.ask("device", "list"), {"devices": []})
        self.assertEqual(self.centre.ask("health"), {"backup": None, "archived": 0, "restored": None, "devices": []})
        for words in (("device", "show", "abcd"), ("device", "approve", "abcd"), ("device", "revoke", "abcd", "--reason", "lost")):
            self.says(self.centre, words, 1, "no device", "Nothing was changed")
        self.says(self.centre, ("device", "show", "ab"), 1, "first 4 digits")
        self.says(self.centre, ("dossier", "show", "no-such-code"), 1, "Nothing was changed")

    def test_the_loopback_port_wants_the_token(self):
        host, port = self.centre.ask("status")["http"].split(":")
        token = (self.centre.data / "api.token").read_text().strip()
        self.assertEqual(stat.S_IMODE((self.centre.data / "api.token").stat().st_mode), 0o600)

        def status_with(headers):
            import http.client
            connection = http.client.HTTPConnection(host, int(port), timeout=5)
            connection.request("GET", "/v1/units", headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status

        self.assertEqual(status_with({"Authorization": f"Bearer {token}"}), 200)
        self.assertEqual(status_with({}), 401)
        self.assertEqual(status_with({"Authorization": "Bearer " + "0" * 64}), 401)
        self.assertGreaterEqual(status_with({"Authorization": f"Bearer {token}", "Host": "evil.example"}), 400)
        self.assertGreaterEqual(status_with({"Authorization": f"Bearer {token}", "Origin": "http://evil.example"}), 400)

    def test_problems_are_problem_json(self):
        status, problem = self.centre.call("POST", "/v1/tickets", {"unit": 7})
        self.assertEqual(status, 422)
        self.assertEqual(problem["type"], "urn:wardsync:problem:invalid")
        self.assertIn("unit", problem["detail"])
        self.assertEqual(self.centre.call("GET", "/v1/nothing")[0], 404)
        self.assertEqual(self.centre.call("DELETE", "/v1/units")[0], 405)
        self.assertEqual(self.centre.call("GET", "/v1/dossiers?limit=0")[0], 422)
        self.assertEqual(self.centre.call("GET", "/v1/dossiers?limit=99999999999999999999")[0], 422)

    def test_verify_with_and_without_the_daemon(self):
        self.assertEqual(self.centre.ask("verify")["damage"], [])
        self.centre.stop()
        self.assertEqual(self.centre.ask("verify")["damage"], [])

    def test_version_and_status(self):
        self.assertEqual(json.loads(self.centre.command("version", "--json"))["program"], "wardsync-centre")
        status = self.centre.ask("status")
        self.assertEqual(status["devices"], {"approved": 0, "waiting": 0, "revoked": 0})
        self.assertEqual(status["policy_entries"], 5)


if __name__ == "__main__":
    sys.exit(unittest.main())
