#include "protocol/base/limits.hpp"
#include "protocol/schema/schema.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace ward;
using namespace ward::schema;
using record::Value;

namespace {

const Field& field(std::string_view name, std::string_view parent = "") {
  const auto* found = find(parent, name);
  REQUIRE(found != nullptr);
  return *found;
}

Value stored(std::string_view name, const Value& given, std::string_view parent = "") {
  const auto out = intake(field(name, parent), given);
  INFO(name);
  REQUIRE(out.has_value());
  return *out;
}

std::string refusal(std::string_view name, const Value& given, std::string_view parent = "") {
  const auto out = intake(field(name, parent), given);
  INFO(name);
  REQUIRE(out.has_error());
  CHECK(out.error().fault == Fault::invalid);
  return out.error().detail;
}

}  // namespace

TEST_CASE("intake: text is stored in NFC without spaces around it") {
  CHECK(stored("ChuHoSo", "Nguye\u0302\u0303n Thi\u0323 Ho\u0300a") == Value("Nguyễn Thị Hòa"));
  CHECK(stored("ChuHoSo", "  Tôn Nữ \n") == Value("Tôn Nữ"));
  CHECK(stored("GhiChu", "một\r\nhai") == Value("một\nhai"));
  CHECK(stored("GhiChu", "") == Value(""));
  CHECK(stored("GhiChu", " \t ") == Value(""));
  CHECK(stored("GhiChu", Value()) == Value());
}

TEST_CASE("intake: emoji and right-to-left marks are text like any other") {
  CHECK(stored("GhiChu", "đã gọi 📞") == Value("đã gọi 📞"));
  CHECK(stored("GhiChu", "a\u200fb\u202ec") == Value("a\u200fb\u202ec"));
}

TEST_CASE("intake: control characters, broken bytes and too long text are refused by the field's name, never by value") {
  CHECK(refusal("ChuHoSo", std::string("Lê\0Văn", 7)) == "ChuHoSo: text holds a control character");
  CHECK(refusal("ChuHoSo", "a\rb") == "ChuHoSo: text holds a control character");
  CHECK(refusal("ChuHoSo", "\xc3") == "ChuHoSo: text is not UTF-8");
  CHECK(refusal("ChuHoSo", "\xed\xa0\x80") == "ChuHoSo: text is not UTF-8");
  CHECK(stored("GhiChu", std::string(limits::text_bytes_max, 'x')).text()->size() == limits::text_bytes_max);
  CHECK(refusal("GhiChu", std::string(limits::text_bytes_max + 1, 'x')).find("too long") != std::string::npos);
  CHECK(refusal("GhiChu", std::string(1'000'000, 'x')).find("too long") != std::string::npos);
  CHECK(refusal("SoTien", "secret", "BienLai").find("secret") == std::string::npos);
}

TEST_CASE("intake: a text field takes no number, whose leading zeros would be lost") {
  CHECK(refusal("SoGiayToChuHoSo", 46182001234).find("SoGiayToChuHoSo: must be text") == 0);
  CHECK(stored("SoGiayToChuHoSo", "046182001234") == Value("046182001234"));
  CHECK(refusal("ChuHoSo", true).find("true and false") != std::string::npos);
  CHECK(refusal("ChuHoSo", record::List{Value("x")}).find("must be one value") != std::string::npos);
  CHECK(refusal("ChuHoSo", record::Map{}).find("must be one value") != std::string::npos);
  CHECK(refusal("TaiLieuNop", "x").find("is a list") != std::string::npos);
}

TEST_CASE("intake: an enum is its code, given as a number, as text or in words") {
  for (const Value& given : {Value(1), Value("1"), Value(" 1 "), Value("Nam"), Value("NAM"), Value("male")})
    CHECK(stored("GioiTinhChuHoSo", given) == Value("1"));
  for (const Value& given : {Value(2), Value("Nữ"), Value("nữ"), Value("Nu\u031b\u0303")})
    CHECK(stored("GioiTinhChuHoSo", given) == Value("2"));
  CHECK(stored("KenhThucHien", "Trực tuyến") == Value("2"));
  CHECK(stored("DuocSoHoa", true, "TaiLieuNop") == Value("1"));
  CHECK(stored("DuocSoHoa", "Không", "TaiLieuNop") == Value("0"));
  CHECK(stored("HinhThuc", "") == Value(""));
}

TEST_CASE("intake: a status is accepted as a number, as text, and by its Vietnamese name") {
  CHECK(stored("TrangThaiHoSo", 2) == Value("2"));
  CHECK(stored("TrangThaiHoSo", "2") == Value("2"));
  CHECK(stored("TrangThaiHoSo", "Được tiếp nhận") == Value("2"));
  CHECK(stored("TrangThai", "Đã trả kết quả", "QuaTrinhXuLy") == Value("10"));
  CHECK(refusal("TrangThaiHoSo", 11).find("accepted are 1") != std::string::npos);
  CHECK(refusal("TrangThaiHoSo", 0).find("TrangThaiHoSo") == 0);
  CHECK(refusal("TrangThaiHoSo", true).find("TrangThaiHoSo") == 0);
}

