#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// The commands of a program as the manual and the shells' completions see them: read out of the description that the program itself uses.
namespace ward::manual {

struct Option {
  std::vector<std::string> flags;  ///< with their dashes, the short ones first; empty: a word in its place
  std::string value;               ///< what it takes, in capitals; empty: nothing
  std::string says, default_value, environment;
  bool required = false;
  bool many = false;
};

struct Command {
  std::vector<std::string> words;  ///< from the program's name on
  std::string says, footer;
  std::vector<Option> options;
  std::vector<Command> commands;

  [[nodiscard]] std::string joined(char with) const;
};

[[nodiscard]] Command read_tree(const CLI::App& app, const std::string& program);
/// The command and all below it, in the order of their description.
[[nodiscard]] std::vector<const Command*> all_of(const Command& root);

struct Program {
  std::string version, date;
  std::string config_file;
};
/// mandoc's man(7), for section 1.
[[nodiscard]] std::string man_page(const Command& command, const Command& root, const Program& program);

[[nodiscard]] std::string bash_completion(const Command& root);
[[nodiscard]] std::string zsh_completion(const Command& root);
[[nodiscard]] std::string fish_completion(const Command& root);

}  // namespace ward::manual
