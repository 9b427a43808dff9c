#include "protocol/sync/messages.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/record/value.hpp"

#include <algorithm>

namespace ward::sync {
namespace {

constexpr Array<4> magic{'W', 'S', 'Y', 1};
constexpr std::size_t heads_max = 65'536;
constexpr std::string_view applied_prefix{"wsync-applied-v1\0", 17};

/// Numbers on the wire; never reused.
enum class Kind : std::uint8_t {
  pull = 1,
  push = 2,
  delivery = 3,
  policy = 4,
  need_sealed = 5,
  applied = 6,
  segment_refused = 7,
  ask_heads = 8,
  all_heads = 9,
  ping = 10,
  pong = 11,
  receipted = 12,
  refusal = 13,
  enrol_request = 14,
  enrol_answer = 15,
  fetch_dossiers = 16,
  fetched = 17,
  ask_joins = 18,
  joins = 19,
  audit_end = 20,
  fetch_summaries = 21,
};

void put_wall(Writer& to, WallTime time) { to.u48(static_cast<std::uint64_t>(std::max<std::int64_t>(time.ms, 0)) & 0xffff'ffff'ffffU); }
WallTime read_wall(Reader& from) { return {static_cast<std::int64_t>(from.u48())}; }

std::uint8_t number_of(Fault fault) { return static_cast<std::uint8_t>(fault); }
Fault read_fault(Reader& from) {
  const auto number = from.u8();
  if (number > number_of(Fault::timeout)) from.reject(Fault::unsupported);
  return static_cast<Fault>(number);
}

void put_heads(Writer& to, const std::vector<log::DeviceHead>& heads) {
  to.varint(heads.size());
  for (const auto& head : heads) {
    to.raw(head.incarnation);
    to.varint(head.count);
    to.raw(head.statement);
  }
}
std::vector<log::DeviceHead> read_heads(Reader& from) {
  std::vector<log::DeviceHead> out;
  const auto size = from.count(heads_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    log::DeviceHead head;
    head.incarnation = from.fixed_value<Incarnation>();
    head.count = from.varint();
    head.statement = from.fixed_value<Hash>();
    if (head.count > limits::seq_max) from.reject();
    out.push_back(head);
  }
  return out;
}

/// The place, from 1, of what names this incarnation; 0 when none does. Readers insist on it, so that there is one form only.
template <class Named>
std::size_t place_of(const std::vector<Named>& named, BytesView incarnation) {
  const auto found = std::find_if(named.begin(), named.end(), [&](const Named& n) {
    return std::equal(n.incarnation.bytes.begin(), n.incarnation.bytes.end(), incarnation.begin(), incarnation.end());
  });
  return found == named.end() ? 0 : static_cast<std::size_t>(found - named.begin()) + 1;
}

/// A small segment begins with its incarnation (run::encode_small).
BytesView incarnation_of(BytesView segment) { return segment.first(std::min(segment.size(), Incarnation::size)); }

/// Told from the receipt beside it: its incarnation is one of the heads', its place and time are just before the log's end.
void put_stamp(Writer& to, const OwnStamp& own, const log::Receipt& receipt) {
  const auto head = place_of(receipt.heads, own.incarnation.view());
  to.varint(head);
  if (head == 0) to.raw(own.incarnation);
  to.varint(own.first);
  to.zigzag(static_cast<std::int64_t>(receipt.size - own.stamp.index));
  to.zigzag(receipt.time.ms - own.stamp.time.ms);
}
OwnStamp read_stamp(Reader& from, const log::Receipt& receipt) {
  OwnStamp out;
  const auto head = from.count(receipt.heads.size());
  out.incarnation = head == 0 ? from.fixed_value<Incarnation>() : receipt.heads[head - 1].incarnation;
  if (place_of(receipt.heads, out.incarnation.view()) != head) from.reject();
  out.first = from.varint();
  out.stamp.index = receipt.size - static_cast<std::uint64_t>(from.zigzag());
  const auto behind = from.zigzag();
  out.stamp.time.ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(receipt.time.ms) - static_cast<std::uint64_t>(behind));
  if (out.stamp.time.ms < 0 || out.stamp.time.ms >> 48U != 0) from.reject();
  return out;
}

void put_receipted(Writer& to, const Receipted& receipted) {
  to.bytes(log::encode_short(receipted.receipt));
  to.raw(receipted.signature);
  to.varint(receipted.stamps.size());
  for (const auto& own : receipted.stamps) put_stamp(to, own, receipted.receipt);
  to.varint(receipted.policy_count);
}
log::Receipt read_short(Reader& from, const Ends& ends) {
  auto receipt = log::decode_short(from.bytes(limits::hello_bytes_max), ends.org, ends.device);
  if (receipt.has_value()) return *std::move(receipt);
  from.reject(receipt.error().fault);
  return {};
}

Receipted read_receipted(Reader& from, const Ends& ends) {
  Receipted out;
  out.receipt = read_short(from, ends);
  out.signature = from.fixed_value<Signature>();
  const auto size = from.count(own_stamps_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) out.stamps.push_back(read_stamp(from, out.receipt));
  out.policy_count = static_cast<Epoch>(from.count(limits::policy_entries_max));
  return out;
}

void put_report(Writer& to, const Report& report) {
  to.varint(report.queue_records);
  to.varint(report.queue_bytes);
  put_wall(to, report.queue_oldest);
  to.varint(report.conflicts);
  to.varint(report.waiting);
  to.varint(report.quarantined);
  put_wall(to, report.wall);
  to.varint(report.disk_free_bytes);
  to.text(report.version);
  to.u8(report.restored ? 1 : 0);
}
Report read_report(Reader& from) {
  Report out;
  out.queue_records = from.varint();
  out.queue_bytes = from.varint();
  out.queue_oldest = read_wall(from);
  out.conflicts = from.varint();
  out.waiting = from.varint();
  out.quarantined = from.varint();
  out.wall = read_wall(from);
  out.disk_free_bytes = from.varint();
  out.version = record::decode_text(from, limits::name_bytes_max);
  const auto restored = from.u8();
  if (restored > 1) from.reject();
  out.restored = restored == 1;
  return out;
}

void put_applied(Writer& to, const Applied& applied) {
  to.varint(applied.index);
  to.varint(applied.exceptions.size());
  for (const auto& did : applied.exceptions) to.raw(did);
}
Bytes signed_bytes(const Applied& applied, const OrgId& org) {
  Writer out;
  out.raw(org);
  put_applied(out, applied);
  return std::move(out).take();
}

/// Writes the kind and the message's fields.
struct MessageEncoder {
  Writer& to;

