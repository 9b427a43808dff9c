#pragma once

#include "protocol/record/record.hpp"
#include "protocol/segment/rows.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

/// What both ends of a run know after the same rows. The encoder and the decoder ask it what comes next, write or read only what differs,
/// and tell it what came: so everything is sent once.
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

/// Who wrote: one start of one device.
struct Origin {
  DeviceId device;
  Incarnation incarnation;
  friend bool operator==(const Origin&, const Origin&) = default;
};
struct OriginHash {
  std::size_t operator()(const Origin& origin) const noexcept {
    return FixedHash{}(origin.incarnation) ^ FixedHash {}(origin.device) * 31U;
  }
};

struct Dossier {
  std::optional<Did> did;               ///< none: the receiver's store will know it (Elided::dossiers)
  std::optional<KeyId> key;             ///< of its last change in this run
  std::optional<Position> last_change;  ///< in this run; or the one by which the dossier was named
};

struct Model {
  Table<Origin, OriginHash> origins;
  Table<DeviceId, FixedHash> devices;
  Table<std::string, std::hash<std::string>> shapes;
  std::vector<Dossier> dossiers;    ///< in the order of their first mention
  std::optional<KeyId> common_key;  ///< of the last record that is no change: grants and incarnations lie under the open key
  std::optional<segment::Statement> last_statement;
  std::optional<Array<32>> last_seed;
  std::uint64_t last_ms = 0;
  Stamp last_stamp;

  /// The key that a record most likely lies under; none when nothing is known. `dossier`: its entry; null for none, and for a creating
  /// record.
  [[nodiscard]] std::optional<KeyId> expected_key(const record::Header& header, const Dossier* dossier,
                                                  const std::optional<Array<32>>& seed) const;
  /// The heads that a change most likely names.
  [[nodiscard]] static std::vector<Position> expected_seen(const Dossier* dossier);
  /// To be called after each row, at both ends. Gives the number of the row's dossier, which is new after a creating record; nothing for
  /// none.
  std::optional<std::size_t> learn(const record::Header& header, std::optional<std::size_t> dossier);
};

}  // namespace ward::run
