#pragma once

#include "runtime/http.hpp"
#include "runtime/sessions.hpp"

#include <optional>
#include <variant>

/// Decides who may come in through the loopback port, where any program and any web page of this machine can knock.
namespace ward::runtime {

/// `host:port` as addresses are written: an IPv6 host stands in brackets.
[[nodiscard]] std::string authority(std::string_view host, std::uint16_t port);

/// What a request's header says that the decision needs; nothing, or empty, where it says nothing.
struct Knock {
  std::string method, host;
  std::optional<std::string> origin, fetch_site;  ///< an empty one is foreign
  std::string authorization, cookies, csrf;
  bool logs_in = false;  ///< asks for a session: an earlier one does not count
};

struct Admitted {
  Caller caller = Caller::nobody;
  std::string account;
  std::string session;
};

class Doorkeeper {
 public:
  /// The port is open at this address, for who has this token or a session.
  void open(std::string_view host, std::uint16_t port, std::string token);

  /// Whose request this is, or why it is refused. Whoever proves nothing is let in as nobody: the router knows what is for anyone.
  [[nodiscard]] std::variant<Admitted, Trouble> admit(const Knock& knock, Instant now);

  /// Of the page, without a path; empty while the port is closed.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  /// The Set-Cookie that logs a browser in, and the one that makes it forget.
  [[nodiscard]] std::string cookie_for(std::string_view token) const;
  [[nodiscard]] std::string no_cookie() const;

  Sessions sessions;

 private:
  [[nodiscard]] std::variant<Admitted, Trouble> admit_page(const Knock& knock, const std::string& token, Instant now);
  std::string address_;
  std::string cookie_;  ///< its name
  std::vector<std::string> hosts_;
  std::string token_;
};

}  // namespace ward::runtime
