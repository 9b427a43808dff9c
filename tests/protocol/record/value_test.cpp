#include "tests/protocol/record/arbitrary.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::record;

namespace {

const Position own = arbitrary::own;

Bytes encoded(const Value& value) {
  Writer out;
  encode(out, value, own);
  return std::move(out).take();
}

Result<Value> decoded(BytesView bytes) {
  Reader from(bytes);
  auto out = decode_value(from, own);
  WARD_CHECK(from.finish("value"));
  return out;
}

Fault fault_of(const std::string& digits) {
  const auto result = decoded(unhex(digits));
  REQUIRE(result.has_error());
  return result.error().fault;
}

Value nested(std::size_t depth, Value inside) {
  for (std::size_t i = 0; i < depth; ++i) inside = List{std::move(inside)};
  return inside;
}

}  // namespace

TEST_CASE("values: every value reads back, and has one encoding") {
  CHECK(rc::check("value", [] {
    const auto value = *arbitrary::value();
    const auto bytes = encoded(value);
    const auto again = decoded(bytes);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == value);
    RC_ASSERT(encoded(*again) == bytes);
  }));
}

TEST_CASE("values: what decodes encodes to the same bytes, whatever the bytes") {
  CHECK(rc::check("hostile", [](const Bytes& bytes) {
    const auto value = decoded(bytes);
    if (value.has_value()) RC_ASSERT(encoded(*value) == bytes);
  }));
  CHECK(rc::check("one byte changed", [](std::uint16_t at, std::uint8_t to) {
    auto bytes = encoded(*arbitrary::value());
    bytes[at % bytes.size()] = to;
    const auto value = decoded(bytes);
    if (value.has_value()) RC_ASSERT(encoded(*value) == bytes);
  }));
}

