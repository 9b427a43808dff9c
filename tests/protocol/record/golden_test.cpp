#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/siv.hpp"
#include "protocol/record/change.hpp"
#include "protocol/record/record.hpp"
#include "tests/support/golden_sheet.hpp"

#include <algorithm>
#include <limits>

using namespace ward;
using namespace ward::record;

namespace {

template <class F>
F filled(std::uint8_t byte) {
  F out;
  out.bytes.fill(byte);
  return out;
}

const SignKey root_public = filled<SignKey>(0x01);
const SignKey device_public = filled<SignKey>(0x02);
const Incarnation incarnation = filled<Incarnation>(0x03);
const OrgId org = crypto::org_of(root_public);
const DeviceId device = crypto::device_of(device_public);

/// Every construct of section 4 once: check_sealing.py describes the same change in its own words.
Change rich_change(const Position& own) {
  const Position past{own.device, own.incarnation, own.seq - 2};
  const Position other{filled<DeviceId>(0x04), filled<Incarnation>(0x05), 300};
  Change out;
  out.user = "can-bo-1";
  out.seen = {past, other};
  std::sort(out.seen.begin(), out.seen.end());
  std::vector<OpId> replaced{{past, 0}, {other, 511}};
  std::sort(replaced.begin(), replaced.end());
  out.ops = {
      {OpKind::set, {Step::field("ChuHoSo")}, "Nguyễn Thị Hồng", std::nullopt},
      {OpKind::set, {Step::field("TrichYeuHoSo")}, "hai\n\tdòng", replaced},
      {OpKind::set, {Step::field("GhiChu")}, Value(), std::vector<OpId>{}},
      {OpKind::set, {Step::field("TruongMoi")}, Heads{replaced}, std::nullopt},
      {OpKind::add,
       {Step::field("DanhSachLePhi")},
       canonical({{"SoTien", 15'000}, {"TenPhiLePhi", ""}, {"Moi", List{true, false, -1}}}),
       std::nullopt},
      {OpKind::remove, {Step::field("TaiLieuNop"), Step::element(element_id(OpId{past, 3}))}, Value(), std::nullopt},
      {OpKind::set,
       {Step::field("DanhSachLePhi"), Step::element(element_id(List{"AB/20", 7})), Step::field("SoTien")},
       std::numeric_limits<std::int64_t>::min(),
       std::nullopt},
      {static_cast<OpKind>(200), {Step::field("GhiChu")}, std::numeric_limits<std::int64_t>::max(), std::nullopt},
  };
  out.reason = "theo đơn\nđề nghị";
  out.act = {0xac, 0x7e};
  return out;
}

/// Every act of custody, of deciding, and a status: check_sealing.py describes them too.
Change acting_change(const Position& own) {
  const Position past{own.device, own.incarnation, own.seq - 2};
  const auto at = [](const char* name) { return Path{Step::field(name)}; };
  const Heads offer{{{past, 1}}};
  const Heads several{{{past, 0}, {past, 2}}};
  Change out;
  out.user = "can-bo-1";
  out.seen = {past};
  out.ops = {
      {OpKind::offer,
       at("BanGiao"),
       canonical({{"to", "C-TTHCC"}, {"note", "một bì"}, {"expires", "20260801170000"}, {"past", "00ff"}}),
       {}},
      {OpKind::accept, at("BanGiao"), offer, {}},
      {OpKind::decline, at("BanGiao"), offer, {}},
      {OpKind::recall, at("BanGiao"), offer, {}},
      {OpKind::approve, at("ChuHoSo"), several, {}},
      {OpKind::dismiss, at("ChuHoSo"), several, {}},
      {OpKind::status, at("TrangThaiHoSo"), canonical({{"TrangThaiHoSo", "9"}, {"NgayKetThucXuLy", "20260731163000"}}), {}},
  };
  return out;
}

/// A record from its inputs to its rid, with all that lies between.
void put_record(test::GoldenSheet& sheet, const std::string& name, Type type, Seq seq, const Did& did, const crypto::DossierKey& key,
                const Bytes& body) {
  Header header;
  header.type = type;
  header.position = {device, incarnation, seq};
  header.policy_epoch = 7;
  header.did = did;
  header.hlc = Hlc::at({1'785'000'000'000 + static_cast<std::int64_t>(seq)}, 9);
  const auto sealed = seal(header, body, key, org);
  Writer number;
  number.u64(seq);
  const auto keys = crypto::SivKeys::derive("wsync-rec-key", key.view(), {org.view(), device.view(), incarnation.view(), number.peek()});
  sheet.put(name + "_body", body);
  sheet.put(name + "_key_id", sealed.header.key_id);
  sheet.put(name + "_H", BytesView(encode_header(sealed.header)));
  sheet.put(name + "_Km", keys.mac());
  sheet.put(name + "_Ke", keys.cipher());
  sheet.put(name + "_C", BytesView(sealed.body).first(sealed.header.length));
  sheet.put(name + "_T", BytesView(sealed.body).last(tag_size));
  sheet.put(name + "_body_hash", body_hash_of(sealed.body));
  sheet.put(name + "_rid", rid_of(sealed));

  auto padded = body;
  padded.resize(sealed.header.length);
  CHECK(open(sealed, key, org).value() == padded);
}

}  // namespace

TEST_CASE("golden: records, from their inputs to their rids") {
  const Position creating{device, incarnation, 40};
  const Position own{device, incarnation, 300};
  const auto did = did_created_by(creating);
  const crypto::DossierKey dossier_key(filled<Hash>(0x06).bytes);
  test::GoldenSheet sheet("record_sealed.txt");
  sheet.note(
      "WIRE.md sections 2 and 4: a change with every construct of a body, a grant, an incarnation; policy epoch 7, HLC 1785000000000 ms + "
      "seq, counter 9");
  sheet.put("root_public", root_public);
  sheet.put("org", org);
  sheet.put("device_public", device_public);
  sheet.put("device", device);
  sheet.put("incarnation", incarnation);
  sheet.put("dossier_key", dossier_key.view());
  sheet.put("open_key", open_key(org).view());
  sheet.put("creating_seq", creating.seq);
  sheet.put("did", did);

  const auto change = rich_change(own);
  REQUIRE(check_change(change, own).has_value());
  put_record(sheet, "change", Type::change, own.seq, did, dossier_key, encode_change(change, own));

  const GrantBody grant{crypto::key_id_of(dossier_key), {own}, {{"C-TTHCC", 0, Bytes(96, 0x07)}, {"W-VYDA", 3, Bytes(64, 0x08)}}};
  put_record(sheet, "grant", Type::grant, 301, did, open_key(org), encode_grant(grant, {device, incarnation, 301}));

  const IncarnationBody start{{{filled<Incarnation>(0x09), 1'000, filled<Hash>(0x0a)}}, "0.1.0"};
  put_record(sheet, "incarnation", Type::incarnation, 0, Did{}, open_key(org), encode_incarnation(start));
  sheet.check();
}

TEST_CASE("golden: a change of acts, a status and decisions") {
  const Position own{device, incarnation, 300};
  const auto change = acting_change(own);
  REQUIRE(check_change(change, own).has_value());
  const auto body = encode_change(change, own);
  CHECK(decode_change(body, own).value() == change);
  test::GoldenSheet sheet("change_acts.txt");
  sheet.note("WIRE.md section 4: the body of a change with an operation of each kind from 5 to 11, at seq 300");
  sheet.put("root_public", root_public);
  sheet.put("device_public", device_public);
  sheet.put("incarnation", incarnation);
  sheet.put("body", body);
  sheet.check();
}
