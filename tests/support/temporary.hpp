#pragma once

#include <filesystem>
#include <random>
#include <string>

namespace ward::test {

/// A directory of its own, gone with the object.
class Temporary {
 public:
  Temporary() {
    std::random_device random;
    do path_ = (std::filesystem::temp_directory_path() / ("wardsync-test-" + std::to_string(random()))).string();
    while (!std::filesystem::create_directory(path_));
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace ward::test
