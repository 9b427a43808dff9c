#include "protocol/base/limits.hpp"
#include "protocol/record/record.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::record;

namespace {

const Position own{DeviceId{{1}}, Incarnation{{2}}, 10};

IncarnationBody incarnation() { return {{{Incarnation{{7}}, 12, Hash{{8}}}}, "0.1.0"}; }

GrantBody grant() {
  GrantBody out;
  out.key_id = KeyId{{1, 2}};
  out.stands_on = {{own.device, own.incarnation, 9}};
  out.wraps = {{"W-VYDA", 0, Bytes(64, 1)}, {"W-VYDA", 1, Bytes(96, 2)}, {"W-XYZ", 0, Bytes(64, 3)}};
  return out;
}

Fault fault_of(const GrantBody& body) {
  const auto result = decode_grant(encode_grant(body, own), own);
  REQUIRE(result.has_error());
  return result.error().fault;
}

template <class Decode>
void fails_at_every_cut(const Bytes& whole, Decode&& decode) {
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO("first " << size << " of " << whole.size());
    CHECK(decode(BytesView(whole).first(size)).has_error());
  }
}

}  // namespace

TEST_CASE("incarnation: reads back, with and without an earlier one") {
  CHECK(decode_incarnation(encode_incarnation(incarnation())).value() == incarnation());
  const IncarnationBody first{{}, "0.1.0"};
  CHECK(decode_incarnation(encode_incarnation(first)).value() == first);
  CHECK(hex(encode_incarnation(first)) ==
        "0100"
        "05302e312e30");
}

TEST_CASE("incarnation: cut, two earlier ones, another version, a long or unprintable program version are refused") {
  fails_at_every_cut(encode_incarnation(incarnation()), [](BytesView bytes) { return decode_incarnation(bytes); });
  auto bad = incarnation();
  bad.previous.push_back(bad.previous[0]);
  CHECK(decode_incarnation(encode_incarnation(bad)).error().fault == Fault::too_large);
  bad = incarnation();
  bad.previous[0].count = limits::seq_max + 1;
  CHECK(decode_incarnation(encode_incarnation(bad)).error().fault == Fault::malformed);
  bad = incarnation();
  bad.version = std::string(limits::name_bytes_max + 1, 'v');
  CHECK(decode_incarnation(encode_incarnation(bad)).error().fault == Fault::too_large);
  bad.version = "0.1\n";
  CHECK(decode_incarnation(encode_incarnation(bad)).error().fault == Fault::malformed);
  auto bytes = encode_incarnation(incarnation());
  bytes[0] = 2;
  CHECK(decode_incarnation(bytes).error().fault == Fault::unsupported);
}

TEST_CASE("grant: reads back") {
  CHECK(decode_grant(encode_grant(grant(), own), own).value() == grant());
  auto plain = grant();
  plain.stands_on.clear();
  plain.wraps.resize(1);
  CHECK(decode_grant(encode_grant(plain, own), own).value() == plain);
}

TEST_CASE("grant: cut, without wraps, unsorted, repeated, or with a wrap of another size is refused") {
  fails_at_every_cut(encode_grant(grant(), own), [](BytesView bytes) { return decode_grant(bytes, own); });
  auto bad = grant();
  bad.wraps.clear();
  CHECK(fault_of(bad) == Fault::malformed);
  bad = grant();
  std::swap(bad.wraps[0], bad.wraps[1]);
  CHECK(fault_of(bad) == Fault::malformed);
  bad = grant();
  bad.wraps[1] = bad.wraps[0];
  CHECK(fault_of(bad) == Fault::malformed);
  for (const std::size_t size : {std::size_t{0}, std::size_t{63}, std::size_t{65}, std::size_t{95}}) {
    bad = grant();
    bad.wraps[0].wrapped.resize(size);
    CHECK(fault_of(bad) == Fault::malformed);
  }
  bad.wraps[0].wrapped.resize(97);
  CHECK(fault_of(bad) == Fault::too_large);
  bad = grant();
  bad.stands_on.push_back(bad.stands_on[0]);
  CHECK(fault_of(bad) == Fault::too_large);
}

