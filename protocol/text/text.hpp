#pragma once

#include "protocol/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Vietnamese text as the system stores, compares and searches it.
namespace ward::text {

/// What may stand in a stored body whatever table its writer had: UTF-8 without control characters but tab and line feed.
[[nodiscard]] bool is_plain(std::string_view text);

/// Plain, and in NFC (Unicode's form C, by utf8proc's table).
[[nodiscard]] bool is_nfc(std::string_view text);

/// NFC of `text`, at every entry of text into the system. `invalid` on bytes that are not UTF-8, and on control characters.
[[nodiscard]] Result<std::string> to_nfc(std::string_view text);

/// NFC of one line of 1 to `bytes_max` bytes, as labels, reasons and names are; `invalid` says so of `what` ("the label").
[[nodiscard]] Result<std::string> to_line(std::string_view what, std::string_view text, std::size_t bytes_max);

/// Eth (Ð, ð), which old files have where Đ and đ belong, becomes what was meant; true when there was one. No Vietnamese word has an Eth.
bool mend_eth(std::string& text);

/// For search and hints, never for identity: lower case, no marks, đ→d, spaces squeezed.
[[nodiscard]] std::string fold(std::string_view text);

/// The words of `fold(text)`: runs of letters and digits.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

}  // namespace ward::text
