#!/usr/bin/env python3
"""What another account of the same machine, or another machine, can get at: files, sockets, memory images, places in the queue."""
import json
import os
import resource
import signal
import socket
import stat
import sys
import unittest
from pathlib import Path

import invented
from city import WithCity, wait_until

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}
HALF_OPEN_PER_ADDRESS = 256


class Private(WithCity):
    desks = {"a": ("--http", "127.0.0.1:0")}

    @classmethod
    def setUpClass(cls):
        cls.umask = os.umask(0)  # of an account that lets everybody read everything
        cls.core = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (cls.core[1], cls.core[1]))
        super().setUpClass()
        lines = cls.city.folder / "lines.jsonl"
        lines.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in invented.dossiers(1, WARD, 100, 3)), encoding="utf-8")
        cls.a.command("dossier", "import", lines)
        cls.a.command("sync", "wait", "--timeout", "60")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        os.umask(cls.umask)
        resource.setrlimit(resource.RLIMIT_CORE, cls.core)

    def mode(self, path):
        return stat.S_IMODE(os.lstat(path).st_mode)

    def test_every_file_of_a_data_directory_is_for_its_account_alone(self):
        self.a.command("page")
        for site in (self.a, self.centre):
            self.assertEqual(self.mode(site.data), 0o700)
            found = [path for path in site.data.rglob("*") if path.is_file() and not path.is_socket()]
            self.assertGreaterEqual(len(found), 3)
            self.assertEqual({str(path): oct(self.mode(path)) for path in found if self.mode(path) != 0o600}, {})
            self.assertEqual(self.mode(site.data / "api.sock"), 0o660)

    def test_every_file_that_a_command_writes_is_for_its_account_alone(self):
        folder = self.city.folder / "out"
        folder.mkdir(mode=0o777)
        code = self.a.dossiers()[0]["code"]
        phrase = folder / "phrase"
        phrase.write_text("con trâu đi trước cái cày\n", encoding="utf-8")
        self.a.command("dossier", "export", "-o", folder / "export.jsonl")
        self.a.command("receipt", "export", code, "-o", folder / "evidence.json")
        self.a.command("support-bundle", "-o", folder / "support.txt")
        self.a.command("official", "new-key", "--user", "lan", "-o", folder / "lan.key", "--passphrase-file", phrase)
        self.centre.command("ticket", "new", "--unit", "W-VYDA", "--address", "127.0.0.1:1", "-o", folder / "t.ticket")
        self.centre.command("backup", "-o", folder / "backup", "--keys", folder / "keys")
        phrase.unlink()
        modes = {path.name: oct(self.mode(path)) for path in folder.iterdir()}
        self.assertEqual(set(modes), {"export.jsonl", "evidence.json", "support.txt", "lan.key", "lan.key.pub", "t.ticket", "backup", "keys"})
        self.assertEqual({name for name, mode in modes.items() if mode != "0o600"}, set())

    def test_an_export_over_a_file_that_is_there_is_refused(self):
        path = self.city.folder / "old.jsonl"
        path.write_text("old")
        path.chmod(0o666)
        self.a.command("dossier", "export", "-o", path, expect=1)
        self.assertEqual(path.read_text(), "old")

    def test_a_link_that_somebody_laid_where_a_secret_is_written_is_not_followed(self):
        prey = self.city.folder / "prey"
        prey.write_text("as it was")
        for name in ("ticket", "ticket.new"):
            with self.subTest(name=name):
                path = self.city.folder / f"laid-{name}"
                (self.city.folder / f"laid-{name}{'.new' if name.endswith('new') else ''}").symlink_to(prey)
                self.centre.command("ticket", "new", "--unit", "W-VYDA", "--address", "127.0.0.1:1", "-o", path, expect=None)
                self.assertEqual(prey.read_text(), "as it was")
                self.assertFalse(prey.stat().st_mode & 0o077 == 0 and path.is_symlink() is False and path.samefile(prey))

    def test_a_process_that_breaks_leaves_no_image_of_its_memory(self):
        for site in (self.a, self.centre):
            limits = Path(f"/proc/{site.process.pid}/limits").read_text(encoding="ascii")
            self.assertRegex(limits, r"Max core file size +1 +1 ")
        self.a.stop(signal.SIGABRT)
        self.assertEqual([path.name for path in self.city.folder.iterdir() if path.name.startswith("core")], [])
        self.a.start()

    def test_one_address_that_calls_and_says_nothing_leaves_room_for_others(self):
        host, port = self.centre.get("/v1/status")["listen"].split(":")
        silent = []
        for _ in range(HALF_OPEN_PER_ADDRESS + 40):
            opened = socket.create_connection((host, int(port)), source_address=("127.0.0.9", 0), timeout=30)
            opened.setblocking(False)
            self.addCleanup(opened.close)
            silent.append(opened)
        wait_until("the surplus to be sent away", lambda: sum(self.is_closed(opened) for opened in silent) >= 40)
        self.assertLess(sum(self.is_closed(opened) for opened in silent), 100)
        self.a.stop()
        self.a.start()
        self.a.command("dossier", "edit", self.a.dossiers()[0]["code"], "--set", "SoDienThoai=0905000444")
        self.a.command("sync", "wait", "--timeout", "8")

    def is_closed(self, opened):
        try:
            return opened.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True


if __name__ == "__main__":
    sys.exit(unittest.main())
