#include "runtime/sessions.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/entropy.hpp"

#include <algorithm>
#include <charconv>

namespace ward::runtime {
namespace {

constexpr std::size_t codes_max = 16;
constexpr std::size_t sessions_max = 64;
constexpr std::int64_t tries_max = 20;  ///< wrong codes in a row; one more each three seconds
constexpr std::chrono::seconds try_after{3};
constexpr std::int64_t used_ms_max = 253'402'300'799'999;  ///< the last of the year 9999

template <std::size_t N>
std::string draw() {
  Array<N> bytes{};
  fill_random(bytes);
  return hex(bytes);
}

Hash name_of(std::string_view secret) { return crypto::hash<Hash>("wsync-session", {}, {view(secret)}); }

std::string csrf_of(std::string_view token) { return hex(crypto::hash<Hash>("wsync-csrf", {}, {view(token)}).view()); }

/// One line of `Sessions::kept`.
struct Kept {
  Hash name;
  WallTime used;
  std::string account;
};

std::string line_of(const Kept& kept) { return hex(kept.name.view()) + " " + std::to_string(kept.used.ms) + " " + kept.account + "\n"; }

std::optional<Kept> kept_of(std::string_view line) {
  constexpr std::size_t digits = 2 * Hash::size;
  if (line.size() < digits + 1 || line[digits] != ' ') return std::nullopt;
  const auto name = unhex(line.substr(0, digits));
  const auto rest = line.substr(digits + 1);
  const auto space = rest.find(' ');
  if (name.size() != Hash::size || space == std::string_view::npos) return std::nullopt;
  Kept out{fixed_from<Hash>(name), {}, std::string(rest.substr(space + 1))};
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + space, out.used.ms);
  if (error != std::errc{} || end != rest.data() + space || out.account.empty()) return std::nullopt;
  if (out.used.ms < 0 || out.used.ms > used_ms_max) return std::nullopt;
  return out;
}

/// Makes room for one more: the one that `older` finds the oldest goes.
template <class Map, class Older>
void make_room(Map& map, std::size_t most, Older older) {
  if (map.size() >= most)
    map.erase(std::min_element(map.begin(), map.end(), [&](const auto& a, const auto& b) { return older(a.second, b.second); }));
}

}  // namespace

std::string Sessions::new_code(std::string account, Instant now) {
  std::erase_if(codes_, [&](const auto& one) { return now - one.second.made > page_code_life; });
  make_room(codes_, codes_max, [](const Code& a, const Code& b) { return a.made < b.made; });
  auto code = draw<16>();
  codes_[name_of(code)] = {std::move(account), now};
  return code;
}

/// 128 bits cannot be guessed; this bounds what guessing costs us.
bool Sessions::may_try(Instant now) {
  if (!std::exchange(tried_, true)) {
    tries_left_ = tries_max;
    tries_counted_ = now;
  }
  const auto more = (now - tries_counted_) / try_after;
  tries_counted_ += more * try_after;
  tries_left_ = std::min(tries_left_ + more, tries_max);
  return tries_left_ > 0;
}

Result<Sessions::Opened> Sessions::open(std::string_view code, Instant now) {
  if (!may_try(now)) return fail(Fault::too_large, "too many wrong codes");
  const auto found = codes_.find(name_of(code));
  if (found == codes_.end() || now - found->second.made > page_code_life) {
    --tries_left_;
    return fail(Fault::not_found, "the code was used, is too old, or never was");
  }
  auto account = std::move(found->second.account);
  codes_.erase(found);
  std::erase_if(sessions_, [&](const auto& one) { return now - one.second.used > session_idle_max; });
  make_room(sessions_, sessions_max, [](const Open& a, const Open& b) { return a.used < b.used; });
  Opened out;
  out.token = draw<32>();
  out.session = {account, csrf_of(out.token)};
  sessions_[name_of(out.token)] = {std::move(account), now, now};
  tell();
  return out;
}

std::optional<Sessions::Session> Sessions::use(std::string_view token, Instant now) {
  const auto found = sessions_.find(name_of(token));
  if (found == sessions_.end()) return std::nullopt;
  auto& open = found->second;
  if (now - open.used > session_idle_max) {
    sessions_.erase(found);
    return std::nullopt;
  }
  open.used = now;
  Session out{open.account, csrf_of(token)};
  if (now - open.use_told >= session_use_kept) {
    open.use_told = now;
    tell();
  }
  return out;
}

bool Sessions::is_open(std::string_view token, Instant now) const {
  const auto found = sessions_.find(name_of(token));
  return found != sessions_.end() && now - found->second.used <= session_idle_max;
}

void Sessions::close(std::string_view token) {
  if (sessions_.erase(name_of(token)) != 0) tell();
}

std::size_t Sessions::close_all() {
  const auto count = sessions_.size();
  sessions_.clear();
  codes_.clear();
  tell();
  return count;
}

std::string Sessions::kept(Now now) const {
  std::string out;
  for (const auto& [name, open] : sessions_) {
    const auto idle = now.monotonic - open.used;
    if (idle > session_idle_max || open.account.find_first_of("\r\n") != std::string::npos) continue;
    out += line_of({name, {now.wall.ms - std::chrono::milliseconds(idle).count()}, open.account});
  }
  return out;
}

void Sessions::restore(std::string_view lines, Now now) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    auto kept = kept_of(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (!kept || sessions_.size() == sessions_max) continue;
    // A clock that was set back makes nobody log in anew.
    const std::chrono::milliseconds idle{std::max<std::int64_t>(now.wall.ms - kept->used.ms, 0)};
    if (idle > session_idle_max) continue;
    const auto used = now.monotonic - idle;
    sessions_[kept->name] = {std::move(kept->account), used, used};
  }
}

void Sessions::tell() const {
  if (changed_) changed_();
}

}  // namespace ward::runtime
