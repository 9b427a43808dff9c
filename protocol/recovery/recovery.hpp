#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/crypto/keys.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The city's last keys, for m of n people together, without secret sharing: for each m of them the key to all of it is sealed under theirs
/// (records.md §7, WIRE.md §16).
namespace ward::recovery {

inline constexpr std::size_t trustees_max = 10;
inline constexpr std::size_t payload_bytes_max = 64 * 1024;

using TrusteeKey = crypto::Secret<struct TrusteeKeyTag>;

struct Trustee {
  std::string name;
  KeyId check;  ///< tells whether a key is this trustee's; opens nothing
};
/// The file that all of them can have, and that is worth nothing without m of their keys.
struct Box {
  std::string organisation;
  OrgId org;
  std::uint8_t need = 0;
  std::vector<Trustee> trustees;
  std::vector<Bytes> for_subset;  ///< the box's key, 64 bytes each, for the subsets in their order: 0 1, 0 2, …, 1 2, …
  Bytes sealed;
};

/// `keys`: one for each name, drawn by the caller, as is `box_key`. `invalid`: fewer than 2 or more than `trustees_max` trustees, a name
/// twice, or a need that does not fit.
[[nodiscard]] Result<Box> seal(std::string organisation, const OrgId& org, std::uint8_t need, const std::vector<std::string>& names,
                               const std::vector<TrusteeKey>& keys, const TrusteeKey& box_key, BytesView payload);
/// `wrong_key` names how many are missing; `bad_signature`: the box is damaged.
[[nodiscard]] Result<Bytes> open(const Box& box, const std::vector<TrusteeKey>& keys);
/// Whose key it is; nothing: no trustee's of this box.
[[nodiscard]] std::optional<std::size_t> trustee_of(const Box& box, const TrusteeKey& key);

[[nodiscard]] std::string encode_box(const Box& box);
[[nodiscard]] Result<Box> decode_box(std::string_view text);

/// Two lines of 28 letters in groups of four, as tickets are typed, each with check letters of its own.
[[nodiscard]] std::string letters_of(const TrusteeKey& key);
/// From the two lines somewhere in a text, typed or printed; `invalid` says which line does not add up.
[[nodiscard]] Result<TrusteeKey> key_of_letters(std::string_view text);

}  // namespace ward::recovery