  void kind(Kind value) const { to.u8(static_cast<std::uint8_t>(value)); }
  void operator()(const Pull& m) const {
    kind(Kind::pull);
    to.varint(m.cursor);
    to.varint(m.policy_count);
    put_report(to, m.report);
    if (m.fill != 0) to.varint(m.fill);
  }
  void operator()(const Push& m) const {
    kind(Kind::push);
    to.raw(m.run);
  }
  void operator()(const Delivery& m) const {
    kind(Kind::delivery);
    to.varint(m.cursor);
    to.raw(m.run);
  }
  void operator()(const PolicyEntries& m) const {
    kind(Kind::policy);
    to.varint(m.entries.size());
    for (const auto& entry : m.entries) to.bytes(policy::encode_entry(entry));
  }
  void operator()(const NeedSealed& m) const {
    kind(Kind::need_sealed);
    to.varint(m.segments.size());
    for (const auto& [incarnation, first] : m.segments) {
      to.raw(incarnation);
      to.varint(first);
    }
  }
  void operator()(const Applied& m) const {
    kind(Kind::applied);
    put_applied(to, m);
    to.raw(m.signature);
  }
  void operator()(const SegmentRefused& m) const {
    kind(Kind::segment_refused);
    to.raw(m.incarnation);
    to.varint(m.first);
    to.u8(number_of(m.fault));
  }
  void operator()(const AskHeads&) const { kind(Kind::ask_heads); }
  void operator()(const AllHeads& m) const {
    kind(Kind::all_heads);
    put_heads(to, m.heads);
  }
  void operator()(const Ping&) const { kind(Kind::ping); }
  void operator()(const Pong&) const { kind(Kind::pong); }
  void operator()(const Receipted& m) const {
    kind(Kind::receipted);
    put_receipted(to, m);
  }
  void operator()(const Refusal& m) const {
    kind(Kind::refusal);
    to.u8(number_of(m.fault));
  }
  void operator()(const EnrolRequest& m) const {
    kind(Kind::enrol_request);
    to.raw(m.sign);
    to.raw(m.noise);
    to.raw(m.sealing);
    to.text(m.label);
    to.raw(m.signature);
  }
  void operator()(const EnrolAnswer& m) const {
    kind(Kind::enrol_answer);
    to.u8(m.approved ? 1 : 0);
    to.text(m.unit);
    to.varint(m.policy_count);
  }
  void operator()(const FetchDossiers& m) const {
    kind(m.summaries ? Kind::fetch_summaries : Kind::fetch_dossiers);
    to.varint(m.from);
    to.varint(m.dossiers.size());
    for (const auto& did : m.dossiers) to.raw(did);
  }
  void operator()(const Fetched& m) const {
    kind(Kind::fetched);
    to.varint(m.next);
    to.raw(m.run);
  }
  void operator()(const AskJoins& m) const {
    kind(Kind::ask_joins);
    log::put_heads_asked(to, m.heads);
  }
  void operator()(const Joins& m) const {
    kind(Kind::joins);
    to.bytes(log::encode_short(m.receipt));
    to.raw(m.receipt_signature);
    log::put_joins(to, m.joins);
    to.raw(m.signature);
  }
  void operator()(const AuditEnd& m) const {
    kind(Kind::audit_end);
    to.varint(m.count);
    to.raw(m.hash);
  }
};

PolicyEntries read_policy(Reader& from) {
  PolicyEntries out;
  const auto size = from.count(policy_message_entries_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    auto entry = policy::decode_entry(from.bytes(limits::policy_body_bytes_max + 256));
    if (entry.has_error())
      from.reject(entry.error().fault);
    else
      out.entries.push_back(*std::move(entry));
  }
  return out;
}

NeedSealed read_need_sealed(Reader& from) {
  NeedSealed out;
  const auto size = from.count(limits::run_segments_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const auto incarnation = from.fixed_value<Incarnation>();
    out.segments.emplace_back(incarnation, from.varint());
  }
  return out;
}

Applied read_applied(Reader& from) {
  Applied out;
  out.index = from.varint();
  const auto size = from.count(applied_exceptions_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) out.exceptions.push_back(from.fixed_value<Did>());
  out.signature = from.fixed_value<Signature>();
  return out;
}

SegmentRefused read_segment_refused(Reader& from) {
  SegmentRefused out;
  out.incarnation = from.fixed_value<Incarnation>();
  out.first = from.varint();
  out.fault = read_fault(from);
  return out;
}

EnrolRequest read_enrol_request(Reader& from) {
  EnrolRequest out;
  out.sign = from.fixed_value<SignKey>();
  out.noise = from.fixed_value<DhKey>();
  out.sealing = from.fixed_value<DhKey>();
  out.label = record::decode_text(from, limits::name_bytes_max);
  out.signature = from.fixed_value<Signature>();
  return out;
}

EnrolAnswer read_enrol_answer(Reader& from) {
  EnrolAnswer out;
  const auto approved = from.u8();
  if (approved > 1) from.reject();
  out.approved = approved == 1;
  out.unit = record::decode_text(from, limits::name_bytes_max);
  out.policy_count = static_cast<std::uint32_t>(from.count(limits::policy_entries_max));
  return out;
}

Pull read_pull(Reader& from) {
  Pull out;
  out.cursor = from.varint();
  out.policy_count = static_cast<Epoch>(from.count(limits::policy_entries_max));
  out.report = read_report(from);
  if (from.remaining() == 0) return out;
  out.fill = from.varint();
  if (out.fill == 0) from.reject();
  return out;
}

FetchDossiers read_fetch(Reader& from, bool summaries) {
  FetchDossiers out;
  out.summaries = summaries;
  out.from = from.varint();
  const auto size = from.count(fetched_dossiers_max);
  if (size == 0) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) out.dossiers.push_back(from.fixed_value<Did>());
  return out;
}

