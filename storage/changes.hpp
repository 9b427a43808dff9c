#pragma once

#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"
#include "protocol/record/change.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What officials write, on its way into a site's store.
namespace ward::storage {

struct Store;

/// Where a change will stand: what an official signs names it.
struct ActPlace {
  Did did;
  Position position;
  Epoch policy_epoch = 0;
  Hash past;  ///< record::past_digest of all that its writer had seen
};
struct Saved {
  Did did;
  Position position;  ///< of the change; of its last part where a large new dossier takes several records
  bool clock_believed = true;
  std::string code;          ///< that this PC gave with it; empty: none
  bool provisional = false;  ///< that code is not the official one
};

struct NewChange {
  record::Change change;   ///< `seen` as the writer saw it; empty with `did`: the heads held now
  std::optional<Did> did;  ///< none: a new dossier
  /// Before it is written: what names dossiers that are made in the same save, from what was saved before it.
  std::function<void(record::Change& change, const std::vector<Saved>& before)> complete{};
  /// Makes the official's signature, `act`, of the change as it will be stored. None: it has none.
  std::function<Bytes(const record::Change& change, const ActPlace& place)> sign{};
  /// Instead of operations: an official code beside those that the dossier has; `invalid` when none can be given.
  bool another_code = false;
};
/// Gives the dossier a code. Whether a change does.
[[nodiscard]] record::Op code_op(const std::string& code);
[[nodiscard]] bool has_code(const record::Change& change);
[[nodiscard]] NewChange completed(const NewChange& change, const std::vector<Saved>& before);

/// Work in the transaction of the changes, after them: both are saved, or neither.
using AlsoSave = std::function<void(const std::vector<Saved>&)>;

/// What a change says that its writer had seen: `wanted`, of which all must be here, or the heads where it is empty. `gap`, `invalid`.
[[nodiscard]] Result<std::vector<Position>> seen_of(Store& store, std::int64_t dossier, const std::vector<Position>& heads,
                                                    std::vector<Position> wanted);
/// The heads after a change.
void advance(std::vector<Position>& heads, const std::vector<Position>& seen, const Position& written);
/// 32 bytes that repeat neither when the system's entropy does nor when a virtual machine resumes twice (records.md §9).
[[nodiscard]] Array<32> draw(Store& store, BytesView hedge, std::string_view label, Instant now);

}  // namespace ward::storage
