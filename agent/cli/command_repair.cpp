#include "agent/cli/commands.hpp"
#include "agent/files.hpp"
#include "runtime/account.hpp"
#include "runtime/clock.hpp"
#include "storage/dossiers.hpp"

#include <algorithm>

namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::print;

/// Nothing: the data is whole.
Result<std::optional<Repaired>> repair_in(const Common& common, const std::string& passphrase_file) {
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " repair"));
  const auto ask = passphrase_of(common, passphrase_file);
  const auto whole = [&]() -> Result<bool> {
    WARD_TRY(auto store, open_store(directory, ask, storage::OpenMode::read_only));
    WARD_TRY(const auto found, storage::verify_store(store.store()));
    // What is wrong with the audit log only, no other file mends.
    return std::all_of(found.damage.begin(), found.damage.end(), [](const auto& line) { return line.starts_with("audit log:"); });
  }();
  if (whole.has_value() && *whole) return std::optional<Repaired>{};
  // Nothing but damage is mended here: not a missing key, nor a newer version's file.
  if (whole.has_error() && whole.error().fault != Fault::storage_damaged && whole.error().fault != Fault::storage_failed)
    return whole.error();
  WARD_TRY(auto repaired, repair_store(directory, ask, runtime::read_clock()));
  return std::optional(std::move(repaired));
}

json::object json_of(const Repaired& repaired) {
  const auto& done = repaired.done;
  json::array lost_of;
  for (const auto& did : done.lost_of) lost_of.emplace_back("id:" + hex(did.view()));
  return {{"damaged", true},
          {"segments", done.segments},
          {"records", done.records},
          {"fetched_again", done.fetched_again},
          {"from_beginning", done.from_beginning},
          {"saved_again", done.saved_again},
          {"lost", done.lost},
          {"lost_of", std::move(lost_of)},
          {"kept", repaired.kept}};
}

void tell(const Repaired& repaired) {
  const auto& done = repaired.done;
  print("The data was damaged. " + std::to_string(done.records) + " records in " + std::to_string(done.segments) +
        " segments verify and were carried into a new file.\n");
  if (done.from_beginning)
    print("What is missing cannot be told, so the centre is asked for everything; what is here already is kept.\n");
  else if (done.fetched_again > 0)
    print(std::to_string(done.fetched_again) + " segments come again from the centre.\n");
  if (done.saved_again > 0)
    print(std::to_string(done.saved_again) +
          " changes that the centre does not have yet were saved anew; where others wrote meanwhile, people may be asked, and what the "
          "centre had got after all is there twice.\n");
  print("The damaged file is kept as " + repaired.kept + "\n");
  if (done.lost == 0) return;
  print("LOST: " + std::to_string(done.lost) + " records were saved here only, and cannot be read or carried over.\n");
  for (const auto& did : done.lost_of) print("  they were of dossier id:" + hex(did.view()) + "\n");
}

}  // namespace

int repair(const Common& common, const std::string& passphrase_file) {
  const runtime::AsOwnerOf acting(common.data);
  const auto done = repair_in(common, passphrase_file);
  if (done.has_error()) {
    auto trouble = trouble_of_data(done.error());
    if (done.error().fault == Fault::storage_damaged)
      trouble.remedy =
          "Copy the data directory away, and enrol this PC anew in an empty one, with a new ticket: what the centre has receipted comes "
          "back.";
    return runtime::report(program, trouble);
  }
  if (common.json)
    runtime::print_json(*done ? json_of(**done) : json::object{{"damaged", false}});
  else if (*done)
    tell(**done);
  else
    print("Nothing is damaged; nothing was changed.\n");
  const bool lost = *done && (*done)->done.lost > 0;
  return static_cast<int>(lost ? runtime::ExitCode::damage_found : runtime::ExitCode::done);
}

}  // namespace ward::agent
