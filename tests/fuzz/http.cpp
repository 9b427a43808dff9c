#include "protocol/crypto/hash.hpp"
#include "runtime/doorkeeper.hpp"
#include "runtime/json_input.hpp"
#include "runtime/page.hpp"
#include "runtime/repeats.hpp"
#include "runtime/target.hpp"
#include "tests/fuzz/laws.hpp"

#include <boost/json/serialize.hpp>

namespace ward::fuzz {
namespace {

namespace json = boost::json;
using namespace runtime;

constexpr std::string_view token = "secret-token", session = "the-session";
const Instant now{std::chrono::hours(100)};

/// Routes as both programs have them, that say back what they were asked for.
const Router& router() {
  static const auto out = [] {
    static constexpr PageFile files[] = {{"index.html", "<gzip>", "text/html"}, {"app.js", "<js>", "text/javascript"}};
    Router made;
    add_page_files(made, files);
    const auto echo = [](const Request& request) {
      for (const auto& [name, value] : request.parameters) WARD_ASSERT(!value.empty());
      return respond(json::object{{"parameters", request.parameters.size()}});
    };
    made.add("GET", "/v1/status", echo);
    made.add("GET", "/v1/dossiers/{code}", echo);
    made.add("POST", "/v1/dossiers/{code}/hand-overs/{id}/accept", echo);
    made.add("POST", "/v1/page-codes", echo, For::programs);
    return made;
  }();
  return out;
}

/// A target that is one has one meaning: written again with everything escaped, it is the same. Nothing that a page may not ask for answers
/// it.
bool target(std::string_view text) {
  Request request;
  if (!read_target(text, request)) return false;
  std::string again;
  for (const auto& part : request.path_parts) again += '/' + encode_segment(part);
  if (again.empty()) again = "/";
  const char* between = "?";
  for (const auto& [name, value] : request.query) again += std::exchange(between, "&") + encode_segment(name) + '=' + encode_segment(value);
  Request same;
  WARD_ASSERT(read_target(again, same) && same.path_parts == request.path_parts && same.query == request.query);
  bool found = false;
  for (const auto* method : {"GET", "POST", "DELETE"}) {
    for (const auto caller : {Caller::nobody, Caller::page, Caller::token}) {
      auto asked = request;
      asked.method = method;
      asked.caller = caller;
      const auto answer = router().answer(std::move(asked));
      const bool open = answer.status < 400;
      WARD_ASSERT(!open || caller != Caller::nobody || request.path_parts.empty() || request.path_parts.front() != "v1");
      WARD_ASSERT(!open || caller != Caller::page || request.path_parts != (std::vector<std::string>{"v1", "page-codes"}));
      found = found || answer.status != 404;
    }
  }
  return found;
}

Doorkeeper& keeper() {
  static Doorkeeper out;
  if (out.address().empty()) {
    out.open("127.0.0.1", 7411, std::string(token));
    const auto name = crypto::hash<Hash>("wsync-session", {}, {view(session)});
    out.sessions.restore(hex(name.view()) + " 1760000000000 lan\n", {now, {1'760'000'000'000}});
  }
  return out;
}

/// A line for each thing that a request says of itself; `-` says nothing.
bool knock(std::string_view text) {
  std::array<std::string, 7> said;
  for (auto& one : said) {
    const auto end = std::min(text.find('\n'), text.size());
    one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const auto maybe = [](const std::string& line) { return line == "-" ? std::nullopt : std::optional(line); };
  const Knock one{said[0], said[1], maybe(said[2]), maybe(said[3]), said[4], said[5], said[6], false};
  const auto admitted = keeper().admit(one, now);
  const auto* in = std::get_if<Admitted>(&admitted);
  if (in == nullptr) return false;
  const bool ours = one.host == "127.0.0.1:7411" || one.host == "localhost:7411" || one.host == "[::1]:7411";
  WARD_ASSERT(ours && (!one.origin || *one.origin == "http://" + one.host));
  WARD_ASSERT(!one.fetch_site || *one.fetch_site == "same-origin" || *one.fetch_site == "none");
  if (in->caller == Caller::token) WARD_ASSERT(one.authorization == "Bearer " + std::string(token));
  if (in->caller == Caller::page) {
    WARD_ASSERT(one.cookies.find("wardsync_7411=" + std::string(session)) != std::string::npos);
    const auto csrf = hex(crypto::hash<Hash>("wsync-csrf", {}, {view(session)}).view());
    WARD_ASSERT(one.method == "GET" || one.method == "HEAD" || one.csrf == csrf);
  }
  return in->caller != Caller::nobody;
}

/// What is wrong travels as JSON and comes back.
bool trouble(std::string_view text) {
  const auto once = trouble_of_json(text, 422);
  const auto again = trouble_of_json(json::serialize(json_of(once)), 422);
  WARD_ASSERT(again.what == once.what && again.safe == once.safe && again.remedy == once.remedy);
  return once.name != trouble_of_json("", 422).name;
}

/// What signs an act never names its request.
bool body(std::string_view text) {
  auto object = parse_object(text);
  if (object.has_error()) return false;
  Request request;
  object->erase("sign");
  request.body = json::serialize(*object);
  const auto bare = *name_of_request(request);
  object->emplace("sign", "a passphrase");
  request.body = json::serialize(*object);
  WARD_ASSERT(*name_of_request(request) == bare);
  return true;
}

}  // namespace

bool http(BytesView input) {
  const auto [which, bytes] = choose(input, 4);
  switch (which) {
    case 0: return target(text_of(bytes));
    case 1: return knock(text_of(bytes));
    case 2: return trouble(text_of(bytes));
    default: return body(text_of(bytes));
  }
}

}  // namespace ward::fuzz
