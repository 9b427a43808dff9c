#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"

#include <map>
#include <string>
#include <string_view>

/// Who is logged in to a page. In memory only: a restart ends every session.
namespace ward::runtime {

inline constexpr std::chrono::seconds page_code_life{60};
inline constexpr std::chrono::hours session_idle_max{12};

class Sessions {
 public:
  struct Session {
    std::string account;  ///< of the operating system: who had the code made
    std::string csrf;     ///< what writes must send back
  };
  struct Opened {
    std::string token;  ///< what the browser sends with each request, and no script can read
    Session session;
  };

  /// A code of 128 bits that opens one session, once, within `page_code_life`. Of too many unused ones the oldest goes.
  [[nodiscard]] std::string new_code(std::string account, Instant now);
  /// `not_found`: the code was used, is too old, or never was. `too_large`: too many wrong ones came lately; none is looked at.
  [[nodiscard]] Result<Opened> open(std::string_view code, Instant now);
  /// Null when there is no such session any more. Asking keeps it alive.
  [[nodiscard]] const Session* use(std::string_view token, Instant now);
  /// The same, and does not keep it alive.
  [[nodiscard]] bool is_open(std::string_view token, Instant now) const;
  void close(std::string_view token);

 private:
  struct Code {
    std::string account;
    Instant made;
  };
  struct Open {
    Session session;
    Instant used;
  };
  [[nodiscard]] bool may_try(Instant now);

  // By the hash of what names them, so that how long a search takes tells nothing.
  std::map<Hash, Code> codes_;
  std::map<Hash, Open> sessions_;
  std::int64_t tries_left_ = 0;
  Instant tries_counted_{};
  bool tried_ = false;
};

}  // namespace ward::runtime
