#include "runtime/events.hpp"

#include "runtime/entropy.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>

namespace ward::runtime {
namespace {

constexpr std::size_t events_max = 1024;
constexpr std::size_t bytes_max = 512 * 1024;
constexpr std::size_t taken_bytes_max = 64 * 1024;

std::string frame(const std::string& id, std::string_view name, const std::string& data) {
  return "id: " + id + "\nevent: " + std::string(name) + "\ndata: " + data + "\n\n";
}

}  // namespace

EventLog::EventLog() {
  Array<8> drawn{};
  fill_random(drawn);
  epoch_ = hex(drawn);
}

std::string EventLog::id_of(std::uint64_t number) const { return epoch_ + "-" + std::to_string(number); }

void EventLog::add(std::string_view name, const boost::json::object& data) {
  ++last_;
  events_.push_back({last_, frame(id_of(last_), name, boost::json::serialize(data))});
  bytes_ += events_.back().text.size();
  while (events_.size() > events_max || bytes_ > bytes_max) {
    bytes_ -= events_.front().text.size();
    events_.pop_front();
  }
  for (const auto& wake : listeners_) wake();
}

EventReader::EventReader(EventLog& log, std::string_view after, std::function<void()> wake)
    : log_(log), listener_(log.listeners_.insert(log.listeners_.end(), std::move(wake))), next_(log.last_ + 1) {
  if (after.empty()) {
    first_ = begin_here("ready");
    return;
  }
  std::uint64_t seen = 0;
  const auto dash = std::min(after.find('-'), after.size());
  const auto digits = after.substr(std::min(dash + 1, after.size()));
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seen);
  const bool is_ours = error == std::errc() && end == digits.data() + digits.size() && after.substr(0, dash) == log_.epoch_;
  if (is_ours && seen <= log_.last_)
    next_ = seen + 1;
  else
    first_ = begin_here("resync");
}

EventReader::~EventReader() { log_.listeners_.erase(listener_); }

std::string EventReader::begin_here(std::string_view name) {
  next_ = log_.last_ + 1;
  return frame(log_.id_of(log_.last_), name, "{}");
}

std::string EventReader::take() {
  const auto& events = log_.events_;
  const auto oldest = events.empty() ? log_.last_ + 1 : events.front().number;
  if (next_ < oldest) first_ = begin_here("resync");
  auto out = std::exchange(first_, {});
  for (; next_ <= log_.last_ && out.size() < taken_bytes_max; ++next_) out += events[next_ - oldest].text;
  return out;
}

void add_event_route(Router& router, EventLog& log) {
  const auto listen = [&log](const Request& request) {
    Response out;
    out.content_type = "text/event-stream";
    out.events = &log;
    out.resume_after = request.last_event_id.empty() ? request.query_or("after", "") : request.last_event_id;
    return out;
  };
  router.add("GET", "/v1/events", listen, For::callers);
}

}  // namespace ward::runtime
