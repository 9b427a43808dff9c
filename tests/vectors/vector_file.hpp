#pragma once

#include "protocol/base/bytes.hpp"
#include "tests/vectors/tally.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading files that other people made. Whatever is not as expected throws `BadFile`, which names the file and the place.
namespace ward::vectors {

inline constexpr std::size_t file_bytes_max = 64 * 1024 * 1024;

[[nodiscard]] std::string read_file(const std::string& path);

/// Bytes of hexadecimal digits; nothing when they are not.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);
/// RFC 4648 with padding, as in the vectors of Go programs.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

/// A value of a JSON document that knows where it stands. Lives as long as its document.
class Node {
 public:
  Node(const boost::json::value& value, std::string place) : value_(&value), place_(std::move(place)) {}

  [[nodiscard]] bool is_object() const noexcept { return value_->is_object(); }
  [[nodiscard]] bool is_list() const noexcept { return value_->is_array(); }
  [[nodiscard]] bool has(std::string_view key) const;  ///< and it is not null
  [[nodiscard]] Node at(std::string_view key) const;
  [[nodiscard]] std::vector<Node> list() const;  ///< null is an empty list
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool flag() const;
  [[nodiscard]] std::uint64_t number() const;
  [[nodiscard]] Bytes hex() const;
  [[nodiscard]] Bytes base64() const;

  [[noreturn]] void refuse(std::string_view why) const;
  [[nodiscard]] const std::string& place() const noexcept { return place_; }

 private:
  const boost::json::value* value_;
  std::string place_;
};

class Document {
 public:
  /// `text` is what `path` holds.
  Document(std::string_view text, std::string path);
  [[nodiscard]] Node root() const { return {value_, path_}; }

 private:
  std::string path_;
  boost::json::value value_;
};

/// The vectors of a document: a list, the list under one of `keys`, or the document itself.
[[nodiscard]] std::vector<Node> vectors_of(const Document& document, std::initializer_list<std::string_view> keys);

}  // namespace ward::vectors
