#include "protocol/crypto/hash.hpp"
#include "storage/dossiers.hpp"

namespace ward::storage {
namespace {

constexpr std::int64_t kept_ms = std::int64_t{7} * 24 * 3600 * 1000;  ///< nobody repeats a request after a week
constexpr std::size_t key_bytes_max = 256;
constexpr std::int64_t answers_max = 10'000;

/// Of a request that holds a telephone number all but that may be known: who reads the file could else try all numbers.
Hash kept_as(Store& store, const Hash& request) { return crypto::hash<Hash>("wsync-answered", store.local.view(), {request.view()}); }

}  // namespace

Result<std::optional<Bytes>> answered_before(Store& store, std::string_view key, const Hash& request) {
  return store.db.read("look up an answer", [&]() -> Result<std::optional<Bytes>> {
    auto found = store.db.query("SELECT request, answer FROM answered WHERE key = ?");
    found.bind(key);
    if (!found.step()) return std::optional<Bytes>{};
    // An earlier version kept the request's own hash.
    const auto kept = found.fixed<Hash>(0);
    if (kept != kept_as(store, request) && kept != request)
      return fail(Fault::invalid, "this Idempotency-Key was used for another request");
    if (found.bytes(1).empty()) return fail(Fault::erased, "what was answered to this request told of it");
    WARD_TRY(auto answer, open_local(store.local, "answer", view(key), found.bytes(1)));
    return std::optional<Bytes>(std::move(answer));
  });
}

void put_answer(Store& store, std::string_view key, const Hash& request, BytesView answer, WallTime at) {
  if (key.empty() || key.size() > key_bytes_max) throw Failure{{Fault::invalid, "an Idempotency-Key has 1 to 256 bytes"}};
  store.db.query("DELETE FROM answered WHERE at_ms < ?").bind(at.ms - kept_ms).run();
  const auto sealed = seal_local(store.local, "answer", view(key), answer);
  store.db.query("INSERT OR IGNORE INTO answered (key, request, answer, at_ms) VALUES (?, ?, ?, ?)")
      .bind(key)
      .bind(kept_as(store, request))
      .bind(BytesView(sealed))
      .bind(at.ms)
      .run();
  store.db.query("DELETE FROM answered WHERE at_ms < (SELECT at_ms FROM answered ORDER BY at_ms DESC LIMIT 1 OFFSET ?)")
      .bind(answers_max - 1)
      .run();
}

Result<void> remember_answer(Store& store, std::string_view key, const Hash& request, BytesView answer, WallTime at) {
  return store.db.transact("remember an answer", [&]() -> Result<void> {
    put_answer(store, key, request, answer, at);
    return {};
  });
}

}  // namespace ward::storage
