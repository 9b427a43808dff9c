#include "centre/unit_table.hpp"
#include "protocol/record/record.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "tests/fuzz/laws.hpp"

#include <set>

namespace ward::fuzz {
namespace {

namespace json = boost::json;

/// What a table is accepted for is written into the policy log, where everybody must be able to read it.
bool unit_table(std::string_view text) {
  const auto units = centre::read_unit_table(text);
  if (units.has_error()) return false;
  std::set<UnitCode> known{UnitCode()};
  for (const auto& unit : *units) {
    WARD_ASSERT(known.contains(unit.parent) && known.insert(unit.code).second);
    policy::Entry entry;
    entry.body = unit;
    const auto again = policy::decode_entry(policy::encode_entry(entry));
    WARD_ASSERT(again.has_value() && *again == entry);
  }
  return true;
}

bool version(std::string_view text) {
  const auto heads = runtime::parse_version(text);
  if (heads.has_error()) return false;
  const auto again = runtime::parse_version(runtime::version_text(*heads));
  WARD_ASSERT(again.has_value() && *again == *heads);
  return true;
}

/// A fact as it would be saved, or nothing where the change does not fit a record: that is told to whoever entered it.
std::optional<merge::Fact> fact_of(std::vector<record::Op> ops, Seq seq, std::vector<Position> seen) {
  merge::Fact out;
  out.position.seq = seq;
  out.rid.bytes[0] = static_cast<std::uint8_t>(seq + 1);
  out.hlc = Hlc::at({1'760'000'000'000 + static_cast<std::int64_t>(seq)});
  out.unit = "W-VYDA";
  out.change = {"lan", std::move(seen), std::move(ops), {}, {}};
  if (record::check_change(out.change, out.position).has_error()) return std::nullopt;
  return out;
}

/// The state of these changes, after the road through the bytes on disk.
merge::DossierState state_of(const std::vector<merge::Fact>& facts) {
  auto state = merge::merge(record::did_created_by(facts.front().position), facts);
  const auto again = merge::decode_state(merge::encode_state(state));
  WARD_ASSERT(again.has_value() && *again == state);
  WARD_ASSERT(json::parse(json::serialize(runtime::json_of(state))) == runtime::json_of(state));
  return state;
}

/// What is exported can be imported, and says the same.
bool dossier(const json::object& given) {
  auto ops = runtime::ops_of_dossier(given);
  if (ops.has_error()) return false;
  const auto fact = fact_of(*std::move(ops), 0, {});
  if (!fact) return false;
  const auto state = state_of({*fact});
  if (!state.conflicts.empty() || !state.not_applied.empty()) return true;
  const auto national = runtime::national_json_of(state);
  auto again = runtime::ops_of_dossier(national);
  WARD_ASSERT(again.has_value());
  const auto imported = fact_of(*std::move(again), 0, {});
  WARD_ASSERT(imported && runtime::national_json_of(state_of({*imported})) == national);
  return true;
}

/// An edit of a small dossier.
bool edit(const json::object& given) {
  auto edit = runtime::edit_of(given);
  if (edit.has_error()) return false;
  static const auto first = [] {
    const auto object = json::parse(R"({"MaHoSo":"H57-1","ChuHoSo":"Lê Lan","BienLai":[{"KyHieu":"AA","SoBienLai":"1","SoTien":5000}],
      "TaiLieuNop":[{"TepDinhKemId":"p1"}],"DanhSachHoSoBoSung":[{"HoSoBoSungId":"1","DanhSachGiayToBoSung":[{"TepDinhKemId":"p2"}]}]})");
    return *fact_of(runtime::ops_of_dossier(object.as_object()).value(), 0, {});
  }();
  const auto fact = fact_of(std::move(edit->ops), 1, {first.position});
  if (!fact) return false;
  const auto state = state_of({first, *fact});
  WARD_ASSERT(state.changes == 2);
  for (const auto& entry : merge::history(state.did, {first, *fact})) (void)json::serialize(runtime::json_of(entry));
  return true;
}

}  // namespace

bool people(BytesView input) {
  const auto [which, bytes] = choose(input, 4);
  const auto text = text_of(bytes);
  if (which == 0) return unit_table(text);
  if (which == 1) return version(text);
  const auto object = runtime::parse_object(text);
  if (object.has_error()) return false;
  return which == 2 ? dossier(*object) : edit(*object);
}

}  // namespace ward::fuzz
