#include "agent/api.hpp"
#include "agent/cli/commands.hpp"
#include "agent/connection.hpp"
#include "agent/files.hpp"
#include "agent/page_files.hpp"
#include "desk/audit.hpp"
#include "desk/tries_file.hpp"
#include "cli/log_in.hpp"
#include "runtime/events.hpp"
#include "runtime/http_server.hpp"
#include "runtime/account.hpp"
#include "runtime/json_input.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"
#include "runtime/loopback_token.hpp"
#include "runtime/machine.hpp"
#include "runtime/process.hpp"
#include "runtime/session_file.hpp"
#include "runtime/tasks.hpp"
#include "runtime/watchdog.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>

namespace ward::agent {
namespace {

using runtime::ExitCode;

constexpr std::chrono::seconds pulse{10};

/// Everything that runs, in the order in which it must be made, and so goes in the opposite one.
class Process {
 public:
  Process(storage::WardStore store, const std::string& data, const std::string& log) : ward_(std::move(store), data, io_.get_executor()) {
    ward_.log = log;
    api_.add_routes(router_);
    runtime::add_event_route(router_, ward_.events);
    runtime::add_session_routes(router_, server_.doorkeeper(), program, desk::page_watch(api_.site()));
    runtime::add_page_files(router_, page_files());
  }

  Result<void> open_doors(const runtime::DataDir& directory, const std::string& http) {
    if (!http.empty()) {
      WARD_TRY(const auto at, runtime::parse_host_port(http));
      WARD_TRY(auto token, runtime::loopback_token(directory));
      WARD_TRY(const auto port, server_.listen_loopback(at, std::move(token)));
      ward_.http = runtime::authority(at.host, port);
      runtime::keep_sessions(server_.doorkeeper().sessions, directory);
    }
    api_.keep_tries_in(desk::spare_tries_in(directory));
    return server_.listen_unix(directory.file("api.sock"));
  }

  Result<ExitCode> live() {
    desk::note_if_possible(api_.site(), audit::Kind::started, {}, {}, WARDSYNC_VERSION);
    ward_.keep_audit_end();
    tasks_.start(keep_link());
    tasks_.start(ward_.keep_merging());
    tasks_.start(server_.run());
    tasks_.start(await_signal());
    tasks_.start(beat());
    runtime::log_info(runtime::Happened::started);
    runtime::notify_service("READY=1");
    io_.run();
    runtime::notify_service("STOPPING=1");
    if (ward_.failure()) {
      runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(*ward_.failure())});
      return *ward_.failure();
    }
    runtime::log_info(runtime::Happened::stopping);
    return exit_;
  }

  void set_idle_lock(std::chrono::minutes idle) { api_.set_idle_lock(idle); }
  [[nodiscard]] const std::string& http() const noexcept { return ward_.http; }

 private:
  /// Ends when the store has failed, whoever noticed.
  asio::awaitable<void> keep_link() {
    using namespace asio::experimental::awaitable_operators;
    co_await (connection_.run() || ward_.failed());
    stop();
  }

  asio::awaitable<void> await_signal() {
    const auto signal = co_await runtime::wait_for_stop();
    if (signal == SIGINT) exit_ = ExitCode::interrupted;
    stop();
  }

  /// The service manager's watchdog, codes that could not be given before, and what a burst of work has taken goes back to the system.
  asio::awaitable<void> beat() {
    asio::steady_timer timer(io_.get_executor());
    const auto pause = runtime::watchdog_pause().value_or(pulse);
    while (true) {
      timer.expires_after(pause);
      co_await timer.async_wait(asio::use_awaitable);
      runtime::notify_service("WATCHDOG=1");
      ward_.give_official_codes(runtime::read_clock());
      ward_.keep_audit_end();
      runtime::give_memory_back();
    }
  }

  void stop() {
    server_.stop();
    tasks_.cancel();
  }

  asio::io_context io_{1};
  Ward ward_;
  runtime::Router router_;
  Api api_{ward_};
  runtime::HttpServer server_{io_.get_executor(), router_};
  Connection connection_{ward_, io_.get_executor()};
  runtime::Tasks tasks_{io_.get_executor()};
  ExitCode exit_ = ExitCode::done;
};

Result<ExitCode> serve(const Common& common, const RunOptions& options) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(const auto idle_lock, runtime::number_of(options.idle_lock, "idle_lock_minutes", 1, cli::idle_lock_setting.most));
  WARD_TRY(const auto keep_records, runtime::number_of(options.keep_records, "keep_records_days", 1, keep_records_days_max));
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " run"));
  if (!options.log.empty()) WARD_CHECK(runtime::log_into(options.log));
  // Where it cannot be sealed, as on a full disk, the desk works all the same; `doctor` says that it lies plain.
  (void)seal_plain_keys(directory);
  WARD_TRY(auto store, open_store(directory, passphrase_of(common, options.passphrase_file), storage::OpenMode::read_write));
  store.set_keep_plan({.rest = std::chrono::days(keep_records)});
  const auto unit = store.membership().unit;
  Process process(std::move(store), common.data, options.log);
  process.set_idle_lock(std::chrono::minutes(idle_lock));
  WARD_CHECK(process.open_doors(directory, options.http));
  if (!common.quiet)
    runtime::say(std::string(program) + " " WARDSYNC_VERSION ": a PC of " + unit + "; its API is at " + directory.file("api.sock") +
                 (process.http().empty() ? "" : " and http://" + process.http()));
  return process.live();
}

}  // namespace

int report_data(const Common& common, const Error& error) {
  if (error.fault != Fault::not_found) return runtime::report(program, trouble_of_data(error));
  return runtime::report(program,
                         {"not_enrolled",
                          ExitCode::refused,
                          403,
                          common.data + " holds no ward PC.",
                          "Nothing was changed.",
                          "Enrol it: wardsync enrol --ticket FILE --data " + common.data + "; or name another directory with --data.",
                          {}});
}

int run(const Common& common, const RunOptions& options) {
  runtime::keep_memory_small();
  return runtime::run_daemon([&] {
    const auto exit = serve(common, options);
    if (exit.has_value()) return static_cast<int>(*exit);
    const auto code = report_data(common, exit.error());
    // A start that finds the same again helps nobody: the service manager is told not to try (RestartPreventExitStatus).
    return exit.error().fault == Fault::invalid ? static_cast<int>(ExitCode::refused) : code;
  });
}

}  // namespace ward::agent
