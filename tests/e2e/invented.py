"""Dossiers of people who do not exist, in the national form, the same for the same seed."""
import hashlib
import random
from datetime import datetime, timedelta

FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương".split()
COMPOUND_FAMILIES = ["Tôn Thất", "Nguyễn Phước", "Hoàng Phủ", "Nguyễn Khoa"]
MIDDLES = {"Nam": "Văn Hữu Đức Quang Minh Thanh Quốc Xuân".split(), "Nữ": "Thị Ngọc Thu Thanh Kim Diệu Hoài Bích".split()}
GIVEN = {"Nam": "An Bình Cường Dũng Hải Hiếu Khánh Long Nam Phúc Quân Sơn Tâm Thắng Vinh".split(),
         "Nữ": "Ánh Chi Dung Hà Hằng Hương Lan Linh Mai Nga Nhung Oanh Phương Thảo Yến".split()}
STREETS = ["Nguyễn Sinh Cung", "Lê Lợi", "Phạm Văn Đồng", "Hùng Vương", "Bà Triệu", "Chi Lăng", "Đinh Tiên Hoàng", "Kim Long", "Nguyễn Huệ"]
PROCEDURES = [("1.001193", "Đăng ký khai sinh", "Hộ tịch", 0, 1), ("2.000908", "Cấp bản sao từ sổ gốc", "Chứng thực", 15_000, 1),
              ("1.000894", "Đăng ký kết hôn", "Hộ tịch", 0, 2), ("1.000656", "Đăng ký khai tử", "Hộ tịch", 0, 1),
              ("2.000815", "Chứng thực bản sao từ bản chính", "Chứng thực", 20_000, 0), ("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", "Hộ tịch", 15_000, 3)]
OFFICERS = ["Nguyễn Thị Hòa", "Văn Ngọc Lan", "Trần Đình Khôi"]
PAPERS = ["Tờ khai theo mẫu", "Căn cước công dân", "Giấy chứng sinh", "Sổ hộ khẩu"]


def stamp(moment):
    return moment.strftime("%Y%m%d%H%M%S")


def person(rng):
    sex = rng.choice(("Nam", "Nữ"))
    family = rng.choice(COMPOUND_FAMILIES) if rng.random() < 0.1 else rng.choice(FAMILIES)
    born = datetime(rng.randint(1938, 2003), rng.randint(1, 12), rng.randint(1, 28))
    century = (0 if born.year < 2000 else 2) + (sex == "Nữ")
    return {
        "name": f"{family} {rng.choice(MIDDLES[sex])} {rng.choice(GIVEN[sex])}",
        "sex": sex,
        "born": born.strftime("%Y-%m-%d"),
        "identity": f"046{century}{born.year % 100:02}{rng.randrange(1_000_000):06}",
        "phone": f"09{rng.randrange(100_000_000):08}",
    }


def papers(rng, procedure):
    found = []
    for number, title in enumerate(rng.sample(PAPERS, rng.randint(1, 3)), 1):
        digest = hashlib.sha256(rng.randbytes(16)).hexdigest()
        found.append({"TepDinhKemId": digest[:32], "TenTepDinhKem": f"{number:02} {title}.pdf", "KichThuoc": rng.randint(40_000, 1_500_000),
                      "SHA256": digest, "DuocKySo": "0", "MaThanhPhanHoSo": f"{procedure}.TP{number:02}", "DuocSoHoa": "1", "DuocTaiSuDung": "0",
                      "DuocLayTuKhoDMQG": "0"})
    return found


def dossier(rng, ward, serial):
    """`ward`: {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}."""
    who = person(rng)
    code, title, field, fee, days = rng.choice(PROCEDURES)
    taken = datetime(2020, 8, 12, 7, 30) + timedelta(minutes=rng.randrange(9 * 60))
    made = {
        "MaHoSo": f"{ward['identification']}-{taken:%y%m%d}-{serial:04}",
        "MaTTHC": code, "TenTTHC": title, "TenLinhVuc": field, "KenhThucHien": "1",
        "ChuHoSo": who["name"], "LoaiDoiTuong": "1", "SoGiayToChuHoSo": who["identity"], "LoaiGiayToChuHoSo": "1",
        "NgaySinhChuHoSo": who["born"], "GioiTinhChuHoSo": who["sex"],
        "DiaChiChuHoSo": f"{rng.randint(1, 320)} {rng.choice(STREETS)}, {ward['name']}, thành phố Huế",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": who["identity"]}],
        "SoDienThoai": who["phone"], "TrichYeuHoSo": f"{title} - {who['name']}",
        "NgayNopHoSo": stamp(taken), "NgayTiepNhan": stamp(taken), "NgayHenTra": stamp(taken + timedelta(days=days)),
        "TrangThaiHoSo": "2", "HinhThuc": rng.choice("01"), "DonViXuLy": f"Ủy ban nhân dân {ward['name']}", "CanBoXuLy": rng.choice(OFFICERS),
        "GhiChu": "", "TongLePhi": fee, "TaiLieuNop": papers(rng, code), "DuocThanhToanTrucTuyen": "0", "NoiNopHoSo": "2",
        "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "0",
    }
    if fee:
        made["BienLai"] = [{"KyHieu": "HUE-20", "SoBienLai": f"{serial:07}", "SoTien": fee, "NgayThu": stamp(taken), "NguoiThu": made["CanBoXuLy"]}]
    return made


def dossiers(seed, ward, first, count):
    rng = random.Random(f"{seed} {ward['identification']} {first}")
    return [dossier(rng, ward, first + number) for number in range(count)]
