#!/usr/bin/env python3
"""Recomputes the golden files of WIRE.md, sections 13 to 17, as `check_formats.py` does the others: audit logs, what the root key signs, recovery."""
import sys

from check_formats import Cursor, Sheet, blake, le, prefixed, signed_by, siv_seal, typed_ticket, varint, xchacha20
from nacl.pwhash import argon2id
from nacl.signing import SigningKey


def check_audit():
    sheet = Sheet("audit_v1.txt")
    reached = bytes(32)
    for number in (0, 1):
        entry = sheet.hex(f"entry{number}")
        expected = varint(number) + le(6, 1_785_000_000_000 + number) + bytes([number % 2 == 0]) + varint(2)
        for text in ("lan", "W-VYDA", f"số {number}"):
            expected += varint(len(text.encode())) + text.encode()
        sheet.check(f"entry{number}", expected)
        reached = blake(32, "wsync-audit", b"", reached, entry)
        sheet.check(f"chain{number}", reached)
    head, public = sheet.hex("head"), sheet.hex("device_public")
    org = head[:16]
    if head[16:] != b"\x01" + blake(16, "wsync-device", b"", public) + le(8, 0) + le(8, 2) + bytes(32) + reached + le(6, 1_785_000_000_000) or len(org) != 16:
        sys.exit("audit_v1.txt: the head does not read as WIRE.md says")
    if not signed_by(public, b"wsync-audit-v1", head, sheet.hex("signature")):
        sys.exit("audit_v1.txt: the signature")
    return sheet.finish()


def check_rotation():
    sheet = Sheet("policy_rotation.txt")
    root, next_root, third = sheet.hex("root"), sheet.hex("next_root"), sheet.hex("third_root")
    org = blake(16, "wsync-org", b"", root)
    sheet.check("org", org)
    commitment = {key: blake(32, "wsync-next-root", b"", key) for key in (next_root, third)}
    previous = bytes(32)
    for epoch, signer in ((0, root), (1, next_root)):
        encoded = sheet.hex(f"entry{epoch}")
        entry = Cursor(encoded)
        kind = entry.take(4 + 32 + 1)[-1]
        body = entry.text()
        if kind != (1, 16)[epoch] or (kind == 16 and body[-64:] != next_root + commitment[third]) or (kind == 1 and commitment[next_root] not in body):
            sys.exit(f"policy_rotation.txt: entry {epoch}")
        if not signed_by(signer, b"wsync-policy-v1", org + le(4, epoch) + previous + le(1, kind) + body, entry.take(64)):
            sys.exit(f"policy_rotation.txt: the signature of entry {epoch}")
        previous = blake(32, "wsync-policy", b"", org, encoded)
    sheet.check("hash", previous)
    kind, _, digits = sheet.text("request").partition(" ")
    request = Cursor(bytes.fromhex(digits))
    facts = (request.text(), request.take(16), request.take(32), request.take(32))
    asked = request.text()
    if kind != "WARDSYNC-ROOT-REQUEST-1" or facts != ("Huế".encode(), org, next_root, commitment[third]) or asked[4:36] != previous or asked[-64:] != bytes(64) or request.data:
        sys.exit("policy_rotation.txt: the request")
    kind, _, digits = sheet.text("signed").partition(" ")
    answer = Cursor(bytes.fromhex(digits))
    if kind != "WARDSYNC-ROOT-SIGNED-1" or answer.take(16) != org:
        sys.exit("policy_rotation.txt: the signed entry")
    entry = answer.text()
    of = Cursor(entry)
    place, kind, body = of.take(4 + 32), of.take(1), of.text()
    if entry[:-64] != asked[:-64] or not signed_by(next_root, b"wsync-policy-v1", org + place + kind + body, entry[-64:]):
        sys.exit("policy_rotation.txt: the signature of the signed entry")
    return sheet.finish()


