#include "centre/cli/client.hpp"
#include "cli/calendar.hpp"
#include "runtime/data_dir.hpp"

namespace ward::centre {
namespace {

constexpr std::size_t file_bytes_max = 256 * 1024;

}  // namespace

int calendar_show(const Common& common, int year, bool csv) {
  auto shape = common;
  shape.json = false;
  return call_and_show(shape, "GET", "/v1/calendar", {}, [&](const boost::json::value& calendar) {
    if (common.json)
      runtime::print_json(cli::calendar_of(calendar, year));
    else if (csv)
      runtime::print(cli::calendar_csv(calendar, year));
    else
      cli::show_calendar(calendar, year);
  });
}

int calendar_set(const Common& common, const std::string& file) {
  const auto csv = runtime::read_file(file, file_bytes_max);
  if (csv.has_error()) return runtime::report(program, runtime::trouble_of(csv.error()));
  return call_and_show(common, "PUT", "/v1/calendar", {{"csv", *csv}}, [](const boost::json::value& calendar) {
    cli::show_calendar(calendar, 0);
    runtime::say("Each PC learns of it when it calls. Appointments that were given stay as they are; those on a day off say so.");
  });
}

}  // namespace ward::centre
