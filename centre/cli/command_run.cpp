#include "centre/api.hpp"
#include "centre/cli/commands.hpp"
#include "centre/files.hpp"
#include "centre/hub.hpp"
#include "centre/page_files.hpp"
#include "desk/audit.hpp"
#include "desk/tries_file.hpp"
#include "cli/log_in.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/events.hpp"
#include "runtime/http_server.hpp"
#include "runtime/json_input.hpp"
#include "runtime/account.hpp"
#include "runtime/loopback_token.hpp"
#include "runtime/log.hpp"
#include "runtime/machine.hpp"
#include "runtime/session_file.hpp"
#include "runtime/watchdog.hpp"

#include <boost/asio/io_context.hpp>

#include <csignal>
#include <cstdio>

namespace ward::centre {
namespace {

using runtime::ExitCode;

/// Everything that runs, in the order in which it must be made, and so goes in the opposite one.
struct Daemon {
  Daemon(storage::CentreStore& store, Served at) : served(std::move(at)), hub(context.get_executor(), store), api(store, hub, served) {
    api.add_routes(router);
    runtime::add_event_route(router, hub.events);
    runtime::add_session_routes(router, http.doorkeeper(), program, desk::page_watch(api.site()));
    runtime::add_page_files(router, page_files());
  }

  Result<void> open_doors(const RunOptions& options, const runtime::DataDir& directory) {
    WARD_TRY(const auto listen, runtime::parse_host_port(options.listen));
    WARD_TRY(const auto port, hub.listen(listen));
    served.listen = runtime::authority(listen.host, port);
    if (!options.http.empty()) {
      WARD_TRY(const auto loopback, runtime::parse_host_port(options.http));
      WARD_TRY(auto token, runtime::loopback_token(directory));
      WARD_TRY(const auto http_port, http.listen_loopback(loopback, std::move(token)));
      served.http = runtime::authority(loopback.host, http_port);
      runtime::keep_sessions(http.doorkeeper().sessions, directory);
    }
    return http.listen_unix(directory.file("api.sock"));
  }

  asio::awaitable<void> serve_links() {
    fatal = co_await hub.run();
    stop();
  }

  asio::awaitable<void> await_signal() {
    const auto signal = co_await runtime::wait_for_stop();
    exit = signal == SIGINT ? ExitCode::interrupted : ExitCode::done;
    stop();
  }

  /// The service manager's watchdog.
  static asio::awaitable<void> beat(std::chrono::milliseconds pause) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (true) {
      timer.expires_after(pause);
      co_await timer.async_wait(asio::use_awaitable);
      runtime::notify_service("WATCHDOG=1");
    }
  }

  void stop() {
    hub.stop();
    http.stop();
    tasks.cancel();
  }

  asio::io_context context{1};
  Served served;
  Hub hub;
  runtime::Router router;
  Api api;
  runtime::HttpServer http{context.get_executor(), router};
  runtime::Tasks tasks{context.get_executor()};
  std::optional<Error> fatal;
  ExitCode exit = ExitCode::done;
};

Result<storage::CodePlan> code_plan_of(const RunOptions& options) {
  storage::CodePlan out;
  WARD_TRY(const auto serials, runtime::number_of(options.codes_per_day, "codes_per_day", 1, storage::CodePlan::serials_max));
  WARD_TRY(const auto days, runtime::number_of(options.codes_days, "codes_days", 1, policy::code_block_days_max));
  out.serials = static_cast<std::uint32_t>(serials);
  out.days = static_cast<int>(days);
  return out;
}

Result<ExitCode> serve(const Common& common, const RunOptions& options) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(const auto idle_lock, runtime::number_of(options.idle_lock, "idle_lock_minutes", 1, cli::idle_lock_setting.most));
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " run"));
  if (!options.log.empty()) WARD_CHECK(runtime::log_into(options.log));
  WARD_TRY(const auto plan, code_plan_of(options));
  WARD_CHECK(runtime::shred_leftovers(key_file_in(directory)));
  const auto ask = cli::passphrase_of(common, options.passphrase_file);
  WARD_TRY(auto store, open_store(directory, ask, storage::OpenMode::read_write));
  store.set_code_plan(plan);
  WARD_CHECK(store.keep_codes_by(beside(directory, code_mark_file)));
  Daemon daemon(store, {common.data, {}, {}, options.log});
  daemon.api.set_idle_lock(std::chrono::minutes(idle_lock));
  daemon.api.keep_tries_in(desk::spare_tries_in(directory));
  daemon.api.keep_keys_by(keep_keys_in(directory, ask));
  WARD_CHECK(daemon.open_doors(options, directory));
  desk::note_if_possible(daemon.api.site(), audit::Kind::started, {}, {}, WARDSYNC_VERSION);
  daemon.hub.keep_audit_end();
  if (!common.quiet)
    std::fprintf(stderr, "%s %s: wards call %s; administrators use %s%s%s\n", program, WARDSYNC_VERSION, daemon.served.listen.c_str(),
                 directory.file("api.sock").c_str(), daemon.served.http.empty() ? "" : " and http://", daemon.served.http.c_str());
  daemon.tasks.start(daemon.serve_links());
  daemon.tasks.start(daemon.http.run());
  daemon.tasks.start(daemon.await_signal());
  if (const auto pause = runtime::watchdog_pause()) daemon.tasks.start(Daemon::beat(*pause));
  runtime::log_info(runtime::Happened::started);
  runtime::notify_service("READY=1");
  daemon.context.run();
  runtime::notify_service("STOPPING=1");
  if (daemon.fatal) runtime::log_warning(runtime::Happened::storage_failed, {runtime::Field::error(*daemon.fatal)});
  runtime::log_info(runtime::Happened::stopping);
  if (daemon.fatal) return *daemon.fatal;
  return daemon.exit;
}

runtime::Trouble trouble_at_start(const Common& common, const Error& error) {
  auto out = trouble_of_data(error);
  // A start that finds the same again helps nobody: the service manager is told not to try (RestartPreventExitStatus).
  if (error.fault == Fault::invalid) out.exit = ExitCode::refused;
  if (error.fault != Fault::not_found) return out;
  return {"not_initialised",
          ExitCode::refused,
          403,
          common.data + " holds no centre.",
          runtime::nothing_changed,
          "Make it: wardsync-centre init --org NAME --units FILE.csv --data " + common.data + "; or name another directory with --data.",
          {}};
}

}  // namespace

int run(const Common& common, const RunOptions& options) {
  const auto exit = serve(common, options);
  return exit.has_error() ? runtime::report(program, trouble_at_start(common, exit.error())) : static_cast<int>(*exit);
}

}  // namespace ward::centre
