#include "tests/fuzz/seeds.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/engine/centre_session.hpp"
#include "protocol/log/backup_seal.hpp"
#include "protocol/run/run.hpp"
#include "protocol/run/stream.hpp"
#include "protocol/ticket/letters.hpp"
#include "runtime/evidence_json.hpp"
#include "tests/protocol/engine/town.hpp"
#include "tests/protocol/run/sample_rows.hpp"
#include "tests/protocol/segment/segment_fixture.hpp"
#include "tests/protocol/sync/messages_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

namespace ward::fuzz {
namespace {

std::ifstream opened(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read from here");
  return file;
}

/// Its lines `name value`.
std::map<std::string, std::string> golden(const std::string& name) {
  auto file = opened("tests/golden/" + name);
  std::map<std::string, std::string> out;
  for (std::string line; std::getline(file, line);) {
    const auto space = line.find(' ');
    if (!line.starts_with('#') && space != std::string::npos) out.emplace(line.substr(0, space), line.substr(space + 1));
  }
  return out;
}

Bytes of_form(std::uint8_t which, BytesView bytes) {
  Bytes out{which};
  append(out, bytes);
  return out;
}
Bytes of_form(std::uint8_t which, std::string_view text) { return of_form(which, view(text)); }

std::vector<Bytes> for_body() {
  const auto record = golden("record_sealed.txt"), worked = golden("segment_worked.txt");
  std::vector<Bytes> out;
  for (const auto* name : {"change_H", "grant_H", "incarnation_H"}) out.push_back(of_form(0, unhex(record.at(name))));
  out.push_back(of_form(1, unhex(record.at("change_body"))));
  out.push_back(of_form(1, unhex(golden("change_acts.txt").at("body"))));
  out.push_back(of_form(1, unhex(worked.at("record1_plain"))));
  out.push_back(of_form(2, unhex(record.at("grant_body"))));
  out.push_back(of_form(2, unhex(worked.at("record2_plain"))));
  out.push_back(of_form(3, unhex(record.at("incarnation_body"))));
  out.push_back(of_form(3, unhex(worked.at("record0_plain"))));
  out.push_back(of_form(4, unhex(worked.at("statement"))));
  out.push_back(of_form(4, unhex(golden("segment_statement.txt").at("statement"))));
  out.push_back(of_form(5, unhex(golden("summary.txt").at("body"))));
  out.push_back(of_form(6, unhex(golden("summary.txt").at("state"))));
  return out;
}

std::vector<Bytes> for_message() {
  using namespace sync;
  std::vector<Bytes> out{of_form(0, encode_hello(fixture::hello())), of_form(1, encode_enrol_hello(fixture::enrol_hello())),
                         of_form(2, encode_welcome(fixture::receipted())), of_form(2, encode_welcome(Refusal{Fault::revoked}))};
  for (const auto& [name, message] : fixture::messages()) out.push_back(of_form(3, encode_message(message)));
  for (const auto& [name, message] : fixture::messages_of_version_3()) out.push_back(of_form(3, encode_message(message)));
  return out;
}

std::vector<Bytes> for_run() {
  std::vector<Bytes> out;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    test::RowMaker maker(seed);
    std::vector<segment::Rows> rows{maker.segment(1 + seed), maker.subset(2 * seed), maker.chained(seed)};
    rows.back().elided = {true, true, true};
    const auto encoded = run::encode_run(rows);
    out.push_back(of_form(1, encoded));
    out.push_back(of_form(2, run::decompress(encoded).value()));
  }
  const test::City city;
  const test::Pc pc(10);
  auto open = test::made_segment(pc, city.org(), Incarnation{{7}}, 3, 3);
  auto sealed = test::sealed_form(open, city.org());
  sealed.elided = {true, true, false};
  out.push_back(of_form(0, run::encode_small(open)));
  out.push_back(of_form(0, run::encode_small(sealed)));
  return out;
}

std::vector<Bytes> for_policy() {
  const auto chain = golden("policy_chain.txt"), receipt = golden("receipt_v1.txt");
  std::vector<Bytes> out;
  for (const auto& [name, value] : chain)
    if (name.starts_with("entry")) out.push_back(of_form(0, unhex(value)));
  out.push_back(of_form(0, unhex(golden("policy_codes.txt").at("entry3"))));
  out.push_back(of_form(0, unhex(golden("policy_calendar.txt").at("entry1"))));
  out.push_back(of_form(0, unhex(golden("policy_erasure.txt").at("entry3"))));
  for (const auto* entry : {"entry3", "entry4", "entry5"}) out.push_back(of_form(0, unhex(golden("policy_people.txt").at(entry))));
  out.push_back(of_form(0, unhex(golden("policy_activation.txt").at("entry3"))));
  out.push_back(of_form(1, unhex(receipt.at("full"))));
  out.push_back(of_form(2, unhex(receipt.at("short"))));
  out.push_back(of_form(3, unhex(receipt.at("log_frontier"))));
  const auto audit = golden("audit_v1.txt"), rotation = golden("policy_rotation.txt");
  out.push_back(of_form(0, unhex(rotation.at("entry1"))));
  out.push_back(of_form(4, unhex(audit.at("entry0"))));
  out.push_back(of_form(5, unhex(audit.at("head"))));
  out.push_back(of_form(6, rotation.at("request")));
  out.push_back(of_form(7, rotation.at("signed")));
  out.push_back(of_form(8, golden("recovery_v1.txt").at("box")));
  return out;
}

std::vector<Bytes> for_ticket() {
  const auto sheet = golden("ticket_v1.txt");
  return {copy(view(sheet.at("file"))), copy(view(sheet.at("scanned"))), copy(view(sheet.at("typed")))};
}

/// What each end says in an honest exchange, byte for byte.
std::vector<Bytes> recorded() {
  test::Town town;
  town.other.save(60, 2);
  town.other.save(60, 3);
  test::exchange(town.other, town.centre);
  town.ward.save(61, 4);
  // The fuzzed store holds this much too; message 1 comes first, and what the two say alternates.
  Bytes ward, centre;
  std::vector<Bytes> sent;
  test::Plan plan;
  plan.tamper = [&](std::size_t, Bytes& bytes) { sent.push_back(bytes); };
  const auto outcome = test::exchange(town.ward, town.centre, plan);
  std::size_t next = 0;
  for (const auto& step : outcome.steps) {
    if (step == "ward sends") append(ward, sent.at(next++));
    if (step == "centre sends") append(centre, sent.at(next++));
  }
  constexpr std::uint8_t cut = 200;
  return {of_form(0, of_form(cut, ward)), of_form(1, of_form(cut, centre))};
}

/// A greeting's payload and a stream of messages, as `engine` reads them.
Bytes said(std::uint8_t form, BytesView payload, const std::vector<sync::Message>& messages) {
  Writer out;
  out.u8(form);
  out.bytes(payload);
  for (const auto& message : messages) out.bytes(sync::encode_message(message));
  return std::move(out).take();
}

std::vector<Bytes> for_engine() {
  test::Town town;
  const auto& city = town.city;
  const auto segment = test::made_segment(town.pc, city.org(), test::made<Incarnation>(61), 0, 2);
  const auto foreign = test::made_segment(town.other_pc, city.org(), test::made<Incarnation>(60), 0, 2);
  const auto receipted =
      engine::centre::receipt_for(city.centre_identity(), town.pc.id, {}, {}, engine::centre::LogView(town.centre.view()));
  sync::Applied applied{1, {Did{{5}}}, {}};
  applied.signature = sync::sign_applied(applied, city.org(), city.receipt);
  sync::Hello hello;
  hello.policy_count = 1;
  hello.segment = run::encode_small(test::sealed_form(segment, city.org()));
  const auto entries = city.policy.entries();
  std::vector<Bytes> out = recorded();
  out.push_back(said(3, sync::encode_hello({}),
                     {sync::Pull{0, 1, {}}, sync::Push{run::encode_run({segment})}, sync::Ping{}, sync::AskHeads{},
                      sync::FetchDossiers{{Did{{5}}}, 0}, sync::Pull{1, 1, {}, 2}}));
  out.push_back(said(3, sync::encode_hello(hello), {sync::Pull{0, 0, {}}, sync::Push{run::encode_run({segment})}}));
  out.push_back(said(5, sync::encode_welcome(receipted),
                     {sync::PolicyEntries{entries}, sync::Delivery{2, run::encode_run({foreign})}, sync::Delivery{3, {}}, applied,
                      sync::Ping{}, sync::Pong{}, receipted, sync::SegmentRefused{test::made<Incarnation>(61), 0, Fault::malformed}}));
  const ticket::Ticket shown{test::filled<16>(5), city.org(), crypto::public_of(city.root), {}, "", "", {}};
  out.push_back(said(4, sync::encode_enrol_hello({sync::oldest_version, ticket::ticket_id(shown.secret)}), {}));
  out.push_back(said(6, {}, {sync::EnrolAnswer{false, "W-VYDA", city.policy.count()}, sync::PolicyEntries{entries}}));
  return out;
}

std::vector<Bytes> for_people() {
  std::vector<Bytes> out{
      of_form(0,
              "code,name_vi,name_en,kind,parent,identification_code,valid_from\r\nW-VYDA,\"Phường Vỹ Dạ\",Vy Da ward,ward,C-HUE,H57.01,"
              "2025-07-01\r\nC-HUE,Thành phố Huế,Hue city,city,,,\r\n"),
      of_form(1, hex(test::filled<16>(1)) + hex(test::filled<16>(2)) + "05"),
      of_form(2,
              R"({"ChuHoSo":"Lê Lan","TongLePhi":"15.000 đồng","GioiTinhChuHoSo":"Nam","TaiLieuNop":[{"TepDinhKemId":"p1"}],"notes":["x"],
    "BienLai":[{"KyHieu":"AA","SoBienLai":"7","SoTien":5000}],"TruongMoi":{"b":[1,true,null,{"c":-7}]},"DanhSachMoi":["x"],
    "DanhSachHoSoBoSung":[{"HoSoBoSungId":"1","DanhSachGiayToBoSung":[{"TepDinhKemId":"p2"}]}]})"),
      of_form(3, R"({"dossier":"H57-1","set":{"ChuHoSo":"Lê Lan","TaiLieuNop/p1/TenTepDinhKem":"a.pdf"},"add":{"TaiLieuNop":
    [{"TepDinhKemId":"p2"}],"MaHoSo":"H57-2"},"append":{"notes":"gọi lại","BienLai":{"KyHieu":"AA","SoBienLai":"2","SoTien":1}},
    "remove":{"TaiLieuNop":"p1"},"why":"theo đơn","by":"lan"})")};
  auto file = opened("tests/data/dossiers-200.jsonl");
  std::string line;
  for (int i = 0; i < 5 && std::getline(file, line); ++i) out.push_back(of_form(2, line));
  return out;
}

