#include "protocol/course/course.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::course;
using merge::Collection;
using merge::Element;
using record::Map;

namespace {

merge::DossierState with(Map fields, std::vector<Collection> collections = {}) {
  merge::DossierState out;
  out.fields = record::canonical(std::move(fields));
  out.collections = std::move(collections);
  return out;
}
Element element(Map fields) {
  Element out;
  out.fields = record::canonical(std::move(fields));
  return out;
}

}  // namespace

TEST_CASE("course: what lists and reports need is taken from the dossier") {
  const auto row = row_of(with({{"TrangThaiHoSo", "5"},
                                {"MaTTHC", "1.003583"},
                                {"KenhThucHien", "2"},
                                {"NgayTiepNhan", "20200803090000"},
                                {"NgayHenTra", "20200812090000"}},
                               {{"DanhSachGiayToKetQua", {element({{"MaGiayToKetQua", "KQ-1"}, {"DuongDanTepTinKetQua", "https://x/1"}})}},
                                {"DanhSachHoSoBoSung",
                                 {element({{"HoSoBoSungId", "1"}, {"NgayBoSung", "20200806100000"}}),
                                  element({{"HoSoBoSungId", "2"}, {"NgayBoSung", "20200805100000"}})}}}));
  CHECK(row.clock == deadline::Clock::waiting);
  CHECK(row.procedure == "1.003583");
  CHECK(row.received == "20200803090000");
  CHECK(row.due == "20200812090000");
  CHECK(row.promised == row.due);
  CHECK(row.ended.empty());
  CHECK(row.asked == "20200806100000");
  CHECK(row.rounds == 2);
  CHECK(row.has_result);
  const auto course = course_of(row);
  CHECK(course.accepted);
  CHECK(course.asked == deadline::moment_of("20200806100000"));
  CHECK(lodged_of(row).channel == "2");
  CHECK_FALSE(lodged_of(row).finished);
}

TEST_CASE("course: after an apology the appointment moves, and lateness is judged by the one before the first") {
  const auto row =
      row_of(with({{"TrangThaiHoSo", "4"}, {"NgayHenTra", "20200820090000"}, {"NgayTiepNhan", "20200803090000"}},
                  {{"DanhSachXinLoi",
                    {element({{"XinLoiId", "1"}, {"NgayHenTraTruoc", "20200812090000"}, {"NgayHenTraMoi", "20200814090000"}}),
                     element({{"XinLoiId", "2"}, {"NgayHenTraTruoc", "20200814090000"}, {"NgayHenTraMoi", "20200820090000"}})}}}));
  CHECK(row.due == "20200820090000");
  CHECK(row.promised == "20200812090000");
  CHECK(row.apologies == 2);
  CHECK(deadline::judge(course_of(row), *deadline::moment_of("20200813080000")) == deadline::Judgement::open_late);
  CHECK(deadline::judge(course_of(row), *deadline::moment_of("20200812080000")) == deadline::Judgement::open_good);
}

TEST_CASE("course: what is missing, in conflict, of another kind or no time is empty, and never fails") {
  const auto empty = row_of({});
  CHECK(empty.clock == deadline::Clock::none);
  CHECK(empty.status.empty());
  CHECK(empty.rounds == 0);
  const auto wrong =
      row_of(with({{"TrangThaiHoSo", 4}, {"NgayTiepNhan", "hôm qua"}, {"NgayHenTra", true}, {"NgayKetThucXuLy", "20200230000000"}},
                  {{"DanhSachHoSoBoSung", {element({})}},
                   {"DanhSachXinLoi", {element({{"NgayHenTraTruoc", "x"}})}},
                   {"DanhSachGiayToKetQua", {element({{"MaGiayToKetQua", "KQ-1"}, {"DuongDanTepTinKetQua", ""}})}}}));
  CHECK(wrong.status.empty());
  CHECK(wrong.received.empty());
  CHECK(wrong.due.empty());
  CHECK(wrong.ended.empty());
  CHECK(wrong.promised.empty());
  CHECK_FALSE(wrong.has_result);
  CHECK(wrong.clock == deadline::Clock::none);
}

TEST_CASE("course: a dossier made by mistake has no time that runs") {
  CHECK(row_of(with({{"TrangThaiHoSo", "4"}, {"NgayHenTra", "20200812090000"}, {"LyDoHuy", "nhập trùng"}})).clock ==
        deadline::Clock::ended);
  CHECK(row_of(with({{"TrangThaiHoSo", "4"}, {"NgayHenTra", "20200812090000"}, {"LyDoHuy", ""}})).clock == deadline::Clock::running);
}
