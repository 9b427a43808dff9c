#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"
#include "protocol/policy/serials.hpp"
#include "storage/beside.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// How a ward's PC, or the centre's own desk, numbers new dossiers (WIRE.md §5.1): it gives no official code twice, whatever is restored,
/// forgotten or set wrong.
namespace ward::storage {

struct Store;
class CentreStore;
class WardStore;

/// Says which codes were given.
using CodeMark = Beside;

/// The last serial that was given on each of the newest days, by identification code. The same in the database and in the mark.
struct GivenCodes {
  static constexpr std::size_t days_max = 64;
  using Key = std::pair<code::Day, std::string>;

  std::uint64_t count = 0;  ///< of all codes ever given: says which of two is the newer
  std::map<Key, std::uint32_t> last;

  void note(const Key& key, std::uint32_t serial);
  [[nodiscard]] std::optional<std::uint32_t> on(const Key& key) const;
  /// A day that was forgotten, perhaps: none may be given on it.
  [[nodiscard]] bool is_before_all(code::Day day) const;
  friend bool operator==(const GivenCodes&, const GivenCodes&) = default;
};

/// Why no official code can be given now. The names are the API's.
enum class NoOfficialCode {
  none,
  no_identification,  ///< the unit has no identification code
  no_block,           ///< the centre gave this PC no serials for today
  used_up,            ///< today's are all given
  clock,              ///< which day it is, is not known
  memory,             ///< what was given today is not known for certain
  copy,               ///< this data is an older copy of itself, or runs twice
};
[[nodiscard]] const char* name_of(NoOfficialCode why) noexcept;

/// Throws where what was given does not decode. In a transaction.
void check_given_codes(Store& store);

/// For whoever asks how numbering stands.
struct CodesStanding {
  std::string identification;
  std::vector<policy::CodeBlock> blocks;  ///< of this PC, not over yet
  code::Day today;                        ///< by this PC's clock, believed or not
  std::optional<code::Day> until;         ///< the last day that the blocks cover without a gap
  std::uint64_t given_today = 0, left_today = 0;
  std::uint64_t provisional = 0;  ///< dossiers that wait for an official code
  NoOfficialCode why = NoOfficialCode::none;
};

struct GivenCode {
  std::string text;
  bool official = false;
};

inline constexpr std::size_t official_at_once = 64;        ///< that take a provisional one's place in one transaction
inline constexpr const char* numbering_user = "wardsync";  ///< of what this program does by itself
inline constexpr const char* numbering_reason = "cấp mã chính thức";

/// Gives codes inside a transaction of the store, which commits them with the dossiers that get them.
class Numbering {
 public:
  /// Reads only.
  Numbering(WardStore& ward, Now now);
  /// Of the centre's own officials. What is given on the day of a restore, nobody knows for certain.
  Numbering(CentreStore& centre, const DeviceId& desk, Now now);

  /// Official where that can be, else provisional.
  [[nodiscard]] GivenCode next();
  [[nodiscard]] std::optional<std::string> official();
  [[nodiscard]] NoOfficialCode why_not() const;
  /// After the last one: into the database, and into the mark, which is durable when this returns. Throws `Failure`.
  void write_down();
  [[nodiscard]] CodesStanding standing();

 private:
  [[nodiscard]] std::optional<std::uint32_t> next_serial() const;
  [[nodiscard]] bool is_held(std::string_view code) const;
  [[nodiscard]] std::string provisional();

  struct Of {
    Store& store;
    DeviceId device;
    const std::optional<CodeMark>& mark;
    bool knows_day = false;
    bool is_copy = false;
  };
  Numbering(const Of& of, Now now);

  Store& store_;
  DeviceId device_;
  const std::optional<CodeMark>& mark_;
  std::string identification_;  ///< empty: the unit has none
  code::Day today_;
  bool believed_ = false;
  policy::Serials serials_;
  GivenCodes given_;
  GivenCodes before_;
  bool doubted_ = false;
  bool is_copy_ = false;
};

/// After a start, before the first code: compares what the database remembers of given codes with the mark.
[[nodiscard]] Result<void> compare_codes(Store& store, const CodeMark& mark);

/// With what the codes of its unit, or of that one's heir, begin; empty: there is none, and its PCs give no official codes.
[[nodiscard]] std::string identification_of(Store& store, const DeviceId& device);

/// Everything of this device that the centre holds is here now. In a transaction.
void centre_told_of_codes(Store& store);

/// Dossiers that this device gave a provisional code, that have no official one, and that its unit still holds: what it says of others is
/// but proposed. In a transaction.
[[nodiscard]] std::vector<std::int64_t> waiting_for_codes(Store& store, const DeviceId& device, std::size_t limit);

}  // namespace ward::storage
