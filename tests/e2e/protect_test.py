#!/usr/bin/env python3
"""What keeps a PC's keys on its disk: nothing, a passphrase, a secret of the operating system; and every way to stand before a closed door."""
import os
import random
import shutil
import signal
import subprocess
import time
import unicodedata
import unittest
from pathlib import Path

from city import Site, WithFolder, files_that_hold

PHRASE = "con trâu đi trước cái cày\n"
OTHER = "cái cày theo sau con trâu\n"
KILLS = int(os.environ.get("WARD_KILLS", "4"))  # every night more
INSTALLER = Path(__file__).resolve().parents[2] / "cross/install.sh"
PLAIN, SEALED = b"WARDSYNC-DEVICE-KEY-1", b"WARDSYNC-DEVICE-KEY-2"


class Protect(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a"])
        self.a = self.city.add_pc("a", "W-VYDA")
        self.key = self.a.data / "device.key"
        self.phrase = self.file("phrase", PHRASE)
        self.other = self.file("other", OTHER)

    def file(self, name, text):
        path = self.city.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def seal(self):
        self.a.stop()
        self.a.command("key", "protect", "--by", "passphrase", "--new-passphrase-file", self.phrase)

    def credential(self, content=bytes(range(32)), name="credentials"):
        """As systemd hands a service its credentials, from now on."""
        directory = self.city.folder / name
        directory.mkdir(exist_ok=True)
        (directory / "wardsync-device-key").write_bytes(content)
        self.a.environment["CREDENTIALS_DIRECTORY"] = str(directory)
        return directory

    def secrets(self, content=None):
        """The five secrets of a plain file, each of which must not be readable anywhere."""
        content = content or self.key.read_bytes()
        self.assertTrue(content.startswith(PLAIN))
        return [content[len(PLAIN) + at * 32:][:32] for at in range(5)]

    def holds_any(self, secrets):
        return [path.name for path in self.a.data.iterdir() if path.is_file() and any(secret in path.read_bytes() for secret in secrets)]

    def test_under_a_passphrase_nothing_opens_without_it_and_everything_with_it(self):
        secrets = self.secrets()
        self.assertEqual(self.holds_any(secrets), ["device.key"])
        self.assertEqual(self.a.get("/v1/status")["key_protection"], "none")
        self.a.command("key", "protect", "--by", "passphrase", "--new-passphrase-file", self.phrase, expect=1)  # the daemon has it
        self.seal()
        self.assertEqual(self.holds_any(secrets), [])
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.a.ask("key", "show"), {"protection": "passphrase"})
        for command in (["run"], ["verify"], ["repair"], ["key", "protect", "--by", "none"]):
            with self.subTest(command=command):
                self.a.command(*command, "--no-input", expect=7)
                self.assertIn("was not given", self.a.said)
                self.assertIn("--passphrase-file", self.a.said)
                self.a.command(*command, "--passphrase-file", self.other, expect=4)
                self.assertIn("does not open", self.a.said)
        self.a.command("run", "--passphrase-file", self.city.folder / "nowhere", expect=7)
        self.a.command("run", "--passphrase-file", "-", text="", expect=7)
        doctor = self.a.command("doctor", "--json", expect=1)
        self.assertIn("WS-D037", doctor)
        self.assertNotIn("WS-D037", self.a.command("doctor", "--json", "--passphrase-file", self.phrase, expect=None))
        self.a.command("verify", "--passphrase-file", self.phrase)
        self.a.command("repair", "--passphrase-file", "-", text=PHRASE)
        self.a.start("--passphrase-file", self.phrase)
        self.assertEqual(self.a.get("/v1/status")["key_protection"], "passphrase")
        self.assertIn("sealed: passphrase", self.a.command("status"))
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B")
        self.a.command("sync", "wait", "--timeout", "60")

    def test_the_configuration_or_a_pipe_names_it_and_no_argument_or_variable_holds_it(self):
        self.seal()
        config = self.file("agent.toml", f'passphrase_file = "{self.phrase}"\n')
        self.a.start("--config", config)
        for name in ("cmdline", "environ"):
            self.assertNotIn(PHRASE.strip().encode(), Path(f"/proc/{self.a.process.pid}/{name}").read_bytes())
        # It is no official's passphrase.
        self.a.command("official", "new-key", "--user", "lan", "-o", self.city.folder / "lan.key", "--no-input", "--config", config, expect=1)
        self.a.stop()
        self.a.environment["WARDSYNC_PASSPHRASE_FILE"] = str(self.phrase)
        self.a.start("--no-input")
        self.a.stop()
        del self.a.environment["WARDSYNC_PASSPHRASE_FILE"]
        fifo = self.city.folder / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen(["sh", "-c", f"printf %s '{PHRASE.strip()}' > {fifo}"]):
            self.a.start("--passphrase-file", fifo)

    def test_it_is_changed_and_taken_away_only_by_who_has_it(self):
        secrets = self.secrets()
        self.seal()
        before = self.key.read_bytes()
        change = ("key", "protect", "--by", "passphrase")
        self.a.command(*change, "--passphrase-file", self.other, "--new-passphrase-file", self.other, expect=4)
        for short in ("trâu cày đồ", unicodedata.normalize("NFD", "trâu cày đồ")):  # 11 characters, 16 bytes; 15 code points before NFC
            self.a.command(*change, "--passphrase-file", self.phrase, "--new-passphrase-file", self.file("short", short + "\n"), expect=1)
            self.assertIn("12 characters", self.a.said)
        self.a.command(*change, "--passphrase-file", self.phrase, "--no-input", expect=1)
        self.a.command("key", "protect", "--by", "magic", expect=2)
        self.a.command("key", "protect", "--by", "system", "--passphrase-file", self.phrase, expect=1)
        self.assertIn("technician.md", self.a.said)
        self.assertEqual(self.key.read_bytes(), before)
        # Both come by one pipe, the old one first.
        self.a.command(*change, "--passphrase-file", "-", "--new-passphrase-file", "-", text=PHRASE + OTHER)
        self.assertNotEqual(self.key.read_bytes(), before)
        self.a.command("verify", "--passphrase-file", self.phrase, expect=4)
        self.a.command("key", "protect", "--by", "none", "--passphrase-file", self.other)
        self.assertEqual(self.secrets(), secrets)
        self.a.start()

    def test_what_the_system_keeps_seals_by_itself_and_opens_on_this_pc_only(self):
        secrets = self.secrets()
        self.a.stop()
        directory = self.credential()
        self.a.start()
        self.assertEqual(self.a.get("/v1/status")["key_protection"], "system")
        self.assertEqual(self.holds_any(secrets), [])
        self.assertNotIn("WS-D036", self.a.command("doctor", "--json", expect=None))
        self.a.stop()
        sealed = self.key.read_bytes()
        self.a.start()
        self.a.stop()
        self.assertEqual(self.key.read_bytes(), sealed)  # it is sealed once
        del self.a.environment["CREDENTIALS_DIRECTORY"]
        if not Path("/etc/credstore.encrypted/wardsync-device-key").exists():
            self.a.command("run", expect=7)
            self.assertIn("credential", self.a.said)
        self.credential(bytes(range(1, 33)), "another-pc")
        self.a.command("run", expect=4)
        self.assertIn("another machine", self.a.said)
        self.credential(b"short", "too-short")
        self.a.command("run", expect=7)
        self.a.environment["CREDENTIALS_DIRECTORY"] = str(directory)
        self.a.command("verify")
        # To another PC: made plain here, it is sealed again there.
        self.a.command("key", "protect", "--by", "none")
        self.assertEqual(self.secrets(), secrets)
        self.credential(bytes(range(1, 33)), "another-pc")
        self.a.start()
        self.assertEqual(self.a.get("/v1/status")["key_protection"], "system")

    def test_a_new_pc_is_sealed_from_its_first_byte_on(self):
        pc = Site(self.a.program, self.city.folder / "b")
        directory = self.credential()
        pc.environment["CREDENTIALS_DIRECTORY"] = str(directory)
        pc.command("enrol", "--ticket", self.city.ticket("a", "W-VYDA", "--pre-approved"), "--yes")
        self.city.pcs["b"] = pc
        self.assertTrue((pc.data / "device.key").read_bytes().startswith(SEALED))
        self.assertEqual(files_that_hold([PLAIN.decode()], pc.data), [])
        pc.start()

    def test_a_damaged_key_file_is_refused_by_name_and_never_opened(self):
        self.seal()
        whole = self.key.read_bytes()
        for name, bad in {"cut": whole[:-1], "longer": whole + b"\0", "flipped": whole[:30] + bytes([whole[30] ^ 1]) + whole[31:], "empty": b"",
                          "all memory": whole[:38] + b"\xff\xff\xff\xff" + whole[42:], "kind": whole[:21] + b"\x07" + whole[22:]}.items():
            with self.subTest(name=name):
                self.key.write_bytes(bad)
                self.a.command("run", "--passphrase-file", self.phrase, expect=None)
                self.assertNotEqual(self.a.said, "")
                self.assertNotIn("is at", self.a.said)
        self.key.write_bytes(whole)
        self.a.start("--passphrase-file", self.phrase)

    def test_killed_while_it_changes_the_keys_are_there_in_one_form_and_the_plain_ones_go(self):
        """At any moment: the program is killed after a random pause, which a change outlives in some rounds only."""
        secrets = self.secrets()
        self.a.stop()
        rng = random.Random(17)
        killed = 0
        forms = (["--by", "passphrase", "--new-passphrase-file", self.phrase, "--passphrase-file", self.phrase], ["--by", "none", "--passphrase-file", self.phrase])
        started = time.monotonic()
        self.a.command("key", "protect", *forms[0])
        usual = time.monotonic() - started
        for turn in range(KILLS):
            with subprocess.Popen([self.a.program, "key", "protect", *map(str, forms[(turn + 1) % 2]), "--data", self.a.data], env=self.a.environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(rng.uniform(0, usual * 1.2))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    killed += 1
            self.a.command("verify", "--passphrase-file", self.phrase)
        self.assertGreater(killed, KILLS // 6)
        self.a.command("key", "protect", *forms[0])
        self.assertEqual(self.holds_any(secrets), [])
        # What a kill between the two names leaves: one that is the only name of the old form, and one that is a second name of the present.
        before = self.a.data / "device.key.before"
        plain = PLAIN + b"".join(secrets)
        for name in ("device.key.before", "device.key.new"):
            (self.a.data / name).write_bytes(plain)
        self.a.start("--passphrase-file", self.phrase)
        self.assertEqual(self.holds_any(secrets), [])
        self.a.stop()
        os.link(self.key, before)
        self.a.start()
        self.assertFalse(before.exists())
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B")
        self.a.command("sync", "wait", "--timeout", "60")

    def test_a_full_disk_leaves_the_old_form(self):
        self.a.stop()
        before = self.key.read_bytes()
        limited = f'ulimit -f 0; exec "{self.a.program}" key protect --by passphrase --new-passphrase-file "{self.phrase}" --data "{self.a.data}"'
        done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, env=self.a.environment, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.key.read_bytes(), before)
        self.a.start()

    def by_itself(self):
        """Root is not the service: what the service may not get seals nothing before somebody says so."""
        return f"""
            shown() {{ "{self.a.program}" key show --json --data "{self.a.data}" | grep -q "\\"$1\\"" || {{ echo "it is not: $1"; exit 1; }}; }}
            "{self.a.program}" run --no-input --data "{self.a.data}" & daemon=$!
            until "{self.a.program}" status --data "{self.a.data}" >/dev/null 2>&1; do sleep 0.1; done
            kill $daemon; wait $daemon
            shown none
            w 0 key protect --by system
            shown system
            w 0 key protect --by none
        """

    def installed(self):
        """What install.sh does about a secret that does not open, and what doctor says of it."""
        place = self.city.folder / "prefix/bin"
        place.mkdir(parents=True)
        (place / "wardsync").symlink_to(self.a.program)
        ticket, second = (self.city.ticket("a", "W-VYDA", "--pre-approved") for _ in range(2))
        return f"""
            mkdir -p /etc/wardsync && echo 'data = "{self.a.data}"' >/etc/wardsync/agent.toml
            unset WARDSYNC_DATA WARDSYNC_CONFIG
            install() {{ "{INSTALLER}" credential --prefix "{place.parent}" || exit 1; }}
            doctor() {{ "{self.a.program}" doctor --json --data "{self.a.data}" | grep -q WS-D038; }}
            opens() {{ systemd-creds decrypt --name=wardsync-device-key $kept - >/dev/null 2>&1; }}
            rm $kept && install && opens || {{ echo "it makes none"; exit 1; }}
            cp $kept /mnt/first && install && cmp $kept /mnt/first || {{ echo "one that opens did not stay"; exit 1; }}
            ! doctor || {{ echo "doctor blames one that opens"; exit 1; }}
            w 0 key protect --by system
            echo damaged >$kept && install && grep -q damaged $kept || {{ echo "one that seals did not stay"; exit 1; }}
            doctor || {{ echo "doctor says nothing"; exit 1; }}
            cp /mnt/first $kept
            w 0 key protect --by none
            echo damaged >$kept && install && opens && grep -q damaged $kept.*.closed || {{ echo "it was not moved aside"; exit 1; }}
            ! doctor || exit 1
            mkdir /mnt/lib /mnt/libwork && mount -t overlay overlay -o lowerdir=/var/lib,upperdir=/mnt/lib,workdir=/mnt/libwork /var/lib || exit 77
            rm -rf /var/lib/wardsync && echo damaged >$kept
            "{self.a.program}" enrol --yes --ticket "{ticket}" --data /var/lib/wardsync 2>&1 | grep -q "Warning: nothing but" || {{ echo "enrol warns of nothing"; exit 1; }}
            "{self.a.program}" key show --json --data /var/lib/wardsync | grep -q '"none"' || {{ echo "enrol made no plain file"; exit 1; }}
            rm -rf /var/lib/wardsync && install
            "{self.a.program}" enrol --yes --ticket "{second}" --data /var/lib/wardsync || {{ echo "no second enrolment"; exit 1; }}
            "{self.a.program}" key show --json --data /var/lib/wardsync | grep -q '"system"' || {{ echo "root sealed nothing for the service"; exit 1; }}
        """

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("systemd-creds"), "needs root, and systemd's own tool")
    def test_root_asks_systemds_own_tool_for_what_the_service_is_handed(self):
        """As install.sh makes it, in an /etc that only these commands see; also where the data belong to another account."""
        self.a.stop()
        script = self.city.folder / "as-root.sh"
        script.write_text(f"""
            w() {{ want=$1; shift; "{self.a.program}" "$@" --data "{self.a.data}"; got=$?; [ $got = $want ] || {{ echo "$*: exit $got, not $want"; exit 1; }}; }}
            seal() {{ head -c 32 /dev/urandom | systemd-creds encrypt --name=wardsync-device-key - "$1" || exit 77; }}
            mount -t tmpfs none /mnt && mkdir /mnt/up /mnt/work && mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/up,workdir=/mnt/work /etc || exit 77
            kept=/etc/credstore.encrypted/wardsync-device-key
            mkdir -m 700 /etc/credstore.encrypted && seal $kept
            w 0 key protect --by system
            w 0 verify
            chown -R nobody "{self.a.data}"
            w 0 verify
            w 0 repair
            w 0 key show
            chown -R root "{self.a.data}"
            mv $kept $kept.true
            w 7 verify
            seal $kept
            w 4 verify
            echo damaged >$kept
            w 4 verify
            mv $kept.true $kept
            w 0 key protect --by none
            {self.by_itself()}
            {self.installed()}
        """, encoding="utf-8")
        plain = self.key.read_bytes()
        self.city.folder.chmod(0o711)
        done = subprocess.run(["unshare", "-m", "bash", script], capture_output=True, text=True, check=False, env=self.a.environment)
        if done.returncode == 77:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.key.read_bytes(), plain)
        self.a.start()


if __name__ == "__main__":
    unittest.main()
