#include "centre/founding.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"
#include "protocol/text/text.hpp"

namespace ward::centre {
namespace {

crypto::SignSeed draw_seed(const storage::Random& random) {
  crypto::SignSeed seed;
  random(seed.mutable_view());
  return seed;
}

Result<void> enter(policy::PolicyLog& log, policy::Body body, const crypto::SignSeed& key, WallTime now) {
  auto entry = log.next(std::move(body), 0, now);
  policy::sign(entry, log.org(), key);
  return log.append(entry);
}

}  // namespace

Result<Founding> found_city(std::string organisation, std::vector<policy::Unit> units, const storage::Random& random, WallTime now) {
  WARD_TRY(organisation, text::to_line("the organisation's name", organisation, limits::name_bytes_max));
  Founding founding{storage::CentreKeys::make(random), draw_seed(random), draw_seed(random), {}, {}};
  WARD_ASSERT(founding.keys.operations.has_value());

  policy::Entry genesis;
  genesis.time = now;
  genesis.body = policy::Genesis{std::move(organisation),
                                 crypto::public_of(founding.root),
                                 policy::commitment_to(crypto::public_of(founding.next_root)),
                                 crypto::public_of(*founding.keys.operations),
                                 crypto::public_of(founding.keys.receipt),
                                 crypto::public_of(founding.keys.noise)};
  founding.org = crypto::org_of(crypto::public_of(founding.root));
  policy::sign(genesis, founding.org, founding.root);
  WARD_TRY(auto log, policy::PolicyLog::start(genesis));

  for (auto& unit : units) {
    const auto seed = keys::derive_unit_seed(founding.keys.unit_master, unit.code, unit.unit_epoch);
    unit.unit_public = crypto::public_of(keys::unit_secret_of(seed, unit.code, unit.unit_epoch));
    WARD_CHECK(enter(log, std::move(unit), *founding.keys.operations, now));
  }
  founding.entries = log.entries();
  return founding;
}

std::string encode_root_key(const crypto::SignSeed& seed, std::string_view organisation, bool next) {
  std::string text = "wardsync root key of " + std::string(organisation);
  text += next ? ", the NEXT one: it replaces the first if that is lost or stolen. Keep it in another safe.\n"
               : ". Whoever holds it can appoint whoever they like. Keep it on a stick in a safe.\n";
  return text + "WARDSYNC-ROOT-1 " + hex(seed.view()) + "\n";
}

std::string root_key_beside(std::string data) {
  while (data.size() > 1 && data.ends_with('/')) data.pop_back();
  return data + "-root.key";
}

std::string next_root_key(const std::string& root_file) { return root_file + ".next"; }

}  // namespace ward::centre
