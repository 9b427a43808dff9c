#include "storage/changes.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "storage/store.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::string_view code_field = "MaHoSo";

}  // namespace

record::Op code_op(const std::string& code) { return {record::OpKind::set, {record::Step::field(std::string(code_field))}, code, {}}; }

bool has_code(const record::Change& change) {
  return std::any_of(change.ops.begin(), change.ops.end(),
                     [](const auto& op) { return op.path.size() == 1 && op.path.front().text == code_field; });
}

NewChange completed(const NewChange& change, const std::vector<Saved>& before) {
  auto out = change;
  if (out.complete) out.complete(out.change, before);
  return out;
}

Result<std::vector<Position>> seen_of(Store& store, std::int64_t dossier, const std::vector<Position>& heads,
                                      std::vector<Position> wanted) {
  if (wanted.empty()) {
    if (heads.empty()) return fail(Fault::gap, "the dossier's beginning has not arrived here yet");
    wanted = heads;
    if (wanted.size() > limits::seen_max) wanted.resize(limits::seen_max);
    return wanted;
  }
  std::sort(wanted.begin(), wanted.end());
  if (std::adjacent_find(wanted.begin(), wanted.end()) != wanted.end()) return fail(Fault::invalid, "the version names one change twice");
  for (const auto& position : wanted) {
    auto found = store.db.query(
        "SELECT 1 FROM writer w JOIN record r ON r.writer = w.id WHERE w.device = ? AND w.incarnation = ? AND r.seq = ? AND r.dossier = ? "
        "AND r.type = ?");
    found.bind(position.device).bind(position.incarnation).bind(static_cast<std::int64_t>(position.seq)).bind(dossier);
    found.bind(static_cast<std::int64_t>(record::Type::change));
    if (!found.step()) return fail(Fault::invalid, "the version names a change that this dossier does not have here");
  }
  return wanted;
}

void advance(std::vector<Position>& heads, const std::vector<Position>& seen, const Position& written) {
  std::erase_if(heads, [&](const auto& head) { return std::binary_search(seen.begin(), seen.end(), head); });
  heads.insert(std::upper_bound(heads.begin(), heads.end(), written), written);
}

Array<32> draw(Store& store, BytesView hedge, std::string_view label, Instant now) {
  Array<32> fresh{};
  store.random(fresh);
  Writer ticks;
  ticks.u64(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  Array<32> out{};
  crypto::blake2b(out, label, hedge, {fresh, ticks.peek()});
  return out;
}

}  // namespace ward::storage
