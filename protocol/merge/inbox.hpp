#pragma once

#include "protocol/merge/decide.hpp"
#include "protocol/merge/said.hpp"

#include <set>

namespace ward::merge {

/// All that was paid: high * 2^32 + low.
struct Paid {
  std::int64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Paid&, const Paid&) = default;
};

/// What people must be told of a dossier (MERGE.md §7). The walk through the document says what stands where.
class Inbox {
 public:
  Inbox(const Did& did, const Grounds& grounds, const Document& document);

  /// A question about a register: `heads` name it, `leaves` are what people choose from.
  void ask(ConflictKind kind, const Place& place, const Register& writes, const Places& heads, const Places& leaves, bool one_level_up);
  /// What a field that shows a value has to say all the same.
  void notice_field(const FieldNode& node, const Decision& decided, const Place& place);
  /// The same of an element, or a payment.
  void notice_element(const Register& writes, const Places& heads, const Place& place);
  void notice_payment(std::int64_t amount, const Register& writes, const Places& leaves);
  /// `fee`: a field that shows a number.
  void notice_fee(std::int64_t fee, const OpRef& fee_by, const std::string* procedure, const std::optional<OpRef>& procedure_by);

  [[nodiscard]] std::vector<Conflict> take() &&;

 private:
  void notice_status();
  void notice_custody();
  void notice_refused(const Refused& refused);
  void notice_overpaid(std::int64_t fee);
  void notice(ConflictKind kind, record::Path path, std::vector<OpRef> ops, Decider decider, std::vector<std::string> blocks = {});
  void notice(ConflictKind kind, const Place& place, const Write& write, Decider decider);
  [[nodiscard]] bool changed_after_offer(const Write& write) const;
  void add(ConflictKind kind, record::Path path, const std::vector<OpId>& named_by, std::vector<Said> values, Decider decider,
           std::vector<std::string> blocks);

  const Did& did_;
  const Grounds& grounds_;
  const Document& document_;
  std::vector<Conflict> all_;
  std::set<OpRef> told_;  ///< acts that some notice is about
  Paid paid_;
  std::vector<OpRef> paid_by_;
};

}  // namespace ward::merge
