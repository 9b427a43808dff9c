#include "protocol/evidence/contradiction.hpp"

#include <algorithm>

namespace ward::evidence {
namespace {

constexpr std::size_t signed_bytes_max = 64 * 1024;
constexpr std::uint8_t is_receipt = 1;
constexpr std::uint8_t is_statement = 2;

void put(Writer& to, const SignedReceipt& one) {
  to.bytes(log::encode_receipt(one.receipt));
  to.raw(one.signature);
}

SignedReceipt read_receipt(Reader& from) {
  auto receipt = log::decode_receipt(from.bytes(signed_bytes_max));
  if (receipt.has_error()) from.reject(receipt.error().fault);
  return {receipt.has_error() ? log::Receipt{} : *std::move(receipt), from.fixed_value<Signature>()};
}

segment::SignedStatement read_statement(Reader& from) {
  const auto bytes = from.bytes(signed_bytes_max);
  Reader in(bytes);
  segment::SignedStatement out{segment::read_statement(in), from.fixed_value<Signature>()};
  if (const auto whole = in.finish("statement"); whole.has_error()) from.reject(whole.error().fault);
  return out;
}

Contradiction::Answer read_answer(Reader& from) {
  Contradiction::Answer out;
  out.asked = log::read_heads_asked(from);
  out.joins = log::read_joins(from);
  out.signature = from.fixed_value<Signature>();
  if (out.joins.size() != out.asked.size()) from.reject();
  return out;
}

/// The log that `earlier` names.
struct Seen {
  log::HeadName name;
  Hash root;
};
Seen seen_by(const Contradiction& contradiction) {
  if (const auto* one = std::get_if<SignedReceipt>(&contradiction.earlier))
    return {{one->receipt.centre, one->receipt.size}, one->receipt.root};
  const auto& seen = std::get<segment::SignedStatement>(contradiction.earlier).statement.receipt_seen;
  return {{seen.centre, seen.size}, seen.root};
}

bool holds_less(const log::Receipt& earlier, const log::Receipt& later) {
  return earlier.device == later.device && std::any_of(earlier.heads.begin(), earlier.heads.end(), [&](const auto& before) {
           return std::any_of(later.heads.begin(), later.heads.end(),
                              [&](const auto& after) { return after.incarnation == before.incarnation && after.count < before.count; });
         });
}

bool is_joined(const Contradiction& contradiction, const Seen& seen) {
  if (!contradiction.answer) return true;
  const auto& [asked, joins, signature] = *contradiction.answer;
  const auto at = std::find(asked.begin(), asked.end(), seen.name);
  if (at == asked.end()) return true;
  const auto& later = contradiction.later.receipt;
  const auto& join = joins[static_cast<std::size_t>(at - asked.begin())];
  if (!join.held) return seen.name.centre != later.centre;
  return log::verify_consistency(seen.name.size, seen.root, later.size, later.root, join.path).has_value();
}

Result<Contradicts> how(const Contradiction& contradiction) {
  const auto seen = seen_by(contradiction);
  const auto& later = contradiction.later.receipt;
  if (seen.name.centre == later.centre && seen.name.size == later.size && seen.root != later.root) return Contradicts::two_roots;
  if (const auto* earlier = std::get_if<SignedReceipt>(&contradiction.earlier))
    if (const auto found = contradicts(earlier->receipt, later)) return *found;
  if (!is_joined(contradiction, seen)) return Contradicts::not_joined;
  return fail(Fault::invalid, "the two can both be true");
}

Result<void> check_receipt(const SignedReceipt& one, const policy::PolicyLog& log) {
  if (one.receipt.org != log.org()) return fail(Fault::wrong_organisation, "a receipt is of another city");
  const auto keys = log.receipt_keys();
  if (std::any_of(keys.begin(), keys.end(), [&](const auto& each) {
        return each.counts_at(one.receipt.time) && log::verify(one.receipt, one.signature, each.key).has_value();
      }))
    return {};
  return fail(Fault::bad_signature, "no receipt key of its time signed a receipt");
}

Result<void> check_answer(const Contradiction& contradiction, const policy::PolicyLog& log) {
  if (!contradiction.answer) return {};
  const auto& [asked, joins, signature] = *contradiction.answer;
  const auto keys = log.receipt_keys();
  if (std::any_of(keys.begin(), keys.end(), [&](const auto& each) {
        return log::verify_joins(contradiction.later.receipt, asked, joins, signature, each.key).has_value();
      }))
    return {};
  return fail(Fault::bad_signature, "no receipt key signed the answer");
}

}  // namespace

std::optional<Contradicts> contradicts(const log::Receipt& earlier, const log::Receipt& later) {
  if (earlier.centre != later.centre) return std::nullopt;
  if (earlier.size == later.size && earlier.root != later.root) return Contradicts::two_roots;
  if (later.time >= earlier.time && (later.size < earlier.size || holds_less(earlier, later))) return Contradicts::went_back;
  return std::nullopt;
}

Bytes encode_contradiction(const Contradiction& contradiction) {
  Writer out;
  if (const auto* receipt = std::get_if<SignedReceipt>(&contradiction.earlier)) {
    out.u8(is_receipt);
    put(out, *receipt);
  } else {
    const auto& said = std::get<segment::SignedStatement>(contradiction.earlier);
    out.u8(is_statement);
    out.bytes(segment::encode_statement(said.statement));
    out.raw(said.signature);
  }
  put(out, contradiction.later);
  out.u8(contradiction.answer ? 1 : 0);
  if (const auto& answer = contradiction.answer) {
    log::put_heads_asked(out, answer->asked);
    log::put_joins(out, answer->joins);
    out.raw(answer->signature);
  }
  return std::move(out).take();
}

Result<Contradiction> decode_contradiction(BytesView bytes) {
  Reader from(bytes);
  Contradiction out;
  switch (from.u8()) {
    case is_receipt: out.earlier = read_receipt(from); break;
    case is_statement: out.earlier = read_statement(from); break;
    default: from.reject(Fault::unsupported);
  }
  out.later = read_receipt(from);
  const auto answered = from.u8();
  if (answered > 1) from.reject();
  if (answered == 1 && from.ok()) out.answer = read_answer(from);
  WARD_CHECK(from.finish("contradiction"));
  return out;
}

Result<Contradicted> check(const Contradiction& contradiction, const std::vector<policy::Entry>& policy, const SignKey& root) {
  WARD_TRY(const auto log, policy_of(policy, root));
  WARD_CHECK(check_receipt(contradiction.later, log));
  WARD_CHECK(check_answer(contradiction, log));
  Contradicted out;
  out.organisation = log.genesis().organisation;
  if (const auto* receipt = std::get_if<SignedReceipt>(&contradiction.earlier)) {
    WARD_CHECK(check_receipt(*receipt, log));
    out.earlier_at = receipt->receipt.time;
  } else {
    const auto& said = std::get<segment::SignedStatement>(contradiction.earlier);
    const auto* device = log.device(said.statement.device);
    if (device == nullptr) return fail(Fault::not_member, "the PC that says so is not in the policy log");
    WARD_CHECK(segment::verify(said, log.org(), device->device.sign));
    out.said_by = said.statement.device;
  }
  WARD_TRY(out.how, how(contradiction));
  out.earlier = seen_by(contradiction).name;
  out.later = {contradiction.later.receipt.centre, contradiction.later.receipt.size};
  out.later_at = contradiction.later.receipt.time;
  return out;
}

}  // namespace ward::evidence
