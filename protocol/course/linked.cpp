#include "protocol/course/linked.hpp"

#include "protocol/course/course.hpp"

#include <algorithm>

namespace ward::course {
namespace {

using record::Op;
using record::OpKind;
using record::Step;

constexpr const char* related_list = "HoSoLienQuan";
constexpr const char* parts_list = "DanhSachPhanLienThong";
constexpr const char* id_field = "HoSoId";
constexpr const char* part_field = "MaPhan";
constexpr const char* code_field = "MaHoSoLienQuan";
constexpr const char* relation_field = "QuanHe";
constexpr const char* is_part = "3";
constexpr const char* unit_field = "DonViNhan";

std::optional<Did> did_named(const std::string& text) {
  const auto bytes = unhex(text);
  return bytes.size() == Did::size ? std::optional(fixed_from<Did>(bytes)) : std::nullopt;
}

/// What two desks wrote that had not heard of each other.
std::vector<Did> rivals(const merge::DossierState& state, const std::string& element) {
  std::vector<Did> out;
  const record::Path path{Step::field(parts_list), Step::element(element), Step::field(id_field)};
  for (const auto& conflict : state.conflicts) {
    if (conflict.path != path) continue;
    for (const auto& said : conflict.values) {
      const auto* text = said.value.text();
      const auto did = text == nullptr ? std::nullopt : did_named(*text);
      if (did && std::find(out.begin(), out.end(), *did) == out.end()) out.push_back(*did);
    }
  }
  return out;
}

bool any(const std::vector<std::string>& all, std::string_view one) { return std::find(all.begin(), all.end(), one) != all.end(); }

}  // namespace

std::optional<PartOf> part_of(const merge::DossierState& state) {
  if (!state.created || state.slip.empty()) return std::nullopt;
  const auto first = record::element_id(OpId{*state.created, 0});
  for (const auto& entry : elements_of(state, related_list)) {
    if (entry.id != first || text_in(entry.fields, relation_field) != is_part) continue;
    const auto whole = did_named(text_in(entry.fields, id_field));
    if (!whole) return std::nullopt;
    return PartOf{*whole, text_in(entry.fields, code_field), text_in(entry.fields, part_field), state.slip.front().unit};
  }
  return std::nullopt;
}

Op say_part_of(const Did& whole, const std::string& code, const std::string& part) {
  record::Map entry{
      {id_field, record::Value(hex(whole.view()))}, {relation_field, record::Value(is_part)}, {part_field, record::Value(part)}};
  if (!code.empty()) entry.push_back({code_field, record::Value(code)});
  return {OpKind::append, {Step::field(related_list)}, record::Value(record::canonical(std::move(entry))), std::nullopt};
}

std::vector<Part> parts_of(const merge::DossierState& state) {
  std::vector<Part> out;
  for (const auto& element : elements_of(state, parts_list)) {
    Part part{text_in(element.fields, part_field), did_named(text_in(element.fields, id_field)), {}, text_in(element.fields, unit_field)};
    if (!part.dossier) part.chosen_from = rivals(state, element.id);
    out.push_back(std::move(part));
  }
  return out;
}

Op say_part(const std::string& key, const Did& dossier, const UnitCode& to) {
  record::Map element{{part_field, record::Value(key)}, {id_field, record::Value(hex(dossier.view()))}, {unit_field, record::Value(to)}};
  return {OpKind::add, {Step::field(parts_list)}, record::Value(record::canonical(std::move(element))), std::nullopt};
}

bool has_ended(std::string_view status) { return status == "3" || status == "8" || status == "9" || status == "10"; }

std::string joint_status(const std::string& own, const std::vector<std::string>& parts) {
  if (parts.empty() || (own != "2" && own != "4")) return own;
  for (const auto* waiting : {"5", "6"})
    if (any(parts, waiting)) return waiting;
  if (!std::all_of(parts.begin(), parts.end(), has_ended)) return "4";
  return any(parts, "9") || any(parts, "10") ? "9" : "8";
}

}  // namespace ward::course
