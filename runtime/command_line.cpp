#include "runtime/command_line.hpp"

#include "runtime/data_dir.hpp"
#include "runtime/http.hpp"
#include "runtime/log_in_file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace ward::runtime {
namespace {

namespace json = boost::json;

/// `run &` and the next command of a script: the daemon gets a moment to open its socket.
constexpr std::chrono::milliseconds start_max{3000};
constexpr std::chrono::milliseconds start_poll{50};
constexpr std::chrono::milliseconds fetch_max{15'000};  ///< for a dossier's records to come from the centre
constexpr std::chrono::milliseconds fetch_poll{200};

Trouble unreachable(const Daemon& daemon, const Error& error) {
  if (!file_exists(daemon.data))
    return {"not_found", ExitCode::not_reachable, 404, daemon.data + " does not exist.", {}, "Name the data directory with --data.", {}};
  if (error.fault == Fault::io || error.fault == Fault::timeout)
    return {"daemon_silent",
            ExitCode::not_reachable,
            503,
            "The daemon for " + daemon.data + " does not answer (" + error.detail + ").",
            "Everything saved here is still here. Whether it still did what it was asked is not known: look before you do it again.",
            std::string("See whether it runs, and what its log says: ") + daemon.program + " doctor --data " + daemon.data,
            {}};
  if (error.fault != Fault::not_found) return trouble_of(error);
  return {"daemon_down",
          ExitCode::not_reachable,
          503,
          "The daemon for " + daemon.data + " is not running.",
          "Everything saved here is still here; nothing was changed.",
          std::string("Start it: ") + daemon.program + " run --data " + daemon.data,
          {}};
}

bool is_being_fetched(const Result<Reply>& reply) {
  constexpr unsigned unavailable = 503;
  return reply.has_value() && reply->status == unavailable && trouble_of_json(reply->body, reply->status).name == name_of(Fault::at_centre);
}

bool is_missing(const Result<Reply>& reply) { return reply.has_error() && reply.error().fault == Fault::not_found; }

/// Characters, as far as a terminal shows them: Vietnamese text in NFC has one code point each.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// What turns text around: the terminal would show another name than the one that is stored.
bool turns_text(std::string_view three_bytes) {
  return (three_bytes >= "\xE2\x80\xAA" && three_bytes <= "\xE2\x80\xAE") ||
         (three_bytes >= "\xE2\x81\xA6" && three_bytes <= "\xE2\x81\xA9");
}

/// A line feed in what somebody entered would print a line that nobody wrote.
std::string on_one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

std::string harmless(std::string_view text) {
  constexpr std::string_view instead = "\xEF\xBF\xBD";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool c1 = byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    const bool turns = turns_text(text.substr(at, 3));
    if (!c1 && !turns && ((byte >= 0x20 && byte != 0x7F) || byte == '\n' || byte == '\t')) {
      out += text[at];
      continue;
    }
    out += instead;
    at += turns ? 2 : c1 ? 1 : 0;
  }
  return out;
}

std::variant<json::value, Trouble> call_daemon(const Daemon& daemon, const std::string& method, const std::string& target, std::string body,
                                               std::chrono::milliseconds timeout) {
  const Call call{method, target, std::move(body), {}, kept_log_in(daemon.data)};
  auto reply = call_unix(daemon.data + "/api.sock", call, timeout);
  for (auto left = start_max; is_missing(reply) && file_exists(daemon.data) && left.count() > 0; left -= start_poll) {
    std::this_thread::sleep_for(start_poll);
    reply = call_unix(daemon.data + "/api.sock", call, timeout);
  }
  // What is at the centre is being fetched meanwhile.
  for (auto left = fetch_max; is_being_fetched(reply) && left.count() > 0; left -= fetch_poll) {
    std::this_thread::sleep_for(fetch_poll);
    reply = call_unix(daemon.data + "/api.sock", call, timeout);
  }
  if (reply.has_error()) return unreachable(daemon, reply.error());
  if (reply->status >= 400) return trouble_of_json(reply->body, reply->status);
  if (reply->body.empty()) return json::value();
  json::error_code error;
  auto value = json::parse(reply->body, error);
  if (error) return trouble_of(fail(Fault::malformed, "the daemon's answer"));
  return value;
}

std::string shown(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get_string().empty() ? "-" : on_one_line(harmless(value.get_string()));
  return json::serialize(value);
}

std::string shown(const json::value& from, std::string_view name) {
  const auto* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  return found == nullptr ? "-" : shown(*found);
}

std::string shown(const json::value& from, std::string_view name, std::string_view inner) {
  const auto* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  return found == nullptr ? "-" : shown(*found, inner);
}

std::vector<json::object> rows_of(const json::value& from, std::string_view name) {
  std::vector<json::object> out;
  const auto* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  if (found == nullptr || !found->is_array()) return out;
  for (const auto& row : found->get_array())
    if (row.is_object()) out.push_back(row.get_object());
  return out;
}

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_json(const json::value& value) {
  print(json::serialize(value));
  print("\n");
}

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

bool is_terminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

std::optional<std::string> ask_line(std::string_view question) {
  std::fwrite(question.data(), 1, question.size(), stderr);
  char typed[512]{};
  if (std::fgets(typed, sizeof typed, stdin) == nullptr) return std::nullopt;
  std::string out(typed);
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

bool confirmed(std::string_view question) {
  std::fwrite(question.data(), 1, question.size(), stderr);
  std::fputs(" [y/N] ", stderr);
  char answer[64]{};
  if (std::fgets(answer, sizeof answer, stdin) == nullptr) return false;
  std::string_view said(answer);
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.remove_suffix(1);
  return said == "y" || said == "Y" || said == "yes" || said == "c" || said == "có";
}

}  // namespace ward::runtime
