#pragma once

#include "protocol/base/error.hpp"
#include "protocol/record/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The schema is data: the national dossier fields with their merge policies (protocol/schema/fields.csv). A path that it does not know
/// merges as `ask`, so that nothing of a newer version is lost.
namespace ward::schema {

enum class Policy : std::uint8_t { latest, ask, owner, workflow, set, ledger, log };
enum class Type : std::uint8_t { string, enumeration, date, datetime, money, integer, boolean, list };

struct Field {
  std::string name;
  std::string parent;  ///< the collection that it is a field of; empty at the top
  Type type = Type::string;
  bool required = false;
  std::string vi, en;  ///< labels
  bool personal = false;
  Policy policy = Policy::ask;
  bool key = false;  ///< identifies an element of its collection
};

[[nodiscard]] std::span<const Field> fields();
/// Null when unknown. `parent` empty for the top.
[[nodiscard]] const Field* find(std::string_view parent, std::string_view name);
/// The field that a path ends in (element steps skipped); null when any part is unknown.
[[nodiscard]] const Field* field_at(const record::Path& path);
/// Key fields of a collection in schema order; empty: elements are identified by the operation that added them.
[[nodiscard]] std::vector<const Field*> key_fields(std::string_view collection);
[[nodiscard]] Policy policy_at(const record::Path& path);  ///< `ask` when unknown
/// From a version of the schema on, a field merges by another policy: `latest`, `ask` or `owner` (MERGE.md §5).
struct PolicyChange {
  std::uint16_t version = 0;
  std::string parent, field;
  Policy policy = Policy::ask;
};
/// What a program knows of the schema's history. Its changes say that version, and no program of an older one merges them.
struct Edition {
  std::uint16_t version = 1;
  std::vector<PolicyChange> policy_changes;  ///< ascending by version
};
/// This program's: protocol/schema/policy_changes.csv.
[[nodiscard]] const Edition& edition();
[[nodiscard]] const char* name_of(Policy policy) noexcept;
[[nodiscard]] const char* name_of(Type type) noexcept;

/// One code of an enumeration, with its words as people write them, the Vietnamese first.
struct Choice {
  std::string code;
  std::vector<std::string> words;
};
/// What `field` offers; empty when it is no enumeration or its list is not known.
[[nodiscard]] std::span<const Choice> choices(const Field& field);

/// What a status does to the time that the law gives.
enum class Clock : std::uint8_t { not_started, running, suspended, stopped };
struct Status {
  int code = 0;
  std::string vi, en;
  bool terminal = false;
  Clock clock = Clock::not_started;
};
[[nodiscard]] std::span<const Status> statuses();
struct Transition {
  int from = 0;  ///< 0: the dossier is new
  int to = 0;
  int priority = 0;  ///< when legal transitions compete
};
[[nodiscard]] std::span<const Transition> transitions();
struct Procedure {
  std::string code, name, field, level, handler;
  int time_value = 0;  ///< until the appointment, in `time_unit`; 0: the same day
  std::string time_unit;
  bool working_days = true;
  bool same_day = false;
  int fee_vnd = 0;
  bool online = false;         ///< offered online, in part or as a whole (levels 3 and 4)
  bool payment_waits = false;  ///< its time does not run while a payment is awaited (status 6)
};
[[nodiscard]] std::span<const Procedure> procedures();
[[nodiscard]] const Procedure* find_procedure(std::string_view code);  ///< null when unknown

/// One authority's share of a procedure that is lodged once and that several work on (liên thông). The dossier that was lodged fans out
/// into one of its own for each.
struct LinkedPart {
  std::string procedure;  ///< that is lodged
  std::string key;        ///< names the part among those of its procedure
  std::string name_vi, name_en;
  std::string part_procedure;  ///< what the authority calls it; empty: not known
  std::string kind;            ///< of unit; `ward`: the desk that lodged it does this one itself
  std::string unit;            ///< that decides it, where the city has it
  std::string after;           ///< the part that must be finished first; empty: none
};
/// Those of one procedure, in the order in which people think of them; empty: it is no such procedure.
[[nodiscard]] std::span<const LinkedPart> linked_parts(std::string_view procedure);

/// The value as it is stored, from what a person, a file or another system gave for `field` (a field that is not a list): text in NFC,
/// spaces trimmed; an enum as its code ("1", 1 and the Vietnamese word all give "1"; GioiTinhChuHoSo "Nam" → "1", "Nữ" → "2"); a date or
/// datetime in one of the forms of text.md → `yyyy-MM-dd`
/// (`yyyy` alone is kept for a birth) or `yyyyMMddHHmmss`; money and integers as a number, refusing "15,000"; a boolean from
/// true/false/"True"/"" (false). Any other empty text stays ""; null stays null. `invalid`: names the field, what was wrong and what is
/// accepted; never repeats the value.
[[nodiscard]] Result<record::Value> intake(const Field& field, const record::Value& given);

}  // namespace ward::schema
