#include "agent/files.hpp"
#include "centre/files.hpp"
#include "protocol/crypto/hash.hpp"
#include "runtime/clock.hpp"
#include "storage/grants.hpp"
#include "storage/segments.hpp"

#include <iostream>

/// What a machine sends whose memory was copied while it ran: another value under the number of the last change that its PC sent, signed by
/// the PC's own key. `ward_twin WARD CENTRE VALUE`: their data directories, both programs stopped.
namespace ward::test {
namespace {

template <class T>
T must(Result<T> result) {
  if (result.has_error()) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

segment::Rows last_of(storage::Store& store, const DeviceId& device) {
  auto last = store.db.query(
      "SELECT max(s.id) FROM segment s JOIN writer w ON w.id = s.writer WHERE w.device = ? AND s.forked = 0 AND s.stamp_index IS NOT NULL");
  last.bind(device);
  if (!last.step() || last.is_null(0)) throw std::runtime_error("that PC sent nothing");
  const auto segment = *storage::find_segment(store, last.number(0));
  segment::Rows out;
  out.statement = segment.signed_statement;
  for (const auto& stored : storage::records_of_segment(store, segment)) out.rows.push_back(storage::sealed_row(stored));
  return out;
}

void say_otherwise(storage::Store& store, segment::Rows& rows, const std::string& value, const crypto::SignSeed& sign) {
  auto& sealed = std::get<segment::SealedRow>(rows.rows.back()).record;
  const auto& position = sealed.header.position;
  const auto& key = *storage::find_key(store, sealed.header.key_id);
  auto change = must(record::decode_change(must(record::open(sealed, key, store.org)), position));
  change.ops.front().value = record::Value(value);
  sealed = record::seal(sealed.header, record::encode_change(change, position), key, store.org);
  std::vector<Rid> rids;
  for (const auto& row : rows.rows) rids.push_back(record::rid_of(std::get<segment::SealedRow>(row).record));
  rows.statement.statement.root = segment::root_of(rids);
  rows.statement = segment::sign(rows.statement.statement, store.org, sign);
}

void run(const char* ward, const char* centre, const char* value) {
  const auto keys = must(agent::read_keys(must(agent::find_data(ward)), {}));
  auto store = must(centre::open_store(must(centre::find_data(centre)), {}, storage::OpenMode::read_write));
  const auto device = crypto::device_of(crypto::public_of(keys.device.sign));
  auto rows = must(store.store().db.read("read the last segment", [&]() -> Result<segment::Rows> {
    auto out = last_of(store.store(), device);
    say_otherwise(store.store(), out, value, keys.device.sign);
    return out;
  }));
  const auto answer = must(store.admit(engine::centre::Admit{device, {std::move(rows)}, runtime::read_clock().wall}));
  if (answer.refused.size() != 1 || answer.refused.front().fault != Fault::fork) throw std::runtime_error("the centre sees no fork in it");
}

}  // namespace
}  // namespace ward::test

int main(int count, char** words) try {
  if (count != 4) return 2;
  ward::test::run(words[1], words[2], words[3]);
  return 0;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
