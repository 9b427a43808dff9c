#pragma once

#include "protocol/crypto/hash.hpp"
#include "protocol/policy/policy.hpp"
#include "tests/support/made.hpp"

#include <string>
#include <utility>

namespace ward::test {

/// A city whose keys the test holds.
struct City {
  crypto::SignSeed root = made_secret<crypto::SignSeed>(1);
  crypto::SignSeed next_root = made_secret<crypto::SignSeed>(2);
  crypto::SignSeed operations = made_secret<crypto::SignSeed>(3);
  crypto::SignSeed receipt = made_secret<crypto::SignSeed>(4);
  crypto::DhSecret noise = made_secret<crypto::DhSecret>(5);
  OrgId org = crypto::org_of(crypto::public_of(root));

  [[nodiscard]] policy::Entry genesis() const {
    policy::Genesis body;
    body.organisation = "Thành phố Huế";
    body.root = crypto::public_of(root);
    body.next_root = crypto::hash<Hash>("wsync-next-root", {}, {crypto::public_of(next_root).view()});
    body.operations = crypto::public_of(operations);
    body.receipt = crypto::public_of(receipt);
    body.centre_noise = crypto::public_of(noise);
    policy::Entry entry;
    entry.time = {1'785'000'000'000};
    entry.body = body;
    policy::sign(entry, org, root);
    return entry;
  }
  [[nodiscard]] policy::PolicyLog log() const { return policy::PolicyLog::start(genesis()).value(); }

  /// The next entry, signed by `key`.
  [[nodiscard]] policy::Entry next(const policy::PolicyLog& log, policy::Body body, const crypto::SignSeed& key) const {
    const auto& last = log.entries().back();
    auto entry = log.next(std::move(body), last.from_index + 10, {last.time.ms + 1000});
    policy::sign(entry, org, key);
    return entry;
  }
  [[nodiscard]] policy::Entry next(const policy::PolicyLog& log, policy::Body body) const { return next(log, std::move(body), operations); }
};

inline policy::Unit a_unit(const UnitCode& code = "W-VYDA", Epoch unit_epoch = 0, std::uint8_t key = 50) {
  return {code, "Phường Vỹ Dạ", "Vy Da ward", "ward", "C-HUE", "H57.01", unit_epoch, crypto::public_of(made_secret<crypto::DhSecret>(key))};
}

/// `number`: distinct numbers give distinct keys.
inline policy::Device a_device(std::uint8_t number, const UnitCode& unit = "W-VYDA") {
  policy::Device out;
  out.sign = crypto::public_of(made_secret<crypto::SignSeed>(number));
  out.noise = crypto::public_of(made_secret<crypto::DhSecret>(number));
  out.sealing = crypto::public_of(made_secret<crypto::DhSecret>(static_cast<std::uint8_t>(number + 100)));
  out.unit = unit;
  out.label = "Quầy " + std::to_string(number);
  out.wrapped_seed = Bytes(96, number);
  return out;
}
inline DeviceId id_of(const policy::Device& device) { return crypto::device_of(device.sign); }

/// Of the unit that `a_unit` makes, for the year 2021.
inline policy::CodeBlock a_block(const DeviceId& device, std::uint32_t first, std::uint32_t last) {
  using namespace std::chrono_literals;
  return {"H57.01", device, first, last, 2021y / 1 / 1, 2021y / 12 / 31};
}

/// Of one year: a holiday, a Monday that is swapped, and the Saturday that makes up for it.
inline policy::Calendar a_calendar(int year = 2028) {
  const std::chrono::year named{year};
  return {
      {{named / 1 / 1, false, true, "Tết Dương lịch"}, {named / 5 / 1, false, false, ""}, {named / 5 / 6, true, true, "Làm bù cho 2/5"}}};
}

}  // namespace ward::test
