#include "tests/sim/founding.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"

#include <deque>

namespace ward::sim {
namespace {

using engine::BytesArrived;
using engine::LinkEffect;
using engine::LinkUp;
using engine::SendBytes;

Array<32> draw(const storage::Random& random) {
  Array<32> out{};
  random(out);
  return out;
}

/// Both ends of an enrolment, until the ward has its answer.
class Enrolment {
 public:
  Enrolment(storage::CentreStore& store, engine::enrol::EnrolEngine& ward, Now now)
      : store_(store), ward_(ward), centre_(store.engine_identity()), now_(now) {}

  engine::enrol::Enrolled run(const storage::Random& random) {
    centre_hears(LinkUp{draw(random)});
    ward_hears(LinkUp{draw(random)});
    if (!enrolled_) throw Complaint("enrolment did not come to an answer");
    return *std::move(enrolled_);
  }

 private:
  void ward_hears(const engine::enrol::Event& event) {
    for (auto& effect : ward_.on(event, now_)) {
      if (auto* enrolled = std::get_if<engine::enrol::Enrolled>(&effect))
        enrolled_ = std::move(*enrolled);
      else
        obey(std::get<LinkEffect>(effect), [&](const BytesArrived& bytes) { centre_hears(bytes); });
    }
  }
  void centre_hears(const engine::centre::Event& event) {
    for (auto& effect : centre_.on(event, now_)) {
      if (auto* wanted = std::get_if<engine::centre::StoreEffect>(&effect))
        centre_hears(storage::perform(std::move(*wanted), store_, now_.wall));
      else
        obey(std::get<LinkEffect>(effect), [&](const BytesArrived& bytes) { ward_hears(bytes); });
    }
  }
  template <class Hear>
  void obey(const LinkEffect& effect, Hear&& hear) {
    if (const auto* close = std::get_if<engine::CloseLink>(&effect)) throw Complaint("enrolment was refused: " + close->reason.detail);
    if (const auto* sent = std::get_if<SendBytes>(&effect)) hear(BytesArrived{sent->bytes});
  }

  storage::CentreStore& store_;
  engine::enrol::EnrolEngine& ward_;
  engine::centre::CentreEngine centre_;
  Now now_;
  std::optional<engine::enrol::Enrolled> enrolled_;
};

}  // namespace

storage::CentreKeys copy_of(const storage::CentreKeys& keys) {
  return demand(storage::CentreKeys::decode(keys.encode()), "the centre's key file");
}
storage::WardKeys copy_of(const storage::WardKeys& keys) { return demand(storage::WardKeys::decode(keys.encode()), "a device's key file"); }

storage::CentreKeys found_centre(const std::string& path, const std::vector<UnitCode>& units, const storage::Random& random, WallTime now) {
  auto keys = storage::CentreKeys::make(random);
  const crypto::SignSeed root(draw(random));
  policy::Entry genesis;
  genesis.time = now;
  genesis.body = policy::Genesis{"Huế",
                                 crypto::public_of(root),
                                 fixed_from<Hash>(draw(random)),
                                 crypto::public_of(*keys.operations),
                                 crypto::public_of(keys.receipt),
                                 crypto::public_of(keys.noise)};
  policy::sign(genesis, crypto::org_of(crypto::public_of(root)), root);
  auto log = demand(policy::PolicyLog::start(genesis), "genesis");
  auto group = 10;
  for (const auto& code : units) {
    policy::Unit unit;
    unit.code = code;
    if (code.starts_with("C-")) unit.kind = "centre";
    unit.identification = "0" + std::to_string(group++) + ".22.H57";
    const auto seed = keys::derive_unit_seed(keys.unit_master, code, 0);
    unit.unit_public = crypto::public_of(keys::unit_secret_of(seed, code, 0));
    auto entry = log.next(unit, 0, now);
    policy::sign(entry, log.org(), *keys.operations);
    demand(log.append(entry), "unit");
  }
  demand(storage::CentreStore::create(path, keys, log.entries()), "the centre's data file");
  return keys;
}

storage::WardKeys enrol_ward(const std::string& path, storage::CentreStore& centre, const UnitCode& unit, bool pre_approved,
                             const storage::Random& random, Now now) {
  const auto ticket = demand(centre.new_ticket({unit, "desk", "127.0.0.1:7400", pre_approved, {now.wall.ms + 3'600'000}}), "ticket");
  auto keys = storage::WardKeys::make(random);
  engine::enrol::EnrolEngine ward(ticket, keys.device, "desk");
  const auto enrolled = Enrolment(centre, ward, now).run(random);
  const storage::Membership membership{
      ticket.org, ticket.root, ticket.centre_static, ticket.address, crypto::device_of(crypto::public_of(keys.device.sign)), ticket.unit};
  demand(storage::WardStore::create(path, keys, membership, enrolled.policy), "a ward's data file");
  return keys;
}

}  // namespace ward::sim
