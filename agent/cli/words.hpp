#pragma once

#include "agent/cli/commands.hpp"
#include "cli/audit.hpp"
#include "cli/desk.hpp"
#include "cli/evidence.hpp"
#include "cli/log_in.hpp"
#include "cli/official.hpp"
#include "cli/words.hpp"

namespace ward::agent {

extern const cli::About about;

/// The options of all commands of `wardsync`.
struct Words : cli::Line {
  Words() : Line(agent::about) {}
  EnrolOptions enrol;
  RunOptions run;
  DoctorOptions doctor;
  WriteOptions write;
  ListOptions list;
  cli::CalendarOptions calendar;
  cli::ReportOptions report;
  cli::AuditOptions audit;
  cli::EvidenceOptions evidence;
  cli::DeskWords desk;
  cli::OfficialOptions official;
  cli::LogInOptions log_in;
  cli::ProtectOptions key;
  std::string code, field, file, out_file, unit, passphrase_file;
  std::int64_t seconds = 0;
  std::uint64_t from_line = 1;
  bool watch = false;
};

void describe(CLI::App& app, Words& words);

}  // namespace ward::agent
