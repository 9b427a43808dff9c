#pragma once

#include "agent/api.hpp"
#include "tests/storage/city.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

namespace ward::test {

/// A ward PC's API on a real data file, without a socket: requests go straight to the router.
struct Desk {
  Desk(City& city, std::uint64_t seed) : pc(city.enrol("W-VYDA", seed)), ward(*std::move(pc.store), city.dir.path(), io.get_executor()) {
    api.add_routes(router);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  /// One link to the centre, until nothing is left to say.
  void meet(City& city) {
    pc.store.emplace(std::move(ward.store));
    test::sync(city, pc);
    ward.store = *std::move(pc.store);
  }

  [[nodiscard]] runtime::Response ask(const std::string& method, const std::string& path, std::string body = {}, std::string key = {},
                                      std::map<std::string, std::string, std::less<>> query = {}, std::string held = {}) {
    runtime::Request request;
    request.method = method;
    std::string part;
    for (const char c : path.substr(1) + "/") {
      if (c != '/') {
        part.push_back(c);
      } else {
        request.path_parts.push_back(std::exchange(part, {}));
      }
    }
    request.query = std::move(query);
    request.body = std::move(body);
    request.idempotency_key = std::move(key);
    request.if_none_match = std::move(held);
    request.caller = session.empty() ? runtime::Caller::account : runtime::Caller::page;
    request.account = "lan";
    request.session = session;
    request.log_in = log_in;
    return router.answer(std::move(request));
  }
  /// The answer to what must succeed.
  [[nodiscard]] boost::json::object get(const std::string& path) { return object(ask("GET", path)); }
  [[nodiscard]] static boost::json::object object(const runtime::Response& response) {
    if (response.status >= 400) throw std::runtime_error(response.body);
    return boost::json::parse(response.body).as_object();
  }
  [[nodiscard]] static runtime::Trouble trouble(const runtime::Response& response) {
    return runtime::trouble_of_json(response.body, response.status);
  }

  /// This machine's clock from now on, so much ahead.
  void later(std::chrono::milliseconds time) {
    now = runtime::read_clock();
    now->wall.ms += time.count();
  }

  boost::asio::io_context io{1};
  Pc pc;
  agent::Ward ward;
  runtime::Router router;
  std::optional<Now> now;  ///< what deadlines are judged by; none: this machine's clock
  std::string log_in;      ///< of the person who asks, on a command line
  std::string session;     ///< of the page that asks; empty: none does
  agent::Api api{ward, [this] { return now.value_or(runtime::read_clock()); }};
};

/// A whole dossier in the national form.
[[nodiscard]] inline std::string national(const std::string& code, const std::string& owner) {
  return R"({"MaHoSo":")" + code + R"(","MaTTHC":"1.003583","ChuHoSo":")" + owner +
         R"(","GioiTinhChuHoSo":"Nam","TrangThaiHoSo":"2","TongLePhi":0})";
}

}  // namespace ward::test
