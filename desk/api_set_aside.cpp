#include "desk/api.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/inbox_words.hpp"
#include "storage/inbox.hpp"
#include "storage/set_aside.hpp"

/// What somebody saved and what does not count, and how much of what waits is for whoever asks.
namespace ward::desk {
namespace {

namespace json = boost::json;

json::object json_of(const storage::SetAside& one) {
  json::array said;
  for (const auto& each : one.change.said) said.push_back(runtime::json_of(each));
  json::object out{{"dossier", one.change.code}, {"dossier_id", runtime::id_text(one.change.did)}, {"reason", storage::name_of(one.why)},
                   {"detail", one.detail},       {"since", runtime::time_text(one.since)},         {"said", std::move(said)}};
  runtime::add_words(out, runtime::words_of_set_aside(storage::name_of(one.why)));
  return out;
}

json::object json_of(const storage::CutOff& pc) {
  json::array let_in;
  for (const auto& one : pc.let_in)
    let_in.push_back(
        json::object{{"at", runtime::time_text(one.at)}, {"records", one.records}, {"in_full", one.in_full}, {"reason", one.reason}});
  json::object out{{"device", hex(pc.device.view())},
                   {"label", pc.label},
                   {"at", runtime::time_text(pc.at)},
                   {"reason", pc.reason},
                   {"let_in", std::move(let_in)}};
  runtime::add_words(out, runtime::words_of_set_aside("cut_off"));
  return out;
}

Result<std::vector<storage::SetAside>> set_aside_at(Site& site) {
  std::optional<DeviceId> own;
  if (site.is_shut_out()) {
    WARD_TRY(const auto author, site.author());
    own = author.device;
  }
  storage::forget_keys(site.store());
  return site.store().db.read("list what was set aside", [&]() -> Result<std::vector<storage::SetAside>> {
    return storage::set_aside(site.store(), own, site.now().wall);
  });
}

}  // namespace

runtime::Response Api::set_aside(const Request& request) {
  const auto author = site_.author();
  if (author.has_error()) return refuse(author.error());
  const auto found = set_aside_at(site_);
  if (found.has_error()) return refuse(found.error());
  json::array all, pcs;
  for (const auto& one : *found) all.push_back(json_of(one));
  for (const auto& pc : storage::cut_off(site_.store(), author->unit, author->now)) pcs.push_back(json_of(pc));
  return runtime::respond_unless_held(json::object{{"set_aside", std::move(all)}, {"cut_off", std::move(pcs)}}, request);
}

Result<json::object> Api::counts(const Request& request) {
  storage::InboxShare share;
  if (const auto author = site_.author(); author.has_value()) {
    const auto user = user_of(request);
    WARD_TRY(share, storage::share_inbox(site_.store(), author->unit, user.has_value() ? *user : std::string()));
  }
  WARD_TRY(const auto set_aside, set_aside_at(site_));
  return json::object{{"to_decide", json::object{{"mine", share.mine}, {"others", share.others}}}, {"set_aside", set_aside.size()}};
}

}  // namespace ward::desk
