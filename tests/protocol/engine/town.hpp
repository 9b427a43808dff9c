#pragma once

#include "tests/protocol/engine/rig.hpp"
#include "tests/support/made.hpp"

namespace ward::test {

/// Two approved PCs of one ward and their centre, with nothing saved yet.
struct Town {
  City city;
  Pc pc{10}, other_pc{20};
  FakeCentre centre{city};
  FakeWard ward{&city, &pc, {}};
  FakeWard other{&city, &other_pc, {}};

  Town() {
    city.enter(pc.entry(city));
    city.enter(other_pc.entry(city));
    ward.disk.policy = city.policy.entries();
    other.disk.policy = city.policy.entries();
  }
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  /// What a receipt says is at the centre is there, with a stamp that the ward knows, and a cursor stands behind nothing that its ward does
  /// not hold.
  [[nodiscard]] bool nothing_is_claimed_too_early() const { return claims_hold(ward) && claims_hold(other); }
  /// And `ward` has nothing left to send or to fetch.
  [[nodiscard]] bool all_is_well() const {
    return nothing_is_claimed_too_early() && ward.disk.unreceipted() == 0 && holds_until(ward, centre.disk.log.size());
  }

 private:
  [[nodiscard]] bool claims_hold(const FakeWard& at) const {
    for (const auto& own : at.disk.outbox) {
      const auto& statement = own.rows.statement.statement;
      bool there = false;
      for (const auto& entry : centre.disk.log) there = there || entry.rows.statement.statement == statement;
      if (own.receipted && (!there || !own.rows.stamp)) return false;
    }
    return holds_until(at, at.disk.cursor);
  }
  [[nodiscard]] bool holds_until(const FakeWard& at, std::uint64_t cursor) const {
    for (std::uint64_t i = 0; i < cursor && i < centre.disk.log.size(); ++i) {
      const auto& entry = centre.disk.log[i];
      if (entry.device == at.pc->id) continue;
      for (const auto& rid : entry.rids)
        if (!at.disk.received.contains(rid)) return false;
    }
    return true;
  }
};

}  // namespace ward::test
