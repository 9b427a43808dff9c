#!/usr/bin/env python3
"""The manual and the completions are made of the programs' own description: complete, well formed, and true."""
import functools
import os
import re
import subprocess
import unittest
from pathlib import Path

PROGRAMS = Path(os.environ["WARDSYNC_PROGRAMS"]).resolve()
SHARE = PROGRAMS.parent / "share"


@functools.cache
def help_of(*words):
    return subprocess.run([PROGRAMS / words[0], *words[1:], "--help"], capture_output=True, text=True, timeout=60, check=True).stdout


def commands_under(*words):
    """Every command as a tuple of words, as `--help` lists them."""
    yield words
    listed = help_of(*words).partition("\nSubcommands:\n")[2]
    for name in re.findall(r"^  (\S+)", listed, re.MULTILINE):
        yield from commands_under(*words, name)


def complete(*words):
    """What bash offers for the last word."""
    script = f'source {SHARE}/bash-completion/completions/{words[0]}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _{words[0].replace("-", "_")}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


class Pages(unittest.TestCase):
    def test_every_command_has_a_page_with_every_option_and_no_page_is_left_over(self):
        pages = {path.name for path in (SHARE / "man/man1").iterdir()}
        for program in ("wardsync", "wardsync-centre"):
            for words in commands_under(program):
                name = "-".join(words) + ".1"
                self.assertIn(name, pages)
                pages.discard(name)
                text = (SHARE / "man/man1" / name).read_text().replace("\\-", "-")
                for flag in re.findall(r"^  (--[\w-]+|-\w(?=,))", help_of(*words), re.MULTILINE):
                    self.assertIn(f"\\fB{flag}\\fR", text)
        self.assertEqual(pages, set())

    def test_mandoc_finds_nothing_to_say(self):
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *sorted((SHARE / "man/man1").glob("*.1"))], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout + done.stderr, "")

    def test_a_page_reads_as_it_should(self):
        page = subprocess.run(["mandoc", "-Tutf8", SHARE / "man/man1/wardsync-enrol.1"], capture_output=True, text=True, check=True).stdout
        page = " ".join(re.sub(r".\x08", "", page).split())
        for part in ("[--ticket FILE]", "Environment: WARDSYNC_DATA", "/etc/wardsync/agent.toml", "EXIT STATUS", "wardsync(1)"):
            self.assertIn(part, page)


class Version(unittest.TestCase):
    def test_the_option_says_the_same_as_the_command(self):
        for program in ("wardsync", "wardsync-centre"):
            said = [subprocess.run([PROGRAMS / program, word], capture_output=True, text=True, check=True).stdout for word in ("--version", "version")]
            self.assertRegex(said[0], rf"^{program} \d+\.\d+\.\d+\n$")
            self.assertEqual(*said)


class Completions(unittest.TestCase):
    def test_bash_offers_commands_options_and_files(self):
        self.assertIn("enrol", complete("wardsync", ""))
        self.assertEqual(complete("wardsync", "enr"), ["enrol"])
        self.assertIn("import", complete("wardsync", "dossier", ""))
        self.assertNotIn("enrol", complete("wardsync", "dossier", ""))
        self.assertEqual(complete("wardsync", "dossier", "import", "--fr"), ["--from-line"])
        self.assertEqual(complete("wardsync", "enrol", "--json", "--tick"), ["--ticket"])
        self.assertEqual(complete("wardsync", "enrol", "--ticket", str(SHARE / "ma")), [str(SHARE / "man")])
        self.assertEqual(complete("wardsync", "sync", "wait", "--timeout", ""), [])
        self.assertEqual(complete("wardsync-centre", "device", "app"), ["approve"])
        self.assertEqual(complete("wardsync", "no-such-command", "--js"), [])

    def test_each_shell_reads_its_file(self):
        files = {"bash": ("bash-completion/completions/{}", ["-n"]), "zsh": ("zsh/vendor-completions/_{}", ["-n"]),
                 "fish": ("fish/vendor_completions.d/{}.fish", ["--no-execute"])}
        for shell, (form, options) in files.items():
            for program in ("wardsync", "wardsync-centre"):
                path = SHARE / form.format(program)
                self.assertIn("enrol" if program == "wardsync" else "ticket", path.read_text())
                done = subprocess.run([shell, *options, path], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""), path)

    def test_fish_offers_the_same(self):
        file = SHARE / "fish/vendor_completions.d/wardsync.fish"
        for line, wanted in (("wardsync enr", "enrol"), ("wardsync dossier imp", "import"), ("wardsync enrol --tick", "--ticket")):
            done = subprocess.run(["fish", "--no-config", "-c", f"source {file}; complete -C '{line}'"], capture_output=True, text=True, check=True)
            self.assertIn(wanted, done.stdout.split())


if __name__ == "__main__":
    unittest.main()
