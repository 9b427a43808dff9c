#pragma once

#include "centre/api.hpp"
#include "tests/storage/city.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

namespace ward::test {

/// A centre's API on a real data file, without a socket.
struct Office {
  explicit Office(City& city)
      : hub(io.get_executor(), *city.centre), api(*city.centre, hub, served, [this] { return now.value_or(runtime::read_clock()); }) {
    api.add_routes(router);
  }

  [[nodiscard]] runtime::Response ask(const std::string& method, std::vector<std::string> path, std::string body = {}, std::string key = {},
                                      std::map<std::string, std::string, std::less<>> query = {}) {
    runtime::Request request;
    request.method = method;
    request.path_parts = std::move(path);
    request.body = std::move(body);
    request.idempotency_key = std::move(key);
    request.query = std::move(query);
    request.caller = runtime::Caller::account;
    request.account = "admin";
    request.log_in = log_in;
    request.owner = owner;
    return router.answer(std::move(request));
  }
  [[nodiscard]] boost::json::object get(std::vector<std::string> path) {
    const auto answer = ask("GET", std::move(path));
    if (answer.status != 200) throw std::runtime_error(answer.body);
    return boost::json::parse(answer.body).as_object();
  }

  boost::asio::io_context io{1};
  centre::Served served{"/", {}, {}, {}};
  centre::Hub hub;
  runtime::Router router;
  std::optional<Now> now;  ///< what deadlines are judged by; none: this machine's clock
  std::string log_in;      ///< of the person who asks
  bool owner = false;      ///< it is root, or the daemon's own account
  centre::Api api;
};

}  // namespace ward::test