TEST_CASE("grant: of a key that follows others names them, each once and in order") {
  auto next = grant();
  next.before = {{KeyId{{3}}, Bytes(64, 4)}, {KeyId{{5}}, Bytes(64, 6)}};
  const auto bytes = encode_grant(next, own);
  CHECK(bytes[0] == 2);
  CHECK(encode_grant(grant(), own)[0] == 1);
  CHECK(decode_grant(bytes, own).value() == next);
  fails_at_every_cut(bytes, [](BytesView cut) { return decode_grant(cut, own); });
  auto bad = next;
  std::swap(bad.before[0], bad.before[1]);
  CHECK(fault_of(bad) == Fault::malformed);
  bad = next;
  bad.before[1] = bad.before[0];
  CHECK(fault_of(bad) == Fault::malformed);
  auto none = encode_grant(grant(), own);
  none[0] = 2;
  none.push_back(0);
  CHECK(decode_grant(none, own).error().fault == Fault::malformed);
  auto many = encode_grant(grant(), own);
  many[0] = 2;
  many.push_back(limits::keys_before_max + 1);
  many.resize(many.size() + (limits::keys_before_max + 1) * 72);
  CHECK(decode_grant(many, own).error().fault == Fault::too_large);
  many = bytes;
  many[0] = 3;
  CHECK(decode_grant(many, own).error().fault == Fault::unsupported);
}

TEST_CASE("grant: a unit is named by a code of capitals, digits and hyphens") {
  for (const auto* unit : {"", "w-vyda", "W VYDA", "W\n", "W\xc3\x82"}) {
    auto bad = grant();
    bad.wraps.resize(1);
    bad.wraps[0].unit = unit;
    CHECK(fault_of(bad) == Fault::malformed);
  }
}

TEST_CASE("grant: holds as many wraps as it may and no more") {
  auto many = grant();
  many.wraps.clear();
  for (std::uint32_t i = 0; i < limits::grants_per_record_max; ++i) many.wraps.push_back({"W", i, Bytes(96)});
  CHECK(decode_grant(encode_grant(many, own), own).has_value());
  CHECK(encode_grant(many, own).size() <= limits::body_bytes_max);
  many.wraps.push_back({"X", 0, Bytes(64)});
  CHECK(fault_of(many) == Fault::too_large);
}

TEST_CASE("summary: reads back") {
  const SummaryBody body{12, Hash{{7}}, {1'785'000'000'000}, Bytes(300, 5)};
  auto bytes = encode_summary(body);
  CHECK(decode_summary(bytes).value() == body);
  bytes.resize(bytes.size() + 31);
  CHECK(decode_summary(bytes).value() == body);
}

TEST_CASE("summary: cut, of another version, of no change or too many, without a state, or with one that fits no record is refused") {
  const SummaryBody good{12, Hash{{7}}, {1'785'000'000'000}, Bytes(40, 5)};
  fails_at_every_cut(encode_summary(good), [](BytesView bytes) { return decode_summary(bytes); });
  const auto fault = [](const SummaryBody& body) { return decode_summary(encode_summary(body)).error().fault; };
  auto bytes = encode_summary(good);
  bytes[0] = 2;
  CHECK(decode_summary(bytes).error().fault == Fault::unsupported);
  bytes = encode_summary(good);
  bytes.push_back(1);
  CHECK(decode_summary(bytes).error().fault == Fault::malformed);
  auto bad = good;
  bad.changes = 0;
  CHECK(fault(bad) == Fault::malformed);
  bad.changes = limits::changes_per_dossier_max + 1;
  CHECK(fault(bad) == Fault::too_large);
  bad = good;
  bad.state.clear();
  CHECK(fault(bad) == Fault::malformed);
  bad.state.resize(limits::body_bytes_max + 1);
  CHECK(fault(bad) == Fault::too_large);
}
