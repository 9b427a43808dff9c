#pragma once

#include "protocol/base/limits.hpp"
#include "protocol/record/change.hpp"
#include "protocol/segment/elided.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

/// Rows of every kind, the same for a seed every time. Nothing is sealed or signed for real: a run carries bytes, it does not judge them.
namespace ward::test {

class RowMaker {
 public:
  explicit RowMaker(std::uint64_t seed) : random_(seed) {}

  template <class F>
  F fixed() {
    F out;
    for (auto& byte : out.bytes) byte = static_cast<std::uint8_t>(random_());
    return out;
  }
  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t percent) { return below(100) < percent; }

  record::Change change(const Position& own, std::vector<Position> seen);
  record::Value value(std::size_t depth);
  /// A whole segment, rows in leaf order.
  segment::Rows segment(std::size_t records);
  /// Some rows of a segment, with stamps as from the centre.
  segment::Rows subset(std::size_t records);
  /// A whole segment whose changes name a head of their dossier, so that `elided.dossiers` may be set.
  segment::Rows chained(std::size_t records);
  /// Of every change so far.
  std::map<Position, segment::Holding> held;

 private:
  segment::Row row(const record::Header& header, BytesView plain);
  segment::Rows begin(std::size_t records);
  void end(segment::Rows& rows, std::vector<segment::Row> made);
  std::vector<Position> find_dossier(record::Header& named);
  record::Header header(Seq seq);

  std::mt19937_64 random_;
  DeviceId device_ = fixed<DeviceId>();
  Incarnation incarnation_ = fixed<Incarnation>();
  Seq next_ = below(1000);
  std::uint64_t ms_ = 1'622'500'000'000;
  std::vector<std::pair<Did, KeyId>> dossiers_;
  std::vector<Position> changes_;
};

}  // namespace ward::test
