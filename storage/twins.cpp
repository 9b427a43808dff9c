#include "storage/twins.hpp"

#include "storage/audit.hpp"
#include "storage/segments.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

std::optional<Hlc> beginning_of(Store& store, std::int64_t writer) {
  auto found = store.db.query("SELECT header FROM record WHERE writer = ? AND seq = 0");
  found.bind(writer);
  if (!found.step()) return std::nullopt;
  return or_damaged(record::decode_header(found.bytes(0)), "a record's header does not decode").hlc;
}

}  // namespace

bool wrote_beside_another(Store& store, const DeviceId& device, std::int64_t writer, std::span<const segment::Verified> verified) {
  if (chain_of(store, writer).count == 0) return false;
  auto newest = store.db.query("SELECT id FROM writer WHERE device = ? ORDER BY newest DESC LIMIT 1");
  newest.bind(device);
  if (!newest.step() || newest.number(0) == writer) return false;
  const auto began = beginning_of(store, newest.number(0));
  return began && std::any_of(verified.begin(), verified.end(), [&](const auto& one) { return *began < one.record.header.hlc; });
}

WallTime twins_seen(Store& store, const DeviceId& device) {
  auto found = store.db.query("SELECT copy_ms FROM peer WHERE device = ?");
  found.bind(device);
  return {found.step() ? found.number(0) : 0};
}

void note_twins(Store& store, const DeviceId& device, WallTime at) {
  const auto before = twins_seen(store, device);
  store.db.query("INSERT INTO peer (device, copy_ms) VALUES (?, ?) ON CONFLICT (device) DO UPDATE SET copy_ms = excluded.copy_ms")
      .bind(device)
      .bind(at.ms)
      .run();
  if (before.ms == 0 || at.ms - before.ms >= std::chrono::milliseconds(twins_remembered).count())
    note_act(store, {audit::Kind::copy_found, at, is_plausible(at), {}, hex(device.view()), "it runs twice"});
}

}  // namespace ward::storage
