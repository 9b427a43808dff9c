#pragma once

#include "storage/store.hpp"

#include <map>

/// What a repair carries over as it stands, beside records, segments and keys.
namespace ward::storage {

/// Roots, kept receipts, PINs, answers to repeated requests, the audit log: what can be read of them. `writers`: rows of the old file → of
/// the new one. Inside a transaction of the new one.
void carry_tables(Store& from, Store& to, const std::map<std::int64_t, std::int64_t>& writers);

}  // namespace ward::storage
