#include "storage/numbering.hpp"

#include "storage/erasures.hpp"

#include "protocol/base/limits.hpp"
#include "storage/audit.hpp"
#include "storage/centre_parts.hpp"
#include "storage/summaries.hpp"
#include "storage/ward_parts.hpp"

namespace ward::storage {
namespace {

constexpr std::string_view given_key = "codes given";
constexpr std::string_view doubt_key = "codes doubt";
constexpr std::string_view mark_label = "codes";
constexpr std::size_t waiting_counted_max = 100'000;
constexpr std::size_t device_digits = 6;

Bytes encode(const GivenCodes& given) {
  Writer out;
  out.varint(given.count);
  out.varint(given.last.size());
  for (const auto& [key, serial] : given.last) {
    out.u16(static_cast<std::uint16_t>(key.first.time_since_epoch().count()));
    out.text(key.second);
    out.u32(serial);
  }
  return std::move(out).take();
}

Result<GivenCodes> decode_given(BytesView bytes) {
  Reader from(bytes);
  GivenCodes out;
  out.count = from.varint();
  const auto size = from.count(GivenCodes::days_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const code::Day day{std::chrono::days(from.u16())};
    auto identification = from.text(limits::name_bytes_max);
    out.last.insert_or_assign({day, std::move(identification)}, from.u32());
  }
  WARD_CHECK(from.finish("given codes"));
  return out;
}

GivenCodes read_given(Store& store) {
  const auto bytes = meta(store, given_key);
  return bytes ? or_damaged(decode_given(*bytes), "the given codes do not decode") : GivenCodes{};
}

/// Why the memory of what was given is not believed.
enum class Doubt : std::uint8_t {
  newer = 1,  ///< the mark knows of codes that this database does not: an older database, or one whose last save was cut off
  lost = 2,   ///< the mark is missing, broken, or older than the database
};
struct Doubted {
  Doubt doubt = Doubt::lost;
  std::optional<code::Day> day;  ///< the day of the start; nothing: no believed clock has told it yet
};

std::optional<Doubted> read_doubt(Store& store) {
  const auto bytes = meta(store, doubt_key);
  if (!bytes) return std::nullopt;
  Reader from(*bytes);
  Doubted out;
  out.doubt = from.u8() == 1 ? Doubt::newer : Doubt::lost;
  if (from.u8() != 0) out.day = code::Day(std::chrono::days(from.u16()));
  or_damaged(from.finish("doubt of codes"), "the doubt of codes does not decode");
  return out;
}

void write_doubt(Store& store, const Doubted& doubted) {
  Writer out;
  out.u8(static_cast<std::uint8_t>(doubted.doubt));
  out.u8(doubted.day ? 1 : 0);
  if (doubted.day) out.u16(static_cast<std::uint16_t>(doubted.day->time_since_epoch().count()));
  set_meta(store, doubt_key, out.peek());
}

/// Nothing: there is none, or it is not of this PC.
std::optional<GivenCodes> read_mark(Store& store, const CodeMark& mark) {
  const auto bytes = mark.read();
  if (bytes.has_error() || !*bytes) return std::nullopt;
  const auto plain = open_local(store.local, mark_label, {}, **bytes);
  if (plain.has_error()) return std::nullopt;
  auto given = decode_given(*plain);
  return given.has_error() ? std::nullopt : std::optional(*std::move(given));
}

/// After a start: where the database and the mark remember different things, official codes wait. True when the mark is to be written anew.
bool compare_with_mark(Store& store, const CodeMark& mark) {
  const auto here = read_given(store);
  const auto beside = read_mark(store, mark);
  if (beside == here || (!beside && here.count == 0)) return false;
  const bool newer = beside && beside->count > here.count;
  const auto before = read_doubt(store);
  // Whoever had lost his memory has not found it by losing more.
  write_doubt(store, {newer && (!before || before->doubt == Doubt::newer) ? Doubt::newer : Doubt::lost, std::nullopt});
  if (newer) set_meta(store, given_key, encode(*beside));
  return !newer;
}

Result<void> write_mark(Store& store, const CodeMark& mark, const GivenCodes& given) {
  return mark.write(seal_local(store.local, mark_label, {}, encode(given)));
}

/// The newest value that this PC's clock ever gave.
Hlc last_hlc(Store& store, const DeviceId& device) {
  auto last = store.db.query("SELECT hlc FROM writer WHERE device = ? AND hlc > 0 ORDER BY id DESC LIMIT 1");
  last.bind(device);
  return last.step() ? Hlc{static_cast<std::uint64_t>(last.number(0))} : Hlc{};
}

std::uint32_t number_of_device(Store& store, const DeviceId& device) {
  const auto* standing = store.policy.device(device);
  return standing == nullptr ? 0 : standing->approved % (code::provisional_device_max + 1);
}

}  // namespace

void check_given_codes(Store& store) { (void)read_given(store); }

const char* name_of(NoOfficialCode why) noexcept {
  switch (why) {
    case NoOfficialCode::none: return "none";
    case NoOfficialCode::no_identification: return "no_identification";
    case NoOfficialCode::no_block: return "no_block";
    case NoOfficialCode::used_up: return "used_up";
    case NoOfficialCode::clock: return "clock";
    case NoOfficialCode::memory: return "memory";
    case NoOfficialCode::copy: return "copy";
  }
  return "none";
}

void GivenCodes::note(const Key& key, std::uint32_t serial) {
  ++count;
  last.insert_or_assign(key, serial);
  if (last.size() > days_max) last.erase(last.begin());
}

std::optional<std::uint32_t> GivenCodes::on(const Key& key) const {
  const auto found = last.find(key);
  return found == last.end() ? std::nullopt : std::optional(found->second);
}

bool GivenCodes::is_before_all(code::Day day) const { return last.size() == days_max && day < last.begin()->first.first; }

Numbering::Numbering(const Of& of, Now now)
    : store_(of.store),
      device_(of.device),
      mark_(of.mark),
      identification_(identification_of(store_, device_)),
      today_(code::day_of(now.wall)),
      believed_(of.knows_day),
      serials_(store_.policy.code_blocks(identification_), device_, today_),
      given_(read_given(store_)),
      before_(given_),
      is_copy_(of.is_copy) {
  const auto doubted = read_doubt(store_);
  doubted_ = !mark_ || (doubted && (!doubted->day || !believed_ || today_ <= *doubted->day));
}

Numbering::Numbering(WardStore& ward, Now now)
    : Numbering(Of{ward.store_, ward.membership_.device, ward.code_mark_, ward.knows_day(now), !lost_heads(ward.store_).empty()}, now) {}

Numbering::Numbering(CentreStore& centre, const DeviceId& desk, Now now)
    : Numbering(Of{centre.store_, desk, centre.code_mark_, centre.knows_day(now)}, now) {
  doubted_ = doubted_ || today_ <= code::day_of({meta_number(store_, restored_at_key, 0)});
}

/// A clock that nobody has checked since the start may still be known to have gone back.
bool WardStore::knows_day(Now now) {
  const auto went_back = last_hlc(store_, membership_.device).wall().ms - std::chrono::milliseconds(clock_ahead_max).count();
  return believes(now) && (centre_time_ || now.wall.ms >= went_back);
}

bool CentreStore::knows_day(Now now) const {
  return is_plausible(now.wall) && now.wall.ms >= last_stamp_.ms - std::chrono::milliseconds(clock_ahead_max).count();
}

NoOfficialCode Numbering::why_not() const {
  if (identification_.empty()) return NoOfficialCode::no_identification;
  if (!believed_ || given_.is_before_all(today_)) return NoOfficialCode::clock;
  if (is_copy_) return NoOfficialCode::copy;
  if (doubted_) return NoOfficialCode::memory;
  if (serials_.size() == 0) return NoOfficialCode::no_block;
  return next_serial() ? NoOfficialCode::none : NoOfficialCode::used_up;
}

bool Numbering::is_held(std::string_view code) const {
  auto found = store_.db.query("SELECT 1 FROM code WHERE code = ? LIMIT 1");
  found.bind(code);
  return found.step();
}

/// What stands here already is passed over: another copy of this PC may have given it, or an import brought it.
std::optional<std::uint32_t> Numbering::next_serial() const {
  auto serial = serials_.next(given_.on({today_, identification_}));
  while (serial && is_held(code::make_official({identification_, today_, *serial}))) serial = serials_.next(serial);
  return serial;
}

std::optional<std::string> Numbering::official() {
  if (why_not() != NoOfficialCode::none) return std::nullopt;
  const auto serial = *next_serial();
  given_.note({today_, identification_}, serial);
  return code::make_official({identification_, today_, serial});
}

std::string Numbering::provisional() {
  code::Provisional out;
  out.device = number_of_device(store_, device_);
  while (true) {
    Array<8> drawn{};
    store_.random(drawn);
    std::uint64_t number = 0;
    for (const auto byte : drawn) number = number << 8U | byte;
    out.drawn = static_cast<std::uint32_t>(number % (std::uint64_t{code::provisional_drawn_max} + 1));
    if (auto text = code::make_provisional(out); !is_held(text)) return text;
  }
}

GivenCode Numbering::next() {
  if (auto code = official()) return {*std::move(code), true};
  return {provisional(), false};
}

void Numbering::write_down() {
  if (const auto doubted = read_doubt(store_); doubted && believed_) {
    if (!doubted->day) write_doubt(store_, {doubted->doubt, today_});
    if (!doubted_) drop_meta(store_, doubt_key);
  }
  if (given_ == before_) return;
  set_meta(store_, given_key, encode(given_));
  or_throw(write_mark(store_, *mark_, given_));
  before_ = given_;
}

CodesStanding Numbering::standing() {
  CodesStanding out;
  const auto& blocks = store_.policy.code_blocks(identification_);
  out.identification = identification_;
  out.today = today_;
  for (const auto& block : blocks)
    if (block.device == device_ && block.to >= today_) out.blocks.push_back(block);
  out.until = policy::covered_through(blocks, device_, today_);
  out.left_today = serials_.left(given_.on({today_, identification_}));
  out.given_today = serials_.size() - out.left_today;
  out.provisional = waiting_for_codes(store_, device_, waiting_counted_max).size();
  out.why = why_not();
  if (out.why != NoOfficialCode::none) out.left_today = 0;
  return out;
}

std::string identification_of(Store& store, const DeviceId& device) {
  const auto* standing = store.policy.device(device);
  const auto* unit = standing == nullptr ? nullptr : store.policy.unit(context_of(store).house_of(standing->device.unit, std::nullopt));
  return unit != nullptr && code::is_identification(unit->identification) ? unit->identification : std::string();
}

void centre_told_of_codes(Store& store) {
  if (const auto doubted = read_doubt(store); doubted && doubted->doubt == Doubt::newer) drop_meta(store, doubt_key);
}

std::vector<std::int64_t> waiting_for_codes(Store& store, const DeviceId& device, std::size_t limit) {
  // The code that a list shows is official as soon as there is one.
  const auto prefix = code::make_provisional({number_of_device(store, device), 0}).substr(0, device_digits);
  const auto end = prefix + ":";
  std::vector<std::int64_t> out;
  const auto* standing = store.policy.device(device);
  if (standing == nullptr) return out;
  const auto& context = context_of(store);
  const auto& house = context.house_of(standing->device.unit, std::nullopt);
  auto found =
      store.db.query("SELECT id, code, unit FROM dossier WHERE length(code) = 16 AND code >= ? AND code < ? AND dirty = 0 ORDER BY code");
  const auto needs_one = [&] { return code::parse_provisional(found.text(1)) && !is_erased(store, found.number(0)); };
  found.bind(prefix).bind(end);
  while (out.size() < limit && found.step())
    if (needs_one() && context.house_of(found.text(2), std::nullopt) == house) out.push_back(found.number(0));
  return out;
}

Result<void> compare_codes(Store& store, const CodeMark& mark) {
  WARD_TRY(const bool behind, store.db.transact("compare codes", [&]() -> Result<bool> { return compare_with_mark(store, mark); }));
  // Only now: until the doubt is durable, the difference is what shows it.
  return behind ? write_mark(store, mark, read_given(store)) : Result<void>{};
}

Result<void> WardStore::keep_codes_by(CodeMark mark) {
  code_mark_ = std::move(mark);
  return compare_codes(store_, *code_mark_);
}

Result<void> CentreStore::keep_codes_by(CodeMark mark) {
  code_mark_ = std::move(mark);
  return compare_codes(store_, *code_mark_);
}

Result<CodesStanding> WardStore::codes(Now now) {
  WARD_CHECK(settle(store_));
  return store_.db.read("codes", [&]() -> Result<CodesStanding> { return Numbering(*this, now).standing(); });
}

Result<std::vector<Saved>> WardStore::give_official_codes(Now now) {
  if (may_write().has_error()) return std::vector<Saved>{};
  forget_keys(store_);
  std::optional<WardWriter> writer;
  WARD_CHECK(settle(store_));
  auto saved = store_.db.transact("give official codes", [&]() -> Result<std::vector<Saved>> {
    std::vector<Saved> out;
    Numbering numbering(*this, now);
    numbering.write_down();
    if (numbering.why_not() != NoOfficialCode::none) return out;
    auto waiting = waiting_for_codes(store_, membership_.device, official_at_once);
    std::erase_if(waiting, [&](std::int64_t dossier) {
      const bool here = records_are_here(store_, dossier);
      if (!here) want_records(store_, dossier);
      return !here;
    });
    if (waiting.empty()) return out;
    writer.emplace(*this, now);
    for (const auto dossier : waiting) {
      auto one = writer->number(did_of(store_, dossier), numbering_user, numbering_reason);
      if (one.has_error()) continue;  // its past or its key is still to come
      if (!*one) break;
      out.push_back(**std::move(one));
    }
    writer->finish();
    return out;
  });
  if (saved.has_value() && writer) writer->keep();
  return saved;
}

}  // namespace ward::storage
