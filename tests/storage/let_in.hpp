#pragma once

#include "protocol/course/course.hpp"
#include "protocol/run/run.hpp"
#include "storage/dossiers.hpp"
#include "storage/grants.hpp"
#include "storage/quarantine.hpp"
#include "storage/segments.hpp"
#include "storage/set_aside.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// What a person lets in: work of a revoked device, and one of two records with one number (docs/adr/0015).
namespace ward::test {

using segment::Rows;

/// As the file carries it.
inline std::vector<Rows> carried(const std::vector<Rows>& rows) { return must(run::decode_run(run::encode_run(rows))); }

inline std::vector<Rows> handed_in_by(Pc& pc) { return carried(must(pc->hand_in(0))); }

/// Two PCs of one ward; the second wrote two changes and a new dossier that nobody got before it was revoked.
struct Revoked {
  Revoked() {
    did = save(city, first, sample_dossier("H57-1", "A")).did;
    sync(city, first);
    sync(city, second);
    (void)save(city, second, edit(did, {set("SoDienThoai", "unsent")}));
    lodged = save(city, second, sample_dossier("H57-2", "Lodged there")).did;
    second.reopen();
    (void)save(city, second, edit(did, {set("Email", "later@run.vn")}));
    must(city.centre->revoke(device(), "broken line, replaced", city.now.wall));
  }
  [[nodiscard]] DeviceId device() { return second->membership().device; }
  void bring() { (void)must(city.centre->take_handed_in(handed_in_by(second), city.now.wall)); }
  [[nodiscard]] std::vector<storage::HandedIn> waiting() {
    auto out = must(city.centre->handed_in());
    std::erase_if(out, [](const auto& line) { return !line.rejected.empty(); });
    return out;
  }
  /// As a person does it: what was shown is admitted.
  Result<void> admit(const storage::HandedIn& line, bool in_full, std::optional<Seq> until = {}) {
    storage::WantedHandedIn wanted{line.device, line.incarnation, until, in_full, "known work", {}};
    WARD_TRY(const auto looked_at, city.centre->look_at_handed_in(wanted, city.now.wall));
    wanted.head = looked_at.head;
    return city.centre->admit_handed_in(wanted, city.now.wall);
  }
  void admit_all(bool in_full) {
    for (const auto& line : waiting()) must(admit(line, in_full));
    while (must(city.centre->apply_pending(10))) {
    }
  }

  City city;
  Pc first = city.enrol("W-VYDA", 1);
  Pc second = city.enrol("W-VYDA", 2);
  Did did, lodged;
};

inline void check_sites_agree(City& city, Pc& pc) {
  sync(city, pc);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
}

/// Another phone number under the number of the last of `rows`, by the same device: what a running machine's snapshot would write.
inline Rows twin_of(const Rows& rows, Pc& pc, const std::string& value = "twin") {
  auto out = rows;
  auto& store = pc->store();
  auto& last = std::get<segment::SealedRow>(out.rows.back()).record;
  const auto& position = last.header.position;
  must(store.db.read("twin", [&]() -> Result<void> {
    const auto& key = *storage::find_key(store, last.header.key_id);
    auto change = must(record::decode_change(must(record::open(last, key, store.org)), position));
    change.ops.front().value = record::Value(value);
    last = record::seal(last.header, record::encode_change(change, position), key, store.org);
    return {};
  }));
  std::vector<Rid> rids;
  for (const auto& row : out.rows) rids.push_back(record::rid_of(std::get<segment::SealedRow>(row).record));
  out.statement.statement.root = segment::root_of(rids);
  out.statement = segment::sign(out.statement.statement, store.org, pc.keys.device.sign);
  return out;
}

}  // namespace ward::test
