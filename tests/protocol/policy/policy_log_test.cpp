#include "policy_fixture.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward;
using namespace ward::test;

namespace {

/// The fault of appending, after a check that nothing changed.
Fault refused(policy::PolicyLog& log, const policy::Entry& entry) {
  const auto before = log.count();
  const auto devices = log.devices().size();
  const auto units = log.units().size();
  const auto hash = log.last_hash();
  const auto appended = log.append(entry);
  CHECK(log.count() == before);
  CHECK(log.devices().size() == devices);
  CHECK(log.units().size() == units);
  CHECK(log.last_hash() == hash);
  return fault_of(appended);
}
void must_append(policy::PolicyLog& log, const policy::Entry& entry) { REQUIRE(log.append(entry).has_value()); }

policy::PolicyLog log_with_device(const City& city, const policy::Device& device) {
  auto log = city.log();
  must_append(log, city.next(log, a_unit()));
  must_append(log, city.next(log, device));
  return log;
}

}  // namespace

TEST_CASE("policy log: starts from a genesis that its own root key signed") {
  const City city;
  const auto log = city.log();
  CHECK(log.org() == city.org);
  CHECK(log.count() == 1);
  CHECK(log.genesis().organisation == "Thành phố Huế");
  CHECK(log.operations() == crypto::public_of(city.operations));
  CHECK(log.receipt_key() == crypto::public_of(city.receipt));
  CHECK(log.centre_noise() == crypto::public_of(city.noise));
  CHECK(log.last_hash() == policy::hash_of(city.genesis(), city.org));
}

TEST_CASE("policy log: another city's genesis, another key's signature or another beginning is refused") {
  const City city;
  CHECK(policy::PolicyLog::start(city.genesis(), city.org).has_value());
  CHECK(fault_of(policy::PolicyLog::start(city.genesis(), made<OrgId>(9))) == Fault::wrong_organisation);
  auto entry = city.genesis();
  policy::sign(entry, city.org, city.operations);
  CHECK(fault_of(policy::PolicyLog::start(entry)) == Fault::bad_signature);
  entry = city.genesis();
  entry.epoch = 1;
  policy::sign(entry, city.org, city.root);
  CHECK(fault_of(policy::PolicyLog::start(entry)) == Fault::malformed);
  entry = city.genesis();
  entry.previous = made<Hash>(1);
  policy::sign(entry, city.org, city.root);
  CHECK(fault_of(policy::PolicyLog::start(entry)) == Fault::malformed);
  entry = city.genesis();
  entry.body = a_unit();
  policy::sign(entry, city.org, city.root);
  CHECK(fault_of(policy::PolicyLog::start(entry)) == Fault::malformed);
}

TEST_CASE("policy log: units and devices are found by what names them") {
  const City city;
  const auto device = a_device(9);
  const auto log = log_with_device(city, device);
  REQUIRE(log.unit("W-VYDA") != nullptr);
  CHECK(log.unit("W-VYDA")->name_vi == "Phường Vỹ Dạ");
  CHECK(log.unit("W-NONE") == nullptr);
  const auto* standing = log.device(id_of(device));
  REQUIRE(standing != nullptr);
  CHECK(standing->device == device);
  CHECK(standing->approved == 2);
  CHECK(standing->approved_index == 20);
  CHECK_FALSE(standing->revoked.has_value());
  CHECK(log.device_by_noise(device.noise) == standing);
  CHECK(log.device(made<DeviceId>(1)) == nullptr);
  CHECK(log.device_by_noise(made<DhKey>(1)) == nullptr);
}

TEST_CASE("policy log: units come sorted by code, devices in order of approval") {
  const City city;
  auto log = city.log();
  for (const auto* code : {"W-C", "W-A", "W-B"}) must_append(log, city.next(log, a_unit(code)));
  for (const std::uint8_t number : {std::uint8_t{30}, std::uint8_t{10}, std::uint8_t{20}})
    must_append(log, city.next(log, a_device(number, "W-A")));
  std::string codes;
  for (const auto* unit : log.units()) codes += unit->code + " ";
  CHECK(codes == "W-A W-B W-C ");
  std::string labels;
  for (const auto* standing : log.devices()) labels += standing->device.label + " ";
  CHECK(labels == "Quầy 30 Quầy 10 Quầy 20 ");
}

