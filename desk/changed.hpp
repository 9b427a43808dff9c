#pragma once

#include "protocol/merge/merge.hpp"

#include <boost/json/array.hpp>

namespace ward::desk {

/// What differs between two states of one dossier, as rows {`field`, `before`, `after`}: null where there is nothing. A field is named as
/// people name it (`TaiLieuNop/cccd/TenTepDinhKem`); an element that came or went is one row; who holds the dossier is `BanGiao`.
[[nodiscard]] boost::json::array changes_between(const merge::DossierState& before, const merge::DossierState& after);

}  // namespace ward::desk
