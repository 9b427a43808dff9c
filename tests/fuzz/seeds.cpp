#include "tests/fuzz/seeds.hpp"

#include "protocol/engine/centre_session.hpp"
#include "protocol/run/run.hpp"
#include "protocol/run/stream.hpp"
#include "tests/protocol/engine/town.hpp"
#include "tests/protocol/run/sample_rows.hpp"
#include "tests/protocol/sync/messages_fixture.hpp"

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
  for (const auto* entry : {"entry3", "entry4", "entry5"}) out.push_back(of_form(0, unhex(golden("policy_people.txt").at(entry))));
  out.push_back(of_form(1, unhex(receipt.at("full"))));
  out.push_back(of_form(2, unhex(receipt.at("short"))));
  out.push_back(of_form(3, unhex(receipt.at("log_frontier"))));
  return out;
}

std::vector<Bytes> for_ticket() {
  const auto sheet = golden("ticket_v1.txt");
  return {copy(view(sheet.at("file"))), copy(view(sheet.at("typed")))};
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

}  // namespace

std::vector<Bytes> seeds_for(std::string_view target) {
  static const std::map<std::string_view, std::function<std::vector<Bytes>()>> makers{
      {"body", for_body},     {"message", for_message}, {"run", for_run},      {"policy", for_policy},
      {"ticket", for_ticket}, {"engine", for_engine},   {"people", for_people}};
  return makers.at(target)();
}

}  // namespace ward::fuzz
