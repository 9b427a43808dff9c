#!/usr/bin/env python3
"""Recomputes the golden files of this folder from WIRE.md alone, with other people's code: hashlib, PyNaCl, and the ChaCha20 below.

A line of a golden file is `name value`. Each is either an input of a computation here or is compared with its result; one that is neither is an error, so
that nothing in a golden file goes unchecked.
"""
import base64
import datetime
import hashlib
import pathlib
import struct
import sys

try:
    from nacl import bindings
    from nacl.exceptions import BadSignatureError
    from nacl.signing import SigningKey, VerifyKey
except ImportError:
    sys.exit("check_formats: PyNaCl is missing for this Python (Debian: apt install python3-nacl)")

FOLDER = pathlib.Path(__file__).resolve().parent


class Sheet:
    """One golden file."""

    def __init__(self, name):
        self.name = name
        self.lines = {}
        self.seen = set()
        self.checked = 0
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                key, _, value = line.partition(" ")
                if key in self.lines:
                    sys.exit(f"{name}: {key} stands there twice")
                self.lines[key] = value

    def text(self, key):
        self.seen.add(key)
        return self.lines[key]

    def hex(self, key):
        return bytes.fromhex(self.text(key))

    def number(self, key):
        return int(self.text(key))

    def has(self, key):
        return key in self.lines

    def check(self, key, computed):
        expected = self.text(key) if isinstance(computed, str) else self.hex(key)
        if computed != expected:
            shown = computed if isinstance(computed, str) else computed.hex()
            sys.exit(f"{self.name}: {key} is {self.lines[key]}\n  computed here: {shown}")
        self.checked += 1

    def finish(self):
        unused = set(self.lines) - self.seen
        if unused:
            sys.exit(f"{self.name}: nothing checks {', '.join(sorted(unused))}")
        return self.checked


# -- primitives (WIRE.md section 1) --------------------------------------------------------------------------------------------------------


def blake(size, label, key, *parts):
    """B(n, label, key, message)."""
    return hashlib.blake2b(b"".join(parts), digest_size=size, key=key, person=label.encode().ljust(16, b"\0")).digest()


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def le(size, value):
    return value.to_bytes(size, "little")


def prefixed(data):
    return varint(len(data)) + data


def text(value):
    return prefixed(value.encode())


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def counted(items):
    items = list(items)
    return varint(len(items)) + b"".join(items)


def chacha_rounds(state):
    x = list(state)

    def quarter(a, b, c, d):
        for left, right, into, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[left] = (x[left] + x[right]) & 0xFFFFFFFF
            mixed = x[into] ^ x[left]
            x[into] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF

    for _ in range(10):
        for column in range(4):
            quarter(column, column + 4, column + 8, column + 12)
        for a, b, c, d in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(a, b, c, d)
    return x


SIGMA = struct.unpack("<4I", b"expand 32-byte k")


def xchacha20(key, nonce, data):
    start = SIGMA + struct.unpack("<8I", key) + struct.unpack("<4I", nonce[:16])
    mixed = chacha_rounds(start)
    subkey = tuple(mixed[:4] + mixed[12:])
    out = bytearray()
    for block in range(0, len(data), 64):
        state = SIGMA + subkey + struct.unpack("<2I", le(8, block // 64)) + struct.unpack("<2I", nonce[16:24])
        stream = struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(chacha_rounds(state), state)))
        out += bytes(a ^ b for a, b in zip(data[block:block + 64], stream))
    return bytes(out)


def check_xchacha20():
    """libsodium's AEAD encrypts from the second block on with the same stream."""
    key, nonce, zeros = bytes(range(32)), bytes(range(24)), bytes(200)
    theirs = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(zeros, None, nonce, key)[:200]
    if xchacha20(key, nonce, bytes(264))[64:] != theirs:
        sys.exit("check_formats: its own XChaCha20 is wrong")


def siv_seal(label, keys, header, plain):
    tag = blake(32, label, keys[:32], le(8, len(header)), header, plain)
    return xchacha20(keys[32:], tag[:24], plain) + tag


def signed_by(public, prefix, message, signature):
    try:
        VerifyKey(public).verify(prefix + b"\0" + message, signature)
        return True
    except BadSignatureError:
        return False