TEST_CASE("intake: an unknown word is refused where the code list is certain, and kept where it is not") {
  CHECK(refusal("KenhThucHien", "fax").find("KenhThucHien: not a known code; accepted are 1") == 0);
  CHECK(refusal("KenhThucHien", true).find("KenhThucHien") == 0);
  CHECK(stored("LoaiGiayToChuHoSo", "hộ chiếu") == Value("hộ chiếu"));
  CHECK(stored("LoaiGiayToChuHoSo", "CCCD") == Value("1"));
  CHECK(stored("QuyetDinh", "cấp") == Value("cấp"));
  CHECK(refusal("QuyetDinh", std::string(limits::name_bytes_max + 1, 'x')).find("too long") != std::string::npos);
}

TEST_CASE("intake: dates in the forms that people and systems use") {
  CHECK(stored("NgaySinhChuHoSo", "12/08/2020") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "12/8/2020") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "12-08-2020") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "20200812") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", 20200812) == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "2020-08-12") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "ngày 12 tháng 8 năm 2020") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "20200812093000") == Value("2020-08-12"));
  CHECK(stored("NgaySinhChuHoSo", "1938") == Value("1938"));
  CHECK(stored("NgaySinhChuHoSo", 1938) == Value("1938"));
  CHECK(stored("NgaySinhChuHoSo", "29/02/2020") == Value("2020-02-29"));
}

TEST_CASE("intake: days that no calendar has, and months before days, are refused") {
  for (const auto* wrong :
       {"08/13/2020", "29/02/2021", "00/01/2020", "1/0/2020", "12/08/20", "12/08", "2020-8", "38", "0001-01-01", "9999-01-01", "12/08-2020",
        "12/08/2020/1", "x", "1/1/2020x", "-1/1/2020", "202008123", "ngày 32 tháng 1 năm 2020"})
    CHECK(refusal("NgaySinhChuHoSo", wrong).find("NgaySinhChuHoSo: not a date") == 0);
}

TEST_CASE("intake: times are stored as local time without a zone") {
  CHECK(stored("NgayTiepNhan", "20200812093000") == Value("20200812093000"));
  CHECK(stored("NgayTiepNhan", 20200812093000) == Value("20200812093000"));
  CHECK(stored("NgayTiepNhan", "12/08/2020 09:30") == Value("20200812093000"));
  CHECK(stored("NgayTiepNhan", "12/08/2020 9:30:15") == Value("20200812093015"));
  CHECK(stored("NgayTiepNhan", "2020-08-12T09:30:00+07:00") == Value("20200812093000"));
  CHECK(stored("NgayTiepNhan", "2020-08-12T09:30:00.123+0700") == Value("20200812093000"));
  CHECK(stored("NgayTiepNhan", "2020-12-31T18:30:00Z") == Value("20210101013000"));
  CHECK(stored("NgayTiepNhan", "2020-08-12T00:30:00+09:00") == Value("20200811223000"));
  CHECK(stored("NgayTiepNhan", "12/08/2020") == Value("20200812000000"));
  CHECK(stored("NgayTiepNhan", "") == Value(""));
  for (const auto* wrong :
       {"20200812246000", "20200812093060", "2020-08-12T25:00", "2020-08-12T09", "2020-08-12T09:30+99:00", "2020-08-12T09:30+",
        "2020-08-12T09:30+7", "2020", "12/08/2020 09:60", "2020-08-12T09:30:00:00", "12/08/2020 09.30", "2020081209300"})
    CHECK(refusal("NgayTiepNhan", wrong).find("NgayTiepNhan: not a time") == 0);
}

TEST_CASE("intake: money is whole đồng, and an ambiguous comma is asked about") {
  for (const Value& given : {Value(15000), Value("15000"), Value("15.000"), Value("15.000 đồng"), Value("15.000đ"), Value("15000 VND")})
    CHECK(stored("TongLePhi", given) == Value(15000));
  CHECK(stored("TongLePhi", "1.000.000") == Value(1000000));
  CHECK(stored("TongLePhi", "2.000đ") == Value(2000));
  CHECK(stored("TongLePhi", "Miễn phí") == Value(0));
  CHECK(stored("TongLePhi", 0) == Value(0));
  CHECK(refusal("TongLePhi", "15,000").find("TongLePhi: a comma") == 0);
  for (const auto* wrong :
       {"-15.000", "15.00", "1.0000", "1500.000", ".000", "15.", "15..000", "đ", "1e3", "99999999999999999999", "9999999999999999"})
    CHECK(refusal("TongLePhi", wrong).find("TongLePhi: not an amount") == 0);
  CHECK(refusal("TongLePhi", -1).find("TongLePhi") == 0);
}

TEST_CASE("intake: whole numbers and booleans") {
  CHECK(stored("SoLuong", "2", "DanhSachTepDinhKemKhac") == Value(2));
  CHECK(stored("KichThuoc", 1244210, "TaiLieuNop") == Value(1244210));
  for (const auto* wrong : {"2.5", "1,000", "-2", "hai", "0x10"}) CHECK_FALSE(refusal("SoLuong", wrong, "DanhSachTepDinhKemKhac").empty());
  CHECK_FALSE(refusal("SoLuong", -2, "DanhSachTepDinhKemKhac").empty());
  for (const Value& given : {Value(true), Value("True"), Value("true"), Value(1)})
    CHECK(stored("IsDeleted", given, "TaiLieuNop") == Value(true));
  for (const Value& given : {Value(false), Value("False"), Value(""), Value(0)})
    CHECK(stored("IsDeleted", given, "TaiLieuNop") == Value(false));
  CHECK(refusal("IsDeleted", "maybe", "TaiLieuNop") == "TaiLieuNop/IsDeleted: accepted are true and false");
  CHECK_FALSE(refusal("IsDeleted", 2, "TaiLieuNop").empty());
}
