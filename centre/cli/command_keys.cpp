#include "centre/cli/client.hpp"
#include "centre/files.hpp"
#include "centre/root_keys.hpp"
#include "cli/confirm.hpp"
#include "protocol/base/wipe.hpp"
#include "runtime/account.hpp"
#include "runtime/data_dir.hpp"

/// `key …` asks the daemon for new keys and puts signed ones in force, and says what keeps them on the disk; `policy export` carries the
/// entries.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::shown;

constexpr std::size_t signed_bytes_max = 16 * 1024;

const cli::KeyHolder own_keys{program, "the centre's keys", "put the copy that `backup --keys` wrote in the place of centre.key",
                              "\"What keeps the centre's keys\" in administrator.md"};

Result<keys::Protection> shown_protection(const Common& common) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  return runtime::protection_of(key_file_in(directory));
}

/// These keys are the city's, and there are no others: what seals them may break only while a copy lies elsewhere.
Result<void> has_copy(const std::string& copy_file, BytesView plain) {
  if (copy_file.empty())
    return fail(Fault::invalid, "name the copy of the keys with --copy FILE, as `backup --keys` wrote it: without it nothing is sealed");
  WARD_TRY(auto copied, runtime::read_private_file(copy_file, plain.size() + 1));
  const Wiped wiped(copied);
  if (!std::equal(copied.begin(), copied.end(), plain.begin(), plain.end()))
    return fail(Fault::invalid, copy_file + " does not hold these keys; write it anew with `backup --keys`");
  return {};
}

Result<keys::Protection> protect(const Common& common, const cli::ProtectOptions& options, const std::string& copy_file) {
  WARD_TRY(auto directory, find_data(common.data));
  const auto file = key_file_in(directory);
  Bytes plain;
  const Wiped wiped(plain);
  {
    const runtime::AsOwnerOf acting(common.data);
    WARD_CHECK(directory.lock(std::string(program) + " key protect"));
    // The old passphrase is asked for before the new one is.
    WARD_TRY(const auto keys, read_keys(file.path, cli::passphrase_of(common, options.passphrase_file)));
    plain = keys.encode();
  }
  // The stick may be for whoever asks alone.
  if (cli::wanted(options) != keys::Protection::none) WARD_CHECK(has_copy(copy_file, plain));
  const runtime::AsOwnerOf acting(common.data);
  WARD_CHECK(cli::protect_keys(common, file, plain, options));
  return cli::wanted(options);
}

void print_keys(const json::value& keys) {
  std::vector<std::vector<std::string>> rows{{"KEY", "PUBLIC HALF", ""}};
  rows.push_back({"root", shown(keys, "root"), shown(keys, "root") == shown(keys, "first_root") ? "the city's first" : ""});
  rows.push_back({"operations", shown(keys, "operations"), keys.at("operations_here").as_bool() ? "" : "not on this machine"});
  rows.push_back({"receipt", shown(keys, "receipt"), ""});
  const auto earlier = shown(keys, "earlier_noise");
  rows.push_back({"noise", shown(keys, "noise"), earlier == "0" ? "" : "and " + earlier + " earlier, still answered"});
  runtime::print(runtime::align(rows));
  if (keys.at("request").is_null()) return;
  const auto& request = keys.at("request");
  runtime::say("A request for the " + shown(request, "what") + " key was made at " + shown(request, "made_at") +
               (request.at("void").as_bool() ? "; it is void, as other entries came since: make it again."
                                             : "; it waits for the root key's signature."));
}

}  // namespace

runtime::Trouble trouble_of_data(const Error& error) { return cli::trouble_of_data(own_keys, error); }

int key_show(const Common& common) { return cli::told_protection(common, own_keys, shown_protection(common)); }

int key_protect(const Common& common, const cli::ProtectOptions& options, const std::string& copy_file) {
  return cli::told_protection(common, own_keys, protect(common, options, copy_file));
}

int key_list(const Common& common) { return call_and_show(common, "GET", "/v1/keys", {}, print_keys); }

int key_renew(const Common& common, const KeyOptions& options) {
  const auto answer = call(common, "POST", "/v1/keys/requests", {{"what", options.what}});
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& made = std::get<json::value>(answer);
  const std::string text(made.at("request").as_string());
  if (const auto wrote = runtime::write_private_file(options.out_file, view(text), false); wrote.has_error()) return refuse(wrote.error());
  if (common.json) runtime::print_json(json::object{{"file", options.out_file}, {"what", options.what}, {"epoch", made.at("epoch")}});
  if (!common.quiet && !common.json)
    runtime::say("Nothing has changed yet. Take " + options.out_file + " to the PC with the root key's stick, within a week; there: " +
                 (options.what == "root"
                      ? "wardsync-centre root rotate " + options.out_file + " --next-root-key FILE --new-next-root FILE -o signed.txt"
                      : "wardsync-centre root sign " + options.out_file + " --root-key FILE -o signed.txt") +
                 ". Back here: wardsync-centre key apply signed.txt");
  return static_cast<int>(ExitCode::done);
}

int key_apply(const Common& common, const std::string& file) {
  const auto text = runtime::read_file(file, signed_bytes_max);
  if (text.has_error()) return refuse(text.error());
  return call_and_show(common, "POST", "/v1/keys/entries", {{"signed", *text}}, [&](const json::value& keys) {
    print_keys(keys);
    if (!common.quiet)
      runtime::say(
          "In force from now on; wards learn of it with their next contact. Make a backup with --keys: older key files lack this key.");
  });
}

int key_forget(const Common& common, bool yes) {
  constexpr const char* question =
      "PCs that have not called since the line's key was renewed will not reach this centre any more, until somebody brings them `policy "
      "export` on a stick. Go on?";
  if (const auto trouble = cli::not_agreed(common, yes, question)) return runtime::report(program, *trouble);
  return call_and_show(common, "POST", "/v1/keys/forgetting", {}, [&](const json::value& answer) {
    runtime::say(shown(answer, "forgotten") +
                 " earlier keys of the line are gone. A PC that still calls one is told nothing; there, "
                 "`wardsync policy import FILE` with a file of `wardsync-centre policy export -o FILE` helps, or a new enrolment.");
  });
}

int policy_export(const Common& common, const std::string& out_file) {
  const auto answer = call(common, "GET", "/v1/policy");
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& policy = std::get<json::value>(answer);
  const auto text = json::serialize(policy) + "\n";
  if (const auto wrote = runtime::write_private_file(out_file, view(text), false); wrote.has_error()) return refuse(wrote.error());
  const auto count = policy.at("policy").as_array().size();
  if (common.json) runtime::print_json(json::object{{"file", out_file}, {"entries", count}});
  if (!common.quiet && !common.json) runtime::say(out_file + " holds " + std::to_string(count) + " signed entries and no secret.");
  return static_cast<int>(ExitCode::done);
}

}  // namespace ward::centre
