#!/usr/bin/env python3
"""Workloads for measuring bytes, the same for the same seed. Everybody in them is invented.

  workload.py --seed N --out DIR

writes base.jsonl (300 dossiers that both sides hold), W1.jsonl (1,000 small changes to them, as `dossier apply` takes them),
W2.jsonl (200 new dossiers) and W3.jsonl (one small change).
"""
import argparse
import csv
import hashlib
import json
import random
from datetime import date, datetime, time, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "protocol" / "schema"
USERS = ["vyda.linh", "vyda.thao", "vyda.hung", "vyda.minh", "vyda.nga"]
PREFIXES = "090 091 093 094 096 097 098 032 035 036 038 070 077 079 081 082 085 088".split()
PAPERS = ["Tờ khai theo mẫu", "Căn cước công dân", "Giấy tờ chứng minh nơi cư trú", "Giấy chứng sinh", "Giấy ủy quyền", "Giấy tờ liên quan"]
REMARKS = ["Công dân hẹn chiều mai đến bổ sung giấy tờ", "Đã gọi điện, không liên lạc được", "Thiếu bản chính căn cước để đối chiếu",
           "Nhận kết quả thay có giấy ủy quyền", "Chờ xác minh của công an phường", "Đã thông báo thời gian trả kết quả qua điện thoại",
           "Công dân đề nghị trả kết quả qua bưu điện", "Sai số nhà, đã sửa theo sổ hộ khẩu", "Hồ sơ chuyển kèm bản giấy buổi sáng",
           "Người nộp là con của chủ hồ sơ", "Kiểm tra lại lệ phí trước khi trả", "Đã đối chiếu bản chính, trả lại công dân"]
KINDS = {"phone": 25, "status": 20, "address": 15, "remark": 15, "name": 10, "payment": 10, "due": 5}
STATUS_SHARES = {1: 4, 2: 6, 3: 3, 4: 20, 5: 7, 6: 3, 7: 2, 8: 2, 9: 13, 10: 40}
STATUS_DATES = {"3": "NgayTuChoi", "8": "NgayKetThucXuLy", "9": "NgayKetThucXuLy", "10": "NgayTra"}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(moment):
    return moment.strftime("%Y%m%d%H%M%S") if moment else ""


def working_days_after(day, count):
    while count > 0:
        day += timedelta(1)
        count -= day.weekday() < 5
    return day


