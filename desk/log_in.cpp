#include "desk/log_in.hpp"

#include "desk/accounts.hpp"
#include "desk/acts.hpp"
#include "desk/audit.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/text/text.hpp"
#include "protocol/ticket/ticket.hpp"
#include "runtime/json_input.hpp"
#include "runtime/log.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::For;
using runtime::respond;
using runtime::Trouble;

Trouble refusal(const char* name, unsigned status, std::string what, std::string remedy, json::object more = {}) {
  return {name, ExitCode::refused, status, std::move(what), runtime::nothing_changed, std::move(remedy), std::move(more)};
}

Trouble log_in_first() {
  return refusal("log_in_first", 401, "Nobody is logged in, and the people here have accounts with PINs.",
                 "Log in: the page asks for name and PIN; on the command line: login --user NAME --pin-file FILE.");
}

Trouble locked(std::chrono::minutes idle) {
  return refusal("locked", 401,
                 "Nobody did anything for " + std::to_string(idle.count()) + " minutes, so this was locked; what was typed is not lost.",
                 "Type your PIN again; on the command line: login --user NAME --pin-file FILE.");
}

/// One answer for a name that nobody has, one without a PIN, and a wrong PIN: nobody learns names here.
Trouble wrong_pin(std::int64_t failed) {
  return refusal("wrong_pin", 403, "The name or the PIN is wrong, or no PIN was chosen at this PC for this name.",
                 "Type both again. At each PC a PIN is chosen once, with the activation code that the centre's administrator gives.",
                 {{"tries_left", std::max<std::int64_t>(tries_free - failed, 0)}});
}

Trouble wrong_activation() {
  return refusal(
      "wrong_activation", 403,
      "This activation code is not of this name, was used at this PC before, is too old, or has not reached this PC yet.",
      "Compare name and code with the paper, and let this PC talk to the centre once; or ask the centre's administrator for a new "
      "code: user reset NAME --activation-out FILE.");
}

Trouble only_a_new_code() {
  return refusal("too_many_tries", 403, "There were 20 wrong PINs for this name; no PIN opens it any more.",
                 "Ask the centre's administrator for a new activation code: user reset NAME --activation-out FILE.");
}

Trouble wait(std::chrono::milliseconds left) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  return refusal("wait", 429,
                 "There were too many wrong PINs for this name; the next try is looked at in " + std::to_string(seconds) + " s.",
                 "Wait. Setting the clock or starting anew shortens nothing.", {{"seconds", seconds}});
}

bool only_reads(const std::string& method) { return method == "GET" || method == "HEAD"; }

/// What keeps a log-in open. A page asks and computes by itself whenever something happens, so of it only that somebody touched it counts;
/// and programs ask how things are as long as they run.
bool is_use(const runtime::Request& request, For whom) {
  if (request.caller == runtime::Caller::page) return request.path_parts == std::vector<std::string>{"v1", "log-in", "use"};
  return whom != For::callers && whom != For::programs;
}

const std::string& token_of(const runtime::Request& request) {
  return request.caller == runtime::Caller::page ? request.session : request.log_in;
}

/// A page's session is no program's token.
Hash key_of(const runtime::Request& request, std::string_view token) {
  const bool page = request.caller == runtime::Caller::page;
  return crypto::hash<Hash>(page ? "wsync-log-in-p" : "wsync-log-in", {}, {view(token)});
}

std::vector<char32_t> letters_of(std::string_view text) {
  std::vector<char32_t> out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0U) == 0x80U && !out.empty())
      out.back() = (out.back() << 6U) | (byte & 0x3fU);
    else
      out.push_back(byte);
  }
  return out;
}

/// Each letter follows the one before, or each comes before it; 0 follows 9.
bool is_a_row(const std::vector<char32_t>& letters) {
  const auto follows = [](char32_t a, char32_t b) { return b == a + 1 || (a == U'9' && b == U'0'); };
  bool up = true;
  bool down = true;
  for (std::size_t i = 1; i < letters.size(); ++i) {
    up = up && follows(letters[i - 1], letters[i]);
    down = down && follows(letters[i], letters[i - 1]);
  }
  return up || down;
}