# -- the formats ---------------------------------------------------------------------------------------------------------------------------


def wrap(kind, secret, context, recipient):
    """Section 6: to a public key. `kind` is "wrap" for dossier keys, "seed" for unit seeds."""
    ephemeral = blake(32, f"wsync-{kind}-eph", secret, recipient, context)
    public = bindings.crypto_scalarmult_base(ephemeral)
    shared = bindings.crypto_scalarmult(ephemeral, recipient)
    agreed = blake(32, f"wsync-{kind}-dh", shared, public, recipient, context)
    return public + wrap_under(kind, agreed, secret, context)


def wrap_under(kind, key, secret, context):
    return siv_seal(f"wsync-{kind}-siv", blake(64, f"wsync-{kind}-key", key, context), context, secret)


def check_keys():
    sheet = Sheet("keys_wraps.txt")
    unit = sheet.text("unit").encode()
    epoch = le(4, sheet.number("unit_epoch"))
    seed = blake(32, "wsync-unit-seed", sheet.hex("unit_master"), unit, epoch)
    sheet.check("unit_seed", seed)
    wrap_key = blake(32, "wsync-uek-wrap", seed, unit, epoch)
    sheet.check("wrap_key", wrap_key)
    secret = blake(32, "wsync-uek-dh", seed, unit, epoch)
    sheet.check("unit_secret", secret)
    public = bindings.crypto_scalarmult_base(secret)
    sheet.check("unit_public", public)
    dossier_key = sheet.hex("dossier_key")
    sheet.check("key_id", blake(8, "wsync-kid", dossier_key))
    context = sheet.hex("org") + sheet.hex("did") + epoch + unit
    sheet.check("wrap_own_unit", wrap_under("wrap", wrap_key, dossier_key, context))
    sheet.check("wrap_other_unit", wrap("wrap", dossier_key, context, public))
    device = sheet.hex("device")
    sealing = bindings.crypto_scalarmult_base(sheet.hex("sealing_secret"))
    sheet.check("wrapped_seed", wrap("seed", seed, sheet.hex("org") + device + epoch + unit, sealing))
    created = blake(32, "wsync-dossier", sheet.hex("segment_key_seed"), device, sheet.hex("creating_incarnation"), le(8, sheet.number("creating_seq")))
    sheet.check("created_dossier_key", created)
    return sheet.finish()


def check_keys_before():
    sheet = Sheet("keys_before.txt")
    unit, epoch = sheet.text("unit").encode(), le(4, sheet.number("unit_epoch"))
    org, did, key, earlier = (sheet.hex(name) for name in ("org", "did", "dossier_key", "earlier_key"))
    sealed = wrap_under("before", key, earlier, org + did)
    sheet.check("sealed", sealed)
    wrapped = wrap_under("wrap", blake(32, "wsync-uek-wrap", sheet.hex("unit_seed"), unit, epoch), key, org + did + epoch + unit)
    key_id, earlier_id = (blake(8, "wsync-kid", one) for one in (key, earlier))
    # It stands on the record before it.
    sheet.check("grant", b"".join((
        b"\2", key_id, varint(1), varint(1), varint(1), prefixed(unit), epoch, prefixed(wrapped), varint(1), earlier_id, sealed)))
    return sheet.finish()


def merkle_root(hashes, node):
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node(merkle_root(hashes[:split], node), merkle_root(hashes[split:], node))


def check_statement():
    sheet = Sheet("segment_statement.txt")
    org = sheet.hex("org")
    public = bytes(SigningKey(sheet.hex("sign_seed")).verify_key)
    sheet.check("sign_public", public)
    device = blake(16, "wsync-device", b"", public)
    sheet.check("device", device)
    leaves = [blake(32, "wsync-seg-leaf", b"", sheet.hex(f"rid{i}")) for i in range(5)]

    def node(left, right):
        return blake(32, "wsync-seg-node", b"", left, right)

    root = merkle_root(leaves, node)
    sheet.check("root", root)
    statement = b"".join((
        le(1, 1), device, b"\3" * 16, le(8, 100), le(2, 5), b"\4" * 32, root, le(4, 6),
        b"\7" * 16, le(8, 70_000), b"\10" * 32))
    sheet.check("statement", statement)
    sheet.check("hash", blake(32, "wsync-statement", b"", org, statement))
    sheet.check("signature", SigningKey(sheet.hex("sign_seed")).sign(b"wsync-segment-v1\0" + org + statement).signature)
    # The proof for leaves 1 and 2 of five: leaf 0, leaf 3, leaf 4.
    for i, leaf in enumerate((0, 3, 4)):
        sheet.check(f"missing{i}", leaves[leaf])
    return sheet.finish()


