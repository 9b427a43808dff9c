#include "agent/key_file.hpp"

#include "tests/support/made.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

using namespace ward;
using namespace ward::agent;
using keys::Protection;
using test::fault_of;

namespace {

/// A PC's directory, with keys in it. As systemd hands a service its credentials, where it does.
struct Pc {
  test::Temporary here;
  runtime::DataDir directory = runtime::DataDir::make(here.file("data")).value();
  Bytes keys = make_keys(directory)->encode();

  Pc() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  Pc(const Pc&) = delete;
  Pc& operator=(const Pc&) = delete;
  ~Pc() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  void give_credential(std::uint8_t filler) const {
    std::filesystem::create_directories(here.file("credentials"));
    REQUIRE(runtime::write_private_file(here.file("credentials") + "/" + runtime::credential_name, Bytes(32, filler), true).has_value());
    ::setenv("CREDENTIALS_DIRECTORY", here.file("credentials").c_str(), 1);
  }
  [[nodiscard]] std::string file(const char* what = "") const { return directory.file(key_file) + what; }
  [[nodiscard]] Bytes opened(const AskPassphrase& ask = {}) const { return read_keys(directory, ask)->encode(); }
  [[nodiscard]] bool lies_plain() const {
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      const auto bytes = runtime::read_file(entry.path().string(), 16'384).value();
      if (bytes.find(text_of(BytesView(keys).last(32))) != std::string::npos) return true;
    }
    return false;
  }
};

AskPassphrase says(const char* passphrase) {
  return [passphrase]() -> Result<std::string> { return std::string(passphrase); };
}
Result<void> protect_keys(const runtime::DataDir& directory, const AskPassphrase& ask, Protection by, std::string_view passphrase) {
  const auto file = key_file_in(directory);
  WARD_TRY(const auto plain, runtime::read_key_file(file, ask));
  WARD_TRY(const auto form, runtime::sealed_form(file.owner, plain, by, passphrase, runtime::Opener::service));
  return runtime::replace_key_file(file, form);
}
Result<Protection> protection_of(const runtime::DataDir& directory) { return runtime::protection_of(key_file_in(directory)); }

Result<std::string> nobody_is_there() { return fail(Fault::invalid, "nobody"); }

}  // namespace

TEST_CASE("key file: its passphrase opens it, and nothing of what was plain is left") {
  const Pc pc;
  CHECK(pc.lies_plain());
  CHECK(protection_of(pc.directory).value() == Protection::none);
  REQUIRE(protect_keys(pc.directory, {}, Protection::passphrase, "con trâu đi trước").has_value());
  CHECK_FALSE(pc.lies_plain());
  CHECK_FALSE(runtime::file_exists(pc.file(".before")));
  CHECK(protection_of(pc.directory).value() == Protection::passphrase);
  CHECK(pc.opened(says("con trâu đi trước")) == pc.keys);
  CHECK(fault_of(read_keys(pc.directory, says("con trâu đi sau"))) == Fault::bad_signature);
  CHECK(fault_of(read_keys(pc.directory, nobody_is_there)) == Fault::missing_key);
  CHECK(fault_of(protect_keys(pc.directory, says("con trâu đi sau"), Protection::none, {})) == Fault::bad_signature);
  REQUIRE(protect_keys(pc.directory, says("con trâu đi trước"), Protection::none, {}).has_value());
  CHECK(pc.opened() == pc.keys);
}

TEST_CASE("key file: a start seals a plain one where the system keeps a secret, and a new one is never plain") {
  const Pc pc;
  REQUIRE(seal_plain_keys(pc.directory).has_value());
  CHECK(protection_of(pc.directory).value() == Protection::none);
  CHECK(fault_of(protect_keys(pc.directory, {}, Protection::system, {})) == Fault::not_found);
  pc.give_credential(7);
  REQUIRE(seal_plain_keys(pc.directory).has_value());
  CHECK(protection_of(pc.directory).value() == Protection::system);
  CHECK_FALSE(pc.lies_plain());
  CHECK(pc.opened() == pc.keys);
  pc.give_credential(8);
  CHECK(fault_of(read_keys(pc.directory, {})) == Fault::bad_signature);
  const auto fresh = runtime::DataDir::make(pc.here.file("fresh")).value();
  REQUIRE(make_keys(fresh).has_value());
  CHECK(protection_of(fresh).value() == Protection::system);
}

TEST_CASE("key file: what a change left that was killed goes, and the file in force stays, whatever names it has") {
  const Pc pc;
  std::filesystem::create_hard_link(pc.file(), pc.file(".before"));  // killed before the new form took the name
  REQUIRE(seal_plain_keys(pc.directory).has_value());
  CHECK_FALSE(runtime::file_exists(pc.file(".before")));
  CHECK(pc.opened() == pc.keys);
  REQUIRE(protect_keys(pc.directory, {}, Protection::passphrase, "con trâu đi trước").has_value());
  for (const auto* leftover : {".before", ".new"}) REQUIRE(runtime::write_private_file(pc.file(leftover), pc.keys, true).has_value());
  REQUIRE(pc.lies_plain());
  REQUIRE(seal_plain_keys(pc.directory).has_value());
  CHECK_FALSE(pc.lies_plain());
  CHECK(pc.opened(says("con trâu đi trước")) == pc.keys);
}
