#include "centre/cli/client.hpp"
#include "centre/founding.hpp"
#include "centre/root_keys.hpp"
#include "cli/confirm.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/entropy.hpp"
#include "runtime/members.hpp"

#include <boost/json/parse.hpp>

/// What runs on a PC without a network, beside the root key's stick. No daemon, no data directory.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::ExitCode;

constexpr std::size_t request_bytes_max = 16 * 1024;
constexpr std::size_t box_bytes_max = 512 * 1024;
constexpr std::size_t sheet_bytes_max = 16 * 1024;
constexpr std::size_t policy_bytes_max = 64 * 1024 * 1024;

Result<policy::RootRequest> read_request(const std::string& path) {
  WARD_TRY(const auto text, runtime::read_file(path, request_bytes_max));
  return policy::decode_request(text);
}

/// Shows what would be signed, and asks.
std::optional<runtime::Trouble> not_agreed(const Common& common, const policy::RootRequest& request, bool yes) {
  if (!common.quiet || !yes) runtime::say(told(request));
  return cli::not_agreed(common, yes, "Sign this?");
}

int done(const Common& common, const policy::RootRequest& request, const std::string& out_file) {
  if (common.json)
    runtime::print_json(json::object{{"file", out_file}, {"org", hex(request.org.view())}, {"epoch", request.entry.epoch}});
  else if (!common.quiet)
    runtime::say(out_file + " is signed. At the centre: wardsync-centre key apply " + out_file);
  return static_cast<int>(ExitCode::done);
}

template <class Secret>
Secret draw() {
  Secret out;
  runtime::fill_random(out.mutable_view());
  return out;
}

Result<void> write_secret(const std::string& path, std::string text) {
  const Wiped wiped(text);
  return runtime::write_private_file(path, view(text), false);
}

std::string sheet_name(std::size_t number) { return "trustee-" + std::to_string(number + 1) + ".txt"; }

Result<policy::PolicyLog> read_policy(const std::string& path) {
  WARD_TRY(const auto text, runtime::read_file(path, policy_bytes_max));
  json::error_code broken;
  const auto parsed = json::parse(text, broken);
  runtime::Members from(parsed);
  const auto entries = broken ? std::vector<policy::Entry>() : from.policy();
  if (broken || entries.empty() || from.finish(runtime::policy_format).has_error())
    return fail(Fault::invalid, path + " is no policy log, as `policy export` writes it");
  WARD_TRY(auto out, policy::PolicyLog::start(entries.front()));
  for (const auto& entry : entries) WARD_CHECK(out.append(entry));
  return out;
}

/// All must be in force, in one city: on the day on which the sheets are needed it is too late to find out.
Result<LastKeys> read_last_keys(const RecoveryOptions& options, const policy::PolicyLog& log) {
  LastKeys out;
  WARD_TRY(out.root, read_root_key(options.root_file));
  WARD_TRY(out.next_root, read_root_key(options.next_root_file));
  WARD_TRY(const auto by, runtime::protection_of({options.keys_file, keys::KeyOwner::centre}));
  if (by != keys::Protection::none) return fail(Fault::invalid, options.keys_file + " is sealed; take the copy that `backup --keys` wrote");
  WARD_TRY(out.centre_keys, runtime::read_private_file(options.keys_file, request_bytes_max));
  if (crypto::public_of(out.root) != log.root()) return fail(Fault::wrong_key, options.root_file + " is not the root key in force");
  if (policy::commitment_to(crypto::public_of(out.next_root)) != log.next_root())
    return fail(Fault::wrong_key, options.next_root_file + " is not the next root key, to which the city is committed");
  WARD_TRY(auto keys, storage::CentreKeys::decode(out.centre_keys));
  const bool has_operations = keys.operations.has_value();
  if (keys.settle(log).has_error() || keys.operations.has_value() != has_operations)
    return fail(Fault::wrong_key, options.keys_file + " does not hold the centre's keys in force; write it anew with `backup --keys`");
  return out;
}

Result<recovery::Box> make_box(const RecoveryOptions& options) {
  WARD_TRY(const auto log, read_policy(options.policy_file));
  WARD_TRY(auto last, read_last_keys(options, log));
  const Wiped wiped_keys(last.centre_keys);
  auto payload = encode_last_keys(last);
  const Wiped wiped(payload);
  std::vector<recovery::TrusteeKey> keys;
  for (std::size_t i = 0; i < options.trustees.size(); ++i) keys.push_back(draw<recovery::TrusteeKey>());
  const auto box_key = draw<recovery::TrusteeKey>();
  WARD_TRY(auto box, recovery::seal(options.organisation, log.org(), options.need, options.trustees, keys, box_key, payload));
  WARD_TRY(const auto directory, runtime::DataDir::make(options.out));
  for (std::size_t i = 0; i < keys.size(); ++i) WARD_CHECK(write_secret(directory.file(sheet_name(i)), trustee_sheet(box, i, keys[i])));
  WARD_CHECK(runtime::write_private_file(directory.file("recovery.txt"), view(recovery::encode_box(box)), false));
  return box;
}

