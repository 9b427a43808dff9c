#include "cross/manual/command_tree.hpp"

#include <functional>

/// In all three shells: the words so far say which command stands there, and its table says what may follow.
namespace ward::manual {
namespace {

/// "wardsync-centre" as part of a function's name.
std::string identifier(std::string text) {
  for (auto& c : text)
    if (c == '-') c = '_';
  return text;
}

/// The words after the program's name.
std::string path_of(const Command& command) {
  const auto whole = command.joined(' ');
  return whole.substr(command.words[0].size());
}

std::string in_quotes(std::string_view text, char quote, const char* escaped) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote)
      out += escaped;
    else
      out += c;
  }
  return out + quote;
}

/// `'…'` of sh, zsh and bash.
std::string in_sh(std::string_view text) { return in_quotes(text, '\'', "'\\''"); }

std::string each(const std::vector<const Command*>& commands, const std::function<std::string(const Command&)>& text) {
  std::string out;
  for (const auto* command : commands) out += text(*command);
  return out;
}

bool takes_files(const Option& option) { return option.value == "FILE" || option.value == "DIR"; }

/// `|` between all "command flag" that `fits` chooses: the same flag may take a file in one command and nothing in another.
std::string flags_that(const Command& root, const std::function<bool(const Option&)>& fits) {
  std::string out;
  for (const auto* command : all_of(root))
    for (const auto& option : command->options)
      if (fits(option))
        for (const auto& flag : option.flags) out += (out.empty() ? "" : "|") + in_sh(path_of(*command) + " " + flag);
  return out;
}

/// The sh of finding the command in the words of `array`: `path` is what path_of gives.
std::string find_path(const Command& root, const std::string& words) {
  std::string known;
  for (const auto* command : all_of(root))
    if (command->words.size() > 1) known += (known.empty() ? "" : "|") + in_sh(path_of(*command));
  return "  for word in " + words + "; do\n    case \"$path_of_words $word\" in\n      " + known +
         ") path_of_words=\"$path_of_words $word\" ;;\n    esac\n  done\n";
}

}  // namespace

std::string bash_completion(const Command& root) {
  const auto name = "_" + identifier(root.words[0]);
  std::string out = "# bash completion of " + root.words[0] + ": made from the program's own description\n" + name +
                    "() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path_of_words= word follow=\n";
  out += find_path(root, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"");
  out += "  case \"$path_of_words $prev\" in\n    " + flags_that(root, takes_files) +
         ") mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n    " +
         flags_that(root, [](const Option& option) { return !option.value.empty() && !takes_files(option); }) +
         ") return ;;\n  esac\n  case $path_of_words in\n";
  out += each(all_of(root), [](const Command& command) {
    std::string follow;
    for (const auto& below : command.commands) follow += " " + below.words.back();
    for (const auto& option : command.options) follow += " " + (option.flags.empty() ? "" : option.flags.back());
    return "    " + in_sh(path_of(command)) + ") follow=" + in_sh(follow) + " ;;\n";
  });
  return out + "  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$follow\" -- \"$cur\")\n}\ncomplete -o default -F " + name + " " +
         root.words[0] + "\n";
}

std::string zsh_completion(const Command& root) {
  std::string out =
      "#compdef " + root.words[0] + "\n# made from the program's own description\nlocal path_of_words= word\nlocal -a follow\n";
  out += find_path(root, "${words[2,CURRENT-1]}");
  out += "case \"$path_of_words ${words[CURRENT-1]}\" in\n  " + flags_that(root, takes_files) +
         ") _files; return ;;\nesac\ncase $path_of_words in\n";
  out += each(all_of(root), [](const Command& command) {
    std::string follow;
    const auto add = [&](const std::string& word, const std::string& says) { follow += " " + in_sh(word + ":" + says); };
    for (const auto& below : command.commands) add(below.words.back(), below.says);
    for (const auto& option : command.options)
      if (!option.flags.empty()) add(option.flags.back(), option.says);
    return "  " + in_sh(path_of(command)) + ") follow=(" + follow + " ) ;;\n";
  });
  return out + "esac\n_describe " + in_sh(root.words[0]) + " follow || _files\n";
}

std::string fish_completion(const Command& root) {
  const auto name = "__" + identifier(root.words[0]) + "_path";
  const auto text = [](std::string_view says) { return in_quotes(says, '\'', "\\'"); };
  std::string known;
  for (const auto* command : all_of(root))
    if (command->words.size() > 1) known += " " + text(path_of(*command));
  std::string out = "# fish completion of " + root.words[0] + ": made from the program's own description\nfunction " + name +
                    "\n  set -l path ''\n  for word in (commandline -opc)[2..-1]\n    contains -- \"$path $word\"" + known +
                    "; and set path \"$path $word\"\n  end\n  test \"$path\" = \"$argv[1]\"\nend\n";
  out += each(all_of(root), [&](const Command& command) {
    std::string lines;
    const auto begin = "complete -c " + root.words[0] + " -n \"" + name + " " + text(path_of(command)) + "\"";
    for (const auto& below : command.commands) lines += begin + " -f -a " + below.words.back() + " -d " + text(below.says) + "\n";
    for (const auto& option : command.options) {
      if (option.flags.empty()) continue;
      lines += begin;
      for (const auto& flag : option.flags) lines += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
      lines += (option.value.empty() ? "" : takes_files(option) ? " -r" : " -x") + std::string(" -d ") + text(option.says) + "\n";
    }
    return lines;
  });
  return out;
}

}  // namespace ward::manual
