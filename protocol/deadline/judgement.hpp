#pragma once

#include "protocol/deadline/deadline.hpp"

#include <set>
#include <string>

/// Whether a promise was kept, and the figures of a period: domain facts in README.md.
namespace ward::deadline {

/// What a judgement looks at. The end is NgayKetThucXuLy, and not NgayTra: a citizen who comes late makes nobody late.
struct Course {
  Clock clock = Clock::none;
  bool accepted = false;  ///< it has a NgayTiepNhan
  std::optional<Moment> due, ended;
  std::optional<Moment> asked;  ///< the newest request for a supplement
  int rounds = 0;               ///< such requests
};

enum class Judgement : std::uint8_t {
  none,       ///< never accepted, no appointment, or stopped without a time
  early,      ///< ended on a day before the appointed one (trước hạn)
  on_time,    ///< ended on that day, not after the appointed hour (đúng hạn)
  late,       ///< ended after it, or a supplement was asked for more than once (quá hạn)
  open_good,  ///< not ended, and not past its appointment; a pause counts as it stood when it began
  open_late,
};
[[nodiscard]] const char* name_of(Judgement one) noexcept;
[[nodiscard]] Judgement judge(const Course& course, Moment now);

/// Thousandths of `of`, rounded half up; nothing when `of` is 0.
[[nodiscard]] std::optional<int> permille(std::uint64_t part, std::uint64_t of);

/// How dossiers that were accepted in a period fared.
struct Punctuality {
  std::uint64_t accepted = 0, early = 0, on_time = 0, late = 0, open_good = 0, open_late = 0, not_judged = 0;
  std::uint64_t asked_twice = 0;  ///< of all these: a supplement was asked for more than once

  void add(const Course& course, Moment now);
  void add(const Punctuality& other);
  [[nodiscard]] std::uint64_t ended() const { return early + on_time + late; }
};

/// One accepted dossier, as the online share sees it.
struct Lodged {
  std::string procedure;
  std::string channel;       ///< KenhThucHien; `2` is online, nothing counts as at the desk
  bool finished = false;     ///< it has a result (status 9 or 10)
  bool with_result = false;  ///< a result paper with its code and its link
};

/// Both readings of *the share of online service*: of services, and of dossiers.
class OnlineShare {
 public:
  void add(const Lodged& one);
  void add(const OnlineShare& other);

  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  [[nodiscard]] std::uint64_t online() const { return online_; }
  [[nodiscard]] std::uint64_t online_finished() const { return online_finished_; }
  [[nodiscard]] std::uint64_t online_with_result() const { return online_with_result_; }  ///< of those that are finished
  /// Services of `level` (`ward`, `city`; empty: all) that are offered online, in part or as a whole.
  [[nodiscard]] static std::uint64_t services_offered(std::string_view level);
  /// Those of them that had at least one online dossier.
  [[nodiscard]] std::uint64_t services_used(std::string_view level) const;

 private:
  std::uint64_t accepted_ = 0, online_ = 0, online_finished_ = 0, online_with_result_ = 0;
  std::set<std::string> procedures_;  ///< of online dossiers
};

/// The part of the full points that the national indicator gives for a share of online dossiers: all from one half on, below it in
/// proportion.
[[nodiscard]] std::optional<int> points_permille(std::uint64_t online, std::uint64_t accepted);

}  // namespace ward::deadline
