#include "cross/manual/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace ward::manual {
namespace {

Option read_option(const CLI::Option& option) {
  Option out;
  for (const auto& name : option.get_snames()) out.flags.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.flags.push_back("--" + name);
  const bool positional = out.flags.empty();
  if (positional)
    out.value = option.get_name();
  else if (option.get_type_size() != 0)
    out.value = option.get_type_name().substr(0, option.get_type_name().find(':'));
  out.says = option.get_description();
  out.default_value = option.get_default_str();
  out.environment = option.get_envname();
  out.required = option.get_required();
  out.many = option.get_items_expected_max() > 1;
  return out;
}

Command read(const CLI::App& app, std::vector<std::string> words) {
  Command out{std::move(words), app.get_description(), app.get_footer(), {}, {}};
  for (const auto* option : app.get_options([](const CLI::Option*) { return true; })) out.options.push_back(read_option(*option));
  for (const auto* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    auto longer = out.words;
    longer.push_back(below->get_name());
    out.commands.push_back(read(*below, std::move(longer)));
  }
  return out;
}

void collect(const Command& command, std::vector<const Command*>& out) {
  out.push_back(&command);
  for (const auto& below : command.commands) collect(below, out);
}

}  // namespace

std::string Command::joined(char with) const {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : std::string(1, with)) + word;
  return out;
}

Command read_tree(const CLI::App& app, const std::string& program) { return read(app, {program}); }

std::vector<const Command*> all_of(const Command& root) {
  std::vector<const Command*> out;
  collect(root, out);
  return out;
}

}  // namespace ward::manual