Fetched read_fetched(Reader& from) {
  Fetched out;
  out.next = from.varint();
  out.run = copy(from.raw(from.remaining()));
  return out;
}

Joins read_joins_message(Reader& from, const Ends& ends) {
  Joins out;
  out.receipt = read_short(from, ends);
  out.receipt_signature = from.fixed_value<Signature>();
  out.joins = log::read_joins(from);
  out.signature = from.fixed_value<Signature>();
  return out;
}

AuditEnd read_audit_end(Reader& from) {
  AuditEnd out;
  out.count = from.varint();
  out.hash = from.fixed_value<Hash>();
  return out;
}

Delivery read_delivery(Reader& from) {
  Delivery out;
  out.cursor = from.varint();
  out.run = copy(from.raw(from.remaining()));
  return out;
}

Message read_message(Reader& from, const Ends& ends) {
  switch (static_cast<Kind>(from.u8())) {
    case Kind::pull: return read_pull(from);
    case Kind::push: return Push{copy(from.raw(from.remaining()))};
    case Kind::delivery: return read_delivery(from);
    case Kind::policy: return read_policy(from);
    case Kind::need_sealed: return read_need_sealed(from);
    case Kind::applied: return read_applied(from);
    case Kind::segment_refused: return read_segment_refused(from);
    case Kind::ask_heads: return AskHeads{};
    case Kind::all_heads: return AllHeads{read_heads(from)};
    case Kind::ping: return Ping{};
    case Kind::pong: return Pong{};
    case Kind::receipted: return read_receipted(from, ends);
    case Kind::refusal: return Refusal{read_fault(from)};
    case Kind::enrol_request: return read_enrol_request(from);
    case Kind::enrol_answer: return read_enrol_answer(from);
    case Kind::fetch_dossiers: return read_fetch(from, false);
    case Kind::fetched: return read_fetched(from);
    case Kind::ask_joins: return AskJoins{log::read_heads_asked(from)};
    case Kind::joins: return read_joins_message(from, ends);
    case Kind::audit_end: return read_audit_end(from);
    case Kind::fetch_summaries: return read_fetch(from, true);
  }
  from.reject(Fault::unsupported);
  return Ping{};
}

