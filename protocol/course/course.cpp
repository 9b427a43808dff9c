#include "protocol/course/course.hpp"

#include <algorithm>

namespace ward::course {
namespace {

constexpr std::string_view apologies_list = "DanhSachXinLoi", results_list = "DanhSachGiayToKetQua";

/// As stored, or empty when it is no time.
std::string time_in(const record::Map& fields, std::string_view name) {
  auto text = text_in(fields, name);
  return deadline::moment_of(text) ? text : std::string();
}

bool is_whole_result(const merge::Element& paper) {
  return !text_in(paper.fields, "MaGiayToKetQua").empty() && !text_in(paper.fields, "DuongDanTepTinKetQua").empty();
}

}  // namespace

std::string text_in(const record::Map& fields, std::string_view name) {
  const auto* value = record::find(fields, name);
  const auto* text = value == nullptr ? nullptr : value->text();
  return text == nullptr ? std::string() : *text;
}

const std::string& code_of(const merge::DossierState& state) {
  static const std::string none;
  return state.codes.empty() ? none : state.codes.front();
}

std::string shown_text(const merge::DossierState& state, std::string_view field) { return text_in(state.fields, field); }

const std::vector<merge::Element>& elements_of(const merge::DossierState& state, std::string_view collection) {
  static const std::vector<merge::Element> none;
  const auto found =
      std::find_if(state.collections.begin(), state.collections.end(), [&](const auto& one) { return one.name == collection; });
  return found == state.collections.end() ? none : found->elements;
}

Row row_of(const merge::DossierState& state) {
  Row out;
  out.voided = !shown_text(state, void_field).empty();
  out.status = shown_text(state, "TrangThaiHoSo");
  out.procedure = shown_text(state, "MaTTHC");
  out.channel = shown_text(state, "KenhThucHien");
  out.received = time_in(state.fields, "NgayTiepNhan");
  out.due = time_in(state.fields, "NgayHenTra");
  out.ended = time_in(state.fields, "NgayKetThucXuLy");
  out.clock = deadline::clock_of(out.status, out.procedure, out.due, out.voided);
  const auto& rounds = elements_of(state, rounds_list);
  out.rounds = static_cast<int>(rounds.size());
  for (const auto& round : rounds) out.asked = std::max(out.asked, time_in(round.fields, "NgayBoSung"));
  out.promised = out.due;
  const auto& apologies = elements_of(state, apologies_list);
  out.apologies = static_cast<int>(apologies.size());
  if (!apologies.empty())
    if (auto before = time_in(apologies.front().fields, "NgayHenTraTruoc"); !before.empty()) out.promised = std::move(before);
  const auto& results = elements_of(state, results_list);
  out.has_result = std::any_of(results.begin(), results.end(), is_whole_result);
  return out;
}

deadline::Course course_of(const Row& row) {
  using deadline::moment_of;
  return {row.clock, !row.received.empty(), moment_of(row.promised), moment_of(row.ended), moment_of(row.asked), row.rounds};
}

deadline::Lodged lodged_of(const Row& row) { return {row.procedure, row.channel, row.status == "9" || row.status == "10", row.has_result}; }

}  // namespace ward::course
