#include "protocol/schema/schema.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/schema/dates.hpp"
#include "protocol/schema/tables.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ward::schema {
namespace {

using record::Value;

constexpr std::int64_t money_max = 1'000'000'000'000'000;  ///< đồng: a hundred times the country's yearly budget
constexpr std::size_t digits_max = 16;

Error refuse(const Field& field, std::string_view why) {
  return fail(Fault::invalid, (field.parent.empty() ? field.name : field.parent + "/" + field.name) + ": " + std::string(why));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\n";
  const auto first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

/// Web forms and Windows end lines with CR LF.
std::string unix_lines(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || text.substr(i + 1, 1) != "\n") out += text[i];
  return out;
}

Result<std::string> clean_text(const Field& field, std::string_view given) {
  if (given.size() > 4 * limits::text_bytes_max) return refuse(field, "the text is too long; a longer one is an attachment");
  const auto normal = text::to_nfc(unix_lines(given));
  if (!normal) return refuse(field, normal.error().detail);
  const auto out = trimmed(*normal);
  if (out.size() > limits::text_bytes_max) return refuse(field, "the text is too long; a longer one is an attachment");
  return std::string(out);
}

std::optional<std::int64_t> parse_number(std::string_view digits) {
  if (!is_digits(digits) || digits.size() > digits_max) return std::nullopt;
  std::int64_t out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

/// 1.000.000 → 1000000; nothing when the dots do not stand between groups of three.
std::optional<std::string> ungroup(std::string_view text) {
  std::string out;
  for (bool first = true; !text.empty(); first = false) {
    const auto end = std::min(text.find('.'), text.size());
    const auto group = text.substr(0, end);
    const bool alone = first && end == text.size();
    if (!is_digits(group) || (first ? !alone && group.size() > 3 : group.size() != 3) || end + 1 == text.size()) return std::nullopt;
    out += group;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string_view without_currency(std::string_view text) {
  for (const std::string_view unit : {"đồng", "vnđ", "VNĐ", "vnd", "VND", "đ", "₫"})
    if (text.ends_with(unit)) return trimmed(text.substr(0, text.size() - unit.size()));
  return text;
}

Result<Value> intake_money_text(const Field& field, const std::string& text) {
  if (text::fold(text) == "mien phi") return Value(0);
  if (text.find(',') != std::string::npos)
    return refuse(field, "a comma in an amount may group thousands or mark decimals; write it as 15000 or 15.000");
  const auto digits = ungroup(without_currency(text));
  const auto amount = digits ? parse_number(*digits) : std::nullopt;
  if (!amount || *amount > money_max) return refuse(field, "not an amount in đồng; accepted are 15000, 15.000 and 15.000 đồng");
  return Value(*amount);
}

Result<Value> intake_integer_text(const Field& field, const std::string& text) {
  const auto number = parse_number(text);
  if (!number) return refuse(field, "not a whole number; only digits are accepted");
  return Value(*number);
}

Result<Value> intake_enum_text(const Field& field, const std::string& text) {
  const auto& list = codes_of(field);
  const auto folded = text::fold(text);
  for (const auto& code : list.codes)
    if (code.code == text || std::find(code.words.begin(), code.words.end(), folded) != code.words.end()) return Value(code.code);
  if (list.open && text.size() <= limits::name_bytes_max) return Value(text);
  if (list.open) return refuse(field, "the text is too long for a code");
  std::string accepted;
  for (const auto& code : list.codes) accepted += (accepted.empty() ? "" : ", ") + code.code + " (" + code.words.front() + ")";
  return refuse(field, "not a known code; accepted are " + accepted);
}

Result<Value> intake_bool_text(const Field& field, const std::string& text) {
  const auto folded = text::fold(text);
  if (folded.empty() || folded == "false" || folded == "0") return Value(false);
  if (folded == "true" || folded == "1") return Value(true);
  return refuse(field, "accepted are true and false");
}

Result<Value> intake_text(const Field& field, const std::string& text) {
  if (field.type == Type::boolean) return intake_bool_text(field, text);
  if (text.empty() || field.type == Type::string) return Value(text);
  switch (field.type) {
    case Type::enumeration: return intake_enum_text(field, text);
    case Type::money: return intake_money_text(field, text);
    case Type::integer: return intake_integer_text(field, text);
    case Type::date:
      if (auto date = stored_date(text)) return Value(*std::move(date));
      return refuse(field, "not a date; accepted are 31/12/2020, 2020-12-31, 20201231 and a year alone");
    case Type::datetime:
      if (auto time = stored_datetime(text)) return Value(*std::move(time));
      return refuse(field, "not a time; accepted are 20201231093000, 31/12/2020 09:30, 2020-12-31T09:30:00+07:00 and a date alone");
    case Type::string:
    case Type::boolean:
    case Type::list: break;
  }
  return refuse(field, "is a list; its elements are given one by one");
}

Result<Value> intake_number(const Field& field, std::int64_t number) {
  switch (field.type) {
    case Type::money:
      if (number < 0 || number > money_max) return refuse(field, "not an amount in đồng");
      return Value(number);
    case Type::integer:
      if (number < 0) return refuse(field, "a negative number is not accepted");
      return Value(number);
    case Type::enumeration:
    case Type::date:
    case Type::datetime: return intake_text(field, std::to_string(number));
    case Type::boolean:
      if (number != 0 && number != 1) return refuse(field, "accepted are true and false");
      return Value(number == 1);
    case Type::string: return refuse(field, "must be text in quotes: a number loses its leading zeros");
    case Type::list: break;
  }
  return refuse(field, "is a list; its elements are given one by one");
}

Result<Value> intake_flag(const Field& field, bool flag) {
  if (field.type == Type::boolean) return Value(flag);
  const auto& codes = codes_of(field).codes;
  const bool yes_or_no = codes.size() == 2 && codes[0].code == "0" && codes[1].code == "1";
  if (yes_or_no) return Value(flag ? "1" : "0");
  return refuse(field, "true and false are not accepted");
}

}  // namespace

Result<Value> intake(const Field& field, const Value& given) {
  if (given.is_null()) return given;
  if (const auto* flag = std::get_if<bool>(&given.data)) return intake_flag(field, *flag);
  if (const auto* number = given.number()) return intake_number(field, *number);
  if (const auto* text = given.text()) {
    WARD_TRY(const auto clean, clean_text(field, *text));
    return intake_text(field, clean);
  }
  return refuse(field, "must be one value, not a list or an object");
}

}  // namespace ward::schema
