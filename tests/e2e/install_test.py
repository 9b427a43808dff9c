#!/usr/bin/env python3
"""Installing into a folder of its own: what lies where, what stays, and whether systemd takes the units."""
import os
import re
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"]).resolve()
ROOT = Path(__file__).resolve().parents[2]


class Installed(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)

    def do(self, action, *words, expect=0):
        done = subprocess.run([ROOT / "cross/install.sh", action, *words], capture_output=True, text=True, check=False,
                              env={**os.environ, "DESTDIR": str(self.root)})
        self.assertEqual(done.returncode, expect, done.stderr)
        return done.stderr

    def install(self, *words, expect=0):
        return self.do("install", "--build", str(PROGRAMS.parent), *words, expect=expect)

    def files(self):
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}

    def test_everything_lies_where_the_system_looks_for_it(self):
        self.install("--prefix", "/usr")
        files = self.files()
        for path in ("usr/bin/wardsync", "usr/bin/wardsync-centre", "usr/lib/systemd/system/wardsync.service",
                     "usr/lib/systemd/system/wardsync-centre.service", "usr/share/man/man1/wardsync-enrol.1",
                     "usr/share/bash-completion/completions/wardsync", "usr/share/zsh/site-functions/_wardsync-centre",
                     "usr/share/fish/vendor_completions.d/wardsync.fish", "usr/share/doc/wardsync/technician.md", "etc/wardsync/agent.toml",
                     "etc/wardsync/centre.toml"):
            self.assertIn(path, files)
        for directory in ("var/lib/wardsync", "var/log/wardsync"):
            self.assertEqual(stat.S_IMODE((self.root / directory).stat().st_mode), 0o750)
        self.assertIn("ExecStart=/usr/bin/wardsync run", (self.root / "usr/lib/systemd/system/wardsync.service").read_text())
        self.assertEqual(subprocess.run([self.root / "usr/bin/wardsync", "version"], capture_output=True, check=False).returncode, 0)

    def test_what_an_administrator_wrote_stays_and_what_was_installed_goes(self):
        self.install()
        config = self.root / "etc/wardsync/agent.toml"
        config.write_text('data = "/srv/ward"\n')
        data = self.root / "var/lib/wardsync/wardsync.db"
        data.write_text("kept")
        own = self.root / "usr/local/share/man/man1/other.1"
        own.write_text("somebody else's")
        self.install()
        self.assertEqual(config.read_text(), 'data = "/srv/ward"\n')
        said = self.do("uninstall")
        self.assertIn("Kept", said)
        self.assertEqual(self.files(), {"etc/wardsync/agent.toml", "etc/wardsync/centre.toml", "var/lib/wardsync/wardsync.db",
                                        "usr/local/share/man/man1/other.1"})
        self.assertIn("nothing is installed", self.do("uninstall", expect=1))

    def test_wrong_words_and_a_missing_build_change_nothing(self):
        self.do("reinstall", expect=2)
        self.do("install", "--nonsense", expect=2)
        self.assertIn("must begin with /", self.do("install", "--prefix", "usr", expect=1))
        self.assertIn("is missing", self.do("install", "--build", "/nowhere", expect=1))
        self.assertEqual(self.files(), set())

    def test_a_list_that_names_foreign_files_is_not_followed(self):
        self.install()
        foreign = self.root / "etc/passwd"
        foreign.write_text("kept")
        for line in ("/etc/passwd", "/usr/local/../../etc/passwd"):
            (self.root / "usr/local/share/wardsync/installed-files").write_text(line + "\n")
            self.assertIn("is not below", self.do("uninstall", expect=1))
        self.assertEqual(foreign.read_text(), "kept")

    def test_systemd_takes_the_units_and_finds_them_tight(self):
        self.install("--prefix", "/usr")
        for name in ("wardsync", "wardsync-centre"):
            unit = self.root / f"usr/lib/systemd/system/{name}.service"
            # The manual is below DESTDIR, where `man` does not look for it; so are the programs.
            unit.write_text(re.sub(r"^Documentation=.*\n", "", unit.read_text(), flags=re.MULTILINE).replace("=/usr/bin/", f"={self.root}/usr/bin/"))
            done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", unit], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=20", unit], capture_output=True, text=True, check=False,
                                  env={**os.environ, "SYSTEMD_PAGER": "cat"})
            self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