TEST_CASE("policy log: a revocation says from which entry and index it counts") {
  const City city;
  const auto device = a_device(9);
  auto log = log_with_device(city, device);
  must_append(log, city.next(log, policy::RevokeDevice{id_of(device), "stolen"}));
  const auto* standing = log.device(id_of(device));
  CHECK(standing->revoked == Epoch{3});
  CHECK(standing->revoked_index == std::uint64_t{30});
}

TEST_CASE("policy log: each type is signed by the key whose business it is, and no other") {
  const City city;
  const auto device = a_device(9);
  auto log = log_with_device(city, device);
  policy::Delegation delegation;
  delegation.receipt = made<SignKey>(7);
  const std::vector<policy::Body> by_operations{a_unit("W-B"), a_device(10), a_block(id_of(device), 1, 9),
                                                policy::RevokeDevice{id_of(device), ""}};
  for (const auto& body : by_operations) {
    CHECK(refused(log, city.next(log, body, city.root)) == Fault::bad_signature);
    CHECK(refused(log, city.next(log, body, city.receipt)) == Fault::bad_signature);
    auto copy = log;
    CHECK(copy.append(city.next(log, body, city.operations)).has_value());
  }
  CHECK(refused(log, city.next(log, delegation, city.operations)) == Fault::bad_signature);
  auto copy = log;
  CHECK(copy.append(city.next(log, delegation, city.root)).has_value());
  const policy::Unknown unknown{200, {1, 2, 3}};
  CHECK(refused(log, city.next(log, unknown, city.receipt)) == Fault::bad_signature);
  for (const auto* key : {&city.root, &city.operations}) {
    copy = log;
    CHECK(copy.append(city.next(log, unknown, *key)).has_value());
  }
}

TEST_CASE("policy log: a delegation replaces the keys that it names and leaves the others") {
  const City city;
  auto log = city.log();
  const auto new_operations = made_secret<crypto::SignSeed>(30);
  policy::Delegation delegation;
  delegation.operations = crypto::public_of(new_operations);
  must_append(log, city.next(log, delegation, city.root));
  CHECK(log.receipt_key() == crypto::public_of(city.receipt));
  CHECK(log.centre_noise() == crypto::public_of(city.noise));
  CHECK(refused(log, city.next(log, a_unit(), city.operations)) == Fault::bad_signature);
  must_append(log, city.next(log, a_unit(), new_operations));
  delegation = {};
  delegation.centre_noise = made<DhKey>(8);
  delegation.receipt = made<SignKey>(7);
  must_append(log, city.next(log, delegation, city.root));
  CHECK(log.operations() == crypto::public_of(new_operations));
  CHECK(log.receipt_key() == made<SignKey>(7));
  CHECK(log.centre_noise() == made<DhKey>(8));
}

TEST_CASE("policy log: a flipped bit anywhere in an entry is refused") {
  const City city;
  auto log = log_with_device(city, a_device(9));
  for_each_flipped_bit(policy::encode_entry(city.next(log, a_device(10))), [&](const Bytes& flipped) {
    const auto entry = policy::decode_entry(flipped);
    if (entry.has_value()) CHECK(log.append(*entry).has_error());
  });
  CHECK(log.count() == 3);
}

TEST_CASE("policy log: the same entry again is fine, an entry too far on is a gap") {
  const City city;
  auto log = log_with_device(city, a_device(9));
  for (const auto& entry : std::vector(log.entries())) CHECK(log.append(entry).has_value());
  CHECK(log.count() == 3);
  auto ahead = log;
  must_append(ahead, city.next(ahead, a_device(10)));
  CHECK(refused(log, city.next(ahead, a_device(11))) == Fault::gap);
}

TEST_CASE("policy log: two well signed entries with one epoch are a fork, and so is one that continues another log") {
  const City city;
  auto ours = city.log();
  auto theirs = city.log();
  must_append(ours, city.next(ours, a_unit("W-A")));
  must_append(theirs, city.next(theirs, a_unit("W-B")));
  CHECK(refused(ours, theirs.entries()[1]) == Fault::fork);
  CHECK(refused(ours, city.next(theirs, a_unit("W-C"))) == Fault::fork);
  auto other_genesis = city.genesis();
  std::get<policy::Genesis>(other_genesis.body).organisation = "Huế";
  policy::sign(other_genesis, city.org, city.root);
  CHECK(refused(ours, other_genesis) == Fault::fork);
}

