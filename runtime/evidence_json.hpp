#pragma once

#include "protocol/evidence/contradiction.hpp"
#include "protocol/segment/rows.hpp"
#include "runtime/http.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string_view>

/// Evidence as a file: the JSON of WIRE.md §12.
namespace ward::runtime {

inline constexpr std::size_t evidence_bytes_max = std::size_t{256} * 1024 * 1024;

/// `keys`: so that the records can be read, too; none: their content stays sealed.
[[nodiscard]] boost::json::object json_of(const evidence::Evidence& evidence, const std::vector<crypto::DossierKey>& keys = {});
/// `invalid` when it is not in that form: names the part. Whether it is true is another question (`evidence::check`).
[[nodiscard]] Result<evidence::Evidence> evidence_of_json(std::string_view text);

struct ContradictionFile {
  std::vector<policy::Entry> policy;
  evidence::Contradiction contradiction;
};
/// A line of what `wardsync sync hand-in` writes (WIRE.md §17).
struct Unsent {
  OrgId org;
  std::vector<segment::Rows> rows;
};
[[nodiscard]] Result<Unsent> unsent_of_json(std::string_view text);

inline constexpr std::string_view contradiction_format = "wsync-contradiction-v1";
/// `encoded` as `evidence::encode_contradiction` gives it.
[[nodiscard]] boost::json::object json_of_contradiction(const std::vector<policy::Entry>& policy, BytesView encoded);
/// Nothing: it is a file of another format.
[[nodiscard]] Result<std::optional<ContradictionFile>> contradiction_of_json(std::string_view text);

/// The answer of both programs; `readable=true` in the query: with `keys`.
[[nodiscard]] Result<Response> evidence_response(const evidence::Evidence& evidence,
                                                 const std::function<Result<std::vector<crypto::DossierKey>>()>& keys,
                                                 const Request& request);

}  // namespace ward::runtime
