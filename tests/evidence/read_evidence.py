#!/usr/bin/env python3
"""Checks an export of receipts and, with its keys, reads the records; or a contradiction: written from protocol/WIRE.md alone, with nothing of this project.

usage: read_evidence.py FILE ROOT-KEY-HEX [--read]

Needs Python's standard library and PyNaCl. Exit 0: everything holds; 1: something does not, and what.
"""
import datetime
import hashlib
import json
import struct
import sys

from nacl import bindings
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


OVERLAP_MS = 7 * 24 * 3600 * 1000


class Refused(Exception):
    pass


def require(holds, what):
    if not holds:
        raise Refused(what)


# -- section 1 -----------------------------------------------------------------------------------------------------------------------------

def blake(size, label, key, *parts):
    return hashlib.blake2b(b"".join(parts), digest_size=size, key=key, person=label.encode().ljust(16, b"\0")).digest()


def le64(number):
    return number.to_bytes(8, "little")


def is_signed(public, prefix, message, signature):
    try:
        VerifyKey(public).verify(prefix + b"\0" + message, signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def signed(public, prefix, message, signature, what):
    require(is_signed(public, prefix, message, signature), f"{what}: the signature does not verify")


class Reader:
    def __init__(self, data, what):
        self.data, self.at, self.what = data, 0, what

    def raw(self, size):
        require(self.at + size <= len(self.data), f"{self.what}: it ends too early")
        self.at += size
        return self.data[self.at - size:self.at]

    def fixed(self, size):
        return int.from_bytes(self.raw(size), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.fixed(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                require(shift == 0 or byte != 0, f"{self.what}: a number is not in its shortest form")
                require(value < 2**64, f"{self.what}: a number is too large")
                return value
            shift += 7
            require(shift < 70, f"{self.what}: a number is too long")

    def bytes(self):
        return self.raw(self.varint())

    def text(self):
        return self.bytes().decode()

    def end(self):
        require(self.at == len(self.data), f"{self.what}: something follows it")


def chacha_block(state):
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


def xchacha20(key, nonce, data):
    """The first block is computed here; from the second on, libsodium's AEAD encrypts with the same stream."""
    start = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce[:16])
    mixed = chacha_block(start)
    state = start[:4] + tuple(mixed[:4] + mixed[12:]) + (0, 0) + struct.unpack("<2I", nonce[16:])
    first = struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(chacha_block(state), state)))
    out = bytes(a ^ b for a, b in zip(data, first))
    if len(data) > 64:
        rest = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(data[64:], None, nonce, key)
        out += rest[:len(data) - 64]
    return out


# -- section 5: the policy log -------------------------------------------------------------------------------------------------------------

class Policy:
    def __init__(self, entries, root):
        self.org = blake(16, "wsync-org", b"", root)
        self.devices, self.revoked, self.receipt_keys = {}, {}, []
        previous = bytes(32)
        for epoch, encoded in enumerate(entries):
            what = f"policy entry {epoch}"
            entry = Reader(encoded, what)
            require(entry.fixed(4) == epoch, f"{what}: it has another number")
            require(entry.raw(32) == previous, f"{what}: it does not follow from the one before")
            kind, body = entry.fixed(1), entry.bytes()
            signature = entry.raw(64)
            entry.end()
            message = self.org + epoch.to_bytes(4, "little") + previous + bytes([kind]) + body
            self.take(kind, Reader(body, what), epoch, root, message, signature)
            previous = blake(32, "wsync-policy", b"", self.org, encoded)

    def take(self, kind, body, epoch, root, message, signature):
        from_index, time = body.varint(), body.fixed(6)
        if kind == 1:
            require(epoch == 0, f"{body.what}: a second genesis")
            self.organisation = body.text()
            require(body.raw(32) == root, "the root key is another one")
            self.next_root = body.raw(32)
            self.root, self.operations = root, body.raw(32)
            self.receipt_keys = [(time, body.raw(32))]
            return signed(root, b"wsync-policy-v1", message, signature, body.what)
        require(epoch > 0, "the first policy entry is no genesis")
        if kind == 2:
            signed(self.root, b"wsync-policy-v1", message, signature, body.what)
            flags = body.fixed(1)
            if flags & 1:
                self.operations = body.raw(32)
            if flags & 2:
                self.receipt_keys.append((time, body.raw(32)))
            return None
        if kind == 16:
            new = body.raw(32)
            require(blake(32, "wsync-next-root", b"", new) == self.next_root, f"{body.what}: not the root key that was committed to")
            signed(new, b"wsync-policy-v1", message, signature, body.what)
            self.root, self.next_root = new, body.raw(32)
            return None
        if kind in (3, 4, 5, 6, 7):
            signed(self.operations, b"wsync-policy-v1", message, signature, body.what)
        else:
            try:
                signed(self.operations, b"wsync-policy-v1", message, signature, body.what)
            except Refused:
                signed(self.root, b"wsync-policy-v1", message, signature, body.what)
        if kind == 4:
            key = body.raw(32)
            body.raw(64)
            self.devices[blake(16, "wsync-device", b"", key)] = (key, body.text(), body.text())
        elif kind == 5:
            self.revoked[body.raw(16)] = from_index
        return None

    def receipt_keys_at(self, time):
        """Each counts from its entry on, and until seven days after the next one's."""
        ends = [since + OVERLAP_MS for since, _ in self.receipt_keys[1:]] + [None]
        return [key for (since, key), end in zip(self.receipt_keys, ends) if since <= time and (end is None or time < end)]