Result<LastKeys> open_box(const RecoveryOptions& options, recovery::Box& box) {
  WARD_TRY(const auto text, runtime::read_file(options.box_file, box_bytes_max));
  WARD_TRY(box, recovery::decode_box(text));
  std::vector<recovery::TrusteeKey> keys;
  for (const auto& file : options.trustees) {
    WARD_TRY(auto sheet, runtime::read_file(file, sheet_bytes_max));
    const Wiped wiped(sheet);
    auto key = recovery::key_of_letters(sheet);
    if (key.has_error()) return fail(key.error().fault, file + ": " + key.error().detail);
    if (!recovery::trustee_of(box, *key)) return fail(Fault::wrong_key, file + " is no key of a trustee of this recovery file");
    keys.push_back(*std::move(key));
  }
  WARD_TRY(auto payload, recovery::open(box, keys));
  const Wiped wiped(payload);
  return decode_last_keys(payload);
}

Result<void> write_last_keys(const RecoveryOptions& options, const recovery::Box& box, const LastKeys& last) {
  WARD_TRY(const auto directory, runtime::DataDir::make(options.out));
  WARD_CHECK(write_secret(directory.file("root.key"), encode_root_key(last.root, box.organisation, false)));
  WARD_CHECK(write_secret(directory.file("root.key.next"), encode_root_key(last.next_root, box.organisation, true)));
  return runtime::write_private_file(directory.file("centre.key"), last.centre_keys, false);
}

}  // namespace

int root_sign(const Common& common, const RootOptions& options) {
  const auto request = read_request(options.request_file);
  if (request.has_error()) return refuse(request.error());
  const auto key = read_root_key(options.key_file);
  if (key.has_error()) return refuse(key.error());
  const auto entry = policy::sign_request(*request, *key);
  if (entry.has_error()) return refuse(entry.error());
  if (const auto trouble = not_agreed(common, *request, options.yes)) return runtime::report(program, *trouble);
  const auto text = policy::encode_signed(request->org, *entry);
  if (const auto wrote = runtime::write_private_file(options.out_file, view(text), false); wrote.has_error()) return refuse(wrote.error());
  return done(common, *request, options.out_file);
}

int root_rotate(const Common& common, const RootOptions& options) {
  const auto request = read_request(options.request_file);
  if (request.has_error()) return refuse(request.error());
  const auto next = read_root_key(options.key_file);
  if (next.has_error()) return refuse(next.error());
  const auto after = draw<crypto::SignSeed>();
  const auto entry = policy::sign_rotation(*request, *next, crypto::public_of(after));
  if (entry.has_error()) return refuse(entry.error());
  if (const auto trouble = not_agreed(common, *request, options.yes)) return runtime::report(program, *trouble);
  // The key after the next one first: without it no later rotation is possible.
  if (const auto wrote = write_secret(options.new_next_file, encode_root_key(after, request->organisation, true)); wrote.has_error())
    return refuse(wrote.error());
  const auto text = policy::encode_signed(request->org, *entry);
  if (const auto wrote = runtime::write_private_file(options.out_file, view(text), false); wrote.has_error()) return refuse(wrote.error());
  if (!common.quiet)
    runtime::say(options.new_next_file + " is the next root key now: on a stick of its own, into the other safe. " + options.key_file +
                 " becomes the root key when the centre has taken the entry.");
  return done(common, *request, options.out_file);
}

int recovery_make(const Common& common, const RecoveryOptions& options) {
  const auto box = make_box(options);
  if (box.has_error()) return refuse(box.error());
  if (common.json) {
    json::array sheets;
    for (std::size_t i = 0; i < options.trustees.size(); ++i) sheets.emplace_back(options.out + "/" + sheet_name(i));
    runtime::print_json(json::object{{"recovery", options.out + "/recovery.txt"}, {"trustees", std::move(sheets)}, {"need", options.need}});
  } else if (!common.quiet) {
    runtime::say("Print each " + options.out +
                 "/trustee-N.txt for its trustee, then delete it. recovery.txt opens nothing by itself: keep copies "
                 "of it with the backups. Make both anew after any of these keys was renewed.");
  }
  return static_cast<int>(ExitCode::done);
}

int recovery_open(const Common& common, const RecoveryOptions& options) {
  recovery::Box box;
  auto last = open_box(options, box);
  if (last.has_error()) return refuse(last.error());
  const Wiped wiped(last->centre_keys);
  if (const auto wrote = write_last_keys(options, box, *last); wrote.has_error()) return refuse(wrote.error());
  if (common.json)
    runtime::print_json(json::object{{"organisation", box.organisation},
                                     {"root_key", options.out + "/root.key"},
                                     {"next_root_key", options.out + "/root.key.next"},
                                     {"keys", options.out + "/centre.key"}});
  else if (!common.quiet)
    runtime::say(options.out + " holds the root key, the next one, and the centre's keys of " + box.organisation +
                 ". wardsync-centre restore BACKUP --keys " + options.out +
                 "/centre.key makes the centre; then rotate the root key, as these were "
                 "together in one place.");
  return static_cast<int>(ExitCode::done);
}

}  // namespace ward::centre
