#include "storage/audit.hpp"

#include "storage/cursor.hpp"

#include <limits>

namespace ward::storage {
namespace {

constexpr std::string_view kept_label = "audit";
constexpr std::string_view kept_key = "audit kept";  ///< meta: the end was kept beside the database once
constexpr std::size_t damage_told_max = 20;

/// One line of at most so many bytes, no letter of it cut in two.
std::string cut(const std::string& text, std::size_t bytes_max) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  auto end = std::min(out.size(), bytes_max);
  while (end > 0 && end < out.size() && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
  return out.substr(0, end);
}

Bytes encode(const AuditEnd& end) {
  Writer out;
  out.u64(end.count);
  out.raw(end.hash);
  return std::move(out).take();
}

/// Nothing: there is none, or it is not of this site.
std::optional<AuditEnd> read_kept(Store& store) {
  const auto sealed = store.audit_beside->read();
  if (sealed.has_error() || !*sealed) return std::nullopt;
  const auto plain = open_local(store.local, kept_label, {}, **sealed);
  if (plain.has_error()) return std::nullopt;
  Reader from(*plain);
  AuditEnd out{from.u64(), from.fixed_value<Hash>()};
  if (from.finish("audit end").has_error()) return std::nullopt;
  return out;
}

Hash hash_after(Store& store, std::uint64_t count) {
  if (count == 0) return {};
  auto found = store.db.query("SELECT hash FROM audit WHERE number = ?");
  found.bind(static_cast<std::int64_t>(count - 1));
  return found.step() ? found.fixed<Hash>(0) : Hash{};
}

/// Empty: the log is the one that is known beside it, or goes on from there.
std::string what_is_broken(Store& store, const std::optional<AuditEnd>& kept, const AuditEnd& here) {
  if (!kept) return meta(store, kept_key) ? "nothing is kept beside the database any more" : "";
  const auto lengths = "; beside the database it had " + std::to_string(kept->count) + " entries, in it " + std::to_string(here.count);
  if (kept->count > here.count) return "this log is shorter than it was" + lengths;
  return hash_after(store, kept->count) == kept->hash ? "" : "this log is another one than it was" + lengths;
}

}  // namespace

void note_act(Store& store, const Act& act) {
  const auto end = audit_end(store);
  constexpr std::int64_t latest = (std::int64_t{1} << 48U) - 1;
  audit::Entry entry;
  entry.number = end.count;
  entry.at.ms = std::clamp(act.at.ms, std::int64_t{0}, latest);
  entry.clock_trusted = act.clock_trusted;
  entry.kind = static_cast<std::uint64_t>(act.kind);
  entry.who = cut(act.who, audit::who_bytes_max);
  entry.subject = cut(act.subject, audit::text_bytes_max);
  entry.detail = cut(act.detail, audit::text_bytes_max);
  const auto bytes = audit::encode_entry(entry);
  const auto hash = audit::chain(end.hash, bytes);
  store.db.query("INSERT INTO audit (number, kind, at_ms, entry, hash) VALUES (?, ?, ?, ?, ?)")
      .bind(static_cast<std::int64_t>(entry.number))
      .bind(static_cast<std::int64_t>(entry.kind))
      .bind(entry.at.ms)
      .bind(BytesView(bytes))
      .bind(hash)
      .run();
}

Result<void> note_alone(Store& store, const Act& act) {
  return store.db.transact("note an act", [&]() -> Result<void> {
    note_act(store, act);
    return {};
  });
}

AuditEnd audit_end(Store& store) {
  auto found = store.db.query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
  if (!found.step()) return {};
  return {static_cast<std::uint64_t>(found.number(0)) + 1, found.fixed<Hash>(1)};
}

Result<void> keep_audit_by(Store& store, Beside beside, const Act& begins) {
  store.audit_beside = std::move(beside);
  const auto kept = read_kept(store);
  const auto compared = store.db.transact("compare audit logs", [&]() -> Result<void> {
    const auto here = audit_end(store);
    auto broken = what_is_broken(store, kept, here);
    if (here.count == 0) note_act(store, begins);
    if (!broken.empty()) note_act(store, {audit::Kind::log_broken, begins.at, begins.clock_trusted, {}, {}, std::move(broken)});
    set_meta(store, kept_key, view("1"));
    return {};
  });
  // Until the finding is written down, the difference is what shows it.
  if (compared.has_error()) store.audit_beside.reset();
  const auto done = compared.has_error() ? compared : keep_audit_end(store);
  return done.has_error() && reaction_to(done.error().fault) == Reaction::retry ? Result<void>{} : done;
}

Result<void> keep_audit_end(Store& store) {
  if (!store.audit_beside) return {};
  WARD_TRY(const auto end, store.db.read("read audit log", [&]() -> Result<AuditEnd> { return audit_end(store); }));
  if (end.count == store.audit_kept) return {};
  WARD_CHECK(store.audit_beside->write(seal_local(store.local, kept_label, {}, encode(end))));
  store.audit_kept = end.count;
  return {};
}

void forget_audit_kept(Store& store) { drop_meta(store, kept_key); }

Result<AuditPage> read_audit(Store& store, const AuditQuery& query) {
  WARD_TRY(const auto below, row_of(query.cursor, std::numeric_limits<std::int64_t>::max()));
  return store.db.read("read audit log", [&]() -> Result<AuditPage> {
    AuditPage out;
    out.end = audit_end(store);
    auto found =
        store.db.query("SELECT entry FROM audit WHERE number < ? AND (? = 0 OR kind = ?) AND at_ms >= ? ORDER BY number DESC LIMIT ?");
    const auto kind = query.kind ? static_cast<std::int64_t>(*query.kind) : 0;
    found.bind(below).bind(kind).bind(kind).bind(query.since.ms).bind(static_cast<std::int64_t>(query.limit + 1));
    while (found.step()) out.entries.push_back(or_damaged(audit::decode_entry(found.bytes(0)), "an audit entry does not decode"));
    if (out.entries.size() > query.limit) {
      out.entries.pop_back();
      out.next = std::to_string(out.entries.back().number);
    }
    return out;
  });
}

Result<audit::Export> export_audit(Store& store, std::uint64_t from, const DeviceId& device, const crypto::SignSeed& key, WallTime now) {
  return store.db.read("export audit log", [&]() -> Result<audit::Export> {
    audit::Export out;
    const auto all = audit_end(store).count;
    if (from >= all) return fail(Fault::not_found, "the log has " + std::to_string(all) + " entries, numbered from 0");
    out.policy = store.policy.entries();
    auto found = store.db.query("SELECT entry FROM audit WHERE number >= ? ORDER BY number LIMIT ?");
    found.bind(static_cast<std::int64_t>(from)).bind(static_cast<std::int64_t>(audit::file_entries_max));
    while (found.step()) out.entries.push_back(copy(found.bytes(0)));
    out.head = {store.org,
                store.site == Site::ward ? audit::Site::ward : audit::Site::centre,
                device,
                from,
                out.entries.size(),
                hash_after(store, from),
                hash_after(store, from + out.entries.size()),
                now};
    out.signature = audit::sign(out.head, key);
    return out;
  });
}

std::vector<std::string> damage_of_audit(Store& store) {
  std::vector<std::string> out;
  if (!store.db.has_table("audit")) return out;
  Hash reached;
  std::int64_t next = 0;
  auto found = store.db.query("SELECT number, kind, at_ms, entry, hash FROM audit ORDER BY number");
  while (found.step() && out.size() < damage_told_max) {
    const auto entry = audit::decode_entry(found.bytes(3));
    reached = audit::chain(reached, found.bytes(3));
    const bool whole = found.number(0) == next && entry.has_value() && entry->number == static_cast<std::uint64_t>(next) &&
                       static_cast<std::int64_t>(entry->kind) == found.number(1) && entry->at.ms == found.number(2) &&
                       found.bytes(4).size() == Hash::size && found.fixed<Hash>(4) == reached;
    if (!whole) out.push_back("audit log: entry " + std::to_string(found.number(0)) + " is not the one that was written");
    if (found.bytes(4).size() == Hash::size) reached = found.fixed<Hash>(4);
    next = found.number(0) + 1;
  }
  return out;
}

}  // namespace ward::storage
