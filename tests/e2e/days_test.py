#!/usr/bin/env python3
"""Days that come: the centre's machine is lost, the centre moves, a PC dies or is stolen, a ticket is lost."""
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

from city import Site, wait_until
from sync_test import WithLines, shown


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as at:
        return f"127.0.0.1:{at.getsockname()[1]}"


class WithDays(WithLines):
    def says(self, site, words, exit_code, *parts):
        site.command(*words, expect=exit_code)
        for part in parts:
            self.assertIn(part, site.said)

    def path(self, name):
        return self.city.folder / name

    def lose_the_centre(self):
        self.city.centre.kill()
        shutil.rmtree(self.city.centre.data)

    def restore(self, *options):
        self.city.centre.command("restore", self.path("copy"), "--keys", self.path("keys"), *options)

    def join(self, line, name):
        """Another PC of the ward, on one of the lines that are there."""
        pc = Site(self.city.programs / "wardsync", self.path(name))
        pc.command("enrol", "--ticket", self.city.ticket(line, "W-VYDA", "--pre-approved"), "--yes")
        pc.start()
        self.city.pcs[name] = pc
        return pc

    def row_of(self, device):
        return next(row for row in self.city.centre.ask("health")["devices"] if row["device"] == device)

    def receipted(self, pc):
        status = pc.ask("status")
        return status["queue"]["records"] == 0 and status["receipted"]["through"]