class City:
    """People, addresses and dossiers of an invented city."""

    def __init__(self, seed):
        self.rng = random.Random(f"wardsync-workload-{seed}")
        self.seed = seed
        self.names = read(HERE / "data" / "names.csv")
        self.streets = read(HERE / "data" / "addresses.csv")
        self.units = {unit["code"]: unit for unit in read(HERE / "data" / "units.csv")}
        self.wards = [unit for unit in self.units.values() if unit["kind"] == "ward" and not unit["valid_from"]]
        self.procedures = read(SCHEMA / "procedures.csv")
        self.serials = {}

    def weighted(self, kind, sex=""):
        rows = [row for row in self.names if row["kind"] == kind and row["sex"] == sex]
        return self.rng.choices([row["name"] for row in rows], [int(row["weight"]) for row in rows])[0]

    def phone(self):
        return self.rng.choice(PREFIXES) + f"{self.rng.randrange(10_000_000):07}"

    def person(self):
        rng = self.rng
        sex = rng.choice("MF")
        born = date(1938, 1, 1) + timedelta(rng.randrange(67 * 365))
        old_card = rng.random() < 0.12
        century = (0 if born.year < 2000 else 2) + (sex == "F")
        place = "046" if rng.random() < 0.9 else rng.choice(["045", "044", "048", "001", "040"])
        number = f"191{rng.randrange(1_000_000):06}" if old_card else f"{place}{century}{born:%y}{rng.randrange(1_000_000):06}"
        name = f"{self.weighted('family')} {self.weighted('middle', sex)} {self.weighted('given', sex)}"
        return {"name": name, "sex": "Nam" if sex == "M" else "Nữ", "born": born, "number": number, "card": "2" if old_card else "1"}

    def address(self, ward):
        name = ward["name_vi"].removeprefix("Ủy ban nhân dân ")
        local = [row["street"] for row in self.streets if f"phường {row['ward_2020']}" == name]
        street = self.rng.choice(local or [row["street"] for row in self.streets])
        house = str(self.rng.randint(1, 240)) + (f"/{self.rng.randint(1, 40)}" if self.rng.random() < 0.25 else "")
        return f"{house} {street}, {name}, thành phố Huế, tỉnh Thừa Thiên Huế"

    def paper(self, code, number, procedure):
        digest = hashlib.sha256(f"{self.seed}/{code}/{number}".encode()).hexdigest()
        kind = "pdf" if self.rng.random() < 0.6 else "jpg"
        return {"TepDinhKemId": digest[:32], "TenTepDinhKem": f"{number:02} {PAPERS[min(number, len(PAPERS)) - 1]}.{kind}",
                "KichThuoc": int(self.rng.lognormvariate(13.1, 0.8)), "SHA256": digest, "DuocKySo": "0", "IsDeleted": "",
                "MaThanhPhanHoSo": f"{procedure['code']}.TP{number:02}", "DuongDanTaiTepTin": "", "DuocSoHoa": "1",
                "DuocTaiSuDung": "1" if self.rng.random() < 0.15 else "0", "DuocLayTuKhoDMQG": "0", "MaKetQuaThayThe": ""}

    def result(self, code, procedure):
        digest = hashlib.sha256(f"{self.seed}/{code}/result".encode()).hexdigest()
        return {"TenGiayTo": f"Kết quả {procedure['name_vi'][:40]}.pdf", "MaThanhPhanHoSo": "", "GiayToId": digest[:32], "DuongDanTepTinKetQua": "",
                "MaGiayToKetQua": f"KQ.{procedure['code']}", "KichThuoc": self.rng.randint(90_000, 400_000), "SHA256": digest, "DuocKySo": "1"}

    def moment_of_desk(self):
        day = date(2020, 8, 3) + timedelta(self.rng.randrange(290))
        while day.weekday() >= 5:
            day += timedelta(1)
        minute = self.rng.choice(list(range(450, 680)) + list(range(810, 1010)))
        return datetime.combine(day, time(minute // 60, minute % 60, self.rng.randrange(60)))

    def supplement_round(self, asked, due, closed):
        """Form 02: papers asked for, and perhaps received."""
        got = datetime.combine(working_days_after(asked.date(), self.rng.randint(1, 8)), time(14, 5)) if closed else None
        new_due = datetime.combine(working_days_after(got.date(), 2), due.time()) if closed else None
        return {"HoSoBoSungId": "1", "NguoiYeuCauBoSung": self.person()["name"], "NoiDungBoSung": "Bổ sung bản chính giấy tờ để đối chiếu",
                "NgayBoSung": text(asked), "NguoiTiepNhanBoSung": self.person()["name"] if closed else "", "ThongTinTiepNhan": "",
                "NgayTiepNhanBoSung": text(got), "TrangThaiBoSung": closed, "NgayHenTraTruoc": text(due), "NgayHenTraMoi": text(new_due)}

    def steps(self, facts, officer, desk, handler):
        named = {1: "Nộp hồ sơ", 2: "Tiếp nhận hồ sơ", 3: "Không thuộc thẩm quyền giải quyết", 4: "Chuyển xử lý", 6: "Thông báo nộp phí, lệ phí",
                 5: "Bổ sung bản chính giấy tờ để đối chiếu", 7: "Công dân đề nghị rút hồ sơ", 8: "Dừng xử lý do không đủ điều kiện",
                 9: "Đã có kết quả", 10: "Trả kết quả"}
        return [{"NguoiXuLy": officer, "ChucDanh": "Công chức", "ThoiDiemXuLy": text(at), "PhongBanXuLy": desk if status in (1, 2, 3, 7, 10) else handler,
                 "NoiDungXuLy": named[status], "TrangThai": str(status), "NgayBatDau": "", "NgayKetThucTheoQuyDinh": ""} for status, at in facts]

    def dates(self, status, taken, due, days):
        """What happened when: (status, time) in order, and the supplement rounds."""
        rng, facts, rounds = self.rng, [], []
        if status == 3:
            return [(3, taken + timedelta(minutes=15))], rounds
        if status == 1:
            return facts, rounds
        facts.append((2, taken))
        if status in (4, 6) or (status in (5, 7, 8, 9, 10) and days):
            facts.append((4, taken + timedelta(minutes=20)))
        if status == 5 or (status >= 9 and days >= 3 and rng.random() < 0.12):
            asked = datetime.combine(working_days_after(taken.date(), rng.randint(1, max(1, days // 2))), time(9, 15))
            rounds.append(self.supplement_round(asked, due, status != 5))
            facts.append((5, asked))
        if status in (6, 7):
            facts.append((status, taken + timedelta(minutes=40)))
        if status >= 8:
            late = rng.choices([-1, 0, 1, 3], [35, 52, 9, 4])[0]
            ended = max(datetime.combine(due.date() + timedelta(late), time(10, rng.randrange(60))), taken + timedelta(minutes=25))
            facts.append((8 if status == 8 else 9, ended))
            if status == 10:
                facts.append((10, ended + timedelta(minutes=rng.randint(10, 60)) if rng.random() < 0.5 else datetime.combine(ended.date() + timedelta(1), time(9, 30))))
        return facts, rounds

    def dossier(self):
        rng = self.rng
        procedure = rng.choices(self.procedures, [8 if p["same_day"] == "y" else 3 if p["level"] == "ward" else 1 for p in self.procedures])[0]
        ward, who, officer = rng.choice(self.wards), self.person(), self.person()["name"]
        taken, days, fee = self.moment_of_desk(), int(procedure["time_value"]), int(procedure["fee_vnd"])
        serial = self.serials[ward["code"], taken.date()] = self.serials.get((ward["code"], taken.date()), 0) + 1
        code = f"{ward['identification_code']}-{taken:%y%m%d}-{serial:04}"
        due = datetime.combine(working_days_after(taken.date(), days), taken.time() if days else time(17, 0))
        channel = rng.choices("123", [55, 38, 7])[0] if procedure["online"] != "no" else "1"
        online = channel == "2"
        lodged = taken if channel == "1" else taken - timedelta(minutes=rng.randint(20, 600))
        status = rng.choices(list(STATUS_SHARES), STATUS_SHARES.values())[0]
        if status == 6 and not fee:
            status = 4
        facts, rounds = self.dates(status, taken, due, days)
        at = dict(facts)
        accepted = 2 in at
        desk = ward["name_vi"]
        handler = desk if procedure["handler_unit"] == "ward" else self.units[procedure["handler_unit"]]["name_vi"]
        paid = bool(fee) and accepted and status != 6
        post = rng.random() < 0.12
        receipt = {"KyHieu": f"AA/{taken:%y}P", "SoBienLai": f"{rng.randint(1, 9_999_999):07}", "SoTien": fee, "NgayThu": text(taken), "NguoiThu": self.person()["name"]}
        due_fee = {"TenPhiLePhi": "Lệ phí " + procedure["field"].lower(), "MaPhiLePhi": f"LP.{procedure['code']}", "HinhThucThu": "1", "Gia": str(fee), "LoaiPhiLePhi": "2"}
        return {
            "MaHoSo": code, "MaTTHC": procedure["code"], "TenTTHC": procedure["name_vi"], "MaLinhVuc": "", "TenLinhVuc": procedure["field"],
            "KenhThucHien": channel, "ChuHoSo": who["name"], "LoaiDoiTuong": "1", "MaDoiTuong": "", "SoGiayToChuHoSo": who["number"],
            "LoaiGiayToChuHoSo": who["card"], "NgaySinhChuHoSo": who["born"].isoformat(), "GioiTinhChuHoSo": who["sex"], "DiaChiChuHoSo": self.address(ward),
            "DinhDanhCHS": [{"LoaiDinhDanh": who["card"], "SoDinhDanh": who["number"]}], "SoDienThoai": self.phone(),
            "Email": f"hoso{rng.randint(1000, 99999)}@example.vn" if online else "", "Fax": "", "ThongTinKhac": "",
            "TrichYeuHoSo": f"{procedure['name_vi']} - {who['name']}", "NgayNopHoSo": text(lodged), "NgayTiepNhan": text(taken) if accepted else "",
            "NgayHenTra": text(due) if accepted else "", "NgayTuChoi": text(at.get(3)), "TrangThaiHoSo": str(status),
            "NgayKetThucXuLy": text(at.get(8) or at.get(9)), "NgayTra": text(at.get(10)),
            "ThongTinTra": "" if 10 not in at else "Gửi bưu điện" if post else "Trả trực tiếp tại quầy", "HinhThuc": "1" if post else "0",
            "DonViXuLy": handler, "CanBoXuLy": officer, "GhiChu": "", "TongLePhi": fee,
            "TaiLieuNop": [self.paper(code, number, procedure) for number in range(1, int(procedure["papers"]) + 1)], "DanhSachTepDinhKemKhac": [],
            "DanhSachLePhi": [due_fee] if fee else [], "BienLai": [receipt] if paid and not online else [],
            "DuocThanhToanTrucTuyen": "1" if paid and online else "0", "DanhSachHoSoBoSung": rounds,
            "DanhSachGiayToKetQua": [self.result(code, procedure)] if status >= 9 else [], "NoiNopHoSo": "1" if online and rng.random() < 0.5 else "2",
            "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "1" if online else "0", "DSKetNoiCSDL": [],
            "QuaTrinhXuLy": self.steps([(1, lodged)] + facts, officer, desk, handler), "DonViTiepNhan": ward["code"], "DonViDangGiu": ward["code"],
        }


class Clerks:
    """Five clerks who make small changes all day."""

    def __init__(self, city, dossiers):
        self.city, self.rng = city, city.rng
        self.dossiers = {dossier["MaHoSo"]: dict(dossier) for dossier in dossiers}
        self.legal = {}
        for row in read(SCHEMA / "transitions.csv"):
            if row["from"] and row["certainty"] == "certain":
                self.legal.setdefault(row["from"], []).append(row["to"])

    def remark(self):
        more = self.rng.choice(["", "", f" ({self.city.phone()})", f" lúc {self.rng.randint(7, 16)}:{self.rng.randrange(60):02}"])
        return self.rng.choice(REMARKS) + more

    def fields(self, kind, dossier, at):
        if kind == "phone":
            return {"SoDienThoai": self.city.phone()}
        if kind == "name":
            return {"ChuHoSo": " ".join(dossier["ChuHoSo"].split()[:-1] + [self.city.weighted("given", self.rng.choice("MF"))])}
        if kind == "address":
            return {"DiaChiChuHoSo": self.city.address(self.city.units[dossier["DonViTiepNhan"]])}
        if kind == "due":
            return {"NgayHenTra": (at + timedelta(self.rng.randint(1, 20))).strftime("%Y%m%d") + "170000"}
        possible = self.legal.get(dossier["TrangThaiHoSo"])
        if kind == "remark" or not possible:
            return {"GhiChu": self.remark()}
        status = self.rng.choice(possible)
        out = {"TrangThaiHoSo": status}
        if status in STATUS_DATES:
            out[STATUS_DATES[status]] = text(at)
        return out

    def change(self, at, kind=None):
        code = self.rng.choice(sorted(self.dossiers))
        kind = kind or self.rng.choices(list(KINDS), KINDS.values())[0]
        out = {"dossier": code}
        if kind == "payment":
            out["append"] = {"BienLai": {"KyHieu": f"AA/{at:%y}P", "SoBienLai": f"{self.rng.randint(1, 9_999_999):07}",
                                         "SoTien": self.rng.choice([5000, 8000, 15000, 20000, 50000]), "NgayThu": text(at)}}
        else:
            out["set"] = self.fields(kind, self.dossiers[code], at)
            self.dossiers[code].update(out["set"])
        return out | {"by": self.rng.choice(USERS), "at": at.strftime("%Y-%m-%dT%H:%M:%S+07:00")}


def make(seed, out):
    city = City(seed)
    base, new = [city.dossier() for _ in range(300)], [city.dossier() for _ in range(200)]
    clerks, at, changes = Clerks(city, base), datetime(2021, 6, 1, 7, 30), []
    for _ in range(1000):
        at += timedelta(seconds=city.rng.randint(20, 170))
        changes.append(clerks.change(at))
    one = Clerks(city, base).change(at + timedelta(minutes=3), "phone")
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in {"base": base, "W1": changes, "W2": new, "W3": [one]}.items():
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        (out / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    make(arguments.seed, arguments.out)