/// The member in its normal form; nothing of it stays elsewhere.
Result<void> read_secret(const json::object& body, std::string_view name, std::string& into) {
  const auto* found = body.if_contains(name);
  if (found == nullptr) return {};
  if (!found->is_string()) return fail(Fault::invalid, "`" + std::string(name) + "` must be a text");
  auto normal = text::to_nfc(found->get_string());
  if (normal.has_error()) return fail(Fault::invalid, "`" + std::string(name) + "` holds what nobody can type");
  const Wiped wiped(*normal);
  into.assign(*normal);
  return {};
}

}  // namespace

std::string weakness_of(std::string_view pin, std::string_view user) {
  auto letters = letters_of(pin);
  const auto size = letters.size();
  const auto different = std::set<char32_t>(letters.begin(), letters.end()).size();
  const bool row = is_a_row(letters);
  wipe(letters.data(), letters.size() * sizeof(char32_t));
  if (size < pin_letters_min) return "A PIN has at least 6 characters.";
  if (size > pin_letters_max) return "A PIN has at most 64 characters.";
  if (different < 3) return "A PIN of one or two characters over and over is guessed at once.";
  if (row) return "A PIN whose characters stand in a row is guessed at once.";
  if (pin == user) return "Your name is no PIN.";
  return {};
}

struct LogIn::Asked {
  std::string user, pin, activation, new_pin;

  Asked() = default;
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  ~Asked() {
    for (auto* secret : {&pin, &activation, &new_pin}) wipe(secret->data(), secret->size());
  }
  Result<void> read(const json::object& body, const std::string& otherwise) {
    WARD_TRY(auto name, runtime::text_member(body, "user", otherwise));
    WARD_TRY(user, text::to_line("`user`", name, limits::name_bytes_max));
    WARD_CHECK(read_secret(body, "pin", pin));
    WARD_CHECK(read_secret(body, "activation", activation));
    WARD_CHECK(read_secret(body, "new_pin", new_pin));
    if (pin.empty() == activation.empty()) return fail(Fault::invalid, "give either the `pin`, or an `activation` code with a `new_pin`");
    if (pin.empty() && new_pin.empty()) return fail(Fault::invalid, "an `activation` code needs the `new_pin` that you choose");
    return {};
  }
};

void LogIn::add_routes(runtime::Router& router) {
  router.guard([this](Request& request, For whom) { return admit(request, whom); });
  const auto add = [&](const char* method, std::string_view pattern, Response (LogIn::*handler)(const Request&)) {
    router.add(method, pattern, [this, handler](const Request& request) { return (this->*handler)(request); }, For::callers);
  };
  add("GET", "/v1/log-in", &LogIn::tell);
  add("POST", "/v1/log-in", &LogIn::log_in);
  add("DELETE", "/v1/log-in", &LogIn::log_out);
  add("POST", "/v1/log-in/use", &LogIn::tell);  // that it was asked is all
  add("POST", "/v1/log-in/lock", &LogIn::lock);
}

UnitCode LogIn::unit() const {
  const auto author = site_.author();
  return author.has_error() ? UnitCode() : author->unit;
}

bool LogIn::needed() const { return site_.store().policy.logs_in(unit()); }

const policy::Account* LogIn::standing(const std::string& user) const {
  const auto* account = site_.store().policy.account(unit(), user);
  return account != nullptr && account->enabled ? account : nullptr;
}

LogIn::Open* LogIn::find(const Request& request) {
  const auto& token = token_of(request);
  const auto found = token.empty() ? open_.end() : open_.find(key_of(request, token));
  if (found == open_.end()) return nullptr;
  auto& open = found->second;
  const auto* activated = site_.store().policy.activation(unit(), open.user);
  const auto idle = site_.now().monotonic - open.used;
  const bool stands = standing(open.user) != nullptr && activated != nullptr && activated->epoch == open.activation;
  if (!stands || idle > log_in_idle_max) {
    note(Act::ended, open.user);
    open_.erase(found);
    return nullptr;
  }
  if (!open.locked && idle >= idle_) {
    open.locked = true;
    note(Act::locked, open.user);
  }
  return &open;
}

