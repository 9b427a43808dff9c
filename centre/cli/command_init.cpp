#include "centre/cli/commands.hpp"
#include "centre/founding.hpp"
#include "centre/unit_table.hpp"
#include "cli/secret.hpp"
#include "runtime/account.hpp"
#include "runtime/clock.hpp"
#include "runtime/command_line.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/entropy.hpp"
#include "runtime/trouble.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace ward::centre {
namespace {

constexpr std::size_t unit_table_bytes_max = 4 * 1024 * 1024;

/// The files that this run has written; they go again unless everything came to its end.
class Written {
 public:
  Written() = default;
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  ~Written() {
    for (const auto& path : paths_) ::unlink(path.c_str());
  }
  Result<void> write(const std::string& path, BytesView bytes) {
    WARD_CHECK(runtime::write_private_file(path, bytes, false));
    paths_.push_back(path);
    return {};
  }
  void keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

Result<std::string> found(const Common& common, const InitOptions& options) {
  WARD_TRY(const auto csv, runtime::read_file(options.units_file, unit_table_bytes_max));
  WARD_TRY(auto units, read_unit_table(csv));
  const auto is_centre = [](const policy::Unit& unit) { return unit.kind == "centre"; };
  if (std::none_of(units.begin(), units.end(), is_centre))
    return fail(Fault::invalid, "unit table: no unit is of the kind `centre`, whose people administer");
  const auto root_file = options.root_key_file.empty() ? root_key_beside(common.data) : options.root_key_file;
  if (!runtime::file_exists(common.data))
    for (const auto& path : {root_file, next_root_key(root_file)}) WARD_CHECK(cli::can_be_made(path));
  WARD_TRY(auto directory, runtime::DataDir::make(common.data));
  {
    const runtime::AsOwnerOf acting(common.data);
    WARD_CHECK(directory.lock(std::string(program) + " init"));
  }
  if (runtime::file_exists(directory.file("centre.db")))
    return fail(Fault::invalid,
                common.data + " holds a centre already; `wardsync-centre run` starts it. For another centre, name another --data");
  WARD_TRY(const auto founding, found_city(options.organisation, std::move(units), runtime::fill_random, runtime::read_clock().wall));

  Written written;
  WARD_CHECK(written.write(root_file, view(encode_root_key(founding.root, options.organisation, false))));
  WARD_CHECK(written.write(next_root_key(root_file), view(encode_root_key(founding.next_root, options.organisation, true))));
  const runtime::AsOwnerOf acting(common.data);  // the service's account, where there is one
  WARD_CHECK(written.write(directory.file("centre.key"), founding.keys.encode()));
  WARD_CHECK(storage::CentreStore::create(directory.file("centre.db"), founding.keys, founding.entries));
  written.keep();
  return root_file;
}

}  // namespace

int init(const Common& common, const InitOptions& options) {
  const auto root_file = found(common, options);
  if (root_file.has_error()) return runtime::report(program, runtime::trouble_of(root_file.error()));
  if (common.json)
    runtime::print_json(boost::json::object{{"organisation", options.organisation},
                                            {"data", common.data},
                                            {"root_key", *root_file},
                                            {"next_root_key", next_root_key(*root_file)}});
  if (!common.quiet) {
    std::fprintf(stderr, "%s is set up in %s.\n", options.organisation.c_str(), common.data.c_str());
    std::fprintf(stderr,
                 "The city's root keys are in\n  %s\n  %s.next\nMove each to a stick of its own, lock the sticks into two safes, and "
                 "delete both files here.\n",
                 root_file->c_str(), root_file->c_str());
    std::fprintf(stderr, "Next: %s run --data %s\n", program, common.data.c_str());
  }
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace ward::centre
