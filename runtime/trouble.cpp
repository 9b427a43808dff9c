#include "runtime/trouble.hpp"

#include "runtime/command_line.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdio>

namespace ward::runtime {
namespace {

namespace json = boost::json;

constexpr std::string_view problem_prefix = "urn:wardsync:problem:";

struct Entry {
  ExitCode exit;
  unsigned status;
  const char* what;
  const char* safe;
  const char* remedy;
};

constexpr const char* nothing_changed = "Nothing was changed.";
constexpr const char* data_kept = "Everything saved here is still here and unchanged.";

Entry of_peers_and_membership(Fault fault) {
  switch (fault) {
    case Fault::wrong_organisation:
      return {ExitCode::refused, 409, "This belongs to another organisation.", nothing_changed,
              "Use the data directory or ticket of this organisation."};
    case Fault::not_member:
      return {ExitCode::refused, 403, "This PC is not approved yet.", data_kept,
              "Ask the centre's administrator to compare the 30 digits and to run `wardsync-centre device approve`."};
    case Fault::revoked:
      return {ExitCode::refused, 403, "The centre has revoked this device.", data_kept,
              "Call the centre; nothing on this PC is deleted until you have."};
    case Fault::ticket_used:
      return {ExitCode::refused, 409, "The ticket was used before.", nothing_changed, "Ask the centre for a new ticket; each works once."};
    case Fault::ticket_expired:
      return {ExitCode::refused, 410, "The ticket is past its time.", nothing_changed, "Ask the centre for a new ticket."};
    case Fault::unsupported:
      return {ExitCode::failed, 501, "The other side speaks a version that this program does not.", data_kept,
              "Update the older of the two programs."};
    case Fault::bad_signature:
      return {ExitCode::failed, 422, "A signature, seal or checksum does not fit.", data_kept, "If it happens again, call the centre."};
    case Fault::wrong_key:
    case Fault::missing_key:
      return {ExitCode::failed, 409, "The key for this is not here.", data_kept,
              "It comes with the next sync; if it does not, call the centre."};
    case Fault::fork:
      return {ExitCode::person_must_decide, 409, "Two different facts stand under one name.", data_kept,
              "Call the centre's administrator: a disk may have been copied."};
    default:
      return {ExitCode::failed, 502, "The other side sent what no honest program sends.", data_kept,
              "If it happens again, call the centre."};
  }
}

Entry of_storage(Fault fault) {
  switch (fault) {
    case Fault::storage_full:
      return {ExitCode::failed, 507, "The disk is full.", "Nothing of this was saved; everything saved before is.",
              "Free some space, then do it again."};
    case Fault::storage_read_only:
      return {ExitCode::failed, 503, "The data directory cannot be written.", "Nothing of this was saved; everything saved before is.",
              "Check the disk and who owns the directory."};
    case Fault::storage_locked:
      return {ExitCode::failed, 503, "The data directory is in use by another process.", nothing_changed,
              "Stop that process, or talk to it instead."};
    case Fault::storage_damaged:
      return {ExitCode::damage_found, 500, "The database fails its own checks.", "What the centre has receipted is safe there.",
              "Stop the program, copy the data directory away, and call the centre."};
    case Fault::storage_newer:
      return {ExitCode::failed, 500, "The data was written by a newer version.", nothing_changed, "Install that version or a later one."};
    default:
      return {ExitCode::failed, 500, "The disk or the database failed.", "What was saved before is not touched.",
              "Check the disk; the service manager restarts the program."};
  }
}

Entry entry_of(Fault fault) {
  switch (fault) {
    case Fault::not_found:
      return {ExitCode::failed, 404, "There is no such thing here.", nothing_changed, "Check the code; `list` shows what is here."};
    case Fault::ambiguous:
      return {ExitCode::person_must_decide, 409, "Several dossiers share this code.", nothing_changed, "Name one of them by its id."};
    case Fault::invalid:
      return {ExitCode::failed, 422, "This cannot be accepted as it is.", "Nothing of it was saved.", "Correct it and do it again."};
    case Fault::too_large:
      return {ExitCode::failed, 413, "This is larger than what is accepted.", "Nothing of it was saved.",
              "Shorten it, or attach it as a file."};
    case Fault::io:
      return {ExitCode::failed, 503, "A file or connection failed.", data_kept, "Try again; if it stays, check the network and the disk."};
    case Fault::timeout:
      return {ExitCode::not_reachable, 504, "Nothing came in time.", data_kept, "Try again; if it stays, check the network."};
    case Fault::gap:
      return {ExitCode::failed, 409, "Something that must come first is not here yet.", data_kept, "Wait for the next sync."};
    case Fault::at_centre:
      return {ExitCode::not_reachable, 503, "This dossier's records are at the centre.", data_kept,
              "They are being fetched: try again in a moment. Without a line to the centre the dossier can be read, not changed."};
    case Fault::erased:
      return {ExitCode::refused, 410, "This dossier was erased by order.", nothing_changed,
              "`dossier show` tells when, and by whose order. Nothing more can be written to it."};
    case Fault::malformed:
    case Fault::bad_signature:
    case Fault::wrong_key:
    case Fault::missing_key:
    case Fault::wrong_organisation:
    case Fault::not_member:
    case Fault::revoked:
    case Fault::unsupported:
    case Fault::fork:
    case Fault::ticket_used:
    case Fault::ticket_expired: return of_peers_and_membership(fault);
    case Fault::storage_full:
    case Fault::storage_read_only:
    case Fault::storage_locked:
    case Fault::storage_damaged:
    case Fault::storage_newer:
    case Fault::storage_failed: return of_storage(fault);
  }
  return of_storage(Fault::storage_failed);
}

/// "This PC is …." and "this PC is …"
bool says_the_same(std::string_view sentence, std::string_view detail) {
  return sentence.size() == detail.size() + 1 && sentence.substr(1, detail.size() - 1) == detail.substr(1);
}

std::string text_member(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

Trouble trouble_of(const Error& error) {
  const auto entry = entry_of(error.fault);
  std::string what = entry.what;
  if (!error.detail.empty() && !says_the_same(what, error.detail)) what += " (" + error.detail + ")";
  return {name_of(error.fault), entry.exit, entry.status, std::move(what), entry.safe, entry.remedy, {}};
}

json::object json_of(const Trouble& trouble) {
  json::object out = trouble.more;
  out["type"] = std::string(problem_prefix) + trouble.name;
  out["title"] = trouble.name;
  out["status"] = trouble.status;
  out["detail"] = trouble.what;
  if (!trouble.safe.empty()) out["safe"] = trouble.safe;
  if (!trouble.remedy.empty()) out["remedy"] = trouble.remedy;
  out["exit"] = static_cast<int>(trouble.exit);
  return out;
}

Trouble trouble_of_json(std::string_view body, unsigned status) {
  Trouble out{"unknown", ExitCode::failed, status, "The daemon answered with status " + std::to_string(status) + ".", {}, {}, {}};
  json::error_code error;
  const auto value = json::parse(body, error);
  if (error || !value.is_object()) return out;
  const auto& object = value.get_object();
  const auto type = text_member(object, "type");
  if (!type.starts_with(problem_prefix)) return out;
  out.name = type.substr(problem_prefix.size());
  out.what = text_member(object, "detail");
  out.safe = text_member(object, "safe");
  out.remedy = text_member(object, "remedy");
  if (const auto* exit = object.if_contains("exit"); exit != nullptr && exit->is_int64())
    out.exit = static_cast<ExitCode>(exit->get_int64());
  for (const auto& [name, member] : object)
    if (name != "type" && name != "title" && name != "status" && name != "detail" && name != "safe" && name != "remedy" && name != "exit")
      out.more[name] = member;
  return out;
}

int report(const char* program, const Trouble& trouble) {
  std::fprintf(stderr, "%s: %s\n", program, harmless(trouble.what).c_str());
  if (!trouble.safe.empty()) std::fprintf(stderr, "  Safe:  %s\n", trouble.safe.c_str());
  if (!trouble.remedy.empty()) std::fprintf(stderr, "  To do: %s\n", trouble.remedy.c_str());
  return static_cast<int>(trouble.exit);
}

}  // namespace ward::runtime
