#include "policy_fixture.hpp"

#include "protocol/base/limits.hpp"
#include "tests/support/golden_sheet.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using namespace std::string_literals;

namespace {

std::vector<policy::Body> every_body() {
  policy::Delegation some;
  some.receipt = made<SignKey>(7);
  policy::Delegation all{made<SignKey>(6), made<SignKey>(7), made<DhKey>(8)};
  auto bare = a_unit("W-A");
  bare.parent = bare.name_en = bare.kind = bare.identification = "";
  return {City{}.genesis().body,
          some,
          all,
          a_unit(),
          bare,
          a_device(9),
          policy::RevokeDevice{made<DeviceId>(4), "mất máy"},
          policy::Addresses{{"centre.hue.gov.vn:7400", "10.0.0.1:7400", "[2001:db8::1]:443"}},
          a_block(made<DeviceId>(4), 1, 2'500),
          policy::SharedCode{"H57-1", {{made<Did>(1), "W-VYDA"}, {made<Did>(2), "W-ANCUU"}}},
          policy::SharedCode{"H57-1", {}},
          policy::Succession{"W-A", "W-B", "1675/NQ-UBTVQH15"},
          policy::UserStanding{"W-A", "lan", true, true, false, true, ""},
          policy::UserStanding{"W-A", "Nguyễn Thị Hoà", false, false, true, false, "nghỉ việc"},
          policy::Account{"W-A", "lan", "Trần Thị Lan", policy::Role::leader, true, made<SignKey>(3), ""},
          policy::Account{"W-A", "hoà", "", policy::Role::accountant, false, {}, "nghỉ việc"},
          policy::Activation{"W-A", "hoà", made<Hash>(5), {1'785'000'000'000}},
          policy::Unknown{77, {1, 2, 3}},
          policy::Unknown{255, {}}};
}

policy::Entry an_entry(policy::Body body) {
  policy::Entry out;
  out.epoch = 300;
  out.previous = made<Hash>(1);
  out.from_index = 70'000;
  out.time = {1'785'000'000'000};
  out.body = std::move(body);
  out.signature = made<Signature>(2);
  return out;
}

void put_keys(GoldenSheet& sheet, const City& city) {
  sheet.put("root_seed", city.root.view());
  sheet.put("root_public", crypto::public_of(city.root));
  sheet.put("next_root_public", crypto::public_of(city.next_root));
  sheet.put("operations_public", crypto::public_of(city.operations));
  sheet.put("receipt_public", crypto::public_of(city.receipt));
  sheet.put("org", city.org);
}

void put_entries(GoldenSheet& sheet, const policy::PolicyLog& log) {
  for (const auto& entry : log.entries()) {
    const auto number = std::to_string(entry.epoch);
    sheet.put("entry" + number, policy::encode_entry(entry));
    sheet.put("hash" + number, policy::hash_of(entry, log.org()));
  }
}

Fault refused(const Bytes& bytes) { return fault_of(policy::decode_entry(bytes)); }
Fault refused(policy::Body body) { return refused(policy::encode_entry(an_entry(std::move(body)))); }

}  // namespace

TEST_CASE("policy entry: every type reads back, unknown ones verbatim") {
  for (const auto& body : every_body()) {
    const auto entry = an_entry(body);
    CHECK(policy::decode_entry(policy::encode_entry(entry)).value() == entry);
  }
}

TEST_CASE("policy entry: none decodes when cut, nor with trailing bytes after it or inside its body") {
  for (const auto& body : every_body()) {
    const auto bytes = policy::encode_entry(an_entry(body));
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(policy::decode_entry(BytesView(bytes).first(size)).has_error());
    auto longer = bytes;
    longer.push_back(0);
    CHECK(refused(longer) == Fault::malformed);
    if (std::holds_alternative<policy::Unknown>(body)) continue;
    // One byte more inside the body, with the body's length corrected.
    constexpr std::size_t length_at = 4 + 32 + 1;
    Reader from(BytesView(bytes).subspan(length_at));
    auto inner = copy(from.bytes(limits::policy_body_bytes_max));
    inner.push_back(0);
    Writer out;
    out.raw(BytesView(bytes).first(length_at));
    out.bytes(inner);
    out.raw(made<Signature>(2));
    CHECK(refused(out.peek()) == Fault::malformed);
  }
}

TEST_CASE("policy entry: one that decodes after a flipped bit encodes to just those bytes") {
  for (const auto& body : every_body()) {
    for_each_flipped_bit(policy::encode_entry(an_entry(body)), [](const Bytes& flipped) {
      const auto decoded = policy::decode_entry(flipped);
      if (decoded.has_value()) CHECK(policy::encode_entry(*decoded) == flipped);
    });
  }
}

TEST_CASE("policy entry: texts past their bounds, with controls or broken UTF-8, and odd unit codes are refused") {
  auto unit = a_unit();
  unit.name_vi = std::string(limits::key_bytes_max + 1, 'a');
  CHECK(refused(unit) == Fault::too_large);
  for (const auto& bad :
       {"a\x1b[31m"s, "a\nb"s, "a\tb"s, "\xc2\x9b"s, "\x7f"s, "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf5\x80\x80\x80"s}) {
    unit = a_unit();
    unit.name_vi = bad;
    CHECK(refused(unit) == Fault::malformed);
    auto device = a_device(9);
    device.label = bad;
    CHECK(refused(device) == Fault::malformed);
    CHECK(refused(policy::RevokeDevice{made<DeviceId>(4), bad}) == Fault::malformed);
  }
  for (const auto& code : {""s, "w-vyda"s, "W VYDA"s, "W_VYDA"s}) {
    CHECK(refused(a_unit(code)) == Fault::malformed);
    CHECK(refused(a_device(9, code)) == Fault::malformed);
  }
  CHECK(refused(a_unit(std::string(65, 'W'))) == Fault::too_large);
}

TEST_CASE("policy entry: a delegation of nothing, or of what is unknown, is refused") {
  CHECK(refused(policy::Delegation{}) == Fault::malformed);
  policy::Delegation all{made<SignKey>(6), made<SignKey>(7), made<DhKey>(8)};
  auto bytes = policy::encode_entry(an_entry(all));
  const std::size_t flags_at = 4 + 32 + 1 + 1 + 3 + 6;
  REQUIRE(bytes[flags_at] == 7);
  bytes[flags_at] = 15;
  CHECK(refused(bytes) == Fault::malformed);
}

TEST_CASE("policy entry: addresses that are none, twice there, too many or none at all are refused") {
  CHECK(refused(policy::Addresses{}) == Fault::malformed);
  for (const auto& bad : {""s, "centre"s, "centre:"s, ":7400"s, "centre:0"s, "centre:07"s, "centre:65536"s, "centre:7400x"s,
                          "cen tre:7400"s, "cen\ntre:7400"s, "centre\x1b:7400"s, "tr\xc3\xba:7400"s, "centre:-1"s, "centre:999999"s})
    CHECK(refused(policy::Addresses{{"a:1", bad}}) == Fault::malformed);
  CHECK(refused(policy::Addresses{{"a:1", "b:1", "a:1"}}) == Fault::malformed);
  CHECK(refused(policy::Addresses{{std::string(policy::address_bytes_max - 1, 'a') + ":1"}}) == Fault::too_large);
  policy::Addresses many;
  for (std::size_t i = 0; i <= policy::addresses_max; ++i) many.at.push_back("a:" + std::to_string(i + 1));
  CHECK(refused(many) == Fault::too_large);
  many.at.pop_back();
  CHECK(policy::decode_entry(policy::encode_entry(an_entry(many))).has_value());
}

TEST_CASE("policy entry: a shared code names no dossier or at least two, rising, each with its unit") {
  const policy::SharedCode good{"H57-1", {{made<Did>(1), "W-A"}, {made<Did>(2), "W-B"}}};
  const auto with = [&](auto change) {
    auto body = good;
    change(body);
    return policy::Body(body);
  };
  CHECK(refused(with([](auto& b) { b.code.clear(); })) == Fault::malformed);
  CHECK(refused(with([](auto& b) { b.code = std::string(65, '1'); })) == Fault::too_large);
  CHECK(refused(with([](auto& b) { b.code = "a\nb"; })) == Fault::malformed);
  CHECK(refused(with([](auto& b) { b.dossiers.pop_back(); })) == Fault::malformed);
  CHECK(refused(with([](auto& b) { std::swap(b.dossiers[0], b.dossiers[1]); })) == Fault::malformed);
  CHECK(refused(with([](auto& b) { b.dossiers[1].did = b.dossiers[0].did; })) == Fault::malformed);
  CHECK(refused(with([](auto& b) { b.dossiers[0].unit.clear(); })) == Fault::malformed);
  CHECK(refused(with([](auto& b) {
          b.dossiers.clear();
          for (std::uint8_t i = 1; i <= policy::sharers_max + 1; ++i) b.dossiers.push_back({made<Did>(i), "W-A"});
        })) == Fault::too_large);
}

TEST_CASE("policy entry: a block of codes has serials and days in their bounds, and the identification code of a unit") {
  using std::chrono::days;
  const auto with = [](auto&& change) {
    auto out = a_block(made<DeviceId>(4), 1, 2'500);
    change(out);
    return out;
  };
  CHECK(refused(with([](auto& block) { block.first = 0; })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.first = 2'501; })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.last = code::serial_max + 1; })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.from = block.to + days(1); })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.from = code::first_day - days(1); })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.to = block.from + days(policy::code_block_days_max); })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.from = block.to = code::last_day + days(1); })) == Fault::malformed);
  for (const auto* bad : {"", "H57.", "h57", "H57.1", "W-VYDA", "Vỹ Dạ"})
    CHECK(refused(with([&](auto& block) { block.identification = bad; })) == Fault::malformed);
  CHECK(refused(with([](auto& block) { block.identification = std::string(limits::name_bytes_max + 1, '0'); })) == Fault::too_large);
  const auto widest = with([](auto& block) {
    block.last = code::serial_max;
    block.to = code::last_day;
    block.from = block.to - days(policy::code_block_days_max - 1);
  });
  CHECK(policy::decode_entry(policy::encode_entry(an_entry(widest))).value().body == policy::Body(widest));
}

TEST_CASE("policy entry: a user has a name, a unit and known flags; a succession two units") {
  CHECK(refused(policy::UserStanding{"W-A", "", true, false, false, false, ""}) == Fault::malformed);
  CHECK(refused(policy::UserStanding{"", "lan", true, false, false, false, ""}) == Fault::malformed);
  CHECK(refused(policy::UserStanding{"W-A", "lan\n", true, false, false, false, ""}) == Fault::malformed);
  CHECK(refused(policy::UserStanding{"W-A", std::string(limits::name_bytes_max + 1, 'a'), true, false, false, false, ""}) ==
        Fault::too_large);
  CHECK(refused(policy::Succession{"W-A", "", ""}) == Fault::malformed);
  CHECK(refused(policy::Succession{"w-a", "W-B", ""}) == Fault::malformed);
  CHECK(refused(policy::Succession{"W-A", "W-B", "\x1b"}) == Fault::malformed);
  auto bytes = policy::encode_entry(an_entry(policy::UserStanding{"W-A", "lan", false, true, true, true, ""}));
  const std::size_t flags_at = bytes.size() - 64 - 2;
  REQUIRE(bytes[flags_at] == 15);
  bytes[flags_at] = 16;
  CHECK(refused(bytes) == Fault::malformed);
}

TEST_CASE("policy entry: an account has a name, a unit, a known role and known flags") {
  const auto with = [](auto&& change) {
    policy::Account out{"W-A", "lan", "Lan", policy::Role::clerk, true, {}, ""};
    change(out);
    return out;
  };
  CHECK(refused(with([](auto& one) { one.name = ""; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.unit = "w-a"; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.display = "Lan\t"; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.name = std::string(limits::name_bytes_max + 1, 'a'); })) == Fault::too_large);
  for (const auto role : {0, 8, 255})
    CHECK(refused(with([&](auto& one) { one.role = static_cast<policy::Role>(role); })) == Fault::malformed);
  for (const auto role : policy::all_roles) {
    const auto account = with([&](auto& one) { one.role = role; });
    CHECK(policy::decode_entry(policy::encode_entry(an_entry(account))).value().body == policy::Body(account));
    CHECK(policy::role_named(policy::name_of(role)) == role);
  }
  CHECK_FALSE(policy::role_named("king"));
  auto bytes = policy::encode_entry(an_entry(with([](auto&) {})));
  const std::size_t flags_at = bytes.size() - 64 - 2;
  REQUIRE(bytes[flags_at] == 0);
  bytes[flags_at] = 4;
  CHECK(refused(bytes) == Fault::malformed);
  bytes[flags_at] = 2;  // a key that is not there
  CHECK(refused(bytes) == Fault::malformed);
}

TEST_CASE("policy entry: the bytes of a log with accounts are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_accounts.txt");
  sheet.note("WIRE.md section 5: a leader with a key of her own, and a clerk whose account was disabled");
  put_keys(sheet, city);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  const policy::Account lan{"W-VYDA", "lan", "Trần Thị Lan", policy::Role::leader, true, made<SignKey>(0x66), ""};
  REQUIRE(log.append(city.next(log, lan)).has_value());
  REQUIRE(log.append(city.next(log, policy::Account{"W-VYDA", "hòa", "", policy::Role::clerk, false, {}, "nghỉ việc"})).has_value());
  put_entries(sheet, log);
  sheet.check();
}

TEST_CASE("policy entry: an activation names a unit and an account, and its hash is that of the secret for them alone") {
  const auto with = [](auto&& change) {
    policy::Activation out{"W-A", "lan", made<Hash>(5), {1'785'000'000'000}};
    change(out);
    return out;
  };
  CHECK(refused(with([](auto& one) { one.name = ""; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.name = "lan\n"; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.unit = "w-a"; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.unit = ""; })) == Fault::malformed);
  CHECK(refused(with([](auto& one) { one.name = std::string(limits::name_bytes_max + 1, 'a'); })) == Fault::too_large);
  Array<16> secret{};
  secret.fill(7);
  const auto org = made<OrgId>(1);
  const auto hash = policy::activation_hash(secret, org, "W-A", "lan");
  CHECK(hash == policy::activation_hash(secret, org, "W-A", "lan"));
  CHECK(hash != policy::activation_hash(secret, org, "W-A", "la"));
  CHECK(hash != policy::activation_hash(secret, org, "W-Al", "an"));
  CHECK(hash != policy::activation_hash(secret, made<OrgId>(2), "W-A", "lan"));
  secret[15] ^= 1U;
  CHECK(hash != policy::activation_hash(secret, org, "W-A", "lan"));
}

TEST_CASE("policy entry: the bytes of a log with activations are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_activation.txt");
  sheet.note("WIRE.md section 5: a clerk, and what activates her account; then another one, which makes PINs of the first void");
  put_keys(sheet, city);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  REQUIRE(log.append(city.next(log, policy::Account{"W-VYDA", "hòa", "", policy::Role::clerk, true, {}, ""})).has_value());
  for (const std::uint8_t digit : {0x77, 0x78}) {
    Array<16> secret{};
    secret.fill(digit);
    sheet.put("secret" + std::to_string(digit - 0x76), BytesView(secret));
    const auto hash = policy::activation_hash(secret, log.org(), "W-VYDA", "hòa");
    REQUIRE(log.append(city.next(log, policy::Activation{"W-VYDA", "hòa", hash, {1'785'000'000'000}})).has_value());
  }
  put_entries(sheet, log);
  sheet.check();
}

TEST_CASE("policy entry: a calendar has days in their order, none twice, in this century, with known marks") {
  using std::chrono::days;
  const auto with = [](auto&& change) {
    auto out = a_calendar();
    change(out.exceptions);
    return out;
  };
  CHECK(policy::decode_entry(policy::encode_entry(an_entry(a_calendar()))).value().body == policy::Body(a_calendar()));
  CHECK(refused(policy::Calendar{}) == Fault::malformed);
  CHECK(refused(with([](auto& all) { std::swap(all[0], all[1]); })) == Fault::malformed);
  CHECK(refused(with([](auto& all) { all[1].day = all[0].day; })) == Fault::malformed);
  CHECK(refused(with([](auto& all) { all[0].day = code::first_day - days(1); })) == Fault::malformed);
  CHECK(refused(with([](auto& all) { all[2].day = code::last_day + days(1); })) == Fault::malformed);
  CHECK(refused(with([](auto& all) { all[0].name = "hai\ndòng"; })) == Fault::malformed);
  CHECK(refused(with([](auto& all) { all[0].name = std::string(257, 'x'); })) == Fault::too_large);
  policy::Calendar many;
  for (std::size_t i = 0; i <= policy::calendar_exceptions_max; ++i)
    many.exceptions.push_back({code::first_day + days(i), false, true, ""});
  CHECK(refused(many) == Fault::too_large);
  many.exceptions.pop_back();
  CHECK(policy::decode_entry(policy::encode_entry(an_entry(many))).has_value());
  auto bytes = policy::encode_entry(an_entry(policy::Calendar{{{code::first_day, false, true, ""}}}));
  constexpr std::size_t flags_from_end = 1 + 64;  // before the empty name: its length, and the signature
  CHECK(bytes[bytes.size() - flags_from_end - 1] == 2);
  bytes[bytes.size() - flags_from_end - 1] = 4;
  CHECK(refused(bytes) == Fault::malformed);
}

TEST_CASE("policy entry: a body past its bound is refused") {
  CHECK(refused(policy::Unknown{99, Bytes(limits::policy_body_bytes_max + 1, 1)}) == Fault::too_large);
}

TEST_CASE("policy entry: text in any normal form is taken as it is") {
  for (const auto& name : {"Vỹ Dạ"s, "Vy\xcc\x83 Da"s, "\xf4\x8f\xbf\xbf"s, "\xe2\x80\xae"s}) {
    auto unit = a_unit();
    unit.name_vi = name;
    CHECK(policy::decode_entry(policy::encode_entry(an_entry(unit))).value().body == policy::Body(unit));
  }
}

TEST_CASE("policy entry: the bytes of a small log are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_chain.txt");
  sheet.note("WIRE.md section 5: a log with one entry of each type; hashes are of the entry with its signature");
  put_keys(sheet, city);
  policy::Delegation delegation;
  delegation.operations = crypto::public_of(made_secret<crypto::SignSeed>(33));
  const auto device = a_device(9);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  REQUIRE(log.append(city.next(log, device)).has_value());
  REQUIRE(log.append(city.next(log, policy::RevokeDevice{id_of(device), "mất máy"})).has_value());
  REQUIRE(log.append(city.next(log, delegation, city.root)).has_value());
  REQUIRE(log.append(city.next(log, policy::Unknown{77, {1, 2, 3}}, made_secret<crypto::SignSeed>(33))).has_value());
  REQUIRE(log.append(city.next(log, policy::Addresses{{"centre.hue.gov.vn:7400", "10.0.0.1:443"}}, made_secret<crypto::SignSeed>(33)))
              .has_value());
  put_entries(sheet, log);
  sheet.check();
}

TEST_CASE("policy entry: the bytes of a log with a block of codes are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_codes.txt");
  sheet.note("WIRE.md section 5: a unit, a device, and the block of codes that it numbers from");
  put_keys(sheet, city);
  const auto device = a_device(9);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  REQUIRE(log.append(city.next(log, device)).has_value());
  REQUIRE(log.append(city.next(log, a_block(id_of(device), 1, 2'500))).has_value());
  put_entries(sheet, log);
  sheet.check();
}

TEST_CASE("policy entry: the bytes of a log with a succession and users are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_people.txt");
  sheet.note("WIRE.md section 5: a unit and its heir, a leader, and an accountant who is disabled");
  put_keys(sheet, city);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  REQUIRE(log.append(city.next(log, a_unit("W25-VYDA", 0, 51))).has_value());
  REQUIRE(log.append(city.next(log, policy::Succession{"W-VYDA", "W25-VYDA", "1675/NQ-UBTVQH15"})).has_value());
  REQUIRE(log.append(city.next(log, policy::UserStanding{"W25-VYDA", "lan", true, true, false, false, ""})).has_value());
  REQUIRE(log.append(city.next(log, policy::UserStanding{"W-VYDA", "hòa", false, false, true, false, "nghỉ việc"})).has_value());
  put_entries(sheet, log);
  sheet.check();
}

TEST_CASE("policy entry: the bytes of a log with a calendar are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_calendar.txt");
  sheet.note("WIRE.md section 5: days off of 2028, one of them expected only, and a Saturday that makes up for one");
  put_keys(sheet, city);
  REQUIRE(log.append(city.next(log, a_calendar())).has_value());
  put_entries(sheet, log);
  sheet.check();
}
