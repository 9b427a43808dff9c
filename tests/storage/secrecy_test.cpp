#include "storage/dossiers.hpp"
#include "storage/segments.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <boost/json.hpp>

#include <fstream>
#include <set>

/// Who has the disk and not the key file reads nothing personal (records.md §8).
namespace ward::test {
namespace {

namespace json = boost::json;

record::Value value_of(const json::value& from) {
  if (from.is_string()) return std::string(from.as_string());
  if (from.is_int64()) return from.as_int64();
  if (from.is_bool()) return from.as_bool();
  if (from.is_object()) {
    record::Map map;
    for (const auto& [name, value] : from.as_object()) map.push_back({std::string(name), value_of(value)});
    return record::canonical(std::move(map));
  }
  if (!from.is_array()) return {};
  record::List list;
  for (const auto& item : from.as_array()) list.push_back(value_of(item));
  return list;
}

storage::NewChange dossier_of(const json::object& line) {
  std::vector<record::Op> ops;
  for (const auto& [name, value] : line) {
    if (!value.is_array()) {
      ops.push_back(set(std::string(name), value_of(value)));
      continue;
    }
    for (const auto& element : value.as_array()) {
      auto op = set(std::string(name), value_of(element));
      op.kind = name == "BienLai" || name == "QuaTrinhXuLy" ? record::OpKind::append : record::OpKind::add;
      ops.push_back(std::move(op));
    }
  }
  return new_dossier(std::move(ops));
}

std::vector<json::object> samples() {
  std::vector<json::object> out;
  std::ifstream in("tests/data/dossiers-200.jsonl");
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line).as_object());
  return out;
}

std::string all_files(const TempDir& dir) {
  std::string out;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    out.append(std::istreambuf_iterator<char>(in), {});
  }
  return out;
}

std::set<std::string> personal_texts(const std::vector<json::object>& dossiers) {
  std::set<std::string> out;
  for (const auto& dossier : dossiers)
    for (const auto* name : {"ChuHoSo", "SoGiayToChuHoSo", "SoDienThoai", "DiaChiChuHoSo", "NguoiNop", "Email", "TrichYeuHoSo"})
      if (const auto* value = dossier.if_contains(name); value != nullptr && value->is_string() && value->as_string().size() > 5)
        out.emplace(value->as_string());
  return out;
}

}  // namespace

TEST_CASE("after an import of whole dossiers nothing personal is in the files of a ward or the centre") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto dossiers = samples();
  REQUIRE(dossiers.size() == 200);
  std::vector<storage::NewChange> changes;
  for (const auto& dossier : dossiers) changes.push_back(dossier_of(dossier));
  const auto saved = must(first->save(changes, city.now));
  for (std::size_t i = 0; i < 20; ++i) {
    (void)save(city, first, edit(saved[i].did, {set("ChuHoSo", std::string(dossiers[i + 20].at("ChuHoSo").as_string()))}));
  }
  must(storage::remember_answer(first->store(), "key", made<Hash>(1), view(dossiers[0].at("ChuHoSo").as_string()), city.now.wall));
  sync(city, first);
  sync(city, second);
  CHECK(all_states(first->store()) == all_states(second->store()));
  CHECK(all_states(first->store()) == all_states(city.centre->store()));
  storage::DossierQuery query;
  query.search = "nguyen";
  CHECK_FALSE(must(storage::list_dossiers(second->store(), query)).lines.empty());

  const auto texts = personal_texts(dossiers);
  REQUIRE(texts.size() > 400);
  const auto files = all_files(city.dir);
  REQUIRE(files.size() > 1'000'000);
  REQUIRE(files.find("000.45.22.H57") != std::string::npos);  // codes are not personal; and the files were read
  for (const auto& text : texts) {
    CAPTURE(text.size());
    CHECK(files.find(text) == std::string::npos);
  }
}

TEST_CASE("keys, seeds and tickets' secrets lie sealed") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  const auto rows = must(pc->read_outbox({1, 256, false}, city.now)).rows;
  REQUIRE(rows.front().key_seed.has_value());
  const auto files = all_files(city.dir);
  const auto lies_open = [&](BytesView secret) { return files.find(text_of(secret)) != std::string::npos; };
  CHECK_FALSE(lies_open(*rows.front().key_seed));
  for (const auto& [id, key] : pc->store().keys.dossier_keys) {
    if (id == crypto::key_id_of(record::open_key(city.centre->store().org))) continue;
    CHECK_FALSE(lies_open(key.view()));
    CHECK(lies_open(id.view()));
  }
  for (const auto& [unit, seed] : pc->store().keys.unit_seeds) CHECK_FALSE(lies_open(seed.view()));
  CHECK_FALSE(lies_open(pc.keys.local.view()));
}

TEST_CASE("errors and damage lines never repeat what a person entered") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  const auto error = pc->save({edit(did, {set("ChuHoSo", std::string("Linh") + std::string(5000, 'x'))})}, city.now).error();
  CHECK(error.detail.find("Linh") == std::string::npos);
}

}  // namespace ward::test
