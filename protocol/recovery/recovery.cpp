#include "protocol/recovery/recovery.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/siv.hpp"
#include "protocol/text/text.hpp"
#include "protocol/ticket/ticket.hpp"

#include <algorithm>

namespace ward::recovery {
namespace {

constexpr std::string_view box_kind = "WARDSYNC-RECOVERY-1 ";
constexpr std::size_t sealed_key_bytes = 64;
constexpr std::size_t half = 16;

using Members = std::vector<std::size_t>;  ///< ascending

/// Every `need` of `count`, in order.
std::vector<Members> subsets(std::size_t count, std::size_t need) {
  std::vector<Members> out;
  Members now(need);
  for (std::size_t i = 0; i < need; ++i) now[i] = i;
  while (true) {
    out.push_back(now);
    auto at = need;
    while (at > 0 && now[at - 1] == count - need + at - 1) --at;
    if (at == 0) return out;
    ++now[at - 1];
    for (auto i = at; i < need; ++i) now[i] = now[i - 1] + 1;
  }
}

KeyId check_of(const TrusteeKey& key, const OrgId& org) { return crypto::hash<KeyId>("wsync-trustee", key.view(), {org.view()}); }

/// B(32, "wsync-recover", k₁, k₂ ‖ …).
TrusteeKey joint_key(const std::vector<const TrusteeKey*>& keys) {
  Bytes rest;
  const Wiped wiped(rest);
  rest.reserve(keys.size() * Hash::size);
  for (std::size_t i = 1; i < keys.size(); ++i) append(rest, keys[i]->view());
  auto joint = crypto::hash<Hash>("wsync-recover", keys.front()->view(), {rest});
  const Wiped wiped_joint(joint.bytes);
  return TrusteeKey(joint.bytes);
}

Bytes header_of(const Box& box) {
  Writer out;
  out.text(box.organisation);
  out.raw(box.org);
  out.u8(box.need);
  out.varint(box.trustees.size());
  for (const auto& trustee : box.trustees) {
    out.text(trustee.name);
    out.raw(trustee.check);
  }
  return std::move(out).take();
}

/// Under the joint key of a subset, or under the box's.
crypto::SivKeys siv_keys(const TrusteeKey& key, const OrgId& org) {
  return crypto::SivKeys::derive("wsync-recov-key", key.view(), {org.view()});
}

bool fits(std::size_t trustees, std::size_t need) { return trustees >= 2 && trustees <= trustees_max && need >= 2 && need <= trustees; }

std::string missing(const Box& box, std::size_t have) {
  std::string out =
      std::to_string(box.need) + " keys of different trustees are needed, and these are " + std::to_string(have) + "; they are with ";
  for (std::size_t i = 0; i < box.trustees.size(); ++i) out += (i == 0 ? "" : ", ") + box.trustees[i].name;
  return out;
}

}  // namespace

Result<Box> seal(std::string organisation, const OrgId& org, std::uint8_t need, const std::vector<std::string>& names,
                 const std::vector<TrusteeKey>& keys, const TrusteeKey& box_key, BytesView payload) {
  WARD_ASSERT(keys.size() == names.size() && payload.size() <= payload_bytes_max);
  if (!fits(names.size(), need)) return fail(Fault::invalid, "2 to 10 trustees, of whom 2 or more are needed");
  Box out{std::move(organisation), org, need, {}, {}, {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    WARD_TRY(auto name, text::to_line("a trustee's name", names[i], limits::name_bytes_max));
    const auto same = [&](const Trustee& other) { return other.name == name; };
    if (std::any_of(out.trustees.begin(), out.trustees.end(), same)) return fail(Fault::invalid, "two trustees have one name");
    out.trustees.push_back({std::move(name), check_of(keys[i], org)});
  }
  const auto header = header_of(out);
  for (const auto& members : subsets(names.size(), need)) {
    std::vector<const TrusteeKey*> theirs;
    for (const auto member : members) theirs.push_back(&keys[member]);
    out.for_subset.push_back(crypto::siv_seal("wsync-recov-siv", siv_keys(joint_key(theirs), org), header, box_key.view()));
  }
  out.sealed = crypto::siv_seal("wsync-recov-siv", siv_keys(box_key, org), header, payload);
  return out;
}

std::optional<std::size_t> trustee_of(const Box& box, const TrusteeKey& key) {
  const auto check = check_of(key, box.org);
  for (std::size_t i = 0; i < box.trustees.size(); ++i)
    if (box.trustees[i].check == check) return i;
  return std::nullopt;
}

Result<Bytes> open(const Box& box, const std::vector<TrusteeKey>& keys) {
  std::vector<const TrusteeKey*> of_trustee(box.trustees.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto whose = trustee_of(box, keys[i]);
    if (!whose) return fail(Fault::wrong_key, "key " + std::to_string(i + 1) + " is no trustee's of this recovery file");
    of_trustee[*whose] = &keys[i];
  }
  Members have;
  for (std::size_t i = 0; i < of_trustee.size(); ++i)
    if (of_trustee[i] != nullptr) have.push_back(i);
  if (have.size() < box.need) return fail(Fault::wrong_key, missing(box, have.size()));
  have.resize(box.need);
  const auto all = subsets(box.trustees.size(), box.need);
  const auto which = static_cast<std::size_t>(std::find(all.begin(), all.end(), have) - all.begin());
  std::vector<const TrusteeKey*> theirs;
  for (const auto member : have) theirs.push_back(of_trustee[member]);
  const auto header = header_of(box);
  auto box_key = crypto::siv_open("wsync-recov-siv", siv_keys(joint_key(theirs), box.org), header, box.for_subset[which]);
  if (box_key.has_error()) return fail(Fault::bad_signature, "the recovery file was changed after it was made");
  const Wiped wiped(*box_key);
  auto payload = crypto::siv_open("wsync-recov-siv", siv_keys(TrusteeKey(BytesView(*box_key)), box.org), header, box.sealed);
  if (payload.has_error()) return fail(Fault::bad_signature, "the recovery file was changed after it was made");
  return payload;
}

std::string encode_box(const Box& box) {
  Writer out;
  out.raw(header_of(box));
  for (const auto& sealed : box.for_subset) out.raw(sealed);
  out.bytes(box.sealed);
  return std::string(box_kind) + hex(out.peek()) + "\n";
}

Result<Box> decode_box(std::string_view text) {
  const auto at = text.find(box_kind);
  if (at == std::string_view::npos) return fail(Fault::invalid, "this is no recovery file");
  auto digits = text.substr(at + box_kind.size());
  digits = digits.substr(0, std::min(digits.find_first_not_of("0123456789abcdef"), digits.size()));
  const auto bytes = unhex(digits);
  Reader from(bytes);
  Box out;
  out.organisation = from.text(limits::key_bytes_max);
  out.org = from.fixed_value<OrgId>();
  out.need = from.u8();
  const auto count = from.count(trustees_max);
  for (std::size_t i = 0; i < count && from.ok(); ++i) {
    auto name = from.text(limits::name_bytes_max);
    if (!text::is_plain(name)) from.reject();
    out.trustees.push_back({std::move(name), from.fixed_value<KeyId>()});
  }
  if (!fits(count, out.need)) from.reject();
  if (from.ok())
    for (std::size_t left = subsets(count, out.need).size(); left > 0; --left) out.for_subset.push_back(copy(from.raw(sealed_key_bytes)));
  out.sealed = copy(from.bytes(payload_bytes_max + Hash::size));
  if (!text::is_plain(out.organisation) || from.finish("recovery file").has_error())
    return fail(Fault::invalid, "this recovery file is damaged");
  return out;
}

std::string letters_of(const TrusteeKey& key) {
  std::string out;
  for (std::size_t line = 0; line < 2; ++line) {
    Array<half> part{};
    const Wiped wiped(part);
    std::copy_n(key.view().begin() + static_cast<std::ptrdiff_t>(line * half), half, part.begin());
    out += std::to_string(line + 1) + ": " + ticket::encode_typed(part) + "\n";
  }
  return out;
}

Result<TrusteeKey> key_of_letters(std::string_view text) {
  TrusteeKey out;
  for (std::size_t line = 0; line < 2; ++line) {
    const auto label = std::to_string(line + 1) + ":";
    auto at = text.starts_with(label) ? 0 : text.find("\n" + label);
    if (at == std::string_view::npos) return fail(Fault::invalid, "line " + label + " of a trustee's key is missing");
    at = text.find(':', at) + 1;
    auto part = ticket::decode_typed(text.substr(at, text.find('\n', at) - at));
    if (part.has_error())
      return fail(Fault::invalid,
                  "line " + label + " of a trustee's key has a wrong letter, or too many or few; compare it with the paper");
    const Wiped wiped(*part);
    std::copy(part->begin(), part->end(), out.mutable_view().begin() + static_cast<std::ptrdiff_t>(line * half));
  }
  return out;
}

}  // namespace ward::recovery
