#pragma once

#include "protocol/record/record.hpp"
#include "protocol/segment/rows.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

/// What both ends of a run know after the same rows. The encoder and the decoder ask it what comes next, write or read only what differs, and tell it
/// what came: so everything is sent once.
namespace ward::run {

/// A value per first mention, found again by number.
template <class T, class Hasher>
class Table {
 public:
  /// The number of `value`, or `size()` when it is not in the table.
  [[nodiscard]] std::size_t find(const T& value) const {
    const auto at = index_.find(value);
    return at == index_.end() ? values_.size() : at->second;
  }
  void add(const T& value) {
    index_.emplace(value, values_.size());
    values_.push_back(value);
  }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] const T& at(std::size_t index) const { return values_.at(index); }

 private:
  std::vector<T> values_;
  std::unordered_map<T, std::size_t, Hasher> index_;
};

struct TextHash {
  std::size_t operator()(const std::string& text) const noexcept { return std::hash<std::string>{}(text); }
};

/// Who wrote: one start of one device.
struct Origin {
  DeviceId device;
  Incarnation incarnation;
  friend bool operator==(const Origin&, const Origin&) = default;
};
struct OriginHash {
  std::size_t operator()(const Origin& origin) const noexcept { return FixedHash{}(origin.incarnation) ^ FixedHash{}(origin.device) * 31U; }
};

struct Dossier {
  Did did;
  std::optional<KeyId> key;             ///< of its last change in this run
  std::optional<Position> last_change;  ///< in this run; or the creating one, where that named the dossier
};

struct Model {
  Table<Origin, OriginHash> origins;
  Table<DeviceId, FixedHash> devices;
  Table<std::string, TextHash> shapes;
  Table<Did, FixedHash> dids;
  std::vector<Dossier> dossiers;        ///< parallel to `dids`
  std::optional<KeyId> common_key;      ///< of the last record that is no change: grants and incarnations lie under the open key
  std::optional<segment::Statement> last_statement;
  std::optional<Array<32>> last_seed;
  std::uint64_t last_ms = 0;
  WallTime last_stamp_time;
  std::uint64_t last_stamp_index = 0;

  /// The dossier's entry, made if it is new.
  Dossier& enter(const Did& did) {
    const auto at = dids.find(did);
    if (at == dids.size()) {
      dids.add(did);
      dossiers.push_back({did, {}, {}});
    }
    return dossiers[at];
  }

  /// The key that a record most likely lies under; none when nothing is known.
  [[nodiscard]] std::optional<KeyId> expected_key(const record::Header& header, const std::optional<Array<32>>& seed) const;
  /// The heads that a change most likely names.
  [[nodiscard]] std::vector<Position> expected_seen(const record::Header& header) const;
  /// To be called after each row, at both ends.
  void learn(const record::Header& header);
};

}  // namespace ward::run
