#include "runtime/evidence_json.hpp"

#include "protocol/run/run.hpp"
#include "protocol/ticket/letters.hpp"
#include "runtime/json_input.hpp"
#include "runtime/members.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <limits>

namespace ward::runtime {
namespace {

namespace json = boost::json;

constexpr std::string_view format = "wsync-evidence-v1";

json::array hexes(const std::vector<Hash>& hashes) {
  json::array out;
  for (const auto& hash : hashes) out.emplace_back(hex(hash.view()));
  return out;
}

json::object json_of(const segment::SignedStatement& statement) {
  return {{"statement", hex(segment::encode_statement(statement.statement))}, {"signature", hex(statement.signature.view())}};
}

json::object json_of(const evidence::Leaf& leaf) {
  json::object out{{"at", leaf.at}};
  if (!leaf.header) {
    out["rid"] = hex(leaf.rid.view());
    return out;
  }
  out["header"] = hex(record::encode_header(*leaf.header));
  if (leaf.body.empty())
    out["body_hash"] = hex(leaf.body_hash.view());
  else
    out["body"] = hex(leaf.body);
  return out;
}

json::object json_of(const evidence::Segment& segment) {
  auto out = json_of(segment.statement);
  json::array leaves;
  for (const auto& leaf : segment.leaves) leaves.push_back(json_of(leaf));
  out["leaves"] = std::move(leaves);
  out["missing"] = hexes(segment.missing);
  if (segment.stamp) out["stamp"] = json::object{{"index", segment.stamp->index}, {"time_ms", segment.stamp->time.ms}};
  if (segment.cover) {
    json::object cover{{"receipt", segment.cover->receipt}};
    if (!segment.cover->by_head) cover["path"] = hexes(segment.cover->path);
    out["cover"] = std::move(cover);
  }
  return out;
}

std::vector<Hash> hashes_of(Members& from, std::string_view name) {
  std::vector<Hash> out;
  for (const auto& each : from.array(name)) {
    const auto bytes = each.is_string() ? unhex(each.get_string()) : Bytes();
    if (bytes.size() != Hash::size) return from.wrong(name), out;
    out.push_back(fixed_from<Hash>(bytes));
  }
  return out;
}

segment::SignedStatement statement_of(Members& from) {
  const auto bytes = from.bytes("statement");
  Reader reader(bytes);
  segment::SignedStatement out{segment::read_statement(reader), from.fixed<Signature>("signature")};
  if (reader.finish("statement").has_error()) from.wrong("statement");
  return out;
}

evidence::Leaf leaf_of(Members from, Members& whole) {
  evidence::Leaf out;
  out.at = static_cast<std::uint8_t>(from.number("at", std::numeric_limits<std::uint8_t>::max()));
  if (from.find("header") == nullptr) {
    out.rid = from.fixed<Rid>("rid");
  } else {
    out.header = from.take("header", record::decode_header(from.bytes("header")));
    if (from.find("body") != nullptr)
      out.body = from.bytes("body");
    else
      out.body_hash = from.fixed<Hash>("body_hash");
  }
  whole.join(from);
  return out;
}

evidence::Segment segment_of(Members from, Members& whole) {
  constexpr auto any = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  evidence::Segment out;
  out.statement = statement_of(from);
  for (const auto& leaf : from.array("leaves")) out.leaves.push_back(leaf_of(Members(leaf), from));
  out.missing = hashes_of(from, "missing");
  if (const auto* found = from.find("stamp"); found != nullptr) {
    Members stamp(*found);
    out.stamp = Stamp{stamp.number("index", any), {static_cast<std::int64_t>(stamp.number("time_ms", any))}};
    from.join(stamp);
  }
  if (const auto* found = from.find("cover"); found != nullptr) {
    Members cover(*found);
    auto& to = out.cover.emplace();
    to.receipt = static_cast<std::uint32_t>(cover.number("receipt", std::numeric_limits<std::uint32_t>::max()));
    to.by_head = cover.find("path") == nullptr;
    if (!to.by_head) to.path = hashes_of(cover, "path");
    from.join(cover);
  }
  whole.join(from);
  return out;
}

}  // namespace

json::object json_of(const evidence::Evidence& evidence, const std::vector<crypto::DossierKey>& keys) {
  json::array receipts, segments, between, opening;
  for (const auto& each : evidence.receipts)
    receipts.push_back(json::object{{"receipt", hex(log::encode_receipt(each.receipt))}, {"signature", hex(each.signature.view())}});
  for (const auto& segment : evidence.segments) segments.push_back(json_of(segment));
  for (const auto& statement : evidence.between) between.push_back(json_of(statement));
  for (const auto& key : keys) opening.emplace_back(hex(key.view()));
  json::object out{{"format", format},
                   {"policy", hexes_of(evidence.policy)},
                   {"receipts", std::move(receipts)},
                   {"segments", std::move(segments)},
                   {"between", std::move(between)}};
  if (!keys.empty()) out["keys"] = std::move(opening);
  return out;
}

Result<evidence::Evidence> evidence_of_json(std::string_view text) {
  if (text.size() > evidence_bytes_max) return fail(Fault::too_large, "the file is too large");
  WARD_TRY(const auto object, parse_object(text));
  Members from(object);
  const auto* named = from.find("format");
  if (named == nullptr || !named->is_string() || named->get_string() != format)
    return fail(Fault::invalid, "this is no export of receipts (`format` must be " + std::string(format) + ")");
  evidence::Evidence out;
  out.policy = from.policy();
  for (const auto& each : from.array("receipts")) {
    Members receipt(each);
    evidence::SignedReceipt read{receipt.take("receipt", log::decode_receipt(receipt.bytes("receipt"))),
                                 receipt.fixed<Signature>("signature")};
    out.receipts.push_back(std::move(read));
    from.join(receipt);
  }
  for (const auto& each : from.array("segments")) out.segments.push_back(segment_of(Members(each), from));
  for (const auto& each : from.array("between")) {
    Members statement(each);
    out.between.push_back(statement_of(statement));
    from.join(statement);
  }
  WARD_CHECK(from.finish(format));
  return out;
}

json::object json_of_contradiction(const std::vector<policy::Entry>& policy, BytesView encoded) {
  return {{"format", contradiction_format}, {"policy", hexes_of(policy)}, {"contradiction", hex(encoded)}};
}

Result<std::optional<ContradictionFile>> contradiction_of_json(std::string_view text) {
  if (text.size() > evidence_bytes_max) return fail(Fault::too_large, "the file is too large");
  WARD_TRY(const auto object, parse_object(text));
  Members from(object);
  const auto* named = from.find("format");
  if (named == nullptr || !named->is_string() || named->get_string() != contradiction_format) return std::optional<ContradictionFile>();
  ContradictionFile out;
  out.policy = from.policy();
  out.contradiction = from.take("contradiction", evidence::decode_contradiction(from.bytes("contradiction")));
  WARD_CHECK(from.finish(contradiction_format));
  return std::optional(std::move(out));
}

Result<Unsent> unsent_of_json(std::string_view text) {
  WARD_TRY(const auto object, parse_object(text));
  Members from(object);
  Unsent out;
  out.org = from.fixed<OrgId>("org");
  WARD_CHECK(from.finish("wsync-unsent-v1"));
  WARD_TRY(const auto letters, text_member(object, "run", {}));
  const auto run = ticket::from_base64url(letters);
  if (!run) return fail(Fault::malformed, "`run` is not what a PC writes");
  WARD_TRY(out.rows, run::decode_run(*run));
  return out;
}

Result<Response> evidence_response(const evidence::Evidence& evidence, const std::function<Result<std::vector<crypto::DossierKey>>()>& keys,
                                   const Request& request) {
  const auto readable = request.query.find("readable");
  if (readable == request.query.end() || readable->second == "false") return respond(json_of(evidence));
  if (readable->second != "true") return fail(Fault::invalid, "`readable` must be true or false");
  WARD_TRY(const auto held, keys());
  return respond(json_of(evidence, held));
}

}  // namespace ward::runtime
