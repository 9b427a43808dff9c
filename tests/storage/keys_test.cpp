#include "protocol/evidence/evidence.hpp"
#include "storage/evidence.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using storage::KeyKind;

namespace {

/// A centre whose key file is kept in memory, and the root keys of a safe.
struct Keeper {
  City city;
  std::optional<Bytes> file;
  crypto::SignSeed root = city.root.clone();

  storage::KeepKeys keep() {
    return [this](const storage::CentreKeys& keys) {
      file = keys.encode();
      return Result<void>{};
    };
  }
  policy::RootRequest request(KeyKind kind) { return must(city.centre->request_key(kind, city.now.wall, keep())); }
  Result<void> apply(const policy::Entry& entry) { return city.centre->apply_signed(entry, city.now.wall, keep()); }
  void renew(KeyKind kind) {
    city.pass(std::chrono::minutes(1));
    const auto request = this->request(kind);
    city.pass(std::chrono::hours(3));
    must(apply(must(policy::sign_request(request, root))));
  }
  /// As after a kill: what is in the file and the database is all there is.
  void restart() {
    city.keys = must(storage::CentreKeys::decode(*file));
    city.reopen_centre();
  }
  const policy::PolicyLog& policy() { return city.centre->store().policy; }
};

Fault fault_of_apply(Keeper& keeper, const policy::Entry& entry) { return fault_of(keeper.apply(entry)); }

}  // namespace

TEST_CASE("centre keys: a new key waits until the root key signed for it, and then counts; a kill at any step changes nothing of that") {
  for (const auto kind : {KeyKind::operations, KeyKind::receipt, KeyKind::noise}) {
    Keeper keeper;
    const auto before = keeper.policy().last_hash();
    const auto request = keeper.request(kind);
    CHECK(keeper.policy().last_hash() == before);
    keeper.restart();
    CHECK(must(keeper.city.centre->key_request()).has_value());
    CHECK(request.root == crypto::public_of(keeper.root));
    const auto entry = must(policy::sign_request(request, keeper.root));
    const auto old = *keeper.file;
    must(keeper.apply(entry));
    CHECK(keeper.policy().last_hash() != before);
    CHECK(!must(keeper.city.centre->key_request()).has_value());
    must(keeper.apply(entry));  // again is fine
    keeper.file = old;          // killed before the key file was written anew: the keys are in it all the same
    keeper.restart();
    const auto& keys = keeper.city.centre->keys();
    CHECK(crypto::public_of(keys.receipt) == keeper.policy().receipt_key());
    CHECK(crypto::public_of(keys.noise) == keeper.policy().centre_noise());
    CHECK(crypto::public_of(*keys.operations) == keeper.policy().operations());
    // The centre can still sign entries, and a PC still joins.
    must(keeper.city.centre->renew_seed("W-VYDA", keeper.city.now.wall));
  }
}

TEST_CASE("centre keys: what is not signed by the root key, is void or too old, or is for a key of another machine is refused") {
  Keeper keeper;
  const auto request = keeper.request(KeyKind::receipt);
  auto entry = must(policy::sign_request(request, keeper.root));
  auto forged = entry;
  policy::sign(forged, keeper.city.keys.operations ? keeper.policy().org() : OrgId{}, *keeper.city.keys.operations);
  CHECK(fault_of_apply(keeper, forged) == Fault::bad_signature);
  auto foreign = request;
  foreign.entry.body = policy::Delegation{std::nullopt, crypto::public_of(made_secret<crypto::SignSeed>(77)), std::nullopt};
  CHECK(fault_of_apply(keeper, must(policy::sign_request(foreign, keeper.root))) == Fault::missing_key);
  keeper.city.pass(std::chrono::hours(24 * 7));
  CHECK(fault_of_apply(keeper, entry) == Fault::gap);  // the old key's receipts would not be covered any more
  const auto again = keeper.request(KeyKind::receipt);
  CHECK(std::get<policy::Delegation>(again.entry.body) == std::get<policy::Delegation>(request.entry.body));  // the key made before
  entry = must(policy::sign_request(again, keeper.root));
  must(keeper.city.centre->renew_seed("W-VYDA", keeper.city.now.wall));  // a person goes on working
  CHECK(must(keeper.city.centre->key_request())->is_void);
  CHECK(fault_of_apply(keeper, entry) == Fault::gap);
  CHECK(keeper.policy().receipt_key() == crypto::public_of(keeper.city.keys.receipt));
}

