#include "desk/fan_out.hpp"

#include "desk/steps.hpp"
#include "protocol/course/course.hpp"
#include "runtime/dossier_json.hpp"
#include "storage/calendar.hpp"

#include <algorithm>

namespace ward::desk {
namespace {

using course::shown_text;
using record::Op;
using record::OpKind;
using record::Step;
using runtime::ExitCode;
using runtime::Trouble;

/// What every authority needs to know of the citizen and of the lodging.
constexpr const char* shared_fields[] = {"ChuHoSo",         "LoaiDoiTuong",    "MaDoiTuong",    "SoGiayToChuHoSo", "LoaiGiayToChuHoSo",
                                         "NgaySinhChuHoSo", "GioiTinhChuHoSo", "DiaChiChuHoSo", "NguoiNop",        "SoDienThoai",
                                         "Email",           "TrichYeuHoSo",    "KenhThucHien",  "NoiNopHoSo",      "HinhThuc",
                                         "NgayNopHoSo",     "NgayTiepNhan"};
constexpr const char* shared_lists[] = {"DinhDanhCHS", "TaiLieuNop", "DanhSachTepDinhKemKhac"};

Op set(const char* field, std::string value) { return {OpKind::set, {Step::field(field)}, record::Value(std::move(value)), std::nullopt}; }

std::string name_of(const merge::DossierState& state) {
  const auto& code = course::code_of(state);
  return code.empty() ? runtime::id_text(state.did) : code;
}

/// The beginning of a part: what it is first, then what it shares, then who is asked to take it.
std::vector<Op> ops_of_part(const merge::DossierState& whole, const Planned& planned, const std::string& note, storage::Store& store) {
  const auto& row = *planned.part.row;
  std::vector<Op> out{course::say_part_of(whole.did, name_of(whole), row.key), set("TenTTHC", row.name_vi)};
  if (!row.part_procedure.empty()) out.push_back(set("MaTTHC", row.part_procedure));
  if (const auto* procedure = schema::find_procedure(row.part_procedure)) out.push_back(set("TenLinhVuc", procedure->field));
  if (const auto* unit = store.policy.unit(planned.part.to)) out.push_back(set("DonViXuLy", unit->name_vi));
  for (const auto* name : shared_fields)
    if (const auto* value = record::find(whole.fields, name)) out.push_back({OpKind::set, {Step::field(name)}, *value, std::nullopt});
  if (auto due = due_of(whole, row, storage::calendar_of(store)); !due.empty()) out.push_back(set("NgayHenTra", std::move(due)));
  for (const auto* name : shared_lists)
    for (const auto& element : course::elements_of(whole, name))
      out.push_back({OpKind::add, {Step::field(name)}, record::Value(element.fields), std::nullopt});
  out.push_back(merge::status("2"));
  if (planned.offer) out.push_back(merge::offer(planned.part.to, note));
  return out;
}

storage::NewChange change_of(const FanOut& act, std::vector<Op> ops, std::optional<Did> did) {
  storage::NewChange out;
  out.change.user = act.user;
  out.change.reason = act.why;
  out.change.ops = std::move(ops);
  out.did = did;
  return out;
}

Trouble not_linked(const merge::DossierState& whole, const char* because) {
  return {"not_linked",
          ExitCode::failed,
          409,
          name_of(whole) + " cannot be fanned out: " + because,
          runtime::nothing_changed,
          "Any dossier can be handed over as a whole: `dossier hand-over`.",
          {}};
}

}  // namespace

Result<std::vector<Planned>> plan_of(storage::Store& store, const merge::DossierState& whole, const Takers& takers) {
  WARD_TRY(const auto parts, parts_here(store, whole));
  for (const auto& taker : takers) {
    const auto& key = taker.first;
    const auto named = std::find_if(parts.begin(), parts.end(), [&](const auto& one) { return one.key == key; });
    if (named == parts.end()) return fail(Fault::invalid, "`to` names a part that this dossier does not have: " + key);
    if (store.policy.unit(taker.second) == nullptr)
      return fail(Fault::invalid, "`to` must give a unit's code for " + key + "; `GET /v1/units` has them");
  }
  const auto& context = storage::context_of(store);
  std::vector<Planned> out;
  for (const auto& part : parts) {
    const bool create = part.stage == Stage::planned || part.stage == Stage::voided;
    if (part.row == nullptr || (!create && part.stage != Stage::ready)) continue;
    Planned planned{part, create, !create};
    if (const auto taker = takers.find(part.key); taker != takers.end()) {
      planned.moves = !create && taker->second != part.to;
      planned.part.to = taker->second;
    }
    const auto first = part.row->after.empty();
    const auto before = std::find_if(parts.begin(), parts.end(), [&](const auto& one) { return one.key == part.row->after; });
    const bool turn = first || (before != parts.end() && before->stage == Stage::finished);
    const bool own = context.house_of(planned.part.to, std::nullopt) == context.house_of(whole.custody.unit, std::nullopt);
    if (create) planned.offer = turn && !own;
    out.push_back(std::move(planned));
  }
  return out;
}

std::optional<Trouble> may_fan_out(const merge::DossierState& whole, const std::vector<Planned>& plan) {
  if (course::part_of(whole)) return not_linked(whole, "it is itself a part of another dossier.");
  if (plan.empty() && course::parts_of(whole).empty())
    return not_linked(whole, "its procedure is not one that is lodged once for several authorities.");
  const auto status = status_of(whole);
  if (status != "2" && status != "4")
    return Trouble{"not_accepted",
                   ExitCode::failed,
                   409,
                   "A dossier is fanned out once it is accepted, and while it is in process; this one is " +
                       (status.empty() ? std::string("without a status") : named(status)) + ".",
                   runtime::nothing_changed,
                   "Accept it first: `dossier status CODE 2`.",
                   {}};
  std::string without;
  boost::json::array keys;
  for (const auto& planned : plan) {
    if (!planned.part.to.empty()) continue;
    without += (without.empty() ? "" : "; ") + planned.part.row->name_vi + " (" + planned.part.key + ", " + planned.part.row->kind + ")";
    keys.emplace_back(planned.part.key);
  }
  if (keys.empty()) return std::nullopt;
  return Trouble{
      "no_unit",
      ExitCode::wrong_usage,
      422,
      "The city's table has no unit, or several, for: " + without + ".",
      runtime::nothing_changed,
      "Say who takes it: `--to PART=UNIT`. A centre's officials can take it, and bring it to an authority that has no PC of ours.",
      {{"parts", std::move(keys)}}};
}

std::vector<storage::NewChange> changes_of(const merge::DossierState& whole, const std::vector<Planned>& plan, const FanOut& act,
                                           storage::Store& store) {
  std::vector<storage::NewChange> out;
  std::vector<std::pair<std::string, UnitCode>> named;
  for (const auto& planned : plan) {
    if (!planned.create) continue;
    out.push_back(change_of(act, ops_of_part(whole, planned, act.note, store), std::nullopt));
    named.emplace_back(planned.part.key, planned.part.to);
  }
  std::vector<Op> moved;
  for (const auto& planned : plan)
    if (!planned.create && planned.offer && planned.moves)
      moved.push_back(course::say_part(planned.part.key, *planned.part.did, planned.part.to));
  if (!named.empty() || !moved.empty()) {
    auto telling = change_of(act, std::move(moved), whole.did);
    telling.complete = [named](record::Change& change, const std::vector<storage::Saved>& before) {
      for (std::size_t i = 0; i < named.size(); ++i) change.ops.push_back(course::say_part(named[i].first, before[i].did, named[i].second));
    };
    out.push_back(std::move(telling));
  }
  for (const auto& planned : plan)
    if (!planned.create && planned.offer) out.push_back(change_of(act, {merge::offer(planned.part.to, act.note)}, planned.part.did));
  return out;
}

}  // namespace ward::desk
