#include "protocol/merge/merge.hpp"
#include "protocol/record/change.hpp"
#include "protocol/record/record.hpp"
#include "protocol/segment/statement.hpp"
#include "tests/fuzz/laws.hpp"

namespace ward::fuzz {
namespace {

/// Where the writer of tests/golden/record_sealed.txt stands, so that its references to its own records are near.
Position own_position() {
  Position out;
  out.device = fixed_from<DeviceId>(unhex("d35bedf484d06608aac774efc1eb60f0"));
  out.incarnation.bytes.fill(3);
  out.seq = 300;
  return out;
}

Result<segment::Statement> decode_statement(BytesView bytes) {
  Reader from(bytes);
  const auto out = segment::read_statement(from);
  WARD_CHECK(from.finish("statement"));
  return out;
}

}  // namespace

bool body(BytesView input) {
  static const Position own = own_position();
  const auto [which, bytes] = choose(input, 7);
  switch (which) {
    case 0: return one_form(bytes, record::decode_header(bytes), [](const auto& header) { return copy(record::encode_header(header)); });
    case 1: return one_padded_form(bytes, record::decode_change(bytes, own), [](const auto& it) { return record::encode_change(it, own); });
    case 2: return one_padded_form(bytes, record::decode_grant(bytes, own), [](const auto& it) { return record::encode_grant(it, own); });
    case 3: return one_padded_form(bytes, record::decode_incarnation(bytes), record::encode_incarnation);
    case 4: return one_form(bytes, decode_statement(bytes), segment::encode_statement);
    case 5: return one_padded_form(bytes, record::decode_summary(bytes), record::encode_summary);
    default: return one_form(bytes, merge::decode_state(bytes), merge::encode_state);
  }
}

}  // namespace ward::fuzz
