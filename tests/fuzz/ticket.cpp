#include "protocol/ticket/introduction.hpp"
#include "protocol/ticket/scanned.hpp"

#include "tests/fuzz/laws.hpp"

namespace ward::fuzz {

bool ticket(BytesView bytes) {
  const auto text = text_of(bytes);
  const auto file = ticket::decode_file(text);
  if (file.has_value()) {
    const auto again = ticket::decode_file(ticket::encode_file(*file));
    WARD_ASSERT(again.has_value() && *again == *file);
  }
  const auto scanned = ticket::decode_scanned(text);
  if (scanned.has_value()) {
    const auto again = ticket::decode_scanned(ticket::encode_scanned(*scanned));
    WARD_ASSERT(again.has_value() && *again == *scanned);
  }
  const auto typed = ticket::decode_typed(text);
  if (typed.has_value()) {
    const auto again = ticket::decode_typed(ticket::encode_typed(*typed));
    WARD_ASSERT(again.has_value() && *again == *typed);
  }
  // Nobody makes an introduction who does not know the secret.
  WARD_ASSERT(ticket::decode_introduction(bytes, Array<16>{1}).has_error());
  return file.has_value() || scanned.has_value() || typed.has_value();
}

}  // namespace ward::fuzz