TEST_CASE("policy log: bytes that anybody can make up raise no fork alarm") {
  const City city;
  auto ours = city.log();
  auto theirs = city.log();
  must_append(ours, city.next(ours, a_unit("W-A")));
  CHECK(refused(ours, city.next(theirs, a_unit("W-B"), city.receipt)) == Fault::bad_signature);
}

TEST_CASE("policy log: an old entry is judged by the operations key of its time") {
  const City city;
  auto ours = city.log();
  auto theirs = city.log();
  must_append(ours, city.next(ours, a_unit("W-A")));
  policy::Delegation delegation;
  delegation.operations = made<SignKey>(7);
  must_append(ours, city.next(ours, delegation, city.root));
  CHECK(refused(ours, city.next(theirs, a_unit("W-B"))) == Fault::fork);
  // Also against the very entry that replaced it.
  must_append(theirs, city.next(theirs, a_unit("W-A")));
  CHECK(refused(ours, city.next(theirs, a_unit("W-B"))) == Fault::fork);
}

TEST_CASE("policy log: index and time never go back") {
  const City city;
  auto log = log_with_device(city, a_device(9));
  const auto last = log.entries().back();
  auto entry = log.next(a_device(10), last.from_index - 1, last.time);
  policy::sign(entry, city.org, city.operations);
  CHECK(refused(log, entry) == Fault::malformed);
  entry = log.next(a_device(10), last.from_index, {last.time.ms - 1});
  policy::sign(entry, city.org, city.operations);
  CHECK(refused(log, entry) == Fault::malformed);
  entry = log.next(a_device(10), last.from_index, last.time);
  policy::sign(entry, city.org, city.operations);
  CHECK(log.append(entry).has_value());
}

TEST_CASE("policy log: there is one genesis") {
  const City city;
  auto log = city.log();
  CHECK(refused(log, city.next(log, city.genesis().body, city.root)) == Fault::malformed);
}

TEST_CASE("policy log: a seed epoch of a unit has one key and never goes back") {
  const City city;
  auto log = city.log();
  must_append(log, city.next(log, a_unit("W-A", 4, 50)));
  CHECK(refused(log, city.next(log, a_unit("W-A", 3, 51))) == Fault::invalid);
  CHECK(refused(log, city.next(log, a_unit("W-A", 4, 51))) == Fault::invalid);
  CHECK(refused(log, city.next(log, a_unit("W-A", 5, 50))) == Fault::invalid);
  auto renamed = a_unit("W-A", 4, 50);
  renamed.name_vi = "Phường Thuận Hoá";
  must_append(log, city.next(log, renamed));
  CHECK(log.unit("W-A")->name_vi == "Phường Thuận Hoá");
  must_append(log, city.next(log, a_unit("W-A", 5, 51)));
  CHECK(log.unit("W-A")->unit_epoch == 5);
}

TEST_CASE("policy log: a device needs its unit and that unit's newest seed") {
  const City city;
  auto log = city.log();
  CHECK(refused(log, city.next(log, a_device(9))) == Fault::not_found);
  must_append(log, city.next(log, a_unit("W-VYDA", 1)));
  CHECK(refused(log, city.next(log, a_device(9))) == Fault::invalid);
  auto device = a_device(9);
  device.unit_epoch = 1;
  must_append(log, city.next(log, device));
}

TEST_CASE("policy log: a key that stands already is refused, revoked or not") {
  const City city;
  const auto device = a_device(9);
  auto log = log_with_device(city, device);
  auto same_sign = a_device(10);
  same_sign.sign = device.sign;
  auto same_noise = a_device(10);
  same_noise.noise = device.noise;
  auto noise_of_the_centre = a_device(10);
  noise_of_the_centre.noise = log.centre_noise();
  for (const auto& body : {device, same_sign, same_noise, noise_of_the_centre}) CHECK(refused(log, city.next(log, body)) == Fault::invalid);
  must_append(log, city.next(log, policy::RevokeDevice{id_of(device), ""}));
  for (const auto& body : {device, same_sign, same_noise}) CHECK(refused(log, city.next(log, body)) == Fault::invalid);
}