# -- sections 3 and 7 ----------------------------------------------------------------------------------------------------------------------

class Receipt:
    def __init__(self, given, policy, what):
        data = bytes.fromhex(given["receipt"])
        of = Reader(data, what)
        require(of.raw(16) == policy.org, f"{what}: it is of another city")
        of.raw(1)
        self.centre = of.raw(16)
        self.size, self.root, self.time = of.fixed(8), of.raw(32), of.fixed(8)
        of.fixed(8)
        self.device = of.raw(16)
        self.heads = [(of.raw(16), of.fixed(8), of.raw(32)) for _ in range(of.varint())]
        of.end()
        keys = policy.receipt_keys_at(self.time)
        require(any(is_signed(key, b"wsync-receipt-v1", data, bytes.fromhex(given["signature"])) for key in keys), f"{what}: no receipt key of its time signed it")


class Statement:
    def __init__(self, given, policy, what):
        data = bytes.fromhex(given["statement"])
        of = Reader(data, what)
        require(of.fixed(1) == 1, f"{what}: another suite")
        self.device, self.incarnation, self.first, self.count = of.raw(16), of.raw(16), of.fixed(8), of.fixed(2)
        self.previous, self.root = of.raw(32), of.raw(32)
        of.raw(4)
        self.seen = of.raw(16), of.fixed(8), of.raw(32)
        of.end()
        require(self.device in policy.devices, f"{what}: its device is not in the policy log")
        signed(policy.devices[self.device][0], b"wsync-segment-v1", policy.org + data, bytes.fromhex(given["signature"]), what)
        self.hash = blake(32, "wsync-statement", b"", policy.org, data)


def subset_root(count, leaves, missing, what):
    """`leaves`: place to leaf hash."""
    rest = iter(missing)

    def walk(begin, end):
        if not any(begin <= at < end for at in leaves):
            found = next(rest, None)
            require(found is not None, f"{what}: a hash is missing")
            return found
        if end - begin == 1:
            return leaves[begin]
        split = 1
        while split * 2 < end - begin:
            split *= 2
        left = walk(begin, begin + split)
        return blake(32, "wsync-seg-node", b"", left, walk(begin + split, end))

    root = walk(0, count)
    require(next(rest, None) is None, f"{what}: a hash too many")
    return root


def included(leaf, index, size, path, root, what):
    """RFC 6962, section 2.1.1, as RFC 9162, section 2.1.3.2, checks it."""
    require(index < size, f"{what}: its place is not in the log")
    at, last, found = index, size - 1, leaf
    for step in path:
        require(last > 0, f"{what}: its path is too long")
        if at & 1 or at == last:
            found = hashlib.sha256(b"\1" + step + found).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + step).digest()
        at, last = at >> 1, last >> 1
    require(last == 0 and found == root, f"{what}: it is not at its place in the log")


