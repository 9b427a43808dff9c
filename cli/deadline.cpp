#include "cli/deadline.hpp"

#include "runtime/command_line.hpp"

#include <cstdlib>

namespace ward::cli {
namespace {

using runtime::shown;

std::string days(std::int64_t count, const char* vi, const char* en) {
  const auto number = std::to_string(count);
  return std::string(vi) + " " + number + " ngày làm việc (" + number + " working day" + (count == 1 ? "" : "s") + " " + en + ")";
}

std::string ended(const std::string& judgement) {
  if (judgement == "early") return "trước hạn (early)";
  if (judgement == "on_time") return "đúng hạn (on time)";
  if (judgement == "late") return "quá hạn (late)";
  return "đã kết thúc, không đánh giá (ended, not judged)";
}

std::string left(const std::string& kind, const std::string& left_text) {
  const bool known = left_text != "-";
  const auto count = known ? std::strtoll(left_text.c_str(), nullptr, 10) : 0;
  if (kind == "overdue") return count == 0 ? "quá hạn từ hôm nay (overdue since today)" : days(-count, "quá hạn", "overdue");
  if (kind == "today") return "đến hạn hôm nay (due today)";
  if (kind == "waiting") return "tạm dừng tính thời hạn (the clock waits)" + (known ? "; " + days(count, "còn", "left") : std::string());
  if (kind == "none") return "chưa có ngày hẹn trả (no appointment)";
  return days(count, "còn", "left");
}

}  // namespace

std::string deadline_words(const boost::json::value& dossier) {
  const auto of = [&](const char* name) { return shown(dossier, "deadline", name); };
  const auto kind = of("class"), judgement = of("judgement");
  auto out = kind == "ended" ? ended(judgement) : left(kind, of("days_left"));
  if (judgement == "open_late" && kind != "overdue")
    out += "; tính là quá hạn (counts as late: the first appointment is past, or a supplement was asked for more than once)";
  if (of("day_off") == "true")
    out += "; ngày hẹn rơi vào ngày nghỉ được quyết định sau, giữ nguyên (on a day that became a day off; not moved)";
  if (of("certain") == "false") out += "; lịch nghỉ đến ngày đó chưa có quyết định (the days off until then are not decided yet)";
  return out;
}

}  // namespace ward::cli
