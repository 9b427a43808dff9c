#include "storage/centre_codes.hpp"

#include "storage/centre_parts.hpp"
#include "storage/numbering.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t waiting_counted_max = 1'000'000;
constexpr std::uint64_t scarce_part = 4;  ///< of a day's serials: with no more than this part left, more are given

/// The serials that dossiers here have of that day.
std::vector<std::uint32_t> read_serials(Store& store, const std::string& identification, code::Day day) {
  std::vector<std::uint32_t> out;
  const auto some = code::make_official({identification, day, 1});
  const auto from = some.substr(0, some.rfind('-') + 1);
  const auto end = from + ":";
  auto found = store.db.query("SELECT code FROM code WHERE code >= ? AND code < ?");
  found.bind(from).bind(end);
  while (found.step())
    if (const auto code = code::parse_official(found.text(0))) out.push_back(code->serial);
  return out;
}

/// Reads of each unit once what its PCs share.
class Codes {
 public:
  Codes(Store& store, code::Day today) : store_(store), today_(today) {}

  [[nodiscard]] DeviceCodes of(const policy::DeviceStanding& standing) {
    DeviceCodes out;
    out.device = standing.id;
    out.unit = standing.device.unit;
    out.label = standing.device.label;
    out.revoked = standing.revoked.has_value();
    out.identification = identification_of(store_, standing.id);
    out.provisional = waiting_for_codes(store_, standing.id, waiting_counted_max).size();
    if (out.identification.empty()) return out;
    const auto& blocks = store_.policy.code_blocks(out.identification);
    for (const auto& block : blocks)
      if (block.device == standing.id && block.to >= today_) out.blocks.push_back(block);
    out.until = policy::covered_through(blocks, standing.id, today_);
    const policy::Serials serials(blocks, standing.id, today_);
    out.left_today = serials.size();
    if (serials.size() == 0) return out;
    for (const auto serial : serials_of(out.identification))
      if (serials.contains(serial)) out.left_today = std::min(out.left_today, serials.left(serial));
    out.given_today = serials.size() - out.left_today;
    return out;
  }

 private:
  const std::vector<std::uint32_t>& serials_of(const std::string& identification) {
    const auto [place, is_new] = serials_.try_emplace(identification);
    if (is_new) place->second = read_serials(store_, identification, today_);
    return place->second;
  }

  Store& store_;
  code::Day today_;
  std::map<std::string, std::vector<std::uint32_t>> serials_;
};

/// A block, with the least free serials.
Result<policy::CodeBlock> block_for(Store& store, const DeviceId& device, const WantedBlock& wanted) {
  const auto* standing = store.policy.device(device);
  if (standing == nullptr) return fail(Fault::not_found, "no such device");
  if (standing->revoked) return fail(Fault::invalid, "the device was revoked");
  auto identification = identification_of(store, device);
  if (identification.empty()) return fail(Fault::invalid, "the unit of that PC has no identification code to number with");
  if (wanted.serials < 1 || wanted.serials > CodePlan::serials_max)
    return fail(Fault::invalid, "a block has 1 to " + std::to_string(CodePlan::serials_max) + " serials");
  if (wanted.from < code::first_day || wanted.to > code::last_day || wanted.from > wanted.to ||
      wanted.to - wanted.from >= std::chrono::days(policy::code_block_days_max))
    return fail(Fault::invalid, "a block's last day is not before its first, and at most " +
                                    std::to_string(policy::code_block_days_max - 1) + " days after it");
  const auto first = policy::free_from(store.policy.code_blocks(identification), wanted.from, wanted.to, wanted.serials);
  if (!first) return fail(Fault::invalid, "so many serials are not free in that period");
  return policy::CodeBlock{std::move(identification), device, *first, *first + wanted.serials - 1, wanted.from, wanted.to};
}

code::Day no_later_than_last(code::Day day) { return std::min(day, code::last_day); }

/// What a PC lacks that is to number on: days beyond its blocks, or serials for the rest of a busy day.
std::optional<WantedBlock> lacking(const DeviceCodes& codes, const CodePlan& plan, code::Day today) {
  if (codes.revoked || codes.identification.empty()) return std::nullopt;
  const auto days = std::chrono::days(plan.days);
  if (!codes.until) return WantedBlock{codes.device, today, no_later_than_last(today + days - std::chrono::days(1)), plan.serials};
  const auto size = codes.given_today + codes.left_today;
  if (codes.left_today * scarce_part <= size) return WantedBlock{codes.device, today, *codes.until, plan.serials};
  if (*codes.until - today >= days / 2 || *codes.until >= code::last_day) return std::nullopt;
  const auto from = *codes.until + std::chrono::days(1);
  const auto serials = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(size, plan.serials, CodePlan::serials_max));
  return WantedBlock{codes.device, from, no_later_than_last(from + days - std::chrono::days(1)), serials};
}

}  // namespace

Result<policy::CodeBlock> Enrolment::give_codes(const WantedBlock& wanted, WallTime now) {
  WARD_TRY(auto block, block_for(store, wanted.device, wanted));
  WARD_CHECK(append(block, now));
  return block;
}

Result<void> Enrolment::give_first_codes(const DeviceId& device, WallTime now) {
  const auto today = code::day_of(now);
  if (today < code::first_day || today > code::last_day) return {};
  const auto wanted = lacking(Codes(store, today).of(*store.policy.device(device)), centre.code_plan_, today);
  if (!wanted) return {};
  // A PC is let in whether or not there is room for its numbers.
  const auto given = give_codes(*wanted, now);
  return given.has_error() && given.error().fault != Fault::invalid ? Result<void>(given.error()) : Result<void>{};
}

Result<void> Enrolment::give_codes_of_heir(const UnitCode& heir, WallTime now) {
  std::vector<DeviceId> devices;
  const auto& context = context_of(store);
  const auto house = context.house_of(heir, std::nullopt);
  for (const auto* standing : store.policy.devices())
    if (!standing->revoked && context.house_of(standing->device.unit, std::nullopt) == house) devices.push_back(standing->id);
  for (const auto& device : devices) WARD_CHECK(give_first_codes(device, now));
  return {};
}

std::vector<DeviceCodes> CentreStore::codes_in_transaction(WallTime now) {
  std::vector<DeviceCodes> out;
  Codes codes(store_, code::day_of(now));
  for (const auto* standing : store_.policy.devices()) out.push_back(codes.of(*standing));
  return out;
}

Result<std::vector<DeviceCodes>> CentreStore::codes(WallTime now) {
  return store_.db.read("list codes", [&]() -> Result<std::vector<DeviceCodes>> { return codes_in_transaction(now); });
}

Result<bool> CentreStore::refill_codes(WallTime now) {
  const auto today = code::day_of(now);
  if (!keys_.operations || today < code::first_day || today > code::last_day) return false;
  std::vector<WantedBlock> wanted;
  WARD_CHECK(store_.db.read("look for lacking codes", [&]() -> Result<void> {
    if (meta(store_, awaits_policy_key) || waits_for_root(now)) return {};
    for (const auto& codes : codes_in_transaction(now))
      if (auto one = lacking(codes, code_plan_, today)) wanted.push_back(*one);
    return {};
  }));
  if (wanted.empty()) return false;
  return give_all(wanted, now);
}

}  // namespace ward::storage
