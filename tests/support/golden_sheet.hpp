#pragma once

#include "protocol/base/bytes.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace ward::test {

/// A golden file: lines `name value`, with bytes in hexadecimal, so that any language reads it. The test says what the code computes now,
/// `check` compares it with the file. With WARD_GOLDEN_WRITE=1 in the environment it writes the file instead: for a new format only, never
/// to make a failure go away.
class GoldenSheet {
 public:
  explicit GoldenSheet(std::string name) : path_("tests/golden/" + std::move(name)) {}

  void note(const std::string& comment) { text_ += "# " + comment + "\n"; }
  void put(const std::string& name, const std::string& value) { text_ += name + " " + value + "\n"; }
  void put(const std::string& name, std::uint64_t value) { put(name, std::to_string(value)); }
  void put(const std::string& name, BytesView bytes) { put(name, hex(bytes)); }
  template <class Tag, std::size_t N>
  void put(const std::string& name, const Fixed<Tag, N>& value) {
    put(name, hex(value.view()));
  }

  void check() const {
    if (std::getenv("WARD_GOLDEN_WRITE") != nullptr) {
      std::ofstream(path_) << text_;
      return;
    }
    std::ifstream file(path_);
    REQUIRE(file);
    std::ostringstream held;
    held << file.rdbuf();
    CHECK(held.str() == text_);
  }

 private:
  std::string path_, text_;
};

}  // namespace ward::test
