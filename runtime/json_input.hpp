#pragma once

#include "protocol/base/error.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Reading the JSON that a person or a program sent. `invalid` names the member and what it must be; never repeats a value.
namespace ward::runtime {

/// An empty text is an empty object. The object's memory is wiped when it ends; a copy's is not.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text);

/// The member, or `otherwise` when it is absent.
[[nodiscard]] Result<std::string> text_member(const boost::json::object& from, std::string_view name, std::string otherwise);
[[nodiscard]] Result<std::int64_t> number_member(const boost::json::object& from, std::string_view name, std::int64_t otherwise);
[[nodiscard]] Result<bool> truth_member(const boost::json::object& from, std::string_view name, bool otherwise);

/// A whole number of a query, `least` to `most`.
[[nodiscard]] Result<std::uint64_t> number_of(std::string_view text, std::string_view name, std::uint64_t least, std::uint64_t most);

}  // namespace ward::runtime
