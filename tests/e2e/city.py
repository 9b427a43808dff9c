"""A city of real processes on one machine: a centre, ward PCs, and the bad lines between them."""
import calendar
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Refused(Exception):
    """A command or call that ended otherwise than it was expected to."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def wait_until(what, ask, seconds=30.0, every=0.05):
    """Asks until the answer is true, and returns it. `what` ends the sentence "gave up waiting for …"."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > end:
            raise Refused(f"gave up waiting for {what}")
        time.sleep(every)
    return answer


class Site:
    """One program with its data directory: its command line, its API, its process."""

    def __init__(self, program, data, environment=None):
        self.program, self.data = Path(program), Path(data)
        self.environment = {**os.environ, **(environment or {})}
        self.process = None
        self.arguments = []
        self.http = None

    def command(self, *words, expect=0, text=None):
        """Runs one command; its stdout. `expect`: the exit code, None for any."""
        done = subprocess.run([self.program, *map(str, words), "--data", self.data], capture_output=True, text=True, timeout=120, input=text,
                              env=self.environment, check=False)
        self.said = done.stderr
        if expect is not None and done.returncode != expect:
            raise Refused(f"{self.program.name} {' '.join(map(str, words))}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, *words):
        return json.loads(self.command(*words, "--json"))

    def call(self, method, path, body=None, headers=None):
        """(status, answer) of one call to the API; OSError when nobody listens."""
        connection = UnixConnection(str(self.data / "api.sock"))
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers or {})
            response = connection.getresponse()
            payload = response.read()
        finally:
            connection.close()
        return response.status, json.loads(payload) if payload else None

    def get(self, path):
        status, answer = self.call("GET", path)
        if status != 200:
            raise Refused(f"GET {path}: {status} {answer}")
        return answer

    def start(self, *arguments):
        """Starts the daemon, and waits until its API answers."""
        self.arguments = list(arguments) or self.arguments
        with open(self.data.parent / f"{self.data.name}.out", "ab") as out:
            self.process = subprocess.Popen([self.program, "run", "--data", self.data, *self.arguments], stdout=out, stderr=out, env=self.environment)
        wait_until(f"{self.data.name} to answer", self.answers)

    def answers(self):
        if self.process.poll() is not None:
            raise Refused(f"{self.data.name} ended at once:\n{(self.data.parent / f'{self.data.name}.out').read_text()}")
        try:
            return self.call("GET", "/v1/status")[0] == 200
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)
        return self.process.returncode if self.process else None

    def kill(self):
        self.stop(signal.SIGKILL)

    def dossiers(self):
        """The list, all pages."""
        found, cursor = [], ""
        while True:
            page = self.get(f"/v1/dossiers?limit=500&cursor={cursor}")
            found += page["dossiers"]
            cursor = page.get("next")
            if not cursor:
                return found


