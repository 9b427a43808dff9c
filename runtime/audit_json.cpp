#include "runtime/audit_json.hpp"

#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "runtime/members.hpp"

namespace ward::runtime {
namespace {

namespace json = boost::json;

constexpr std::string_view format = "wsync-audit-v1";

}  // namespace

json::object json_of(const audit::Entry& entry) {
  const auto name = audit::name_of_number(entry.kind);
  return {{"number", entry.number},
          {"at", time_text(entry.at)},
          {"clock_trusted", entry.clock_trusted},
          {"kind", name.empty() ? "kind_" + std::to_string(entry.kind) : name},
          {"who", entry.who},
          {"subject", entry.subject},
          {"detail", entry.detail}};
}

json::object json_of(const audit::Export& exported) {
  json::array entries;
  for (const auto& entry : exported.entries) entries.emplace_back(hex(entry));
  return {{"format", format},
          {"policy", hexes_of(exported.policy)},
          {"head", hex(audit::encode_head(exported.head))},
          {"signature", hex(exported.signature.view())},
          {"entries", std::move(entries)}};
}

Result<audit::Export> audit_of_json(std::string_view text) {
  if (text.size() > audit_bytes_max) return fail(Fault::too_large, "the file is too large");
  WARD_TRY(const auto object, parse_object(text));
  Members from(object);
  const auto* named = from.find("format");
  if (named == nullptr || !named->is_string() || named->get_string() != format)
    return fail(Fault::invalid, "this is no export of an audit log (`format` must be " + std::string(format) + ")");
  audit::Export out;
  out.policy = from.policy();
  out.head = from.take("head", audit::decode_head(from.bytes("head")));
  out.signature = from.fixed<Signature>("signature");
  out.entries = from.byte_strings("entries");
  if (out.entries.size() > audit::file_entries_max) from.wrong("entries");
  WARD_CHECK(from.finish(format));
  return out;
}

}  // namespace ward::runtime