LogIn::Refusal LogIn::admit(Request& request, For whom) {
  if (whom == For::officials)
    if (auto shut = site_.shut()) return shut;
  if (!needed()) return std::nullopt;
  auto* open = find(request);
  if (open != nullptr && !open->locked) {
    request.user = open->user;
    if (is_use(request, whom)) open->used = site_.now().monotonic;
  }
  if (whom == For::callers || whom == For::programs) return std::nullopt;
  if (whom == For::administrators || whom == For::administrators_or_owner) {
    if (whom == For::administrators_or_owner && request.owner) return std::nullopt;
    const auto& policy = site_.store().policy;
    const auto all = policy.accounts();
    const auto own = unit();
    if (std::none_of(all.begin(), all.end(), [&](const auto* one) { return one->unit == own && policy::administers(policy, *one); }))
      return std::nullopt;
  }
  if (open == nullptr) return log_in_first();
  if (open->locked) return locked(idle_);
  return must_have_role(request, *open, whom);
}

LogIn::Refusal LogIn::must_have_role(const Request& request, const Open& open, For whom) {
  const auto by = request.query.find("by");
  if (by != request.query.end()) {
    const auto named = text::to_nfc(by->second);
    if (named.has_error() || *named != open.user) return another_name(open.user);
  }
  const auto role = standing(open.user)->role;
  const bool may = whom == For::administrators || whom == For::administrators_or_owner ? role == policy::Role::administrator
                   : only_reads(request.method)                                        ? policy::reads(role)
                                                                                       : policy::writes(role);
  if (may) return std::nullopt;
  return refusal("not_for_your_role", 403, std::string("This is not for the role ") + policy::name_of(role) + ".",
                 "Let somebody log in whose role it is.", {{"user", open.user}, {"role", policy::name_of(role)}});
}

json::object LogIn::json_of(const Open* open) const {
  json::object out{{"needed", needed()}, {"unit", unit()}, {"idle_minutes", idle_.count()}, {"user", nullptr}, {"locked", false}};
  if (open == nullptr) return out;
  const auto* account = standing(open->user);
  const auto idle = site_.now().monotonic - open->used;
  out["user"] = open->user;
  out["locked"] = open->locked;
  out["display"] = account->display;
  out["role"] = policy::name_of(account->role);
  out["locks_in_seconds"] = open->locked ? 0 : std::chrono::ceil<std::chrono::seconds>(idle_ - idle).count();
  return out;
}

runtime::Response LogIn::tell(const Request& request) { return respond(json_of(find(request))); }

runtime::Response LogIn::log_out(const Request& request) {
  const auto* open = find(request);
  const bool was = open != nullptr;
  if (was) note(Act::logged_out, open->user);
  open_.erase(key_of(request, token_of(request)));
  return respond(json::object{{"ended", was}});
}

runtime::Response LogIn::lock(const Request& request) {
  auto* open = find(request);
  if (open != nullptr && !std::exchange(open->locked, true)) note(Act::locked, open->user);
  return respond(json_of(open));
}

runtime::Response LogIn::log_in(const Request& request) {
  if (!needed())
    return respond(Trouble{"no_accounts",
                           ExitCode::failed,
                           409,
                           "Nobody here was given an activation code, so nobody logs in.",
                           runtime::nothing_changed,
                           "The centre's administrator turns this on: user add NAME --activation-out FILE.",
                           {}});
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  Asked asked;
  const auto* before = find(request);
  const auto read = asked.read(*body, before == nullptr ? std::string() : before->user);
  if (read.has_error()) return refuse(read.error());
  if (!asked.new_pin.empty()) {
    if (const auto weak = weakness_of(asked.new_pin, asked.user); !weak.empty())
      return respond(
          Trouble{"weak_pin", ExitCode::failed, 422, weak, runtime::nothing_changed, "Choose another one, of 6 characters or more.", {}});
  }
  if (const auto rest = must_rest()) return respond(*rest);
  const auto refused = asked.pin.empty() ? activate(asked) : prove(asked);
  if (refused.has_error()) return refuse(refused.error());
  if (*refused) {
    auto out = respond(**refused);
    if ((*refused)->name == "wait") out.headers.emplace_back("Retry-After", json::serialize((*refused)->more.at("seconds")));
    return out;
  }
  return open(request, asked.user);
}

