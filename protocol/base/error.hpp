#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace ward {

/// What went wrong, as far as a caller must act on it. `reaction_to` maps each to one of four answers; add a fault only
/// together with its line there.
enum class Fault {
  malformed,           ///< bytes that no honest peer of a known version writes
  too_large,           ///< over a bound of limits.hpp
  bad_signature,       ///< a signature, tag or root that does not verify
  wrong_key,           ///< the key that is held is not the one that is named
  missing_key,         ///< the key that is named is not held
  wrong_organisation,  ///< data of another city
  not_member,          ///< device unknown, not approved, or not of that unit
  revoked,             ///< device or user revoked by the policy log
  unsupported,         ///< a version or suite that this build does not speak
  gap,                 ///< something that must come first is not held yet
  fork,                ///< two different facts under one name
  not_found,           ///< the thing that was asked for does not exist here
  ambiguous,           ///< a code that several dossiers share
  invalid,             ///< a person's input that cannot be accepted as it is
  ticket_used,         ///< the enrolment ticket was used before
  ticket_expired,      ///< the enrolment ticket is past its time
  storage_full,        ///< the disk has no room; nothing was written
  storage_read_only,   ///< the data directory cannot be written
  storage_locked,      ///< another process holds the data directory
  storage_damaged,     ///< the database fails its own checks
  storage_newer,       ///< written by a newer version
  storage_failed,      ///< any other failure of the disk or the database
  io,                  ///< a link, socket or file failed; trying again may help
  timeout,             ///< nothing came in time
  at_centre,           ///< a dossier's records are at the centre only; they were asked for. Never sent
  erased,              ///< a dossier that was erased by order. Never sent
};

/// The one answer to each fault. `retry`: later, same bytes. `reject`: end this exchange, keep what is ours.
/// `quarantine`: keep the bytes, show them to a person. `stop`: the process ends, reopens and verifies.
enum class Reaction { retry, reject, quarantine, stop };

[[nodiscard]] Reaction reaction_to(Fault fault) noexcept;

/// Stable lower-case name (`bad_signature`), as in problem+json types and logs.
[[nodiscard]] const char* name_of(Fault fault) noexcept;

/// `detail` names the operation that failed and never holds personal data or secrets.
struct Error {
  /// What `error()` of a success says (Boost makes a default Error then): none of the faults, or a test for the first of them would hold of
  /// every success.
  Fault fault = static_cast<Fault>(-1);
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

inline Error fail(Fault fault, std::string detail) { return Error{fault, std::move(detail)}; }

/// Our own mistake, never a peer's: prints the place and aborts, in release too. The daemon restarts and replays.
[[noreturn]] void broken_invariant(const char* what, const char* file, int line) noexcept;

}  // namespace ward

#define WARD_ASSERT(condition) (static_cast<bool>(condition) ? void(0) : ::ward::broken_invariant(#condition, __FILE__, __LINE__))

#define WARD_CONCAT_(a, b) a##b
#define WARD_CONCAT(a, b) WARD_CONCAT_(a, b)
#define WARD_TRY_(result, target, ...)                      \
  auto result = (__VA_ARGS__);                              \
  if (result.has_error()) return std::move(result).error(); \
  target = *std::move(result)

/// `WARD_TRY(auto x, f());` returns f's error from the enclosing function, or names its value. Never in a coroutine.
#define WARD_TRY(target, ...) WARD_TRY_(WARD_CONCAT(ward_try_, __COUNTER__), target, __VA_ARGS__)

/// The same for `Result<void>`.
#define WARD_CHECK(...)                                                                                \
  do {                                                                                                 \
    if (auto ward_check = (__VA_ARGS__); ward_check.has_error()) return std::move(ward_check).error(); \
  } while (false)
