#include "runtime/repeats.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/json_input.hpp"

#include <boost/json.hpp>

namespace ward::runtime {
namespace {

namespace json = boost::json;

constexpr std::size_t key_bytes_max = 255;

/// The body without what signs the act: whoever reads the database could else try passphrases as fast as this hash is.
std::string without_sign(const std::string& body) {
  auto object = parse_object(body);
  if (object.has_error() || object->erase("sign") == 0) return body;
  return json::serialize(*object);
}

}  // namespace

Result<Hash> name_of_request(const Request& request) {
  if (request.idempotency_key.size() > key_bytes_max) return fail(Fault::invalid, "an Idempotency-Key has at most 255 bytes");
  std::string what = request.method;
  for (const auto& part : request.path_parts) what += '/' + part;
  for (const auto& [name, value] : request.query) what += '?' + name + '=' + value;
  auto who = request.account;
  if (!request.user.empty()) who += '\0' + request.user;
  const auto body = without_sign(request.body);
  return crypto::hash<Hash>("wsync-request", {}, {view(what), BytesView(Array<1>{}), view(who), BytesView(Array<1>{}), view(body)});
}

Bytes encode_answer(const Response& response) {
  return copy(view(json::serialize(json::object{{"status", response.status}, {"etag", response.etag}, {"body", response.body}})));
}

Response decode_answer(BytesView bytes) {
  const auto stored = json::parse(text_of(bytes)).get_object();
  Response out;
  out.status = stored.at("status").to_number<unsigned>();
  out.etag = std::string(stored.at("etag").get_string());
  out.body = std::string(stored.at("body").get_string());
  return out;
}

}  // namespace ward::runtime