class Backup(WithDays):
    def test_a_lost_centre_comes_back_whole_from_yesterdays_backup_and_the_wards(self):
        a, b = self.pcs()
        centre = self.city.centre
        codes = [d["MaHoSo"] for d in self.import_at(a, 20)]
        self.converge(a, b)
        centre.command("backup", "-o", self.path("copy"), "--keys", self.path("keys"), "--elsewhere")
        self.assertEqual(centre.ask("health")["archived"], centre.ask("health")["backup"]["size"])

        # After the backup: new dossiers, and edits by each of what the other made, all of it receipted.
        late = [d["MaHoSo"] for d in self.import_at(b, 10, 1001)]
        self.converge(a, b)
        for code in codes[:5] + late[:5]:
            for name, pc in (("a", a), ("b", b)):
                self.save(pc, code, {"append": {"notes": f"after the backup, at {name}"}})
        self.converge(a, b)
        through = {name: self.receipted(pc) for name, pc in self.city.pcs.items()}
        before = shown(a)
        self.assertEqual(len(before), 30)
        old = centre.ask("status")["log"]

        self.lose_the_centre()
        self.save(a, late[0], {"append": {"notes": "while there was no centre"}})
        self.restore()
        centre.start()
        self.assertEqual(len(centre.dossiers()), 20)
        self.assertNotEqual(centre.ask("status")["log"]["incarnation"], old["incarnation"])
        self.converge(a, b)
        after = shown(centre)
        # New stamps may put the notes that two people wrote at once the other way round, everywhere alike.
        for dossier in [*before.values(), *after.values()]:
            dossier["notes"].sort(key=lambda note: note["text"])
        notes = after[late[0]].pop("notes")
        self.assertIn("while there was no centre", [note["text"] for note in notes])
        self.assertEqual(len(notes), 3)
        for dossier in (after[late[0]], before[late[0]]):
            dossier.pop("version")
            dossier.pop("notes", None)
        self.assertEqual(after, before)
        wait_until("all PCs to have called", lambda: centre.ask("health")["restored"]["devices_not_back"] == 0)
        for name, pc in self.city.pcs.items():
            self.assertGreaterEqual(self.receipted(pc), through[name])
            self.assertEqual(pc.ask("verify")["damage"], [])
        self.assertIn("ROLLBACK: restored from a backup", centre.command("health"))
        self.assertEqual(centre.ask("verify")["damage"], [])
        # The next backup counts again.
        centre.command("backup", "-o", self.path("next"), "--elsewhere")
        self.assertEqual(centre.ask("health")["archived"], centre.ask("status")["log"]["size"])

    def test_who_was_approved_or_revoked_after_the_backup_stays_so(self):
        a, b = self.pcs()
        centre = self.city.centre
        self.import_at(a, 3)
        self.converge(a, b)
        centre.command("backup", "-o", self.path("copy"), "--keys", self.path("keys"))
        unused = self.city.ticket("a", "W-VYDA", "--pre-approved")
        late = self.join("a", "late")
        self.import_at(late, 2, 2001)
        self.converge(a, b, late)
        centre.command("device", "revoke", b.ask("status")["device"], "--reason", "stolen")
        entries = centre.ask("status")["policy_entries"]
        wait_until("everyone to know", lambda: all(pc.ask("status")["policy_entries"] == entries for pc in (a, late)))
        b.stop()
        self.city.pcs.pop("b")
        a.stop()
        late.stop()
        self.lose_the_centre()
        self.restore()
        centre.start()
        # Nobody who could tell has called yet: an entry now would contradict what the wards hold.
        known = centre.ask("device", "list")["devices"][0]["device"]
        self.says(centre, ("device", "revoke", known, "--reason", "x"), 1, "restored from a backup")
        self.says(centre, ("address", "set", "127.0.0.1:1"), 1, "restored from a backup")
        b.start()
        wait_until("b to be heard", lambda: b.ask("status")["link"]["state"] in ("open", "revoked"))
        late.start()
        a.start()
        wait_until("the late PC to be known again", lambda: len(centre.ask("device", "list")["devices"]) == 3)
        self.converge(a, late)
        wait_until("b to be shut out again", lambda: b.ask("status")["link"]["state"] == "revoked")
        self.assertEqual(len(centre.dossiers()), 5)
        again = Site(self.city.programs / "wardsync", self.path("again"))
        again.command("enrol", "--ticket", unused, "--yes", expect=None)
        self.assertNotIn("approved", again.said)
        centre.command("address", "set", centre.ask("status")["listen"])
        self.assertEqual(centre.ask("verify")["damage"], [])
        b.stop()

    def test_a_backup_is_made_while_the_centre_takes_edits(self):
        a, _ = self.pcs()
        code = self.import_at(a, 30)[0]["MaHoSo"]
        self.converge(a)
        going = True

        def clerk():
            count = 0
            while going:
                self.save(a, code, {"append": {"notes": f"note {count}"}})
                count += 1

        thread = threading.Thread(target=clerk)
        thread.start()
        try:
            for number in range(3):
                self.city.centre.command("backup", "-o", self.path(f"copy{number}"))
                self.city.centre.command("backup", "--check", self.path(f"copy{number}"), "--elsewhere")
        finally:
            going = False
            thread.join()
        self.converge(*self.city.pcs.values())
        health = self.city.centre.ask("health")
        self.assertEqual(health["archived"], health["backup"]["size"])
        self.assertGreater(health["archived"], 0)

    def test_without_the_daemon_too_and_nothing_is_overwritten(self):
        centre = self.city.centre
        centre.stop()
        centre.command("backup", "-o", self.path("copy"), "--keys", self.path("keys"), "--elsewhere")
        self.assertEqual((self.path("copy").stat().st_mode & 0o777, self.path("keys").stat().st_mode & 0o777), (0o600, 0o600))
        self.says(centre, ("backup", "-o", self.path("copy")), 1, "exists already")
        self.says(centre, ("backup",), 2, "-o FILE")
        self.says(centre, ("restore", self.path("copy"), "--keys", self.path("keys")), 1, "holds a centre")
        ward = Site(self.city.centre.program, self.path("ward"))
        ward.data.mkdir()
        (ward.data / "wardsync.db").touch()
        self.says(ward, ("restore", self.path("copy"), "--keys", self.path("keys")), 1, "ward PC")
        centre.start()
        self.assertIsNotNone(centre.ask("health")["backup"])

    def test_damaged_foreign_and_newer_backups_are_refused_and_leave_nothing(self):
        a, _ = self.pcs()
        self.import_at(a, 5)
        self.converge(a)
        centre = self.city.centre
        centre.command("backup", "-o", self.path("copy"), "--keys", self.path("keys"))
        whole = self.path("copy").read_bytes()
        fresh = Site(centre.program, self.path("fresh"))
        bad = self.path("bad")
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 1
        newer = whole[:-1] + b"\x02"
        for content, word in ((b"", "too short"), (b"hello" * 1000, "no backup"), (whole[:-1], "no backup"), (whole[:5000], "no backup"),
                              (whole[:5000] + whole[-194:], "not as long"), (bytes(flipped), "changed after"), (newer, "newer version")):
            bad.write_bytes(content)
            self.says(fresh, ("restore", bad, "--keys", self.path("keys")), None, word, "To do:")
            self.says(centre, ("backup", "--check", bad), None, word)
            self.assertEqual(sorted(p.name for p in fresh.data.iterdir()), ["lock"])
        # Another city's.
        other = Site(centre.program, self.path("other"))
        other.command("init", "--org", "x", "--units", Path(__file__).parent / "units.csv")
        self.says(other, ("backup", "-o", self.path("foreign")), 1, "start it once")
        other.start("--listen", "127.0.0.1:0")
        other.stop()
        other.command("backup", "-o", self.path("foreign"))
        self.says(fresh, ("restore", self.path("foreign"), "--keys", self.path("keys")), 1, "another centre")
        self.says(fresh, ("restore", self.path("copy"), "--keys", other.data / "centre.key"), 1, "another centre")
        self.says(fresh, ("restore", self.path("copy"), "--keys", self.path("nowhere")), 1, "nowhere")
        self.assertEqual(sorted(p.name for p in fresh.data.iterdir()), ["lock"])
        fresh.command("restore", self.path("copy"), "--keys", self.path("keys"))
        self.assertEqual(fresh.ask("verify")["damage"], [])

    def test_damage_here_gives_no_backup(self):
        centre = self.city.centre
        centre.stop()
        with sqlite3.connect(centre.data / "centre.db") as db:
            db.execute("UPDATE meta SET value = x'00' WHERE name = 'frontier' OR name = 'centre'")
        db.close()
        self.says(centre, ("backup", "-o", self.path("copy")), 5, "To do:")
        self.assertEqual([p.name for p in self.city.folder.glob("copy*")], [])

    def test_a_full_disk_leaves_no_half_a_backup(self):
        a, _ = self.pcs()
        self.import_at(a, 20)
        self.converge(a)

        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        done = subprocess.run([self.city.centre.program, "backup", "-o", self.path("copy"), "--data", self.city.centre.data], capture_output=True,
                              text=True, preexec_fn=little_room, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("Safe:", done.stderr)
        self.assertEqual([p.name for p in self.city.folder.glob("copy*")], [])
        self.city.centre.command("backup", "-o", self.path("copy"))

    def test_kill_9_in_the_middle_leaves_no_backup_by_that_name_and_no_half_a_centre(self):
        a, _ = self.pcs()
        self.import_at(a, 60)
        self.converge(a)
        centre = self.city.centre
        centre.command("backup", "-o", self.path("good"), "--keys", self.path("keys"))
        fresh = Site(centre.program, self.path("fresh"))
        for pause in (0.0, 0.01, 0.03, 0.06):
            for site, words, made in ((centre, ("backup", "-o", self.path("copy")), self.path("copy")),
                                      (fresh, ("restore", self.path("good"), "--keys", self.path("keys")), fresh.data / "centre.db")):
                going = subprocess.Popen([site.program, *map(str, words), "--data", site.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(pause)
                going.kill()
                going.wait()
                if made.exists():
                    check = ("backup", "--check", made) if made.name == "copy" else ("verify",)
                    site.command(*check)
                    made.unlink()
                    (fresh.data / "centre.key").unlink(missing_ok=True)
        centre.command("backup", "-o", self.path("copy"))
        fresh.command("restore", self.path("copy"), "--keys", self.path("keys"))
        self.assertEqual(fresh.ask("verify")["damage"], [])
        self.assertEqual(sorted(p.name for p in self.city.folder.glob("copy*")), ["copy"])


class Moving(WithDays):
    def test_a_centre_that_moves_is_found_by_its_address_list(self):
        a, b = self.pcs()
        self.import_at(a, 3)
        self.converge(a, b)
        centre = self.city.centre
        liar = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(liar.close)

        def lie():
            while True:
                try:
                    stranger, _ = liar.accept()
                except OSError:
                    return
                with stranger:
                    stranger.settimeout(5)
                    try:
                        stranger.recv(1000)
                        stranger.sendall(b"\x60\x00" + b"\x07" * 96)
                    except OSError:
                        pass

        threading.Thread(target=lie, daemon=True).start()
        new, stale = free_address(), free_address()
        lying = f"127.0.0.1:{liar.getsockname()[1]}"
        self.assertIn("address of its ticket", (centre.command("address", "list"), centre.said)[1])
        self.assertEqual(centre.command("address", "set", stale, lying, new).split(), [stale, lying, new])
        for pc in (a, b):
            wait_until("the PC to know", lambda pc=pc: pc.ask("status")["centre_addresses"][:3] == [stale, lying, new])
            self.assertEqual(pc.ask("status")["centre_addresses"][3], self.city.lines.address("a" if pc is a else "b"))

        # The old port closes; the PCs are restarted too, so nothing but their disk remembers.
        b.stop()
        centre.stop()
        for name in ("a", "b"):
            self.city.lines.tell("cut", name)
        self.import_at(a, 2, 3001)
        centre.start("--listen", new)
        b.start()
        self.converge(a, b)
        self.assertEqual(a.ask("status")["centre"], new)
        self.assertEqual(len(centre.dossiers()), 5)

    def test_an_address_that_is_none_is_refused(self):
        for bad in ("centre", "centre:0", "centre:99999", ":7400", "a b:7400", "trú:7400", "::1:7400"):
            self.says(self.city.centre, ("address", "set", bad), 1, "Nothing")
        self.says(self.city.centre, ("address", "set", "a:1", "a:1"), 1, "twice")
        self.says(self.city.centre, ("address", "set"), 2)
        self.assertEqual(self.city.centre.ask("address", "list"), {"addresses": []})


class Pcs(WithDays):
    def test_a_dead_pc_is_replaced_and_its_dossiers_come_from_the_centre(self):
        dead, b = self.pcs()
        self.import_at(dead, 40)
        self.converge(dead, b)
        device = dead.ask("status")["device"]
        dead.kill()
        shutil.rmtree(dead.data)
        self.city.pcs.pop("a")
        self.city.centre.command("device", "revoke", device, "--reason", "disk died")
        new = self.join("a", "new")
        self.converge(new, b)
        self.assertEqual(len(new.dossiers()), 40)
        self.import_at(new, 2, 1001)
        self.converge(new, b)

    def test_a_stolen_pc_is_refused_at_once_and_gets_nothing_that_comes_later(self):
        stolen, b = self.pcs()
        self.import_at(stolen, 3)
        self.converge(stolen, b)
        device = stolen.ask("status")["device"]
        self.city.centre.command("device", "revoke", device, "--reason", "stolen on the way")
        wait_until("the link to end", lambda: stolen.ask("status")["link"]["state"] == "revoked")
        later = self.import_at(b, 4, 1001)
        self.city.pcs.pop("a")
        self.converge(b)
        stolen.stop()
        stolen.start()
        stolen.command("sync", "now")
        wait_until("another refusal", lambda: stolen.ask("status")["link"]["state"] == "revoked")
        self.assertEqual(len(stolen.dossiers()), 3)
        held = {line["code"] for line in stolen.dossiers()}
        self.assertFalse(held & {dossier["MaHoSo"] for dossier in later})
        self.says(stolen, ("dossier", "new", "--set", "ChuHoSo=Nguyễn Văn A"), None)
        self.assertEqual(self.row_of(device)["alert"], "revoked_contact")
        stolen.stop()

    def test_a_ticket_that_expired_or_was_lost_is_replaced_by_a_new_one(self):
        centre = self.city.centre
        old = self.city.ticket("a", "W-VYDA")
        centre.stop()
        with sqlite3.connect(centre.data / "centre.db") as db:
            db.execute("UPDATE ticket SET expires_ms = 1")
        db.close()
        centre.start()
        pc = Site(self.city.programs / "wardsync", self.path("a"))
        self.says(pc, ("enrol", "--ticket", old, "--yes"), 4, "past its time", "Nothing was changed", "Ask the centre for a new ticket")
        self.says(pc, ("enrol", "--ticket", self.path("lost.ticket"), "--yes"), 1, "ask for a new one")
        pc = self.join("a", "a")
        self.import_at(pc, 1)
        self.converge(pc)


if __name__ == "__main__":
    sys.exit(unittest.main())
