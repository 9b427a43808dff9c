#pragma once

#include "cli/words.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"

/// `receipt export` and `receipt verify`, the same in both programs.
namespace ward::cli {

struct EvidenceOptions {
  std::string code, out_file, file, root;
  bool readable = false;
};
/// Under `receipt`, which the caller has made.
void add_evidence_commands(CLI::App& receipt, Line& line, EvidenceOptions& options);

/// `receipt contradiction`, of a ward.
void add_contradiction_command(CLI::App& receipt, Line& line, EvidenceOptions& options);

/// `--root` of commands that check files.
[[nodiscard]] Result<SignKey> root_key_of(const std::string& text);
/// The exit code for a file that does not verify: 5, unless it could not be read as one.
int report_unproved(const Line& line, const Error& error);

}  // namespace ward::cli
