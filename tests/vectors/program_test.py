#!/usr/bin/env python3
"""Runs ward-vectors as a stranger would. The vectors that it makes are computed here, with hashlib and PyNaCl, not by the project's code."""
import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from nacl.signing import SigningKey

PROGRAM = sys.argv.pop(1)
NOISE = "tests/data/vectors/noise-ik.txt"


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def last_line(text):
    return text.rstrip("\n").split("\n")[-1]


def as_cacophony(text):
    """The flynn text form as JSON in the form of cacophony, with the responder's public key from PyNaCl."""
    from nacl.public import PrivateKey
    vectors = []
    for block in text.split("\n\n"):
        fields = dict(line.split("=", 1) for line in block.split("\n") if line and not line.startswith("#"))
        if not fields:
            continue
        psks = [fields["preshared_key"]] if "preshared_key" in fields else []
        vector = {"protocol_name": fields["handshake"], "messages": []}
        for role, secret in (("init", fields["init_static"]), ("resp", fields["resp_static"])):
            vector |= {f"{role}_prologue": fields.get("prologue", ""), f"{role}_psks": psks, f"{role}_static": secret,
                       f"{role}_ephemeral": fields[f"gen_{role}_ephemeral"]}
        vector["init_remote_static"] = bytes(PrivateKey(bytes.fromhex(fields["resp_static"])).public_key).hex()
        for i in range(4):
            vector["messages"].append({"payload": fields[f"msg_{i}_payload"], "ciphertext": fields[f"msg_{i}_ciphertext"]})
        vectors.append(vector)
    return vectors


class Tree:
    """RFC 6962 §2.1, as its text says it."""

    def __init__(self, size):
        self.leaves = [hashlib.sha256(b"\0" + bytes([i])).digest() for i in range(size)]

    def root(self, first, end):
        if end - first == 1:
            return self.leaves[first]
        middle = first + self.split(end - first)
        return hashlib.sha256(b"\1" + self.root(first, middle) + self.root(middle, end)).digest()

    @staticmethod
    def split(size):
        return 1 << (size - 1).bit_length() - 1

    def path(self, index, first, end):
        if end - first == 1:
            return []
        middle = first + self.split(end - first)
        if index < middle:
            return self.path(index, first, middle) + [self.root(middle, end)]
        return self.path(index, middle, end) + [self.root(first, middle)]

    def consistency(self, old, first, end, whole):
        if old == end - first:
            return [] if whole else [self.root(first, end)]
        half = self.split(end - first)
        if old <= half:
            return self.consistency(old, first, first + half, whole) + [self.root(first + half, end)]
        return self.consistency(old - half, first + half, end, False) + [self.root(first, first + half)]


def b64(data):
    return base64.b64encode(data).decode()


def inclusion(index, size, wrong=False):
    tree = Tree(size)
    proof = tree.path(index, 0, size)
    return {"leafIdx": index ^ 1 if wrong else index, "treeSize": size, "root": b64(tree.root(0, size)), "leafHash": b64(tree.leaves[index]),
            "proof": [b64(node) for node in proof] or None, "desc": f"{index} of {size}", "wantErr": wrong}


def consistency(old, size, wrong=False):
    tree = Tree(size)
    proof = [b64(node) for node in tree.consistency(old, 0, size, True)]
    return {"size1": old, "size2": size, "root1": b64(tree.root(0, old)), "root2": b64(tree.root(0, size)),
            "proof": [""] + proof if wrong else proof, "desc": f"{old} in {size}", "wantErr": wrong}


