#include "agent/api.hpp"

#include "protocol/run/run.hpp"
#include "protocol/ticket/letters.hpp"

#include "runtime/causes.hpp"
#include "runtime/clock.hpp"
#include "runtime/dossier_lists.hpp"
#include "runtime/json_input.hpp"

#include <algorithm>

/// What waits for the centre's receipt.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;
using runtime::time_text;

constexpr std::chrono::milliseconds stuck_after = std::chrono::minutes(10);

/// Nothing when the link does what it should.
const char* trouble_of_link(LinkState state) {
  switch (state) {
    case LinkState::open: return nullptr;
    case LinkState::paused: return "paused";
    case LinkState::revoked: return "revoked";
    case LinkState::waiting_for_approval: return "waiting_for_approval";
    case LinkState::connecting:
    case LinkState::waiting: return "link_down";
  }
  return nullptr;
}

}  // namespace

json::object outbox_json(const storage::WaitingDossier& dossier, const LinkStanding& link, bool over_quota, WallTime now) {
  json::object out{{"id", runtime::id_text(dossier.did)},
                   {"code", dossier.code},
                   {"owner", dossier.owner},
                   {"since", time_text(dossier.since)},
                   {"records", dossier.records},
                   {"attempts", link.attempts},
                   {"last_reason", dossier.refused.empty() ? link.last_error : dossier.refused},
                   {"next_try_at", time_text(link.next_try_at)}};
  const auto progress = std::max(dossier.since, link.progress_at);
  const bool stuck = !dossier.refused.empty() || now.ms - progress.ms >= stuck_after.count();
  out["stuck"] = stuck;
  const auto* trouble = trouble_of_link(link.state);
  if (!dossier.refused.empty())
    add_cause(out, runtime::cause_of("refused"));
  else if (over_quota)
    add_cause(out, runtime::cause_of("quota"));
  else if (trouble != nullptr)
    add_cause(out, runtime::cause_of(trouble));
  else if (stuck)
    add_cause(out, runtime::cause_of("no_receipt"));
  return out;
}

runtime::Response Api::outbox(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const auto page = ward_.store.list_waiting(request.query_or("cursor", ""), *limit);
  if (page.has_error()) return refuse(page.error());
  const auto progress = ward_.store.progress(runtime::read_clock());
  if (progress.has_error()) return refuse(progress.error());
  const bool over_quota = progress->full_until.ms != 0;
  const auto now = runtime::read_clock().wall;
  json::array dossiers;
  for (const auto& dossier : page->dossiers) dossiers.push_back(outbox_json(dossier, ward_.link, over_quota, now));
  return respond(json::object{{"dossiers", std::move(dossiers)}, {"next", page->next}});
}

/// Sealed, so that whoever carries it reads nothing.
runtime::Response Api::hand_in(const Request& request) {
  constexpr std::uint64_t segments_max = 1'000'000;
  const auto after = runtime::number_of(request.query_or("after", "0"), "after", 0, segments_max);
  if (after.has_error()) return refuse(after.error());
  const auto found = ward_.store.hand_in(*after);
  if (found.has_error()) return refuse(found.error());
  std::size_t records = 0;
  for (const auto& rows : *found) records += rows.rows.size();
  return respond(json::object{{"format", "wsync-unsent-v1"},
                              {"org", hex(ward_.store.membership().org.view())},
                              {"run", found->empty() ? std::string() : ticket::to_base64url(run::encode_run(*found))},
                              {"records", records},
                              {"next", *after + found->size()}});
}

}  // namespace ward::agent
