#include "tests/sim/official.hpp"

#include "protocol/schema/schema.hpp"

namespace ward::sim {
namespace {

constexpr std::string_view officials[] = {"an", "binh", "lan", "lan", "ke"};  ///< founding.cpp says what they may

}  // namespace

/// Mostly one that the table has; the date rides with it.
record::Op Official::next_status(const merge::DossierState& screen) {
  const auto* now = record::find(screen.fields, "TrangThaiHoSo");
  std::vector<int> next;
  for (const auto& row : schema::transitions())
    if (row.from == (now == nullptr ? 0 : std::stoi(*now->text()))) next.push_back(row.to);
  const auto to = next.empty() || dice_.one_in(10) ? static_cast<int>(dice_.between(1, 10)) : next[dice_.below(next.size())];
  record::Map rides;
  if (to == 8 || to == 9) rides.push_back({"NgayKetThucXuLy", "2025071108300" + std::to_string(dice_.between(0, 9))});
  if (to == 10) rides.push_back({"NgayTra", "2025081108300" + std::to_string(dice_.between(0, 9))});
  if (dice_.one_in(6)) rides.push_back({"GhiChu", "đổi trạng thái"});
  return merge::status(std::to_string(to), record::canonical(std::move(rides)));
}

std::vector<record::Op> Official::answers(const merge::DossierState& screen) {
  std::vector<record::Op> out;
  for (const auto& conflict : screen.conflicts) {
    if (merge::can_keep(conflict)) out.push_back(merge::keep(conflict, dice_.below(conflict.values.size())));
    if (!merge::is_question(conflict.kind)) out.push_back(merge::dismiss(conflict));
  }
  for (const auto& proposal : screen.proposals) {
    out.push_back(merge::approve(proposal));
    out.push_back(dice_.one_in(3) ? merge::dismiss(proposal) : merge::approve(proposal));
  }
  for (const auto& refused : screen.not_applied) out.push_back(merge::dismiss(refused));
  return out;
}

std::optional<record::Change> Official::act(const merge::DossierState& screen, const std::vector<merge::HistoryEntry>& history) {
  record::Change out;
  out.user = officials[dice_.below(std::size(officials))];
  out.seen = screen.version;
  if (dice_.one_in(3)) {
    out.ops.push_back(next_status(screen));
    return out;
  }
  if (dice_.one_in(4)) {
    std::vector<record::Op> undos;
    for (const auto& entry : history)
      if (merge::can_undo(entry)) undos.push_back(merge::undo(entry));
    if (undos.empty()) return std::nullopt;
    out.ops.push_back(undos[undos.size() - 1 - dice_.below(std::min<std::size_t>(undos.size(), 6))]);
    out.reason = "lấy lại";
    return out;
  }
  auto open = answers(screen);
  if (open.empty()) return std::nullopt;
  out.ops.push_back(open[dice_.below(open.size())]);
  out.reason = "quyết định";
  return out;
}

}  // namespace ward::sim
