#include "protocol/deadline/judgement.hpp"

#include <algorithm>

namespace ward::deadline {
namespace {

constexpr std::array judgement_names{"none", "early", "on_time", "late", "open_good", "open_late"};
constexpr std::string_view online_channel = "2";

bool is_offered(const schema::Procedure& procedure, std::string_view level) {
  return procedure.online && (level.empty() || procedure.level == level);
}

}  // namespace

const char* name_of(Judgement one) noexcept { return judgement_names[static_cast<std::size_t>(one)]; }

Judgement judge(const Course& course, Moment now) {
  if (!course.accepted || !course.due) return Judgement::none;
  const bool asked_twice = course.rounds > 1;
  if (course.clock == Clock::ended) {
    if (!course.ended) return Judgement::none;
    if (asked_twice || *course.ended > *course.due) return Judgement::late;
    return day_of(*course.ended) < day_of(*course.due) ? Judgement::early : Judgement::on_time;
  }
  const auto until = course.clock == Clock::waiting ? course.asked.value_or(*course.due) : now;
  return asked_twice || until > *course.due ? Judgement::open_late : Judgement::open_good;
}

std::optional<int> permille(std::uint64_t part, std::uint64_t of) {
  if (of == 0) return std::nullopt;
  return static_cast<int>((part * 2000 + of) / (of * 2));
}

void Punctuality::add(const Course& course, Moment now) {
  if (!course.accepted) return;
  ++accepted;
  if (course.rounds > 1) ++asked_twice;
  switch (judge(course, now)) {
    case Judgement::none: ++not_judged; break;
    case Judgement::early: ++early; break;
    case Judgement::on_time: ++on_time; break;
    case Judgement::late: ++late; break;
    case Judgement::open_good: ++open_good; break;
    case Judgement::open_late: ++open_late; break;
  }
}

void Punctuality::add(const Punctuality& other) {
  accepted += other.accepted;
  early += other.early;
  on_time += other.on_time;
  late += other.late;
  open_good += other.open_good;
  open_late += other.open_late;
  not_judged += other.not_judged;
  asked_twice += other.asked_twice;
}

void OnlineShare::add(const Lodged& one) {
  ++accepted_;
  if (one.channel != online_channel) return;
  ++online_;
  procedures_.insert(one.procedure);
  if (!one.finished) return;
  ++online_finished_;
  if (one.with_result) ++online_with_result_;
}

void OnlineShare::add(const OnlineShare& other) {
  accepted_ += other.accepted_;
  online_ += other.online_;
  online_finished_ += other.online_finished_;
  online_with_result_ += other.online_with_result_;
  procedures_.insert(other.procedures_.begin(), other.procedures_.end());
}

std::uint64_t OnlineShare::services_offered(std::string_view level) {
  const auto all = schema::procedures();
  return static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), [&](const auto& one) { return is_offered(one, level); }));
}

std::uint64_t OnlineShare::services_used(std::string_view level) const {
  const auto is_used = [&](const std::string& code) {
    const auto* procedure = schema::find_procedure(code);
    return procedure != nullptr && is_offered(*procedure, level);
  };
  return static_cast<std::uint64_t>(std::count_if(procedures_.begin(), procedures_.end(), is_used));
}

std::optional<int> points_permille(std::uint64_t online, std::uint64_t accepted) {
  const auto share = permille(online * 2, accepted);
  return share ? std::optional(std::min(*share, 1000)) : std::nullopt;
}

}  // namespace ward::deadline
