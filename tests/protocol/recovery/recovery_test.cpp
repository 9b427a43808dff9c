#include "protocol/recovery/recovery.hpp"

#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ward;
using namespace ward::test;
using recovery::TrusteeKey;

namespace {

const Bytes payload{1, 2, 3, 4, 5, 6, 7};

std::vector<TrusteeKey> keys_of(std::size_t count) {
  std::vector<TrusteeKey> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(made_secret<TrusteeKey>(static_cast<std::uint8_t>(i + 1)));
  return out;
}
std::vector<std::string> names_of(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("Người " + std::to_string(i));
  return out;
}
recovery::Box a_box(std::size_t count, std::uint8_t need) {
  return recovery::seal("Huế", made<OrgId>(7), need, names_of(count), keys_of(count), made_secret<TrusteeKey>(99), payload).value();
}
std::vector<TrusteeKey> some(const std::vector<std::size_t>& which) {
  std::vector<TrusteeKey> out;
  for (const auto i : which) out.push_back(made_secret<TrusteeKey>(static_cast<std::uint8_t>(i + 1)));
  return out;
}

}  // namespace

TEST_CASE("recovery: any m of n open it, whoever they are and in whatever order; fewer never do") {
  for (std::size_t count = 2; count <= 6; ++count)
    for (std::uint8_t need = 2; need <= count; ++need) {
      const auto box = recovery::decode_box(recovery::encode_box(a_box(count, need))).value();
      for (unsigned mask = 0; mask < 1U << count; ++mask) {
        std::vector<std::size_t> which;
        for (std::size_t i = 0; i < count; ++i)
          if ((mask >> i & 1U) != 0) which.push_back(i);
        std::reverse(which.begin(), which.end());
        const auto opened = recovery::open(box, some(which));
        if (which.size() >= need)
          CHECK(opened.value() == payload);
        else
          CHECK(fault_of(opened) == Fault::wrong_key);
      }
    }
  CHECK(recovery::open(a_box(10, 5), some({9, 3, 5, 0, 7})).value() == payload);
}

TEST_CASE("recovery: a key twice is one key, and a wrong one is named") {
  const auto box = a_box(4, 3);
  CHECK(recovery::open(box, some({0, 1, 1, 0})).error().detail.find("these are 2") != std::string::npos);
  CHECK(recovery::open(box, some({0, 50, 2})).error().detail.find("key 2") != std::string::npos);
  CHECK(recovery::trustee_of(box, made_secret<TrusteeKey>(3)) == 2U);
  CHECK(!recovery::trustee_of(box, made_secret<TrusteeKey>(60)));
}

TEST_CASE("recovery: bounds, and names that are none") {
  const auto seal = [](std::vector<std::string> names, std::uint8_t need) {
    const auto keys = keys_of(names.size());
    return recovery::seal("Huế", made<OrgId>(7), need, names, keys, made_secret<TrusteeKey>(99), payload);
  };
  CHECK(seal(names_of(1), 1).has_error());
  CHECK(seal(names_of(3), 1).has_error());
  CHECK(seal(names_of(3), 4).has_error());
  CHECK(seal(names_of(11), 3).has_error());
  CHECK(seal({"An", "An"}, 2).has_error());
  CHECK(seal({"An", "B\n"}, 2).has_error());
  CHECK(seal(names_of(10), 10).has_value());
}

TEST_CASE("recovery: a file that is cut, or has a flipped bit, opens nothing") {
  const auto box = a_box(3, 2);
  const auto text = recovery::encode_box(box);
  for (std::size_t size = 0; size + 2 < text.size(); ++size) CHECK(recovery::decode_box(text.substr(0, size)).has_error());
  const auto at = text.find(' ') + 1;
  const auto bytes = unhex(std::string_view(text).substr(at, text.size() - at - 1));
  std::size_t opened = 0;
  for_each_flipped_bit(bytes, [&](const Bytes& flipped) {
    const auto read = recovery::decode_box(text.substr(0, at) + hex(flipped) + "\n");
    // What another pair of trustees would open may be changed without this pair noticing.
    if (read.has_value() && recovery::open(*read, some({0, 1})).has_value()) ++opened;
  });
  CHECK(opened == 2 * 64 * 8);
}

TEST_CASE("recovery: a trustee's letters read back from a sheet as people type it; any one or two wrong letters are noticed") {
  TrusteeKey key;
  for (std::size_t i = 0; i < 32; ++i) key.mutable_view()[i] = static_cast<std::uint8_t>(i * 7 + 1);
  const auto letters = recovery::letters_of(key);
  const auto same = [&](const Result<TrusteeKey>& read) { return read.has_value() && crypto::equal(read->view(), key.view()); };
  CHECK(same(recovery::key_of_letters(letters)));
  CHECK(same(recovery::key_of_letters("Sở Thông tin\r\nLan\n\n" + letters + "\n(hết)\n")));
  auto lower = letters;
  for (auto& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  CHECK(same(recovery::key_of_letters(lower)));
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] == '-' || letters[i] == '\n' || letters[i] == ':' || letters[i] == ' ' || i % 39 == 0) continue;
    auto wrong = letters;
    wrong[i] = wrong[i] == 'Z' ? 'Y' : 'Z';
    CHECK(recovery::key_of_letters(wrong).has_error());
  }
  CHECK(fault_of(recovery::key_of_letters(letters.substr(0, letters.find('\n') + 1))) == Fault::invalid);
  CHECK(recovery::key_of_letters("").has_error());
}

TEST_CASE("recovery: the bytes are those of the golden file") {
  const auto box = a_box(3, 2);
  GoldenSheet sheet("recovery_v1.txt");
  sheet.note("WIRE.md section 16: three trustees with the keys 01…, 02…, 03…, of whom two are needed; payload 01020304050607");
  sheet.put("box_key", made_secret<TrusteeKey>(99).view());
  sheet.put("letters", recovery::letters_of(made_secret<TrusteeKey>(1)).substr(0, 37));
  const auto text = recovery::encode_box(box);
  sheet.put("box", text.substr(0, text.size() - 1));
  sheet.check();
}
