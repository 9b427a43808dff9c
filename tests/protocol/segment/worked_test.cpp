#include "segment_fixture.hpp"

#include "protocol/record/change.hpp"
#include "tests/support/golden_sheet.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

/// The example of WIRE.md: a device's first record of a start, a new dossier and its grant.
Desk the_worked_desk() {
  Desk desk;
  desk.write_incarnation();
  record::Change change;
  change.user = "an";
  change.ops = {{record::OpKind::set, {record::Step::field("MaHoSo")}, "H57.24-250701-0001", {}},
                {record::OpKind::set, {record::Step::field("ChuHoSo")}, "Nguyễn Văn A", {}}};
  const auto creating = desk.here();
  auto key = keys::derive_dossier_key(desk.key_seed, creating);
  const auto did = record::did_created_by(creating);
  desk.write(record::Type::change, {}, record::encode_change(change, creating), key);
  const auto grant = keys::grant_own_unit(key, did, desk.org, desk.unit, desk.unit_epoch, desk.unit_seed);
  desk.write(record::Type::grant, did, record::encode_grant(grant, desk.here()), record::open_key(desk.org));
  desk.dossiers.push_back({did, std::move(key)});
  return desk;
}

}  // namespace

TEST_CASE("segment: the worked example of WIRE.md is that of the golden file, and verifies") {
  const auto desk = the_worked_desk();
  GoldenSheet sheet("segment_worked.txt");
  sheet.note("WIRE.md section 9: one segment of three records, from its keys to its signature");
  sheet.put("org", desk.org);
  sheet.put("sign_seed", desk.sign.view());
  sheet.put("device", desk.device);
  sheet.put("incarnation", desk.incarnation);
  sheet.put("key_seed", desk.key_seed);
  sheet.put("unit", desk.unit);
  sheet.put("unit_epoch", desk.unit_epoch);
  sheet.put("unit_seed", desk.unit_seed.view());
  sheet.put("open_key", record::open_key(desk.org).view());
  sheet.put("dossier_key", desk.dossiers[0].key.view());
  sheet.put("did", desk.dossiers[0].did);
  for (std::size_t seq = 0; seq < desk.records.size(); ++seq) {
    const auto& [record, plain] = desk.records[seq];
    const auto name = "record" + std::to_string(seq) + "_";
    sheet.put(name + "header", record::encode_header(record.header));
    sheet.put(name + "plain", plain);
    sheet.put(name + "body", record.body);
    sheet.put(name + "rid", record::rid_of(record));
  }
  const auto statement = desk.statement();
  sheet.put("statement", segment::encode_statement(statement.statement));
  sheet.put("hash", segment::hash_of(statement.statement, desk.org));
  sheet.put("signature", statement.signature);
  sheet.check();

  auto rows = desk.rows_to_centre();
  auto ring = desk.ring_with_seed();
  CHECK(segment::verify_rows(rows, desk.org, desk.sign_public, ring).has_value());
}
