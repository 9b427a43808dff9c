#include "storage/inbox.hpp"

#include "protocol/base/codec.hpp"
#include "storage/cursor.hpp"
#include "storage/merged.hpp"

#include <algorithm>
#include <utility>

namespace ward::storage {
namespace {

constexpr std::size_t dossiers_max = 500;
constexpr std::string_view waiting_dossiers = "SELECT id FROM dossier WHERE (conflicts > 0 OR attention > 0) AND id > ? ORDER BY id";

WallTime said_at(const merge::Said& said) { return said.stamp ? said.stamp->time : said.hlc.wall(); }

InboxDossier dossier_at(Store& store, std::int64_t dossier) { return {did_of(store, dossier), read_state(store, dossier)}; }

/// Whether some conflict is about this operation.
bool is_in_conflict(const merge::DossierState& state, const OpId& op) {
  const auto names = [&](const merge::Said& said) { return said.op == op; };
  return std::any_of(state.conflicts.begin(), state.conflicts.end(),
                     [&](const auto& conflict) { return std::any_of(conflict.values.begin(), conflict.values.end(), names); });
}

Bytes bytes_of(const merge::Said& said) {
  Writer out;
  out.u8(static_cast<std::uint8_t>(said.kind));
  out.text(said.user);
  out.text(said.unit);
  record::encode(out, said.value, Position{});
  return std::move(out).take();
}

}  // namespace

const record::Path& InboxItem::path() const { return conflict ? conflict->path : unapplied->said.path; }
const merge::Decider& InboxItem::decider() const { return conflict ? conflict->decider : unapplied->decider; }

std::vector<merge::Said> InboxItem::values() const { return conflict ? conflict->values : std::vector{unapplied->said}; }

WallTime InboxItem::since() const {
  WallTime out;
  for (const auto& said : values()) out = std::max(out, said_at(said));
  return out;
}

std::vector<InboxItem> items_of(const merge::DossierState& state) {
  std::vector<InboxItem> out;
  out.reserve(state.conflicts.size() + state.proposals.size() + state.not_applied.size());
  for (const auto& conflict : state.conflicts) out.push_back({conflict, std::nullopt, false});
  for (const auto& one : state.proposals) out.push_back({std::nullopt, one, true});
  for (const auto& one : state.not_applied)
    if (!is_in_conflict(state, one.said.op)) out.push_back({std::nullopt, one, false});
  return out;
}

Result<InboxPage> list_inbox(Store& store, std::string_view after, std::size_t limit) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("list inbox", [&]() -> Result<InboxPage> {
    WARD_TRY(const auto from, row_of(after, 0));
    const auto most = std::clamp<std::size_t>(limit, 1, dossiers_max);
    InboxPage out;
    std::int64_t last = 0;
    auto found = store.db.query(waiting_dossiers);
    found.bind(from);
    while (found.step()) {
      if (out.dossiers.size() == most) {
        out.next = std::to_string(last);
        return out;
      }
      last = found.number(0);
      out.dossiers.push_back(dossier_at(store, last));
    }
    return out;
  });
}

Result<InboxDossier> find_conflict(Store& store, std::string_view conflict_id_hex) {
  const auto bytes = unhex(conflict_id_hex);
  if (bytes.size() != merge::ConflictId::size) return fail(Fault::invalid, "a conflict's id has 32 hexadecimal digits");
  const auto id = fixed_from<merge::ConflictId>(bytes);
  WARD_CHECK(settle(store));
  return store.db.read("find conflict", [&]() -> Result<InboxDossier> {
    auto found = store.db.query("SELECT id FROM dossier WHERE conflicts > 0 ORDER BY id");
    while (found.step()) {
      auto dossier = dossier_at(store, found.number(0));
      const auto& conflicts = dossier.state.conflicts;
      if (std::any_of(conflicts.begin(), conflicts.end(), [&](const auto& one) { return one.id == id; })) return dossier;
    }
    return fail(Fault::not_found, "this conflict was decided, or is not known here");
  });
}

Result<InboxCounts> count_inbox(Store& store) {
  WARD_CHECK(settle(store));
  return store.db.read("count inbox", [&]() -> Result<InboxCounts> {
    auto found =
        store.db.query("SELECT coalesce(sum(conflicts), 0), coalesce(sum(attention), 0) FROM dossier WHERE conflicts > 0 OR attention > 0");
    if (!found.step()) return InboxCounts{};
    return InboxCounts{static_cast<std::uint64_t>(found.number(0)), static_cast<std::uint64_t>(found.number(1))};
  });
}

Result<InboxShare> share_inbox(Store& store, const UnitCode& unit, const std::string& user) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("share the inbox", [&]() -> Result<InboxShare> {
    auto known = std::exchange(store.open, {});
    InboxShare out;
    auto found = store.db.query(
        "SELECT d.id, CASE WHEN d.dirty = 0 THEN substr(s.sealed, -16) END, d.conflicts + d.attention FROM dossier d LEFT JOIN state s ON "
        "s.dossier = d.id WHERE "
        "d.conflicts > 0 OR d.attention > 0 ORDER BY d.id");
    while (found.step()) {
      const auto dossier = found.number(0);
      auto& open = store.open[dossier];
      open = std::move(known[dossier]);
      if (found.is_null(1) || open.seal != copy(found.bytes(1))) {
        open = {};
        unless_damaged([&] {
          const auto state = read_state(store, dossier);
          open = {found.is_null(1) ? Bytes{} : copy(found.bytes(1)), state.custody.unit, {}};
          for (const auto& item : items_of(state)) open.deciders.push_back(item.decider());
        });
      }
      if (open.deciders.empty()) out.others += static_cast<std::uint64_t>(found.number(2));  // damaged: nobody decides it here
      for (const auto& decider : open.deciders)
        ++(merge::may_decide(decider, open.custodian, context_of(store), unit, user) ? out.mine : out.others);
    }
    return out;
  });
}

Bytes likeness_of(const InboxItem& item) {
  Writer out;
  out.u8(item.conflict ? static_cast<std::uint8_t>(item.conflict->kind) : item.proposal ? 0xfe : 0xff);
  if (item.unapplied) out.u8(static_cast<std::uint8_t>(item.unapplied->why));
  for (std::size_t i = 0; i < item.path().size(); i += 2)
    out.text(item.path()[i].text);  // elements have names of their own in each dossier
  out.u8(static_cast<std::uint8_t>(item.decider().role));
  out.text(item.decider().user);
  out.text(item.decider().unit);
  std::vector<Bytes> said;
  for (const auto& one : item.values()) said.push_back(bytes_of(one));
  std::sort(said.begin(), said.end());
  for (const auto& one : said) out.raw(one);
  return std::move(out).take();
}

Result<std::vector<Alike>> alike(Store& store, const InboxItem& item, std::size_t most) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("find like cases", [&]() -> Result<std::vector<Alike>> {
    const auto wanted = likeness_of(item);
    std::vector<Alike> out;
    auto found = store.db.query(waiting_dossiers);
    found.bind(std::int64_t{0});
    while (found.step()) {
      const auto dossier = dossier_at(store, found.number(0));
      for (auto& one : items_of(dossier.state)) {
        if (likeness_of(one) != wanted) continue;
        if (out.size() == most) return out;
        out.push_back({dossier, std::move(one)});
      }
    }
    return out;
  });
}

}  // namespace ward::storage
