#include "storage/held_up.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/merge/causality.hpp"
#include "storage/cursor.hpp"
#include "storage/merged.hpp"
#include "storage/summaries.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ward::storage {
namespace {

constexpr std::size_t held_up_listed_max = 100;

HeldUpBy why_unread(Store& store, const StoredRecord& stored) {
  const auto& header = stored.record.header;
  if (stored.record.body.empty()) return HeldUpBy::no_body;
  const auto* key = find_key(store, header.key_id);
  if (key == nullptr) return HeldUpBy::no_key;
  if (header.reader_min > store.edition.version) return HeldUpBy::newer_version;
  const auto plain = record::open(stored.record, *key, store.org);
  if (plain.has_error()) return HeldUpBy::unreadable;
  const auto change = record::decode_change(*plain, header.position);
  if (change.has_error()) return change.error().fault == Fault::unsupported ? HeldUpBy::newer_version : HeldUpBy::unreadable;
  return HeldUpBy::fork;  // it is read, and left out since the other record of its number is not
}

/// Finds what the waiting changes of one dossier wait for.
class Waiting {
 public:
  Waiting(Store& store, std::int64_t dossier, const Did& did) : store_(store), did_(did), gathered_(gather(store, dossier)) {
    for (const auto& fact : gathered_.facts) read_.insert(fact.rid);
    const merge::Causality causality(did, gathered_.facts);
    for (const auto* fact : causality.held()) there_.insert(fact->position);
    for (const auto* fact : causality.waiting()) judge(*fact);
    for (const auto& stored : records_of_dossier(store, dossier)) add_unread(stored);
    find_missing(causality);
  }

  std::vector<HeldUp> take() && { return std::move(out_); }

 private:
  void add(const Position& position, HeldUpBy why, std::optional<Position> missing = std::nullopt) {
    const auto* device = store_.policy.device(position.device);
    out_.push_back({position, device == nullptr ? UnitCode{} : device->device.unit, why, missing});
    waiting_.emplace(position, out_.size() - 1);
  }

  void judge(const merge::Fact& fact) {
    if (waiting_.contains(fact.position)) {
      out_[waiting_.at(fact.position)].why = HeldUpBy::fork;
      return add(fact.position, HeldUpBy::fork);
    }
    if (fact.admission == merge::Admission::waiting) return add(fact.position, HeldUpBy::no_policy);
    const bool rootless = fact.change.seen.empty() && record::did_created_by(fact.position) != did_;
    add(fact.position, rootless ? HeldUpBy::no_beginning : HeldUpBy::behind);
  }

  void add_unread(const StoredRecord& stored) {
    const auto& header = stored.record.header;
    if (header.type != record::Type::change || read_.contains(stored.rid)) return;
    const auto* stands = store_.policy.standing_at(header.position);
    if (stands == nullptr || *stands == stored.rid) add(header.position, why_unread(store_, stored));
  }

  /// Of those that wait for others: for which, or that they wait for each other.
  void find_missing(const merge::Causality& causality) {
    for (const auto* fact : causality.waiting()) {
      auto& one = out_[waiting_.at(fact->position)];
      if (one.why != HeldUpBy::behind) continue;
      one.why = HeldUpBy::too_many;
      for (const auto& seen : fact->change.seen) {
        if (there_.contains(seen)) continue;
        one.missing = seen;
        one.why = waiting_.contains(seen) ? HeldUpBy::behind : HeldUpBy::no_past;
        if (one.why == HeldUpBy::no_past) break;
      }
      if (one.why == HeldUpBy::no_past && record::did_created_by(*one.missing) == did_) one.why = HeldUpBy::no_beginning;
    }
    for (auto& one : out_)
      if (one.why == HeldUpBy::behind && leads_back(one)) one.why = HeldUpBy::cycle;
  }

  /// Each step leads to one that waits; whoever takes more of them than there are goes round.
  bool leads_back(const HeldUp& from) const {
    const auto* at = &from;
    for (std::size_t steps = 0; steps <= out_.size(); ++steps) {
      if (at->why != HeldUpBy::behind && at->why != HeldUpBy::cycle) return false;
      at = &out_[waiting_.at(*at->missing)];
    }
    return true;
  }

  Store& store_;
  Did did_;
  Gathered gathered_;
  std::set<Rid> read_;
  std::set<Position> there_;
  std::map<Position, std::size_t> waiting_;  ///< by position, its place in `out_`
  std::vector<HeldUp> out_;
};

std::vector<HeldUp> held_up_in(Store& store, std::int64_t dossier, const Did& did) {
  auto out = Waiting(store, dossier, did).take();
  const auto summary = summary_instead_of_records(store, dossier);
  if (!summary || !summary->state) return out;
  std::erase_if(out, [](const auto& one) { return one.why == HeldUpBy::no_body; });  // let go: the summary stands for them
  for (auto& one : out)
    if (one.why == HeldUpBy::no_past || one.why == HeldUpBy::no_beginning) one.why = HeldUpBy::at_centre;
  return out;
}

}  // namespace

const char* name_of(HeldUpBy why) noexcept {
  switch (why) {
    case HeldUpBy::no_key: return "no_key";
    case HeldUpBy::unreadable: return "unreadable";
    case HeldUpBy::newer_version: return "newer_version";
    case HeldUpBy::no_body: return "no_body";
    case HeldUpBy::fork: return "fork";
    case HeldUpBy::no_policy: return "no_policy";
    case HeldUpBy::no_beginning: return "no_beginning";
    case HeldUpBy::no_past: return "no_past";
    case HeldUpBy::behind: return "behind";
    case HeldUpBy::cycle: return "cycle";
    case HeldUpBy::too_many: return "too_many";
    case HeldUpBy::at_centre: return "at_centre";
  }
  return "unreadable";
}

Result<HeldUpPage> list_held_up(Store& store, std::string_view after, std::size_t limit) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("list what is held up", [&]() -> Result<HeldUpPage> {
    WARD_TRY(const auto from, row_of(after, 0));
    const auto most = std::clamp<std::size_t>(limit, 1, held_up_listed_max);
    HeldUpPage out;
    std::int64_t last = 0;
    auto found = store.db.query("SELECT id, did, code, unit, waiting FROM dossier WHERE waiting > 0 AND id > ? ORDER BY id LIMIT ?");
    found.bind(from).bind(static_cast<std::int64_t>(most + 1));
    while (found.step()) {
      if (out.dossiers.size() == most) {
        out.next = std::to_string(last);
        break;
      }
      last = found.number(0);
      HeldUpDossier one{found.fixed<Did>(1),
                        found.is_null(2) ? std::string() : found.text(2),
                        found.is_null(3) ? UnitCode{} : found.text(3),
                        static_cast<std::uint64_t>(found.number(4)),
                        {}};
      unless_damaged([&] { one.changes = held_up_in(store, last, one.did); });
      if (one.changes.size() > held_up_shown_max) one.changes.resize(held_up_shown_max);
      out.dossiers.push_back(std::move(one));
    }
    return out;
  });
}

Result<std::uint64_t> count_held_up(Store& store) {
  return store.db.read("count what is held up", [&]() -> Result<std::uint64_t> { return count_all(store).waiting; });
}

}  // namespace ward::storage