def check_worked_segment():
    """Sections 2, 3, 4 and 6 together: three records from the values that they hold, and the signature over them."""
    sheet = Sheet("segment_worked.txt")
    org, incarnation, unit_seed = sheet.hex("org"), sheet.hex("incarnation"), sheet.hex("unit_seed")
    key = SigningKey(sheet.hex("sign_seed"))
    device = blake(16, "wsync-device", b"", bytes(key.verify_key))
    sheet.check("device", device)
    open_key = blake(32, "wsync-open-key", b"", org)
    sheet.check("open_key", open_key)
    position = device + incarnation + le(8, 1)
    dossier_key = blake(32, "wsync-dossier", sheet.hex("key_seed"), position)
    sheet.check("dossier_key", dossier_key)
    did = blake(16, "wsync-did", b"", position)
    sheet.check("did", did)

    unit, epoch = sheet.text("unit").encode(), le(4, sheet.number("unit_epoch"))
    wrapped = wrap_under("wrap", blake(32, "wsync-uek-wrap", unit_seed, unit, epoch), dossier_key, org + did + epoch + unit)
    incarnation_body = b"\1" + varint(0) + text("1.0")
    set_, string, name = b"\1\0", b"\4", 2
    change_body = b"".join((
        b"\1\0", text("an"), varint(0), varint(2),
        set_, varint(1), varint(name + 0), string, text("H57.24-250701-0001"),   # MaHoSo is name 0
        set_, varint(1), varint(name + 6), string, text("Nguyễn Văn A")))        # ChuHoSo is name 6
    grant_body = b"".join((b"\1", blake(8, "wsync-kid", dossier_key), varint(0), varint(1), prefixed(unit), epoch, prefixed(wrapped)))

    records = ((4, bytes(16), open_key, incarnation_body), (1, bytes(16), dossier_key, change_body), (2, did, open_key, grant_body))
    leaves = []
    for seq, (kind, of, sealed_with, body) in enumerate(records):
        plain = body + bytes(-len(body) % 32)
        sheet.check(f"record{seq}_plain", plain)
        clock = (1_785_000_000_000 + seq) << 16
        header = b"".join((le(1, 1), le(1, kind), device, incarnation, le(8, seq), le(4, 6), of, blake(8, "wsync-kid", sealed_with), le(2, 1), le(2, 1),
                           le(8, clock), le(4, len(plain))))
        sheet.check(f"record{seq}_header", header)
        sealed = siv_seal("wsync-rec-siv", blake(64, "wsync-rec-key", sealed_with, org, device, incarnation, le(8, seq)), header, plain)
        sheet.check(f"record{seq}_body", sealed)
        rid = blake(32, "wsync-rid", b"", header, blake(32, "wsync-body", b"", sealed))
        sheet.check(f"record{seq}_rid", rid)
        leaves.append(blake(32, "wsync-seg-leaf", b"", rid))
    root = merkle_root(leaves, lambda left, right: blake(32, "wsync-seg-node", b"", left, right))
    statement = b"".join((le(1, 1), device, incarnation, le(8, 0), le(2, 3), bytes(32), root, le(4, 6), bytes(16), le(8, 0), bytes(32)))
    sheet.check("statement", statement)
    sheet.check("hash", blake(32, "wsync-statement", b"", org, statement))
    sheet.check("signature", key.sign(b"wsync-segment-v1\0" + org + statement).signature)
    return sheet.finish()


