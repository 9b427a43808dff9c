#include "protocol/ticket/ticket.hpp"

#include "tests/support/made.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace ward;
using namespace ward::test;

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

Array<16> a_secret() {
  Array<16> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i * 37 + 11);
  return out;
}
std::string letters_of(const Array<16>& secret) {
  auto text = ticket::encode_typed(secret);
  std::erase(text, '-');
  return text;
}
bool refused(const std::string& text) {
  const auto decoded = ticket::decode_typed(text);
  return decoded.has_error() && decoded.error().fault == Fault::invalid;
}

}  // namespace

TEST_CASE("typed ticket: 28 letters in groups of four read back, for every secret") {
  CHECK(rc::check("reads back", [](const Array<16>& secret) {
    const auto text = ticket::encode_typed(secret);
    RC_ASSERT(text.size() == 28U + 6U);
    RC_ASSERT(ticket::decode_typed(text).value() == secret);
  }));
  for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{255}}) {
    const auto secret = filled<16>(byte);
    CHECK(ticket::decode_typed(ticket::encode_typed(secret)).value() == secret);
  }
}

TEST_CASE("typed ticket: case, hyphens, spaces and look-alike letters are forgiven") {
  const auto secret = a_secret();
  auto text = ticket::encode_typed(secret);
  auto lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  CHECK(ticket::decode_typed(lower).value() == secret);
  CHECK(ticket::decode_typed(letters_of(secret)).value() == secret);
  std::replace(text.begin(), text.end(), '-', ' ');
  CHECK(ticket::decode_typed("  " + text + "\n").value() == secret);
  const auto zeros = filled<16>(0);
  auto look_alike = ticket::encode_typed(zeros);
  std::replace(look_alike.begin(), look_alike.end(), '0', 'o');
  CHECK(ticket::decode_typed(look_alike).value() == zeros);
  auto with_ones = letters_of(a_secret());
  REQUIRE(with_ones.find('1') != std::string::npos);
  for (const char one : {'I', 'i', 'L', 'l'}) {
    auto typed = with_ones;
    std::replace(typed.begin(), typed.end(), '1', one);
    CHECK(ticket::decode_typed(typed).value() == secret);
  }
}

TEST_CASE("typed ticket: any one wrong letter is noticed") {
  const auto text = letters_of(a_secret());
  std::size_t tried = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char letter : alphabet) {
      if (letter == text[at]) continue;
      auto wrong = text;
      wrong[at] = letter;
      REQUIRE(refused(wrong));
      ++tried;
    }
  }
  CHECK(tried == 28U * 31U);
}

TEST_CASE("typed ticket: any two letters that changed places are noticed, neighbours or not") {
  // Every pair of places and every pair of letters: the code is linear, so what holds of one secret's neighbours holds of all.
  const auto text = letters_of(a_secret());
  for (std::size_t a = 0; a < text.size(); ++a) {
    for (std::size_t b = a + 1; b < text.size(); ++b) {
      if (text[a] == text[b]) continue;
      auto swapped = text;
      std::swap(swapped[a], swapped[b]);
      REQUIRE(refused(swapped));
    }
  }
}

TEST_CASE("typed ticket: any two wrong letters are noticed") {
  const auto text = letters_of(filled<16>(0));
  REQUIRE(text == std::string(28, '0'));
  std::size_t passed = 0;
  auto wrong = text;
  for (std::size_t a = 0; a < text.size(); ++a) {
    for (std::size_t b = a + 1; b < text.size(); ++b) {
      for (const char first : alphabet.substr(1)) {
        for (const char second : alphabet.substr(1)) {
          wrong[a] = first;
          wrong[b] = second;
          passed += ticket::decode_typed(wrong).has_value() ? 1U : 0U;
        }
      }
      wrong = text;
    }
  }
  CHECK(passed == 0);
}

TEST_CASE("typed ticket: the two bits that carry nothing are zero") {
  // Code words whose check letters are right.
  for (const auto* text : {"00000000000000000000000001KJ", "0000000000000000000000000231", "00000000000000000000000003GK"})
    CHECK(refused(text));
}

TEST_CASE("typed ticket: too few or too many letters, and signs that no code uses, are named") {
  const auto text = letters_of(a_secret());
  const auto detail = [](const std::string& typed) { return ticket::decode_typed(typed).error().detail; };
  CHECK(detail("") == "ticket code: 0 letters instead of 28");
  CHECK(detail(text.substr(1)) == "ticket code: 27 letters instead of 28");
  CHECK(detail(text + "0") == "ticket code: 29 letters instead of 28");
  CHECK(detail("AB" + std::string("U") + text.substr(3)) ==
        "ticket code: letter 3 is none that a code uses; switch a Vietnamese keyboard off");
  CHECK(refused(text.substr(0, 27) + "\xc3"));
}

TEST_CASE("typed ticket: one wrong letter is told by its group, two are told to be several or nothing else") {
  const auto text = letters_of(a_secret());
  const auto detail = [](const std::string& typed) { return ticket::decode_typed(typed).error().detail; };
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto wrong = text;
    wrong[at] = wrong[at] == 'Z' ? 'Y' : 'Z';
    CHECK(detail(wrong) == "ticket code: a letter is wrong, in group " + std::to_string(at / 4 + 1) + " if it is only one");
  }
  auto swapped = text;
  std::swap(swapped[0], swapped[5]);
  CHECK(detail(swapped) == "ticket code: several letters are wrong; compare it with the paper, letter by letter");
  CHECK(detail(text.substr(0, 8) + "\xc3\xb4" + text.substr(10)).find("switch a Vietnamese keyboard off") != std::string::npos);
}
