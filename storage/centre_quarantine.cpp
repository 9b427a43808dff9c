#include "storage/centre_policy.hpp"
#include "storage/merged.hpp"

#include <algorithm>

/// A person lets in what a revoked device wrote before it knew, or one of several records with one number, and sets bounds (docs/adr/0015).
namespace ward::storage {
namespace {

std::vector<record::Sealed> sealed_in(const std::vector<segment::Rows>& all) {
  std::vector<record::Sealed> out;
  for (const auto& rows : all)
    for (const auto& row : rows.rows)
      if (const auto* sealed = std::get_if<segment::SealedRow>(&row)) out.push_back(sealed->record);
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.header.position.seq < b.header.position.seq; });
  return out;
}

Error why_refused(const sync::SegmentRefused& refused) {
  const auto at = " at its record " + std::to_string(refused.first);
  switch (refused.fault) {
    case Fault::gap: return {Fault::gap, "something that comes before, or a dossier that it is about, is missing here" + at};
    case Fault::fork: return {Fault::fork, "its numbers were given to other records, too," + at};
    default: return {refused.fault, "its unit may not write this" + at};
  }
}

/// All of it or nothing.
Result<void> take_all(Admission& admission, std::vector<segment::Rows>& all) {
  for (auto& rows : all) {
    admission.admit(rows);
    if (!admission.out.refused.empty()) return why_refused(admission.out.refused.front());
    if (!admission.out.need_sealed.empty()) return fail(Fault::storage_damaged, "what was handed in does not verify any more");
  }
  admission.finish();
  return {};
}

policy::Admission admission_of(const WantedHandedIn& wanted, const std::vector<segment::Rows>& all, const OrgId& org) {
  const auto& first = all.front().statement.statement;
  const auto& last = all.back().statement.statement;
  policy::Admission out{first.device, first.incarnation, first.first, {}, wanted.reason};
  out.what =
      policy::HandedIn{static_cast<std::uint32_t>(last.first + last.count - first.first), segment::hash_of(last, org), wanted.in_full};
  return out;
}

HandedInShown shown_of(Store& store, const std::vector<segment::Rows>& all) {
  const auto& last = all.back().statement.statement;
  return {shown_changes(store, sealed_in(all)), last.first + last.count, segment::hash_of(last, store.org), {}};
}

std::set<Did> dossiers_in(const std::vector<segment::Rows>& all) {
  std::set<Did> out;
  for (const auto& sealed : sealed_in(all)) {
    const auto did = record::dossier_of(sealed.header);
    if (!did.is_zero() && out.size() < shown_changes_max) out.insert(did);
  }
  return out;
}

std::set<Did> dossiers_in(const ForkShown& side) {
  std::set<Did> out;
  for (const auto* changes : {&side.shown.changes, &side.set_aside.changes})
    for (const auto& change : *changes) out.insert(change.did);
  return out;
}

std::vector<Outcome> outcomes_of(Store& store, const std::set<Did>& dossiers, States before) {
  std::vector<Outcome> out;
  for (auto& [did, after] : states_of(store, dossiers)) {
    if (after == before[did]) continue;
    auto code = after.codes.empty() ? std::string() : after.codes.front();
    out.push_back({std::move(before[did]), after, std::move(code)});
  }
  return out;
}

/// It fails, so that all of it is taken back.
Error only_looked_at() { return fail(Fault::invalid, "only looked at"); }

/// Who has a summary in place of what bears these numbers gets that now.
void tell_again(Store& store, const policy::Admission& admission) {
  std::vector<std::int64_t> places;
  {
    auto found = store.db.query(
        "SELECT DISTINCT s.stamp_index FROM record r JOIN segment s ON s.id = r.segment WHERE r.writer = ? AND r.seq >= ? AND r.seq < ? "
        "AND "
        "s.stamp_index IS NOT NULL");
    found.bind(find_writer(store, admission.device, admission.incarnation));
    found.bind(static_cast<std::int64_t>(admission.first)).bind(static_cast<std::int64_t>(admission.end()));
    while (found.step()) places.push_back(found.number(0));
  }
  for (const auto place : places) route_again(store, place);
}

