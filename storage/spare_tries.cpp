#include "storage/spare_tries.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/crypto/hash.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t fleeting_max = 1'000;

using Check = Fixed<struct TriesCheckTag, 8>;

/// A line lies in one sector of the disk, which is written whole or not at all.
Bytes line_of(const Hash& who, std::int64_t failed) {
  Writer out;
  out.raw(who);
  out.u32(static_cast<std::uint32_t>(failed));
  out.raw(crypto::hash<Check>("wsync-tries", {}, {out.peek()}));
  auto bytes = std::move(out).take();
  bytes.resize(SpareTries::line_bytes);
  return bytes;
}

}  // namespace

Result<SpareTries> SpareTries::open(FixedFile file) {
  WARD_TRY(const auto bytes, file.read());
  if (bytes.size() != file_bytes) return fail(Fault::storage_damaged, "the file of spare tries has another size");
  SpareTries out;
  out.file_ = std::move(file);
  for (std::size_t i = 0; i < names_max; ++i) {
    const auto line = BytesView(bytes).subspan(i * line_bytes, line_bytes);
    Reader from(line);
    const auto who = from.fixed_value<Hash>();
    const std::int64_t failed = from.u32();
    if (line_of(who, failed) == copy(line)) out.lines_[i] = Line{who, failed};
  }
  return out;
}

std::optional<std::int64_t> SpareTries::of(const Hash& who) const {
  for (const auto& line : lines_)
    if (line && line->who == who) return line->failed;
  const auto found = fleeting_.find(who);
  return found == fleeting_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> SpareTries::put(const Hash& who, std::int64_t failed) {
  auto lines = lines_;
  auto at = std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line && line->who == who; });
  if (at == lines.end()) at = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return !line; });
  if (!file_.write || at == lines.end()) return fail(Fault::storage_full, "counting a try");
  *at = Line{who, failed};
  return keep(lines);
}

void SpareTries::remember(const Hash& who, std::int64_t failed) {
  if (fleeting_.size() >= fleeting_max && !fleeting_.contains(who)) fleeting_.erase(fleeting_.begin());
  fleeting_[who] = failed;
}

Result<void> SpareTries::drop(const Hash& who) {
  auto lines = lines_;
  const auto at = std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line && line->who == who; });
  if (at != lines.end()) {
    at->reset();
    WARD_CHECK(keep(lines));
  }
  fleeting_.erase(who);
  return {};
}

Result<void> SpareTries::keep(const Lines& lines) {
  Bytes out;
  for (const auto& line : lines) append(out, line ? line_of(line->who, line->failed) : Bytes(line_bytes));
  WARD_CHECK(file_.write(out));
  lines_ = lines;
  return {};
}

}  // namespace ward::storage