TEST_CASE("centre keys: while a request is away the centre adds nothing by itself, for a week") {
  City numbered("Huế", "000.45.22.H57");
  auto pc = numbered.enrol("W-VYDA", 5);
  numbered.pass(std::chrono::hours(24 * 300));
  std::optional<Bytes> file;
  const storage::KeepKeys keep = [&](const storage::CentreKeys& keys) {
    file = keys.encode();
    return Result<void>{};
  };
  (void)must(numbered.centre->request_key(KeyKind::receipt, numbered.now.wall, keep));
  CHECK(!must(numbered.centre->refill_codes(numbered.now.wall)));
  numbered.pass(std::chrono::hours(24 * 7));
  CHECK(must(numbered.centre->refill_codes(numbered.now.wall)));
}

TEST_CASE("centre keys: a ward that was away through two renewals comes back, and evidence from before, between and after verifies") {
  Keeper keeper;
  auto pc = keeper.city.enrol("W-VYDA", 5);
  std::vector<Did> dids;
  const auto lodge = [&](const char* code) { dids.push_back(save(keeper.city, pc, sample_dossier(code, "Nguyễn Văn A")).did); };
  lodge("1");
  test::sync(keeper.city, pc);
  const auto early = must(storage::evidence_of(*pc, dids[0]));
  lodge("2");
  keeper.renew(KeyKind::receipt);
  keeper.renew(KeyKind::noise);
  keeper.renew(KeyKind::receipt);
  keeper.restart();
  CHECK(pc->engine_identity().receipt_key != keeper.policy().receipt_key());
  Link(keeper.city, pc).fetch_policy();
  CHECK(pc->engine_identity().receipt_key == keeper.policy().receipt_key());
  CHECK(pc->engine_identity().centre_static == keeper.policy().centre_noise());
  test::sync(keeper.city, pc);
  lodge("3");
  test::sync(keeper.city, pc);
  const auto root = crypto::public_of(keeper.root);
  CHECK(must(evidence::check(early, root)).confirmed > 0);
  for (const auto& did : dids) {
    CHECK(must(evidence::check(must(storage::evidence_of(*pc, did)), root)).confirmed > 0);
    CHECK(must(evidence::check(must(storage::evidence_of(*keeper.city.centre, did, keeper.city.now.wall)), root)).confirmed > 0);
  }
}

TEST_CASE("centre keys: a receipt by the earlier key from after its time is refused, as is one by a key whose time had not come") {
  Keeper keeper;
  auto pc = keeper.city.enrol("W-VYDA", 5);
  const auto did = save(keeper.city, pc, sample_dossier("1", "A")).did;
  test::sync(keeper.city, pc);
  auto evidence = must(storage::evidence_of(*pc, did));
  const auto old_key = keeper.city.keys.receipt.clone();
  keeper.renew(KeyKind::receipt);
  evidence.policy = keeper.city.policy();
  const auto root = crypto::public_of(keeper.root);
  REQUIRE(evidence::check(evidence, root).has_value());
  const auto changed = keeper.policy().receipt_key_since();
  const auto sign_at = [&](WallTime time, const crypto::SignSeed& key) {
    auto other = evidence;
    for (auto& each : other.receipts) {
      each.receipt.time = time;
      each.signature = log::sign(each.receipt, key);
    }
    return evidence::check(other, root);
  };
  const auto overlap = std::chrono::milliseconds(policy::receipt_key_overlap).count();
  CHECK(sign_at({changed.ms + overlap - 1}, old_key).has_value());
  CHECK(fault_of(sign_at({changed.ms + overlap}, old_key)) == Fault::bad_signature);
  CHECK(sign_at(changed, keeper.city.centre->keys().receipt).has_value());
  CHECK(fault_of(sign_at({changed.ms - 1}, keeper.city.centre->keys().receipt)) == Fault::bad_signature);
  // A clock that goes back signs nothing that is older than its key.
  CHECK(keeper.city.centre->log_view({1}).time >= changed);
}

