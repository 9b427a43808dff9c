#pragma once

#include "protocol/merge/merge.hpp"
#include "protocol/schema/schema.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What an operation means by the schema and its own text alone (MERGE.md §2.1 to §2.3), said again.
namespace ward::merge::test {

/// Some of a dossier's operations, by their place in the order of MERGE.md §1.
class Ops {
 public:
  Ops() = default;
  explicit Ops(std::size_t all) : words_((all + 63) / 64) {}
  [[nodiscard]] bool has(std::size_t op) const { return (words_[op / 64] >> (op % 64) & 1U) != 0; }
  void put(std::size_t op) { words_[op / 64] |= std::uint64_t{1} << (op % 64); }
  void put_all(const Ops& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void keep_only(const Ops& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  friend auto operator<=>(const Ops&, const Ops&) = default;

 private:
  std::vector<std::uint64_t> words_;
};

inline const record::Path status_path{record::Step::field("TrangThaiHoSo")};

enum class Sense : std::uint8_t {
  code,     ///< another code of the dossier
  field,    ///< a write to a field
  payment,  ///< the whole content of a payment
  revive,   ///< an undo of what was said about an element's existence
  add,
  entry,  ///< of a ledger
  note,   ///< of a log
  remove,
  status,
  offer,
  accept,
  decline,
  recall,
  approve,
  dismiss,
};
struct Meaning {
  Sense sense = Sense::field;
  std::optional<Refusal> wrong;  ///< unknown_kind, bad_path or wrong_type
};
[[nodiscard]] Meaning sense_of(const record::Op& op);
[[nodiscard]] constexpr bool is_custody(Sense sense) { return sense >= Sense::offer && sense <= Sense::recall; }
[[nodiscard]] constexpr bool is_act(Sense sense) { return sense >= Sense::status; }

/// The status that an operation says: none for references.
[[nodiscard]] std::optional<int> status_said(const record::Op& op);
/// Of a status: the fields that ride with it.
[[nodiscard]] record::Map rides_of(const record::Op& op);

/// What an element is called that `op` puts into its collection.
[[nodiscard]] std::string name_of_element(const record::Op& op, const OpId& id);

/// The operations that its value refers to.
[[nodiscard]] std::vector<OpId> references_of(const record::Value& value);
[[nodiscard]] bool is_reference(const record::Value& value);

/// The dossier's field or an element's, by its path; null when unknown.
[[nodiscard]] inline const schema::Field* field_of(const record::Path& path) { return schema::field_at(path); }

[[nodiscard]] bool believed(const Fact& fact);

}  // namespace ward::merge::test
