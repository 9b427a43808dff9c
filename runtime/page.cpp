#include "runtime/page.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/clock.hpp"
#include "runtime/json_input.hpp"

#include <algorithm>

namespace ward::runtime {
namespace {

namespace json = boost::json;

constexpr const char* content_policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

Response file_response(const PageFile& file, const std::string& held) {
  Response out{200, std::string(file.gzip), std::string(file.type), {}};
  out.etag = '"' + hex(crypto::hash<KeyId>("wsync-etag", {}, {view(file.gzip)}).view()) + '"';
  out.headers = {{"Content-Encoding", "gzip"},
                 {"Cache-Control", "no-cache"},  // kept, and asked for again: a new version of the program shows at once
                 {"Content-Security-Policy", content_policy}};
  if (out.etag == held) {
    out.status = 304;
    out.body.clear();
  }
  return out;
}

Response session_json(const Sessions::Session& session) {
  return respond(json::object{{"csrf", session.csrf}, {"account", session.account}});
}

Response new_code(const Request& request, Doorkeeper& doorkeeper, const char* program) {
  if (doorkeeper.address().empty())
    return respond(Trouble{"page_off",
                           ExitCode::failed,
                           409,
                           "The page is off: the daemon runs without a loopback port.",
                           "Nothing was changed.",
                           std::string("Start it with one: ") + program + " run --http 127.0.0.1:0, or set WARDSYNC_HTTP for the service.",
                           {}});
  const auto code = doorkeeper.sessions.new_code(request.account, read_clock().monotonic);
  return respond(json::object{{"url", doorkeeper.address() + "/#code=" + code}, {"seconds", page_code_life.count()}}, 201);
}

Response open_session(const Request& request, Doorkeeper& doorkeeper, const char* program, const PageWatch& told) {
  const auto remedy = std::string("Run `") + program + " page` again, and open the address that it prints within a minute.";
  const auto body = parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto code = text_member(*body, "code", {});
  if (code.has_error()) return respond(code.error());
  const auto opened = doorkeeper.sessions.open(*code, read_clock().monotonic);
  if (opened.has_error() && opened.error().fault == Fault::too_large) {
    auto out =
        respond(Trouble{"too_many", ExitCode::refused, 429, "Too many wrong codes came lately.", {}, "Wait a minute. " + remedy, {}});
    out.headers.emplace_back("Retry-After", "60");
    return out;
  }
  told(opened.has_error() ? PageEvent::refused : PageEvent::opened, opened.has_error() ? std::string() : opened->session.account);
  if (opened.has_error())
    return respond(Trouble{"no_login", ExitCode::refused, 401, "This code was used before, or is too old.", {}, remedy, {}});
  auto out = session_json(opened->session);
  out.headers.emplace_back("Set-Cookie", doorkeeper.cookie_for(opened->token));
  return out;
}

}  // namespace

void add_page_files(Router& router, std::span<const PageFile> files) {
  const auto find = [files](std::string_view name) {
    return std::find_if(files.begin(), files.end(), [&](const PageFile& file) { return file.name == name; });
  };
  WARD_ASSERT(find("index.html") != files.end());
  const auto index = find("index.html");
  router.add("GET", "/", [index](const Request& request) { return file_response(*index, request.if_none_match); }, For::anyone);
  const auto asset = [files, find](const Request& request) {
    const auto file = find(request.parameters.at("name"));
    if (file == files.end()) return respond(fail(Fault::not_found, "the page has no such file"));
    return file_response(*file, request.if_none_match);
  };
  router.add("GET", "/assets/{name}", asset, For::anyone);
}

void add_session_routes(Router& router, Doorkeeper& doorkeeper, const char* program, PageWatch watch) {
  const auto told = [watch = std::move(watch)](PageEvent event, const std::string& account) {
    if (watch) watch(event, account);
  };
  const auto make_code = [&doorkeeper, program, told](const Request& request) {
    auto out = new_code(request, doorkeeper, program);
    if (out.status == 201) told(PageEvent::code_made, request.account);
    return out;
  };
  const auto log_in = [&doorkeeper, program, told](const Request& request) { return open_session(request, doorkeeper, program, told); };
  const auto tell = [&doorkeeper](const Request& request) {
    const auto session = doorkeeper.sessions.use(request.session, read_clock().monotonic);
    return session ? session_json(*session) : respond(fail(Fault::not_found, "only a page has a session"));
  };
  const auto log_out = [&doorkeeper, told](const Request& request) {
    if (doorkeeper.sessions.is_open(request.session, read_clock().monotonic)) told(PageEvent::closed, request.account);
    doorkeeper.sessions.close(request.session);
    auto out = respond(json::object{{"ended", true}});
    out.headers.emplace_back("Set-Cookie", doorkeeper.no_cookie());
    return out;
  };
  const auto end_all = [&doorkeeper, told](const Request& request) {
    const auto ended = doorkeeper.sessions.close_all();
    told(PageEvent::all_closed, request.account);
    return respond(json::object{{"ended", ended}});
  };
  router.add("POST", "/v1/page-codes", make_code, For::programs);
  router.add("DELETE", "/v1/sessions", end_all, For::programs);
  router.add("POST", "/v1/session", log_in, For::anyone);
  router.add("GET", "/v1/session", tell, For::callers);
  router.add("DELETE", "/v1/session", log_out, For::callers);
}

}  // namespace ward::runtime
