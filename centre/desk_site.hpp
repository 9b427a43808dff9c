#pragma once

#include "centre/hub.hpp"
#include "desk/site.hpp"

namespace ward::centre {

/// What the centre's own officials write goes straight into the log, and on to the wards.
class DeskSite : public desk::Site {
 public:
  DeskSite(storage::CentreStore& store, Hub& hub, const std::function<Now()>& clock) : store_(store), hub_(hub), clock_(clock) {}
  [[nodiscard]] storage::Store& store() override { return store_.store(); }
  [[nodiscard]] Now now() override { return clock_(); }
  [[nodiscard]] Result<storage::Author> author() override;
  [[nodiscard]] Result<std::vector<storage::Saved>> save(const std::vector<storage::NewChange>& changes, Now now,
                                                         const storage::AlsoSave& also) override;
  [[nodiscard]] bool believes(Now now) override { return storage::is_plausible(now.wall); }
  [[nodiscard]] Result<audit::Export> export_audit(std::uint64_t from) override;

 private:
  storage::CentreStore& store_;
  Hub& hub_;
  const std::function<Now()>& clock_;
};

}  // namespace ward::centre
