#!/usr/bin/env python3
"""A ticket as a QR code: printed at the centre, read by a decoder that is not ours, typed by a scanner into a new PC."""
import os
import pty
import shutil
import subprocess
import tempfile
import unittest

from city import City, Site, WithFolder


def drawn(blocks, scale=4):
    """What the terminal shows, as a picture: black where nothing is drawn."""
    dots = []
    for line in blocks.splitlines():
        dots.append([letter in "█▀" for letter in line])
        dots.append([letter in "█▄" for letter in line])
    width = max(len(row) for row in dots)
    rows = [b"".join((b"\xff" if lit else b"\0") * scale for lit in row + [True] * (width - len(row))) * scale for row in dots]
    return b"P5 %d %d 255\n" % (width * scale, len(dots) * scale) + b"".join(rows)


class Scanned(WithFolder):
    def setUp(self):
        super().setUp()
        for tool in ("zbarimg", "rsvg-convert"):
            self.assertIsNotNone(shutil.which(tool), f"no {tool}. On Debian: apt install zbar-tools librsvg2-bin")
        self.city.found()
        self.city.lay_lines(["a", "b"])

    def decoded(self, picture):
        return subprocess.run(["zbarimg", "--raw", "--quiet", picture], capture_output=True, check=True, text=True).stdout.strip()

    def ticket(self, *out, city=None):
        return (city or self.city).centre.command("ticket", "new", "--unit", "W-VYDA", "--address", self.city.lines.address("a"), *out)

    def on_screen(self, *out, city=None):
        """Makes a ticket; what a decoder reads on the screen."""
        blocks = self.ticket("--qr", *out, city=city)
        picture = self.city.folder / "screen.pgm"
        picture.write_bytes(drawn(blocks))
        return self.decoded(picture)

    def pc(self, name):
        return Site(self.city.programs / "wardsync", self.city.folder / name)

    def devices(self):
        return self.city.centre.ask("device", "list")["devices"]

    def test_the_screen_the_picture_and_the_file_are_one_ticket(self):
        picture, file = self.city.folder / "ticket.svg", self.city.folder / "a.ticket"
        digits = self.on_screen("-o", file, "--qr-out", picture)
        self.assertRegex(digits, r"^01\d{300,}$")
        self.assertEqual(oct(picture.stat().st_mode & 0o777), "0o600")
        raster = self.city.folder / "ticket.png"
        subprocess.run(["rsvg-convert", picture, "-o", raster], check=True)
        self.assertEqual(self.decoded(raster), digits)
        a, b = self.pc("a"), self.pc("b")
        a.command("enrol", "--ticket", "-", "--yes", text=digits + "\n")
        self.assertEqual(len(self.devices()), 1)
        for again in (["-"], [file]):  # photographed: whoever comes second is told so, in whatever form
            b.command("enrol", "--ticket", *again, "--yes", text=digits + "\r\n", expect=4)
            self.assertIn("used before", b.said)
        self.assertEqual(len(self.devices()), 1)

    def test_a_scanner_types_it_at_the_terminal(self):
        digits = self.on_screen()
        pc = self.pc("a")
        master, slave = pty.openpty()
        with subprocess.Popen([pc.program, "enrol", "--yes", "--data", pc.data], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            os.close(slave)
            process.stderr.read(len("Scan"))  # it asks; before that the terminal forgets what is typed
            os.write(master, digits.encode() + b"\r")
            said = process.communicate(timeout=60)[1]
        os.close(master)
        self.assertEqual(process.returncode, 0, said)
        self.assertNotIn(digits, said)
        self.assertEqual(len(self.devices()), 1)

    def test_a_file_may_hold_what_was_scanned(self):
        path = self.city.folder / "scanned.txt"
        digits = self.on_screen()
        path.write_text("\ufeff" + "\r\n".join(digits[at:at + 60] for at in range(0, len(digits), 60)) + "\r\n", encoding="utf-8")
        self.assertIn("for unit W-VYDA", self.pc("a").command("doctor", "--ticket", path, expect=None))
        self.pc("a").command("enrol", "--ticket", path, "--yes")

    def test_a_bad_scan_changes_nothing_and_the_same_ticket_still_works(self):
        digits = self.on_screen()
        pc = self.pc("a")
        for bad in ("", "\n", digits[:-1], digits[1:], digits[:100] + digits[101:], digits + digits, digits[:50] + "x" + digits[51:], "7" * 335,
                    "01" + "9" * 17 + digits[19:], "1" * 4000, "ô" * 100, "https://example.com/"):
            with self.subTest(bad=bad[:20]):
                pc.command("enrol", "--ticket", "-", "--yes", text=bad + "\n", expect=1)
                self.assertIn("To do:", pc.said)
                self.assertNotIn(digits[20:60], pc.said)
        pc.command("enrol", "--no-input", expect=1)
        self.assertFalse((pc.data / "device.key").exists())
        self.assertEqual(self.devices(), [])
        pc.command("enrol", "--ticket", "-", "--yes", text=digits + "\n")

    def test_the_code_of_another_city_gains_nothing(self):
        other = City(self.city.programs, tempfile.mkdtemp(prefix="wardsync-"))
        self.addCleanup(shutil.rmtree, other.folder)
        self.addCleanup(other.close)
        other.found()
        digits = self.on_screen(city=other)  # it names this city's centre
        pc = self.pc("a")
        pc.command("enrol", "--ticket", "-", "--yes", text=digits + "\n", expect=None)
        self.assertIn("To do:", pc.said)
        self.assertEqual(self.devices(), [])

    def test_the_code_stays_out_of_json(self):
        self.city.centre.command("ticket", "new", "--unit", "W-VYDA", "--address", "127.0.0.1:1", "--qr", "--json", expect=2)

    def test_a_place_that_cannot_be_written_costs_no_ticket(self):
        there = self.city.folder / "there"
        there.write_text("kept")
        before = self.audit()
        for out in (["-o", there], ["--qr-out", there], ["-o", self.city.folder / "no" / "such"], []):
            with self.subTest(out=out):
                self.city.centre.command("ticket", "new", "--unit", "W-VYDA", "--address", "127.0.0.1:1", *out, expect=2 if not out else 1)
        self.assertEqual(there.read_text(), "kept")
        self.assertEqual(self.audit(), before)

    def audit(self):
        return [entry for entry in self.city.centre.get("/v1/audit?limit=100")["entries"] if entry["kind"] == "ticket_new"]


if __name__ == "__main__":
    unittest.main()
