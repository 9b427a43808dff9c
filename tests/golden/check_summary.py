#!/usr/bin/env python3
"""Recomputes summary.txt from WIRE.md, section 4.2: a state, written from the values that it holds, and the body of a summary of it."""
from check_formats import Sheet, blake, counted, le, prefixed, text, varint, zigzag

NAMES = {"ChuHoSo": 6, "TaiLieuNop": 37, "TenTepDinhKem": 39, "SoTien": 63}
TIME = 1_785_000_000_000
NEAR = 32


def optional(one):
    return b"\0" if one is None else b"\1" + one


def flag(value):
    return le(1, int(value))


def name(which, first):
    return varint(NAMES[which] + first) if which in NAMES else varint(0) + text(which)


def members(values):
    return counted(name(key, 1) + values[key] for key in sorted(values, key=str.encode))


def string(value):
    return le(1, 3) + text(value)


def number(value):
    return le(1, 2) + zigzag(value)


def stamp(index, time):
    return varint(index) + zigzag(time)


class Writer:
    """Names what was written lately instead of writing it again."""

    def __init__(self):
        self.said = {"origin": [], "mark": []}

    def near(self, kind, one, written):
        said = self.said[kind]
        if one in said[-NEAR:]:
            return varint(said[::-1].index(one) + 1)
        out = varint(0) + written()
        said.append(one)
        return out

    def position(self, device, incarnation, seq):
        origin = bytes([device]) * 16 + bytes([incarnation]) * 16
        return self.near("origin", origin, lambda: origin) + varint(seq)

    def op(self, position, index):
        return self.position(*position) + varint(index)

    def said_by(self, position, index, value):
        def mark():
            when = le(8, TIME << 16 | 9)
            if position != OTHER:
                return self.position(*position) + text("an") + text("W-1") + when + flag(True) + optional(None) + text("") + text("") + text("") + flag(False)
            return (self.position(*position) + text("binh") + text("W-1") + when + flag(False) + optional(stamp(7, TIME + 1)) + text("theo đơn") + text("an")
                    + text("W-2") + flag(True))

        return self.near("mark", position, mark) + varint(index) + le(1, 1) + counted([name("ChuHoSo", 2)]) + value()

    def heads(self, *ops):
        return le(1, 6) + counted([self.op(*one) for one in ops])


FIRST, LATER, OTHER = (1, 2, 0), (1, 2, 300), (3, 4, 5)


def decider(role, user="", unit=""):
    return le(1, role) + text(user) + text(unit)


def state():
    to = Writer()
    out = le(1, 4) + blake(16, "wsync-did", b"", b"\1" * 16 + b"\2" * 16 + le(8, 0))
    out += counted([to.position(*LATER), to.position(*OTHER)]) + counted([text("H57-1")])
    listed = le(1, 4) + counted([le(1, 1) + flag(True), le(1, 0)])
    out += members({"ChuHoSo": string("Nguyễn"), "SoTien": number(-5), "Moi": listed})
    element = text("x") + members({"TenTepDinhKem": string("a.pdf")}) + text("an") + text("W-1") + le(8, 5)
    out += counted([name("TaiLieuNop", 1) + counted([element])])
    out += varint(1) + b"\x08" * 16 + le(1, 0) + counted([name("ChuHoSo", 2)]) + varint(2)
    out += to.said_by(LATER, 1, lambda: string("A")) + to.said_by(OTHER, 0, lambda: to.heads((FIRST, 2)))
    out += decider(2, "an", "W-1") + counted([text("10")])
    out += varint(1) + to.said_by(LATER, 2, lambda: string("B")) + le(1, 0) + decider(0)
    out += varint(1) + to.said_by(OTHER, 3, lambda: string("C")) + le(1, 13) + decider(4)
    out += text("W-1") + optional(to.op(OTHER, 1)) + le(8, 6) + optional(stamp(8, 9))
    out += varint(1) + to.op(LATER, 4) + text("W-1") + text("W-2") + text("an") + le(8, 7) + optional(None) + text("bì") + text("20260801170000")
    out += varint(1) + text("W-1") + text("W-2") + text("an") + text("binh") + text("n") + optional(le(8, 1)) + le(8, 2) + optional(stamp(1, 2))
    out += optional(le(8, 3)) + optional(None) + flag(True) + flag(False)
    return out + optional(to.position(*FIRST)) + flag(False) + varint(4) + varint(2)


def check_summary():
    sheet = Sheet("summary.txt")
    past = blake(32, "wsync-past", b"", *(bytes([byte]) * 32 for byte in (1, 2, 3, 4)))
    sheet.check("state", state())
    sheet.check("past", past)
    sheet.check("body", le(1, 1) + varint(4) + past + le(6, TIME) + prefixed(state()))
    return sheet.finish()


def main():
    print(f"check_summary: {check_summary()} values recomputed, all equal")


if __name__ == "__main__":
    main()