/// One for each row of numbers without a gap.
std::vector<policy::Admission> admissions_of(const ForkSide& side, const std::string& reason) {
  std::vector<policy::Admission> out;
  for (const auto& [seq, rid] : side.records) {
    if (out.empty() || out.back().end() != seq) {
      out.push_back({side.device, side.incarnation, seq, {}, reason});
      out.back().what = policy::Side{};
    }
    std::get<policy::Side>(out.back().what).rids.push_back(rid);
  }
  return out;
}

/// Under numbers that an entry let in nothing ever lies but what ends in its head: also after a restore, when somebody brings another file.
/// `all`: in the order of their numbers; what comes before them is held.
Result<void> keeps_to_entries(Store& store, const std::vector<segment::Rows>& all) {
  const auto& last = all.back().statement.statement;
  const auto writer = find_writer(store, last.device, last.incarnation);
  const auto end_of = [](const segment::Statement& statement) { return statement.first + statement.count; };
  const auto is_head = [&](const policy::Admission& admission, const Hash& head) {
    for (const auto& rows : all)
      if (end_of(rows.statement.statement) == admission.end()) return segment::hash_of(rows.statement.statement, store.org) == head;
    const auto held = find_segment(store, head);
    return held && held->writer == writer && held->end() == admission.end();
  };
  for (const auto& entry : store.policy.entries()) {
    const auto* admission = std::get_if<policy::Admission>(&entry.body);
    if (admission == nullptr || admission->device != last.device || admission->incarnation != last.incarnation) continue;
    const auto* let_in = std::get_if<policy::HandedIn>(&admission->what);
    if (let_in != nullptr && admission->end() <= end_of(last) && !is_head(*admission, let_in->head))
      return fail(Fault::fork, "entry " + std::to_string(entry.epoch) + " of the policy log let in other records under these numbers");
  }
  return {};
}

}  // namespace

Result<CentreStore::Brought> CentreStore::take_handed_in(std::vector<segment::Rows> all, WallTime now, const TellBrought& also) {
  forget_keys(store_);
  return store_.db.transact("take what was handed in", [&]() -> Result<Brought> {
    Brought out;
    for (auto& rows : all) {
      WARD_TRY(const auto fresh, keep_aside(store_, rows, now));
      (fresh ? out.taken : out.known) += rows.statement.statement.count;
    }
    if (also) also(out);
    return out;
  });
}

Result<void> CentreStore::set_limits(const policy::Limits& bounds, WallTime now, const Also& also) {
  if (bounds.lease_days > policy::lease_days_max)
    return fail(Fault::invalid, "a lease is at most " + std::to_string(policy::lease_days_max) + " days");
  return change_policy("set limits", [&](Enrolment& enrolment) { return enrolment.append(bounds, now); }, also);
}

std::vector<DeviceId> CentreStore::take_renewed(code::Day today) {
  std::vector<DeviceId> out;
  for (const auto& [device, day] : full_)
    if (day < today) out.push_back(device);
  for (const auto& device : out) full_.erase(device);
  return out;
}

Result<std::vector<HandedIn>> CentreStore::handed_in() {
  return store_.db.read("list what was handed in", [&]() -> Result<std::vector<HandedIn>> { return storage::handed_in(store_); });
}

/// Entry and segments, as they are admitted.
Result<HandedInShown> CentreStore::let_in(Enrolment& enrolment, std::optional<Admission>& admission, const WantedHandedIn& wanted,
                                          WallTime now) {
  WARD_TRY(auto all, waiting_of(store_, wanted));
  WARD_CHECK(keeps_to_entries(store_, all));
  WARD_CHECK(enrolment.append(admission_of(wanted, all, store_.org), now));
  admission.emplace(*this, all.front().statement.statement.device, now);
  admission->by_a_person = true;
  WARD_CHECK(take_all(*admission, all));
  return shown_of(store_, all);
}

