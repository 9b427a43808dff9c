#pragma once

#include "storage/dossiers.hpp"
#include "storage/grants.hpp"
#include "storage/segments.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// Dossiers that travel between units.
namespace ward::test {

inline const UnitCode vyda = "W-VYDA";
inline const UnitCode thuan_hoa = "W-THUANHOA";
inline const UnitCode tu_phap = "D-TUPHAP";

inline merge::DossierState state_at(storage::Store& store, const Did& did) { return must(storage::show_dossier(store, did)).state; }
inline merge::DossierState state_at(Pc& pc, const Did& did) { return state_at(pc->store(), did); }

inline bool has(Pc& pc, const Did& did) { return storage::show_dossier(pc->store(), did).has_value(); }

inline storage::Saved offer(City& city, Pc& pc, const Did& did, const UnitCode& to) {
  return save(city, pc, edit(did, {merge::offer(to)}));
}
inline OpId pending(Pc& pc, const Did& did, const UnitCode& to) {
  for (const auto& one : state_at(pc, did).custody.pending)
    if (one.to == to) return one.op;
  throw std::runtime_error("no such offer is open here");
}
inline storage::Saved accept(City& city, Pc& pc, const Did& did, const UnitCode& to) {
  return save(city, pc, edit(did, {merge::accept(pending(pc, did, to))}));
}
inline storage::Saved recall(City& city, Pc& pc, const Did& did, const UnitCode& to) {
  return save(city, pc, edit(did, {merge::recall(pending(pc, did, to))}));
}
inline storage::Saved write(City& city, Pc& pc, const Did& did, const std::string& phone) {
  return save(city, pc, edit(did, {set("SoDienThoai", phone)}));
}
inline record::Op note(const std::string& text) { return {record::OpKind::append, {record::Step::field("QuaTrinhXuLy")}, text, {}}; }
inline record::Op payment(const std::string& number) {
  return {record::OpKind::append,
          {record::Step::field("BienLai")},
          record::canonical({{"KyHieu", "AA"}, {"SoBienLai", number}, {"SoTien", std::int64_t{5000}}}),
          {}};
}

/// All changes of a dossier that a site holds, and those that it can read.
struct Held {
  std::set<Position> all, read;
};
inline Held held(storage::Store& store, const Did& did) {
  return must(store.db.read("held", [&]() -> Result<Held> {
    Held out;
    const auto dossier = storage::find_dossier_row(store, did);
    for (const auto& stored : storage::records_of_dossier(store, dossier))
      if (stored.record.header.type == record::Type::change) out.all.insert(stored.record.header.position);
    for (const auto& fact : storage::facts_of(store, dossier)) out.read.insert(fact.position);
    return out;
  }));
}
inline bool holds(Pc& pc, const storage::Saved& saved) { return held(pc->store(), saved.did).all.contains(saved.position); }
inline bool reads(Pc& pc, const storage::Saved& saved) { return held(pc->store(), saved.did).read.contains(saved.position); }

inline std::vector<storage::KeyLine> tips(storage::Store& store, const Did& did) {
  return must(store.db.read("keys", [&]() -> Result<std::vector<storage::KeyLine>> {
    return storage::tips_with_holders(store, storage::find_dossier_row(store, did));
  }));
}

inline void sync_all(City& city, std::initializer_list<Pc*> pcs) {
  for (int i = 0; i < 2; ++i)
    for (auto* pc : pcs) sync(city, *pc);
}

inline void check_same(City& city, const Did& did, std::initializer_list<Pc*> readers) {
  const auto wanted = state_at(city.centre->store(), did);
  for (auto* pc : readers) {
    CHECK(state_at(*pc, did) == wanted);
    CHECK(must((*pc)->report(city.now)).waiting == 0);
  }
}
inline void check_sound(City& city, std::initializer_list<Pc*> pcs) {
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
  for (auto* pc : pcs) CHECK(must(storage::verify_store((*pc)->store())).damage == std::vector<std::string>{});
}

/// A dossier with a past, and PCs of two units that pulled beyond it.
struct Two {
  City city;
  Pc a = city.enrol(vyda, 1);
  Pc a2 = city.enrol(vyda, 2);
  Pc b = city.enrol(thuan_hoa, 3);
  Did did = save(city, a, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;

  Two() {
    for (int i = 0; i < 5; ++i) {
      (void)write(city, a, did, std::to_string(i));
      (void)save(city, a, sample_dossier("H57-other-" + std::to_string(i), "B"));
      sync(city, a);
    }
    (void)save(city, b, sample_dossier("H57-own", "C"));
    sync_all(city, {&a, &a2, &b});
  }
};

}  // namespace ward::test
