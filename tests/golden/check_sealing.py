#!/usr/bin/env python3
"""Recomputes record_sealed.txt from WIRE.md: bodies from the values that they hold, then keys, seals and ids, with hashlib and a ChaCha20 in Python.

The XChaCha20 is compared with PyNaCl's before it is used. Each value of the file is computed here; one that is not is an error.
"""
from check_formats import Sheet, blake, check_xchacha20, counted, le, prefixed, siv_seal, text, varint, xchacha20, zigzag

# -- bodies (section 4) --------------------------------------------------------------------------------------------------------------------

NAMES = {"ChuHoSo": 6, "TrichYeuHoSo": 22, "TrangThaiHoSo": 27, "NgayKetThucXuLy": 28, "BanGiao": 98, "GhiChu": 34, "TaiLieuNop": 37,
         "DanhSachLePhi": 54, "TenPhiLePhi": 55, "SoTien": 63}
SET, ADD, REMOVE = 1, 2, 3
NULL, NO, YES = b"\0", b"\1", b"\2"


def number(value):
    return b"\3" + zigzag(value)


def string(value):
    return b"\4" + text(value)


def listed(*values):
    return b"\5" + counted(values)


def name(which, first):
    return varint(NAMES[which] + first) if which in NAMES else varint(0) + text(which)


def mapped(members):
    return b"\6" + counted(name(key, 1) + members[key] for key in sorted(members, key=str.encode))


def heads(ids):
    return b"\7" + counted(ids)


def path(*steps):
    """A step is a name, or the bytes of an element's identity."""
    return counted(varint(1) + prefixed(step) if isinstance(step, bytes) else name(step, 2) for step in steps)


def op(kind, where, value, replaces=None):
    return le(1, kind) + le(1, 0 if replaces is None else 1) + where + value + (b"" if replaces is None else counted(replaces))


def whole(device, incarnation, seq):
    return varint(0) + device + incarnation + varint(seq)


def change_body(device, incarnation):
    own = 300
    past_id, past = (device, incarnation, 298), varint(own - 298)
    other_id = (b"\4" * 16, b"\5" * 16, 300)
    other = whole(*other_id)
    seen = [form for _, form in sorted(((past_id, past), (other_id, other)))]
    replaced = [form for _, form in sorted((((past_id, 0), past + varint(0)), ((other_id, 511), other + varint(511))))]
    added_by = b"\2" + device + incarnation + le(6, 298) + le(2, 3)
    keyed = b"\1" + string("AB/20") + number(7)
    ops = (op(SET, path("ChuHoSo"), string("Nguyễn Thị Hồng")),
           op(SET, path("TrichYeuHoSo"), string("hai\n\tdòng"), replaced),
           op(SET, path("GhiChu"), NULL, []),
           op(SET, path("TruongMoi"), heads(replaced)),
           op(ADD, path("DanhSachLePhi"), mapped({"SoTien": number(15_000), "TenPhiLePhi": string(""), "Moi": listed(YES, NO, number(-1))})),
           op(REMOVE, path("TaiLieuNop", added_by), NULL),
           op(SET, path("DanhSachLePhi", keyed, "SoTien"), number(-2**63)),
           op(200, path("GhiChu"), number(2**63 - 1)))
    return b"".join((le(1, 1), le(1, 1 | 2), text("can-bo-1"), counted(seen), counted(ops), text("theo đơn\nđề nghị"), prefixed(b"\xac\x7e")))


def acts_body():
    past = varint(2)
    offer, several = heads([past + varint(1)]), heads([past + varint(0), past + varint(2)])
    offered = mapped({"to": string("C-TTHCC"), "note": string("một bì"), "expires": string("20260801170000"), "past": string("00ff")})
    status = mapped({"TrangThaiHoSo": string("9"), "NgayKetThucXuLy": string("20260731163000")})
    ops = (op(5, path("BanGiao"), offered), op(6, path("BanGiao"), offer), op(7, path("BanGiao"), offer), op(8, path("BanGiao"), offer),
           op(9, path("ChuHoSo"), several), op(10, path("ChuHoSo"), several), op(11, path("TrangThaiHoSo"), status))
    return b"".join((le(1, 1), le(1, 0), text("can-bo-1"), counted([past]), counted(ops)))


def check_acts():
    sheet = Sheet("change_acts.txt")
    for given in ("root_public", "device_public", "incarnation"):
        sheet.hex(given)
    sheet.check("body", acts_body())
    return sheet.finish()


def grant_body(key_id):
    wraps = (text("C-TTHCC") + le(4, 0) + prefixed(b"\7" * 96), text("W-VYDA") + le(4, 3) + prefixed(b"\10" * 64))
    return b"".join((le(1, 1), key_id, counted([varint(1)]), counted(wraps)))


def incarnation_body():
    return le(1, 1) + counted([b"\11" * 16 + varint(1_000) + b"\12" * 32]) + text("0.1.0")


# -- records (section 2) -------------------------------------------------------------------------------------------------------------------


def check_records():
    sheet = Sheet("record_sealed.txt")
    org = blake(16, "wsync-org", b"", sheet.hex("root_public"))
    sheet.check("org", org)
    device = blake(16, "wsync-device", b"", sheet.hex("device_public"))
    sheet.check("device", device)
    incarnation, dossier_key = sheet.hex("incarnation"), sheet.hex("dossier_key")
    open_key = blake(32, "wsync-open-key", b"", org)
    sheet.check("open_key", open_key)
    did = blake(16, "wsync-did", b"", device, incarnation, le(8, sheet.number("creating_seq")))
    sheet.check("did", did)
    dossier_key_id = blake(8, "wsync-kid", dossier_key)
    for which, kind, seq, of, key, body in (("change", 1, 300, did, dossier_key, change_body(device, incarnation)),
                                            ("grant", 2, 301, did, open_key, grant_body(dossier_key_id)),
                                            ("incarnation", 4, 0, bytes(16), open_key, incarnation_body())):
        sheet.check(f"{which}_body", body)
        plain = body + bytes(-len(body) % 32)
        key_id = blake(8, "wsync-kid", key)
        sheet.check(f"{which}_key_id", key_id)
        clock = (1_785_000_000_000 + seq) << 16 | 9
        header = b"".join((le(1, 1), le(1, kind), device, incarnation, le(8, seq), le(4, 7), of, key_id, le(2, 1), le(2, 1), le(8, clock),
                           le(4, len(plain))))
        sheet.check(f"{which}_H", header)
        keys = blake(64, "wsync-rec-key", key, org, device, incarnation, le(8, seq))
        sheet.check(f"{which}_Km", keys[:32])
        sheet.check(f"{which}_Ke", keys[32:])
        tag = blake(32, "wsync-rec-siv", keys[:32], le(8, len(header)), header, plain)
        sheet.check(f"{which}_T", tag)
        sheet.check(f"{which}_C", xchacha20(keys[32:], tag[:24], plain))
        body_hash = blake(32, "wsync-body", b"", siv_seal("wsync-rec-siv", keys, header, plain))
        sheet.check(f"{which}_body_hash", body_hash)
        sheet.check(f"{which}_rid", blake(32, "wsync-rid", b"", header, body_hash))
    return sheet.finish()


def main():
    check_xchacha20()
    print(f"check_sealing: {check_records() + check_acts()} values recomputed, all equal")


if __name__ == "__main__":
    main()
