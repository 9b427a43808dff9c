#include "storage/pins.hpp"

#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/crypto/passphrase.hpp"

namespace ward::storage {
namespace {

/// About a tenth of a second, on a PC with 1 GB too. One at a time: the daemon has one thread.
constexpr crypto::PassphraseCost cost{32 * 1024, 3};

/// Under this machine's own key too: whoever has the database and not the key file cannot try PINs.
Result<Hash> hash_of(const Store& store, const Hash& who, const Array<16>& salt, std::string_view pin) {
  auto keyed = crypto::hash<Hash>("wsync-pin", store.local.view(), {who.view(), view(pin)});
  const Wiped wiped(keyed.bytes);
  WARD_TRY(const auto slow, crypto::key_of_passphrase(text_of(keyed.view()), salt, cost));
  return Hash{slow};
}

void forget_strangers(Store& store) {
  store.db.query("DELETE FROM pin WHERE hash IS NULL AND id <= (SELECT id FROM pin WHERE hash IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?)")
      .bind(pin_strangers_max)
      .run();
}

}  // namespace

Hash pin_name(const Store& store, std::string_view unit, std::string_view name) {
  return crypto::hash<Hash>("wsync-pin-name", store.local.view(), {view(unit), BytesView(Array<1>{}), view(name)});
}

Result<Pin> find_pin(Store& store, const Hash& who) {
  return store.db.read("look up a PIN", [&]() -> Result<Pin> {
    auto found = store.db.query("SELECT failed, activation, salt, hash FROM pin WHERE who = ?");
    found.bind(who);
    Pin out;
    if (!found.step()) return out;
    out.failed = found.number(0);
    if (found.is_null(1)) return out;
    out.activation = static_cast<Epoch>(found.number(1));
    out.salt = found.fixed<Fixed<struct PinSaltTag, 16>>(2).bytes;
    out.hash = found.fixed<Hash>(3);
    return out;
  });
}

Result<void> count_try(Store& store, const Hash& who) {
  return store.db.transact("count a try", [&]() -> Result<void> {
    store.db.query("INSERT INTO pin (who, failed) VALUES (?, 1) ON CONFLICT (who) DO UPDATE SET failed = failed + 1").bind(who).run();
    forget_strangers(store);
    return {};
  });
}

Result<void> set_tries(Store& store, const Hash& who, std::int64_t failed) {
  return store.db.transact("set tries", [&]() -> Result<void> {
    store.db.query("INSERT INTO pin (who, failed) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET failed = excluded.failed")
        .bind(who)
        .bind(failed)
        .run();
    forget_strangers(store);
    return {};
  });
}

Result<void> put_pin(Store& store, const Hash& who, std::string_view pin, Epoch activation) {
  Array<16> salt{};
  store.random(salt);
  WARD_TRY(const auto hash, hash_of(store, who, salt, pin));
  return store.db.transact("store a PIN", [&]() -> Result<void> {
    store.db
        .query(
            "INSERT INTO pin (who, failed, activation, salt, hash) VALUES (?, 0, ?, ?, ?) ON CONFLICT (who) DO UPDATE SET failed = 0, "
            "activation = excluded.activation, salt = excluded.salt, hash = excluded.hash")
        .bind(who)
        .bind(std::int64_t{activation})
        .bind(BytesView(salt))
        .bind(hash)
        .run();
    return {};
  });
}

Result<bool> fits(const Store& store, const Hash& who, const Pin& held, std::string_view pin) {
  WARD_TRY(const auto hash, hash_of(store, who, held.salt, pin));
  return held.activation && crypto::equal(hash.view(), held.hash.view());
}

}  // namespace ward::storage