LogIn::Refusal LogIn::nobody_at_page(const Request& request) const {
  if (request.caller != runtime::Caller::page || !needed() || !request.user.empty()) return std::nullopt;
  return log_in_first();
}

Result<void> LogIn::count(const Hash& who, const storage::Pin& held, std::int64_t failed) {
  auto& store = site_.store();
  const bool one_more = failed == held.failed + 1 && !spare_.of(who);
  const auto stored = one_more ? storage::count_try(store, who) : storage::set_tries(store, who, failed);
  if (stored.has_value()) return spare_.drop(who);
  if (stored.error().fault != Fault::storage_full) return stored;
  if (held.activation) return spare_.put(who, failed);
  spare_.remember(who, failed);
  return {};
}

LogIn::Refusal LogIn::must_wait(const Hash& who, std::int64_t failed) {
  if (failed >= tries_max) return only_a_new_code();
  if (failed < tries_free) return std::nullopt;
  const auto doubled = std::min<std::int64_t>(failed - tries_free, 6);  // 2⁶ minutes are more than the longest
  const std::chrono::milliseconds whole = std::min<std::chrono::minutes>(wait_first * (std::int64_t{1} << doubled), wait_max);
  const auto tried = tried_.find(who);
  const auto since = tried == tried_.end() ? started_ : tried->second.at;
  const auto left = whole - (site_.now().monotonic - since);
  return left.count() > 0 ? Refusal(wait(left)) : std::nullopt;
}

LogIn::Refusal LogIn::must_rest() {
  const auto now = site_.now().monotonic;
  const auto forgiven = (now - failures_counted_) / failure_forgiven;
  failures_ = std::max<std::int64_t>(failures_ - forgiven, 0);
  failures_counted_ = failures_ == 0 ? now : failures_counted_ + forgiven * failure_forgiven;
  if (failures_ < failures_max) return std::nullopt;
  return wait(failure_forgiven - (now - failures_counted_));
}

Result<LogIn::Refusal> LogIn::prove(const Asked& asked) {
  auto& store = site_.store();
  const auto who = storage::pin_name(store, unit(), asked.user);
  WARD_TRY(auto held, storage::find_pin(store, who));
  held.failed = spare_.of(who).value_or(held.failed);
  if (auto must = must_wait(who, held.failed)) {
    auto& tried = tried_.try_emplace(who, Tried{started_}).first->second;
    if (!std::exchange(tried.told, true)) note(Act::locked_out, asked.user);
    return must;
  }
  WARD_CHECK(count(who, held, held.failed + 1));
  const auto now = site_.now().monotonic;
  std::erase_if(tried_, [&](const auto& one) { return now - one.second.at > wait_max; });
  tried_[who] = Tried{now};
  const auto right = storage::fits(store, who, held, asked.pin);
  if (right.has_error()) {
    WARD_CHECK(count(who, held, held.failed));  // nothing was looked at
    return right.error();
  }
  const auto* activated = store.policy.activation(unit(), asked.user);
  const bool stands = standing(asked.user) != nullptr && activated != nullptr && held.activation == activated->epoch;
  if (!*right || !stands) {
    ++failures_;
    note(Act::refused, asked.user);
    return Refusal(wrong_pin(held.failed + 1));
  }
  if (!asked.new_pin.empty()) {
    WARD_CHECK(storage::put_pin(store, who, asked.new_pin, activated->epoch));
    WARD_CHECK(spare_.drop(who));
    // Whoever knew the last one may be logged in elsewhere.
    std::erase_if(open_, [&](const auto& one) { return one.second.user == asked.user; });
    note(Act::pin_set, asked.user);
  }
  WARD_CHECK(count(who, held, 0));
  tried_.erase(who);
  return Refusal();
}