def joins(first, root, last, last_root, path):
    """RFC 6962, section 2.1.2, as RFC 9162, section 2.1.4.2, checks it: whether the log of `last` leaves begins with that of `first`."""
    if first >= last:
        return first == last and not path and root == last_root
    rest = iter(path if first & (first - 1) else [root, *path])
    at, end = first - 1, last - 1
    while at & 1:
        at, end = at >> 1, end >> 1
    old = new = next(rest, b"")
    for step in rest:
        if end == 0:
            return False
        if at & 1 or at == end:
            old, new = hashlib.sha256(b"\1" + step + old).digest(), hashlib.sha256(b"\1" + step + new).digest()
            while at and not at & 1:
                at, end = at >> 1, end >> 1
        else:
            new = hashlib.sha256(b"\1" + new + step).digest()
        at, end = at >> 1, end >> 1
    return end == 0 and (old, new) == (root, last_root)


def covered_by_heads(receipt, statements):
    out = set()
    for incarnation, count, head in receipt.heads:
        now = statements.get(head)
        if now is None or now.device != receipt.device or now.incarnation != incarnation or now.first + now.count != count:
            continue
        while now is not None and now.hash not in out:
            out.add(now.hash)
            before = statements.get(now.previous)
            follows = before is not None and (before.device, before.incarnation) == (now.device, now.incarnation) and before.first + before.count == now.first
            now = before if follows else None
    return out


# -- sections 2 and 4: records -------------------------------------------------------------------------------------------------------------

class Record:
    def __init__(self, leaf, statement, what):
        self.header = bytes.fromhex(leaf["header"])
        of = Reader(self.header, what)
        require(of.fixed(1) == 1, f"{what}: another suite")
        self.type = of.fixed(1)
        require(of.raw(16) == statement.device and of.raw(16) == statement.incarnation, f"{what}: it is of another device")
        self.seq = of.fixed(8)
        require(statement.first <= self.seq < statement.first + statement.count, f"{what}: it is not of this segment")
        of.raw(4)
        self.position = statement.device + statement.incarnation + le64(self.seq)
        self.did, self.key_id = of.raw(16), of.raw(8)
        of.raw(2 + 2)
        self.hlc_ms, self.length = of.fixed(8) >> 16, of.fixed(4)
        of.end()
        self.body = bytes.fromhex(leaf["body"]) if "body" in leaf else None
        body_hash = blake(32, "wsync-body", b"", self.body) if self.body is not None else bytes.fromhex(leaf["body_hash"])
        self.rid = blake(32, "wsync-rid", b"", self.header, body_hash)

    def open(self, keys, org):
        """P; nothing when no key fits."""
        key = keys.get(self.key_id)
        if key is None or self.body is None:
            return None
        both = blake(64, "wsync-rec-key", key, org, self.position)
        cipher, tag = self.body[:-32], self.body[-32:]
        plain = xchacha20(both[32:], tag[:24], cipher)
        expected = blake(32, "wsync-rec-siv", both[:32], le64(len(self.header)), self.header, plain)
        require(expected == tag and len(plain) == self.length, "a record does not open under its key")
        return plain


def read_change(plain, names):
    """Who, and how many operations, with the texts and numbers at the top; what it cannot show it passes over."""
    of = Reader(plain, "a change")
    require(of.fixed(1) == 1, "a change: another version")
    flags = of.fixed(1)
    user = of.text()

    def position():
        if of.varint() == 0:
            of.raw(32)
            of.varint()

    def op_ids():
        for _ in range(of.varint()):
            position()
            of.varint()

    def name(number, first):
        return of.text() if number < first else names[number - first]

    def value(depth=0):
        require(depth < 6, "a change: too deep")
        tag = of.fixed(1)
        if tag < 3:
            return (None, False, True)[tag]
        if tag == 3:
            number = of.varint()
            return number >> 1 ^ -(number & 1)
        if tag == 4:
            return of.text()
        if tag == 5:
            return [value(depth + 1) for _ in range(of.varint())]
        if tag == 6:
            return {name(of.varint(), 1): value(depth + 1) for _ in range(of.varint())}
        require(tag == 7, "a change: an unknown value")
        op_ids()
        return "(what stood before)"

    for _ in range(of.varint()):
        position()
    ops = []
    for _ in range(of.varint()):
        kind, replaces = of.fixed(1), of.fixed(1)
        path = []
        for _ in range(of.varint()):
            step = of.varint()
            path.append(of.bytes().hex() if step == 1 else of.text() if step == 0 else names[step - 2])
        ops.append((kind, "/".join(path), value()))
        if replaces & 1:
            op_ids()
    reason = of.text() if flags & 1 else ""
    if flags & 2:
        of.bytes()
    require(not any(of.raw(len(plain) - of.at)), "a change: its padding is not zero")
    return user, ops, reason