/// A payload of a message that nobody changed.
std::vector<Bytes> for_handshake() {
  std::vector<Bytes> out;
  for (const auto purpose : {sync::Purpose::sync, sync::Purpose::enrol}) out.push_back(of_form(0, sync::encode_preface(purpose)));
  for (std::uint8_t form = 1; form <= 5; ++form) out.push_back(said(form, view("a payload"), {}));
  Bytes stream{10};
  for (const std::string_view text : {"first", "", "third"}) append(stream, sync::frame(view(text)));
  out.push_back(of_form(6, stream));
  return out;
}

std::vector<Bytes> for_proof() {
  std::vector<Bytes> out;
  for (const std::uint8_t leaves : {1, 0x12, 0x55, 0x7f}) out.push_back(of_form(0, Bytes{leaves}));
  for (std::uint8_t which = 0; which < 7; ++which) out.push_back(of_form(2, Bytes{which}));
  const std::vector<Rid> rids{Rid{{1}}, Rid{{2}}, Rid{{3}}, Rid{{4}}, Rid{{5}}};
  const auto subset = segment::subset_of(rids, {1, 3});
  Writer walk;
  walk.u8(4);
  walk.u8(2);
  for (const auto at : subset.positions) {
    walk.u8(at);
    walk.raw(rids[at]);
  }
  for (const auto& hash : subset.missing) walk.raw(hash);
  out.push_back(of_form(1, walk.peek()));
  return out;
}

