#!/usr/bin/env python3
"""What `doctor` finds on real data, and what a support bundle holds and never holds."""
import json
import os
import re
import socket
import sqlite3
import stat
import subprocess
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

import invented
from city import City, Site, wait_until

PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"])
WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


def examine(site, *words, expect=0):
    """{check: its line} of the examination."""
    found = json.loads(site.command("doctor", "--json", *words, expect=expect))
    # That the calendar ends soon depends on the day on which this runs; e2e_deadlines looks at it.
    return found, [line["code"] for line in found["checks"] if "code" in line and line["code"] != "WS-D032"]


class Surroundings(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(temporary.cleanup)
        self.city = City(PROGRAMS, temporary.name)
        self.addCleanup(self.city.close)
        self.city.found()
        self.city.lay_lines(["a"])


class BeforeEnrolment(Surroundings):
    def setUp(self):
        super().setUp()
        self.pc = Site(PROGRAMS / "wardsync", self.city.folder / "a")
        self.pc.data.mkdir(mode=0o700)
        self.ticket = self.city.ticket("a", "W-VYDA")

    def test_a_ticket_that_will_do(self):
        _, codes = examine(self.pc, "--ticket", self.ticket)
        self.assertEqual(codes, ["WS-D013"])  # not enrolled yet: a note
        said = self.pc.command("doctor", "--ticket", self.ticket)
        for part in ("for unit W-VYDA", "answers", "To do: wardsync enrol --ticket FILE"):
            self.assertIn(part, said)
        self.assertEqual(os.listdir(self.pc.data), [])

    def test_a_centre_that_does_not_answer(self):
        self.city.centre.stop()
        self.city.lines.close()
        self.city.lines = None
        _, codes = examine(self.pc, "--ticket", self.ticket, expect=1)
        self.assertIn("WS-D009", codes)

    def test_files_that_are_no_ticket(self):
        for content in (b"", b"nonsense", b"\x00" * 9_000, self.ticket.read_bytes()[:-9] + b"AAAAAAAA\n"):
            path = self.city.folder / "bad.ticket"
            path.write_bytes(content)
            self.assertIn("WS-D006", examine(self.pc, "--ticket", path, expect=1)[1])
        self.assertIn("WS-D006", examine(self.pc, "--ticket", self.city.folder, expect=1)[1])
        self.assertIn("WS-D006", examine(self.pc, "--ticket", self.city.folder / "none", expect=1)[1])

    def test_a_clock_that_stands_in_the_past(self):
        os.utime(self.ticket, (4_000_000_000, 3_000_000_000))
        _, codes = examine(self.pc, "--ticket", self.ticket, expect=1)
        self.assertEqual(sorted(codes), ["WS-D011", "WS-D013"])

    def test_proxies_ports_modes_and_directories(self):
        self.pc.environment |= {"https_proxy": "http://lan:geheim@proxy:3128"}
        found, codes = examine(self.pc)
        self.assertEqual(sorted(codes), ["WS-D010", "WS-D013"])
        self.assertNotIn("geheim", json.dumps(found))
        self.pc.data.chmod(0o755)
        self.assertIn("WS-D003", examine(self.pc, expect=1)[1])
        self.pc.data.chmod(0o700)
        with socket.create_server(("127.0.0.1", 0)) as held:
            self.assertIn("WS-D012", examine(self.pc, "--http", f"127.0.0.1:{held.getsockname()[1]}", expect=1)[1])
        self.assertIn("WS-D029", examine(self.pc, "--log", "/nowhere/a.log", expect=1)[1])
        self.pc.data.rmdir()
        self.assertIn("WS-D002", examine(self.pc, expect=1)[1])

    def test_a_broken_configuration_is_a_finding_like_others(self):
        config = self.city.folder / "a.toml"
        config.write_text("\ndta = 1\n")
        found, codes = examine(self.pc, "--config", config, expect=1)
        self.assertIn("WS-D001", codes)
        self.assertIn("line 2", json.dumps(found))


class AfterEnrolment(Surroundings):
    def setUp(self):
        super().setUp()
        self.pc = self.city.add_pc("a", "W-VYDA")
        self.pc.command("sync", "wait", "--timeout", 30)

    def test_a_pc_that_is_well(self):
        _, codes = examine(self.pc)
        self.assertEqual(codes, ["WS-D036"])  # nothing seals its keys: a note

    def test_without_its_daemon_the_data_file_is_read(self):
        self.pc.stop()
        before = (self.pc.data / "wardsync.db").read_bytes()
        found, codes = examine(self.pc, expect=1)
        self.assertEqual(codes, ["WS-D036", "WS-D018"])
        self.assertIn("structure is whole", json.dumps(found))
        self.assertEqual((self.pc.data / "wardsync.db").read_bytes(), before)

    def test_damage_is_exit_5(self):
        self.pc.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Thị Lan")
        self.pc.stop()
        path = self.pc.data / "wardsync.db"
        content = bytearray(path.read_bytes())
        for page in range(2, len(content) // 4096):
            content[page * 4096:page * 4096 + 64] = b"\xff" * 64
        path.write_bytes(content)
        self.assertIn("WS-D014", examine(self.pc, expect=5)[1])
        path.write_bytes(b"this is no database" * 500)
        self.assertIn("WS-D014", examine(self.pc, expect=5)[1])

    def test_repair_brings_back_what_the_disk_damaged(self):
        for serial in range(20):
            self.pc.command("dossier", "new", "--set", f"ChuHoSo=Nguyễn Thị Lan {serial}")
        self.pc.command("sync", "wait", "--timeout", 60)
        self.pc.command("sync", "pause")
        self.pc.command("dossier", "new", "--set", "ChuHoSo=Lê Văn An")
        before = sorted(self.pc.command("dossier", "export").splitlines())
        self.pc.command("repair", expect=1)
        self.assertIn("wardsync run", self.pc.said)
        self.pc.stop()
        self.assertEqual(self.pc.ask("repair"), {"damaged": False})

        with closing(sqlite3.connect(self.pc.data / "wardsync.db")) as db:
            db.execute("UPDATE record SET body = zeroblob(length(body)) WHERE id % 3 = 0 AND segment IN (SELECT id FROM segment WHERE receipted = 1)")
            db.execute("UPDATE state SET sealed = zeroblob(64)")
            db.commit()
        self.pc.command("verify", expect=5)
        killed = subprocess.Popen([self.pc.program, "repair", "--data", self.pc.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the repair has begun", lambda: (self.pc.data / "wardsync.db.new").exists() or killed.poll() is not None, every=0.005)
        killed.kill()
        killed.wait()
        if self.pc.ask("repair")["damaged"]:
            self.assertEqual(len(list(self.pc.data.glob("wardsync.db.damaged-*"))), 1)
        self.pc.start()
        self.pc.command("sync", "resume")
        self.pc.command("sync", "wait", "--timeout", 60)
        wait_until("everything is back", lambda: sorted(self.pc.command("dossier", "export").splitlines()) == before)
        self.assertEqual(self.pc.ask("verify")["damage"], [])
        self.assertEqual(self.pc.ask("status")["queue"]["records"], 0)

        self.pc.stop()
        (self.pc.data / "wardsync.db").write_bytes(b"this is no database" * 500)
        self.pc.command("repair", expect=5)
        self.assertIn("new ticket", self.pc.said)

    def test_keys_that_are_open_gone_or_foreign(self):
        key = self.pc.data / "device.key"
        key.chmod(0o644)
        self.assertIn("WS-D017", examine(self.pc, expect=1)[1])
        key.chmod(0o600)
        self.pc.stop()
        kept = key.read_bytes()
        key.write_bytes(b"x" * len(kept))
        self.assertIn("WS-D015", examine(self.pc, expect=1)[1])
        key.unlink()
        self.assertIn("WS-D016", examine(self.pc, expect=1)[1])

    def test_a_directory_that_another_process_holds(self):
        self.pc.process.send_signal(19)  # SIGSTOP: it holds the lock, and answers nothing
        try:
            self.assertTrue({"WS-D018", "WS-D015"} <= set(examine(self.pc, expect=1)[1]))
        finally:
            self.pc.process.send_signal(18)

    @unittest.skipIf(os.geteuid() != 0, "only root can give files away")
    def test_what_root_does_stays_the_services_own(self):
        pc = Site(PROGRAMS / "wardsync", self.city.folder / "b")
        pc.data.mkdir(mode=0o750)
        os.chown(pc.data, 65534, 65534)
        self.city.folder.chmod(0o755)
        pc.command("enrol", "--ticket", self.city.ticket("a", "W-VYDA", "--pre-approved"), "--yes")
        pc.command("verify")
        self.assertEqual({path.stat().st_uid for path in pc.data.iterdir()}, {65534})
        (pc.data / "wardsync.db-wal").write_bytes(b"")
        os.chown(pc.data / "wardsync.db-wal", 0, 0)
        self.assertIn("WS-D004", examine(pc, expect=1)[1])


class Centre(Surroundings):
    def test_a_centre_and_its_root_keys(self):
        _, codes = examine(self.city.centre, expect=1)
        self.assertEqual(codes, ["WS-D036", "WS-D028", "WS-D030"])
        for path in self.city.folder.glob("centre-root.key*"):
            path.unlink()
        self.assertEqual(examine(self.city.centre)[1], ["WS-D036", "WS-D030"])
        self.city.centre.command("backup", "-o", self.city.folder / "copy")
        self.assertEqual(examine(self.city.centre)[1], ["WS-D036"])
        self.city.centre.stop()
        _, codes = examine(self.city.centre, expect=1)
        self.assertEqual(codes, ["WS-D036", "WS-D018"])
        path = self.city.centre.data / "centre.db"
        path.write_bytes(b"\x00" * 8192)
        self.assertIn("WS-D014", examine(self.city.centre, expect=5)[1])

    def test_no_centre(self):
        site = Site(PROGRAMS / "wardsync-centre", self.city.folder / "none")
        self.assertEqual(examine(site, expect=1)[1], ["WS-D002"])
        site.data.mkdir(mode=0o700)
        self.assertEqual(examine(site, expect=1)[1], ["WS-D027"])


class SupportBundle(Surroundings):
    """Planted: names in dossiers, labels, file names, comments and the log; secrets in keys, tokens, tickets and the environment."""

    PLANTED = ["Tôn Nữ Gieo Hạt", "0999888777", "bi-mat-1234", "to-khai-cua-Gieo-Hat.pdf"]

    def secrets_of(self, site, *names):
        found = []
        for name in names:
            content = (site.data / name).read_bytes()
            found += [content.strip().decode("latin-1"), content.hex()]
        return found

    def check(self, site, words, secrets):
        out = self.city.folder / f"{site.data.name}.bundle"
        said = site.command("support-bundle", "-o", out, *words) + site.said
        text = out.read_text()
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertLessEqual(len(text.encode()), 1_000_000)
        logs = "".join(path.read_text(errors="replace") for path in self.city.folder.glob("*.out"))
        for planted in [*self.PLANTED[:3], *secrets]:
            self.assertNotIn(planted, text)
            self.assertNotIn(planted, said)
            self.assertNotIn(planted, logs)
        self.assertNotIn(self.PLANTED[3], text)
        site.command("support-bundle", "-o", out, *words, expect=1)
        self.assertIn("exists already", site.said)
        return text

    def test_of_a_ward(self):
        name, phone, secret, file_name = self.PLANTED
        ticket = self.city.ticket("a", "W-VYDA", "--pre-approved")
        pc = Site(PROGRAMS / "wardsync", self.city.folder / "a", {"http_proxy": f"http://x:{secret}@proxy:1"})
        pc.command("enrol", "--ticket", ticket, "--yes", "--label", name)
        log = self.city.folder / "logs/a.log"
        pc.start("--http", "127.0.0.1:0", "--log", log)
        lines = invented.dossiers(1, WARD, 0, 20)
        path = self.city.folder / "lines.jsonl"
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        pc.command("dossier", "import", path)
        pc.command("dossier", "new", "--set", f"ChuHoSo={name}", "--set", f"SoDienThoai={phone}")
        pc.command("dossier", "show", name, expect=1)
        pc.command("sync", "wait", "--timeout", 30)
        (pc.data / file_name).write_text(name)
        config = self.city.folder / "a.toml"
        config.write_text(f'# {name}, {secret}\nlog = "{log}"\n')
        with open(log, "a") as file:
            file.write(f"{name} {phone} {secret}\n")
        names = [line["ChuHoSo"] for line in lines] + [line["SoDienThoai"] for line in lines]
        text = self.check(pc, ["--config", config], [ticket.read_text().strip(), *names, *self.secrets_of(pc, "device.key", "api.token")])
        for part in ("== settings", "== doctor", "== status", "== metrics", "== files", "== log", "W-VYDA", "wardsync_dossiers 21", "info started",
                     "wardsync.db", "1 other files"):
            self.assertIn(part, text)
        self.assertRegex(text, r"== database version\n\d+\n")
        # The daemon need not run.
        pc.stop()
        other = self.city.folder / "down.bundle"
        pc.command("support-bundle", "-o", other)
        self.assertIn("WS-D018", other.read_text())

    def test_of_a_centre(self):
        name, _, secret, file_name = self.PLANTED
        centre = self.city.centre
        log = self.city.folder / "c.log"
        centre.stop()
        centre.start(*centre.arguments, "--http", "127.0.0.1:0", "--log", log)
        pc = Site(PROGRAMS / "wardsync", self.city.folder / "a")
        pc.command("enrol", "--ticket", self.city.ticket("a", "W-VYDA", "--pre-approved"), "--yes", "--label", name)
        pc.start()
        self.city.pcs["a"] = pc
        pc.command("dossier", "new", "--set", f"ChuHoSo={name}")
        pc.command("sync", "wait", "--timeout", 30)
        (centre.data / file_name).write_text(secret)
        text = self.check(centre, ["--log", log], self.secrets_of(centre, "centre.key", "api.token"))
        for part in ("== devices", "W-VYDA", "WS-D028", "info started", "centre.db"):
            self.assertIn(part, text)

    def test_a_log_larger_than_a_bundle_may_be_is_cut_to_its_newest_lines(self):
        pc = self.city.add_pc("a", "W-VYDA")
        log = self.city.folder / "big.log"
        line = '2026-11-24T10:00:00.000+07:00 info saved count="{}"\n'
        (self.city.folder / "big.1.log").write_text("".join(line.format(n) for n in range(90_000)))
        log.write_text("".join(line.format(n) for n in range(90_000, 91_000)))
        out = self.city.folder / "a.bundle"
        pc.command("support-bundle", "-o", out, "--log", log)
        text = out.read_text()
        self.assertLess(len(text), 500_000)
        counts = [int(found) for found in re.findall(r'count="(\d+)"', text)]
        self.assertEqual(counts, list(range(counts[0], 91_000)))

    def test_a_place_that_cannot_be_written(self):
        pc = self.city.add_pc("a", "W-VYDA")
        pc.command("support-bundle", "-o", self.city.folder / "none/a.bundle", expect=1)
        small = self.city.folder / "limited.bundle"
        done = subprocess.run(["bash", "-c", f"ulimit -f 1; exec {PROGRAMS / 'wardsync'} support-bundle --data {pc.data} -o {small}"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("The disk is full", done.stderr)
        self.assertEqual(list(self.city.folder.glob("limited*")), [])


if __name__ == "__main__":
    unittest.main()
