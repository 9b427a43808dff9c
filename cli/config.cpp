#include "cli/config.hpp"

#include "protocol/text/text.hpp"
#include "runtime/data_dir.hpp"

// toml++ 3.3 asserts on some broken files ("[[["), and goes on to the right error when it does not.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace ward::cli {
namespace {

constexpr std::size_t edits_max = 2;  ///< letters that a mistyped key may be off

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto here = std::min({row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = std::exchange(row[j + 1], here);
    }
  }
  return row.back();
}

std::string example_of(const Setting& setting) { return std::string(setting.key) + " = \"" + setting.example + '"'; }

std::string all_keys(std::span<const Setting> settings) {
  std::string out;
  for (const auto& setting : settings) out += (out.empty() ? "" : ", ") + std::string(setting.key);
  return out;
}

const char* name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::integer:
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
  }
}

ConfigProblem unknown_key(std::string key, std::uint64_t line, std::span<const Setting> settings) {
  const auto meant = nearest_key(key, settings);
  auto what = "`" + key + "` is no key of this file";
  auto remedy =
      (meant.empty() ? std::string("Remove it.") : "Write `" + meant + "`, or remove it.") + " The keys are " + all_keys(settings) + ".";
  return {line, std::move(key), std::move(what), std::move(remedy)};
}

void take(const toml::key& key, const toml::node& value, std::span<const Setting> settings, Config& out) {
  const std::uint64_t line = key.source().begin.line;
  const std::string name(key.str());
  const auto setting = std::find_if(settings.begin(), settings.end(), [&](const Setting& one) { return name == one.key; });
  if (setting == settings.end()) {
    out.problems.push_back(unknown_key(name, line, settings));
    return;
  }
  const auto remedy = "For example: " + example_of(*setting);
  std::optional<std::string> given;
  if (const auto* text = value.as_string()) given = text->get();
  if (const auto* number = value.as_integer(); number != nullptr && setting->kind == Setting::Kind::count)
    given = std::to_string(number->get());
  if (given) {
    if (auto wrong = wrong_with(*setting, *given); !wrong.empty())
      out.problems.push_back({line, name, "`" + name + "` " + wrong, remedy});
    else
      out.values.emplace(name, *given);
    return;
  }
  out.problems.push_back({line, name, "`" + name + "` is " + name_of(value.type()) + ", and must be a text in quotes", remedy});
}

/// The parser asserts that it is given text. 0: all of it is.
std::uint64_t line_that_is_no_text(std::string_view text) {
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!text::is_plain(line)) return number;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return 0;
}

ConfigProblem cannot_be_read(const std::string& path, const Error& error) {
  switch (error.fault) {
    case Fault::not_found: return {0, {}, "there is no such file", "Make it, or name another with --config."};
    case Fault::too_large:
      return {0, {}, "it has more than " + std::to_string(config_bytes_max / 1024) + " KiB", "Name a configuration file; this is none."};
    case Fault::storage_read_only: return {0, {}, "this account may not read it", "As root: chmod a+r " + path};
    default: return {0, {}, "it cannot be read (" + error.detail + ")", "Name a file that can be read."};
  }
}

}  // namespace

Config parse_config(std::string_view text, std::span<const Setting> settings) {
  Config out;
  if (const auto line = line_that_is_no_text(text); line != 0) {
    out.problems.push_back({line, {}, "this is no text: control characters, or not UTF-8", "Save the file as plain UTF-8 text."});
    return out;
  }
  const auto parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    out.problems.push_back(
        {error.source().begin.line, {}, std::string(error.description()), "Correct the line; `KEY = \"VALUE\"` is its form."});
    return out;
  }
  for (const auto& [key, value] : parsed.table()) take(key, value, settings, out);
  std::stable_sort(out.problems.begin(), out.problems.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  if (!out.problems.empty()) out.values.clear();
  return out;
}

Config read_config(const std::string& path, bool required, std::span<const Setting> settings) {
  const auto text = runtime::read_file(path, config_bytes_max);
  if (text.has_value()) return parse_config(*text, settings);
  if (text.error().fault == Fault::not_found && !required) return {};
  return {{}, {cannot_be_read(path, text.error())}};
}

std::string sentence(const std::string& path, const ConfigProblem& problem) {
  return path + (problem.line == 0 ? "" : ", line " + std::to_string(problem.line)) + ": " + problem.what + ".";
}

std::string nearest_key(std::string_view word, std::span<const Setting> settings) {
  std::string best;
  auto fewest = edits_max + 1;
  for (const auto& setting : settings) {
    const auto edits = edits_between(word, setting.key);
    if (edits < fewest && edits < std::string_view(setting.key).size()) {
      fewest = edits;
      best = setting.key;
    }
  }
  return best;
}

}  // namespace ward::cli