std::vector<Bytes> for_evidence() {
  const auto desk = test::a_busy_desk();
  ward::evidence::Evidence shown;
  for (const auto* name : {"entry0", "entry1"})
    shown.policy.push_back(policy::decode_entry(unhex(golden("policy_chain.txt").at(name))).value());
  shown.receipts.push_back({log::decode_receipt(unhex(golden("receipt_v1.txt").at("full"))).value(), {}});
  ward::evidence::Segment segment;
  segment.statement = desk.statement();
  const auto order = desk.order();
  for (std::size_t at = 0; at < order.size(); ++at) {
    const auto& record = desk.records[order[at]].record;
    if (at % 3 == 0)
      segment.leaves.push_back({static_cast<std::uint8_t>(at), {}, {}, {}, record::rid_of(record)});
    else
      segment.leaves.push_back({static_cast<std::uint8_t>(at), record.header, record.body, {}, {}});
  }
  segment.stamp = Stamp{3, {1'785'000'000'000}};
  segment.cover = ward::evidence::Cover{0, {Hash{{1}}, Hash{{2}}}, false};
  shown.segments.push_back(segment);
  shown.between.push_back(desk.statement());
  ward::evidence::Contradiction told{shown.receipts.front(), shown.receipts.front(), {}};
  const auto receipts = ward::evidence::encode_contradiction(told);
  told.earlier = desk.statement();
  told.answer = ward::evidence::Contradiction::Answer{
      {{test::made<Incarnation>(2), 7}, {test::made<Incarnation>(3), 1}}, {{true, {Hash{{1}}, Hash{{2}}}}, {}}, {}};
  const auto answered = ward::evidence::encode_contradiction(told);
  test::RowMaker maker(3);
  const auto letters = ticket::to_base64url(run::encode_run({maker.segment(3)}));
  const auto unsent = R"({"format":"wsync-unsent-v1","org":")" + std::string(32, '7') + R"(","run":")" + letters + R"("})";
  const log::BackupSeal seal{
      test::made<OrgId>(1), test::made<Incarnation>(2), 70'000, test::made<Hash>(3), 41, {1'785'000'000'000}, 3'000'000,
      test::made<Hash>(4)};
  return {of_form(0, boost::json::serialize(runtime::json_of(shown))),
          of_form(1, log::encode_backup_trailer(seal, test::made_secret<crypto::SignSeed>(9))),
          of_form(2, golden("official_key.txt").at("file") + "\n"),
          of_form(2, golden("official_key.txt").at("public_file") + "\n"),
          of_form(3, unhex(golden("device_key.txt").at("by_passphrase"))),
          of_form(3, unhex(golden("device_key.txt").at("by_system"))),
          of_form(4, receipts),
          of_form(4, answered),
          of_form(5, boost::json::serialize(runtime::json_of_contradiction(shown.policy, answered))),
          of_form(6, unsent)};
}

