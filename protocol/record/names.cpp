#include "protocol/record/names.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace ward::record {
namespace {

/// Body version 1. Frozen: a golden test pins it; a name is never added, moved or removed.
constexpr std::array<std::string_view, 101> frozen_names{
    "MaHoSo",
    "MaTTHC",
    "TenTTHC",
    "MaLinhVuc",
    "TenLinhVuc",
    "KenhThucHien",
    "ChuHoSo",
    "LoaiDoiTuong",
    "MaDoiTuong",
    "SoGiayToChuHoSo",
    "LoaiGiayToChuHoSo",
    "NgaySinhChuHoSo",
    "GioiTinhChuHoSo",
    "DiaChiChuHoSo",
    "DinhDanhCHS",
    "LoaiDinhDanh",
    "SoDinhDanh",
    "NguoiNop",
    "SoDienThoai",
    "Email",
    "Fax",
    "ThongTinKhac",
    "TrichYeuHoSo",
    "NgayNopHoSo",
    "NgayTiepNhan",
    "NgayHenTra",
    "NgayTuChoi",
    "TrangThaiHoSo",
    "NgayKetThucXuLy",
    "NgayTra",
    "ThongTinTra",
    "HinhThuc",
    "DonViXuLy",
    "CanBoXuLy",
    "GhiChu",
    "QuyetDinh",
    "TongLePhi",
    "TaiLieuNop",
    "TepDinhKemId",
    "TenTepDinhKem",
    "IsDeleted",
    "MaThanhPhanHoSo",
    "DuongDanTaiTepTin",
    "DuocSoHoa",
    "DuocTaiSuDung",
    "DuocLayTuKhoDMQG",
    "MaKetQuaThayThe",
    "KichThuoc",
    "SHA256",
    "DuocKySo",
    "DanhSachTepDinhKemKhac",
    "TenGiayTo",
    "SoLuong",
    "LoaiGiayTo",
    "DanhSachLePhi",
    "TenPhiLePhi",
    "MaPhiLePhi",
    "HinhThucThu",
    "Gia",
    "LoaiPhiLePhi",
    "BienLai",
    "KyHieu",
    "SoBienLai",
    "SoTien",
    "NgayThu",
    "NguoiThu",
    "DuocThanhToanTrucTuyen",
    "DanhSachHoSoBoSung",
    "HoSoBoSungId",
    "NguoiYeuCauBoSung",
    "NoiDungBoSung",
    "NgayBoSung",
    "NguoiTiepNhanBoSung",
    "ThongTinTiepNhan",
    "NgayTiepNhanBoSung",
    "TrangThaiBoSung",
    "DanhSachGiayToBoSung",
    "DanhSachLePhiBoSung",
    "NgayHenTraTruoc",
    "NgayHenTraMoi",
    "DanhSachGiayToKetQua",
    "GiayToId",
    "DuongDanTepTinKetQua",
    "MaGiayToKetQua",
    "NoiNopHoSo",
    "HoSoCoThanhPhanSoHoa",
    "TaiKhoanDuocXacThucVoiVNeID",
    "DSKetNoiCSDL",
    "MaCSDL",
    "QuaTrinhXuLy",
    "NguoiXuLy",
    "ChucDanh",
    "ThoiDiemXuLy",
    "PhongBanXuLy",
    "NoiDungXuLy",
    "TrangThai",
    "NgayBatDau",
    "NgayKetThucTheoQuyDinh",
    "BanGiao",
    "DonViTiepNhan",
    "DonViDangGiu",
};

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view name) noexcept {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, std::uint64_t> map;
    for (std::size_t i = 0; i < frozen_names.size(); ++i) map.emplace(frozen_names[i], i);
    return map;
  }();
  const auto found = by_name.find(name);
  if (found == by_name.end()) return std::nullopt;
  return found->second;
}

std::string_view name_of_number(std::uint64_t number) noexcept {
  return number < frozen_names.size() ? frozen_names[number] : std::string_view{};
}

}  // namespace ward::record
