#include "runtime/repeats.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ward;
using namespace ward::runtime;

namespace {

Request request_of(std::string body) {
  Request out;
  out.method = "POST";
  out.path_parts = {"v1", "dossiers", "H57-1", "status"};
  out.account = "lan";
  out.idempotency_key = "k";
  out.body = std::move(body);
  return out;
}

}  // namespace

TEST_CASE("repeats: what signs an act is not in the name of its request") {
  const auto plain = *name_of_request(request_of(R"({"status":"9"})"));
  for (const auto* sign : {R"({"key":"a","passphrase":"con trau"})", R"({"key":"b","passphrase":"x"})", "null", "7"})
    CHECK(*name_of_request(request_of(R"({"status":"9","sign":)" + std::string(sign) + "}")) == plain);
}

TEST_CASE("repeats: method, path, query, account and body each make another request") {
  std::set<Hash> names{*name_of_request(request_of("{}"))};
  const auto differs = [&](auto&& change) {
    auto request = request_of("{}");
    change(request);
    CHECK(names.insert(*name_of_request(request)).second);
  };
  differs([](Request& r) { r.method = "DELETE"; });
  differs([](Request& r) { r.path_parts.back() = "changes"; });
  differs([](Request& r) { r.query["form"] = "csv"; });
  differs([](Request& r) { r.account = "hoa"; });
  differs([](Request& r) { r.body = R"({"a":1})"; });
  differs([](Request& r) { r.body = "not JSON"; });
  auto long_key = request_of("{}");
  long_key.idempotency_key.assign(256, 'k');
  CHECK(name_of_request(long_key).error().fault == Fault::invalid);
}