# -- section 12 ----------------------------------------------------------------------------------------------------------------------------

def check(evidence, root):
    """The records that are shown, each with when it was confirmed (none: no receipt covers it here)."""
    require(evidence.get("format") == "wsync-evidence-v1", "this is no export of receipts")
    policy = Policy([bytes.fromhex(entry) for entry in evidence["policy"]], root)
    receipts = [Receipt(given, policy, f"receipt {i}") for i, given in enumerate(evidence["receipts"])]
    segments = [(given, Statement(given, policy, f"segment {i}")) for i, given in enumerate(evidence["segments"])]
    between = [Statement(given, policy, f"statement {i}") for i, given in enumerate(evidence["between"])]
    statements = {each.hash: each for each in [statement for _, statement in segments] + between}
    covered = [covered_by_heads(receipt, statements) for receipt in receipts]
    shown = []
    for number, (given, statement) in enumerate(segments):
        what = f"segment {number}"
        places, leaves, records, seqs = [], {}, [], set()
        for leaf in given["leaves"]:
            record = Record(leaf, statement, what) if "header" in leaf else None
            if record is not None:
                require(record.seq not in seqs, f"{what}: one record twice")
                seqs.add(record.seq)
                records.append(record)
            places.append(leaf["at"])
            leaves[leaf["at"]] = blake(32, "wsync-seg-leaf", b"", record.rid if record else bytes.fromhex(leaf["rid"]))
        require(places and places == sorted(set(places)) and places[0] >= 0 and places[-1] < statement.count, f"{what}: its leaves are out of order")
        require(subset_root(statement.count, leaves, [bytes.fromhex(each) for each in given["missing"]], what) == statement.root,
                f"{what}: the records are not those that were signed")
        stamp, confirmed = given.get("stamp"), None
        if "cover" in given:
            cover = given["cover"]
            require(0 <= cover["receipt"] < len(receipts), f"{what}: it names a receipt that is not here")
            receipt = receipts[cover["receipt"]]
            if "path" in cover:
                require(stamp is not None, f"{what}: it has no place in the log")
                leaf = hashlib.sha256(b"\0" + statement.hash + le64(stamp["time_ms"])).digest()
                included(leaf, stamp["index"], receipt.size, [bytes.fromhex(each) for each in cover["path"]], receipt.root, what)
                confirmed = stamp["time_ms"]
            else:
                require(statement.hash in covered[cover["receipt"]], f"{what}: no head of its receipt leads to it")
                confirmed = min(receipt.time, stamp["time_ms"]) if stamp else receipt.time
        late = stamp is not None and stamp["index"] >= policy.revoked.get(statement.device, stamp["index"] + 1)
        shown += [(record, confirmed, late) for record in records]
    return policy, shown


# -- section 19 ----------------------------------------------------------------------------------------------------------------------------

def judge(told, root):
    """How the two words exclude each other."""
    policy = Policy([bytes.fromhex(entry) for entry in told["policy"]], root)
    of = Reader(bytes.fromhex(told["contradiction"]), "the contradiction")

    def word(kind):
        name, made = (("receipt", Receipt), ("statement", Statement))[kind - 1]
        return made({name: of.bytes().hex(), "signature": of.raw(64).hex()}, policy, f"the {name}")

    kind = of.fixed(1)
    require(kind in (1, 2), "the contradiction: an unknown kind")
    earlier, begins = word(kind), of.at
    later = word(1)
    receipt = of.data[begins:of.at - 64]
    centre, size, seen_root = (earlier.centre, earlier.size, earlier.root) if kind == 1 else earlier.seen
    answered, join = of.fixed(1), None
    require(answered < 2, "the contradiction: it is neither answered nor not")
    if answered:
        begins = of.at
        asked = [(of.raw(16), of.varint()) for _ in range(of.varint())]
        found = [[of.raw(32) for _ in range(of.varint())] if of.fixed(1) else None for _ in range(of.varint())]
        message, signature = receipt + of.data[begins:of.at], of.raw(64)
        require(len(found) == len(asked), "the answer: as many joins as heads")
        require(any(is_signed(key, b"wsync-joins-v1", message, signature) for _, key in policy.receipt_keys), "the answer: no receipt key signed it")
        join = dict(reversed(list(zip(asked, found)))).get((centre, size), False)
    of.end()
    same = centre == later.centre
    if same and size == later.size and seen_root != later.root:
        return policy, "two roots of one size"
    if kind == 1 and same and later.time >= earlier.time:
        held = {incarnation: count for incarnation, count, _ in later.heads} if earlier.device == later.device else {}
        if later.size < size or any(held.get(incarnation, count) < count for incarnation, count, _ in earlier.heads):
            return policy, "a later log that is shorter, or holds less of a device"
    if answered and (same if join is None else join is not False and not joins(size, seen_root, later.size, later.root, join)):
        return policy, "the centre's own answer does not lead from the one to the other"
    raise Refused("the two can both be true")


