#pragma once

#include "cli/common.hpp"
#include "runtime/key_file.hpp"

namespace CLI {
class App;
}

/// `key show` and `key protect` of both programs: what keeps a program's own keys on its disk (docs/adr/0017).
namespace ward::cli {

struct Line;

/// Whose keys they are, in what people are told.
struct KeyHolder {
  const char* program;
  const char* keys;       ///< "this PC's keys"
  const char* otherwise;  ///< what to do where nothing opens them
  const char* manual;     ///< where it is written how they are sealed
};

struct ProtectOptions {
  std::string by, passphrase_file, new_passphrase_file;
};

/// What opens the keys: of the file that was named, or typed; asked for once. Both outlive what is returned.
[[nodiscard]] runtime::AskPassphrase passphrase_of(const Common& common, const std::string& file);
/// The same for a command that asks nobody.
[[nodiscard]] runtime::AskPassphrase passphrase_in_file(const Common& common, const std::string& file);

/// Why data cannot be used; keys that are sealed have words of their own.
[[nodiscard]] runtime::Trouble trouble_of_data(const KeyHolder& whose, const Error& error);

[[nodiscard]] keys::Protection wanted(const ProtectOptions& options);
/// The content of the file, which opens, in the form that is wanted. The caller holds the directory's lock.
[[nodiscard]] Result<void> protect_keys(const Common& common, const runtime::KeyFile& file, BytesView plain, const ProtectOptions& options);
/// The exit code.
int told_protection(const Common& common, const KeyHolder& whose, const Result<keys::Protection>& by);

inline constexpr Setting passphrase_setting{
    "passphrase_file", Setting::Kind::file,
    "the file whose first line is the passphrase of the keys in the data directory, where they are sealed under one (`key protect`); "
    "default: ask",
    "/media/stick/ward.passphrase"};
/// `show` and `protect` under `key`; the latter is returned.
CLI::App* add_protection_commands(CLI::App& key, Line& line, ProtectOptions& options, std::function<int()> show,
                                  std::function<int()> protect);
void add_passphrase_option(CLI::App& to, Line& line, std::string& file);

}  // namespace ward::cli
