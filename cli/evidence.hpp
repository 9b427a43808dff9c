#pragma once

#include "cli/words.hpp"

/// `receipt export` and `receipt verify`, the same in both programs.
namespace ward::cli {

struct EvidenceOptions {
  std::string code, out_file, file, root;
  bool readable = false;
};
/// Under `receipt`, which the caller has made.
void add_evidence_commands(CLI::App& receipt, Line& line, EvidenceOptions& options);

}  // namespace ward::cli
