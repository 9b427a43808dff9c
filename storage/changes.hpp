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

struct NewChange {
  record::Change change;   ///< `seen` as the writer saw it; empty with `did`: the heads held now
  std::optional<Did> did;  ///< none: a new dossier
};
struct Saved {
  Did did;
  Position position;  ///< of the change; of its last part where a large new dossier takes several records
  bool clock_believed = true;
  std::string code;          ///< that this PC gave with it; empty: none
  bool provisional = false;  ///< that code is not the official one
};

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
