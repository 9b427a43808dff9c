#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/keys.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ward;
using namespace ward::crypto;

namespace {

template <std::size_t N>
std::string b(std::string_view label, BytesView key, std::initializer_list<BytesView> parts) {
  Array<N> out;
  blake2b(out, label, key, parts);
  return hex(out);
}

}  // namespace

TEST_CASE("hash: B(n, label, key, message) gives the bytes that another implementation gives") {
  // hashlib.blake2b(message, digest_size=n, key=key, person=label) of Python's standard library.
  const auto key = Array<32>{1, 2, 3};
  CHECK(b<8>("wsync-kid", key, {}) == "ce79f955e7cc7bb6");
  CHECK(b<16>("wsync-did", {}, {view("abc")}) == "c0112b05985fd54cbbde343068b0ae5f");
  CHECK(b<32>("wsync-rid", {}, {view("abc")}) == "42531da06d1ca83a78448afd0133f97aa5845be486f16c1f6647f096be51f27c");
  CHECK(b<64>("0123456789abcdef", key, {view("abc")}) ==
        "6f9f14a4636073e131dff1f325c02b80674dda16c6e45cc77f1d1cae8a31752d42a4bb34d24a3fc397d8b2add01e1c37307ce6d10567bb967c5149f12d27c6f7");
  CHECK(b<32>("", {}, {}) == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(b<1>("wsync-did", {}, {view("abc")}) == "bc");
}

TEST_CASE("hash: parts are hashed as one message") {
  CHECK(b<32>("label", {}, {view("ab"), view("c")}) == b<32>("label", {}, {view("abc")}));
  CHECK(b<32>("label", {}, {view("abc"), {}}) == b<32>("label", {}, {view("abc")}));
}

TEST_CASE("hash: label, key, length and message all matter") {
  const Array<32> key{1};
  const std::set<std::string> all{b<32>("label", {}, {view("m")}),  b<32>("labe1", {}, {view("m")}),
                                  b<32>("label", key, {view("m")}), b<32>("label", {}, {view("n")}),
                                  b<32>("label", {}, {}),           b<33>("label", {}, {view("m")}).substr(0, 64)};
  CHECK(all.size() == 6);
}

TEST_CASE("hash: SHA-256 gives the bytes of FIPS 180-4") {
  CHECK(hex(sha256({}).view()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256({view("a"), view("bc")}).view()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("hash: organisation, device and key have ids that differ by their labels") {
  const SignKey key{{1}};
  CHECK(hex(org_of(key).view()) == "1375673899c9834da7c2a89d50b49914");
  CHECK(hex(device_of(key).view()) == "10851f0bf625a427a2e606401a709426");
  CHECK(hex(key_id_of(DossierKey(Array<32>{1})).view()) == "abe17ed6c1270bd8");
}