def main(arguments):
    if len(arguments) not in (2, 3) or arguments[2:] not in ([], ["--read"]):
        sys.exit(__doc__)
    with open(arguments[0], encoding="utf-8") as file:
        evidence = json.load(file)
    try:
        if evidence.get("format") == "wsync-contradiction-v1":
            policy, how = judge(evidence, bytes.fromhex(arguments[1]))
            print(f"{policy.organisation}: {how}")
            return 0
        policy, shown = check(evidence, bytes.fromhex(arguments[1]))
        keys = {blake(8, "wsync-kid", bytes.fromhex(key)): bytes.fromhex(key) for key in evidence.get("keys", [])}
        opened = [record.open(keys, policy.org) for record, _, _ in shown]
    except (Refused, KeyError, ValueError, TypeError, IndexError) as wrong:
        print(f"REFUSED: {wrong}")
        return 1
    if arguments[2:]:
        for (record, confirmed, late), plain in zip(shown, opened):
            when = datetime.datetime.fromtimestamp((confirmed or 0) / 1000, datetime.timezone.utc).isoformat() if confirmed else "-"
            user, ops, reason = read_change(plain, NAMES) if plain is not None and record.type == 1 else ("", [], "")
            print(json.dumps({"rid": record.rid.hex(), "confirmed": when, "late": late, "user": user, "operations": ops, "reason": reason}, ensure_ascii=False))
    confirmed = sum(1 for _, at, _ in shown if at is not None)
    print(f"{policy.organisation}: {len(shown)} records verify, {confirmed} of them confirmed, {sum(1 for each in opened if each is not None)} read")
    return 0


# Appendix A
NAMES = """
MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc KenhThucHien ChuHoSo LoaiDoiTuong MaDoiTuong SoGiayToChuHoSo LoaiGiayToChuHoSo NgaySinhChuHoSo GioiTinhChuHoSo DiaChiChuHoSo DinhDanhCHS LoaiDinhDanh
SoDinhDanh NguoiNop SoDienThoai Email Fax ThongTinKhac TrichYeuHoSo NgayNopHoSo NgayTiepNhan NgayHenTra NgayTuChoi TrangThaiHoSo NgayKetThucXuLy NgayTra ThongTinTra HinhThuc DonViXuLy CanBoXuLy GhiChu
QuyetDinh TongLePhi TaiLieuNop TepDinhKemId TenTepDinhKem IsDeleted MaThanhPhanHoSo DuongDanTaiTepTin DuocSoHoa DuocTaiSuDung DuocLayTuKhoDMQG MaKetQuaThayThe KichThuoc SHA256 DuocKySo
DanhSachTepDinhKemKhac TenGiayTo SoLuong LoaiGiayTo DanhSachLePhi TenPhiLePhi MaPhiLePhi HinhThucThu Gia LoaiPhiLePhi BienLai KyHieu SoBienLai SoTien NgayThu NguoiThu DuocThanhToanTrucTuyen
DanhSachHoSoBoSung HoSoBoSungId NguoiYeuCauBoSung NoiDungBoSung NgayBoSung NguoiTiepNhanBoSung ThongTinTiepNhan NgayTiepNhanBoSung TrangThaiBoSung DanhSachGiayToBoSung DanhSachLePhiBoSung
NgayHenTraTruoc NgayHenTraMoi DanhSachGiayToKetQua GiayToId DuongDanTepTinKetQua MaGiayToKetQua NoiNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID DSKetNoiCSDL MaCSDL QuaTrinhXuLy NguoiXuLy
ChucDanh ThoiDiemXuLy PhongBanXuLy NoiDungXuLy TrangThai NgayBatDau NgayKetThucTheoQuyDinh BanGiao DonViTiepNhan DonViDangGiu
""".split()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
