#include "storage/log_watch.hpp"

#include "storage/ward_parts.hpp"

#include <algorithm>
#include <cstdlib>

namespace ward::storage {

namespace agent = engine::agent;

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds proof_every = 24h;
constexpr std::chrono::milliseconds proof_urgent = 48h;  ///< the line was never quiet
constexpr std::chrono::milliseconds unproved_after = 168h;
constexpr std::chrono::milliseconds ahead_max = 5min;   ///< of the centre's own time, in which a proof is of now
constexpr std::chrono::milliseconds behind_max = 1h;    ///< a time that went back further counts for nothing
constexpr std::chrono::milliseconds asked_every = 20h;  ///< counted as another day on which no proof came
constexpr std::int64_t asked_max = 7;
constexpr std::size_t rungs_max = 8;
constexpr std::size_t unproved_max = 6;
constexpr std::size_t told_max = 8;
static_assert(1 + 1 + unproved_max + told_max <= log::asked_heads_max);  // with the newest rung and the last receipt
constexpr std::size_t signed_bytes_max = 64 * 1024;
constexpr std::string_view rungs_key = "log proved";             ///< meta: receipts that were proved to follow from each other
constexpr std::string_view unproved_key = "log unproved";        ///< meta: the last receipts of earlier links
constexpr std::string_view told_key = "log told";                ///< meta: statements of others that name what they were shown
constexpr std::string_view wanted_key = "log proof wanted";      ///< meta: since when, by the centre's time
constexpr std::string_view proved_here_key = "log proved here";  ///< meta: when, by this PC's clock
constexpr std::string_view asked_here_key = "log asked here";    ///< meta: when a day without a proof was last counted, by this PC's clock
constexpr std::string_view asked_days_key = "log asked days";    ///< meta: days without a proof since the last one
constexpr std::string_view contradiction_key = "contradiction";

using Signed = std::vector<evidence::SignedReceipt>;
using Told = std::vector<segment::SignedStatement>;

Signed receipts_of(Store& store, std::string_view key) {
  const auto bytes = meta(store, key);
  if (!bytes) return {};
  Reader from(*bytes);
  Signed out;
  const auto size = from.count(std::max(rungs_max, unproved_max));
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    auto receipt = or_damaged(log::decode_receipt(from.bytes(signed_bytes_max)), "a proved receipt does not decode");
    out.push_back({std::move(receipt), from.fixed_value<Signature>()});
  }
  or_damaged(from.finish("proved receipts"), "proved receipts do not decode");
  return out;
}

void set_receipts(Store& store, std::string_view key, const Signed& rungs) {
  Writer out;
  out.varint(rungs.size());
  for (const auto& rung : rungs) {
    out.bytes(log::encode_receipt(rung.receipt));
    out.raw(rung.signature);
  }
  set_meta(store, key, out.peek());
}

Told told_of(Store& store) {
  const auto bytes = meta(store, told_key);
  if (!bytes) return {};
  Reader from(*bytes);
  Told out;
  const auto size = from.count(told_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    auto statement = segment::read_statement(from);
    out.push_back({statement, from.fixed_value<Signature>()});
  }
  or_damaged(from.finish("told heads"), "heads that others told do not decode");
  return out;
}

void set_told(Store& store, const Told& told) {
  if (told.empty()) return drop_meta(store, told_key);
  Writer out;
  out.varint(told.size());
  for (const auto& one : told) {
    out.raw(segment::encode_statement(one.statement));
    out.raw(one.signature);
  }
  set_meta(store, told_key, out.peek());
}

enum class Holds { yes, disowned, contradicts };

log::HeadName name_of(const log::Receipt& receipt) { return {receipt.centre, receipt.size}; }
const segment::ReceiptSeen& seen_in(const segment::SignedStatement& told) { return told.statement.receipt_seen; }
/// Whether it stands on what a PC says that it saw; the centre's own words say more.
bool is_word_of_a_pc(BytesView contradiction) {
  const auto kept = evidence::decode_contradiction(contradiction);
  return kept.has_error() || !std::holds_alternative<evidence::SignedReceipt>(kept->earlier);
}
log::HeadName name_of(const segment::SignedStatement& told) { return {seen_in(told).centre, seen_in(told).size}; }

}  // namespace

std::optional<Bytes> kept_contradiction(Store& store) { return meta(store, contradiction_key); }

WallTime proved_at(Store& store) {
  const auto rungs = receipts_of(store, rungs_key);
  return rungs.empty() ? WallTime{} : rungs.back().receipt.time;
}

