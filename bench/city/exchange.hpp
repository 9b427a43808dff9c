#pragma once

#include "bench/city/city.hpp"

#include <chrono>
#include <cstddef>
#include <ctime>

namespace ward::bench {

/// One direction of a TCP connection, as IP carries it: 20 bytes of IP, 20 of TCP, 12 of timestamps, MSS 1448.
struct Wire {
  std::size_t payload = 0;
  std::size_t segments = 0;  ///< with data
  std::size_t acks = 0;      ///< of it, the other way: one for every two segments of a burst and one for its last, none on the back of data
  std::size_t acks_of_last = 0;

  void send(std::size_t bytes);
  [[nodiscard]] std::size_t total() const;
};

inline constexpr std::size_t packet_header = 52;
inline constexpr std::size_t tcp_opening = 60 + 60 + 52;  ///< SYN, SYN-ACK, ACK

struct Spent {
  double cpu_s = 0;  ///< of this process
  double wall_s = 0;
};
/// What `work` took.
template <class Work>
Spent spent(Work&& work) {
  const auto cpu = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const auto cpu_before = cpu();
  const auto before = std::chrono::steady_clock::now();
  work();
  return {cpu() - cpu_before, std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count()};
}

struct Exchange {
  Wire up, down;
  std::size_t message_1 = 0, message_2 = 0;  ///< with preface and frame
  std::size_t runs = 0;                      ///< bytes of runs that the ward pushed
  std::size_t until_receipt = 0;             ///< IP bytes both ways until the last receipt had come; its acknowledgement comes after
  std::size_t records = 0;                   ///< stored at the centre
  Spent centre;                              ///< by the centre's engine and store until the last receipt was sent
  Spent merging;                             ///< the registry's, after that

  [[nodiscard]] std::size_t total() const { return tcp_opening + up.total() + down.total(); }
};

/// One link between the shipped engines and stores, from TCP's SYN until all is receipted, applied at the registry and told to the ward.
/// `sealed`: as to a relay that can open nothing.
[[nodiscard]] Exchange exchange(City& city, bool sealed = false);

}  // namespace ward::bench