/// Lets it in, looks, and takes it back: only so are new dossiers' keys and codes known, and what becomes of each dossier.
Result<HandedInShown> CentreStore::look_at_handed_in(const WantedHandedIn& asked, WallTime now) {
  forget_keys(store_);
  auto wanted = asked;
  wanted.reason = "-";
  std::optional<HandedInShown> out;
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    std::optional<Admission> admission;
    WARD_TRY(const auto all, waiting_of(store_, wanted));
    const auto dossiers = dossiers_in(all);
    auto before = states_of(store_, dossiers);
    WARD_TRY(auto shown, let_in(enrolment, admission, wanted, now));
    shown.outcomes = outcomes_of(store_, dossiers, std::move(before));
    out = std::move(shown);
    return only_looked_at();
  };
  const auto undone = change_policy("look at what was handed in", work, {});
  forget_keys(store_);
  if (!out) return undone.error();
  return *std::move(out);
}

Result<void> CentreStore::admit_handed_in(const WantedHandedIn& asked, WallTime now, const Also& also) {
  forget_keys(store_);
  auto wanted = asked;
  WARD_TRY(wanted.reason, reason_of("an admission", asked.reason));
  std::optional<Admission> admission;
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    WARD_TRY(const auto looked_at, let_in(enrolment, admission, wanted, now));
    if (looked_at.head != wanted.head) return not_as_shown();
    if (!looked_at.shown.all())
      return fail(Fault::invalid, "not all of it can be shown, so nobody could have looked at it; admit what ends before a number");
    drop_handed_in(store_, wanted);
    return {};
  };
  const auto entries = store_.policy.count();
  const auto done = change_policy("admit what was handed in", work, also);
  if (store_.policy.count() != entries) admission->keep();  // committed, whatever failed after
  return done;
}

Result<void> CentreStore::reject_handed_in(const WantedHandedIn& wanted, const Also& also) {
  return store_.db.transact("reject what was handed in", [&]() -> Result<void> {
    WARD_CHECK(storage::reject_handed_in(store_, wanted));
    if (also) also();
    return {};
  });
}

Result<std::vector<ForkSide>> CentreStore::forks() {
  return store_.db.read("list forks", [&]() -> Result<std::vector<ForkSide>> { return fork_sides(store_); });
}

/// Admits it, looks, and takes it back.
Result<ForkShown> CentreStore::look_at_side(const Hash& segment, WallTime now) {
  forget_keys(store_);
  std::optional<ForkShown> out;
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    WARD_TRY(auto shown, show_side(store_, segment));
    const auto dossiers = dossiers_in(shown);
    auto before = states_of(store_, dossiers);
    WARD_TRY(const auto side, fork_side(store_, segment));
    for (auto& one : admissions_of(side, "-")) WARD_CHECK(enrolment.append(std::move(one), now));
    shown.outcomes = outcomes_of(store_, dossiers, std::move(before));
    out = std::move(shown);
    return only_looked_at();
  };
  const auto undone = change_policy("look at a fork", work, {});
  if (!out) return undone.error();
  return *std::move(out);
}

Result<void> CentreStore::admit_side(const Hash& segment, const std::optional<Hash>& head, std::string_view asked, WallTime now,
                                     const Also& also) {
  WARD_TRY(const auto reason, reason_of("an admission", asked));
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    WARD_TRY(const auto side, fork_side(store_, segment));
    WARD_TRY(const auto shown, show_side(store_, segment));
    if (head && shown.head != *head) return not_as_shown();
    for (auto& one : admissions_of(side, reason)) {
      tell_again(store_, one);
      WARD_CHECK(enrolment.append(std::move(one), now));
    }
    const auto left = fork_sides(store_);
    if (std::none_of(left.begin(), left.end(), [&](const auto& one) { return one.device == side.device; }))
      forget_fork(store_, side.device);
    return {};
  };
  return change_policy("admit one side of a fork", work, also);
}

}  // namespace ward::storage