def check_receipt():
    sheet = Sheet("receipt_v1.txt")
    heads = [tuple(f"head{i}_{part}" for part in ("incarnation", "count", "statement")) for i in range(2)]
    role, size = sheet.number("role"), sheet.number("size")
    archived, time = sheet.number("archived"), sheet.number("time_ms")
    full = b"".join((sheet.hex("org"), le(1, role), sheet.hex("centre"), le(8, size), sheet.hex("root"), le(8, time), le(8, archived),
                     sheet.hex("device"), varint(len(heads))))
    full += b"".join(sheet.hex(i) + le(8, sheet.number(c)) + sheet.hex(s) for i, c, s in heads)
    sheet.check("full", full)
    short = b"".join((le(1, role), sheet.hex("centre"), varint(size), sheet.hex("root"), le(6, time), varint(archived), varint(len(heads))))
    short += b"".join(sheet.hex(i) + varint(sheet.number(c)) + sheet.hex(s) for i, c, s in heads)
    sheet.check("short", short)
    key = SigningKey(sheet.hex("receipt_seed"))
    sheet.check("receipt_public", bytes(key.verify_key))
    sheet.check("signature", key.sign(b"wsync-receipt-v1\0" + full).signature)
    leaves = [hashlib.sha256(b"\0" + sheet.hex(f"head{i % 2}_statement") + le(8, time + i)).digest() for i in range(3)]

    def node(left, right):
        return hashlib.sha256(b"\1" + left + right).digest()

    for i, leaf in enumerate(leaves):
        sheet.check(f"leaf{i}", leaf)
    sheet.check("log_root", merkle_root(leaves, node))
    sheet.check("log_frontier", le(8, 3) + node(*leaves[:2]) + leaves[2])
    return sheet.finish()


