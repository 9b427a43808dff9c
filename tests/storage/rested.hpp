#pragma once

#include "storage/centre_parts.hpp"
#include "storage/desk_writer.hpp"
#include "storage/summaries.hpp"
#include "tests/storage/journey.hpp"

/// A ward with dossiers that rest, and what tests of summaries ask of it.
namespace ward::test {

/// A ward whose dossiers rest, and one that does not.
struct Rested {
  City city;
  Pc a = city.enrol(vyda, 1);
  std::vector<Did> ended;
  Did open;

  Rested() {
    for (int i = 0; i < 4; ++i) {
      const auto did =
          save(city, a, sample_dossier("H57-" + std::to_string(i), "Nguyễn Thị " + std::string(1, static_cast<char>('A' + i)))).did;
      sync(city, a);
      for (const auto* status : {"4", "9", "10"}) {
        (void)save(city, a, edit(did, {set("TrangThaiHoSo", status), note("bước " + std::string(status))}));
        sync(city, a);
      }
      ended.push_back(did);
    }
    open = save(city, a, sample_dossier("H57-open", "Lê Văn Mở")).did;
    sync(city, a);
    city.pass(std::chrono::days(31));
  }
  std::size_t summarise() {
    std::size_t out = 0;
    for (bool more = true; more;) {
      const auto done = must(city.centre->write_summaries(city.now));
      out += done.written;
      more = done.more;
    }
    return out;
  }
};

inline std::size_t changes_at(Pc& pc, const Did& did) {
  return must(pc->store().db.read("changes", [&]() -> Result<std::size_t> {
    std::size_t out = 0;
    for (const auto& stored : storage::records_of_dossier(pc->store(), storage::find_dossier_row(pc->store(), did)))
      if (stored.record.header.type == record::Type::change) ++out;
    return out;
  }));
}
inline bool records_here(Pc& pc, const Did& did) {
  return must(pc->store().db.read(
      "records", [&]() -> Result<bool> { return storage::records_are_here(pc->store(), storage::find_dossier_row(pc->store(), did)); }));
}
inline std::string alarm_at(City& city, Pc& pc) { return must(pc->progress(city.now)).alarm; }

/// As the centre's own device would write it if somebody had taken the centre.
inline void write_a_lie(City& city, const Did& did, const std::function<void(record::SummaryBody&)>& lie) {
  auto& store = city.centre->store();
  std::optional<storage::DeskWriter> writer;
  must(store.db.transact("lie", [&]() -> Result<void> {
    storage::Enrolment enrolment(*city.centre);
    writer.emplace(*city.centre, enrolment, storage::desk_keys(city.keys, "C-TTHCC"), city.now);
    WARD_CHECK(writer->begin());
    const auto dossier = storage::find_dossier_row(store, did);
    auto body = *storage::summarise(store, dossier, {{}, false, false});
    lie(body);
    CHECK(must(writer->summarise(dossier, body)));
    return writer->finish();
  }));
  writer->keep();
}

inline void rename(record::SummaryBody& body) {
  auto state = must(merge::decode_state(body.state));
  for (auto& field : state.fields)
    if (field.name == "ChuHoSo") field.value = "Kẻ Khác";
  body.state = merge::encode_state(state);
}

inline void put_back(Pc& pc, const std::string& copy) {
  pc.store.reset();
  for (const auto* tail : {"-wal", "-shm"}) std::filesystem::remove(pc.path + tail);
  std::filesystem::copy_file(copy, pc.path, std::filesystem::copy_options::overwrite_existing);
  pc.reopen();
}

}  // namespace ward::test