std::vector<Bytes> for_http() {
  const auto csrf = hex(crypto::hash<Hash>("wsync-csrf", {}, {view("the-session")}).view());
  return {
      of_form(0, "/v1/dossiers/H57.24-250701-0001%2F%E1%BA%AF?form=national&why=a+b"),
      of_form(0, "/"),
      of_form(0, "/assets/app.js?"),
      of_form(0, "/v1/dossiers/id:00/hand-overs/1/accept"),
      of_form(1, "GET\n127.0.0.1:7411\n-\nnone\nBearer secret-token\n\n"),
      of_form(1, "POST\nlocalhost:7411\nhttp://localhost:7411\nsame-origin\n\na=b; wardsync_7411=the-session\n" + csrf),
      of_form(1, "GET\n[::1]:7411\n-\n-\n\nwardsync_7411=the-session\n"),
      of_form(
          2,
          R"({"type":"urn:wardsync:problem:revoked","title":"revoked","status":403,"detail":"x","safe":"y","remedy":"z","exit":4,"ids":["a"]})"),
      of_form(3, R"({"status":"9","why":"đủ giấy","sign":{"key":"wardsync-official-key-1 00","passphrase":"con trâu"}})")};
}

std::vector<Bytes> for_settings() {
  std::vector<Bytes> out{copy(view("\xEF\xBB\xBF# a comment\r\ndata = \"/srv/\\u0111\"\r\nlog = ''\r\ncodes_per_day = 200\r\n")),
                         copy(view("listen = \"[::]:7400\"\nhttp = \"127.0.0.1:7411\"\ndata = '/a b'\n"))};
  return out;
}

}  // namespace

std::vector<Bytes> seeds_for(std::string_view target) {
  static const std::map<std::string_view, std::function<std::vector<Bytes>()>> makers{
      {"body", for_body},     {"message", for_message},   {"run", for_run},       {"policy", for_policy},
      {"ticket", for_ticket}, {"engine", for_engine},     {"people", for_people}, {"handshake", for_handshake},
      {"proof", for_proof},   {"evidence", for_evidence}, {"http", for_http},     {"settings", for_settings}};
  return makers.at(target)();
}

}  // namespace ward::fuzz
