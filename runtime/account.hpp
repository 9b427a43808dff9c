#pragma once

#include <string>

#include <sys/types.h>

/// The operating system's accounts, as far as files need them.
namespace ward::runtime {

/// While it lives, a process of root's acts as the account that owns the directory, so that whatever it makes there is that account's
/// too. Nothing changes for another account's process, for root's own directory, or when there is no such directory.
class AsOwnerOf {
 public:
  explicit AsOwnerOf(const std::string& directory);
  AsOwnerOf(const AsOwnerOf&) = delete;
  AsOwnerOf& operator=(const AsOwnerOf&) = delete;
  ~AsOwnerOf();

 private:
  bool changed_ = false;
};

/// A file directly in the directory that does not belong to the directory's own account; empty when there is none.
[[nodiscard]] std::string foreign_file_in(const std::string& directory);

}  // namespace ward::runtime
