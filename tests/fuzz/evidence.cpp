#include "protocol/base/limits.hpp"
#include "protocol/evidence/contradiction.hpp"
#include "protocol/keys/sealed_keys.hpp"
#include "protocol/keys/official.hpp"
#include "protocol/log/backup_seal.hpp"
#include "runtime/evidence_json.hpp"
#include "tests/fuzz/laws.hpp"
#include "tests/support/made.hpp"

#include <boost/json/serialize.hpp>

namespace ward::fuzz {
namespace {

/// Of a file from anywhere: what is read, written again, says the same; and nobody signed it for a city whose root key is none.
bool evidence_file(std::string_view text) {
  const auto read = runtime::evidence_of_json(text);
  if (read.has_error()) return false;
  const auto written = boost::json::serialize(runtime::json_of(*read));
  const auto again = runtime::evidence_of_json(written);
  WARD_ASSERT(again.has_value() && boost::json::serialize(runtime::json_of(*again)) == written);
  WARD_ASSERT(ward::evidence::check(*read, SignKey{}).has_error());
  return true;
}

log::BackupSeal a_seal() {
  return {test::made<OrgId>(1), test::made<Incarnation>(2), 70'000, test::made<Hash>(3), 41, {1'785'000'000'000}, 3'000'000,
          test::made<Hash>(4)};
}

/// The end of a backup: only what the centre signed.
bool backup_seal(BytesView bytes) {
  static const auto key = test::made_secret<crypto::SignSeed>(9);
  static const auto honest = log::encode_backup_trailer(a_seal(), key);
  const auto read = log::decode_backup_trailer(bytes, crypto::public_of(key));
  if (read.has_error()) return false;
  require_same(bytes, honest);
  WARD_ASSERT(*read == a_seal());
  return true;
}

/// An official's key file: what it asks of this machine has bounds, and its form is one.
bool official(std::string_view text) {
  const auto key = keys::decode_official_key(text);
  if (key.has_value()) {
    WARD_ASSERT(key->cost.memory_kib <= 256 * 1024 && key->cost.passes <= 10);
    const auto again = keys::decode_official_key(keys::encode_official_key(*key));
    WARD_ASSERT(again.has_value() && *again == *key);
  }
  const auto shown = keys::decode_official_public(text);
  WARD_ASSERT(key.has_error() || shown.has_error());
  return key.has_value() || shown.has_value();
}

/// A PC's key file: what it asks of this machine has bounds, and its form is one.
bool sealed_keys(BytesView bytes) {
  const auto file = keys::decode_sealed_keys(keys::KeyOwner::device, bytes);
  if (file.has_error() || !*file) return false;
  WARD_ASSERT((*file)->cost.memory_kib <= 256 * 1024 && (*file)->cost.passes <= 10);
  WARD_ASSERT(keys::encode_sealed_keys(**file) == copy(bytes));
  return true;
}

/// Two words that exclude each other: of their bytes there is one form, and nobody signed them for a city whose root key is none.
bool contradiction(BytesView bytes) {
  return one_form(bytes, ward::evidence::decode_contradiction(bytes), ward::evidence::encode_contradiction);
}

bool contradiction_file(std::string_view text) {
  const auto read = runtime::contradiction_of_json(text);
  if (read.has_error() || !*read) return false;
  const auto written =
      boost::json::serialize(runtime::json_of_contradiction((*read)->policy, ward::evidence::encode_contradiction((*read)->contradiction)));
  const auto again = runtime::contradiction_of_json(written);
  WARD_ASSERT(again.has_value() && *again && (*again)->policy == (*read)->policy);
  WARD_ASSERT(ward::evidence::check((*read)->contradiction, (*read)->policy, SignKey{}).has_error());
  return true;
}

/// A line of what a revoked PC hands in: its segments have bounds, and none is signed by a key that is none.
bool unsent(std::string_view text) {
  auto read = runtime::unsent_of_json(text);
  if (read.has_error()) return false;
  WARD_ASSERT(read->rows.size() <= limits::run_segments_max);
  segment::KeyRing none;
  for (auto& rows : read->rows) WARD_ASSERT(segment::verify_rows(rows, read->org, SignKey{}, none).has_error());
  return true;
}

}  // namespace

bool evidence(BytesView input) {
  const auto [which, bytes] = choose(input, 7);
  switch (which) {
    case 0: return evidence_file(text_of(bytes));
    case 1: return backup_seal(bytes);
    case 2: return official(text_of(bytes));
    case 3: return sealed_keys(bytes);
    case 4: return contradiction(bytes);
    case 5: return contradiction_file(text_of(bytes));
    default: return unsent(text_of(bytes));
  }
}

}  // namespace ward::fuzz