TEST_CASE("values: golden bytes of every kind") {
  CHECK(hex(encoded({})) == "00");
  CHECK(hex(encoded(false)) == "01");
  CHECK(hex(encoded(true)) == "02");
  CHECK(hex(encoded(15'000)) == "03b0ea01");
  CHECK(hex(encoded(-1)) == "0301");
  CHECK(hex(encoded("Lê")) == "04034cc3aa");
  CHECK(hex(encoded(List{1, ""})) ==
        "0502"
        "0302"
        "0400");
  CHECK(hex(encoded(Map{{"MaHoSo", true}, {"Moi", Value()}})) ==
        "0602"
        "01"
        "02"
        "00034d6f69"
        "00");
  CHECK(hex(encoded(Heads{{{{own.device, own.incarnation, 999}, 3}}})) ==
        "0701"
        "01"
        "03");
}

TEST_CASE("values: an unknown kind is refused") {
  for (const auto* digits : {"08", "7f", "ff"}) CHECK(fault_of(digits) == Fault::malformed);
}

TEST_CASE("values: numbers and lengths that are not minimal are refused") {
  CHECK(fault_of("038000") == Fault::malformed);
  CHECK(fault_of("0481006100") == Fault::malformed);
  CHECK(fault_of("058000") == Fault::malformed);
}

TEST_CASE("values: members out of order, repeated, or with a known name spelled out are refused") {
  CHECK(decoded(unhex("060200016102000162"
                      "02"))
            .has_value());
  CHECK(fault_of("060200016202000161"
                 "02") == Fault::malformed);
  CHECK(fault_of("060200016102000161"
                 "02") == Fault::malformed);
  CHECK(fault_of("0601"
                 "00064d61486f536f"
                 "02") == Fault::malformed);
  CHECK(fault_of("0601"
                 "0000"
                 "02") == Fault::malformed);
  CHECK(fault_of("0601"
                 "66"
                 "02") == Fault::malformed);  // number 101: the table has 101 names, from 0
  CHECK(decoded(unhex("0601"
                      "65"
                      "02"))
            .has_value());
}

TEST_CASE("values: heads out of order or repeated, and an index past the operations of a change, are refused") {
  CHECK(decoded(unhex("0702"
                      "0200"
                      "0100"))
            .has_value());
  CHECK(fault_of("0702"
                 "0100"
                 "0200") == Fault::malformed);
  CHECK(fault_of("0702"
                 "0100"
                 "0100") == Fault::malformed);
  CHECK(decoded(unhex("0701"
                      "01ff03"))
            .has_value());
  CHECK(fault_of("0701"
                 "018004") == Fault::too_large);
}

TEST_CASE("values: text is as long as a text may be and no longer") {
  CHECK(decoded(encoded(std::string(limits::text_bytes_max, 'a'))).has_value());
  CHECK(decoded(encoded(std::string(limits::text_bytes_max + 1, 'a'))).error().fault == Fault::too_large);
}

TEST_CASE("values: text that no person can be shown is refused, text that is not NFC is carried as it is") {
  CHECK(decoded(encoded("a\xff")).error().fault == Fault::malformed);
  CHECK(decoded(encoded("a\x1b[2J")).error().fault == Fault::malformed);
  CHECK(decoded(encoded(std::string("a\0b", 3))).error().fault == Fault::malformed);
  CHECK(decoded(encoded("e\xcc\x82")).value() == Value("e\xcc\x82"));
  CHECK(decoded(encoded("two\n\tlines")).value() == Value("two\n\tlines"));
}

TEST_CASE("values: names are 1 to 64 bytes") {
  CHECK(decoded(encoded(Map{{std::string(limits::name_bytes_max, 'a'), true}})).has_value());
  CHECK(decoded(encoded(Map{{std::string(limits::name_bytes_max + 1, 'a'), true}})).error().fault == Fault::too_large);
  CHECK(decoded(encoded(Map{{"a\x01", true}})).error().fault == Fault::malformed);
  CHECK(decoded(encoded(Map{{"a\n", true}})).error().fault == Fault::malformed);
}

TEST_CASE("values: lists, maps and heads hold up to their bounds") {
  CHECK(decoded(encoded(List(limits::value_items_max))).has_value());
  CHECK(decoded(encoded(List(limits::value_items_max + 1))).error().fault == Fault::too_large);
  Map map;
  for (std::size_t i = 0; i < limits::value_items_max + 1; ++i) map.push_back({"f" + std::to_string(1'000 + i), Value()});
  CHECK(decoded(encoded(map)).error().fault == Fault::too_large);
  map.pop_back();
  CHECK(decoded(encoded(map)).has_value());
  Heads heads;
  for (std::size_t i = 0; i < limits::seen_max + 1; ++i) heads.ops.push_back({{own.device, own.incarnation, i}, 0});
  CHECK(decoded(encoded(heads)).error().fault == Fault::too_large);
  heads.ops.pop_back();
  CHECK(decoded(encoded(heads)).has_value());
}

TEST_CASE("values: nesting ends at its bound") {
  CHECK(decoded(encoded(nested(limits::value_depth_max, 1))).has_value());
  CHECK(decoded(encoded(nested(limits::value_depth_max + 1, 1))).error().fault == Fault::too_large);
  CHECK(decoded(encoded(nested(200, 1))).error().fault == Fault::too_large);
}

TEST_CASE("values: a list that promises more than there is fails") {
  CHECK(fault_of("05ff01") == Fault::malformed);
  CHECK(fault_of("06ff01") == Fault::malformed);
  CHECK(fault_of("") == Fault::malformed);
}

TEST_CASE("paths: every path reads back") {
  CHECK(rc::check("path", [] {
    const auto path = *arbitrary::path();
    Writer out;
    encode(out, path);
    Reader from(out.peek());
    RC_ASSERT(decode_path(from) == path);
    RC_ASSERT(from.finish("path").has_value());
  }));
}

TEST_CASE("paths: empty, too deep, a known name spelled out and a key over its bound are refused") {
  const auto decode = [](const Path& path) {
    Writer out;
    encode(out, path);
    Reader from(out.peek());
    (void)decode_path(from);
    return from.finish("path");
  };
  CHECK(decode({}).error().fault == Fault::malformed);
  CHECK(decode(Path(limits::path_depth_max, Step::field("MaHoSo"))).has_value());
  CHECK(decode(Path(limits::path_depth_max + 1, Step::field("MaHoSo"))).error().fault == Fault::too_large);
  CHECK(decode({Step::element(std::string(limits::key_bytes_max, 'k'))}).has_value());
  CHECK(decode({Step::element(std::string(limits::key_bytes_max + 1, 'k'))}).error().fault == Fault::too_large);
  const auto spelled = unhex("0100064d61486f536f");
  Reader from(spelled);
  (void)decode_path(from);
  CHECK(from.finish("path").error().fault == Fault::malformed);
}

TEST_CASE("positions: the own past is one or two bytes, everything else is whole, and each has one form") {
  const auto bytes_of = [](const Position& position) {
    Writer out;
    encode(out, position, own);
    return std::move(out).take();
  };
  const auto read = [](const Bytes& bytes) {
    Reader from(bytes);
    (void)decode_position(from, own);
    return from.finish("position");
  };
  CHECK(hex(bytes_of({own.device, own.incarnation, 999})) == "01");
  CHECK(hex(bytes_of({own.device, own.incarnation, 0})) == "e807");
  CHECK(bytes_of(own).size() == 1 + 32 + 2);
  CHECK(bytes_of({own.device, Incarnation{{3}}, 999}).size() == 1 + 32 + 2);
  CHECK(read(unhex("e907")).error().fault == Fault::malformed);
  // The own past in full is a second form of the same position.
  const Position past{own.device, own.incarnation, 999};
  Writer in_full;
  in_full.varint(0);
  in_full.raw(past.device);
  in_full.raw(past.incarnation);
  in_full.varint(past.seq);
  CHECK(read(in_full.peek()).error().fault == Fault::malformed);
  CHECK(read(bytes_of({DeviceId{{9}}, Incarnation{{9}}, limits::seq_max})).has_value());
  CHECK(read(bytes_of({DeviceId{{9}}, Incarnation{{9}}, limits::seq_max + 1})).error().fault == Fault::malformed);
}

TEST_CASE("maps: canonical sorts, and of equal names the last stays") {
  CHECK(canonical({{"b", 1}, {"a", 2}, {"b", 3}}) == Map{{"a", 2}, {"b", 3}});
  CHECK(*find(Map{{"a", 2}, {"b", 3}}, "b") == Value(3));
  CHECK(find(Map{{"a", 2}}, "A") == nullptr);
}

TEST_CASE("elements: an identity depends on every key value in its order, and never meets that of an operation") {
  CHECK(element_id(List{"a", "b"}) != element_id(List{"b", "a"}));
  CHECK(element_id(List{"ab"}) != element_id(List{"a", "b"}));
  CHECK(element_id(List{1}) != element_id(List{"1"}));
  CHECK(hex(view(element_id(List{"AB/20", 7}))) ==
        "01"
        "040541422f3230"
        "030e");
  const OpId op{{DeviceId{{1}}, Incarnation{{2}}, 3}, 4};
  CHECK(hex(view(element_id(op))) ==
        "02"
        "01000000000000000000000000000000"
        "02000000000000000000000000000000"
        "030000000000"
        "0400");
}
