#include "runtime/trouble.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::runtime;

namespace {

constexpr Fault faults[] = {Fault::malformed,
                            Fault::too_large,
                            Fault::bad_signature,
                            Fault::wrong_key,
                            Fault::missing_key,
                            Fault::wrong_organisation,
                            Fault::not_member,
                            Fault::revoked,
                            Fault::unsupported,
                            Fault::gap,
                            Fault::fork,
                            Fault::not_found,
                            Fault::ambiguous,
                            Fault::invalid,
                            Fault::ticket_used,
                            Fault::ticket_expired,
                            Fault::storage_full,
                            Fault::storage_read_only,
                            Fault::storage_locked,
                            Fault::storage_damaged,
                            Fault::storage_newer,
                            Fault::storage_failed,
                            Fault::io,
                            Fault::timeout,
                            Fault::at_centre};

}  // namespace

TEST_CASE("trouble: every fault says what happened, what is safe and what to do") {
  for (const auto fault : faults) {
    const auto trouble = trouble_of(fail(fault, "reading the list"));
    CAPTURE(name_of(fault));
    CHECK(trouble.name == name_of(fault));
    CHECK(trouble.what.ends_with("(reading the list)"));
    CHECK_FALSE(trouble.safe.empty());
    CHECK_FALSE(trouble.remedy.empty());
    CHECK(trouble.exit != ExitCode::done);
    CHECK(trouble.status >= 400);
  }
}

TEST_CASE("trouble: nothing is said twice") {
  CHECK(trouble_of(fail(Fault::not_member, "this PC is not approved yet")).what == "This PC is not approved yet.");
  CHECK(trouble_of(fail(Fault::not_member, "")).what == "This PC is not approved yet.");
}

TEST_CASE("trouble: exit codes are those that scripts rely on") {
  CHECK(trouble_of(fail(Fault::revoked, "")).exit == ExitCode::refused);
  CHECK(trouble_of(fail(Fault::not_member, "")).exit == ExitCode::refused);
  CHECK(trouble_of(fail(Fault::storage_damaged, "")).exit == ExitCode::damage_found);
  CHECK(trouble_of(fail(Fault::ambiguous, "")).exit == ExitCode::person_must_decide);
  CHECK(trouble_of(fail(Fault::invalid, "")).exit == ExitCode::failed);
  CHECK(static_cast<int>(ExitCode::gave_up_waiting) == 6);
  CHECK(static_cast<int>(ExitCode::interrupted) == 130);
}

TEST_CASE("trouble: travels as problem+json and comes back whole") {
  auto trouble = trouble_of(fail(Fault::ambiguous, "id:00 id:01"));
  trouble.more["ids"] = boost::json::array{"id:00", "id:01"};
  const auto object = json_of(trouble);
  CHECK(object.at("type") == "urn:wardsync:problem:ambiguous");
  CHECK(object.at("status") == 409);
  const auto back = trouble_of_json(boost::json::serialize(object), 409);
  CHECK(back.name == "ambiguous");
  CHECK(back.exit == ExitCode::person_must_decide);
  CHECK(back.what == trouble.what);
  CHECK(back.safe == trouble.safe);
  CHECK(back.remedy == trouble.remedy);
  CHECK(back.more == trouble.more);
}

TEST_CASE("trouble: an answer that is no problem+json is still trouble") {
  for (const auto* body : {"", "<html>", "[]", "{\"type\":\"about:blank\"}", "{\"type\":7}"}) {
    const auto trouble = trouble_of_json(body, 502);
    CHECK(trouble.name == "unknown");
    CHECK(trouble.exit == ExitCode::failed);
    CHECK(trouble.what.find("502") != std::string::npos);
  }
}
