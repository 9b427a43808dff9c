#include "protocol/base/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace ward {

Reaction reaction_to(Fault fault) noexcept {
  switch (fault) {
    case Fault::io:
    case Fault::timeout:
    case Fault::gap:
    case Fault::missing_key:
    case Fault::at_centre:
    case Fault::storage_full:
    case Fault::storage_read_only:
    case Fault::storage_locked: return Reaction::retry;
    case Fault::malformed:
    case Fault::too_large:
    case Fault::bad_signature:
    case Fault::wrong_key:
    case Fault::wrong_organisation:
    case Fault::not_member:
    case Fault::revoked:
    case Fault::unsupported:
    case Fault::not_found:
    case Fault::ambiguous:
    case Fault::invalid:
    case Fault::ticket_used:
    case Fault::ticket_expired:
    case Fault::erased: return Reaction::reject;
    case Fault::fork: return Reaction::quarantine;
    case Fault::storage_damaged:
    case Fault::storage_newer:
    case Fault::storage_failed: return Reaction::stop;
  }
  return Reaction::stop;
}

const char* name_of(Fault fault) noexcept {
  switch (fault) {
    case Fault::malformed: return "malformed";
    case Fault::too_large: return "too_large";
    case Fault::bad_signature: return "bad_signature";
    case Fault::wrong_key: return "wrong_key";
    case Fault::missing_key: return "missing_key";
    case Fault::wrong_organisation: return "wrong_organisation";
    case Fault::not_member: return "not_member";
    case Fault::revoked: return "revoked";
    case Fault::unsupported: return "unsupported";
    case Fault::gap: return "gap";
    case Fault::fork: return "fork";
    case Fault::not_found: return "not_found";
    case Fault::ambiguous: return "ambiguous";
    case Fault::invalid: return "invalid";
    case Fault::ticket_used: return "ticket_used";
    case Fault::ticket_expired: return "ticket_expired";
    case Fault::storage_full: return "storage_full";
    case Fault::storage_read_only: return "storage_read_only";
    case Fault::storage_locked: return "storage_locked";
    case Fault::storage_damaged: return "storage_damaged";
    case Fault::storage_newer: return "storage_newer";
    case Fault::storage_failed: return "storage_failed";
    case Fault::io: return "io";
    case Fault::timeout: return "timeout";
    case Fault::at_centre: return "at_centre";
    case Fault::erased: return "erased";
  }
  return "unknown";
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error(std::string("value() of a failed Result: ") + name_of(error.fault) + ": " + error.detail);
}

void broken_invariant(const char* what, const char* file, int line) noexcept {
  std::fprintf(stderr, "wardsync: broken invariant: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace ward

/// What Boost calls when an assertion of its own is broken: its declaration is in <boost/assert.hpp>, in release builds only.
namespace boost {

void assertion_failed(const char* what, const char* function, const char* file, long line);
void assertion_failed_msg(const char* what, const char* message, const char* function, const char* file, long line);

void assertion_failed(const char* what, const char*, const char* file, long line) {
  ward::broken_invariant(what, file, static_cast<int>(line));
}

void assertion_failed_msg(const char* what, const char*, const char*, const char* file, long line) {
  ward::broken_invariant(what, file, static_cast<int>(line));
}

}  // namespace boost