class Vectors(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, content, name="vectors.json"):
        path = Path(self.folder.name) / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def test_wrong_usage_exits_2(self):
        for arguments in ([], ["noise"], ["poetry", NOISE]):
            status, out, err = run(*arguments)
            self.assertEqual((status, out), (2, ""))
            self.assertIn("usage: ward-vectors", err)
        self.assertEqual(run("--help")[0], 0)

    def test_noise_in_text_and_json_form(self):
        vectors = as_cacophony(Path(NOISE).read_text(encoding="utf-8"))
        self.assertEqual(len(vectors), 8)
        for content in (NOISE, self.file(vectors, "list.json"), self.file({"vectors": vectors}, "object.json")):
            status, out, _ = run("noise", content)
            self.assertEqual((status, out), (0, "8 passed, 0 failed, 0 not applicable\n"))

    def test_noise_names_what_fails_and_what_is_not_spoken(self):
        vectors = as_cacophony(Path(NOISE).read_text(encoding="utf-8"))
        vectors[3]["messages"][1]["payload"] = "00"
        vectors[4]["protocol_name"] = "Noise_XX_25519_AESGCM_BLAKE2b"
        vectors[5]["handshake_hash"] = "00" * 32
        vectors[6]["init_remote_static"] = "00" * 32
        vectors[7]["resp_psks"] = []
        status, out, _ = run("noise", self.file(vectors))
        self.assertEqual(status, 1)
        self.assertEqual(last_line(out), "3 passed, 4 failed, 1 not applicable")
        self.assertRegex(out, r"failed: \S+vectors\.json\[3\] Noise_IKpsk2_25519_ChaChaPoly_SHA256: as initiator, read message 2")
        self.assertRegex(out, r"not applicable: \S+vectors\.json\[4\] Noise_XX_25519_AESGCM_BLAKE2b")
        self.assertRegex(out, r"failed: \S+\[5\] .*handshake hash")

    def test_ed25519_in_cctv_form(self):
        key = SigningKey(bytes(range(32)))
        good = {"number": 0, "key": key.verify_key.encode().hex(), "sig": key.sign(b"ed25519vectors 3").signature.hex(), "msg": "ed25519vectors 3",
                "flags": None}
        small = {"number": 1, "key": "00" * 32, "sig": "00" * 64, "msg": "ed25519vectors 11", "flags": ["low_order_A"]}
        status, out, _ = run("ed25519", self.file([good, small, good | {"msg": "other"}]))
        self.assertEqual(status, 0)
        self.assertIn("1 accepted, 2 rejected", out)
        self.assertEqual(last_line(out), "3 passed, 0 failed, 0 not applicable")

    def test_ed25519_in_wycheproof_form(self):
        key = SigningKey(bytes(range(32)))
        signature = key.sign(b"Hello").signature.hex()
        tests = [{"tcId": 1, "msg": b"Hello".hex(), "sig": signature, "result": "valid"},
                 {"tcId": 2, "msg": b"hello".hex(), "sig": signature, "result": "invalid"},
                 {"tcId": 3, "msg": "", "sig": signature[:-2], "result": "invalid"},
                 {"tcId": 4, "msg": "", "sig": signature, "result": "acceptable"},
                 {"tcId": 5, "msg": b"hello".hex(), "sig": signature, "result": "valid"}]
        for name in ("publicKey", "key"):
            groups = {"testGroups": [{name: {"pk": key.verify_key.encode().hex()}, "tests": tests}]}
            status, out, _ = run("ed25519", self.file(groups))
            self.assertEqual((status, last_line(out)), (1, "3 passed, 1 failed, 1 not applicable"))
            self.assertIn("tcId 5: wrongly rejected", out)

    def test_merkle_proofs_of_every_small_tree(self):
        vectors = [inclusion(index, size) for size in range(1, 18) for index in range(size)]
        vectors += [consistency(old, size) for size in range(1, 18) for old in range(1, size + 1)]
        vectors += [inclusion(index, size, wrong=True) for size in range(2, 18) for index in range(size)]
        vectors += [consistency(old, size, wrong=True) for size in range(2, 18) for old in range(1, size)]
        status, out, _ = run("merkle", self.file(vectors))
        self.assertEqual((status, out), (0, f"{len(vectors)} passed, 0 failed, 0 not applicable\n"))

    def test_merkle_one_vector_a_file(self):
        lie = inclusion(2, 5) | {"wantErr": True}
        status, out, _ = run("merkle", self.file(inclusion(2, 5), "a.json"), self.file(lie, "b.json"))
        self.assertEqual((status, last_line(out)), (1, "1 passed, 1 failed, 0 not applicable"))
        self.assertIn("b.json 2 of 5: wrongly accepted", out)

    def test_merkle_roots_that_are_no_hashes(self):
        careless = {"size1": 0, "size2": 0, "root1": b64(b"don't care"), "root2": b64(b"don't care"), "proof": [], "wantErr": False}
        status, out, _ = run("merkle", self.file([careless, careless | {"wantErr": True}, inclusion(0, 1) | {"leafHash": "", "wantErr": True}]))
        self.assertEqual((status, last_line(out)), (0, "2 passed, 0 failed, 1 not applicable"))

    def test_merkle_numbers_up_to_64_bits(self):
        vectors = [inclusion(0, 1) | {"leafIdx": 2**64 - 1, "wantErr": True}, consistency(1, 1) | {"size1": 2**64 - 1, "wantErr": True},
                   consistency(1, 2) | {"size2": 2**64 - 1, "wantErr": True}]
        status, out, _ = run("merkle", self.file(vectors))
        self.assertEqual((status, last_line(out)), (0, "3 passed, 0 failed, 0 not applicable"))

    def test_broken_files_are_named_with_the_place_and_exit_1(self):
        cases = {"{\n  \"a\": tru}": r":2:\d+: not JSON", "[{}] x": r":1:\d+: something after the JSON", "3": "neither an object nor a list",
                 "[3]": r"\[0\]: not an object", "[{\"wantErr\": 1, \"treeSize\": 1}]": r"\[0\] \.wantErr: neither true nor false",
                 "{\"wantErr\": true}": r"vectors\.json: has no \"size1\"", "[" * 10_000: r":1:\d+: not JSON", "\0": "not JSON", "": "is empty"}
        for content, expected in cases.items():
            status, out, err = run("merkle", self.file(content))
            self.assertEqual((status, last_line(out)), (1, "0 passed, 0 failed, 0 not applicable"))
            self.assertRegex(err, expected)
        status, _, err = run("merkle", Path(self.folder.name) / "absent.json")
        self.assertEqual(status, 1)
        self.assertIn("absent.json: cannot be opened", err)
        self.assertEqual(run("merkle", self.folder.name)[0], 1)

    def test_broken_noise_text_is_named_with_the_line(self):
        for content, expected in (("handshake=Noise_IK_25519_ChaChaPoly_SHA256\ninit_static=0g\n", r":2: not hexadecimal"),
                                  ("handshake=a\nhandshake=b\n", r":2: the same key twice"), ("hello\n", r":1: neither key=value"),
                                  ("prologue=00\n", r":1: a vector without handshake"), ("{\"vectors\": [{\"messages\": []}]}", r"\.vectors\[0\]: has no")):
            status, _, err = run("noise", self.file(content))
            self.assertEqual(status, 1)
            self.assertRegex(err, expected)

    def test_each_wrong_expectation_of_a_merge_is_noticed_for_what_it_is(self):
        status, out, _ = run("merge", "tests/data/conflicts-wrong.json")
        self.assertEqual(status, 1)
        with open("tests/data/conflicts-wrong.json", encoding="utf-8") as file:
            scenarios = json.load(file)["scenarios"]
        for scenario in scenarios:
            self.assertIn(f"\n{scenario['id']} FAILED: {scenario['tags'][1]}", out)
        self.assertEqual(last_line(out), f"0 passed, {len(scenarios)} failed, 0 not applicable")

    def test_a_broken_file_does_not_hide_the_others(self):
        status, out, _ = run("noise", self.file("hello\n"), NOISE)
        self.assertEqual((status, last_line(out)), (1, "8 passed, 0 failed, 0 not applicable"))


if __name__ == "__main__":
    unittest.main()
