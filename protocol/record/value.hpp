#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ward::record {

struct Value;
struct Member;
using List = std::vector<Value>;
/// Sorted by name, names unique: one value has one encoding.
using Map = std::vector<Member>;

/// "The heads that stood here before": the value of an undo (records.md §5.9).
struct Heads {
  std::vector<OpId> ops;
  friend bool operator==(const Heads&, const Heads&) = default;
};

/// What a field can hold. No floats: money is integer đồng, dates are text as entered.
struct Value {
  std::variant<std::monostate, bool, std::int64_t, std::string, List, Map, Heads> data;

  Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();
  Value(bool flag);            // NOLINT(google-explicit-constructor)
  Value(std::int64_t number);  // NOLINT(google-explicit-constructor)
  Value(int number);           // NOLINT(google-explicit-constructor)
  Value(std::string text);     // NOLINT(google-explicit-constructor)
  Value(const char* text);     // NOLINT(google-explicit-constructor)
  Value(List list);            // NOLINT(google-explicit-constructor)
  Value(Map map);              // NOLINT(google-explicit-constructor)
  Value(Heads heads);          // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const noexcept { return data.index() == 0; }
  /// The text, or null when the value is of another kind.
  [[nodiscard]] const std::string* text() const noexcept { return std::get_if<std::string>(&data); }
  [[nodiscard]] const std::int64_t* number() const noexcept { return std::get_if<std::int64_t>(&data); }
  [[nodiscard]] const Map* map() const noexcept { return std::get_if<Map>(&data); }
  [[nodiscard]] const List* list() const noexcept { return std::get_if<List>(&data); }
  [[nodiscard]] const Heads* heads() const noexcept { return std::get_if<Heads>(&data); }
  friend bool operator==(const Value&, const Value&);
};

struct Member {
  std::string name;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

// Defined where Member is complete: before that, clang rightly refuses to destroy a Map.
inline Value::Value() = default;
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(bool flag) : data(flag) {}
inline Value::Value(std::int64_t number) : data(number) {}
inline Value::Value(int number) : data(std::int64_t{number}) {}
inline Value::Value(std::string text) : data(std::move(text)) {}
inline Value::Value(const char* text) : data(std::string(text)) {}
inline Value::Value(List list) : data(std::move(list)) {}
inline Value::Value(Map map) : data(std::move(map)) {}
inline Value::Value(Heads heads) : data(std::move(heads)) {}
inline bool operator==(const Value& a, const Value& b) { return a.data == b.data; }

/// The member's value, or null.
[[nodiscard]] const Value* find(const Map& map, std::string_view name) noexcept;
/// Sorts by name; of equal names the last stays.
[[nodiscard]] Map canonical(Map members);

/// One step of a path: a field's name, or the identity of an element of a collection.
struct Step {
  enum class Kind : std::uint8_t { name, element };
  Kind kind = Kind::name;
  std::string text;  ///< the name; or the element's identity as bytes (`element_id`)

  static Step field(std::string name) { return {Kind::name, std::move(name)}; }
  static Step element(std::string id) { return {Kind::element, std::move(id)}; }
  friend auto operator<=>(const Step&, const Step&) = default;
};
using Path = std::vector<Step>;

/// Identity of an element that has key fields: their values in schema order (records.md §5.8).
[[nodiscard]] std::string element_id(const std::vector<Value>& key_values);
/// Identity of an element that has none: the operation that added it.
[[nodiscard]] std::string element_id(const OpId& added_by);

/// Names of the built-in fields travel as numbers; the table is frozen with body version 1, later names travel as text.
void encode(Writer& to, const Value& value, const Position& own);
void encode(Writer& to, const Path& path);
/// A position relative to `own`: one or two bytes for the writer's own recent records, the whole position otherwise.
void encode(Writer& to, const Position& position, const Position& own);

/// Refuse whatever `encode` does not write: unsorted or repeated members, a known name spelled out, depth and counts past limits.hpp.
[[nodiscard]] Value decode_value(Reader& from, const Position& own);
[[nodiscard]] Path decode_path(Reader& from);
[[nodiscard]] Position decode_position(Reader& from, const Position& own);

/// Text that a person may be shown, on one line: UTF-8 without control characters, or the reader fails.
[[nodiscard]] std::string decode_text(Reader& from, std::size_t size_max);
/// The same, in which tab and line feed may stand.
[[nodiscard]] std::string decode_lines(Reader& from, std::size_t size_max);

/// A name as in maps and paths.
void encode_name(Writer& to, std::string_view name, std::uint64_t first_number);
[[nodiscard]] std::string decode_name(Reader& from, std::uint64_t code, std::uint64_t first_number);

}  // namespace ward::record
