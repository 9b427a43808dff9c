#include "protocol/merge/inbox.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/crypto/hash.hpp"

#include <algorithm>
#include <tuple>

namespace ward::merge {
namespace {

using record::Path;
using record::Step;
using Role = Decider::Role;

constexpr std::string_view supplements_field = "DanhSachHoSoBoSung";
constexpr std::string_view payments_field = "BienLai";
constexpr std::string_view fee_field = "TongLePhi";

constexpr int low_bits = 32;
constexpr std::uint64_t low_mask = 0xffff'ffff;

Path at(std::string_view field) { return {Step::field(std::string(field))}; }

std::vector<std::string> blocked_by(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::choose_value:
    case ConflictKind::status_differs: return {"9"};
    case ConflictKind::contradicting_decisions:
    case ConflictKind::withdrawal_after_result: return {"10"};
    default: return {};
  }
}

/// Before there were notices, a question was named by its place and heads alone.
bool is_named_by_kind(ConflictKind kind) {
  return kind != ConflictKind::choose_value && kind != ConflictKind::removed_but_edited && kind != ConflictKind::payment_differs;
}

/// A sum of amounts may be more than a number holds.
Paid sum(Paid paid, std::int64_t more) {
  paid.low += static_cast<std::uint64_t>(more) & low_mask;
  paid.high += (more >> low_bits) + static_cast<std::int64_t>(paid.low >> low_bits);
  paid.low &= low_mask;
  return paid;
}

}  // namespace

Inbox::Inbox(const Did& did, const Grounds& grounds, const Document& document) : did_(did), grounds_(grounds), document_(document) {
  notice_status();
  notice_custody();
  for (const auto& refused : document.not_applied) notice_refused(refused);
}

void Inbox::ask(ConflictKind kind, const Place& place, const Register& writes, const Places& heads, const Places& leaves,
                bool one_level_up) {
  std::vector<OpId> named;
  for (const auto head : heads) named.push_back(grounds_.causality.id_of(writes[head].by));
  std::vector<Said> values;
  const auto path = path_of(place);
  for (const auto leaf : leaves) {
    const bool whole = kind == ConflictKind::removed_but_edited || kind == ConflictKind::status_differs;
    values.push_back(whole ? said_by(writes[leaf].by, grounds_.causality) : said_by(writes[leaf], path, grounds_.causality));
    if (kind == ConflictKind::removed_but_edited && writes[leaf].kind == Write::Kind::removal) {  // also one that was approved
      values.back().kind = record::OpKind::remove;
      values.back().path = path;
      values.back().value = {};
    }
  }
  add(kind, path, named, std::move(values), decider_of(kind, one_level_up, grounds_.tenures), blocked_by(kind));
}

void Inbox::notice_field(const FieldNode& node, const Decision& decided, const Place& place) {
  const auto& writes = node.value;
  const auto& causality = grounds_.causality;
  const auto good = [&](const Write& write) {
    const auto& fact = causality.at(write.by.change);
    return clock_good(fact.hlc, fact.stamp);
  };
  const auto counts = [&](const Write& write) { return grounds_.tenures.on_line(grounds_.tenures.in_past(write.by)); };
  for (const auto head : decided.heads) {
    const bool rides = grounds_.forms.meaning(writes[head].said) == Meaning::status;
    if (!rides && changed_after_offer(writes[head]))
      notice(ConflictKind::changed_after_offer, place, writes[head], custodian(grounds_.tenures));
    const bool by_clock = decided.policy != schema::Policy::ask && !decided.conflict;
    if (!by_clock || head == decided.head) continue;
    const auto& value = shown_by(writes[followed(node, head, decided.policy, grounds_)]);
    if (value == shown_by(writes[decided.winner])) continue;
    if (decided.policy == schema::Policy::owner && !counts(writes[head]) && counts(writes[decided.head]))
      notice(ConflictKind::lost_custody_edit, place, writes[head], custodian(grounds_.tenures));
    else if (!good(writes[head]) && good(writes[decided.head]))
      notice(ConflictKind::lost_to_bad_clock, place, writes[head], writer_of(causality.at(writes[head].by.change)));
  }
}

void Inbox::notice_element(const Register& writes, const Places& heads, const Place& place) {
  for (const auto head : heads)
    if (changed_after_offer(writes[head])) notice(ConflictKind::changed_after_offer, place, writes[head], custodian(grounds_.tenures));
}

/// Written by a former holder while his successor took over.
bool Inbox::changed_after_offer(const Write& write) const {
  const auto& tenures = grounds_.tenures;
  const auto since = tenures.since();
  if (!since || write.kind == Write::Kind::touch || grounds_.causality.in_past(*since, write.by)) return false;
  const auto meaning = grounds_.forms.meaning(write.said);
  const bool an_edit = meaning == Meaning::set_field || meaning == Meaning::set_payment || meaning == Meaning::restore ||
                       meaning == Meaning::remove_element || meaning == Meaning::status;
  const auto tenure = tenures.in_past(write.by);
  return an_edit && tenure != tenures.current() && tenures.on_line(tenure);
}

void Inbox::notice_payment(std::int64_t amount, const Register& writes, const Places& leaves) {
  paid_ = sum(paid_, amount);
  paid_by_.push_back(writes[leaves.front()].by);
}

