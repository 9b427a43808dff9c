#include "cli/doctor.hpp"
#include "cli/examine.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/dossier_json.hpp"
#include "tests/support/temporary.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>

using namespace ward;
using namespace ward::cli;
using ward::test::Temporary;

namespace {

Examination with(const std::function<void(Examination&)>& examine) {
  Examination out;
  examine(out);
  return out;
}

WallTime now() { return {std::int64_t{std::time(nullptr)} * 1000}; }

void write(const std::string& path, mode_t mode) {
  std::ofstream(path) << "x";
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("doctor: every code is of one finding, and says what, why and what to do") {
  std::set<std::string> codes;
  for (const auto& entry : catalogue()) {
    INFO(entry.code);
    CHECK(codes.insert(entry.code).second);
    CHECK(&entry_of(entry.finding) == &entry);
    for (const auto* text : {entry.what, entry.cause, entry.remedy}) CHECK(std::string_view(text).size() > 10);
  }
  CHECK(codes.size() == static_cast<std::size_t>(Finding::credential_closed) + 1);
}

TEST_CASE("doctor: docs/doctor.md lists the catalogue, all of it and word for word") {
  const auto page = runtime::read_file("docs/doctor.md", 1024 * 1024).value();
  std::size_t headings = 0;
  for (auto at = page.find("\n## WS-D"); at != std::string::npos; at = page.find("\n## WS-D", at + 1)) ++headings;
  CHECK(headings == catalogue().size());
  for (const auto& entry : catalogue()) {
    INFO(entry.code);
    const auto at = page.find(std::string("\n## ") + entry.code + " · " + entry.what + "\n");
    REQUIRE(at != std::string::npos);
    const auto section = page.substr(at, page.find("\n## ", at + 1) - at);
    CHECK(section.find(std::string("Cause: ") + entry.cause + "\n") != std::string::npos);
    CHECK(section.find(std::string("To do: ") + entry.remedy + "\n") != std::string::npos);
    CHECK(section.find(entry.gravity == Gravity::notice   ? "exit 0"
                       : entry.gravity == Gravity::damage ? "exit 5"
                                                          : "exit 1") != std::string::npos);
  }
}

TEST_CASE("doctor: the exit code is that of the worst finding; a notice is none") {
  CHECK(Examination().exit_code() == 0);
  Examination one;
  one.well("a", "");
  one.skipped("b", "");
  one.found("c", Finding::proxy_set, "");
  CHECK(one.exit_code() == 0);
  one.found("d", Finding::disk_low, "");
  CHECK(one.exit_code() == 1);
  one.found("e", Finding::database_damaged, "");
  one.found("f", Finding::clock_wrong, "");
  CHECK(one.exit_code() == 5);
}

TEST_CASE("doctor: the same is told to people and to programs") {
  Examination one;
  one.well("clock", "fine");
  one.skipped("ticket", "none");
  one.found("disk", Finding::disk_low, "7 MB free");
  const auto json = one.json();
  CHECK_FALSE(json.at("ok").as_bool());
  const auto& checks = json.at("checks").as_array();
  REQUIRE(checks.size() == 3);
  CHECK(checks[0].at("state") == "well");
  CHECK(checks[1].at("state") == "skipped");
  CHECK(checks[2].at("state") == "problem");
  CHECK(checks[2].at("code") == "WS-D005");
  CHECK(checks[2].at("remedy") == entry_of(Finding::disk_low).remedy);
  const auto text = one.text();
  CHECK(text.find("NOT OK  disk    WS-D005: 7 MB free\n") != std::string::npos);
  CHECK(text.find(std::string("To do: ") + entry_of(Finding::disk_low).remedy) != std::string::npos);
}

TEST_CASE("doctor: a data directory is there, its account's alone, and writable") {
  const Temporary here;
  CHECK(with([&](auto& to) { CHECK_FALSE(examine_directory(to, here.file("none"))); }).has(Finding::data_missing));
  write(here.file("file"), 0600);
  CHECK(with([&](auto& to) { CHECK_FALSE(examine_directory(to, here.file("file"))); }).has(Finding::data_missing));
  std::filesystem::create_directory(here.file("data"));
  for (const auto& [mode, open] : {std::pair{0700, false}, {0750, false}, {0755, true}, {0770, true}, {0701, true}}) {
    INFO(mode);
    REQUIRE(::chmod(here.file("data").c_str(), static_cast<mode_t>(mode)) == 0);
    CHECK(with([&](auto& to) { CHECK(examine_directory(to, here.file("data"))); }).has(Finding::data_open) == open);
  }
}

TEST_CASE("doctor: a key file that others may read, or that is missing, is found") {
  const Temporary here;
  CHECK(with([&](auto& to) { CHECK_FALSE(examine_key_file(to, here.file("device.key"))); }).has(Finding::key_missing));
  write(here.file("device.key"), 0640);
  CHECK(with([&](auto& to) { CHECK(examine_key_file(to, here.file("device.key"))); }).has(Finding::key_open));
  write(here.file("device.key"), 0600);
  CHECK(with([&](auto& to) { CHECK(examine_key_file(to, here.file("device.key"))); }).exit_code() == 0);
}

TEST_CASE("doctor: a clock is wrong when files come from its future, or when no clock can be right") {
  const Temporary here;
  write(here.file("ticket"), 0600);
  const auto judged = [&](WallTime at) { return with([&](auto& to) { examine_clock(to, at, {here.file("ticket"), here.file("none")}); }); };
  CHECK_FALSE(judged(now()).has(Finding::clock_wrong));
  CHECK_FALSE(judged({now().ms - 4 * 60'000}).has(Finding::clock_wrong));
  CHECK(judged({now().ms - 6 * 60'000}).has(Finding::clock_wrong));
  CHECK_FALSE(judged({now().ms + 400LL * 86'400'000}).has(Finding::clock_wrong));
  CHECK(judged({0}).has(Finding::clock_wrong));
  CHECK(judged({clock_latest.ms + 1}).has(Finding::clock_wrong));
  CHECK(with([&](auto& to) { examine_clock(to, now(), {}); }).exit_code() == 0);
}

TEST_CASE("doctor: how far a clock is off, in words") {
  CHECK_FALSE(clock_off_by(0));
  CHECK_FALSE(clock_off_by(-300'000));
  CHECK(clock_off_by(301'000) == "5 minutes ahead");
  CHECK(clock_off_by(-7'300'000) == "2 hours behind");
}

TEST_CASE("doctor: proxies are named, their values never told") {
  const auto set = with([](auto& to) {
    examine_proxies(
        to, [](const char* name) -> const char* { return std::string_view(name) == "https_proxy" ? "http://lan:secret@p:1" : nullptr; });
  });
  CHECK(set.has(Finding::proxy_set));
  CHECK(set.text().find("https_proxy") != std::string::npos);
  CHECK(boost::json::serialize(set.json()).find("secret") == std::string::npos);
  CHECK_FALSE(with([](auto& to) { examine_proxies(to, [](const char*) { return ""; }); }).has(Finding::proxy_set));
}

TEST_CASE("doctor: a journal that only grows is noticed") {
  const Temporary here;
  CHECK_FALSE(with([&](auto& to) { examine_journal(to, here.file("a.db")); }).has(Finding::journal_large));
  write(here.file("a.db-wal"), 0600);
  std::filesystem::resize_file(here.file("a.db-wal"), journal_max_bytes + 1);
  CHECK(with([&](auto& to) { examine_journal(to, here.file("a.db")); }).has(Finding::journal_large));
}

TEST_CASE("doctor: a log needs its directory; none is fine") {
  const Temporary here;
  CHECK(with([&](auto& to) { examine_log(to, here.file("none/a.log")); }).has(Finding::log_unwritable));
  CHECK(with([&](auto& to) { examine_log(to, here.file("a.log")); }).exit_code() == 0);
  CHECK(with([&](auto& to) { examine_log(to, ""); }).text().empty());
}

TEST_CASE("doctor: a port is free or taken, an address is one or is not") {
  CHECK(with([](auto& to) { examine_port_free(to, "page's port", "127.0.0.1:0"); }).exit_code() == 0);
  CHECK(with([](auto& to) { examine_port_free(to, "page's port", "192.0.2.1:80"); }).has(Finding::port_taken));
  for (const auto* junk : {"", "127.0.0.1", "name:80", "127.0.0.1:99999"}) {
    INFO(junk);
    CHECK(with([&](auto& to) { examine_port_free(to, "page's port", junk); }).has(Finding::config_broken));
  }
}

TEST_CASE("doctor: a centre that nobody can reach, by name or by port") {
  CHECK(with([](auto& to) { examine_centre(to, "no-such-host.invalid:7400"); }).has(Finding::name_unknown));
  CHECK(with([](auto& to) { examine_centre(to, "127.0.0.1:1"); }).has(Finding::port_unreachable));
  CHECK(with([](auto& to) { examine_centre(to, "nothing"); }).has(Finding::name_unknown));
}

TEST_CASE("doctor: times are read as they are written, and nothing else is one") {
  for (const std::int64_t ms : {1'795'000'000'000, 1'577'836'800'000, 951'782'400'000}) CHECK(time_of(runtime::time_text({ms})).ms == ms);
  for (const auto* junk : {"", "-", "2026-02-30T00:00:00+07:00", "2026-11-24", "yesterday", "2026-11-24T25:00:00+07:00"})
    CHECK(time_of(junk).ms == 0);
}

TEST_CASE("doctor: a backup is fresh, old, or was never made; a centre that does not say is not asked") {
  const auto judged = [](const std::string& keeping) {
    return with([&](auto& to) { examine_backup(to, boost::json::parse(keeping), {1'795'489'200'000}); });
  };
  CHECK(judged(R"({"backup": {"at": "2026-11-18T10:00:00+07:00"}})").exit_code() == 0);
  CHECK(judged(R"({"backup": {"at": "2026-11-16T10:00:00+07:00"}})").has(Finding::backup_old));
  CHECK(judged(R"({"backup": null})").has(Finding::backup_missing));
  CHECK(judged(R"({"backup": {"at": 7}})").exit_code() == 0);
  for (const auto* other : {"{}", "null", "[]"}) CHECK(judged(other).text().empty());
}
