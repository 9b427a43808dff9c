#include "runtime/events.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::runtime;

namespace {

/// What a reader heard: names of events, and the newest id.
struct Heard {
  void take(EventReader& reader) {
    for (auto text = reader.take(); !text.empty(); text = reader.take()) {
      for (std::size_t at = 0; at < text.size(); at = text.find("\n\n", at) + 2) {
        const auto line = [&](std::string_view name) {
          const auto from = text.find(name, at) + name.size();
          return text.substr(from, text.find('\n', from) - from);
        };
        last = line("id: ");
        names.push_back(line("event: "));
        data.push_back(line("data: "));
      }
    }
  }
  std::vector<std::string> names, data;
  std::string last;
};

Heard hear(EventLog& log, const std::string& after) {
  Heard out;
  EventReader reader(log, after, [] {});
  out.take(reader);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("events: a new listener is told where it begins, and hears what comes after") {
  EventLog log;
  log.add("saved", {{"n", 1}});
  int woken = 0;
  Heard heard;
  EventReader reader(log, "", [&] { ++woken; });
  heard.take(reader);
  CHECK(heard.names == Names{"ready"});
  log.add("saved", {{"n", 2}});
  CHECK(woken == 1);
  heard.take(reader);
  CHECK(heard.data == Names{"{}", R"({"n":2})"});
  CHECK(reader.take().empty());
}

TEST_CASE("events: who comes back hears what it missed, without a gap and without a repeat") {
  EventLog log;
  auto heard = hear(log, "");
  for (int i = 0; i < 5; ++i) log.add("saved", {{"n", i}});
  heard = hear(log, heard.last);
  CHECK(heard.data == Names{R"({"n":0})", R"({"n":1})", R"({"n":2})", R"({"n":3})", R"({"n":4})"});
  CHECK(hear(log, heard.last).names.empty());
  log.add("link", {});
  CHECK(hear(log, heard.last).names == Names{"link"});
}

TEST_CASE("events: who was away too long, or comes from before a restart, or from nowhere, is told to read anew") {
  EventLog log;
  log.add("saved", {});
  const auto before = hear(log, "").last;
  for (int i = 0; i < 1024; ++i) log.add("saved", {{"n", i}});
  CHECK(hear(log, before).names.size() == 1024);
  log.add("saved", {});
  const auto late = hear(log, before);
  CHECK(late.names == Names{"resync"});
  CHECK(hear(log, late.last).names.empty());
  EventLog restarted;
  restarted.add("saved", {});
  CHECK(hear(restarted, before).names == Names{"resync"});
  const auto epoch = before.substr(0, before.find('-'));
  for (const auto& wrong : {epoch + "-9999999", epoch + "-", epoch, epoch + "-1x", std::string("-1"), std::string("x"), epoch + "--1"}) {
    CAPTURE(wrong);
    CHECK(hear(log, wrong).names == Names{"resync"});
  }
}

TEST_CASE("events: a listener that the ring has overtaken is told so, once") {
  EventLog log;
  EventReader reader(log, "", [] {});
  Heard heard;
  heard.take(reader);
  for (int i = 0; i < 3000; ++i) log.add("saved", {{"text", std::string(500, 'x')}});
  heard.take(reader);
  CHECK(heard.names == Names{"ready", "resync"});
  log.add("link", {});
  heard.take(reader);
  CHECK(heard.names.back() == "link");
}
