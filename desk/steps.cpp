#include "desk/steps.hpp"

#include "protocol/course/course.hpp"
#include "protocol/course/filling.hpp"
#include "protocol/merge/meaning.hpp"
#include "protocol/schema/schema.hpp"

#include <algorithm>

namespace ward::desk {
namespace {

using record::Op;
using record::OpKind;

constexpr const char* status_field = "TrangThaiHoSo";
constexpr const char* code_field = "MaHoSo";

int number_of(std::string_view status) {
  const auto all = schema::statuses();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return std::to_string(one.code) == status; });
  return found == all.end() ? 0 : found->code;
}

bool may_follow(std::string_view from, std::string_view to) {
  const auto all = schema::transitions();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.from == number_of(from) && one.to == number_of(to); });
}

Op plain_status(std::string_view status) {
  return {OpKind::set, {record::Step::field(status_field)}, record::Value(std::string(status)), std::nullopt};
}

/// Texts that people often enter with a status, and that nobody can propose.
std::vector<const char*> texts_with(std::string_view status) {
  if (status == "9") return {"QuyetDinh"};
  if (status == "10") return {"HinhThuc", "ThongTinTra"};
  return {};
}

/// A set of a field of the dossier itself.
bool goes_with(const Op& op) {
  if (op.kind != OpKind::set || op.path.size() != 1) return false;
  const auto* field = schema::field_at(op.path);
  return field == nullptr || field->type != schema::Type::list;
}

}  // namespace

std::string status_of(const merge::DossierState& state) { return course::shown_text(state, status_field); }

Step step_to(const merge::DossierState& state, std::string_view status, const deadline::Calendar& calendar, WallTime now) {
  Step out;
  out.status = status;
  const std::vector<Op> ops{plain_status(status)};
  const course::Act act{ops, {}, {}, deadline::moment_of(now), {}};
  for (const auto& [field, value] : course::filling_of(state, act, {calendar, {}}).dates) out.companions.push_back({field, value});
  for (const auto* field : texts_with(status)) out.companions.push_back({field, {}});
  out.needs_reason = status == "3" || status == "5" || status == "7" || status == "8";
  out.legal_act = merge::needs_signature(ops.front());
  for (const auto& conflict : state.conflicts)
    if (std::find(conflict.blocks.begin(), conflict.blocks.end(), status) != conflict.blocks.end()) out.blocked_by.push_back(conflict.id);
  return out;
}

std::vector<Step> next_steps(const merge::DossierState& state, const deadline::Calendar& calendar, WallTime now) {
  std::vector<Step> out;
  const auto from = status_of(state);
  for (const auto& status : schema::statuses())
    if (may_follow(from, std::to_string(status.code))) out.push_back(step_to(state, std::to_string(status.code), calendar, now));
  return out;
}

Result<std::vector<Op>> ops_of_status(const merge::DossierState& state, const std::string& status, Saying saying,
                                      const deadline::Calendar& calendar, WallTime now) {
  for (const auto& op : saying.ops)
    if (goes_with(op) && (op.path.front().text == status_field || op.path.front().text == code_field))
      return fail(Fault::invalid, op.path.front().text + " does not go with a status");
  auto said = saying.ops;
  said.push_back(plain_status(status));
  const course::Act act{said, saying.user, saying.why, deadline::moment_of(now), {}};
  record::Map with;
  std::vector<Op> out;
  const auto filled = course::ops_of(course::filling_of(state, act, {calendar, {}}));
  saying.ops.insert(saying.ops.end(), filled.begin(), filled.end());
  for (auto& op : saying.ops) {
    if (goes_with(op))
      with.push_back({op.path.front().text, std::move(op.value)});
    else
      out.push_back(std::move(op));
  }
  out.push_back(merge::status(status, record::canonical(std::move(with))));
  return out;
}

std::string named(std::string_view status) {
  for (const auto& one : schema::statuses())
    if (std::to_string(one.code) == status) return one.vi + " (" + std::string(status) + ")";
  return std::string(status);
}

}  // namespace ward::desk
