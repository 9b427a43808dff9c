#pragma once

#include "cli/words.hpp"
#include "runtime/command_line.hpp"

#include <optional>

/// `audit show`, `audit export` and `audit verify`, the same in both programs.
namespace ward::cli {

struct AuditOptions {
  std::string since, kind, out_file, file, root;
  std::uint64_t limit = 50, from = 0;
};
void add_audit_commands(CLI::App& app, Line& line, AuditOptions& options);

/// What this command does is told to the daemon, which cannot see it; nothing when it is noted, or no daemon runs.
[[nodiscard]] std::optional<runtime::Trouble> tell_audit(const runtime::Daemon& daemon, std::string_view kind);

}  // namespace ward::cli
