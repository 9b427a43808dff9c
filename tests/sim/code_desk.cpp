#include "tests/sim/code_desk.hpp"

#include "protocol/code/code.hpp"

namespace ward::sim {

storage::CodeMark CodeDesk::mark() {
  return {[this] { return Result<std::optional<Bytes>>(mark_); },
          [this](BytesView bytes) -> Result<void> {
            if (!disks_.write_beside(path_)) return fail(Fault::storage_full, "the mark was not written");
            mark_ = copy(bytes);
            // Whole or not at all, but the machine may die over it.
            if (!disks_.write_beside(path_)) return fail(Fault::storage_full, "the mark was written, and nobody heard of it");
            return {};
          }};
}

void CodeDesk::heard(WallTime time, Instant at) {
  if (!heard_ || heard_->first <= time) heard_.emplace(time, at);
}

void CodeDesk::gave(const storage::Saved& saved, Instant at) {
  const auto code = code::parse_official(saved.code);
  if (!code || saved.provisional) return;
  world_.note("ward " + std::to_string(ward_) + ": gives " + saved.code);
  given_.push_back({ward_, device_, saved.did, saved.code, copied_});
  if (!heard_) return;
  const auto earliest = code::day_of(heard_->first);
  const auto latest = code::day_of({heard_->first.ms + (at - heard_->second).count() + std::chrono::milliseconds(clock_ahead_max).count()});
  if (code->day < earliest || code->day > latest) throw Complaint("a code of a day that it cannot be: " + saved.code);
}

void CodeDesk::become_copied() {
  copied_ = true;
  for (auto& given : given_)
    if (given.ward == ward_) given.copied = true;
}

void CodeDesk::put_back_mark_with_disk() {
  mark_ = mark_copy_;
  become_copied();
}

void CodeDesk::put_back_disk_alone() {
  database_is_older_ = true;
  if (mark_is_older_) become_copied();
}

void CodeDesk::meddle_with_mark() {
  world_.note("ward " + std::to_string(ward_) + ": its mark is lost, or an older one comes back");
  if (world_.dice.one_in(2))
    mark_.reset();
  else
    mark_ = mark_copy_;
  mark_is_older_ = true;
  if (database_is_older_) become_copied();
}

}  // namespace ward::sim
