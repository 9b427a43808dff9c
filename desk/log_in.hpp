#pragma once

#include "desk/site.hpp"
#include "runtime/http.hpp"
#include "storage/pins.hpp"
#include "storage/spare_tries.hpp"

#include <boost/json/object.hpp>

#include <map>

/// Who sits at this PC: people log in by name and PIN, and a route is for whom its kind says (docs/adr/0011). As long as nobody of the unit
/// was given an activation, nobody needs to.
namespace ward::desk {

inline constexpr std::int64_t tries_free = 5;                      ///< then each wrong PIN is followed by a wait
inline constexpr std::int64_t tries_max = storage::pin_tries_max;  ///< then only a new activation code helps
inline constexpr std::chrono::minutes wait_first{1};               ///< doubles with each further try
inline constexpr std::chrono::minutes wait_max{60};
inline constexpr std::chrono::minutes idle_lock_default{15};
inline constexpr std::chrono::hours log_in_idle_max{12};  ///< who is away for longer says his name again
inline constexpr std::size_t log_ins_max = 64;
/// Of all names together; more would keep the daemon from its work, and fill the audit log.
inline constexpr std::int64_t failures_max = 40;
inline constexpr std::chrono::milliseconds failure_forgiven{3000};
inline constexpr std::size_t pin_letters_min = 6, pin_letters_max = 64;

/// Why nobody should choose this PIN, as a sentence; empty when it will do.
[[nodiscard]] std::string weakness_of(std::string_view pin, std::string_view user);

class LogIn {
 public:
  /// `site` outlives it.
  explicit LogIn(Site& site) : site_(site), started_(site.now().monotonic) {}

  /// Where tries are counted while the disk is full. Without it nobody logs in then.
  void keep_tries_in(storage::SpareTries spare) { spare_ = std::move(spare); }
  /// A page is open to whoever stands before it: what may do harm there needs a person, where people log in. Nothing: it may.
  [[nodiscard]] std::optional<runtime::Trouble> nobody_at_page(const runtime::Request& request) const;
  void set_idle_lock(std::chrono::minutes idle) { idle_ = idle; }
  /// `/v1/log-in`; and from now on the router asks here who may call what. Outlives the router's last call.
  void add_routes(runtime::Router& router);

 private:
  using Request = runtime::Request;
  using Response = runtime::Response;
  using Refusal = std::optional<runtime::Trouble>;
  enum class Act { opened, switched, unlocked, pin_set, refused, locked_out, locked, logged_out, ended };
  struct Open {
    std::string user;
    Epoch activation = 0;  ///< by which his PIN was chosen; a newer one ends this
    Instant used;
    bool locked = false;
  };
  struct Asked;

  [[nodiscard]] Refusal admit(Request& request, runtime::For whom);
  [[nodiscard]] Refusal must_have_role(const Request& request, const Open& open, runtime::For whom);
  [[nodiscard]] Response tell(const Request& request);
  [[nodiscard]] Response log_in(const Request& request);
  [[nodiscard]] Response log_out(const Request& request);
  [[nodiscard]] Response lock(const Request& request);

  /// Nothing when it was right.
  [[nodiscard]] Result<Refusal> prove(const Asked& asked);
  [[nodiscard]] Result<Refusal> activate(const Asked& asked);
  /// So many tries failed: durable when this returns, in the database, or where the disk has no room for it.
  [[nodiscard]] Result<void> count(const Hash& who, const storage::Pin& held, std::int64_t failed);
  [[nodiscard]] Refusal must_wait(const Hash& who, std::int64_t failed);
  [[nodiscard]] Refusal must_rest();
  [[nodiscard]] Response open(const Request& request, const std::string& user);

  [[nodiscard]] UnitCode unit() const;
  [[nodiscard]] bool needed() const;
  /// Null when nobody is logged in there, or not any more.
  [[nodiscard]] Open* find(const Request& request);
  [[nodiscard]] const policy::Account* standing(const std::string& user) const;
  [[nodiscard]] boost::json::object json_of(const Open* open) const;
  /// Every log-in, failure, lock-out, switch and PIN passes here.
  void note(Act act, const std::string& user);

  Site& site_;
  storage::SpareTries spare_;
  Instant started_;
  std::chrono::minutes idle_ = idle_lock_default;
  std::map<Hash, Open> open_;  ///< by the hash of the token; they end with the daemon
  struct Tried {
    Instant at;         ///< of the last try since the start
    bool told = false;  ///< that it must wait, in the audit log
  };
  std::map<Hash, Tried> tried_;  ///< by the name's hash
  std::int64_t failures_ = 0;
  Instant failures_counted_{};
};

}  // namespace ward::desk
