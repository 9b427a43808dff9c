#!/usr/bin/env python3
"""A ticket that is read out on the telephone and typed: 28 letters and an address, wrong ones, used ones, and those of another city."""
import os
import pty
import shutil
import subprocess
import tempfile
import unittest

from city import City, Site, WithFolder, digits_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Typed(WithFolder):
    def setUp(self):
        super().setUp()
        self.city.found()
        self.city.lay_lines(["a"])
        self.at = self.city.lines.address("a")
        self.a, self.b = self.pc("a"), self.pc("b")

    def pc(self, name):
        return Site(self.city.programs / "wardsync", self.city.folder / name)

    def code(self, *options, city=None):
        return (city or self.city).centre.command("ticket", "new", "--unit", "W-VYDA", "--address", self.at, "--code", *options).strip()

    def devices(self):
        return self.city.centre.ask("device", "list")["devices"]

    def enrol(self, pc, code, *options, expect=0):
        return pc.command("enrol", "--code", "--label", pc.data.name, *options, text=f"{code}\n{self.at}\n", expect=expect)

    def test_letters_as_people_type_them_enrol_and_both_screens_show_the_same_digits(self):
        code = self.code()
        self.assertRegex(code, r"^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$")
        sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        self.a.command("enrol", "--code", "--centre", self.at, text=f"  {sloppy}\r\n")
        shown = digits_of(self.a.said)
        self.assertIsNotNone(shown)
        waiting = self.devices()
        self.assertEqual([digits_of(device["fingerprint"]) for device in waiting], [shown])
        self.city.centre.command("device", "approve", waiting[0]["device"], "--yes")
        self.a.start()
        self.a.command("dossier", "new", "--set", "ChuHoSo=Trần Thị B")
        self.a.command("sync", "wait", "--timeout", "60")

    def test_wrong_letters_are_told_by_their_group_and_gain_nothing(self):
        code = self.code()
        wrong = code[:10] + ALPHABET[(ALPHABET.index(code[10]) + 1) % 32] + code[11:]  # in the third group
        for bad, says in ((wrong, "group 3"), (code[:-1], "27 letters"), (code + "0", "29 letters"), ("", "0 letters"), (code.replace(code[0], "ô", 1), "keyboard"),
                          (code[:4] + code[5:9] + "U" + code[10:], "none that a code uses"), ("A" * 400, "400 letters")):
            with self.subTest(bad=bad):
                self.enrol(self.a, bad, expect=1)
                self.assertIn(says, self.a.said)
                self.assertNotIn(code[:9], self.a.said)
        self.a.command("enrol", "--code", text="", expect=1)
        self.a.command("enrol", "--code", text=code + "\n", expect=1)
        self.assertIn("--centre", self.a.said)
        self.a.command("enrol", "--code", "--centre", "nowhere", text=code + "\n", expect=1)
        self.a.command("enrol", "--code", "--ticket", "-", text=code, expect=2)
        self.a.command("enrol", "--centre", self.at, text=code, expect=2)
        self.assertFalse((self.a.data / "device.key").exists())
        self.enrol(self.a, self.code()[:20] + code[20:], expect=1)
        self.assertEqual(self.devices(), [])
        self.enrol(self.a, code)

    def test_a_person_at_a_terminal_is_asked_again(self):
        code = self.code()
        master, slave = pty.openpty()
        with subprocess.Popen([self.a.program, "enrol", "--code", "--yes", "--data", self.a.data], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            os.close(slave)
            os.write(master, f"{code[:-1]}\n{code}\n{self.at}\n".encode())
            said = process.communicate(timeout=60)[1]
        os.close(master)
        self.assertEqual(process.returncode, 0, said)
        self.assertIn("27 letters", said)
        self.assertEqual(len(self.devices()), 1)

    def test_who_photographed_it_and_came_first_is_named_to_who_comes_second(self):
        file = self.city.folder / "a.ticket"
        code = self.code("-o", file)
        self.enrol(self.b, code)
        thief = self.devices()[0]["device"]
        for how in (["--code"], ["--ticket", file]):
            with self.subTest(how=how):
                self.a.command("enrol", *how, text=f"{code}\n{self.at}\n", expect=4)
                self.assertIn("used before", self.a.said)
                self.assertIn(f"the PC b, device {thief}", self.a.said)
        self.assertEqual(len(self.devices()), 1)
        # Also once the centre has let it in.
        self.city.centre.command("device", "approve", thief, "--yes")
        self.enrol(self.a, code, expect=4)
        self.assertIn(thief, self.a.said)

    def test_an_answer_that_was_lost_costs_nothing(self):
        code = self.code("--pre-approved")
        self.enrol(self.a, code, "--no-input", expect=7)  # nobody compared the digits
        self.enrol(self.b, code, "--yes", expect=4)
        self.enrol(self.a, code, "--yes")
        self.a.start()

    def test_letters_of_another_city_are_known_to_nobody_here(self):
        other = City(self.city.programs, tempfile.mkdtemp(prefix="wardsync-"))
        self.addCleanup(shutil.rmtree, other.folder)
        self.addCleanup(other.close)
        other.found()
        self.enrol(self.a, self.code(city=other), "--yes", expect=None)
        self.assertIn("does not know this ticket", self.a.said)
        self.assertEqual(self.devices(), [])
        self.assertEqual(other.centre.ask("device", "list")["devices"], [])
        # A PC that is enrolled stays what it is.
        self.enrol(self.a, self.code())
        self.enrol(self.a, self.code(), expect=4)
        self.assertIn("enrolled already", self.a.said)

    def test_the_letters_stay_out_of_json_and_of_the_log(self):
        self.city.centre.command("ticket", "new", "--unit", "W-VYDA", "--address", self.at, "--code", "--json", expect=2)


if __name__ == "__main__":
    unittest.main()
