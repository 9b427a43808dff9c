#include "storage/figures.hpp"

#include "storage/merged.hpp"

#include <map>

namespace ward::storage {
namespace {

void add(UnitFigures& to, const course::Row& row, deadline::Moment now) {
  to.punctuality.add(course::course_of(row), now);
  to.share.add(course::lodged_of(row));
  if (row.apologies > 0) ++to.apologised;
}

void add(UnitFigures& to, const UnitFigures& other) {
  to.punctuality.add(other.punctuality);
  to.share.add(other.share);
  to.apologised += other.apologised;
}

}  // namespace

Result<Figures> figures_of(Store& store, const Period& period, const UnitCode& unit, deadline::Moment now) {
  WARD_CHECK(settle(store));
  return store.db.read("figures", [&]() -> Result<Figures> {
    std::map<UnitCode, UnitFigures> by_unit;
    auto found = store.db.query("SELECT d.unit, " WARD_COURSE_COLUMNS
                                " FROM dossier d WHERE d.received >= ? AND d.received < ? AND (? = '' OR d.unit = ?)");
    found.bind(period.from).bind(period.before).bind(unit).bind(unit);
    while (found.step()) {
      const auto row = course_row(found, 1);
      if (!row.voided) add(by_unit[found.text(0)], row, now);
    }
    Figures out;
    for (auto& [code, figures] : by_unit) {
      figures.unit = code;
      add(out.total, figures);
      out.units.push_back(std::move(figures));
    }
    return out;
  });
}

}  // namespace ward::storage
