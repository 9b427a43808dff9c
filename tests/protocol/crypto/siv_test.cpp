#include "protocol/crypto/siv.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward;
using namespace ward::crypto;

namespace {

constexpr std::string_view key_label = "wsync-rec-key";
constexpr std::string_view label = "wsync-rec-siv";
const Bytes header = copy(view("header"));
const Bytes plain = copy(view("a body of some length, more than one block of the cipher: Nguyen Thi Hong, W-VYDA"));

struct Context {
  Array<32> key{1, 2, 3};
  Bytes salt{9};
};

Bytes seal(const Context& context, BytesView head = header, BytesView body = plain) {
  return siv_seal(label, SivKeys::derive(key_label, context.key, {context.salt}), head, body);
}
Result<Bytes> open(const Context& context, BytesView sealed, BytesView head = header) {
  return siv_open(label, SivKeys::derive(key_label, context.key, {context.salt}), head, sealed);
}

}  // namespace

TEST_CASE("siv: what was sealed opens, and nothing else is added than the tag") {
  CHECK(rc::check("round trip", [](const Bytes& body, const Bytes& head, const Array<32>& key) {
    const Context context{key, {}};
    const auto sealed = seal(context, head, body);
    RC_ASSERT(sealed.size() == body.size() + 32);
    RC_ASSERT(open(context, sealed, head).value() == body);
  }));
}

TEST_CASE("siv: nothing seals to a tag, and opens to nothing") {
  const auto sealed = seal({}, {}, {});
  CHECK(sealed.size() == 32);
  CHECK(open({}, sealed, {}).value().empty());
}

TEST_CASE("siv: the same input gives the same bytes, any other input other bytes") {
  const auto sealed = seal({});
  CHECK(sealed == seal({}));
  Bytes other_body = plain;
  other_body.back() ^= 1;
  CHECK(fixed_from<Hash>(BytesView(sealed).last(32)) != fixed_from<Hash>(BytesView(seal({}, header, other_body)).last(32)));
  CHECK(sealed != seal({}, view("Header")));
  CHECK(sealed != seal({{1, 2, 4}, {9}}));
  CHECK(sealed != seal({{1, 2, 3}, {8}}));
}

TEST_CASE("siv: one flipped bit in any byte fails") {
  const auto sealed = seal({});
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto changed = sealed;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << bit));
      INFO("byte " << at << " bit " << bit);
      CHECK(open({}, changed).error().fault == Fault::bad_signature);
    }
  }
}

TEST_CASE("siv: one flipped bit in the header fails") {
  const auto sealed = seal({});
  for (std::size_t at = 0; at < header.size() * 8; ++at) {
    auto changed = header;
    changed[at / 8] = static_cast<std::uint8_t>(changed[at / 8] ^ (1U << (at % 8)));
    CHECK(open({}, sealed, changed).error().fault == Fault::bad_signature);
  }
}

TEST_CASE("siv: bytes cannot move between header and body") {
  const auto sealed = seal({}, view("ab"), view("cd"));
  CHECK(open({}, sealed, view("ab")).has_value());
  CHECK(fixed_from<Hash>(BytesView(seal({}, view("abc"), view("d"))).last(32)) != fixed_from<Hash>(BytesView(sealed).last(32)));
}

TEST_CASE("siv: what is cut fails, and shorter than a tag is malformed") {
  const auto sealed = seal({});
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK(open({}, BytesView(sealed).first(size)).error().fault == (size < 32 ? Fault::malformed : Fault::bad_signature));
}

TEST_CASE("siv: a tag commits to the key, the context and the label") {
  const auto sealed = seal({});
  CHECK(rc::check("another key", [&](const Array<32>& key) {
    RC_PRE(key != Context{}.key);
    RC_ASSERT(open({key, {9}}, sealed).error().fault == Fault::bad_signature);
  }));
  CHECK(open({{1, 2, 3}, {9, 0}}, sealed).has_error());
  CHECK(siv_open("wsync-rec-siw", SivKeys::derive(key_label, Context{}.key, {Context{}.salt}), header, sealed).has_error());
  CHECK(siv_open(label, SivKeys::derive("wsync-rec-kez", Context{}.key, {Context{}.salt}), header, sealed).has_error());
}
