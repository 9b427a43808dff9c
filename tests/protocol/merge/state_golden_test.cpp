#include "protocol/merge/merge.hpp"
#include "protocol/record/record.hpp"
#include "tests/support/golden_sheet.hpp"

using namespace ward;
using namespace ward::merge;

namespace {

template <class F>
F filled(std::uint8_t byte) {
  F out;
  out.bytes.fill(byte);
  return out;
}

const Position first{filled<DeviceId>(1), filled<Incarnation>(2), 0};
const Position later{filled<DeviceId>(1), filled<Incarnation>(2), 300};
const Position other{filled<DeviceId>(3), filled<Incarnation>(4), 5};

Said said(const Position& change, std::uint16_t index, record::Value value) {
  Said out;
  out.op = {change, index};
  out.path = {record::Step::field("ChuHoSo")};
  out.value = std::move(value);
  out.user = change == other ? "binh" : "an";
  out.unit = "W-1";
  out.hlc = Hlc::at({1'785'000'000'000}, 9);
  if (change == other) {
    out.clock_good = false;
    out.stamp = Stamp{7, {1'785'000'000'001}};
    out.reason = "theo đơn";
    out.author = "an";
    out.author_unit = "W-2";
    out.is_signed = true;
  }
  return out;
}

/// Every part of a state, and whatever is named instead of written again.
DossierState rich() {
  DossierState out;
  out.did = record::did_created_by(first);
  out.version = {later, other};
  out.codes = {"H57-1"};
  out.fields = record::canonical({{"ChuHoSo", "Nguyễn"}, {"SoTien", -5}, {"Moi", record::List{true, record::Value()}}});
  out.collections = {{"TaiLieuNop", {{"x", record::canonical({{"TenTepDinhKem", "a.pdf"}}), "an", "W-1", Hlc{5}}}}};
  out.conflicts = {{filled<ConflictId>(8),
                    ConflictKind::choose_value,
                    {record::Step::field("ChuHoSo")},
                    {said(later, 1, "A"), said(other, 0, record::Heads{{{first, 2}}})},
                    {Decider::Role::user, "an", "W-1"},
                    {"10"}}};
  out.proposals = {{said(later, 2, "B"), Refusal::outside_custody, {}}};
  out.not_applied = {{said(other, 3, "C"), Refusal::unsigned_act, {Decider::Role::leader, {}, {}}}};
  out.custody = {
      "W-1", OpId{other, 1}, Hlc{6}, Stamp{8, {9}}, {{{later, 4}, "W-1", "W-2", "an", Hlc{7}, std::nullopt, "bì", "20260801170000"}}};
  out.slip = {{"W-1", "W-2", "an", "binh", "n", Hlc{1}, Hlc{2}, Stamp{1, {2}}, Hlc{3}, std::nullopt, true, false}};
  out.created = first;
  out.changes = 4;
  out.waiting = 2;
  return out;
}

}  // namespace

TEST_CASE("golden: a summary and the state in it") {
  test::GoldenSheet sheet("summary.txt");
  sheet.note(
      "WIRE.md section 4.2: a state in which everything stands, of layout 4, and the body of a summary of it; the rids of its changes are "
      "32 times 1, 2, 3, 4");
  const auto state = encode_state(rich());
  CHECK(decode_state(state).value() == rich());
  const record::SummaryBody body{
      4, record::past_digest({filled<Rid>(4), filled<Rid>(2), filled<Rid>(3), filled<Rid>(1)}), {1'785'000'000'000}, state};
  sheet.put("state", state);
  sheet.put("past", body.past);
  sheet.put("body", record::encode_summary(body));
  sheet.check();
}

TEST_CASE("state: what could be named instead of written again has no second form") {
  auto state = rich();
  state.codes.clear();
  state.fields.clear();
  state.collections.clear();
  state.version = {first, later};
  auto bytes = encode_state(state);
  // layout, did, two heads; the first origin is written (0, 32 bytes), then its seq; the second is named by 1.
  constexpr std::size_t second = 1 + 16 + 1 + 1 + 32 + 1;
  REQUIRE(bytes[second] == 1);
  CHECK(decode_state(bytes).has_value());
  auto written = Bytes(bytes.begin(), bytes.begin() + second);
  written.push_back(0);
  append(written, first.device.view());
  append(written, first.incarnation.view());
  append(written, BytesView(bytes).subspan(second + 1));
  CHECK(decode_state(written).error().fault == Fault::malformed);
  bytes[second] = 2;  // further back than anything
  CHECK(decode_state(bytes).has_error());
}
