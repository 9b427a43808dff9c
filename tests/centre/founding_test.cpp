#include "centre/founding.hpp"
#include "centre/unit_table.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"

#include <catch2/catch.hpp>

using namespace ward;

namespace {

/// Never the same twice, the same in every run.
storage::Random counting() {
  return [next = std::uint8_t{1}](std::span<std::uint8_t> out) mutable {
    for (auto& byte : out) byte = next++;
  };
}

std::vector<policy::Unit> two_units() {
  return *centre::read_unit_table("code,name_vi,name_en,kind,parent\nW-B,Phường B,Ward B,ward,C-A\nC-A,Thành phố A,City A,city,\n");
}

constexpr WallTime now{1'600'000'000'000};

}  // namespace

TEST_CASE("founding: the first entries make a policy log that any device can verify from genesis alone") {
  const auto founding = centre::found_city("hue", two_units(), counting(), now);
  REQUIRE(founding.has_value());
  REQUIRE(founding->entries.size() == 3);
  auto log = policy::PolicyLog::start(founding->entries.front(), founding->org);
  REQUIRE(log.has_value());
  for (std::size_t i = 1; i < founding->entries.size(); ++i) REQUIRE(log->append(founding->entries[i]).has_value());
  CHECK(log->genesis().organisation == "hue");
  CHECK(log->genesis().root == crypto::public_of(founding->root));
  CHECK(log->operations() == crypto::public_of(*founding->keys.operations));
  CHECK(log->receipt_key() == crypto::public_of(founding->keys.receipt));
  CHECK(log->centre_noise() == crypto::public_of(founding->keys.noise));
  CHECK(log->org() == crypto::org_of(crypto::public_of(founding->root)));
}

TEST_CASE("founding: genesis commits to the root key that would come next, and that is another one") {
  const auto founding = centre::found_city("hue", two_units(), counting(), now);
  REQUIRE(founding.has_value());
  const auto& genesis = std::get<policy::Genesis>(founding->entries.front().body);
  CHECK(genesis.next_root == crypto::hash<Hash>("wsync-next-root", {}, {crypto::public_of(founding->next_root).view()}));
  CHECK_FALSE(crypto::public_of(founding->next_root) == genesis.root);
}

TEST_CASE("founding: a unit's public key is that of the seed which the registry derives") {
  const auto founding = centre::found_city("hue", two_units(), counting(), now);
  REQUIRE(founding.has_value());
  const auto& unit = std::get<policy::Unit>(founding->entries.back().body);
  CHECK(unit.code == "W-B");
  const auto seed = keys::derive_unit_seed(founding->keys.unit_master, "W-B", 0);
  CHECK(unit.unit_public == crypto::public_of(keys::unit_secret_of(seed, "W-B", 0)));
}

TEST_CASE("founding: a city needs a name") {
  for (const auto& name : {std::string(), std::string(65, 'a'), std::string("hue\xFF"), std::string("hue\nhanoi")}) {
    const auto founding = centre::found_city(name, two_units(), counting(), now);
    REQUIRE(founding.has_error());
    CHECK(founding.error().fault == Fault::invalid);
  }
}

TEST_CASE("founding: a root key's file says what it is, and which of the two") {
  const auto founding = centre::found_city("hue", two_units(), counting(), now);
  REQUIRE(founding.has_value());
  const auto first = centre::encode_root_key(founding->root, "hue", false),
             next = centre::encode_root_key(founding->next_root, "hue", true);
  CHECK(first.ends_with("\nWARDSYNC-ROOT-1 " + hex(founding->root.view()) + "\n"));
  CHECK(first.find("NEXT") == std::string::npos);
  CHECK(next.find("NEXT") != std::string::npos);
  CHECK(next.ends_with("\nWARDSYNC-ROOT-1 " + hex(founding->next_root.view()) + "\n"));
}
