#include "agent/api.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"

#include <sstream>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

constexpr std::size_t key_bytes_max = 255;

Bytes encode_answer(const runtime::Response& response) {
  return copy(view(json::serialize(json::object{{"status", response.status}, {"etag", response.etag}, {"body", response.body}})));
}

runtime::Response decode_answer(BytesView bytes) {
  const auto stored = json::parse(text_of(bytes)).get_object();
  runtime::Response out;
  out.status = stored.at("status").to_number<unsigned>();
  out.etag = std::string(stored.at("etag").get_string());
  out.body = std::string(stored.at("body").get_string());
  return out;
}

}  // namespace

void Api::add_routes(runtime::Router& router) {
  const auto plain = [&](const char* method, std::string_view pattern, Response (Api::*handler)()) {
    router.add(method, pattern, [this, handler](const Request&) { return (this->*handler)(); });
  };
  const auto read = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("GET", pattern, [this, handler](const Request& request) { return (this->*handler)(request); });
  };
  const auto write = [&](std::string_view pattern, Response (Api::*handler)(const Request&)) {
    router.add("POST", pattern, [this, handler](const Request& request) { return once(request, handler); });
  };
  plain("GET", "/v1/status", &Api::status);
  plain("GET", "/v1/health", &Api::health);
  plain("GET", "/metrics", &Api::metrics);
  plain("GET", "/v1/receipt", &Api::receipt);
  plain("GET", "/v1/inbox", &Api::inbox);
  plain("POST", "/v1/verification", &Api::verify);
  router.add("POST", "/v1/sync", [this](const Request& request) { return sync(request); });
  read("/v1/dossiers", &Api::list);
  read("/v1/dossiers/{code}", &Api::show);
  read("/v1/dossiers/{code}/history", &Api::history);
  read("/v1/inbox/{id}", &Api::conflict);
  write("/v1/dossiers", &Api::create);
  write("/v1/dossiers/{code}/changes", &Api::change);
  write("/v1/inbox/{id}/resolutions", &Api::resolve);
  write("/v1/imports", &Api::import_lines);
  write("/v1/edits", &Api::apply_lines);
}

runtime::Response Api::once(const Request& request, Response (Api::*write)(const Request&)) {
  if (request.idempotency_key.empty()) return (this->*write)(request);
  if (request.idempotency_key.size() > key_bytes_max) return refuse(fail(Fault::invalid, "an Idempotency-Key has at most 255 bytes"));
  std::string what = request.method;
  for (const auto& part : request.path_parts) what += '/' + part;
  const auto named = crypto::hash<Hash>(
      "wsync-request", {}, {view(what), BytesView(Array<1>{}), view(request.account), BytesView(Array<1>{}), view(request.body)});
  auto before = storage::answered_before(ward_.store.store(), request.idempotency_key, named);
  if (before.has_error()) return refuse(before.error());
  if (*before) return decode_answer(**before);
  auto answer = (this->*write)(request);
  if (answer.status >= 400) return answer;  // nothing was saved: a repeat may fare better
  const auto remembered =
      storage::remember_answer(ward_.store.store(), request.idempotency_key, named, encode_answer(answer), runtime::read_clock().wall);
  if (remembered.has_error()) runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(remembered.error())});
  return answer;
}

Result<std::vector<storage::Saved>> Api::save(const std::vector<storage::NewChange>& changes) {
  auto saved = ward_.store.save(changes, runtime::read_clock());
  if (saved.has_value()) {
    ward_.outbox_grew();
  } else if (reaction_to(saved.error().fault) == Reaction::stop) {
    ward_.fail_with(saved.error());
  }
  return saved;
}

runtime::Response refuse(const Error& error) {
  auto trouble = runtime::trouble_of(error);
  if (error.fault == Fault::ambiguous) {
    json::array ids;
    std::istringstream words(error.detail);
    for (std::string word; words >> word;)
      if (word.starts_with("id:")) ids.emplace_back(word);
    trouble.more["ids"] = std::move(ids);
  }
  if (reaction_to(error.fault) == Reaction::stop) runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(error)});
  return respond(trouble);
}

}  // namespace ward::agent
