#include "tests/crash/recorder.hpp"

#include "protocol/base/error.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace ward::crash {
namespace {

using test::DiskCall;
using test::DiskChange;
using test::failure_of;

constexpr std::size_t sector = 512;

/// A write of which only the first sectors, or only the last ones, reached the disk.
void tear(DiskChange& write, sim::Dice& dice) {
  const auto sectors = write.bytes.size() / sector;
  if (sectors < 2) return;
  const auto kept = (1 + dice.below(sectors - 1)) * sector;
  if (dice.one_in(2)) {
    write.bytes.resize(kept);
    return;
  }
  write.bytes.erase(write.bytes.begin(), write.bytes.end() - static_cast<std::ptrdiff_t>(kept));
  write.offset += sectors * sector - kept;
}

void keep_some(Bytes& content, std::vector<DiskChange> redo, sim::Dice& dice) {
  for (auto& change : redo) {
    if (dice.one_in(2)) continue;
    const bool is_write = change.size >= change.offset + change.bytes.size();
    if (!is_write && content.size() <= change.size) continue;
    if (is_write && dice.one_in(3)) tear(change, dice);
    if (is_write) change.size = std::max(content.size(), change.offset + change.bytes.size());
    test::exchange(content, change);
  }
}

}  // namespace

void Recorder::begin(const std::string& path) {
  path_ = recorded_ = path;
  now_.clear();
  for (const auto& [name, file] : files.files)
    if (is_recorded(name)) now_[name] = file->content;
}

int Recorder::before(DiskCall call, const std::string& path, const DiskChange* change, std::size_t) {
  if (!is_recorded(path)) return SQLITE_OK;
  if (calls_to_failure_ && (*calls_to_failure_)-- == 0) {
    calls_to_failure_.reset();
    failed_ = true;
    return failure_ != 0 && (call == DiskCall::write || call == DiskCall::open) ? failure_ : failure_of(call);
  }
  if (change != nullptr) next_ = *change;
  return SQLITE_OK;
}

void Recorder::changed(const std::string& path, DiskChange) {
  if (is_recorded(path) && next_) happened_.push_back({DiskCall::write, path, *std::exchange(next_, std::nullopt)});
}
void Recorder::synced(const std::string& path) {
  if (is_recorded(path) && !syncs_lie) happened_.push_back({DiskCall::sync, path, {}});
}
void Recorder::removed(const std::string& path) {
  if (is_recorded(path)) happened_.push_back({DiskCall::remove, path, {}});
}

void Recorder::fail_call(std::size_t nth, int code) {
  calls_to_failure_ = nth;
  failure_ = code;
  failed_ = false;
}

void Recorder::replay(const Happening& happening) {
  if (happening.call == DiskCall::remove) {
    now_.erase(happening.path);
    unsynced_.erase(happening.path);
    return;
  }
  auto& unsynced = unsynced_[happening.path];
  if (happening.call == DiskCall::sync) return unsynced.clear();
  auto change = happening.change;
  test::exchange(now_[happening.path], change);
  unsynced.push_back(std::move(change));
}

Image Recorder::at(std::size_t moment, Left left, sim::Dice& dice) {
  WARD_ASSERT(moment >= replayed_ && moment <= happened_.size());
  while (replayed_ < moment) replay(happened_[replayed_++]);
  auto out = now_;
  if (left == Left::all) return out;
  for (const auto& [path, undo] : unsynced_) {
    auto& content = out[path];
    auto changes = undo;
    for (auto i = changes.size(); i-- > 0;) test::exchange(content, changes[i]);
    if (left == Left::some) keep_some(content, std::move(changes), dice);
  }
  return out;
}

void Recorder::put(const Image& image) {
  std::erase_if(files.files, [&](const auto& each) { return each.first.starts_with(recorded_); });
  for (const auto& [path, content] : image)
    files.files[path] = std::make_shared<test::MemoryFiles::File>(test::MemoryFiles::File{content, {}});
}

}  // namespace ward::crash
