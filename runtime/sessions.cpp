#include "runtime/sessions.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/entropy.hpp"

#include <algorithm>

namespace ward::runtime {
namespace {

constexpr std::size_t codes_max = 16;
constexpr std::size_t sessions_max = 64;
constexpr std::int64_t tries_max = 20;  ///< wrong codes in a row; one more each three seconds
constexpr std::chrono::seconds try_after{3};

template <std::size_t N>
std::string draw() {
  Array<N> bytes{};
  fill_random(bytes);
  return hex(bytes);
}

Hash name_of(std::string_view secret) { return crypto::hash<Hash>("wsync-session", {}, {view(secret)}); }

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
  Opened out{draw<32>(), {std::move(account), draw<32>()}};
  sessions_[name_of(out.token)] = {out.session, now};
  return out;
}

const Sessions::Session* Sessions::use(std::string_view token, Instant now) {
  const auto found = sessions_.find(name_of(token));
  if (found == sessions_.end()) return nullptr;
  if (now - found->second.used > session_idle_max) {
    sessions_.erase(found);
    return nullptr;
  }
  found->second.used = now;
  return &found->second.session;
}

bool Sessions::is_open(std::string_view token, Instant now) const {
  const auto found = sessions_.find(name_of(token));
  return found != sessions_.end() && now - found->second.used <= session_idle_max;
}

void Sessions::close(std::string_view token) { sessions_.erase(name_of(token)); }

}  // namespace ward::runtime
