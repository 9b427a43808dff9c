#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Who is logged in to a page.
namespace ward::runtime {

inline constexpr std::chrono::seconds page_code_life{60};
inline constexpr std::chrono::hours session_idle_max{12};
inline constexpr std::chrono::minutes session_use_kept{10};   ///< how much of its idle time a restart may forget
inline constexpr std::size_t sessions_bytes_max = 64 * 1024;  ///< of what `kept` gives

class Sessions {
 public:
  struct Session {
    std::string account;  ///< of the operating system: who had the code made
    std::string csrf;     ///< what writes must send back; follows from the token, so that it need not be kept
  };
  struct Opened {
    std::string token;  ///< what the browser sends with each request, and no script can read
    Session session;
  };

  /// A code of 128 bits that opens one session, once, within `page_code_life`. Of too many unused ones the oldest goes.
  [[nodiscard]] std::string new_code(std::string account, Instant now);
  /// `not_found`: the code was used, is too old, or never was. `too_large`: too many wrong ones came lately; none is looked at.
  [[nodiscard]] Result<Opened> open(std::string_view code, Instant now);
  /// Nothing when there is no such session any more. Asking keeps it alive.
  [[nodiscard]] std::optional<Session> use(std::string_view token, Instant now);
  /// The same, and does not keep it alive.
  [[nodiscard]] bool is_open(std::string_view token, Instant now) const;
  void close(std::string_view token);
  /// Ends every session, and forgets every code; how many sessions there were.
  std::size_t close_all();

  /// What a restart needs to know: of each open session its token's hash, when it was used last and whose it is, a line each. Whoever reads
  /// it opens nothing with it.
  [[nodiscard]] std::string kept(Now now) const;
  /// Takes back what `kept` gave before the restart. What is too old or no such line is left out.
  void restore(std::string_view lines, Now now);
  /// `told` whenever `kept` would say something else that a restart should know.
  void on_change(std::function<void()> told) { changed_ = std::move(told); }

 private:
  struct Code {
    std::string account;
    Instant made;
  };
  struct Open {
    std::string account;
    Instant used, use_told;
  };
  [[nodiscard]] bool may_try(Instant now);
  void tell() const;

  // By the hash of what names them, so that how long a search takes tells nothing.
  std::map<Hash, Code> codes_;
  std::map<Hash, Open> sessions_;
  std::function<void()> changed_;
  std::int64_t tries_left_ = 0;
  Instant tries_counted_{};
  bool tried_ = false;
};

}  // namespace ward::runtime
