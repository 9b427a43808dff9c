#include "agent/api.hpp"
#include "desk/accounts.hpp"
#include "desk/edits.hpp"
#include "protocol/text/text.hpp"

#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

#include <boost/json/parse.hpp>

#include <set>

/// Many dossiers or edits in one request: NDJSON, one transaction. A line that cannot be accepted refuses the whole request and is named;
/// the command line then sends what stands before it again, so that everything before a broken line is saved and nothing from it on.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

constexpr std::size_t lines_max = 1'000;
constexpr std::size_t line_bytes_max = 1024 * 1024;

struct Line {
  std::uint64_t number = 0;  ///< as a person counts the lines of the file
  json::object object;
};

struct Refused {
  std::uint64_t line = 0;
  Error error;
};

runtime::Response refuse_line(std::uint64_t line, runtime::Trouble trouble) {
  trouble.what = "Line " + std::to_string(line) + ": " + trouble.what;
  trouble.safe = "Nothing from that line on was saved.";
  trouble.more["line"] = line;
  return respond(trouble);
}
runtime::Response refuse_line(const Refused& refused) { return refuse_line(refused.line, runtime::trouble_of(refused.error)); }

/// Lines without anything but spaces count, and are skipped.
boost::system::result<std::vector<Line>, Refused> lines_of(const std::string& body, std::uint64_t first) {
  std::vector<Line> out;
  std::string_view rest = body;
  for (auto number = first; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (text.size() > line_bytes_max) return Refused{number, fail(Fault::too_large, "a line has at most 1 MiB")};
    if (out.size() == lines_max) return Refused{number, fail(Fault::too_large, "one request has at most 1,000 lines")};
    auto object = runtime::parse_object(text);
    if (object.has_error()) return Refused{number, object.error()};
    out.push_back({number, *std::move(object)});
  }
  return out;
}

/// The store names the change of a batch that it cannot take ("change 3: …"); people need the line.
Refused refused_by_store(const Error& error, const std::vector<std::uint64_t>& lines) {
  constexpr std::string_view prefix = "change ";
  const auto colon = error.detail.find(": ");
  if (error.detail.starts_with(prefix) && colon != std::string::npos) {
    const auto which =
        runtime::number_of(std::string_view(error.detail).substr(prefix.size(), colon - prefix.size()), "change", 1, lines.size());
    if (which.has_value()) return {lines[*which - 1], fail(error.fault, error.detail.substr(colon + 2))};
  }
  return {lines.front(), error};
}

Result<std::uint64_t> first_line_of(const runtime::Request& request) {
  return runtime::number_of(request.query_or("first_line", "1"), "first_line", 1, std::uint64_t{1} << 40U);
}

/// Old files have Eth where Đ belongs: mended in every text, true when there was one. As deep as the parser lets JSON be.
bool mend_letters(json::value& value) {
  bool mended = false;
  if (auto* text = value.if_string()) {
    std::string plain(*text);
    if (text::mend_eth(plain)) {
      *text = plain;
      mended = true;
    }
  } else if (auto* list = value.if_array()) {
    for (auto& item : *list) mended = mend_letters(item) || mended;
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) mended = mend_letters(member.value()) || mended;
  }
  return mended;
}

/// True when a dossier with this code is held, or was taken earlier in this request.
Result<bool> exists(storage::Store& store, const std::string& code, std::set<std::string>& taken) {
  if (code.empty()) return false;
  if (!taken.insert(code).second) return true;
  const auto found = storage::find_dossier(store, code);
  if (found.has_value() || found.error().fault == Fault::ambiguous) return true;
  if (found.error().fault == Fault::not_found) return false;
  return found.error();
}

}  // namespace

runtime::Response Api::import_lines(const Request& request) {
  const auto first = first_line_of(request);
  if (first.has_error()) return refuse(first.error());
  const auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  auto lines = lines_of(request.body, *first);
  if (lines.has_error()) return refuse_line(lines.error());
  std::vector<storage::NewChange> changes;
  std::vector<std::uint64_t> numbers;
  std::set<std::string> taken;
  std::uint64_t skipped = 0;
  std::uint64_t mended = 0;
  for (auto& line : *lines) {
    bool letters = false;
    for (auto& member : line.object) letters = mend_letters(member.value()) || letters;
    auto ops = runtime::ops_of_dossier(line.object);
    if (ops.has_error()) return refuse_line({line.number, ops.error()});
    const auto code = runtime::text_member(line.object, "MaHoSo", {});
    if (code.has_error()) return refuse_line({line.number, code.error()});
    const auto held = exists(ward_.store.store(), *code, taken);
    if (held.has_error()) return refuse_line({line.number, held.error()});
    if (*held) {
      ++skipped;
      continue;
    }
    changes.emplace_back();
    changes.back().change.user = *user;
    changes.back().change.ops = *std::move(ops);
    numbers.push_back(line.number);
    mended += letters ? 1 : 0;
  }
  const auto saved = save(request, changes, [&](const auto&) {
    return respond(json::object{{"created", changes.size()}, {"skipped", skipped}, {"mended", mended}});
  });
  return saved.has_error() ? refuse_line(refused_by_store(saved.error(), numbers)) : *saved;
}

runtime::Response Api::apply_lines(const Request& request) {
  const auto first = first_line_of(request);
  if (first.has_error()) return refuse(first.error());
  const auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  const auto lines = lines_of(request.body, *first);
  if (lines.has_error()) return refuse_line(lines.error());
  std::vector<storage::NewChange> changes;
  std::vector<std::uint64_t> numbers;
  for (const auto& line : *lines) {
    auto edit = runtime::edit_of(line.object);
    if (edit.has_error()) return refuse_line({line.number, edit.error()});
    const auto did = storage::find_dossier(ward_.store.store(), edit->dossier);
    if (did.has_error()) return refuse_line({line.number, did.error()});
    record::Change change;
    change.user = edit->user.empty() ? *user : edit->user;
    if (auto trouble = desk::must_be_account(site_, request, change.user)) return refuse_line(line.number, *std::move(trouble));
    change.seen = std::move(edit->seen);
    change.ops = std::move(edit->ops);
    change.reason = std::move(edit->reason);
    auto waits = desk::must_wait(ward_.store.store(), *did, change);
    if (waits.has_error()) return refuse_line({line.number, waits.error()});
    if (*waits) return refuse_line(line.number, **std::move(waits));
    changes.push_back({std::move(change), *did});
    numbers.push_back(line.number);
  }
  const auto saved = save(request, changes, [&](const auto&) { return respond(json::object{{"applied", changes.size()}}); });
  return saved.has_error() ? refuse_line(refused_by_store(saved.error(), numbers)) : *saved;
}

}  // namespace ward::agent
