#include "protocol/keys/passphrase.hpp"

#include "protocol/base/wipe.hpp"
#include "protocol/text/text.hpp"

namespace ward::keys {
namespace {

constexpr std::uint32_t memory_kib_min = 8 * 1024, memory_kib_max = 256 * 1024;
constexpr std::uint8_t passes_max = 10;

}  // namespace

Result<Array<32>> key_under(std::string_view passphrase, const Array<16>& salt, const crypto::PassphraseCost& cost) {
  auto nfc = text::to_nfc(passphrase);
  if (nfc.has_error()) return crypto::key_of_passphrase(passphrase, salt, cost);
  const Wiped wiped(*nfc);
  return crypto::key_of_passphrase(*nfc, salt, cost);
}

bool is_honest(const crypto::PassphraseCost& cost) {
  return cost.memory_kib >= memory_kib_min && cost.memory_kib <= memory_kib_max && cost.passes >= 1 && cost.passes <= passes_max;
}

}  // namespace ward::keys
