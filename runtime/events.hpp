#pragma once

#include "runtime/http.hpp"

#include <deque>
#include <list>

/// What happened lately, for whoever listens on `GET /v1/events` (server-sent events). One thread.
namespace ward::runtime {

/// A ring of numbered events. An id is `EPOCH-NUMBER`; the epoch is drawn at each start, so ids of before a restart are known as such.
class EventLog {
 public:
  EventLog();

  /// Data are small: ids and counters, nothing that a person entered but a dossier's code.
  void add(std::string_view name, const boost::json::object& data);

 private:
  friend class EventReader;
  struct Event {
    std::uint64_t number = 0;
    std::string text;  ///< as it is sent
  };
  [[nodiscard]] std::string id_of(std::uint64_t number) const;

  std::string epoch_;
  std::deque<Event> events_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;                      ///< number of the newest that ever was
  std::list<std::function<void()>> listeners_;  ///< called after each new event
};

/// One listener's place in the log: gets each event after that place once, in order. Where that is impossible (the ring does not reach
/// back, the daemon was started anew) it gets one `resync` instead, after which it must read everything anew.
class EventReader {
 public:
  /// `after`: the id that it saw last; empty: it begins now, and `ready` tells it where that is. `log` outlives it.
  EventReader(EventLog& log, std::string_view after, std::function<void()> wake);
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;
  ~EventReader();

  /// What is new, as it is sent; empty when nothing is. Bounded: there may be more.
  [[nodiscard]] std::string take();

 private:
  [[nodiscard]] std::string begin_here(std::string_view name);

  EventLog& log_;
  std::list<std::function<void()>>::iterator listener_;
  std::uint64_t next_ = 0;
  std::string first_;  ///< what it must hear before any event
};

/// `GET /v1/events`. The log outlives the router.
void add_event_route(Router& router, EventLog& log);

}  // namespace ward::runtime
