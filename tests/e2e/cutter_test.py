#!/usr/bin/env python3
"""The cutter itself: it forwards, and each way of failing fails as it says."""
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path


class Echo(threading.Thread):
    """Sends back whatever it gets."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(peer,), daemon=True).start()

    @staticmethod
    def answer(peer):
        try:
            while data := peer.recv(65536):
                if data == b"die":
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return peer.close()
                peer.sendall(data)
        except OSError:
            pass


class Cutter(unittest.TestCase):
    def setUp(self):
        program = Path(__file__).with_name("cutter.py")
        self.process = subprocess.Popen([sys.executable, program, f"a=127.0.0.1:{Echo().port}"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.assertEqual(self.process.stdout.readline(), "ready\n")

    def tearDown(self):
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        self.addCleanup(client.close)
        return client

    def gets_back(self, client, data):
        got = b""
        client.sendall(data)
        while len(got) < len(data):
            part = client.recv(65536)
            if not part:
                break
            got += part
        return got

    def test_forwards_both_ways_and_counts(self):
        client = self.connect()
        self.assertEqual(self.gets_back(client, b"x" * 100_000), b"x" * 100_000)
        self.assertEqual(self.tell("count a"), "ok 100000 100000 1 0")

    def test_an_end_that_dies_takes_the_other_with_it(self):
        client = self.connect()
        self.gets_back(client, b"hello")
        client.sendall(b"die")
        with self.assertRaises(ConnectionResetError):
            client.recv(10)

    def test_cut_resets_what_is_open_and_what_comes_until_it_is_healed(self):
        client = self.connect()
        self.gets_back(client, b"hello")
        self.assertEqual(self.tell("cut a"), "ok")
        with self.assertRaises(OSError):
            client.recv(1) or self.fail("closed politely instead of reset")
        with self.assertRaises(OSError):
            self.gets_back(self.connect(), b"hello") or self.fail("forwarded while cut")
        self.tell("heal a")
        self.assertEqual(self.gets_back(self.connect(), b"again"), b"again")

    def test_cut_after_counts_bytes(self):
        client = self.connect()
        self.tell("cut-after a 1000")
        with self.assertRaises(OSError):
            self.gets_back(client, b"y" * 5000) or self.fail("closed politely instead of reset")
        up, down = map(int, self.tell("count a").split()[1:3])
        self.assertEqual(up + down, 1000)

    def test_stall_passes_nothing_and_loses_nothing(self):
        client = self.connect()
        self.tell("stall a")
        client.sendall(b"later")
        client.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            client.recv(1)
        self.tell("heal a")
        client.settimeout(5)
        self.assertEqual(client.recv(5), b"later")

    def test_throttle_slows_down(self):
        client = self.connect()
        self.tell("throttle a 20000")
        begun = time.monotonic()
        self.gets_back(client, b"z" * 10_000)
        self.assertGreater(time.monotonic() - begun, 0.4)

    def test_says_what_it_does_not_understand(self):
        self.assertEqual(self.tell("cut b"), "not understood: cut b")
        self.assertEqual(self.tell("break a"), "not understood: break a")
        self.assertEqual(self.tell("throttle a fast"), "not understood: throttle a fast")


if __name__ == "__main__":
    unittest.main()
