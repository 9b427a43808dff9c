#include "storage/erasures.hpp"

#include "storage/merged.hpp"
#include "storage/segments.hpp"
#include "storage/shared_codes.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::string_view erasing_key = "erased in the log";  ///< meta
constexpr std::string_view status_field = "TrangThaiHoSo";

/// The keys themselves, and the seeds from which the key of a new dossier could be made again; the other dossiers of such a segment have
/// their keys in rows of their own.
void drop_keys(Store& store, std::int64_t dossier) {
  {
    auto found = store.db.query("SELECT key_id FROM dossier_key WHERE dossier = ?");
    found.bind(dossier);
    while (found.step()) store.keys.dossier_keys.erase(found.fixed<KeyId>(0));
  }
  store.db.query("DELETE FROM dossier_key WHERE dossier = ?").bind(dossier).run();
  store.db.query("UPDATE segment SET key_seed = NULL WHERE key_seed IS NOT NULL AND id IN (SELECT segment FROM record WHERE dossier = ?)")
      .bind(dossier)
      .run();
  drop_meta(store, outbox_seed_key);
}

/// As a whole, not as a part of another code or number.
bool stands_in(std::string_view text, std::string_view name) {
  const auto of_a_name = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
  };
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at == 0 || !of_a_name(text[at - 1])) && (end == text.size() || !of_a_name(text[end]))) return true;
  }
  return false;
}

/// A repeated request is told that its dossier is erased; it must not be done anew.
void blank_answers(Store& store, const Did& did, const policy::Erasure& order) {
  std::vector<std::string> naming{hex(did.view())};
  naming.insert(naming.end(), order.codes.begin(), order.codes.end());
  std::vector<std::string> keys;
  {
    auto found = store.db.query("SELECT key, answer FROM answered WHERE length(answer) > 0");
    while (found.step()) {
      auto key = found.text(0);
      const auto answer = open_local(store.local, "answer", view(key), found.bytes(1));
      const auto names = [&](const auto& name) { return stands_in(text_of(*answer), name); };
      if (answer.has_error() || std::any_of(naming.begin(), naming.end(), names)) keys.push_back(std::move(key));
    }
  }
  for (const auto& key : keys) store.db.query("UPDATE answered SET answer = x'' WHERE key = ?").bind(key).run();
}

void count_waiting_anew(Store& store, std::int64_t dossier) {
  store.db
      .query(
          "UPDATE writer SET waiting_bytes = (SELECT coalesce(sum(length(header) + coalesce(length(body), 0)), 0) FROM record WHERE writer "
          "= writer.id AND seq >= chained) WHERE id IN (SELECT writer FROM record WHERE dossier = ? AND segment IS NULL)")
      .bind(dossier)
      .run();
}

bool holds_anything(Store& store, std::int64_t dossier) {
  auto found = store.db.query(
      "SELECT EXISTS (SELECT 1 FROM record WHERE dossier = ?1 AND body IS NOT NULL) OR EXISTS (SELECT 1 FROM dossier_key WHERE dossier = "
      "?1) OR EXISTS (SELECT 1 FROM segment WHERE key_seed IS NOT NULL AND id IN (SELECT segment FROM record WHERE dossier = ?1))");
  found.bind(dossier);
  return found.step() && found.number(0) != 0;
}

}  // namespace

bool is_erased(Store& store, const Did& did) { return store.policy.erasures().contains(did); }
bool is_erased(Store& store, std::int64_t dossier) {
  return dossier != 0 && !store.policy.erasures().empty() && is_erased(store, did_of(store, dossier));
}

Result<void> must_stand(Store& store, const Did& did) { return is_erased(store, did) ? fail(Fault::erased, {}) : Result<void>{}; }

std::optional<Remains> remains_of(Store& store, const Did& did) {
  const auto& policy = store.policy;
  const auto* order = policy.erasure(did);
  if (order == nullptr) return std::nullopt;
  Remains out;
  out.at = policy.entries()[policy.erasures().at(did)].time;
  out.state.did = did;
  out.state.erased = true;
  out.state.codes = order->codes;
  if (!order->status.empty()) out.state.fields.push_back({std::string(status_field), order->status});
  out.state.custody.unit = context_of(store).house_of(order->custodian, std::nullopt);
  for (const auto& stay : order->stays) {
    auto& row = out.state.slip.emplace_back();
    row.unit = stay.unit;
    row.from = stay.from;
  }
  return out;
}

std::vector<merge::HistoryEntry> erased_history(Store& store, std::int64_t dossier) {
  std::vector<merge::HistoryEntry> out;
  for (const auto& stored : records_of_dossier(store, dossier)) {
    const auto& header = stored.record.header;
    if (header.type != record::Type::change) continue;
    auto& entry = out.emplace_back();
    entry.standing = merge::HistoryEntry::Standing::erased;
    entry.said.op.change = header.position;
    entry.said.kind = record::OpKind{};
    entry.said.hlc = header.hlc;
    entry.said.stamp = stored.stamp;
    if (const auto* device = store.policy.device(header.position.device)) entry.said.unit = device->device.unit;
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return std::tie(a.said.hlc, a.said.op.change) < std::tie(b.said.hlc, b.said.op.change); });
  return out;
}

void erase_dossier(Store& store, std::int64_t dossier) {
  const auto did = did_of(store, dossier);
  drop_bodies(store, dossier);
  drop_keys(store, dossier);
  count_waiting_anew(store, dossier);
  store.db.query("DELETE FROM summary WHERE dossier = ?").bind(dossier).run();
  store.missed.erase(did);
  blank_answers(store, did, *store.policy.erasure(did));
  remerge(store, dossier);
  set_meta(store, erasing_key, view("1"));
}

void erase_what_is_ordered(Store& store) {
  for (const auto& [did, epoch] : store.policy.erasures())
    if (const auto dossier = find_dossier_row(store, did); dossier != 0 && holds_anything(store, dossier)) erase_dossier(store, dossier);
}

bool is_erasing(Store& store) { return meta(store, erasing_key).has_value(); }

Result<void> finish_erasing(Store& store) {
  WARD_TRY(const bool erasing, store.db.read("look for what was erased", [&]() -> Result<bool> { return is_erasing(store); }));
  if (!erasing) return {};
  try {
    if (!store.db.checkpoint()) return fail(Fault::storage_locked, "somebody reads the write-ahead log, which holds what was erased");
  } catch (const Failure& failure) {
    return failure.error;
  }
  return store.db.transact("finish erasing", [&]() -> Result<void> {
    drop_meta(store, erasing_key);
    return {};
  });
}

Result<void> finish_erasing_if_possible(Store& store) {
  auto finished = finish_erasing(store);
  if (finished.has_error() && reaction_to(finished.error().fault) == Reaction::retry) return {};
  return finished;
}

bool leaves_out_only_what_is_erased(Store& store, const segment::Rows& rows) {
  return std::all_of(rows.rows.begin(), rows.rows.end(), [&](const auto& row) {
    const auto* hashed = std::get_if<segment::HashRow>(&row);
    return hashed == nullptr || is_erased(store, record::dossier_of(hashed->header));
  });
}

}  // namespace ward::storage
