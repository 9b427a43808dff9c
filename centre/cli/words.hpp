#pragma once

#include "centre/cli/commands.hpp"
#include "cli/audit.hpp"
#include "cli/desk.hpp"
#include "cli/evidence.hpp"
#include "cli/log_in.hpp"
#include "cli/official.hpp"
#include "cli/words.hpp"
#include "protocol/recovery/recovery.hpp"

namespace ward::centre {

extern const cli::About about;

/// The options of all commands of `wardsync-centre`.
struct Words : cli::Line {
  Words() : Line(centre::about) {}
  InitOptions init;
  RunOptions run;
  TicketOptions ticket;
  ListOptions list;
  cli::CalendarOptions calendar;
  cli::ReportOptions report;
  std::string calendar_file;
  cli::AuditOptions audit;
  cli::EvidenceOptions evidence;
  UnitOptions unit;
  UserOptions user;
  BackupOptions backup;
  RestoreOptions restore;
  CodesOptions codes;
  EraseOptions erase;
  AdmitOptions admit;
  LimitOptions limits;
  CitizenOptions citizen;
  KeyOptions key;
  cli::ProtectOptions protect;
  RootOptions root;
  RecoveryOptions recovery;
  cli::DeskWords desk;
  cli::OfficialOptions official;
  cli::LogInOptions log_in;
  std::vector<std::string> addresses;
  std::string id, reason, code, field, out_file, on, passphrase_file, copy_file;
  bool yes = false, watch = false;
};

void describe(CLI::App& app, Words& words);

}  // namespace ward::centre
