#include "tests/protocol/merge/oracle_showing.hpp"

#include <tuple>

/// What people are told, and what does not apply (MERGE.md §6 and §7).
namespace ward::merge::test {

using record::Path;
using record::Step;

namespace {

const Path custody_path{Step::field("BanGiao")};
constexpr Decider leader{Decider::Role::leader, {}, {}};

bool contains(const std::vector<std::size_t>& list, std::size_t op) { return std::find(list.begin(), list.end(), op) != list.end(); }

}  // namespace

Decider Showing::clerk() const {
  const auto& centres = model_.context_.centres;
  const bool at_centre = std::find(centres.begin(), centres.end(), out_.custody.unit) != centres.end();
  return {at_centre ? Decider::Role::officer_centre : Decider::Role::custodian_clerk, {}, {}};
}

Said Showing::said(std::size_t op) const {
  const auto& [id, fact, text, past] = model_.ops_[op];
  return {id,          text->kind,          text->path, text->value, fact->change.user, fact->unit, fact->hlc, believed(*fact),
          fact->stamp, fact->change.reason, {},         {},          fact->act_verified};
}

void Showing::add(ConflictKind kind, Path path, std::vector<std::size_t> ops, Decider decider, std::vector<std::string> blocks) {
  std::sort(ops.begin(), ops.end());
  ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
  if (kind != ConflictKind::status_differs && notice_dealt_with(ops, decider)) return;
  Conflict out;
  out.kind = kind;
  out.path = std::move(path);
  out.decider = std::move(decider);
  out.blocks = std::move(blocks);
  for (const auto op : ops) out.values.push_back(said(op));
  std::sort(out.values.begin(), out.values.end(), [](const Said& a, const Said& b) { return a.op < b.op; });
  if (!gone(out.path)) out_.conflicts.push_back(std::move(out));
}

/// A question: only writing ends it.
void Showing::ask(ConflictKind kind, const Path& path, const Register& leaves, Decider decider, std::vector<std::string> blocks) {
  Conflict out;
  out.kind = kind;
  out.path = path;
  out.decider = std::move(decider);
  out.blocks = std::move(blocks);
  for (const auto& leaf : leaves) {
    auto value = said(leaf.by);
    if (kind != ConflictKind::removed_but_edited) {
      value.path = path;
      value.value = is_reference(leaf.value) ? record::Value() : leaf.value;
    }
    if (leaf.first != leaf.by) {
      value.author = model_.ops_[leaf.first].fact->change.user;
      value.author_unit = model_.ops_[leaf.first].fact->unit;
    }
    out.values.push_back(std::move(value));
  }
  std::sort(out.values.begin(), out.values.end(), [](const Said& a, const Said& b) { return a.op < b.op; });
  if (!gone(path)) out_.conflicts.push_back(std::move(out));
}

bool Showing::gone(const Path& path) const {
  for (std::size_t steps = 2; steps < path.size(); steps += 2) {
    const Path around(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(steps));
    if (!model_.alive(around, all_)) return true;
  }
  return false;
}

void Showing::tell_statuses() {
  for (const auto& [path, writes] : model_.registers_) {
    if (path.size() % 2 == 1 || schema::policy_at(path) == schema::Policy::ledger) continue;
    const auto leaves = model_.leaves(path, all_);
    const bool removed = std::any_of(leaves.begin(), leaves.end(), [](const Write& leaf) { return leaf.kind == Write::Kind::removal; });
    if (removed && model_.alive(path, all_)) ask(ConflictKind::removed_but_edited, path, leaves, clerk());
  }
  if (model_.status(all_).tie) {
    std::vector<std::size_t> ops;
    for (const auto& leaf : model_.leaves(status_path, all_)) ops.push_back(leaf.by);
    add(ConflictKind::status_differs, status_path, ops, leader, {"9"});
  }
  std::map<std::tuple<ConflictKind, std::size_t, std::string, UnitCode>, std::vector<std::size_t>> notices;
  for (const auto& loser : model_.losers(all_)) {
    if (!loser.against) continue;
    const auto decider = loser.for_leader() ? leader : model_.writer(loser.op);
    notices[{loser.kind, *loser.against, decider.user, decider.unit}].push_back(loser.op);
    told_.emplace(loser.op, decider);
  }
  for (auto& [notice, ops] : notices) {
    const auto& [kind, against, user, unit] = notice;
    ops.push_back(against);
    const bool leads = kind == ConflictKind::withdrawal_after_result || kind == ConflictKind::contradicting_decisions;
    add(kind, status_path, ops, leads ? leader : Decider{Decider::Role::user, user, unit},
        leads ? std::vector<std::string>{"10"} : std::vector<std::string>{});
  }
}

void Showing::tell_letters() {
  const auto line = model_.line(all_);
  std::vector<std::size_t> letters;
  for (const auto& leaf : model_.leaves(status_path, all_)) letters.push_back(leaf.by);
  for (const auto rival : model_.outside_rivals(all_))
    if (!decided(rival)) letters.push_back(rival);
  std::map<std::size_t, std::vector<std::size_t>> notices;
  for (const auto letter : letters) {
    if (model_.target(letter) != 5) continue;
    for (auto at = line.rbegin(); at != line.rend(); ++at) {
      if (*at == letter || model_.target(*at) != 5 || !model_.concurrent(*at, letter)) continue;
      notices[*at].push_back(letter);
      told_.emplace(letter, clerk());
      break;
    }
  }
  for (auto& [first, ops] : notices) {
    ops.push_back(first);
    add(ConflictKind::two_supplement_letters, {Step::field("DanhSachHoSoBoSung")}, ops, clerk());
  }
}

void Showing::tell_accepts() {
  for (const auto tenure : custody_) {
    std::set<std::size_t> offers;
    std::vector<std::size_t> ops;
    for (std::size_t op = 0; op < model_.ops_.size(); ++op) {
      if (!model_.good(op, Sense::accept) || model_.judged_[model_.offer_named(op)].tenure != tenure) continue;
      offers.insert(model_.offer_named(op));
      ops.push_back(op);
    }
    if (offers.size() < 2) continue;
    const Decider decider{Decider::Role::centre_admin, {}, {}};
    for (const auto op : ops) told_.emplace(op, decider);
    add(ConflictKind::competing_accepts, custody_path, ops, decider);
  }
}

/// Acts of custody and statuses that do not apply.
void Showing::tell_acts() {
  for (std::size_t op = 0; op < model_.ops_.size(); ++op) {
    const auto sense = model_.judged_[op].sense;
    const auto why = model_.judged_[op].outcome == Oracle::Outcome::applies ? lost(op) : model_.judged_[op].why;
    if (!why || (!is_custody(sense) && sense != Sense::status) || told_.count(op) != 0 || decided(op)) continue;
    const auto& path = model_.ops_[op].op->path;
    switch (*why) {
      case Refusal::illegal_transition:
        told_.emplace(op, model_.writer(op));
        add(ConflictKind::illegal_transition, status_path, {op}, model_.writer(op));
        break;
      case Refusal::after_revocation:
      case Refusal::disabled_user:
        told_.emplace(op, leader);
        add(ConflictKind::act_by_revoked_user, path, {op}, leader);
        break;
      case Refusal::outside_custody:
      case Refusal::not_the_decider:
      case Refusal::lost_to_transition:
      case Refusal::not_offered:
      case Refusal::offer_closed:
      case Refusal::unsigned_act:
      case Refusal::lost_custody: add(ConflictKind::refused_act, path, {op}, model_.writer(op)); break;
      default: break;
    }
  }
}

bool Showing::may_be_told_after_offer(std::size_t op) const {
  const auto& about = model_.judged_[op];
  if (about.outcome != Oracle::Outcome::applies || lost(op)) return false;
  const auto is_edit = [](record::OpKind kind) { return kind == record::OpKind::set || kind == record::OpKind::remove; };
  if (about.sense == Sense::status) return true;
  if (about.sense != Sense::approve) return is_edit(model_.ops_[op].op->kind);
  const auto named = references_of(model_.ops_[op].op->value);
  return std::any_of(named.begin(), named.end(), [&](const OpId& id) { return is_edit(model_.ops_[index(id)].op->kind); });
}

/// Something that it wrote stands.
bool Showing::unreplaced(std::size_t op) const {
  const auto is_code = [&](std::size_t words) { return sense_of(*model_.ops_[words].op).sense == Sense::code; };  // never replaced
  std::vector<std::size_t> words{op};
  if (model_.judged_[op].sense == Sense::approve) {
    words.clear();
    for (const auto& id : references_of(model_.ops_[op].op->value)) words.push_back(index(id));
  }
  for (const auto each : words) {
    if (is_code(each)) continue;
    const auto kind = model_.ops_[each].op->kind;
    if (kind == record::OpKind::add || kind == record::OpKind::append) continue;
    const auto heads = model_.heads(model_.ops_[each].op->path, all_);
    if (std::any_of(heads.begin(), heads.end(), [&](const Write& head) { return head.by == op; })) return true;
  }
  return false;
}

void Showing::tell_changes_after_offer() {
  if (custody_.size() < 2) return;
  const auto taken = model_.accepts(static_cast<std::size_t>(custody_.back()), all_).front();
  for (std::size_t op = 0; op < model_.ops_.size(); ++op) {
    const auto at = std::find(custody_.begin(), custody_.end(), model_.judged_[op].tenure);
    const bool before = at != custody_.end() && at + 1 != custody_.end();
    if (!before || model_.ops_[taken].past.has(op) || !may_be_told_after_offer(op) || !unreplaced(op)) continue;
    auto path = model_.ops_[op].op->path;
    if (model_.judged_[op].sense == Sense::approve) {
      const auto named = references_of(model_.ops_[op].op->value);
      path = named.size() == 1 ? model_.ops_[index(named.front())].op->path : Path{};
    }
    add(ConflictKind::changed_after_offer, path, {op}, clerk());
  }
}

std::optional<std::size_t> Showing::first_leaf(const Path& path) const {
  const auto leaves = model_.leaves(path, all_);
  return leaves.empty() ? std::nullopt : std::optional(leaves.front().by);
}

void Showing::tell_money() {
  const auto* due = record::find(out_.fields, "TongLePhi");
  if (due == nullptr || due->number() == nullptr) return;
  std::int64_t high = 0, low = 0;  // a sum of amounts may be more than one number holds
  std::vector<std::size_t> ops;
  for (const auto& [leaf, fields] : payments_) {
    const auto* amount = record::find(fields, "SoTien");
    if (amount == nullptr || amount->number() == nullptr) continue;
    high += *amount->number() >> 32;
    low += *amount->number() & 0xffff'ffff;
    ops.push_back(leaf);
  }
  high += low >> 32;
  low &= 0xffff'ffff;
  const bool more = std::pair(high, low) > std::pair(*due->number() >> 32, *due->number() & 0xffff'ffff);
  if (more && !ops.empty()) add(ConflictKind::overpaid, {Step::field("BienLai")}, ops, {Decider::Role::accountant, {}, {}});
  const auto* code = record::find(out_.fields, "MaTTHC");
  const auto* procedure = code == nullptr || code->text() == nullptr ? nullptr : schema::find_procedure(*code->text());
  if (procedure == nullptr || procedure->fee_vnd == *due->number()) return;
  const auto a = first_leaf({Step::field("MaTTHC")}), b = first_leaf({Step::field("TongLePhi")});
  if (a && b && *a != *b && model_.concurrent(*a, *b))
    add(ConflictKind::fee_does_not_fit_procedure, {Step::field("TongLePhi")}, {*a, *b}, clerk());
}

// ---- what does not apply ----

std::optional<Refusal> Showing::lost(std::size_t op) const {
  const auto on_line = [&](int tenure) { return std::find(custody_.begin(), custody_.end(), tenure) != custody_.end(); };
  const auto sense = model_.judged_[op].sense;
  if (sense == Sense::offer) return on_line(model_.judged_[op].tenure) ? std::nullopt : std::optional(Refusal::lost_custody);
  if (is_custody(sense)) {
    const auto offer = model_.offer_named(op);
    if (!on_line(model_.judged_[offer].tenure)) return Refusal::lost_custody;
    if (sense == Sense::accept) return on_line(static_cast<int>(offer)) ? std::nullopt : std::optional(Refusal::lost_custody);
    return model_.accepts(offer, all_).empty() ? std::nullopt : std::optional(Refusal::offer_closed);
  }
  if (sense != Sense::status) return std::nullopt;
  for (const auto& loser : model_.losers(all_))
    if (loser.op == op && !loser.outside) return Refusal::lost_to_transition;
  return std::nullopt;
}

std::vector<std::size_t> Showing::dismissals() const {
  std::vector<std::size_t> out;
  for (std::size_t op = 0; op < model_.ops_.size(); ++op)
    if (model_.judged_[op].sense == Sense::dismiss && model_.in_force(op, all_)) out.push_back(op);
  return out;
}

bool Showing::notice_dealt_with(const std::vector<std::size_t>& ops, const Decider& decider) const {
  for (const auto dismissal : dismissals()) {
    std::vector<std::size_t> named;
    for (const auto& id : references_of(model_.ops_[dismissal].op->value)) named.push_back(index(id));
    const bool names_all = std::all_of(ops.begin(), ops.end(), [&](std::size_t op) { return contains(named, op); });
    if (names_all && model_.may(dismissal, decider)) return true;
  }
  return false;
}

Decider Showing::decider_of(std::size_t op) const {
  const auto& about = model_.judged_[op];
  if (about.outcome == Oracle::Outcome::proposed) return about.decided_by ? Decider{*about.decided_by, {}, {}} : clerk();
  const auto told = told_.find(op);
  return told != told_.end() ? told->second : model_.writer(op);
}

/// An outside rival that a decision on the line had seen.
bool Showing::decided(std::size_t op) const {
  if (model_.outside_rivals(all_).count(op) == 0) return false;
  const auto line = model_.line(all_);
  return std::any_of(line.begin(), line.end(), [&](std::size_t w) { return model_.judged_[w].decision && model_.ops_[w].past.has(op); });
}

bool Showing::dealt_with(std::size_t op, const Decider& decider) const {
  const auto& by = *model_.ops_[op].fact;
  const bool proposal = model_.judged_[op].outcome == Oracle::Outcome::proposed;
  for (std::size_t later = 0; later < model_.ops_.size(); ++later) {
    const auto named = references_of(model_.ops_[later].op->value);
    if (std::find(named.begin(), named.end(), model_.ops_[op].id) == named.end()) continue;
    const auto& who = *model_.ops_[later].fact;
    const bool own = proposal && who.change.user == by.change.user && model_.house(who.unit, who.stamp) == model_.house(by.unit, who.stamp);
    const auto sense = model_.judged_[later].sense;
    const bool applies = model_.judged_[later].outcome == Oracle::Outcome::applies;
    if (sense == Sense::approve && applies && proposal) return true;
    if (sense == Sense::dismiss && model_.in_force(later, all_) && (own || model_.may(later, decider))) return true;
  }
  return decided(op);
}

void Showing::list_unapplied() {
  for (std::size_t op = 0; op < model_.ops_.size(); ++op) {
    const auto outcome = model_.judged_[op].outcome;
    const auto why = outcome == Oracle::Outcome::applies ? lost(op) : model_.judged_[op].why;
    if (!why) continue;
    const auto decider = decider_of(op);
    if (dealt_with(op, decider)) continue;
    auto& list = outcome == Oracle::Outcome::proposed ? out_.proposals : out_.not_applied;
    list.push_back({said(op), *why, decider});
  }
}

}  // namespace ward::merge::test
