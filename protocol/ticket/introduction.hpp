#pragma once

#include "protocol/ticket/ticket.hpp"

#include <optional>
#include <variant>

/// Enrolment by the typed form, which is a secret and nothing else: the centre tells the rest to whoever names the ticket, under a tag that
/// only the ticket's secret makes (WIRE.md §10).
namespace ward::ticket {

struct Introduction {
  OrgId org;
  SignKey root;
  DhKey centre_static;
  UnitCode unit;
  WallTime expires;
  /// Which PC showed the ticket first. Its owner is told, and so notices that somebody photographed it.
  struct Used {
    DeviceId device;  ///< zero: it asked and was turned away
    std::string label;
    friend bool operator==(const Used&, const Used&) = default;
  };
  std::optional<Used> used;
  friend bool operator==(const Introduction&, const Introduction&) = default;
};

[[nodiscard]] Bytes encode_introduction(const Introduction& introduction, const Array<32>& psk);
/// `bad_signature`: whoever wrote it does not know the secret.
[[nodiscard]] Result<Introduction> decode_introduction(BytesView bytes, const Array<16>& secret);

/// What somebody typed: the letters, and where to call.
struct Typed {
  Array<16> secret{};
  std::string address;
};
[[nodiscard]] Ticket completed(const Typed& typed, const Introduction& introduction);
/// What an enrolment begins with.
using Given = std::variant<Ticket, Typed>;

}  // namespace ward::ticket
