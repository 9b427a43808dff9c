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
  return {shown_changes(store, sealed_in(all)), last.first + last.count, segment::hash_of(last, store.org)};
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

/// Takes it in, looks, and takes it back: only so are new dossiers' keys and codes known.
Result<HandedInShown> CentreStore::look_at_handed_in(const WantedHandedIn& wanted, WallTime now) {
  forget_keys(store_);
  HandedInShown out;
  bool looked = false;
  const auto undone = store_.db.transact("look at what was handed in", [&]() -> Result<void> {
    WARD_TRY(auto all, waiting_of(store_, wanted));
    Admission admission(*this, all.front().statement.statement.device, now);
    admission.by_a_person = true;
    WARD_CHECK(take_all(admission, all));
    out = shown_of(store_, all);
    looked = true;
    return fail(Fault::invalid, "only looked at");
  });
  forget_keys(store_);
  if (!looked) return undone.error();
  return out;
}

Result<void> CentreStore::admit_handed_in(const WantedHandedIn& asked, WallTime now, const Also& also) {
  forget_keys(store_);
  auto wanted = asked;
  WARD_TRY(wanted.reason, reason_of("an admission", asked.reason));
  std::optional<Admission> admission;
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    WARD_TRY(auto all, waiting_of(store_, wanted));
    WARD_CHECK(enrolment.append(admission_of(wanted, all, store_.org), now));
    admission.emplace(*this, all.front().statement.statement.device, now);
    admission->by_a_person = true;
    WARD_CHECK(take_all(*admission, all));
    const auto looked_at = shown_of(store_, all);
    if (looked_at.head != wanted.head)
      return fail(Fault::invalid, "what waits is not what was shown: look at it again, and name the head that stands there");
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

Result<ForkShown> CentreStore::look_at_side(const Hash& segment) {
  forget_keys(store_);
  return store_.db.read("look at a fork", [&]() -> Result<ForkShown> { return show_side(store_, segment); });
}

Result<void> CentreStore::admit_side(const Hash& segment, std::string_view asked, WallTime now, const Also& also) {
  WARD_TRY(const auto reason, reason_of("an admission", asked));
  const auto work = [&](Enrolment& enrolment) -> Result<void> {
    WARD_TRY(const auto side, fork_side(store_, segment));
    for (auto& one : admissions_of(side, reason)) WARD_CHECK(enrolment.append(std::move(one), now));
    const auto left = fork_sides(store_);
    if (std::none_of(left.begin(), left.end(), [&](const auto& one) { return one.device == side.device; }))
      forget_refusal(store_, side.device, Fault::fork);
    return {};
  };
  return change_policy("admit one side of a fork", work, also);
}

}  // namespace ward::storage
