#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/keys.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <type_traits>

using namespace ward;
using namespace ward::crypto;

namespace {

constexpr std::string_view prefix{"wsync-test-v1\0", 14};

template <class S>
S secret(const char* digits) {
  const auto bytes = unhex(digits);
  REQUIRE(bytes.size() == 32);
  return S(BytesView(bytes));
}

}  // namespace

TEST_CASE("secrets: moving leaves zeros behind, and copying has to be asked for") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<SignSeed>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<SignSeed>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<DossierKey, UnitSeed>);
  const Array<32> bytes{1, 2, 3};
  SignSeed first(bytes);
  const auto copied = first.clone();
  SignSeed second(std::move(first));
  const Array<32> zeros{};
  CHECK(equal(first.view(), zeros));  // NOLINT(bugprone-use-after-move): what moving leaves is the point
  CHECK(equal(second.view(), bytes));
  CHECK(equal(copied.view(), bytes));
  SignSeed third;
  third = std::move(second);
  CHECK(equal(second.view(), zeros));  // NOLINT(bugprone-use-after-move)
  CHECK(equal(third.view(), bytes));
}

TEST_CASE("signatures: Ed25519 gives the bytes of RFC 8032") {
  // §7.1, tests 1 to 3; prefix and message are signed as one.
  struct Vector {
    const char *seed, *key, *message, *signature;
  };
  for (const auto& vector : {Vector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                                    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5"
                                    "f0595bbe24655141438e7a100b"},
                             Vector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                                    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2e"
                                    "aeb4302aeeb00d291612bb0c00"},
                             Vector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                                    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15"
                                    "e9716ed28dc027beceea1ec40a"}}) {
    const auto seed = secret<SignSeed>(vector.seed);
    const auto message = unhex(vector.message);
    CHECK(hex(public_of(seed).view()) == vector.key);
    CHECK(hex(sign(seed, "", message).view()) == vector.signature);
    CHECK(hex(sign(seed, text_of(message), {}).view()) == vector.signature);
    CHECK(verify(public_of(seed), "", message, fixed_from<Signature>(unhex(vector.signature))).has_value());
  }
}

TEST_CASE("signatures: any change of message, prefix, key or signature fails") {
  const SignSeed seed(Array<32>{1});
  const auto key = public_of(seed);
  const Bytes message = copy(view("message"));
  const auto signature = sign(seed, prefix, message);
  REQUIRE(verify(key, prefix, message, signature).has_value());
  for (std::size_t at = 0; at < Signature::size * 8; ++at) {
    auto changed = signature;
    changed.bytes[at / 8] = static_cast<std::uint8_t>(changed.bytes[at / 8] ^ (1U << (at % 8)));
    CHECK(verify(key, prefix, message, changed).error().fault == Fault::bad_signature);
  }
  for (std::size_t at = 0; at < message.size(); ++at) {
    auto changed = message;
    changed[at] ^= 1;
    CHECK(verify(key, prefix, changed, signature).has_error());
  }
  CHECK(verify(key, std::string_view{"wsync-test-v2\0", 14}, message, signature).has_error());
  CHECK(verify(public_of(SignSeed(Array<32>{2})), prefix, message, signature).has_error());
}

TEST_CASE("signatures: an error names the kind of statement and nothing else") {
  const auto error = verify(SignKey{}, prefix, view("secret text"), Signature{}).error();
  CHECK(error == fail(Fault::bad_signature, "verify wsync-test-v1"));
}

TEST_CASE("x25519: the shared secret is that of RFC 7748, and both ends get the same") {
  // §6.1: Bob's secret and Alice's public key.
  const auto bob = secret<DhSecret>("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const auto alice = fixed_from<DhKey>(unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
  CHECK(hex(public_of(bob).view()) == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  CHECK(hex(dh(bob, alice).value()) == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  CHECK(rc::check("both ends", [](const Array<32>& one, const Array<32>& other) {
    const DhSecret a(one);
    const DhSecret b(other);
    RC_ASSERT(dh(a, public_of(b)).value() == dh(b, public_of(a)).value());
  }));
}

TEST_CASE("x25519: points of small order are refused") {
  const DhSecret own(Array<32>{1, 2, 3});
  for (const auto* point : {"0000000000000000000000000000000000000000000000000000000000000000",
                            "0100000000000000000000000000000000000000000000000000000000000000",
                            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"})
    CHECK(dh(own, fixed_from<DhKey>(unhex(point))).error().fault == Fault::bad_signature);
}

TEST_CASE("comparison: equal means the same length and bytes") {
  CHECK(equal(view("abc"), view("abc")));
  CHECK_FALSE(equal(view("abc"), view("abd")));
  CHECK_FALSE(equal(view("abc"), view("abcd")));
  CHECK(equal({}, {}));
}