constexpr std::uint8_t welcome_receipted = 1;
constexpr std::uint8_t welcome_refused = 2;

}  // namespace

Array<preface_size> encode_preface(Purpose purpose) { return {magic[0], magic[1], magic[2], magic[3], static_cast<std::uint8_t>(purpose)}; }

Result<Purpose> decode_preface(BytesView bytes) {
  if (bytes.size() != preface_size || !std::equal(magic.begin(), magic.end() - 1, bytes.begin()))
    return fail(Fault::malformed, "link: not a wardsync peer");
  if (bytes[3] != magic[3]) return fail(Fault::unsupported, "link: another version of the preface");
  if (bytes[4] < 1 || bytes[4] > 3) return fail(Fault::unsupported, "link: unknown purpose");
  return static_cast<Purpose>(bytes[4]);
}

Bytes prologue(Purpose purpose, const OrgId& org, const DhKey& centre_static) {
  Bytes out = copy(encode_preface(purpose));
  append(out, org.view());
  append(out, centre_static.view());
  return out;
}

Bytes encode_hello(const Hello& hello) {
  Writer out;
  out.u8(hello.version);
  out.varint(hello.policy_count);
  out.varint(hello.unreceipted.size());
  for (const auto& own : hello.unreceipted) {
    out.raw(own.incarnation);
    out.varint(own.from);
  }
  // The segment's incarnation was mostly just named.
  const auto named = place_of(hello.unreceipted, incarnation_of(hello.segment));
  out.varint(named);
  out.raw(BytesView(hello.segment).subspan(named == 0 ? 0 : Incarnation::size));
  return std::move(out).take();
}

