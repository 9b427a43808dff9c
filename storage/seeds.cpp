#include "storage/seeds.hpp"

#include "protocol/keys/keys.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

bool keep(Store& store, const UnitCode& unit, Epoch epoch, Result<crypto::UnitSeed> seed) {
  return seed.has_value() && store.keys.unit_seeds.try_emplace({unit, epoch}, *std::move(seed)).second;
}

const crypto::UnitSeed* held(Store& store, const UnitCode& unit, Epoch epoch) {
  const auto found = store.keys.unit_seeds.find({unit, epoch});
  return found == store.keys.unit_seeds.end() ? nullptr : &found->second;
}

bool open_earlier(Store& store, const policy::SeedShares& entry) {
  const auto* seed = held(store, entry.unit, entry.unit_epoch);
  if (seed == nullptr) return false;
  const auto key = keys::wrap_key_of(*seed, entry.unit, entry.unit_epoch);
  bool learned = false;
  for (const auto& one : entry.held)
    learned = keep(store, one.unit, one.unit_epoch, keys::open_held_seed(one.sealed, store.org, one.unit, one.unit_epoch, key)) || learned;
  return learned;
}

}  // namespace

bool learn_seeds(Store& store, const DeviceId& device, const crypto::DhSecret& sealing) {
  const auto* standing = store.policy.device(device);
  if (standing == nullptr) return false;
  const auto& own = standing->device;
  bool learned =
      keep(store, own.unit, own.unit_epoch, keys::unwrap_seed(own.wrapped_seed, store.org, own.unit, own.unit_epoch, device, sealing));
  const auto& entries = store.policy.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const auto* next = std::get_if<policy::SeedShares>(&entry->body);
    if (next == nullptr) continue;
    const auto share = std::find_if(next->shares.begin(), next->shares.end(), [&](const auto& one) { return one.device == device; });
    if (share != next->shares.end() && held(store, next->unit, next->unit_epoch) == nullptr)
      learned = keep(store, next->unit, next->unit_epoch,
                     keys::unwrap_seed(share->wrapped, store.org, next->unit, next->unit_epoch, device, sealing)) ||
                learned;
    learned = open_earlier(store, *next) || learned;
  }
  return learned;
}

Result<NextSeed> next_seed(Store& store, const Array<32>& master, const UnitCode& unit, const std::optional<UnitCode>& joined) {
  const auto& context = context_of(store);
  const auto& house = context.house_of(unit, std::nullopt);
  const auto* stands = store.policy.unit(house);
  if (stands == nullptr) return fail(Fault::not_found, "there is no unit " + unit);
  NextSeed out{*stands, {}};
  const auto epoch = out.unit.unit_epoch += 1;
  const auto seed = keys::derive_unit_seed(master, house, epoch);
  out.unit.unit_public = crypto::public_of(keys::unit_secret_of(seed, house, epoch));
  out.shares.unit = house;
  out.shares.unit_epoch = epoch;
  const auto key = keys::wrap_key_of(seed, house, epoch);
  std::set<UnitCode> earlier{house};
  if (joined) earlier.insert(*joined);
  for (const auto& code : earlier) {
    const auto newest = store.policy.unit(code)->unit_epoch;
    out.shares.held.push_back({code, newest, keys::seal_held_seed(store.keys.unit_seeds.at({code, newest}), store.org, code, newest, key)});
  }
  for (const auto* standing : store.policy.devices()) {
    if (standing->revoked || context.house_of(standing->device.unit, std::nullopt) != house) continue;
    WARD_TRY(auto wrapped, keys::wrap_seed(seed, store.org, house, epoch, standing->id, standing->device.sealing));
    out.shares.shares.push_back({standing->id, std::move(wrapped)});
  }
  auto& shares = out.shares.shares;
  if (shares.size() > policy::seed_shares_max) return fail(Fault::too_large, "a unit of more than 400 PCs");
  std::sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.device < b.device; });
  return out;
}

}  // namespace ward::storage