TEST_CASE("policy log: an unknown device cannot be revoked, nor one device twice") {
  const City city;
  const auto device = a_device(9);
  auto log = log_with_device(city, device);
  CHECK(refused(log, city.next(log, policy::RevokeDevice{made<DeviceId>(8), ""})) == Fault::not_found);
  must_append(log, city.next(log, policy::RevokeDevice{id_of(device), ""}));
  CHECK(refused(log, city.next(log, policy::RevokeDevice{id_of(device), ""})) == Fault::revoked);
}

TEST_CASE("policy log: a block of codes needs a device that stands, and the identification code of its unit") {
  const City city;
  const auto device = a_device(9);
  auto log = log_with_device(city, device);
  CHECK(refused(log, city.next(log, a_block(made<DeviceId>(8), 1, 9))) == Fault::not_found);
  auto foreign = a_block(id_of(device), 1, 9);
  foreign.identification = "H57.02";
  CHECK(refused(log, city.next(log, foreign)) == Fault::invalid);
  CHECK(refused(log, city.next(log, a_block(id_of(device), 1, 9), city.root)) == Fault::bad_signature);
  CHECK(log.code_blocks("H57.01").empty());
  must_append(log, city.next(log, a_block(id_of(device), 1, 9)));
  CHECK(log.code_blocks("H57.01") == std::vector{a_block(id_of(device), 1, 9)});
  CHECK(log.code_blocks("H57.02").empty());
  must_append(log, city.next(log, policy::RevokeDevice{id_of(device), ""}));
  CHECK(refused(log, city.next(log, a_block(id_of(device), 10, 19))) == Fault::revoked);
}

TEST_CASE("policy log: two devices never may give one serial on one day, not even one that was revoked") {
  using std::chrono::days;
  const City city;
  const auto one = a_device(9), other = a_device(10);
  auto log = log_with_device(city, one);
  must_append(log, city.next(log, other));
  const auto held = a_block(id_of(one), 100, 199);
  must_append(log, city.next(log, held));
  must_append(log, city.next(log, policy::RevokeDevice{id_of(one), "stolen"}));
  const auto with = [&](std::uint32_t first, std::uint32_t last, code::Day from, code::Day to) {
    auto out = a_block(id_of(other), first, last);
    out.from = from;
    out.to = to;
    return out;
  };
  for (const auto& meets : {with(100, 199, held.from, held.to), with(1, 100, held.from, held.to), with(199, 300, held.from, held.to),
                            with(1, 999, held.to, held.to + days(9)), with(150, 150, held.from - days(9), held.from)})
    CHECK(refused(log, city.next(log, meets)) == Fault::invalid);
  for (const auto& beside :
       {with(1, 99, held.from, held.to), with(200, 300, held.from, held.to), with(100, 199, held.to + days(1), held.to + days(9)),
        with(100, 199, held.from - days(9), held.from - days(1))})
    must_append(log, city.next(log, beside));
  // The same device may be given more of what it has.
  must_append(log, city.next(log, with(90, 99, held.from, held.to)));
  CHECK(log.code_blocks("H57.01").size() == 6);
}

TEST_CASE("policy log: of a shared code the newest entry counts, and one without dossiers settles it") {
  const City city;
  auto log = city.log();
  const policy::SharedCode two{"H57-1", {{made<Did>(1), "W-A"}, {made<Did>(2), "W-B"}}};
  const policy::SharedCode three{"H57-1", {{made<Did>(1), "W-A"}, {made<Did>(2), "W-B"}, {made<Did>(3), "W-C"}}};
  const policy::SharedCode other{"H57-2", {{made<Did>(1), "W-A"}, {made<Did>(4), "W-B"}}};
  for (const auto& body : {two, other, three}) must_append(log, city.next(log, body));
  CHECK(log.shared_codes().at("H57-1") == three);
  must_append(log, city.next(log, policy::SharedCode{"H57-1", {}}));
  CHECK(log.shared_codes().size() == 1);
  CHECK(log.shared_codes().contains("H57-2"));
  CHECK(refused(log, city.next(log, two, city.root)) == Fault::bad_signature);
}

