#include "runtime/dossier_lists.hpp"

#include "protocol/merge/why.hpp"
#include "protocol/schema/schema.hpp"

namespace ward::runtime {
namespace {

boost::json::array json_of_entries(const std::vector<merge::HistoryEntry>& entries) {
  boost::json::array out;
  for (const auto& entry : entries) out.push_back(json_of(entry));
  return out;
}

}  // namespace

Response history_response(const Did& did, const std::vector<merge::HistoryEntry>& entries, const Request& request) {
  return respond_unless_held(boost::json::object{{"id", id_text(did)}, {"history", json_of_entries(entries)}}, request);
}

Response why_response(const Did& did, const std::vector<merge::HistoryEntry>& entries, const Request& request) {
  const auto path = parse_path(request.query_or("field", ""));
  if (path.has_error()) return respond(path.error());
  const auto found = merge::why(entries, *path);
  return respond_unless_held(boost::json::object{{"id", id_text(did)},
                                                 {"field", path_text(*path)},
                                                 {"policy", schema::name_of(schema::policy_at(*path))},
                                                 {"because", merge::name_of(found.because)},
                                                 {"history", json_of_entries(found.values)}},
                             request);
}

}  // namespace ward::runtime
