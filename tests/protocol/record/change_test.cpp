#include "protocol/record/record.hpp"
#include "tests/protocol/record/arbitrary.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::record;

namespace {

const Position own = arbitrary::own;

Change small() {
  Change out;
  out.user = "can-bo-1";
  out.seen = {{own.device, own.incarnation, 998}, {own.device, own.incarnation, 999}};
  out.ops = {{OpKind::set, {Step::field("TrichYeuHoSo")}, "Khai sinh", std::nullopt}};
  return out;
}

Bytes padded(Bytes body) {
  body.resize((body.size() + 31) / 32 * 32);
  return body;
}

Fault decode_fault(const Change& change) {
  const auto result = decode_change(encode_change(change, own), own);
  REQUIRE(result.has_error());
  return result.error().fault;
}

Op set(std::string field, Value value) { return {OpKind::set, {Step::field(std::move(field))}, std::move(value), std::nullopt}; }

}  // namespace

TEST_CASE("changes: every change reads back, with and without padding, and has one encoding") {
  CHECK(rc::check("change", [] {
    const auto change = *arbitrary::change();
    const auto body = encode_change(change, own);
    const auto again = decode_change(padded(body), own);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == change);
    RC_ASSERT(encode_change(*again, own) == body);
    RC_ASSERT(decode_change(body, own).has_value());
  }));
}

TEST_CASE("changes: what decodes encodes to the same bytes, whatever was changed") {
  CHECK(rc::check("one byte changed", [](std::uint16_t at, std::uint8_t to) {
    auto body = encode_change(*arbitrary::change(), own);
    body[at % body.size()] = to;
    const auto change = decode_change(body, own);
    if (!change.has_value()) return;
    auto again = encode_change(*change, own);
    RC_ASSERT(again.size() <= body.size());
    again.resize(body.size());  // zeros at the end of a body read as padding
    RC_ASSERT(again == body);
  }));
}

TEST_CASE("changes: golden bytes") {
  CHECK(hex(encode_change(small(), own)) ==
        "01"
        "00"
        "0863616e2d626f2d31"
        "020201"
        "01"
        "01"
        "00"
        "0118"
        "04094b6861692073696e68");
}

TEST_CASE("changes: a cut at any byte fails") {
  auto change = small();
  change.reason = "ly do";
  change.act = {1, 2, 3};
  const auto body = encode_change(change, own);
  for (std::size_t size = 0; size < body.size(); ++size) CHECK(decode_change(BytesView(body).first(size), own).has_error());
}

TEST_CASE("changes: padding is fewer than 32 zeros") {
  const auto body = encode_change(small(), own);
  auto longest = body;
  longest.resize(body.size() + 31);
  CHECK(decode_change(longest, own).has_value());
  longest.resize(body.size() + 32);
  CHECK(decode_change(longest, own).error().fault == Fault::malformed);
  auto dirty = body;
  dirty.resize(body.size() + 3);
  dirty.back() = 1;
  CHECK(decode_change(dirty, own).error().fault == Fault::malformed);
}

TEST_CASE("changes: another body version is unsupported, an unknown flag malformed") {
  auto body = encode_change(small(), own);
  body[0] = 2;
  CHECK(decode_change(body, own).error().fault == Fault::unsupported);
  body[0] = 1;
  body[1] = 4;
  CHECK(decode_change(body, own).error().fault == Fault::malformed);
}

TEST_CASE("changes: operations of an unknown kind are kept") {
  auto change = small();
  change.ops[0].kind = static_cast<OpKind>(77);
  const auto again = decode_change(encode_change(change, own), own).value();
  CHECK(static_cast<int>(again.ops[0].kind) == 77);
  CHECK(again == change);
}

TEST_CASE("changes: no user, no operations, or an unknown flag of an operation is malformed") {
  auto change = small();
  change.user = "";
  CHECK(decode_fault(change) == Fault::malformed);
  change = small();
  change.ops.clear();
  CHECK(decode_fault(change) == Fault::malformed);
  auto body = encode_change(small(), own);
  const std::size_t flags_of_op = 2 + 9 + 3 + 1 + 1;
  REQUIRE(body[flags_of_op] == 0);
  body[flags_of_op] = 2;
  CHECK(decode_change(body, own).error().fault == Fault::malformed);
}

TEST_CASE("changes: a reason or an act that is announced is not empty") {
  auto change = small();
  change.reason = "r";
  auto body = encode_change(change, own);
  body.resize(body.size() - 2);
  body.push_back(0);
  CHECK(decode_change(body, own).error().fault == Fault::malformed);
  change = small();
  change.act = {1};
  body = encode_change(change, own);
  body.resize(body.size() - 2);
  body.push_back(0);
  CHECK(decode_change(body, own).error().fault == Fault::malformed);
}