TEST_CASE("policy log: a unit has one heir, known units only, and no circle of heirs") {
  const City city;
  auto log = city.log();
  for (const auto* code : {"W-A", "W-B", "W-C"}) must_append(log, city.next(log, a_unit(code)));
  CHECK(log.heir("W-A") == nullptr);
  CHECK(refused(log, city.next(log, policy::Succession{"W-A", "W-A", ""})) == Fault::invalid);
  CHECK(refused(log, city.next(log, policy::Succession{"W-A", "W-X", ""})) == Fault::not_found);
  CHECK(refused(log, city.next(log, policy::Succession{"W-X", "W-A", ""})) == Fault::not_found);
  CHECK(refused(log, city.next(log, policy::Succession{"W-A", "W-B", ""}, city.root)) == Fault::bad_signature);
  must_append(log, city.next(log, policy::Succession{"W-A", "W-B", ""}));
  REQUIRE(log.heir("W-A") != nullptr);
  CHECK(*log.heir("W-A") == "W-B");
  CHECK(refused(log, city.next(log, policy::Succession{"W-A", "W-C", ""})) == Fault::invalid);
  CHECK(refused(log, city.next(log, policy::Succession{"W-B", "W-A", ""})) == Fault::invalid);
  must_append(log, city.next(log, policy::Succession{"W-B", "W-C", ""}));
  CHECK(refused(log, city.next(log, policy::Succession{"W-C", "W-A", ""})) == Fault::invalid);
}

TEST_CASE("policy log: a user's unit is there; what is said of him may change") {
  const City city;
  auto log = city.log();
  const policy::UserStanding lan{"W-A", "lan", true, true, false, false, ""};
  CHECK(refused(log, city.next(log, lan)) == Fault::not_found);
  must_append(log, city.next(log, a_unit("W-A")));
  CHECK(refused(log, city.next(log, lan, city.root)) == Fault::bad_signature);
  must_append(log, city.next(log, lan));
  must_append(log, city.next(log, policy::UserStanding{"W-A", "lan", false, false, false, false, "moved away"}));
}

TEST_CASE("policy log: the newest word on an account counts; its unit is there, and only the operations key speaks") {
  const City city;
  auto log = city.log();
  policy::Account lan{"W-A", "lan", "Trần Thị Lan", policy::Role::clerk, true, {}, ""};
  CHECK(refused(log, city.next(log, lan)) == Fault::not_found);
  must_append(log, city.next(log, a_unit("W-A")));
  CHECK(refused(log, city.next(log, lan, city.root)) == Fault::bad_signature);
  CHECK(log.account("W-A", "lan") == nullptr);
  must_append(log, city.next(log, lan));
  CHECK(*log.account("W-A", "lan") == lan);
  CHECK(log.account("W-A", "la") == nullptr);
  CHECK(log.account("W-B", "lan") == nullptr);
  lan.role = policy::Role::leader;
  lan.enabled = false;
  lan.reason = "moved away";
  must_append(log, city.next(log, lan));
  CHECK(*log.account("W-A", "lan") == lan);
  CHECK(log.accounts().size() == 1);
}

TEST_CASE("policy log: the newest activation of an account counts; the account is there, and only the operations key speaks") {
  const City city;
  auto log = city.log();
  policy::Activation first{"W-A", "lan", made<Hash>(5), {1'785'000'000'000}};
  must_append(log, city.next(log, a_unit("W-A")));
  must_append(log, city.next(log, a_unit("W-AB")));
  CHECK(refused(log, city.next(log, first)) == Fault::not_found);
  must_append(log, city.next(log, policy::Account{"W-A", "lan", "", policy::Role::administrator, true, {}, ""}));
  must_append(log, city.next(log, policy::Account{"W-AB", "lan", "", policy::Role::clerk, true, {}, ""}));
  CHECK(refused(log, city.next(log, first, city.root)) == Fault::bad_signature);
  CHECK_FALSE(log.logs_in("W-A"));
  CHECK_FALSE(policy::administers(log, *log.account("W-A", "lan")));
  must_append(log, city.next(log, first));
  CHECK(log.logs_in("W-A"));
  CHECK_FALSE(log.logs_in("W-AB"));
  CHECK_FALSE(log.logs_in("W"));
  CHECK(policy::administers(log, *log.account("W-A", "lan")));
  CHECK(log.activation("W-AB", "lan") == nullptr);
  CHECK(log.activation("W-A", "lan")->entry == first);
  CHECK(log.activation("W-A", "lan")->epoch == 5);
  first.hash = made<Hash>(6);
  must_append(log, city.next(log, first));
  CHECK(log.activation("W-A", "lan")->entry == first);
  CHECK(log.activation("W-A", "lan")->epoch == 6);
}