class Clock:
    """The clock of one site's programs, which a test sets wrong while they run: Debian's libfaketime reads how wrong from a file each time that
    somebody asks. Time as such goes on, as it does when a person sets a clock."""

    def __init__(self, path):
        self.path = Path(path)
        self.set(0)

    def set(self, seconds):
        """So many seconds ahead of the truth."""
        beside = self.path.with_suffix(".new")
        beside.write_text(f"{int(seconds):+d}\n", encoding="ascii")
        beside.replace(self.path)

    def set_to(self, year):
        self.set(calendar.timegm((year, 1, 2, 0, 0, 0)) - time.time())

    def rule(self, site):
        """From the next start on. Sanitizers must not mind that the library comes before theirs."""
        libraries = list(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        if not libraries:
            raise Refused("no libfaketime. On Debian: apt install libfaketime")
        site.environment |= {"LD_PRELOAD": str(libraries[0]), "FAKETIME_TIMESTAMP_FILE": str(self.path), "FAKETIME_NO_CACHE": "1",
                             "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
                             "ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"}


class Lines:
    """The cutter, with one named line to the centre for each PC."""

    def __init__(self, target, names):
        self.process = subprocess.Popen([sys.executable, HERE / "cutter.py", *(f"{name}={target}" for name in names)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.ports = {}
        while (said := self.process.stdout.readline().split()) != ["ready"]:
            self.ports[said[0]] = int(said[1])

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer.startswith("ok"):
            raise Refused(answer)
        return answer[3:]

    def address(self, name):
        return f"127.0.0.1:{self.ports[name]}"

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


class City:
    """`programs`: the folder of wardsync and wardsync-centre. Everything it makes lies under `folder`."""

    def __init__(self, programs, folder):
        self.programs, self.folder = Path(programs).resolve(), Path(folder)
        self.centre = Site(self.programs / "wardsync-centre", self.folder / "centre")
        self.pcs = {}
        self.lines = None

    def found(self, units=HERE / "units.csv", *run):
        self.centre.command("init", "--org", "hue", "--units", units)
        self.centre.start("--listen", "127.0.0.1:0", *run)
        # A restart must be found where the tickets say.
        listen = self.centre.get("/v1/status")["listen"]
        self.centre.arguments[1] = listen
        return listen

    def lay_lines(self, names):
        self.lines = Lines(self.centre.get("/v1/status")["listen"], names)

    def ticket(self, name, unit, *options):
        path = self.folder / f"{name}-{len(list(self.folder.glob('*.ticket')))}.ticket"
        self.centre.command("ticket", "new", "--unit", unit, "--label", name, "--address", self.lines.address(name), "-o", path, *options)
        return path

    def add_pc(self, name, unit, *run):
        """Enrols with a ticket that needs no comparing, and starts."""
        pc = Site(self.programs / "wardsync", self.folder / name)
        pc.command("enrol", "--ticket", self.ticket(name, unit, "--pre-approved"), "--yes")
        pc.start(*run)
        self.pcs[name] = pc
        return pc

    def fork(self, pc, value):
        """As if the PC's memory had been copied while it ran: another value under the number of the last change that it sent."""
        pc.stop()
        self.centre.stop()
        subprocess.run([self.programs / "ward_twin", pc.data, self.centre.data, value], check=True)
        self.centre.start()
        pc.start()

    def close(self):
        for site in [*self.pcs.values(), self.centre]:
            site.stop()
        if self.lines:
            self.lines.close()


class WithFolder(unittest.TestCase):
    """A city that each test founds for itself."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wardsync-")
        self.addCleanup(folder.cleanup)
        self.city = City(os.environ["WARDSYNC_PROGRAMS"], folder.name)
        self.addCleanup(self.city.close)


class WithCity(unittest.TestCase):
    """One city for all tests of a class: a centre, and the PCs of a ward by their names, each with what its daemon is told."""

    desks = {"a": ()}

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="wardsync-")
        cls.city = City(os.environ["WARDSYNC_PROGRAMS"], cls.temporary.name)
        cls.city.found()
        cls.city.lay_lines(cls.desks)
        cls.centre = cls.city.centre
        for name, arguments in cls.desks.items():
            setattr(cls, name, cls.city.add_pc(name, "W-VYDA", *arguments))

    @classmethod
    def tearDownClass(cls):
        cls.city.close()
        cls.temporary.cleanup()


def personal_texts(dossiers):
    """What must never be readable on a ward's disk, of dossiers in the national form."""
    names = ("ChuHoSo", "SoGiayToChuHoSo", "SoDienThoai", "DiaChiChuHoSo", "TrichYeuHoSo", "NguoiNop", "Email")
    return sorted({dossier[name] for dossier in dossiers for name in names if dossier.get(name)})


def files_that_hold(texts, folder):
    """`grep -a` for any of the texts over every file of the folder; the names of the files that hold one."""
    done = subprocess.run(["grep", "-r", "-a", "-l", "-F", "-f", "-", folder], input="\n".join(texts) + "\n", capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise Refused(done.stderr)
    return done.stdout.split()


def digits_of(text):
    """The 30 digits that two people compare, wherever they stand in a text."""
    found = re.search(r"\b\d{5}(?:[ -]?\d{5}){5}\b", text)
    return re.sub(r"\D", "", found.group(0)) if found else None