def check_recovery():
    sheet = Sheet("recovery_v1.txt")
    org, box_key, keys = bytes([7]) * 16, sheet.hex("box_key"), [bytes([i]) * 32 for i in (1, 2, 3)]
    sheet.check("letters", "1: " + typed_ticket(keys[0][:16]))
    header = prefixed("Huế".encode()) + org + bytes([2, 3])
    for i, key in enumerate(keys):
        header += prefixed(f"Người {i}".encode()) + blake(8, "wsync-trustee", key, org)

    def seal(key, plain):
        return siv_seal("wsync-recov-siv", blake(64, "wsync-recov-key", key, org), header, plain)

    sealed = b"".join(seal(blake(32, "wsync-recover", keys[a], keys[b]), box_key) for a, b in ((0, 1), (0, 2), (1, 2)))
    sheet.check("box", "WARDSYNC-RECOVERY-1 " + (header + sealed + prefixed(seal(box_key, bytes(range(1, 8))))).hex())
    return sheet.finish()


def check_official_key():
    sheet = Sheet("official_key.txt")
    kind, _, digits = sheet.text("file").partition(" ")
    fields = Cursor(bytes.fromhex(digits))
    user, public, salt, memory, passes, sealed = fields.text(), fields.take(32), fields.take(16), fields.number(4), fields.number(1), fields.take(64)
    if (kind, user, fields.data) != ("wardsync-official-key-1", b"lan", b""):
        sys.exit("official_key.txt: the file does not read as WIRE.md says")
    under = argon2id.kdf(32, sheet.text("passphrase").encode(), salt, opslimit=passes, memlimit=memory * 1024)
    keys = blake(64, "wsync-stick-key", under, public)
    seed = xchacha20(keys[32:], sealed[32:56], sealed[:32])
    if sealed[32:] != blake(32, "wsync-stick-siv", keys[:32], le(8, len(public)), public, seed):
        sys.exit("official_key.txt: the seal")
    sheet.check("seed", seed)
    if public != bytes(SigningKey(seed).verify_key):
        sys.exit("official_key.txt: the public half")
    sheet.check("public_file", f"wardsync-official-public-1 {public.hex()} lan")
    return sheet.finish()


def check_device_key():
    sheet = Sheet("device_key.txt")
    plain = sheet.hex("plain")
    for name in ("by_passphrase", "by_system"):
        file = sheet.hex(name)
        fields = Cursor(file)
        mark, by, salt, memory, passes = fields.take(21), fields.number(1), fields.take(16), fields.number(4), fields.number(1)
        wrapped = fields.text()
        honest = by == 1 and not wrapped if name == "by_passphrase" else (by, memory, passes) == (2, 0, 0)
        if mark != b"WARDSYNC-DEVICE-KEY-2" or not honest:
            sys.exit(f"device_key.txt: {name} does not read as WIRE.md says")
        if by == 1:
            under = argon2id.kdf(32, sheet.text("passphrase").encode(), salt, opslimit=passes, memlimit=memory * 1024)
        else:
            under = blake(32, "wsync-devkey-os", b"", sheet.hex("secret"), salt)
        header = file[:len(file) - len(fields.data)]
        sheet.check(name, header + siv_seal("wsync-devkey-siv", blake(64, "wsync-devkey", under, salt), header, plain))
    return sheet.finish()


def check_introduction():
    sheet = Sheet("introduction.txt")
    for name in ("unused", "used"):
        whole = sheet.hex(name)
        said, tag = whole[:-32], whole[-32:]
        fields = Cursor(said)
        org, root = fields.take(16), fields.take(32)
        read = fields.take(32), fields.text(), fields.number(6), fields.number(1)
        by = (fields.take(16), fields.text()) if read[3] else None
        told = (bytes([4]) * 32, b"W-VYDA", 1_785_000_000_000, int(name == "used")), (bytes([9]) * 16, "quầy 2".encode()) if name == "used" else None
        if (read, by) != told or fields.data or org != blake(16, "wsync-org", b"", root):
            sys.exit(f"introduction.txt: {name} does not read as WIRE.md says")
        psk = blake(32, "wsync-ticket", sheet.hex("secret"), org)
        sheet.check(name, said + blake(32, "wsync-intro", psk, said))
    return sheet.finish()


def main():
    checked = sum(check() for check in (check_audit, check_official_key, check_device_key, check_rotation, check_recovery, check_introduction))
    print(f"check_keys: {checked} values recomputed, all equal")


if __name__ == "__main__":
    main()
