#include "runtime/dossier_lists.hpp"

namespace ward::runtime {

Response history_response(const Did& did, const std::vector<merge::HistoryEntry>& entries, const Request& request) {
  boost::json::array out;
  for (const auto& entry : entries) out.push_back(json_of(entry));
  return respond_unless_held(boost::json::object{{"id", id_text(did)}, {"history", std::move(out)}}, request);
}

}  // namespace ward::runtime
