#include "cross/manual/command_tree.hpp"

#include <algorithm>
#include <cctype>

namespace ward::manual {
namespace {

/// Text as roff takes it.
std::string escaped(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  if (text.back() != '.') text += '.';
  return escaped(text);
}

std::string bold(const std::string& text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string slanted(const std::string& text) { return "\\fI" + escaped(text) + "\\fR"; }

std::string flags_text(const Option& option) {
  std::string out;
  for (const auto& flag : option.flags) out += (out.empty() ? "" : ", ") + bold(flag);
  if (!option.value.empty()) out += (out.empty() ? "" : " ") + slanted(option.value);
  return out;
}

std::string synopsis_part(const Option& option) {
  auto out = option.flags.empty() ? "" : bold(option.flags.back());
  if (!option.value.empty()) out += (out.empty() ? "" : " ") + slanted(option.value);
  if (option.many) out += "...";
  return option.required ? out : "[" + out + "]";
}

std::string synopsis(const Command& command) {
  std::string out = ".SH SYNOPSIS\n" + bold(command.joined(' '));
  if (!command.commands.empty()) return out + " " + slanted("COMMAND") + " ...\n";
  out += "\n";
  for (const bool required : {true, false})
    for (const auto& option : command.options)
      if (option.required == required && option.flags != std::vector<std::string>{"-h", "--help"}) out += synopsis_part(option) + "\n";
  return out;
}

std::string options_section(const Command& command) {
  std::string out = ".SH OPTIONS\n";
  for (const auto& option : command.options) {
    out += ".TP\n" + flags_text(option) + "\n" + sentence(option.says) + "\n";
    if (!option.default_value.empty()) out += "Default: " + bold(option.default_value) + ".\n";
    if (!option.environment.empty()) out += "Environment: " + bold(option.environment) + ".\n";
  }
  return out;
}

std::string commands_section(const Command& command) {
  if (command.commands.empty()) return {};
  std::string out = ".SH COMMANDS\n";
  for (const auto& below : command.commands) out += ".TP\n" + bold(below.joined('-')) + "(1)\n" + sentence(below.says) + "\n";
  return out;
}

constexpr const char* exit_status = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed.
.TP
.B 2
Wrong usage, or a broken configuration file.
.TP
.B 3
The daemon cannot be reached.
.TP
.B 4
Refused: permission, revoked, not enrolled.
.TP
.B 5
Damage was found.
.TP
.B 6
Gave up waiting.
.TP
.B 7
A person must decide.
.TP
.B 130
Interrupted.
)";

std::string files_section(const Program& program) {
  return ".SH FILES\n.TP\n" + bold(program.config_file) +
         "\nThe configuration: a flag wins over the environment, which wins over this file.\n.TP\n" + bold("/var/lib/wardsync") +
         "\nThe data directory, unless another is named.\n";
}

std::string see_also(const Command& command, const Command& root) {
  std::vector<std::string> names;
  if (command.words.size() > 1) names.push_back(root.joined('-'));
  if (command.words.size() > 2) names.push_back(command.words[0] + "-" + command.words[1]);
  for (const auto& below : root.commands)
    if (below.words != command.words && (below.words[1] == "doctor" || below.words[1] == "config")) names.push_back(below.joined('-'));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string out = ".SH SEE ALSO\n";
  for (std::size_t i = 0; i < names.size(); ++i) out += ".BR " + escaped(names[i]) + " (1)" + (i + 1 < names.size() ? ",\n" : "\n");
  return out;
}

}  // namespace

std::string man_page(const Command& command, const Command& root, const Program& program) {
  const auto name = command.joined('-');
  std::string out =
      ".TH \"" + escaped(capitals(name)) + "\" 1 \"" + program.date + "\" \"wardsync " + program.version + "\" \"wardsync\"\n";
  out += ".SH NAME\n" + escaped(name) + " \\- " + escaped(command.says) + "\n";
  out += synopsis(command);
  out += ".SH DESCRIPTION\n" + sentence(command.says) + "\n";
  if (!command.footer.empty()) out += ".PP\n" + escaped(command.footer) + "\n";
  out += commands_section(command) + options_section(command) + exit_status + files_section(program) + see_also(command, root);
  return out;
}

}  // namespace ward::manual
