#pragma once

#include "protocol/merge/merge.hpp"
#include "protocol/record/change.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Between JSON as people and programs write it (interfaces.md, national field names) and changes and states as the core holds them.
namespace ward::runtime {

/// The operations that create a dossier from one national JSON object: scalar fields by `set`, elements of lists by `add` (sets) or
/// `append` (ledgers, logs); nested lists by nested paths. Unknown members are kept as they are. DonViTiepNhan and DonViDangGiu of the file
/// are dropped: an imported row becomes a dossier of the importing PC's unit. `invalid` names the field and what is accepted; never repeats
/// a value.
[[nodiscard]] Result<std::vector<record::Op>> ops_of_dossier(const boost::json::object& dossier);

/// One line of `dossier apply`, and the body of POST …/changes.
struct Edit {
  std::string dossier;  ///< code or `id:…`; may be empty in the API, where the path names it
  std::vector<record::Op> ops;
  std::string user;            ///< member `by`; empty: the caller's
  std::vector<Position> seen;  ///< member `seen` (VERSION); empty: the newest here
  std::string reason;          ///< member `why`
};
/// {"dossier", "set": {FIELD or LIST/ID/FIELD: value}, "add": {LIST: element or [elements]}, "remove": {LIST: id or [ids]}, "append":
/// {LIST: element or [elements], "notes": text}}.
[[nodiscard]] Result<Edit> edit_of(const boost::json::object& line);

/// "code", "id", "version", "fields", "parts" (TaiLieuNop), "payments" (BienLai), "notes", the other collections under "collections",
/// "custody", "conflicts", "proposals", "not_applied", "waiting". The caller adds "state".
[[nodiscard]] boost::json::object json_of(const merge::DossierState& state);
/// The national form, as imported: what `dossier export` writes and what two sites compare.
[[nodiscard]] boost::json::object national_json_of(const merge::DossierState& state);
[[nodiscard]] boost::json::object json_of(const merge::Said& said);
[[nodiscard]] boost::json::object json_of(const merge::Conflict& conflict);
[[nodiscard]] boost::json::object json_of(const merge::HistoryEntry& entry);
[[nodiscard]] boost::json::value json_of(const record::Value& value);

[[nodiscard]] const char* kind_text(record::OpKind kind) noexcept;  ///< `set`, `offer`, …

/// VERSION: opaque text for heads, and back (`invalid`). An element's id as people write it: its text where it is one key text, else `~`
/// and hexadecimal digits.
[[nodiscard]] std::string version_text(const std::vector<Position>& heads);
[[nodiscard]] Result<std::vector<Position>> parse_version(std::string_view text);
[[nodiscard]] std::string op_text(const OpId& id);              ///< device, incarnation, number and operation, with dots
[[nodiscard]] std::string id_text(const Did& did);              ///< `id:` and 32 digits
[[nodiscard]] std::string path_text(const record::Path& path);  ///< `TaiLieuNop/cccd/TenTepDinhKem`
/// The inverse, of what a person wrote. `invalid` when it is none.
[[nodiscard]] Result<record::Path> parse_path(std::string_view text);
[[nodiscard]] std::string time_text(WallTime time);  ///< ISO 8601 with +07:00; empty for 0

}  // namespace ward::runtime
