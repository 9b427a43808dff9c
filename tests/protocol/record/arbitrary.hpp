#pragma once

#include "protocol/base/limits.hpp"
#include "protocol/record/change.hpp"
#include "protocol/record/names.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <set>

/// Generators of valid values, small enough for one body.
namespace ward::record::arbitrary {

inline const Position own{DeviceId{{1}}, Incarnation{{2}}, 1'000};

/// A container of at most `max` items: bodies are small, and shrinking has to end.
template <class C>
rc::Gen<C> few(int max, const rc::Gen<typename C::value_type>& item) {
  return rc::gen::mapcat(rc::gen::inRange(0, max + 1),
                         [item](int size) { return rc::gen::container<C>(static_cast<std::size_t>(size), item); });
}

inline rc::Gen<std::string> text() {
  return rc::gen::map(few<std::vector<int>>(8, rc::gen::inRange(0, 6)), [](const std::vector<int>& picks) {
    constexpr std::array<std::string_view, 6> letters{"a", " ", "\xe1\xbb\x85", "\xc4\x91", "\n", "0"};
    std::string out;
    for (const int pick : picks) out += letters[static_cast<std::size_t>(pick)];
    return out;
  });
}

/// One of the frozen names, or a name of a later version.
inline rc::Gen<std::string> name() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 101), [](std::uint64_t number) { return std::string(name_of_number(number)); }),
      rc::gen::map(rc::gen::inRange(0, 1'000), [](int number) { return "Field" + std::to_string(number); }));
}

/// Of the own past, of the own incarnation's future, or of another device.
inline rc::Gen<Position> position() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange<Seq>(0, 999), [](Seq seq) { return Position{own.device, own.incarnation, seq}; }),
      rc::gen::map(rc::gen::inRange<Seq>(1'001, limits::seq_max), [](Seq seq) { return Position{own.device, own.incarnation, seq}; }),
      rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint8_t>(), rc::gen::inRange<Seq>(0, 70'000)),
                   [](const auto& pick) { return Position{DeviceId{{pick.first}}, Incarnation{{pick.first, 7}}, pick.second}; }));
}

template <class T>
std::vector<T> sorted_unique(const std::vector<T>& items) {
  const std::set<T> set(items.begin(), items.end());
  return {set.begin(), set.end()};
}

inline rc::Gen<std::vector<OpId>> op_ids() {
  const auto id = rc::gen::map(rc::gen::pair(position(), rc::gen::inRange<std::uint16_t>(0, limits::ops_max)),
                               [](const auto& pick) { return OpId{pick.first, pick.second}; });
  return rc::gen::map(few<std::vector<OpId>>(5, id), [](const std::vector<OpId>& ids) { return sorted_unique(ids); });
}

inline rc::Gen<Value> value(std::size_t depth = limits::value_depth_max) {
  const auto scalar =
      rc::gen::oneOf(rc::gen::just(Value()), rc::gen::map(rc::gen::arbitrary<bool>(), [](bool flag) { return Value(flag); }),
                     rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t number) { return Value(number); }),
                     rc::gen::map(text(), [](std::string text) { return Value(std::move(text)); }),
                     rc::gen::map(op_ids(), [](const std::vector<OpId>& ids) { return Value(Heads{std::move(ids)}); }));
  if (depth == 0) return scalar;
  const auto list =
      rc::gen::map(few<List>(3, rc::gen::lazy([depth] { return value(depth - 1); })), [](List items) { return Value(std::move(items)); });
  const auto member =
      rc::gen::map(rc::gen::pair(name(), rc::gen::lazy([depth] { return value(depth - 1); })),
                   [](std::pair<std::string, Value> pick) { return Member{std::move(pick.first), std::move(pick.second)}; });
  const auto map = rc::gen::map(few<Map>(3, member), [](Map members) { return Value(canonical(std::move(members))); });
  return rc::gen::weightedOneOf<Value>({{6, scalar}, {1, list}, {1, map}});
}

inline rc::Gen<Path> path() {
  const auto element =
      rc::gen::map(few<std::string>(12, rc::gen::arbitrary<char>()), [](std::string id) { return Step::element(std::move(id)); });
  const auto field = rc::gen::map(name(), [](std::string name) { return Step::field(std::move(name)); });
  return rc::gen::map(rc::gen::pair(field, few<Path>(limits::path_depth_max - 1, rc::gen::oneOf(field, element))),
                      [](std::pair<Step, Path> pick) {
                        Path out = std::move(pick.second);
                        out.insert(out.begin(), std::move(pick.first));
                        return out;
                      });
}

inline rc::Gen<Op> op() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(1, 256), path(), value(), rc::gen::maybe(op_ids())), [](auto pick) {
    Op out{static_cast<OpKind>(std::get<0>(pick)), std::get<1>(pick), std::get<2>(pick), std::nullopt};
    if (std::get<3>(pick)) out.replaces = *std::get<3>(pick);
    return out;
  });
}

inline rc::Gen<Change> change() {
  return rc::gen::map(rc::gen::tuple(few<std::vector<Position>>(4, position()), op(), few<std::vector<Op>>(3, op()), text(),
                                     few<Bytes>(8, rc::gen::arbitrary<std::uint8_t>())),
                      [](auto pick) {
                        Change out;
                        out.user = "can-bo-1";
                        out.seen = sorted_unique(std::get<0>(pick));
                        out.ops = std::move(std::get<2>(pick));
                        out.ops.push_back(std::move(std::get<1>(pick)));
                        out.reason = std::get<3>(pick).substr(0, std::get<3>(pick).find('\xe1'));
                        out.act = std::move(std::get<4>(pick));
                        return out;
                      });
}

}  // namespace ward::record::arbitrary
