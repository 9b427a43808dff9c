#!/usr/bin/env python3
"""Recomputes messages_v1.txt, messages_v3.txt, messages_v5.txt and messages_v6.txt from WIRE.md, section 8: one of every message, from the values that it holds."""
from check_formats import Sheet, counted, le, prefixed, text, varint, zigzag

TIME = 1_597_219_200_000


def first(byte, size):
    return bytes([byte]) + bytes(size - 1)


def head():
    return first(0x11, 16) + varint(77) + first(0x22, 32)


def receipted():
    second = first(0x12, 16) + varint(5) + first(0x23, 32)
    receipt = b"".join((le(1, 2), first(0x33, 16), varint(1_000), b"\x44" * 32, le(6, TIME), varint(900), counted((head(), second))))
    near = varint(1) + varint(64) + zigzag(1) + zigzag(10)
    foreign = varint(0) + first(0x13, 16) + varint(0) + zigzag(-2) + zigzag(-1)
    return prefixed(receipt) + b"\x55" * 64 + counted((near, foreign)) + varint(300)


def report():
    return b"".join((varint(1), varint(200), le(6, TIME + 2), varint(3), varint(4), varint(5), le(6, TIME + 3), varint(6 << 30), text("0.1.0"), le(1, 1)))


def policy_entry():
    body = varint(8) + le(6, TIME + 4) + first(0x0E, 16) + text("mat may")
    return le(4, 7) + b"\x66" * 32 + le(1, 5) + prefixed(body) + b"\x77" * 64


def messages():
    org = first(0x0A, 16)
    preface = b"WSY\1"
    yield "preface_sync", preface + le(1, 1)
    yield "preface_enrol", preface + le(1, 2)
    yield "prologue_enrol", preface + le(1, 2) + org + b"\xc1" * 32
    unheard = counted((first(0x11, 16) + varint(40), first(0x12, 16) + varint(0)))
    yield "hello", le(1, 1) + varint(300) + unheard + varint(1) + b"\7\10\11"
    yield "enrol_hello", le(1, 1) + b"\xb1" * 8
    yield "welcome_receipted", le(1, 1) + receipted()
    yield "welcome_refused", le(1, 2) + le(1, 6)
    yield "pull", le(1, 1) + varint(1_234) + varint(300) + report()
    yield "push", le(1, 2) + b"\1\2\3"
    yield "delivery", le(1, 3) + varint(1_235) + b"\4\5\6"
    yield "policy", le(1, 4) + counted([prefixed(policy_entry())])
    yield "need_sealed", le(1, 5) + counted((first(0x11, 16) + varint(64), first(0x12, 16) + varint(0)))
    yield "applied", le(1, 6) + varint(998) + counted([first(0x88, 16)]) + b"\x99" * 64
    yield "segment_refused", le(1, 7) + first(0x11, 16) + varint(64) + le(1, 2)
    yield "ask_heads", le(1, 8)
    yield "all_heads", le(1, 9) + counted([head()])
    yield "ping", le(1, 10)
    yield "pong", le(1, 11)
    yield "receipted", le(1, 12) + receipted()
    yield "refusal", le(1, 13) + le(1, 7)
    yield "enrol_request", le(1, 14) + b"\xa1" * 32 + b"\xa2" * 32 + b"\xa3" * 32 + text("Quầy 1") + b"\xa4" * 64
    yield "enrol_answer", le(1, 15) + le(1, 1) + text("W-VYDA") + varint(12)


def messages_of_version_3():
    yield "pull", le(1, 1) + varint(1_234) + varint(300) + report() + varint(700)
    yield "fetch_dossiers", le(1, 16) + varint(999) + counted((first(0x89, 16), first(0x88, 16)))
    yield "fetched", le(1, 17) + varint(1_001) + b"\7\10"


def messages_of_version_5():
    receipt = b"".join((le(1, 2), first(0x33, 16), varint(1_000), b"\x44" * 32, le(6, TIME), varint(900), counted(())))
    joins = counted((le(1, 1) + counted((b"\xc1" * 32, b"\xc2" * 32)), le(1, 0)))
    yield "ask_joins", le(1, 18) + counted((first(0x33, 16) + varint(900), first(0x34, 16) + varint(300)))
    yield "joins", le(1, 19) + prefixed(receipt) + b"\x55" * 64 + joins + b"\xc3" * 64
    yield "audit_end", le(1, 20) + varint(1_002) + b"\xc4" * 32


def messages_of_version_6():
    yield "fetch_summaries", le(1, 21) + varint(999) + counted((first(0x89, 16), first(0x88, 16)))


def check_messages():
    checked = 0
    for name, values in (("messages_v1.txt", messages()), ("messages_v3.txt", messages_of_version_3()), ("messages_v5.txt", messages_of_version_5()),
                         ("messages_v6.txt", messages_of_version_6())):
        sheet = Sheet(name)
        for which, computed in values:
            sheet.check(which, computed)
        checked += sheet.finish()
    return checked


def main():
    print(f"check_messages: {check_messages()} values recomputed, all equal")


if __name__ == "__main__":
    main()
