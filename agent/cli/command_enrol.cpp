#include "agent/cli/commands.hpp"
#include "agent/files.hpp"
#include "cli/doctor.hpp"
#include "cli/secret.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/engine/enrol_engine.hpp"
#include "protocol/text/text.hpp"
#include "protocol/ticket/scanned.hpp"
#include "runtime/account.hpp"
#include "runtime/drive.hpp"
#include "runtime/entropy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/host_name.hpp>

#include <unistd.h>

namespace ward::agent {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace asio::experimental::awaitable_operators;
using engine::enrol::EnrolEngine;
using engine::enrol::Enrolled;
using engine::enrol::Event;
using runtime::ExitCode;
using runtime::Trouble;

constexpr std::chrono::seconds dial_max{20};
constexpr std::chrono::seconds exchange_max{120};

/// What people call this PC: one line of at most 64 bytes.
Result<std::string> label_of(const std::string& wanted) {
  boost::system::error_code unknown;
  if (wanted.empty()) return asio::ip::host_name(unknown).substr(0, limits::name_bytes_max);
  return text::to_line("--label", wanted, limits::name_bytes_max);
}

asio::awaitable<Error> exchange(runtime::Link& link, EnrolEngine& engine, const storage::WardKeys& keys, std::optional<Enrolled>& done) {
  auto perform = [&](Enrolled result, Now) -> std::optional<Event> {
    done = std::move(result);
    link.close();
    return std::nullopt;
  };
  auto outside = [] { return std::optional<Event>(); };
  const auto entropy = runtime::hedged_random("wsync-eph", keys.hedge);
  asio::steady_timer timer(co_await asio::this_coro::executor, exchange_max);
  auto ended = co_await (runtime::drive<Event>(link, engine, entropy, perform, outside) || timer.async_wait(asio::use_awaitable));
  if (ended.index() == 1) co_return fail(Fault::timeout, "enrolling");
  co_return std::get<0>(std::move(ended));
}

const std::string& address_of(const ticket::Given& given) {
  return std::visit([](const auto& ticket) -> const std::string& { return ticket.address; }, given);
}

asio::awaitable<void> call_centre(const ticket::Given& given, const storage::WardKeys& keys, std::string label, Result<Enrolled>& out) {
  auto address = runtime::parse_host_port(address_of(given));
  if (address.has_error()) {
    out = address.error();
    co_return;
  }
  auto socket = co_await runtime::dial(*std::move(address), dial_max);
  if (socket.has_error()) {
    out = socket.error();
    co_return;
  }
  runtime::tune(*socket, runtime::ward_unacknowledged_max);
  runtime::Link link(*std::move(socket));
  EnrolEngine engine(given, keys.device, std::move(label));
  std::optional<Enrolled> done;
  const auto reason = co_await exchange(link, engine, keys, done);
  if (done) {
    out = *std::move(done);
  } else if (reason.fault == Fault::io) {
    out = fail(Fault::io, address_of(given) +
                              " hung up before it answered: another city's centre, one that does not know this ticket, or none at all");
  } else {
    out = reason;
  }
}

Result<Enrolled> call(const ticket::Given& given, const storage::WardKeys& keys, const std::string& label) {
  asio::io_context io(1);
  Result<Enrolled> out = fail(Fault::io, "enrolling");
  std::exception_ptr thrown;
  asio::co_spawn(io, call_centre(given, keys, label, out), [&](std::exception_ptr what) { thrown = what; });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return out;
}

/// Of a whole ticket that was used, the centre is asked who did.
Result<Enrolled> enrol_at_centre(const ticket::Given& given, const storage::WardKeys& keys, const std::string& label) {
  auto out = call(given, keys, label);
  const auto* whole = std::get_if<ticket::Ticket>(&given);
  if (whole == nullptr || out.has_value() || out.error().fault != Fault::ticket_used) return out;
  auto told = call(ticket::Typed{whole->secret, whole->address}, keys, label);
  return told.has_error() && told.error().fault == Fault::ticket_used ? told : out;
}

/// An enrolled PC stays what it is; nothing when this is a new one.
std::optional<Trouble> enrolled_already(const Common& common, const EnrolOptions& options, const runtime::DataDir& directory,
                                        const ticket::Given& given) {
  if (!runtime::file_exists(directory.file(database_file))) return std::nullopt;
  const auto store = open_store(directory, passphrase_of(common, options.passphrase_file), storage::OpenMode::read_only);
  if (store.has_error()) return trouble_of_data(store.error());
  const auto& membership = store->membership();
  if (const auto* ticket = std::get_if<ticket::Ticket>(&given); ticket != nullptr && membership.org != ticket->org)
    return runtime::trouble_of(fail(Fault::wrong_organisation, directory.path() + " holds a PC of one city, the ticket is of another"));
  return Trouble{"enrolled_already",
                 ExitCode::refused,
                 409,
                 "This PC is enrolled already, for unit " + membership.unit + ".",
                 "Nothing was changed, and the ticket was not used.",
                 "Start it: wardsync run --data " + directory.path() + "; or name an empty directory with --data.",
                 {}};
}

storage::Membership membership_of(const ticket::Ticket& ticket, const storage::WardKeys& keys, const Enrolled& enrolled) {
  return {ticket.org,          ticket.root, ticket.centre_static, ticket.address, crypto::device_of(crypto::public_of(keys.device.sign)),
          enrolled.answer.unit};
}

int told(const Common& common, const storage::Membership& membership, const Enrolled& enrolled) {
  if (common.json) {
    runtime::print_json(json::object{{"device", hex(membership.device.view())},
                                     {"unit", membership.unit},
                                     {"fingerprint", enrolled.fingerprint},
                                     {"approved", enrolled.answer.approved}});
  } else if (!common.quiet) {
    runtime::say("This PC is device " + hex(membership.device.view()) + " of unit " + membership.unit + ".");
    runtime::say(enrolled.answer.approved
                     ? "It is approved. Start it: wardsync run --data " + common.data
                     : "It waits for the administrator's approval (wardsync-centre device approve), without keys until then.\n"
                       "Start it now: wardsync run --data " +
                           common.data + "; it goes on by itself once it is approved.");
  }
  return static_cast<int>(ExitCode::done);
}

/// A person compares the digits here, or the administrator does before he approves; a PC that is approved already and asks nobody is a
/// person's decision.
bool compared(const Common& common, const EnrolOptions& options, const Enrolled& enrolled) {
  if (!common.quiet || !options.compared)
    runtime::say("The centre's screen must show the same 30 digits as this one:\n\n    " + enrolled.fingerprint + "\n");
  if (options.compared) return true;
  if (common.no_input || !runtime::is_terminal(STDIN_FILENO)) return !enrolled.answer.approved;
  return runtime::confirmed("Does it?");
}

int join(const Common& common, const EnrolOptions& options, const runtime::DataDir& directory, const ticket::Given& given,
         const std::string& label) {
  const auto warn = [](const Error& why) {
    runtime::say("Warning: nothing but their file's mode keeps this PC's keys: " + why.detail + ".\n" +
                 cli::entry_of(cli::Finding::credential_closed).remedy);
  };
  auto keys = keys_of(directory, passphrase_of(common, options.passphrase_file), warn);
  if (keys.has_error()) return runtime::report(program, trouble_of_data(keys.error()));
  const auto enrolled = enrol_at_centre(given, *keys, label);
  if (enrolled.has_error()) return runtime::report(program, runtime::trouble_of(enrolled.error()));
  if (!compared(common, options, *enrolled))
    return runtime::report(program, {"not_compared",
                                     ExitCode::person_must_decide,
                                     409,
                                     "The 30 digits were not compared, or differ.",
                                     "Nothing was stored but this device's keys; the same ticket works again for this PC.",
                                     "If they differ, call the centre. Otherwise enrol again; --yes says that comparing is not needed.",
                                     {}});
  const auto membership = membership_of(enrolled->ticket, *keys, *enrolled);
  if (const auto made = create_store(directory, *keys, membership, enrolled->policy); made.has_error())
    return runtime::report(program, runtime::trouble_of(made.error()));
  return told(common, membership, *enrolled);
}

/// Of the file; where none is named, of the line that a scanner types, or somebody pastes.
Result<ticket::Ticket> read_ticket(const Common& common, const std::string& path) {
  const bool typed = path.empty() || path == "-";
  WARD_TRY(auto text, typed ? cli::secret_of(common, path, "Scan the ticket's QR code, or paste the ticket:")
                            : runtime::read_file(path, ticket_bytes_max));
  const Wiped wiped(text);
  if (text.size() > ticket_bytes_max) return fail(Fault::invalid, "ticket: this is far too long for one");
  return ticket::decode(text);
}

constexpr int typed_tries = 5;

/// What somebody types is seen, so that he can compare it with the paper; a wrong group is named, and typed again.
Result<ticket::Given> read_typed(const Common& common, const std::string& centre) {
  const bool person = !common.no_input && runtime::is_terminal(STDIN_FILENO);
  Result<Array<16>> secret = fail(Fault::invalid, "nobody typed the ticket's letters");
  for (int tries = person ? typed_tries : 1; tries > 0 && secret.has_error(); --tries) {
    auto letters = runtime::ask_line(person ? "The ticket's 28 letters: " : "");
    if (!letters) break;
    const Wiped wiped(*letters);
    secret = ticket::decode_typed(*letters);
    if (person && secret.has_error()) runtime::say("Not these: " + secret.error().detail + ".");
  }
  WARD_TRY(const auto read, secret);
  const auto address = centre.empty() ? runtime::ask_line(person ? "The centre's address, HOST:PORT: " : "") : std::optional(centre);
  if (!address) return fail(Fault::invalid, "the centre's address is missing: in a second line, or with --centre");
  WARD_CHECK(runtime::parse_host_port(*address));
  return ticket::Given(ticket::Typed{read, *address});
}

Result<ticket::Given> read_given(const Common& common, const EnrolOptions& options) {
  if (options.typed) return read_typed(common, options.centre);
  WARD_TRY(auto whole, read_ticket(common, options.ticket_file));
  return ticket::Given(std::move(whole));
}

int refuse_ticket(const Error& error) {
  auto trouble = runtime::trouble_of(error);
  trouble.what = "The ticket cannot be used: " + error.detail + ".";
  trouble.safe = "Nothing was changed.";
  trouble.remedy =
      "Name the file that the centre's administrator gave you, scan its QR code again, type its 28 letters (--code), or ask for a new one.";
  return runtime::report(program, trouble);
}

}  // namespace

int enrol(const Common& common, const EnrolOptions& options) {
  const auto refuse = [](const Error& error) { return runtime::report(program, runtime::trouble_of(error)); };
  const auto ticket = read_given(common, options);
  if (ticket.has_error()) return refuse_ticket(ticket.error());
  const auto label = label_of(options.label);
  if (label.has_error()) return refuse(label.error());
  auto directory = make_data(common.data);
  if (directory.has_error()) return refuse(directory.error());
  const runtime::AsOwnerOf acting(common.data);
  if (const auto locked = directory->lock(std::string(program) + " enrol"); locked.has_error()) return refuse(locked.error());
  if (const auto trouble = enrolled_already(common, options, *directory, *ticket)) return runtime::report(program, *trouble);
  return join(common, options, *directory, *ticket, *label);
}

}  // namespace ward::agent
