#include "storage/deadlines.hpp"

namespace ward::storage {
namespace {

std::uint64_t count_of(Query&& found) { return found.step() ? static_cast<std::uint64_t>(found.number(0)) : 0; }

std::uint64_t count_class(Store& store, const deadline::Range& range, std::string_view unit) {
  auto found = store.db.query("SELECT count(*) FROM dossier WHERE clock = ? AND due >= ? AND due < ? AND (? = '' OR unit = ?)");
  found.bind(std::string_view(deadline::name_of(range.clock))).bind(range.from).bind(range.before).bind(unit).bind(unit);
  return count_of(std::move(found));
}

}  // namespace

Result<DeadlineCounts> count_deadlines(Store& store, const deadline::Calendar& calendar, deadline::Moment now, std::string_view unit) {
  WARD_CHECK(settle(store));
  return store.db.read("count deadlines", [&]() -> Result<DeadlineCounts> {
    const auto count = [&](deadline::Class one) { return count_class(store, deadline::range_of(calendar, one, now), unit); };
    DeadlineCounts out;
    out.overdue = count(deadline::Class::overdue);
    out.today = count(deadline::Class::today);
    out.soon = count(deadline::Class::soon);
    out.waiting = count(deadline::Class::waiting);
    auto supplement = store.db.query("SELECT count(*) FROM dossier WHERE status = '5' AND clock = 'waiting' AND (? = '' OR unit = ?)");
    supplement.bind(unit).bind(unit);
    out.supplement = count_of(std::move(supplement));
    auto payment = store.db.query("SELECT count(*) FROM dossier WHERE status = '6' AND voided = 0 AND (? = '' OR unit = ?)");
    payment.bind(unit).bind(unit);
    out.payment = count_of(std::move(payment));
    return out;
  });
}

}  // namespace ward::storage