class Cursor:
    def __init__(self, data):
        self.data = data

    def take(self, size):
        if size > len(self.data):
            sys.exit("policy entry: cut off")
        out, self.data = self.data[:size], self.data[size:]
        return out

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.number(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        return self.take(self.varint())


def read_policy_fields(kind, body):
    """Section 5: the fields of each type, to see that a reader ends just where the body does."""
    if kind == 1:
        return {"name": body.text(), **{name: body.take(32) for name in ("root", "next", "operations", "receipt", "noise")}}
    if kind == 2:
        flags = body.number(1)
        return {name: body.take(32) for bit, name in ((1, "operations"), (2, "receipt"), (4, "noise")) if flags & bit}
    if kind == 3:
        return {"texts": [body.text() for _ in range(6)], "epoch": body.number(4), "public": body.take(32)}
    if kind == 4:
        return {"sign": body.take(32), "noise": body.take(32), "sealing": body.take(32), "unit": body.text(), "label": body.text(),
                "epoch": body.number(4), "seed": body.text()}
    if kind == 5:
        return {"device": body.take(16), "reason": body.text()}
    if kind == 6:
        return {"at": [body.text() for _ in range(body.varint())]}
    if kind == 7:
        return {"identification": body.text(), "device": body.take(16), "serials": (body.number(4), body.number(4)), "days": (body.number(2), body.number(2))}
    if kind == 8:
        return {"unit": body.text(), "heir": body.text(), "reason": body.text()}
    if kind == 9:
        return {"unit": body.text(), "name": body.text(), "flags": body.number(1), "reason": body.text()}
    if kind == 10:
        return {"days": [(body.number(2), body.number(1), body.text()) for _ in range(body.varint())]}
    if kind == 11:
        return {"unit": body.text(), "epoch": body.number(4),
                "held": [(body.text(), body.number(4), body.take(64)) for _ in range(body.varint())],
                "shares": [(body.take(16), body.take(96)) for _ in range(body.varint())]}
    if kind == 12:
        account = {"unit": body.text(), "name": body.text(), "display": body.text(), "role": body.number(1), "flags": body.number(1)}
        return {**account, "key": body.take(32) if account["flags"] & 2 else b"", "reason": body.text()}
    if kind == 15:  # section 5.2: the official signs everything before the flags
        before = body.data
        fields = {"did": body.take(16), "unit": body.text(), "name": body.text(), "reason": body.text(), "past": body.take(32),
                  "codes": [body.text() for _ in range(body.varint())], "status": body.text(), "custodian": body.text(),
                  "stays": [(body.text(), body.number(8)) for _ in range(body.varint())]}
        return {**fields, "order": before[:len(before) - len(body.data)], "signature": body.take(64) if body.number(1) & 1 else b""}
    if kind == 14:
        return {"unit": body.text(), "name": body.text(), "hash": body.take(32), "expires": body.number(6)}
    if kind == 17:  # section 5.3
        fields = {"device": body.take(16), "incarnation": body.take(16), "first": body.varint(), "kind": body.number(1)}
        what = [body.take(32) for _ in range(body.varint())] if fields["kind"] == 3 else (body.varint(), body.take(32))
        return {**fields, "what": what, "reason": body.text()}
    if kind == 18:
        return {"unit": body.text(), "bytes": body.varint(), "days": body.number(2)}
    if kind == 19:  # section 5.4
        return {"device": body.take(16), "incarnation": body.take(16), "firsts": [body.varint() for _ in range(body.varint())]}
    return {"bytes": body.take(len(body.data))}


def let_in(entry, first, kind, what):
    return {"incarnation": MADE(9, 16), "first": first, "kind": kind, "what": what, "reason": b"asked the clerk" if entry == 3 else b"known work"}


def MADE(number, size):
    return bytes([number]) * size


ADMISSIONS = {3: let_in(3, 4, 3, [MADE(1, 32), MADE(2, 32)]), 5: let_in(5, 7, 1, (300, MADE(7, 32))), 6: let_in(6, 307, 2, (1, MADE(7, 32))),
              7: {"unit": b"", "bytes": 5_000_000_000, "days": 30}, 8: {"unit": b"W-VYDA", "bytes": 0, "days": 7},
              9: {"incarnation": MADE(9, 16), "firsts": [0, 7, 300]}}


ORDER = {"did": bytes([0x11]) * 16, "unit": b"W-VYDA", "name": b"lan", "reason": "hồ sơ nhập trùng, quyết định 12/QĐ".encode(), "past": bytes([0x22]) * 32,
         "codes": [b"H57.24-250701-0001"], "status": b"2", "custodian": b"W-VYDA", "stays": [(b"W-VYDA", 1_785_000_000_000 << 16 | 3)]}


def check_erasure(name, sheet, epoch, org, fields):
    official = bytes(SigningKey(sheet.hex("official_seed")).verify_key)
    if not signed_by(official, b"wsync-erase-v1", org + le(4, epoch) + fields["order"], fields["signature"]):
        sys.exit(f"{name}: the official's signature")
    if {key: fields[key] for key in ORDER} != ORDER:
        sys.exit(f"{name}: what the order says")


ACCOUNTS = [{"unit": b"W-VYDA", "name": b"lan", "display": "Trần Thị Lan".encode(), "role": 3, "flags": 2, "key": bytes([0x66]) * 32, "reason": b""},
            {"unit": b"W-VYDA", "name": "hòa".encode(), "display": b"", "role": 1, "flags": 1, "key": b"", "reason": "nghỉ việc".encode()}]


PEOPLE = [{"unit": b"W-VYDA", "heir": b"W25-VYDA", "reason": b"1675/NQ-UBTVQH15"},
          {"unit": b"W25-VYDA", "name": b"lan", "flags": 2, "reason": b""},
          {"unit": b"W-VYDA", "name": "hòa".encode(), "flags": 1 | 4, "reason": "nghỉ việc".encode()}]


def check_policy(name, expected_kinds):
    sheet = Sheet(name)
    root = bytes(SigningKey(sheet.hex("root_seed")).verify_key)
    sheet.check("root_public", root)
    org = blake(16, "wsync-org", b"", root)
    sheet.check("org", org)
    operations, previous, last_index, last_time, device = None, bytes(32), 0, 0, None
    kinds = []
    for epoch in range(len(expected_kinds)):
        encoded = sheet.hex(f"entry{epoch}")
        entry = Cursor(encoded)
        if entry.number(4) != epoch or entry.take(32) != previous:
            sys.exit(f"{name}: entry {epoch} does not continue the chain")
        kind = entry.number(1)
        body = entry.text()
        signature = entry.take(64)
        fields_from = Cursor(body)
        index, time = fields_from.varint(), fields_from.number(6)
        fields = read_policy_fields(kind, fields_from)
        if entry.data or fields_from.data or index < last_index or time < last_time:
            sys.exit(f"{name}: entry {epoch} does not read as WIRE.md says")
        last_index, last_time = index, time
        if kind == 1:
            operations = fields["operations"]
            sheet.check("operations_public", operations)
            sheet.check("receipt_public", fields["receipt"])
            if fields["next"] != blake(32, "wsync-next-root", b"", sheet.hex("next_root_public")):
                sys.exit(f"{name}: the commitment to the next root key")
        signer = root if kind in (1, 2) else operations
        if not signed_by(signer, b"wsync-policy-v1", org + le(4, epoch) + previous + le(1, kind) + body, signature):
            sys.exit(f"{name}: the signature of entry {epoch}")
        if kind == 2:
            operations = fields.get("operations", operations)
        if kind == 4:
            device = blake(16, "wsync-device", b"", fields["sign"])
        if kind == 5 and fields["device"] != device:
            sys.exit(f"{name}: the id of the revoked device")
        first_of_2021 = (datetime.date(2021, 1, 1) - datetime.date(1970, 1, 1)).days
        if kind == 7 and (fields["device"], fields["serials"], fields["days"]) != (device, (1, 2500), (first_of_2021, first_of_2021 + 364)):
            sys.exit(f"{name}: the block of codes")
        if kind in (8, 9) and fields != PEOPLE[kinds.count(8) + kinds.count(9)]:
            sys.exit(f"{name}: what entry {epoch} says")
        if kind in (17, 18, 19) and {**ADMISSIONS[epoch], **({"device": device} if kind != 18 else {})} != fields:
            sys.exit(f"{name}: what entry {epoch} says")
        if kind == 15:
            check_erasure(name, sheet, epoch, org, fields)
        if kind == 14:
            secret = sheet.hex(f"secret{kinds.count(14) + 1}")
            unit, user = b"W-VYDA", "hòa".encode()
            whose = org + bytes([len(unit)]) + unit + bytes([len(user)]) + user
            if fields != {"unit": unit, "name": user, "hash": blake(32, "wsync-activate", secret, whose), "expires": 1785000000000}:
                sys.exit(f"{name}: the activation of entry {epoch}")
        if kind == 12 and name == "policy_accounts.txt" and fields != ACCOUNTS[kinds.count(12)]:
            sys.exit(f"{name}: the account of entry {epoch}")
        days_of_2028 = [(datetime.date(2028, *day) - datetime.date(1970, 1, 1)).days for day in ((1, 1), (5, 1), (5, 6))]
        if kind == 10 and fields["days"] != list(zip(days_of_2028, (2, 0, 3), ("Tết Dương lịch".encode(), b"", "Làm bù cho 2/5".encode()))):
            sys.exit(f"{name}: the calendar")
        previous = blake(32, "wsync-policy", b"", org, encoded)
        sheet.check(f"hash{epoch}", previous)
        kinds.append(kind)
    if kinds != expected_kinds:
        sys.exit(f"{name}: types {kinds}")
    return sheet.finish()


def check_backup():
    sheet = Sheet("backup_v1.txt")
    digest = bytes(32)
    for chunk in (bytes([1] * 5), bytes([2] * 3)):
        digest = blake(32, "wsync-backup", b"", digest, chunk)
    sheet.check("digest", digest)
    sealed = b"".join((sheet.hex("org"), sheet.hex("centre"), le(8, sheet.number("size")), sheet.hex("root"), le(4, sheet.number("policy_entries")),
                       le(6, sheet.number("time_ms")), le(8, sheet.number("bytes")), digest))
    trailer = sheet.hex("trailer")
    if trailer[:len(sealed)] != sealed or trailer[len(sealed) + 64:] != b"WSYBACK\x01":
        sys.exit("backup_v1.txt: the trailer does not read as WIRE.md says")
    if not signed_by(sheet.hex("receipt_public"), b"wsync-backup-v1", sealed, trailer[len(sealed):len(sealed) + 64]):
        sys.exit("backup_v1.txt: the signature")
    return sheet.finish()


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def gf32_times(x, y):
    out = 0
    for bit in range(5):
        if y >> bit & 1:
            out ^= x << bit
    for bit in range(8, 4, -1):
        if out >> bit & 1:
            out ^= 0b100101 << (bit - 5)
    return out


def typed_ticket(secret):
    bits = int.from_bytes(secret, "big") << 2
    letters = [bits >> (5 * (25 - i)) & 31 for i in range(26)]
    powers = [1]
    while len(powers) < 28:
        powers.append(gf32_times(powers[-1], 2))
    # The two check letters are found by trying all: exactly one pair makes both sums zero.
    for first in range(32):
        for second in range(32):
            code = letters + [first, second]
            plain = weighted = 0
            for power, letter in zip(powers, code):
                plain ^= letter
                weighted ^= gf32_times(power, letter)
            if plain == weighted == 0:
                text = "".join(CROCKFORD[letter] for letter in code)
                return "-".join(text[i:i + 4] for i in range(0, 28, 4))
    return ""


def check_ticket():
    sheet = Sheet("ticket_v1.txt")
    secret, org, root = sheet.hex("secret"), sheet.hex("org"), sheet.hex("root")
    sheet.check("org", blake(16, "wsync-org", b"", root))
    body = b"".join((secret, org, root, sheet.hex("centre_static"), prefixed(sheet.text("address").encode()), prefixed(sheet.text("unit").encode()),
                     le(6, sheet.number("expires_ms"))))
    body += blake(8, "wsync-ticket-sum", b"", body)
    sheet.check("file", "WARDSYNC-TICKET-1 " + base64.urlsafe_b64encode(body).decode().rstrip("="))
    groups = [body[at:at + 7] for at in range(0, len(body), 7)]
    sheet.check("scanned", "01" + "".join(str(int.from_bytes(group, "little")).zfill((0, 3, 5, 8, 10, 13, 15, 17)[len(group)]) for group in groups))
    sheet.check("typed", typed_ticket(secret))
    sheet.check("psk", blake(32, "wsync-ticket", secret, org))
    sheet.check("ticket_id", blake(8, "wsync-ticket-id", secret))
    digest = blake(32, "wsync-fp", b"", root, *(sheet.hex(name) for name in ("handshake", "device_sign", "device_noise", "device_sealing")))
    groups = (int.from_bytes(digest[5 * i:5 * i + 5], "little") % 100_000 for i in range(6))
    sheet.check("fingerprint", " ".join(f"{group:05}" for group in groups))
    return sheet.finish()


def check_act():
    sheet = Sheet("act_signature.txt")
    key = SigningKey(sheet.hex("seed"))
    sheet.check("public", bytes(key.verify_key))
    body, past, user = sheet.hex("body_without_act"), bytes([9]) * 32, b"lan"
    message = (sheet.hex("org") + sheet.hex("did") + varint(len(user)) + user + le(4, 7) + sheet.hex("device") + sheet.hex("incarnation") + le(8, 5) + le(1, 5)
               + blake(32, "wsync-act-body", b"", body) + past)
    sheet.check("act", b"\1" + past + key.sign(b"wsync-act-v1\0" + message).signature)
    return sheet.finish()


POLICIES = {"policy_chain.txt": [1, 3, 4, 5, 2, 77, 6],
            "policy_calendar.txt": [1, 10],
            "policy_codes.txt": [1, 3, 4, 7],
            "policy_people.txt": [1, 3, 3, 8, 9, 9],
            "policy_activation.txt": [1, 3, 12, 14, 14],
            "policy_accounts.txt": [1, 3, 12, 12],
            "policy_seed.txt": [1, 3, 4, 4, 5, 3, 11],
            "policy_erasure.txt": [1, 3, 12, 15], "policy_admission.txt": [1, 3, 4, 17, 5, 17, 17, 18, 18, 19]}


def main():
    check_xchacha20()
    checked = sum(check() for check in (check_keys, check_keys_before, check_statement, check_worked_segment, check_receipt, check_backup, check_ticket, check_act))
    checked += sum(check_policy(name, kinds) for name, kinds in POLICIES.items())
    print(f"check_formats: {checked} values recomputed, all equal")


if __name__ == "__main__":
    main()