void Inbox::notice_fee(std::int64_t fee, const OpRef& fee_by, const std::string* procedure, const std::optional<OpRef>& procedure_by) {
  if (!paid_by_.empty() && paid_ > sum({}, fee)) notice(ConflictKind::overpaid, at(payments_field), paid_by_, {Role::accountant, {}, {}});
  const auto* known = procedure == nullptr ? nullptr : schema::find_procedure(*procedure);
  if (known != nullptr && known->fee_vnd != fee && procedure_by && grounds_.causality.concurrent(fee_by, *procedure_by))
    notice(ConflictKind::fee_does_not_fit_procedure, at(fee_field), {fee_by, *procedure_by}, custodian(grounds_.tenures));
}

void Inbox::notice_status() {
  const auto& workflow = grounds_.workflow;
  const auto& now = workflow.outcome();
  const Place place{nullptr, Step::Kind::name, status_field};
  if (now.tie) ask(ConflictKind::status_differs, place, workflow.writes(), now.heads, now.leaves, false);
  std::map<std::tuple<OpRef, ConflictKind, std::string, UnitCode>, std::vector<OpRef>> groups;
  for (const auto& loser : workflow.losers()) {
    if (!loser.match) continue;
    const auto decider = asks_leader(loser.kind) ? Decider{Role::leader, {}, {}} : writer_of(grounds_.causality.at(loser.op.change));
    groups[{*loser.match, loser.kind, decider.user, decider.unit}].push_back(loser.op);
    told_.insert(loser.op);
  }
  for (auto& [key, ops] : groups) {
    const auto& [match, kind, user, unit] = key;
    ops.push_back(match);
    notice(kind, at(status_field), ops, {asks_leader(kind) ? Role::leader : Role::user, user, unit}, blocked_by(kind));
  }
  for (const auto& ops : workflow.repeated(asked_for_papers)) {
    told_.insert(ops.begin(), ops.end());
    notice(ConflictKind::two_supplement_letters, at(supplements_field), ops, custodian(grounds_.tenures));
  }
  const auto lost = [&](const OpRef& op) {
    return std::any_of(workflow.losers().begin(), workflow.losers().end(), [&](const Loser& loser) { return loser.op == op; });
  };
  for (const auto head : now.heads)
    if (changed_after_offer(workflow.writes()[head]) && !lost(workflow.writes()[head].by))
      notice(ConflictKind::changed_after_offer, at(status_field), {workflow.writes()[head].by}, custodian(grounds_.tenures));
}

void Inbox::notice_custody() {
  for (const auto& group : grounds_.tenures.competing_accepts()) {
    told_.insert(group.begin(), group.end());
    notice(ConflictKind::competing_accepts, at(custody_field), group, {Role::centre_admin, {}, {}});
  }
}

void Inbox::notice_refused(const Refused& refused) {
  const auto meaning = grounds_.forms.meaning(refused.op);
  if ((meaning != Meaning::status && !is_custody(meaning)) || told_.contains(refused.op) || grounds_.workflow.answered(refused.op)) return;
  const auto kind = refused.why == Refusal::illegal_transition                                          ? ConflictKind::illegal_transition
                    : refused.why == Refusal::after_revocation || refused.why == Refusal::disabled_user ? ConflictKind::act_by_revoked_user
                                                                                                        : ConflictKind::refused_act;
  if (kind == ConflictKind::refused_act && (refused.why == Refusal::wrong_type || refused.why == Refusal::missing_reference)) return;
  notice(kind, grounds_.causality.op_at(refused.op).path, {refused.op}, refused.decider);
}

void Inbox::notice(ConflictKind kind, Path path, std::vector<OpRef> ops, Decider decider, std::vector<std::string> blocks) {
  std::sort(ops.begin(), ops.end());
  ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
  if (grounds_.dismissals.cover(ops, decider)) return;
  std::vector<OpId> named;
  std::vector<Said> values;
  for (const auto& op : ops) {
    named.push_back(grounds_.causality.id_of(op));
    values.push_back(said_by(op, grounds_.causality));
  }
  add(kind, std::move(path), named, std::move(values), std::move(decider), std::move(blocks));
}

void Inbox::notice(ConflictKind kind, const Place& place, const Write& write, Decider decider) {
  if (grounds_.dismissals.cover({&write.by, 1}, decider)) return;
  auto path = path_of(place);
  auto said = said_by(write, path, grounds_.causality);
  add(kind, std::move(path), {said.op}, {said}, std::move(decider), {});
}

void Inbox::add(ConflictKind kind, Path path, const std::vector<OpId>& named_by, std::vector<Said> values, Decider decider,
                std::vector<std::string> blocks) {
  auto named = named_by;
  std::sort(named.begin(), named.end());
  Writer path_bytes, ids;
  record::encode(path_bytes, path);
  if (is_named_by_kind(kind)) ids.text(name_of(kind));
  for (const auto& id : named) ids.raw(view(record::element_id(id)));
  std::sort(values.begin(), values.end(), [](const Said& a, const Said& b) { return a.op < b.op; });
  all_.push_back({crypto::hash<ConflictId>("wsync-conflict", {}, {did_.view(), path_bytes.peek(), ids.peek()}), kind, std::move(path),
                  std::move(values), std::move(decider), std::move(blocks)});
}

std::vector<Conflict> Inbox::take() && {
  const auto ops = [](const Conflict& conflict) {
    std::vector<OpId> out;
    out.reserve(conflict.values.size());
    for (const auto& said : conflict.values) out.push_back(said.op);
    return out;
  };
  std::sort(all_.begin(), all_.end(), [&](const Conflict& a, const Conflict& b) {
    if (a.path != b.path) return a.path < b.path;
    return std::tuple{a.kind, ops(a)} < std::tuple{b.kind, ops(b)};
  });
  return std::move(all_);
}

}  // namespace ward::merge