TEST_CASE("policy log: the newest calendar that names a year says all of that year, and nothing of others") {
  const City city;
  auto log = city.log();
  CHECK(log.calendar().empty());
  CHECK(refused(log, city.next(log, a_calendar(), city.root)) == Fault::bad_signature);
  must_append(log, city.next(log, a_calendar(2028)));
  must_append(log, city.next(log, a_calendar(2029)));
  CHECK(log.calendar().at(std::chrono::year{2028}).entry == 1);
  CHECK(log.calendar().at(std::chrono::year{2028}).exceptions == a_calendar(2028).exceptions);
  policy::Calendar both{{{std::chrono::year{2028} / 2 / 1, false, true, ""}, {std::chrono::year{2030} / 2 / 1, false, true, ""}}};
  must_append(log, city.next(log, both));
  CHECK(log.calendar().size() == 3);
  CHECK(log.calendar().at(std::chrono::year{2028}).exceptions.size() == 1);
  CHECK(log.calendar().at(std::chrono::year{2028}).entry == 3);
  CHECK(log.calendar().at(std::chrono::year{2029}).entry == 2);
}

TEST_CASE("policy log: an entry that would not decode again is refused, by whomever it was signed") {
  const City city;
  auto log = city.log();
  auto unit = a_unit();
  unit.name_vi = "a\x1b[2J";
  CHECK(refused(log, city.next(log, unit)) == Fault::malformed);
  CHECK(refused(log, city.next(log, policy::Unknown{3, {}})) == Fault::malformed);
  auto entry = log.next(a_unit(), 0, {-1});
  policy::sign(entry, city.org, city.operations);
  CHECK(refused(log, entry) == Fault::malformed);
}

TEST_CASE("policy log: a copy is a value") {
  const City city;
  auto log = log_with_device(city, a_device(9));
  auto copy = log;
  must_append(copy, city.next(copy, a_device(10)));
  CHECK(copy.count() == log.count() + 1);
  CHECK(log.device(id_of(a_device(10))) == nullptr);
  CHECK(copy.device_by_noise(a_device(9).noise) != log.device_by_noise(a_device(9).noise));
}

TEST_CASE("policy log: whatever is appended, a reader of its bytes ends with the same standing") {
  CHECK(rc::check("replay", [] {
    const City city;
    auto log = city.log();
    for (const auto step : *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 40))) {
      policy::Body body = policy::Unknown{static_cast<std::uint8_t>(100 + step), {step}};
      if (step % 4 == 1) body = a_unit("W-" + std::to_string(step % 3), step / 10, static_cast<std::uint8_t>(50 + step / 10));
      if (step % 4 == 2) body = a_device(static_cast<std::uint8_t>(10 + step), "W-" + std::to_string(step % 3));
      if (step % 4 == 3) body = policy::RevokeDevice{id_of(a_device(static_cast<std::uint8_t>(10 + step - 1))), "r"};
      static_cast<void>(log.append(city.next(log, body)));
    }
    auto again = policy::PolicyLog::start(policy::decode_entry(policy::encode_entry(log.entries()[0])).value(), city.org).value();
    for (const auto& entry : log.entries()) RC_ASSERT(again.append(policy::decode_entry(policy::encode_entry(entry)).value()).has_value());
    RC_ASSERT(again.last_hash() == log.last_hash());
    RC_ASSERT(again.devices().size() == log.devices().size());
    for (const auto* standing : log.devices()) RC_ASSERT(again.device(standing->id)->revoked == standing->revoked);
  }));
}