bool is_unproved(Store& store, WallTime now) {
  const auto since = meta_number(store, wanted_key, 0);
  return since != 0 && (now.ms - since > unproved_after.count() || meta_number(store, asked_days_key, 0) > asked_max);
}

LogWatch::LogWatch(WardStore& of, Now at) : ward(of), store(of.store_), now(at) {}

WallTime LogWatch::centre_time(const log::Receipt& last) const {
  const auto& since_start = ward.centre_time_;
  return since_start ? WallTime{since_start->first.ms + (now.monotonic - since_start->second).count()} : last.time;
}

/// By the centre's time, and by the clock of this PC: who holds still the one must not have the other wait, nor who was ahead of it.
bool LogWatch::is_over(const log::Receipt& proved, WallTime time, std::chrono::milliseconds wait) {
  const auto waited = time.ms - proved.time.ms;
  const auto here = meta_number(store, proved_here_key, 0);
  return waited >= wait.count() || waited < -behind_max.count() || (here != 0 && std::abs(now.wall.ms - here) >= wait.count());
}

/// Since when no proof came, and on how many days of this PC's clock one was asked for.
void LogWatch::note_wanted(WallTime time, bool asked) {
  const auto since = meta_number(store, wanted_key, 0);
  if (since == 0 || since > time.ms) set_meta_number(store, wanted_key, time.ms);
  if (!asked || std::abs(now.wall.ms - meta_number(store, asked_here_key, 0)) < asked_every.count()) return;
  set_meta_number(store, asked_here_key, now.wall.ms);
  set_meta_number(store, asked_days_key, meta_number(store, asked_days_key, 0) + 1);
}