Result<LogIn::Refusal> LogIn::activate(const Asked& asked) {
  auto& store = site_.store();
  auto secret = ticket::decode_typed(asked.activation);
  if (secret.has_error())
    return fail(Fault::invalid, "this is no activation code, or it was mistyped: it has 28 letters and digits, in groups of four");
  const Wiped wiped(*secret);
  const auto who = storage::pin_name(store, unit(), asked.user);
  WARD_TRY(const auto held, storage::find_pin(store, who));
  const auto hash = policy::activation_hash(*secret, store.org, unit(), asked.user);
  const auto* activated = store.policy.activation(unit(), asked.user);
  const auto now = std::max(site_.now().wall, store.policy.entries().back().time);  // a clock that was set back revives no code
  const bool good = standing(asked.user) != nullptr && activated != nullptr && crypto::equal(activated->entry.hash.view(), hash.view()) &&
                    now < activated->entry.expires && held.activation != activated->epoch;
  if (!good) {
    WARD_CHECK(storage::fits(store, who, held, asked.new_pin));  // the same work
    ++failures_;
    note(Act::refused, asked.user);
    return Refusal(wrong_activation());
  }
  WARD_CHECK(storage::put_pin(store, who, asked.new_pin, activated->epoch));
  WARD_CHECK(spare_.drop(who));
  tried_.erase(who);
  note(Act::pin_set, asked.user);
  return Refusal();
}

runtime::Response LogIn::open(const Request& request, const std::string& user) {
  auto token = token_of(request);
  const auto before = token.empty() ? open_.end() : open_.find(key_of(request, token));
  auto act = Act::opened;
  if (before != open_.end()) {
    act = before->second.user != user ? Act::switched : Act::unlocked;
    open_.erase(before);
  }
  const bool page = request.caller == runtime::Caller::page;
  if (!page) {
    Array<32> drawn{};
    site_.store().random(drawn);
    token = hex(drawn);
  }
  if (open_.size() >= log_ins_max)
    open_.erase(std::min_element(open_.begin(), open_.end(), [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  const auto& opened =
      open_[key_of(request, token)] = {user, site_.store().policy.activation(unit(), user)->epoch, site_.now().monotonic, false};
  note(act, user);
  auto out = json_of(&opened);
  if (!page) out["session"] = token;
  return respond(out);
}

void LogIn::note(Act act, const std::string& user) {
  using audit::Kind;
  using runtime::Happened;
  const auto told = [&](Kind kind, const char* detail, auto&& log, Happened happened) {
    // What was typed for a name may be a PIN.
    const bool is_name = site_.store().policy.account(unit(), user) != nullptr;
    if (const auto noted = note_alone(site_, kind, is_name ? user : std::string(), {}, detail); noted.has_error())
      runtime::log_warning(Happened::storage_failed, {runtime::Field::error(noted.error())});
    log(happened);
  };
  const auto info = [](Happened happened) { runtime::log_info(happened); };
  const auto warning = [](Happened happened) { runtime::log_warning(happened); };
  switch (act) {
    case Act::opened: return told(Kind::log_in, "", info, Happened::logged_in);
    case Act::switched: return told(Kind::log_in, "in another person's place", info, Happened::logged_in);
    case Act::unlocked: return told(Kind::log_in, "unlocked", info, Happened::logged_in);
    case Act::pin_set: return told(Kind::pin_set, "", info, Happened::pin_chosen);
    case Act::refused: return told(Kind::log_in_failed, "", warning, Happened::log_in_refused);
    case Act::locked_out: return told(Kind::log_in_locked, "", warning, Happened::log_in_locked_out);
    case Act::locked: return told(Kind::log_out, "locked", info, Happened::logged_out);
    case Act::logged_out: return told(Kind::log_out, "", info, Happened::logged_out);
    case Act::ended: return told(Kind::log_out, "ended", info, Happened::logged_out);
  }
}

}  // namespace ward::desk