Result<Hello> decode_hello(BytesView bytes) {
  Reader from(bytes);
  Hello out;
  out.version = from.u8();
  if (out.version < oldest_version || out.version > protocol_version) from.reject(out.version == 0 ? Fault::malformed : Fault::unsupported);
  out.policy_count = static_cast<Epoch>(from.count(limits::policy_entries_max));
  const auto size = from.count(unreceipted_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const auto incarnation = from.fixed_value<Incarnation>();
    out.unreceipted.push_back({incarnation, from.varint()});
  }
  const auto named = from.count(out.unreceipted.size());
  if (named != 0) out.segment = copy(out.unreceipted[named - 1].incarnation.view());
  append(out.segment, from.raw(from.remaining()));
  if (place_of(out.unreceipted, incarnation_of(out.segment)) != named) from.reject();
  WARD_CHECK(from.finish("hello"));
  return out;
}

Bytes encode_enrol_hello(const EnrolHello& hello) {
  Writer out;
  out.u8(hello.version);
  out.raw(hello.ticket);
  return std::move(out).take();
}

Result<EnrolHello> decode_enrol_hello(BytesView bytes) {
  Reader from(bytes);
  EnrolHello out;
  out.version = from.u8();
  if (out.version == 0) from.reject();
  out.ticket = from.fixed_value<KeyId>();
  WARD_CHECK(out.version > protocol_version ? from.so_far("enrolment hello") : from.finish("enrolment hello"));
  return out;
}

Bytes encode_welcome(const Welcome& welcome) {
  Writer out;
  if (const auto* receipted = std::get_if<Receipted>(&welcome)) {
    out.u8(welcome_receipted);
    put_receipted(out, *receipted);
  } else {
    out.u8(welcome_refused);
    out.u8(number_of(std::get<Refusal>(welcome).fault));
  }
  return std::move(out).take();
}

Result<Welcome> decode_welcome(BytesView bytes, const Ends& ends) {
  Reader from(bytes);
  Welcome out;
  switch (from.u8()) {
    case welcome_receipted: out = read_receipted(from, ends); break;
    case welcome_refused: out = Refusal{read_fault(from)}; break;
    default: from.reject(Fault::unsupported);
  }
  WARD_CHECK(from.finish("welcome"));
  return out;
}

Bytes encode_message(const Message& message) {
  Writer out;
  std::visit(MessageEncoder{out}, message);
  return std::move(out).take();
}

Result<Message> decode_message(BytesView bytes, const Ends& ends) {
  Reader from(bytes);
  auto out = read_message(from, ends);
  WARD_CHECK(from.finish("message"));
  return out;
}

Signature sign_applied(const Applied& applied, const OrgId& org, const crypto::SignSeed& receipt_key) {
  return crypto::sign(receipt_key, applied_prefix, signed_bytes(applied, org));
}
Result<void> verify_applied(const Applied& applied, const OrgId& org, const SignKey& receipt_key) {
  return crypto::verify(receipt_key, applied_prefix, signed_bytes(applied, org), applied.signature);
}

Bytes enrol_signed_bytes(const Hash& handshake, const EnrolRequest& request) {
  Bytes out = copy(handshake.view());
  append(out, request.sign.view());
  append(out, request.noise.view());
  append(out, request.sealing.view());
  return out;
}

}  // namespace ward::sync