agent::Doubts LogWatch::due(bool quiet) {
  const auto last = stored_receipt(store);
  if (!last || last->receipt.size == 0) return {};
  const auto rungs = receipts_of(store, rungs_key);
  // A centre that never proved anything may not know how to; one that did must go on, whatever link it now asks for.
  if (rungs.empty() && (!quiet || ward.link_version_ < sync::version_with_joins)) return {};
  const bool centre_is_new = !rungs.empty() && rungs.back().receipt.centre != last->receipt.centre;
  const auto time = centre_time(last->receipt);
  const auto over = [&](std::chrono::milliseconds wait) {
    return rungs.empty() || centre_is_new || is_over(rungs.back().receipt, time, wait);
  };
  const bool lease_ends = quiet && ward.is_unheard(now, 2);  // a proof carries a receipt, which renews it
  if (!over(proof_every) && !lease_ends) return {};
  if (over(proof_every)) note_wanted(time, quiet);
  if (!quiet && !over(proof_urgent)) return {};
  agent::Doubts out;
  const auto ask = [&](const log::HeadName& name) {
    if (name.size != 0 && out.size() < log::asked_heads_max && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  for (auto rung = rungs.rbegin(); rung != rungs.rend() && (centre_is_new || rung == rungs.rbegin()); ++rung) ask(name_of(rung->receipt));
  ask(name_of(last->receipt));
  for (const auto& before : receipts_of(store, unproved_key))
    if (before.receipt.centre == last->receipt.centre) ask(name_of(before.receipt));
  for (const auto& told : told_of(store))
    if (seen_in(told).centre == last->receipt.centre) ask(name_of(told));
  return out;
}

void LogWatch::begin_link() {
  const auto last = stored_receipt(store);
  if (!last || last->receipt.size == 0) return;
  auto unproved = receipts_of(store, unproved_key);
  const auto rungs = receipts_of(store, rungs_key);
  const auto same = [&](const auto& one) { return one.receipt.centre == last->receipt.centre && one.receipt.root == last->receipt.root; };
  if (std::any_of(unproved.begin(), unproved.end(), same) || std::any_of(rungs.begin(), rungs.end(), same)) return;
  unproved.push_back({last->receipt, last->signature});
  if (unproved.size() > unproved_max) unproved.erase(unproved.begin());
  set_receipts(store, unproved_key, unproved);
}

void LogWatch::accuse(evidence::Contradiction contradiction) {
  const auto* earlier = std::get_if<evidence::SignedReceipt>(&contradiction.earlier);
  const bool back =
      earlier != nullptr && evidence::contradicts(earlier->receipt, contradiction.later.receipt) == evidence::Contradicts::went_back;
  // The word of one PC hides nothing that the centre itself signed.
  const auto kept = meta(store, contradiction_key);
  if (!kept || (earlier != nullptr && is_word_of_a_pc(*kept)))
    set_meta(store, contradiction_key, evidence::encode_contradiction(contradiction));
  Receipts(ward, now).raise(earlier == nullptr ? "told_otherwise" : back ? "rollback" : "two_faces");
}

bool LogWatch::take(const agent::StoreJoins& answered) {
  const auto& [asked, answer] = answered;
  const auto last = stored_receipt(store);
  // Of another log than the one whose receipts this ward holds nothing is proved by this.
  if (answer.joins.empty() || !last || answer.receipt.centre != last->receipt.centre) return false;
  const evidence::SignedReceipt later{answer.receipt, answer.receipt_signature};
  const evidence::Contradiction::Answer whole{asked, answer.joins, answer.signature};
  const auto join_of = [&](const log::HeadName& name) {
    const auto at = std::find(asked.begin(), asked.end(), name);
    return at == asked.end() ? nullptr : &answer.joins[static_cast<std::size_t>(at - asked.begin())];
  };
  const auto holds = [&](const log::HeadName& name, const Hash& root, const auto& earlier) {
    const auto* join = join_of(name);
    if (join == nullptr) return Holds::yes;
    const bool joined =
        join->held && log::verify_consistency(name.size, root, later.receipt.size, later.receipt.root, join->path).has_value();
    if (!joined && (join->held || name.centre == later.receipt.centre)) {
      accuse({earlier, later, whole});
      return Holds::contradicts;
    }
    return joined ? Holds::yes : Holds::disowned;
  };
  bool honest = true;
  const auto holds_receipt = [&](const evidence::SignedReceipt& one) {
    const auto found = holds(name_of(one.receipt), one.receipt.root, one);
    honest = honest && found != Holds::contradicts;
    return found == Holds::yes;
  };
  auto rungs = receipts_of(store, rungs_key);
  std::erase_if(rungs, [&](const auto& rung) { return !holds_receipt(rung); });
  if (last->receipt.size != 0) (void)holds_receipt({last->receipt, last->signature});
  for (const auto& before : receipts_of(store, unproved_key)) (void)holds_receipt(before);
  auto told = told_of(store);
  for (const auto& one : told) (void)holds(name_of(one), seen_in(one).root, one);
  // Told once, whatever became of it: a PC that lies holds up no proof.
  std::erase_if(told, [&](const auto& one) { return join_of(name_of(one)) != nullptr || seen_in(one).centre != later.receipt.centre; });
  set_told(store, told);
  if (!honest || later.receipt.time.ms > centre_time(last->receipt).ms + ahead_max.count()) return false;
  drop_meta(store, unproved_key);
  rungs.push_back(later);
  if (rungs.size() > rungs_max) rungs.erase(rungs.begin());
  set_receipts(store, rungs_key, rungs);
  set_meta_number(store, proved_here_key, now.wall.ms);
  for (const auto key : {wanted_key, asked_here_key, asked_days_key}) drop_meta(store, key);
  return true;
}

/// Of each device the newest: whoever was shown another log stays there.
void LogWatch::hear(const Told& said) {
  const auto last = stored_receipt(store);
  if (!last || said.empty()) return;
  const auto rungs = receipts_of(store, rungs_key);
  std::vector<evidence::SignedReceipt> known{{last->receipt, last->signature}};
  if (!rungs.empty()) known.push_back(rungs.back());
  auto told = told_of(store);
  const auto before = told;
  for (const auto& one : said) {
    const auto& seen = seen_in(one);
    if (seen.size == 0 || seen.centre != last->receipt.centre) continue;
    const auto same = std::find_if(known.begin(), known.end(), [&](const auto& each) { return name_of(each.receipt) == name_of(one); });
    if (same != known.end()) {
      if (same->receipt.root != seen.root) accuse({one, *same, std::nullopt});
      continue;
    }
    const auto of_device =
        std::find_if(told.begin(), told.end(), [&](const auto& each) { return each.statement.device == one.statement.device; });
    if (of_device != told.end() && (seen_in(*of_device).centre != seen.centre || seen_in(*of_device).size < seen.size))
      *of_device = one;
    else if (of_device == told.end() && told.size() < told_max)
      told.push_back(one);
  }
  if (told != before) set_told(store, told);
}

Result<void> WardStore::store_joins(const agent::StoreJoins& joins, Now now) {
  const auto time = joins.answer.receipt.time;
  WARD_TRY(const bool honest, store_.db.transact("store a proof", [&]() -> Result<bool> {
    if (!LogWatch(*this, now).take(joins)) return false;
    if (latest_kept_ > time) set_meta_number(store_, latest_key, time.ms);
    return true;
  }));
  if (honest) heard(time, now.monotonic, now);
  return {};
}

Result<std::optional<Bytes>> WardStore::contradiction() {
  return store_.db.read("contradiction", [&]() -> Result<std::optional<Bytes>> { return kept_contradiction(store_); });
}

}  // namespace ward::storage