TEST_CASE("changes: heads that are unsorted, repeated, or the change itself are malformed") {
  auto change = small();
  std::swap(change.seen[0], change.seen[1]);
  CHECK(decode_fault(change) == Fault::malformed);
  change.seen = {change.seen[0], change.seen[0]};
  CHECK(decode_fault(change) == Fault::malformed);
  change.seen = {own};
  CHECK(decode_fault(change) == Fault::malformed);
}

TEST_CASE("changes: replaced operations are sorted and bounded") {
  auto change = small();
  const OpId first{{own.device, own.incarnation, 1}, 0};
  const OpId second{{own.device, own.incarnation, 1}, 1};
  change.ops[0].replaces = {{first, second}};
  CHECK(decode_change(encode_change(change, own), own).value() == change);
  change.ops[0].replaces = {{second, first}};
  CHECK(decode_fault(change) == Fault::malformed);
  change.ops[0].replaces = std::vector<OpId>{};
  CHECK(decode_change(encode_change(change, own), own).value() == change);
  change.ops[0].replaces.emplace();
  for (std::uint16_t i = 0; i <= limits::seen_max; ++i) change.ops[0].replaces->push_back({first.change, i});
  CHECK(decode_fault(change) == Fault::too_large);
}

TEST_CASE("changes: user, heads, operations, reason and act hold up to their bounds") {
  auto change = small();
  change.user = std::string(limits::name_bytes_max, 'u');
  CHECK(decode_change(encode_change(change, own), own).has_value());
  change.user += 'u';
  CHECK(decode_fault(change) == Fault::too_large);

  change = small();
  change.seen.clear();
  for (std::size_t i = 0; i <= limits::seen_max; ++i) change.seen.push_back({own.device, own.incarnation, i});
  CHECK(decode_fault(change) == Fault::too_large);
  change.seen.pop_back();
  CHECK(decode_change(encode_change(change, own), own).has_value());

  change = small();
  change.ops.assign(limits::ops_max, set("ChuHoSo", Value()));
  CHECK(decode_change(encode_change(change, own), own).has_value());
  change.ops.push_back(change.ops.back());
  CHECK(decode_fault(change) == Fault::too_large);

  change = small();
  change.reason = std::string(limits::text_bytes_max + 1, 'r');
  CHECK(decode_fault(change) == Fault::too_large);
  change = small();
  change.act = Bytes(513);
  CHECK(decode_fault(change) == Fault::too_large);
}

TEST_CASE("changes: a user or reason that no person can be shown is malformed") {
  auto change = small();
  for (const auto* user : {"a\x1b", "a\n", "a\tb"}) {
    change.user = user;
    CHECK(decode_fault(change) == Fault::malformed);
  }
  change = small();
  change.reason = "\xc3(";
  CHECK(decode_fault(change) == Fault::malformed);
  change.reason = "two\nlines";
  CHECK(decode_change(encode_change(change, own), own).value() == change);
}

TEST_CASE("check_change: takes a good change and refuses a bad one by name") {
  CHECK(check_change(small(), own).has_value());
  const auto refused = [](const Change& change) { return check_change(change, own).error(); };
  auto change = small();
  change.ops = {set("ChuHoSo", "e\xcc\x82")};
  CHECK(refused(change) == fail(Fault::invalid, "ChuHoSo: text is not NFC"));
  change.ops = {set("ChuHoSo", List{Map{{"x", "\xff"}}})};
  CHECK(refused(change) == fail(Fault::invalid, "ChuHoSo: text is not NFC"));
  change.ops = {set("ChuHoSo", Map{{"e\xcc\x82", 1}})};
  CHECK(refused(change) == fail(Fault::invalid, "ChuHoSo: text is not NFC"));
  change.ops = {set("GhiChu", std::string(limits::text_bytes_max + 1, 'x'))};
  CHECK(refused(change).fault == Fault::too_large);
  CHECK_THAT(refused(change).detail, Catch::StartsWith("GhiChu: "));
  change.ops = {set("GhiChu", std::string(4'000, 'x')), set("ChuHoSo", std::string(4'000, 'x')), set("Email", std::string(400, 'x'))};
  CHECK(refused(change).fault == Fault::too_large);
  change.ops = {set("GhiChu", List{List{List{List{List{1}}}}})};
  CHECK(refused(change).fault == Fault::too_large);
  change.ops = {set("GhiChu", Map{{"b", 1}, {"a", 1}})};
  CHECK(refused(change).fault == Fault::invalid);
  change = small();
  change.user.clear();
  CHECK(refused(change).fault == Fault::invalid);
  change = small();
  change.ops.clear();
  CHECK(refused(change).fault == Fault::invalid);
  change = small();
  change.seen = {own};
  CHECK(refused(change).fault == Fault::invalid);
}