TEST_CASE("centre keys: earlier statics of the line are answered until they are forgotten") {
  Keeper keeper;
  keeper.renew(KeyKind::noise);
  keeper.renew(KeyKind::noise);
  keeper.restart();
  CHECK(keeper.city.centre->engine_identity().earlier_noise.size() == 2);
  (void)keeper.request(KeyKind::noise);  // one that waits is no earlier one
  CHECK(keeper.city.centre->engine_identity().earlier_noise.size() == 2);
  CHECK(must(keeper.city.centre->forget_noise(keeper.keep())) == 2);
  keeper.restart();
  CHECK(keeper.city.centre->engine_identity().earlier_noise.empty());
  CHECK(keeper.city.centre->keys().other_noise.size() == 1);
}

TEST_CASE("centre keys: the root key rotates; what it signed stands, what it signs from then on does not") {
  Keeper keeper;
  keeper.renew(KeyKind::receipt);
  const auto request = keeper.request(KeyKind::root);
  CHECK(request.root == crypto::public_of(keeper.root));
  CHECK(request.next_root == made<Hash>(9));  // of this test's city nobody has the next root key
  CHECK(fault_of(policy::sign_rotation(request, made_secret<crypto::SignSeed>(3), made<SignKey>(1))) == Fault::wrong_key);
  auto by_old = request.entry;
  by_old.body = policy::RootRotation{crypto::public_of(keeper.root), made<Hash>(1)};
  policy::sign(by_old, keeper.policy().org(), keeper.root);
  CHECK(fault_of_apply(keeper, by_old) == Fault::bad_signature);
}

TEST_CASE(
    "centre keys: an older backup of the database with newer keys goes on by what the policy log in it names, and learns the rest from a "
    "ward") {
  Keeper keeper;
  auto pc = keeper.city.enrol("W-VYDA", 5);
  test::sync(keeper.city, pc);
  const auto copy_path = keeper.city.dir.file("copy.db");
  must(keeper.city.centre->store().db.copy_to(copy_path));
  keeper.renew(KeyKind::receipt);
  keeper.renew(KeyKind::noise);
  Link(keeper.city, pc).fetch_policy();
  auto restored = must(storage::CentreStore::open(copy_path, must(storage::CentreKeys::decode(*keeper.file)), seeded(99)));
  must(restored.become_restored(keeper.city.now.wall, false));
  CHECK(crypto::public_of(restored.keys().receipt) == restored.store().policy.receipt_key());
  CHECK(restored.store().policy.receipt_key() != keeper.policy().receipt_key());
  (void)must(restored.store_policy(
      {pc->membership().device, must(pc->read_policy({restored.store().policy.count()})).entries, keeper.city.now.wall}));
  CHECK(restored.store().policy.receipt_key() == keeper.policy().receipt_key());
  CHECK(crypto::public_of(restored.keys().receipt) == restored.store().policy.receipt_key());
  CHECK(crypto::public_of(restored.keys().noise) == restored.store().policy.centre_noise());
}

TEST_CASE("centre keys: an older key file, which lacks a key in force, opens nothing and says so") {
  Keeper keeper;
  const auto old = keeper.city.keys.encode();
  keeper.renew(KeyKind::receipt);
  keeper.file = old;
  keeper.city.centre.reset();
  CHECK(fault_of(storage::CentreStore::open(keeper.city.dir.file("centre.db"), must(storage::CentreKeys::decode(old)), seeded(1))) ==
        Fault::wrong_organisation);
}

TEST_CASE("centre key file: both forms read back; cut, longer or with too many keys it is refused") {
  auto keys = storage::CentreKeys::make(seeded(3));
  CHECK(text_of(keys.encode()).starts_with("WARDSYNC-CENTRE-KEY-1"));
  keys.other_noise.push_back(made_secret<crypto::DhSecret>(1));
  keys.other_receipt.push_back(made_secret<crypto::SignSeed>(2));
  const auto bytes = keys.encode();
  CHECK(text_of(bytes).starts_with("WARDSYNC-CENTRE-KEY-2"));
  CHECK(must(storage::CentreKeys::decode(bytes)).encode() == bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(storage::CentreKeys::decode(BytesView(bytes).first(size)).has_error());
  auto longer = bytes;
  longer.push_back(0);
  CHECK(storage::CentreKeys::decode(longer).has_error());
}
