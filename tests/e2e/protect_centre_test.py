#!/usr/bin/env python3
"""What keeps the centre's keys on its disk: as a PC's (protect_test.py), but never without a copy elsewhere, since there are no others."""
import shutil
import unittest
from pathlib import Path

from city import Site, WithFolder

PHRASE = "sông Hương núi Ngự\n"
OTHER = "núi Ngự sông Hương\n"
PLAIN, SEALED = b"WARDSYNC-CENTRE-KEY-1", b"WARDSYNC-CENTRE-KEY-3"


class ProtectCentre(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a"])
        self.centre = self.city.centre
        self.key = self.centre.data / "centre.key"
        self.copy = self.city.folder / "stick.key"
        self.centre.command("backup", "-o", self.city.folder / "first", "--keys", self.copy)
        self.phrase, self.other = self.file("phrase", PHRASE), self.file("other", OTHER)

    def file(self, name, text):
        path = self.city.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def secrets(self):
        content = self.copy.read_bytes()
        self.assertTrue(content.startswith(PLAIN))
        return [content[len(PLAIN) + at:][:32] for at in (0, 32, 64, 96, 129)]

    def holds_any(self, secrets):
        return [path.name for path in self.centre.data.iterdir() if path.is_file() and any(secret in path.read_bytes() for secret in secrets)]

    def protect(self, *options, expect=0):
        self.centre.command("key", "protect", *options, expect=expect)
        return self.centre.said

    def seal(self):
        self.centre.stop()
        self.protect("--by", "passphrase", "--new-passphrase-file", self.phrase, "--copy", self.copy)

    def test_nothing_is_sealed_without_a_copy_of_these_keys(self):
        by = ("--by", "passphrase", "--new-passphrase-file", self.phrase)
        self.assertIn("use", self.protect(*by, "--copy", self.copy, expect=1))  # the daemon has it
        self.centre.stop()
        before = self.key.read_bytes()
        stranger = Site(self.centre.program, self.city.folder / "stranger")
        stranger.command("init", "--org", "x", "--units", Path(__file__).parent / "units.csv")
        cut = self.city.folder / "cut.key"
        cut.write_bytes(self.copy.read_bytes()[:-1])
        cut.chmod(0o600)
        self.assertIn("--copy", self.protect(*by, expect=1))
        for copy in (stranger.data / "centre.key", cut, self.phrase, self.city.folder / "nowhere"):
            self.protect(*by, "--copy", copy, expect=1)
        self.protect("--by", "system", "--copy", self.copy, expect=1)
        self.assertIn("administrator.md", self.centre.said)
        self.assertEqual(self.key.read_bytes(), before)
        self.assertIn("WS-D036", self.centre.command("doctor", "--json", expect=None))
        self.assertEqual(self.centre.ask("key", "show"), {"protection": "none"})

    def test_under_a_passphrase_every_command_that_opens_the_data_asks_for_it(self):
        secrets = self.secrets()
        self.assertEqual(self.holds_any(secrets), ["centre.key"])
        self.seal()
        self.assertEqual(self.holds_any(secrets), [])
        self.assertTrue(self.key.read_bytes().startswith(SEALED))
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.centre.ask("key", "show"), {"protection": "passphrase"})
        second = self.city.folder / "second"
        for command in (["run"], ["verify"], ["backup", "-o", second], ["backup", "--check", self.city.folder / "first"],
                        ["key", "protect", "--by", "none"]):
            with self.subTest(command=command):
                self.centre.command(*command, "--no-input", expect=7)
                self.assertIn("was not given", self.centre.said)
                self.centre.command(*command, "--passphrase-file", self.other, expect=4)
                self.assertIn("does not open", self.centre.said)
        self.assertFalse(second.exists())
        self.assertIn("WS-D037", self.centre.command("doctor", "--json", "--no-input", expect=1))
        self.assertNotIn("WS-D037", self.centre.command("doctor", "--json", "--passphrase-file", self.phrase, expect=None))
        self.centre.command("verify", "--passphrase-file", "-", text=PHRASE)
        self.centre.command("backup", "-o", second, "--keys", self.city.folder / "again.key", "--passphrase-file", self.phrase)
        self.assertEqual((self.city.folder / "again.key").read_bytes(), self.copy.read_bytes())
        fresh = Site(self.centre.program, self.city.folder / "fresh")
        fresh.command("restore", second, "--keys", self.key, "--no-input", expect=7)
        fresh.command("restore", second, "--keys", self.key, "--passphrase-file", self.phrase)
        self.assertEqual((fresh.data / "centre.key").read_bytes(), self.copy.read_bytes())
        # Forgotten: the copy takes its place.
        shutil.copy(self.copy, self.key)
        self.centre.command("verify")

    def test_new_keys_are_kept_as_the_old_ones_were_and_the_city_goes_on(self):
        self.seal()
        listen = self.centre.arguments
        self.centre.start(*listen, "--passphrase-file", str(self.phrase))
        a = self.city.add_pc("a", "W-VYDA")
        a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B")
        a.command("sync", "wait", "--timeout", "60")
        request, signed = self.city.folder / "request", self.city.folder / "signed"
        self.centre.command("key", "renew", "receipt", "-o", request)
        self.assertEqual(self.centre.ask("key", "show"), {"protection": "passphrase"})
        self.assertEqual(self.holds_any(self.secrets()), [])
        self.centre.command("root", "sign", request, "--root-key", self.city.folder / "centre-root.key", "-o", signed, "--yes")
        self.centre.command("key", "apply", signed)
        self.centre.kill()
        self.centre.start(*listen, "--passphrase-file", str(self.phrase))
        a.command("dossier", "new", "--set", "ChuHoSo=Lê Văn C")
        a.command("sync", "wait", "--timeout", "60")
        # The old copy lacks the new key, and so is none any more.
        self.centre.stop()
        again = ("--by", "passphrase", "--passphrase-file", self.phrase, "--new-passphrase-file", self.other)
        self.assertIn("does not hold", self.protect(*again, "--copy", self.copy, expect=1))
        newer = self.city.folder / "newer.key"
        self.centre.command("backup", "-o", self.city.folder / "third", "--keys", newer, "--passphrase-file", self.phrase)
        self.protect(*again, "--copy", newer)
        self.centre.command("verify", "--passphrase-file", self.other)

    def test_what_the_system_keeps_opens_here_only_and_no_sealed_file_makes_sheets(self):
        self.centre.stop()
        directory = self.city.folder / "credentials"
        directory.mkdir()
        (directory / "wardsync-device-key").write_bytes(bytes(range(32)))
        self.centre.environment["CREDENTIALS_DIRECTORY"] = str(directory)
        self.centre.start()
        self.assertEqual(self.centre.ask("key", "show"), {"protection": "none"})  # never by itself: nobody has a copy yet
        self.centre.stop()
        self.protect("--by", "system", "--copy", self.copy)
        self.assertEqual(self.holds_any(self.secrets()), [])
        self.centre.start()
        self.centre.command("key", "renew", "noise", "-o", self.city.folder / "request")
        self.assertEqual(self.centre.ask("key", "show"), {"protection": "system"})
        self.centre.command("policy", "export", "-o", self.city.folder / "policy.json")
        self.centre.stop()
        (directory / "wardsync-device-key").write_bytes(bytes(range(1, 33)))
        self.centre.command("run", "--no-input", expect=4)
        root = self.city.folder / "centre-root.key"
        words = ("--org", "hue", "--need", "2", "--trustee", "a", "--trustee", "b", "--root-key", root, "--next-root-key", f"{root}.next", "--policy", self.city.folder / "policy.json")
        self.centre.command("recovery", "make", *words, "--keys", self.key, "--out", self.city.folder / "box", expect=None)
        self.assertIn("is sealed", self.centre.said)
        # A PC's sealed file is none of a centre's, whatever opens it.
        self.key.write_bytes(self.key.read_bytes().replace(SEALED, b"WARDSYNC-DEVICE-KEY-2"))
        self.centre.command("run", "--no-input", expect=None)
        self.assertIn("not a centre's key file", self.centre.said)


if __name__ == "__main__":
    unittest.main()
