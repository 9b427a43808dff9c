#pragma once

#include "protocol/base/ids.hpp"
#include "protocol/record/change.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What officials write, on its way into a site's store.
namespace ward::storage {

struct NewChange {
  record::Change change;   ///< `seen` as the writer saw it; empty with `did`: the heads held now
  std::optional<Did> did;  ///< none: a new dossier
};
struct Saved {
  Did did;
  Position position;  ///< of the change; of its last part where a large new dossier takes several records
  bool clock_believed = true;
  std::string code;          ///< that this PC gave with it; empty: none
  bool provisional = false;  ///< that code is not the official one
};

/// Work in the transaction of the changes, after them: both are saved, or neither.
using AlsoSave = std::function<void(const std::vector<Saved>&)>;

}  // namespace ward::storage
