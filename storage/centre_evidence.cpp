#include "storage/evidence.hpp"

namespace ward::storage {

Result<evidence::Evidence> evidence_of(CentreStore& centre, const Did& did, WallTime now) {
  auto& store = centre.store();
  return store.db.read("evidence", [&]() -> Result<evidence::Evidence> {
    WARD_TRY(auto out, gather_evidence(store, did));
    const auto view = centre.log_view(now);
    evidence::SignedReceipt receipt;
    receipt.receipt.org = store.org;
    receipt.receipt.role = log::Role::registry;
    receipt.receipt.centre = view.centre;
    receipt.receipt.size = view.size;
    receipt.receipt.root = view.root;
    receipt.receipt.time = view.time;
    receipt.receipt.archived = view.archived;
    receipt.signature = log::sign(receipt.receipt, centre.keys().receipt);
    out.receipts.push_back(receipt);
    std::vector<Hash> leaves;
    auto found = store.db.query("SELECT hash, stamp_ms FROM segment WHERE stamp_index IS NOT NULL ORDER BY stamp_index");
    while (found.step()) leaves.push_back(log::leaf_of(found.fixed<Hash>(0), {found.number(1)}));
    if (leaves.size() != view.size) throw Failure{{Fault::storage_damaged, "the log and its size differ"}};
    const auto leaf_at = [&](std::uint64_t index) { return leaves[static_cast<std::size_t>(index)]; };
    for (auto& segment : out.segments)
      if (segment.stamp) segment.cover = evidence::Cover{0, log::inclusion_path(leaf_at, segment.stamp->index, view.size), false};
    return out;
  });
}

}  // namespace ward::storage
