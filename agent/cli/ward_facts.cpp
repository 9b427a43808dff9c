#include "agent/cli/ward_facts.hpp"

#include "cli/examine.hpp"
#include "runtime/command_line.hpp"
#include "runtime/dossier_json.hpp"
#include "storage/shared_codes.hpp"

#include <charconv>

namespace ward::agent {
namespace {

using cli::Examination;
using cli::Finding;
using runtime::shown;

template <class Number>
Number number_of(const std::string& digits) {
  Number out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

std::string text_or_nothing(std::string text) { return text == "-" ? std::string() : text; }

bool longer_ago(WallTime then, WallTime now, std::chrono::milliseconds than) { return then.ms != 0 && now.ms - then.ms > than.count(); }

void judge_membership(Examination& to, const WardFacts& facts) {
  if (facts.approval == "revoked")
    to.found("approval", Finding::revoked, "revoked");
  else if (facts.approval == "waiting")
    to.found("approval", Finding::not_approved, "waiting");
  else
    to.well("approval", facts.approval);
}

void judge_contact(Examination& to, const WardFacts& facts, WallTime now) {
  const auto last = facts.receipted_at.ms == 0 ? "never" : runtime::time_text(facts.receipted_at);
  if (facts.link_open)
    to.well("link", "open; the last receipt is of " + last);
  else if (longer_ago(facts.receipted_at, now, contact_every))
    to.found("link", Finding::no_contact,
             "the last receipt is of " + last + (facts.last_error.empty() ? "" : "; last trouble: " + facts.last_error));
  else
    to.well("link", "closed; the last receipt is of " + last + (facts.last_error.empty() ? "" : "; last trouble: " + facts.last_error));
}

}  // namespace

WardFacts facts_of(const boost::json::value& status) {
  WardFacts out;
  out.centre = shown(status, "centre");
  out.approval = shown(status, "approval");
  out.alarm = text_or_nothing(shown(status, "alarm"));
  out.last_error = text_or_nothing(shown(status, "link", "last_error"));
  out.link_open = shown(status, "link", "state") == "open";
  out.queue_records = number_of<std::uint64_t>(shown(status, "queue", "records"));
  out.queue_oldest = cli::time_of(shown(status, "queue", "oldest_at"));
  out.receipted_at = cli::time_of(shown(status, "receipted", "at"));
  out.clock_offset_ms = number_of<std::int64_t>(shown(status, "clock", "offset_ms"));
  out.refused_segments = number_of<std::uint64_t>(shown(status, "refused_segments"));
  out.quarantined = number_of<std::uint64_t>(shown(status, "quarantined"));
  if (out.approval == "approved") out.no_official_code = text_or_nothing(shown(status, "codes", "why"));
  out.shared_codes = number_of<std::uint64_t>(shown(status, "codes", "shared"));
  out.records_at_centre = number_of<std::uint64_t>(shown(status, "records_at_centre"));
  return out;
}

Result<WardFacts> facts_of(storage::WardStore& store, Now now) {
  WARD_TRY(const auto report, store.report(now));
  WARD_TRY(const auto progress, store.progress(now));
  const auto* standing = store.store().policy.device(store.membership().device);
  WardFacts out;
  out.centre = store.membership().centre_address;
  out.approval = standing == nullptr ? "waiting" : standing->revoked ? "revoked" : "approved";
  out.alarm = progress.alarm;
  out.queue_records = report.queue_records;
  out.queue_oldest = report.queue_oldest;
  out.receipted_at = progress.receipted_at;
  out.clock_offset_ms = progress.clock_offset_ms;
  out.refused_segments = progress.refused_segments;
  out.quarantined = report.quarantined;
  out.records_at_centre = progress.at_centre;
  WARD_TRY(const auto shared, storage::shared_codes(store.store()));
  out.shared_codes = shared.size();
  return out;
}

void judge(Examination& to, const WardFacts& facts, WallTime now) {
  judge_membership(to, facts);
  judge_contact(to, facts, now);
  const auto waiting = std::to_string(facts.queue_records) + " records wait" +
                       (facts.queue_oldest.ms == 0 ? "" : ", the oldest since " + runtime::time_text(facts.queue_oldest));
  if (facts.link_open && longer_ago(facts.queue_oldest, now, queue_open_max))
    to.found("queue", Finding::queue_stuck, waiting);
  else
    to.well("queue", waiting);
  if (const auto off = cli::clock_off_by(facts.clock_offset_ms))
    to.found("clock against the centre", Finding::clock_wrong, *off);
  else
    to.well("clock against the centre", std::to_string(facts.clock_offset_ms) + " ms");
  if (!facts.no_official_code.empty()) to.found("dossier codes", Finding::codes_provisional, facts.no_official_code);
  if (facts.shared_codes != 0) to.found("shared codes", Finding::codes_shared, std::to_string(facts.shared_codes) + " codes");
  to.well("old records", "those of " + std::to_string(facts.records_at_centre) + " dossiers are at the centre only");
  if (!facts.alarm.empty()) to.found("centre's history", Finding::history_alarm, facts.alarm);
  if (facts.refused_segments != 0) to.found("refusals", Finding::segments_refused, std::to_string(facts.refused_segments) + " segments");
  if (facts.quarantined != 0) to.found("quarantine", Finding::records_quarantined, std::to_string(facts.quarantined) + " records");
}

}  // namespace ward::agent
